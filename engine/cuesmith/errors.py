"""The error classes of Cuesmith. Every message guesses the cause and names a remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CuesmithError(Exception):
    """Base class of all errors that Cuesmith raises on purpose. `exit_code` is the exit code of the command line."""

    exit_code = 1


class UsageError(CuesmithError):
    """A call asks for something that does not exist or does not fit together."""

    exit_code = 2


class SpecError(CuesmithError):
    """A YAML file (style, bank, show) is not valid. The message lists every fault, one per line."""

    exit_code = 3


class ComponentError(CuesmithError):
    """An external component is missing: FluidSynth, a soundfont, an audio library."""

    exit_code = 4


class ComposeError(CuesmithError):
    """The requested music can't be made, for example in a length that the cue type does not allow."""


def with_article(noun: str) -> str:
    """Return a noun with its indefinite article: `an eyecatch`, `a battle`."""
    return f"an {noun}" if noun[:1].lower() in "aeiou" and noun else f"a {noun}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown word.

    It is `; did you mean 'battle'?` when a known word is similar, else `; known: a, b, c` (at most 30 words).
    """
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    shown = ", ".join(names[:30]) + (" …" if len(names) > 30 else "")
    return f"; known: {shown}" if names else ""
