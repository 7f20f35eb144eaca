"""`cuesmith cue`: compose one cue and write it to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cuesmith.cli.cue_options import (
    ArousalOption,
    BeatsOption,
    CharacterOption,
    ChordsOption,
    FeelOption,
    ForceOption,
    FpsOption,
    HitsOption,
    JsonOption,
    KeyOption,
    MeterOption,
    OutputOption,
    QuietOption,
    RecipeOption,
    SecondsOption,
    SeedOption,
    SoundfontOption,
    StyleOption,
    TempoOption,
    TensionOption,
    TitleOption,
    TypeOption,
    ValenceOption,
)
from cuesmith.cli.options import (
    EnsembleOption,
    HumanizeOption,
    ensemble_of,
    humanize_of,
    output_files,
    plain,
    rate_of,
    seconds_in,
    seed_of,
    time_of,
    title_of,
)
from cuesmith.cli.output import clock, say, say_json

if TYPE_CHECKING:
    from cuesmith.cue.cue import Cue
    from cuesmith.music.timecode import Rate
    from cuesmith.plan.model import Plan
    from cuesmith.specs.brief import Beat


def cue(
    style: StyleOption = "symphonic",
    type_: TypeOption = "main_theme",
    seconds: SecondsOption = None,
    seed: SeedOption = "0",
    key: KeyOption = None,
    meter: MeterOption = "",
    tempo: TempoOption = None,
    character: CharacterOption = None,
    recipe: RecipeOption = None,
    chords: ChordsOption = None,
    feel: FeelOption = None,
    valence: ValenceOption = None,
    arousal: ArousalOption = None,
    tension: TensionOption = None,
    title: TitleOption = None,
    hits: HitsOption = None,
    beats: BeatsOption = None,
    fps: FpsOption = "24",
    force: ForceOption = False,
    ensemble: EnsembleOption = None,
    humanize: HumanizeOption = None,
    output: OutputOption = None,
    soundfont: SoundfontOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Compose one cue and write it, in one format for each file you name."""
    from cuesmith.cue.compose import check_type, compose
    from cuesmith.cue.cue import SOUNDED, WRITTEN
    from cuesmith.specs.spotting_list import read_hits

    files = output_files(output or [], (*WRITTEN, *SOUNDED))
    check_type(type_)
    rate = rate_of(fps)
    length = _length_of(seconds, type_, rate, force=force)
    made = compose(
        style=plain(style, "--style"), type=type_, seconds=length, seed=seed_of(seed), key=key, meter=meter,
        tempo=tempo, character=character, recipe=recipe, chords=chords, feel=feel or "",
        valence=valence, arousal=arousal, tension=tension, title=None if title is None else title_of(title),
        hits=[] if hits is None else [spec.hit(rate) for spec in read_hits(hits, rate)],
        beats=[] if beats is None else _beats_of(beats, plain(style, "--style"), rate),
        fps=rate.name, force=force, ensemble=ensemble_of(ensemble) or "",
        humanize=1.0 if humanize is None else humanize_of(humanize),
    )  # fmt: skip
    _write(made, files, SOUNDED, soundfont, quiet=quiet)
    if as_json:
        from cuesmith.show.show_json import cue_summary

        say_json({**cue_summary(made), "files": [str(path) for path in files]})
    elif not quiet:
        say(summary(made, files))


def _length_of(seconds: str | None, type_: str, rate: Rate, *, force: bool) -> float | None:
    """Return the requested length after a check against the limits of the type; None when none was given."""
    from cuesmith.specs.banks.library import load_banks

    if seconds is None:
        return None
    return seconds_in(time_of(seconds, rate), type_, load_banks().cue_types[type_].limits, force=force)


def _beats_of(file: Path, style: str, rate: Rate) -> list[Beat]:
    """Read the beats of a file; their recipes must exist in the banks or the style."""
    from cuesmith.specs.banks.library import load_banks
    from cuesmith.specs.banks.themes import PLAIN
    from cuesmith.specs.beats import read_beats
    from cuesmith.specs.load import load_style

    banks = load_banks()
    known = [PLAIN, *banks.recipes, *load_style(style).recipes]
    return [spec.beat() for spec in read_beats(file, banks, rate, recipes=known)]


def _write(
    made: Cue, files: tuple[Path, ...], sounded: tuple[str, ...], soundfont: Path | None, *, quiet: bool = False
) -> None:
    """Write all files of one cue. Audio is rendered before the first file is written, because it may fail."""
    audible = [path for path in files if path.suffix.lower() in sounded]
    if audible:
        from cuesmith.cli.calibrate import hint
        from cuesmith_render import Tags, render

        hint(soundfont, quiet=quiet)
        audio = render(made, soundfont=soundfont, stems=False)
        tags = Tags(title=made.title, comment=made.performance.comment)
    for path in files:
        if path in audible:
            audio.save(path, tags)
        else:
            made.save(path)


def hits_line(plan: Plan) -> str:
    """Return one line about how well the hits are met."""
    worst = max(abs(hit.error_ms) for hit in plan.hits)
    on_line = sum(hit.beat == 1 for hit in plan.hits)
    return f"{len(plan.hits)}, {on_line} on bar lines; {plan.hit_error_ms:.1f} ms off on average, {worst:.1f} at most"


def beats_line(plan: Plan) -> str:
    """Return one line about the scenes: how near to their times they begin, and the range of tempi."""
    off = [abs(plan.tempo.seconds(point.tick) - point.at_sec) for point in plan.points]
    bpm = [plan.tempo.bpm(point.tick) for point in plan.points]
    return f"{len(off)}, at most {max(off):.2f} s off; {min(bpm):.0f} to {max(bpm):.0f} quarter notes per minute"


def ending_line(plan: Plan) -> str:
    """Return one line about how the cue ends: how the sound stops, and its coda."""
    if plan.coda_row is None:
        return plan.ending
    return f"{plan.ending}; coda {plan.coda}{' (open)' if plan.coda_row.open else ''}: {plan.coda_row.about}"


def summary(made: Cue, files: tuple[Path, ...]) -> str:
    """Return the cue in a few lines: what it is, its length, its players, its files."""
    plan = made.score.plan
    names = list(dict.fromkeys(part.name for part in made.score.parts))
    rows = [
        ("key", plan.key.name),
        ("tempo", f"{plan.tempo.bpm(0):.1f} quarter notes per minute, {plan.sections[0].meter}"),
        ("ending", ending_line(plan)),
        ("length", f"{made.seconds:g} s ({clock(made.seconds)}), {plan.bars} {'breaths' if plan.free else 'bars'}"),
        *((("beats", beats_line(plan)),) if plan.points else ()),
        *((("hits", hits_line(plan)),) if plan.hits else ()),
        ("parts", f"{len(made.score.parts)}: {', '.join(names)}"),
        *(("file", str(path)) for path in files),
    ]
    head = f"{made.title} ({plan.brief.type}, {plan.brief.style}, seed {plan.brief.seed})"
    return "\n".join((head, *(f"  {name:<7} {text}" for name, text in rows)))
