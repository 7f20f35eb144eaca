"""Compose one cue: from keywords, or from a brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cuesmith.casting.ensemble_size import check_ensemble, sized
from cuesmith.chance import stream
from cuesmith.composition.harmony.given_chords import chords_in_brief, key_of_chords
from cuesmith.cue.best_of import best_of
from cuesmith.cue.cue import Cue
from cuesmith.cue.edit_score import edit_score
from cuesmith.cue.intensity_levels import at_full, is_level
from cuesmith.cue.variants import named, vary
from cuesmith.cue.write_score import write_draft
from cuesmith.errors import UsageError, did_you_mean
from cuesmith.motif.model import Theme
from cuesmith.music.timecode import DEFAULT_RATE
from cuesmith.perform.play import perform
from cuesmith.plan.build import build_plan
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Beat, Brief, Hit, ThemeForm
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec, check_meters, parse_key
from cuesmith.themes.make import character_for, make_themes


def compose_brief(brief: Brief, themes: Mapping[str, Theme]) -> Cue:
    """Compose one cue. themes: every theme the brief names. Raises ComposeError or SpecError."""
    style, banks = load_style(brief.style), load_banks()
    plan = build_plan(brief, style, themes, banks)
    seats = sized(style, brief.ensemble, brief.type, banks)
    if is_level(brief.variant):
        plan, seats = at_full(plan, seats)
    score = best_of(lambda attempt: edit_score(write_draft(plan, seats, themes, banks, attempt)), themes, banks)
    if brief.variant:
        score = vary(score, brief.variant)
    played = perform(score, style, banks)  # under the id of A, so that what A and its variants share is played alike
    called = named(brief)
    if called != brief:
        score = replace(score, plan=replace(score.plan, brief=called))
        played = replace(played, title=called.title)
    return Cue(called, {name: themes[name] for name in brief.themes}, score, played)


def check_type(type_: str) -> None:
    """Raise UsageError for a cue type that does not exist."""
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
    """Compose a single cue, with themes of its own: a show of one cue.

    style: name or path. type: an id of the cue taxonomy. seconds: where the last bar line stands (default: usual for
    the type). key: `D major`, `A dorian`. meter: `3/4`, `7/8(2+2+3)`, `free`. tempo: quarter notes per minute, wished.
    character: of the leitmotif.
    recipe: how it comes, a recipe's name or `plain` (default: as the type has it). hits: moments of the picture that
    the music must meet, in any order; a stop or a silence may come under a fermata. fps: frame rate in which times are
    shown. force: take a length the type is not made for.
    chords: a chart for the whole cue (`IVM7 V7 | iii7 vi7`, `GM7 A7 | F#m7 Bm7`), or section name → chart.
    feel: a feeling by name; valence (-1 dark .. 1 bright), arousal (0 still .. 1 excited), tension (0 .. 1): the cue
    moved from the place of its type. beats: of the picture, in order; they make the form, and name the themes.
    ensemble: solo, chamber, studio or full. humanize: 0 on the grid .. 1 as the style plays; the score is the same.
    Raises UsageError, SpecError or ComposeError.
    """
    check_type(type)
    banks = load_banks()
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
    first, *rest = dict.fromkeys(name for beat in beats for name in beat.who) or ("theme",)
    specs = {first: ThemeSpec(character=character or character_for(row.valence, row.arousal, banks, draw))}
    for number, name in enumerate(rest):
        other = character_for(-row.valence, 0.6 - 0.3 * (number % 2), banks, draw.child("beats", name))
        specs[name] = ThemeSpec(character=other)
    if row.medley and not beats:
        for number in (2, 3):
            other = character_for(-row.valence, 0.6 - 0.3 * (number - 2), banks, draw.child(number))
            specs[f"theme {number}"] = ThemeSpec(character=other)
    themes = make_themes(specs, load_style(style), banks, seed)
    brief = Brief(
        id=f"M-{row.block}01", title=title or row.name, type=type, style=style, seed=seed,
        seconds=seconds, key=home, meter=meter, tempo_bpm=tempo, themes=tuple(themes), chords=given,
        theme_forms=(ThemeForm(first, recipe),) if recipe else (), hits=tuple(hits), fps=fps, force=force,
        feel=feel, valence=valence, arousal=arousal, tension=tension, beats=tuple(beats),
        ensemble=ensemble, humanize=humanize,
    )  # fmt: skip
    return compose_brief(brief, themes)
