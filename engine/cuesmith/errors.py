"""The one small family of errors. Each guesses the cause and names the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CuesmithError(Exception):
    """Base of everything Cuesmith raises on purpose; `exit_code` is what the CLI ends with."""

    exit_code = 1


class UsageError(CuesmithError):
    """A call asks for something that does not exist or does not fit together."""

    exit_code = 2


class SpecError(CuesmithError):
    """A YAML file (style, bank, show) is not valid; the message lists every fault, one per line."""

    exit_code = 3


class ComponentError(CuesmithError):
    """Something outside Cuesmith is missing: FluidSynth, a soundfont, an audio library."""

    exit_code = 4


class ComposeError(CuesmithError):
    """The music asked for cannot be made (a length a cue type cannot take, for example)."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'battle'?` when a known word is near, else `; known: a, b, c`."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    shown = ", ".join(names[:30]) + (" …" if len(names) > 30 else "")
    return f"; known: {shown}" if names else ""
