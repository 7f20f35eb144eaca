"""Compose one cue from keyword arguments, or from a brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cuesmith.casting.ensemble_size import check_ensemble, resize
from cuesmith.chance import stream
from cuesmith.composition.harmony.given_chords import chords_in_brief, key_of_chords
from cuesmith.cue.best_of import best_of
from cuesmith.cue.cue import Cue
from cuesmith.cue.edit_score import edit_score
from cuesmith.cue.intensity_levels import full_plan_and_style, is_level
from cuesmith.cue.variants import vary, with_variant_name
from cuesmith.cue.write_score import write_draft
from cuesmith.errors import UsageError, did_you_mean
from cuesmith.motif.model import Theme
from cuesmith.music.timecode import DEFAULT_RATE
from cuesmith.perform.play import perform
from cuesmith.plan.build import build_plan
from cuesmith.specs.arguments import checked_arguments
from cuesmith.specs.banks.fields import check_meters
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Beat, Brief, Hit, ThemeForm
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec, parse_key
from cuesmith.themes.make import bright_scale_for, character_for, make_themes


def compose_brief(brief: Brief, themes: Mapping[str, Theme]) -> Cue:
    """Compose one cue. themes: every theme that the brief names.

    Raises ComposeError when the plan is impossible, UsageError for an unknown name in the brief, SpecError for an
    invalid style file.
    """
    style, banks = load_style(brief.style), load_banks()
    plan = build_plan(brief, style, themes, banks)
    seats = resize(style, brief.ensemble, brief.type, banks)
    if is_level(brief.variant):
        plan, seats = full_plan_and_style(plan, seats)
    score = best_of(lambda attempt: edit_score(write_draft(plan, seats, themes, banks, attempt)), themes, banks)
    if brief.variant:
        score = vary(score, brief.variant)
    # before renaming, so that a cue and its variants perform the same notes alike
    played = perform(score, style, banks)
    named_brief = with_variant_name(brief)
    if named_brief != brief:
        score = replace(score, plan=replace(score.plan, brief=named_brief))
        played = replace(played, title=named_brief.title)
    return Cue(named_brief, {name: themes[name] for name in brief.themes}, score, played)


def check_type(type_: str) -> None:
    """Raise UsageError for an unknown cue type."""
    known = load_banks().cue_types
    if type_ not in known:
        raise UsageError(f"unknown cue type '{type_}'{did_you_mean(type_, known)}")


def compose(
    *,
    style: str = "symphonic",
    type: str = "main_theme",
    seconds: float | None = None,
    seed: int | str = 0,
    key: str | None = None,
    meter: str = "",
    tempo: float | None = None,
    character: str | None = None,
    recipe: str | None = None,
    title: str | None = None,
    chords: str | Mapping[str, str] | None = None,
    hits: Sequence[Hit] = (),
    fps: str = DEFAULT_RATE,
    force: bool = False,
    feel: str = "",
    valence: float | None = None,
    arousal: float | None = None,
    tension: float | None = None,
    beats: Sequence[Beat] = (),
    ensemble: str = "",
    humanize: float = 1.0,
) -> Cue:
    """Compose a single cue with a leitmotif of its own.

    The same arguments give the same notes on every machine. For several cues that share leitmotifs, or for a melody of
    your own, use `compose_show`.

    Args:
        style: name of a style (`cuesmith styles` lists them), or the path of its YAML file, which ends in `.yaml`.
        type: id of a cue type (`cuesmith types` lists them with their lengths).
        seconds: time of the last bar line, in seconds, within the limits of the type; None: its usual length. Sound may
            ring on after it.
        seed: any whole number or word. Another seed gives another theme and another cue.
        key: tonic and mode, such as `D major`, `A dorian` or `Eb`; None: drawn from those of the style.
        meter: such as `3/4`, `7/8(2+2+3)`, `7/8+4/4` (two that take turns) or `free`; empty: one of the type's.
        tempo: quarter notes per minute that you wish for, 30 to 260. The exact value makes the cue end on its second.
        character: of the leitmotif, a row of `styles/banks/characters.yaml`; None: one that suits the type.
        recipe: how the leitmotif comes back, a row of `styles/banks/recipes.yaml` or of the style, or `plain`; None: as
            the type has it.
        title: for file names and tags; None: the name of the type.
        chords: a chart for the whole cue (`IVM7 V7 | iii7 vi7` or `GM7 A7 | F#m7 Bm7`), which is repeated; or a mapping
            from names of sections to charts.
        hits: moments that the music must meet (`cuesmith.Hit`), in any order, with `at_sec` in seconds and
            a `weight` from 0 to 1 (must be met).
        fps: frame rate in which times are shown: 23.976, 24, 25, 29.97 (drop frame), 29.97nd or 30.
        force: take a length beyond the limits of the type, 1.5 to 900 seconds.
        feel: a feeling by name (`cuesmith feelings` lists them), which moves the mood away from that of the type.
        valence: -1 (dark) to 1 (bright). It takes precedence over `feel`, as do the next two.
        arousal: 0 (still) to 1 (excited).
        tension: 0 (at ease) to 1 (on edge).
        beats: the story of a scene (`cuesmith.Beat`), in order of time, `at` in seconds. They make the form
            and name the themes.
        ensemble: `solo`, `chamber`, `studio` or `full`; empty: the style as it is.
        humanize: 0 (on the grid) to 1 (as the style plays). The score is the same.

    Raises:
        UsageError: a name that does not exist, a value of the wrong kind or out of range. The message lists every
            hit and beat with a fault.
        SpecError: the style's file is not valid.
        ComposeError: no such cue can be made: a length, hits or beats that do not fit, chords for a section that the
            cue does not have.

    Example:
        >>> from cuesmith import compose
        >>> cue = compose(style="symphonic", type="eyecatch", seconds=5, seed=11, key="D major")
        >>> cue.seconds
        5.0
        >>> cue.score.plan.key.name
        'D major'
    """
    banks = load_banks()
    asked = checked_arguments(
        {
            "style": style, "type": type, "seconds": seconds, "seed": seed, "key": key, "meter": meter, "tempo": tempo,
            "character": character, "recipe": recipe, "title": title,
            "chords": dict(chords) if isinstance(chords, Mapping) else chords, "hits": hits, "fps": fps,
            "force": force, "feel": feel, "valence": valence, "arousal": arousal, "tension": tension, "beats": beats,
            "ensemble": ensemble, "humanize": humanize,
        },
        banks,
    )  # fmt: skip
    check_type(type)
    row = banks.cue_types[type]
    if character is not None and character not in banks.characters:
        raise UsageError(f"unknown character '{character}'{did_you_mean(character, banks.characters)}")
    try:
        home = parse_key(key) if key is not None else None
    except ValueError as fault:
        raise UsageError(str(fault)) from None
    given = chords_in_brief(chords)
    try:
        home = home or key_of_chords(given)
    except ValueError as fault:
        raise UsageError(f"chords, {fault}") from None
    if meter:
        try:
            check_meters(meter)
        except ValueError as fault:
            raise UsageError(str(fault)) from None
    if tempo is not None and not 30 <= tempo <= 260:
        raise UsageError(f"a tempo of {tempo:g} is out of range: 30 to 260 quarter notes per minute")
    check_ensemble(ensemble)
    if not 0 <= humanize <= 1:
        raise UsageError(f"humanize {humanize:g} is out of range: 0 (on the grid) to 1 (as the style plays)")
    draw = stream(seed, "character")
    first, *rest = dict.fromkeys(name for beat in asked.as_beats for name in beat.who) or ("theme",)
    named = character or character_for(row.valence, row.arousal, banks, draw, type)
    brightness = row.valence if valence is None else valence
    scale = None if character else bright_scale_for(named, brightness, banks, draw.child("scale"))
    specs = {first: ThemeSpec(character=named, scale=scale)}
    for number, name in enumerate(rest):
        other = character_for(-row.valence, 0.6 - 0.3 * (number % 2), banks, draw.child("beats", name))
        specs[name] = ThemeSpec(character=other)
    if row.medley and not asked.beats:
        for number in (2, 3):
            other = character_for(-row.valence, 0.6 - 0.3 * (number - 2), banks, draw.child(number))
            specs[f"theme {number}"] = ThemeSpec(character=other)
    themes = make_themes(specs, load_style(style), banks, seed)
    brief = Brief(
        id=f"M-{row.block}01", title=title or row.name, type=type, style=style, seed=seed,
        seconds=seconds, key=home, meter=meter, tempo_bpm=tempo, themes=tuple(themes), chords=given,
        theme_forms=(ThemeForm(first, recipe),) if recipe else (), hits=asked.as_hits, fps=asked.fps, force=force,
        feel=feel, valence=valence, arousal=arousal, tension=tension, beats=asked.as_beats,
        ensemble=ensemble, humanize=humanize,
    )  # fmt: skip
    return compose_brief(brief, themes)
