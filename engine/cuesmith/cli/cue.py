"""`cuesmith cue`: compose one cue and write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    from cuesmith.cue import Cue
    from cuesmith.music.timecode import Rate
    from cuesmith.score import Beat, Plan


def cue(
    style: Annotated[str, typer.Option("--style", metavar="S", help="Name or file of a style.")] = "symphonic",
    type_: Annotated[str, typer.Option("--type", metavar="T", help="Kind of cue: see cuesmith types.")] = "main_theme",
    seconds: Annotated[
        str | None,
        typer.Option("--seconds", metavar="T", help="Where the last bar line stands: 72.4, 1:12.4 or 00:01:12:10@24."),
    ] = None,
    seed: Annotated[str, typer.Option("--seed", metavar="N", help="A number or a word: same seed, same music.")] = "0",
    key: Annotated[str | None, typer.Option("--key", metavar="K", help="Such as 'D major' or 'A dorian'.")] = None,
    meter: Annotated[
        str, typer.Option("--meter", metavar="M", help="Such as 3/4, 7/8(2+2+3) or free (no bars, no pulse).")
    ] = "",
    tempo: Annotated[
        float | None, typer.Option("--tempo", metavar="N", help="Quarter notes per minute, 30 to 260.")
    ] = None,
    character: Annotated[
        str | None, typer.Option("--character", metavar="C", help="Character of the leitmotif, such as heroic.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option("--recipe", metavar="R", help="How the leitmotif comes, such as sad, battle or plain.")
    ] = None,
    chords: Annotated[
        str | None, typer.Option("--chords", metavar="C", help="Such as 'IVM7 V7 | iii7 vi7' or 'GM7 A7 | F#m7 Bm7'.")
    ] = None,
    feel: Annotated[
        str | None, typer.Option("--feel", metavar="F", help="A feeling, such as hopeful: see cuesmith feelings.")
    ] = None,
    valence: Annotated[float | None, typer.Option("--valence", metavar="N", help="-1 dark to 1 bright.")] = None,
    arousal: Annotated[float | None, typer.Option("--arousal", metavar="N", help="0 still to 1 excited.")] = None,
    tension: Annotated[float | None, typer.Option("--tension", metavar="N", help="0 at ease to 1 on edge.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="T", help="Title of the cue.")] = None,
    hits: Annotated[
        Path | None, typer.Option("--hits", metavar="FILE", help="Hit points: .csv (time,note,kind,weight) or .edl.")
    ] = None,
    beats: Annotated[
        Path | None, typer.Option("--beats", metavar="FILE", help="Beats of the story: .csv (time,note), .edl, .yaml.")
    ] = None,
    fps: Annotated[
        str, typer.Option("--fps", metavar="R", help="Frame rate of timecodes: 23.976, 24, 25, 29.97 (drop) or 30.")
    ] = "24",
    force: Annotated[bool, typer.Option("--force", help="Take a length the type is not made for.")] = False,
    ensemble: EnsembleOption = None,
    humanize: HumanizeOption = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="File to write: .mid .json .svg .flac .wav .ogg; repeatable."
        ),
    ] = None,
    soundfont: Annotated[
        Path | None, typer.Option("--soundfont", metavar="FILE", help="Soundfont (.sf2, .sf3) for audio files.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Compose one cue and write it, in as many formats as you name files."""
    from cuesmith.cue import SOUNDED, WRITTEN, check_type, compose
    from cuesmith.specs.library import load_banks
    from cuesmith.specs.spotting import read_hits

    files = output_files(output or [], (*WRITTEN, *SOUNDED))
    check_type(type_)
    rate, banks = rate_of(fps), load_banks()
    length = None
    if seconds is not None:
        length = seconds_in(time_of(seconds, rate), type_, banks.cue_types[type_].limits, force=force)
    made = compose(
        style=plain(style, "--style"),
        type=type_,
        seconds=length,
        seed=seed_of(seed),
        key=key,
        meter=meter,
        tempo=tempo,
        character=character,
        recipe=recipe,
        chords=chords,
        feel=feel or "",
        valence=valence,
        arousal=arousal,
        tension=tension,
        title=None if title is None else title_of(title),
        hits=[] if hits is None else [spec.hit(rate) for spec in read_hits(hits, rate)],
        beats=[] if beats is None else _beats_of(beats, plain(style, "--style"), rate),
        fps=rate.name,
        force=force,
        ensemble=ensemble_of(ensemble) or "",
        humanize=1.0 if humanize is None else humanize_of(humanize),
    )
    _write(made, files, SOUNDED, soundfont, quiet=quiet)
    if as_json:
        from cuesmith.write.show_json import cue_summary

        say_json({**cue_summary(made), "files": [str(path) for path in files]})
    elif not quiet:
        say(summary(made, files))


def _beats_of(file: Path, style: str, rate: Rate) -> list[Beat]:
    """The beats of a file, whose recipes the style must know."""
    from cuesmith.score import PLAIN
    from cuesmith.specs.beats import read_beats
    from cuesmith.specs.library import load_banks
    from cuesmith.specs.load import load_style

    banks = load_banks()
    known = [PLAIN, *banks.recipes, *load_style(style).recipes]
    return [spec.beat() for spec in read_beats(file, banks, rate, recipes=known)]


def _write(
    made: Cue, files: tuple[Path, ...], sounded: tuple[str, ...], soundfont: Path | None, *, quiet: bool = False
) -> None:
    """All files of one cue; what can fail for want of a component (sound) is made before the first is written."""
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
    """How well the hits are met, in one line."""
    worst = max(abs(hit.error_ms) for hit in plan.hits)
    on_line = sum(hit.beat == 1 for hit in plan.hits)
    return f"{len(plan.hits)}, {on_line} on bar lines; {plan.hit_error_ms:.1f} ms off on average, {worst:.1f} at most"


def beats_line(plan: Plan) -> str:
    """How near to their seconds the scenes begin, and between which tempi they move, in one line."""
    off = [abs(plan.tempo.seconds(point.tick) - point.at_sec) for point in plan.points]
    bpm = [plan.tempo.bpm(point.tick) for point in plan.points]
    return f"{len(off)}, at most {max(off):.2f} s off; {min(bpm):.0f} to {max(bpm):.0f} quarter notes per minute"


def summary(made: Cue, files: tuple[Path, ...]) -> str:
    """The cue in a few lines: what it is, how long, who plays, where it was written."""
    plan = made.score.plan
    names = list(dict.fromkeys(part.name for part in made.score.parts))
    rows = [
        ("key", plan.key.name),
        ("tempo", f"{plan.tempo.bpm(0):.1f} quarter notes per minute, {plan.sections[0].meter}"),
        ("length", f"{made.seconds:g} s ({clock(made.seconds)}), {plan.bars} {'breaths' if plan.free else 'bars'}"),
        *((("beats", beats_line(plan)),) if plan.points else ()),
        *((("hits", hits_line(plan)),) if plan.hits else ()),
        ("parts", f"{len(made.score.parts)}: {', '.join(names)}"),
        *(("file", str(path)) for path in files),
    ]
    head = f"{made.title} ({plan.brief.type}, {plan.brief.style}, seed {plan.brief.seed})"
    return "\n".join((head, *(f"  {name:<7} {text}" for name, text in rows)))
