"""A page: one melody to draw or to save."""

from __future__ import annotations

from dataclasses import dataclass

from cuesmith.motif.model import Motif, Theme
from cuesmith.music.scale import Key


@dataclass(frozen=True, slots=True)
class Page:
    """A melody to show or save: its voices (the first one is the melody), key, octave, and a short description."""

    name: str
    voices: tuple[Motif, ...]
    key: Key
    octave: int
    character: str = ""
    about: str = ""


def page_of(theme: Theme, *, whole: bool = True, about: str = "") -> Page:
    """Make a page of a theme: its eight bars (`whole`), or only its two-bar idea."""
    melody = theme.melody if whole else theme.motif
    return Page(theme.name, (melody,), theme.key, theme.octave, theme.character, about or theme.character)
