"""What an audio file says about itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Tags:
    """Text kept in the file: Vorbis comments in FLAC and OGG, an INFO list in WAV. Empty ones are not
    written.

    date is a year or an ISO date; tracknumber a number, as text.
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
        """The tags that are not empty, by name."""
        return {name: text for name, text in asdict(self).items() if text}
