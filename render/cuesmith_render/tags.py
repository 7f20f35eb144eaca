"""Text tags of an audio file."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of an audio file: Vorbis comments in FLAC and OGG, an INFO list in WAV. Empty ones are not written.

    `date` is a year or an ISO date, `tracknumber` a number as text.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    date: str = ""
    tracknumber: str = ""
    genre: str = ""
    comment: str = ""
    copyright: str = ""

    def written(self) -> dict[str, str]:
        """Return the tags that are not empty, by name."""
        return {name: text for name, text in asdict(self).items() if text}
