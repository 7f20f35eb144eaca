"""What an album run tells about its result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrackReport:
    """One track of an album.

    number       : its place, from 1.
    id .. style  : of the cue (`M-401`, `Duel at the Gate`, `battle`, `taiko-koto`).
    seconds      : length of the audio file, the ringing after the last bar line included.
    lufs         : integrated loudness; true_peak_db: true peak in dBTP. Both -inf for silence.
    midi, audio  : the files.
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

    tracks    : in the order of the show.
    index     : the page, to be opened in a browser.
    soundfont : the name of the one that sounds.
    seconds   : playing time of all tracks together.
    """

    out_dir: Path
    tracks: tuple[TrackReport, ...]
    index: Path
    soundfont: str
    seconds: float
