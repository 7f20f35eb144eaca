"""Make one track of an album: compose, write MIDI, render, save. This is what a worker process does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cuesmith.cue.compose import compose_brief
from cuesmith.cue.cue import Cue
from cuesmith.export.atomic import write_bytes
from cuesmith.motif.model import Theme
from cuesmith.specs.brief import Brief
from cuesmith.specs.show import Show
from cuesmith_render.album.report import TrackReport


@dataclass(frozen=True, slots=True)
class Credits:
    """The tags that all tracks of an album have in common."""

    artist: str
    album: str
    year: str
    genre: str
    comment: str
    version: str


@dataclass(frozen=True, slots=True)
class TrackJob:
    """Everything needed to make one track. `expected_sec`: approximate length; long tracks are started first."""

    number: int
    brief: Brief
    themes: Mapping[str, Theme]
    credits: Credits
    out_dir: Path
    soundfont: Path
    expected_sec: float


@dataclass(frozen=True, slots=True)
class MadeTrack:
    """A finished track: its cue, for the page, and its report. The audio is only in its file."""

    cue: Cue
    report: TrackReport


def credits_of(show: Show, version: str) -> Credits:
    """Return the common tags of a show's tracks. `version` is that of the engine."""
    album = show.album
    year = "" if album.year is None else str(album.year)
    return Credits(album.artist, show.title, year, album.genre, album.comment, version)


def make_track(job: TrackJob) -> MadeTrack:
    """Compose and render a cue, and write `<file_stem>.mid` and `<file_stem>.flac`, each completely or not at all.

    Raises ComposeError, SpecError, ComponentError, or CuesmithError when a file can't be written.
    """
    # Imported from the package, which raises an error with a remedy when a library of the audio extra is missing.
    from cuesmith_render import Tags, render

    cue = compose_brief(job.brief, job.themes)
    midi = job.out_dir / f"{cue.file_stem}.mid"
    write_bytes(midi, cue.midi())
    audio = render(cue, soundfont=job.soundfont, stems=False)
    brief, common = cue.brief, job.credits
    made = f"style {brief.style}, type {brief.type}, seed {brief.seed}, Cuesmith {common.version}"
    tags = Tags(
        title=brief.title,
        artist=common.artist,
        album=common.album,
        date=common.year,
        tracknumber=str(job.number),
        genre=common.genre,
        comment="; ".join(filter(None, (common.comment, made))),
    )
    path = audio.save(job.out_dir / f"{cue.file_stem}.flac", tags=tags)
    report = TrackReport(
        number=job.number,
        id=brief.id,
        title=brief.title,
        type=brief.type,
        style=brief.style,
        seconds=audio.frames / audio.sample_rate,
        lufs=audio.report.lufs,
        true_peak_db=audio.report.peak_dbtp,
        midi=midi,
        audio=path,
    )
    return MadeTrack(cue, report)
