"""A melody as a page: what is drawn or saved of a theme."""

from __future__ import annotations

from dataclasses import dataclass

from cuesmith.motif.model import Motif, Theme
from cuesmith.music.scale import Key


@dataclass(frozen=True, slots=True)
class Page:
    """A melody to show or save: its voices (the first is the melody), where it stands, and a word about it."""

    name: str
    voices: tuple[Motif, ...]
    key: Key
    octave: int
    character: str = ""
    about: str = ""


def page_of(theme: Theme, *, whole: bool = True, about: str = "") -> Page:
    """A theme as a page: its eight bars, or only the idea it is known by."""
    melody = theme.melody if whole else theme.motif
    return Page(theme.name, (melody,), theme.key, theme.octave, theme.character, about or theme.character)
