"""`cuesmith show` and `cuesmith album`: write a whole show as MIDI files, or as mastered audio with a web page."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuesmith.cli.options import EnsembleOption, HumanizeOption, ensemble_of, humanize_of, output_folder
from cuesmith.cli.output import clock, progress, say, say_json, table

if TYPE_CHECKING:
    from cuesmith.show.compose_show import CueSet
    from cuesmith.specs.show import Show
    from cuesmith_render.album import AlbumReport

ShowFile = Annotated[str, typer.Argument(metavar="FILE", help="A show: the path of a .yaml file, or a name.")]
Folder = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder to write into; made if needed.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")]


def show(
    file: ShowFile,
    output: Folder,
    ensemble: EnsembleOption = None,
    humanize: HumanizeOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compose a show: one MIDI file per cue, and show.json, which describes them."""
    from cuesmith.cue.compose import compose_brief
    from cuesmith.export.atomic import json_text, write_text
    from cuesmith.show.compose_show import CueSet, briefs_of, show_themes
    from cuesmith.show.show_json import show_json
    from cuesmith.specs.load import load_show

    folder = output_folder(output)
    loaded = _with_options(load_show(file), ensemble, humanize)
    themes = show_themes(loaded)
    cues = []
    briefs = briefs_of(loaded, themes)
    with progress(quiet=quiet) as step:
        for number, brief in enumerate(briefs, 1):
            cues.append(compose_brief(brief, themes))
            step(f"{cues[-1].brief.id} {cues[-1].title}", number, len(briefs))
    made = CueSet(loaded, themes, tuple(cues))
    data = show_json(made)
    for cue in made.cues:
        cue.save(folder / f"{cue.file_stem}.mid")
    write_text(folder / "show.json", json_text(data))
    if as_json:
        say_json(data)
    elif not quiet:
        say(_show_table(made))
        length = clock(sum(cue.seconds for cue in made.cues))
        say(f"\n{loaded.title}: {len(made.cues)} cues, {length}, in {folder} (described in show.json)")


def _with_options(loaded: Show, ensemble: str | None, humanize: float | None) -> Show:
    """Return the show with the ensemble and humanize options; they replace the values of every cue."""
    if (size := ensemble_of(ensemble)) is not None:
        cues = tuple(replace(cue, ensemble=None) for cue in loaded.cues)
        loaded = replace(loaded, ensemble=size, cues=cues)
    if humanize is not None:
        cues = tuple(replace(cue, humanize=None) for cue in loaded.cues)
        loaded = replace(loaded, humanize=humanize_of(humanize), cues=cues)
    return loaded


def _show_table(made: CueSet) -> str:
    rows = []
    for cue in made.cues:
        plan = cue.score.plan
        rows.append(
            (cue.brief.id, plan.key.name, f"{plan.tempo.bpm(0):.0f}", str(plan.sections[0].meter), str(plan.bars),
             clock(cue.seconds), str(len(cue.score.parts)), cue.brief.style, cue.brief.type, cue.title)
        )  # fmt: skip
    return table(("id", "key", "bpm", "meter", "bars", "length", "parts", "style", "type", "title"), rows)


def album(
    file: ShowFile,
    output: Folder,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Cues at once; 0: one per core.")] = 0,
    soundfont: Annotated[
        Path | None, typer.Option("--soundfont", metavar="FILE", help="Soundfont (.sf2, .sf3) to play with.")
    ] = None,
    ensemble: EnsembleOption = None,
    humanize: HumanizeOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compose and render a show: mastered audio and MIDI for each cue, and a page to listen to."""
    from cuesmith.specs.load import load_show

    folder = output_folder(output)
    loaded = _with_options(load_show(file), ensemble, humanize)
    from cuesmith.cli.calibrate import hint
    from cuesmith_render.album import render_album  # after the show has been read: this loads the sound libraries

    hint(soundfont, quiet=quiet)
    with progress(quiet=quiet) as step:
        report = render_album(loaded, folder, jobs=jobs, soundfont=soundfont, on_progress=step)
    if as_json:
        say_json(_report_data(report))
    elif not quiet:
        say(_album_table(report))
        length = clock(sum(track.seconds for track in report.tracks))
        say(f"\n{loaded.title}: {len(report.tracks)} tracks, {length}, played with {report.soundfont}")
        say(f"open {report.index}")


def _report_data(report: AlbumReport) -> dict[str, object]:
    """Return the report as plain data, paths as text."""
    return {
        "out_dir": str(report.out_dir),
        "index": str(report.index),
        "soundfont": report.soundfont,
        "seconds": report.seconds,
        "tracks": [
            {
                **asdict(track),
                "lufs": _finite(track.lufs),
                "true_peak_db": _finite(track.true_peak_db),
                "midi": str(track.midi),
                "audio": str(track.audio),
            }
            for track in report.tracks
        ],
    }


def _finite(level: float) -> float | None:
    """Return a level in dB, or None for silence, because JSON has no infinity."""
    return level if math.isfinite(level) else None


def _album_table(report: AlbumReport) -> str:
    rows = [
        (str(track.number), track.id, clock(track.seconds), f"{track.lufs:.1f}", f"{track.true_peak_db:.1f}",
         track.style, track.type, track.title)
        for track in report.tracks
    ]  # fmt: skip
    return table(("no", "id", "length", "LUFS", "dBTP", "style", "type", "title"), rows)
