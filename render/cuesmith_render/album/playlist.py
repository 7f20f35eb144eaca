"""The playlist of an album, in the extended M3U format (UTF-8, paths relative to the playlist)."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith_render.album.report import TrackReport


def m3u8_text(album: str, artist: str, tracks: Sequence[TrackReport]) -> str:
    """Return the text of `album.m3u8`. Lengths are in whole seconds, which every player can read."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_one_line(album)}"]
    for track in tracks:
        lines.append(f"#EXTINF:{round(track.seconds)},{_one_line(f'{artist} - {track.title}')}")
        lines.append(track.audio.name)
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
