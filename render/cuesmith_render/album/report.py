"""The report of an album run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrackReport:
    """One track of an album.

    number: its position, from 1.
    id, title, type, style: of the cue (`M-401`, `Duel at the Gate`, `battle`, `taiko-koto`).
    seconds: length of the audio file, including the sound after the last bar line.
    lufs, true_peak_db: integrated loudness in LUFS, true peak in dBTP; both -inf for silence.
    midi, audio: the files.
    """

    number: int
    id: str
    title: str
    type: str
    style: str
    seconds: float
    lufs: float
    true_peak_db: float
    midi: Path
    audio: Path


@dataclass(frozen=True, slots=True)
class AlbumReport:
    """A finished album.

    tracks: in the order of the show.
    index: the page, to open in a browser.
    soundfont: name of the soundfont that plays.
    seconds: total playing time.
    """

    out_dir: Path
    tracks: tuple[TrackReport, ...]
    index: Path
    soundfont: str
    seconds: float
