"""Albums: a whole show as tagged audio and MIDI files, with a playlist and a web page."""

from __future__ import annotations

from cuesmith_render.album.batch import render_album
from cuesmith_render.album.report import AlbumReport, TrackReport

__all__ = ["AlbumReport", "TrackReport", "render_album"]
