"""Measure how recognisable a motif still is after a change.

Identity = 0.45 rhythm + 0.40 contour + 0.15 interval, each 0..1. A statement of a theme keeps at least 0.70, a
development at least 0.45.

Source: the weights follow listening tests on melodic similarity (Prince 2014): rhythm counts most, contour next.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from cuesmith.music.note import PPQ

STATEMENT = 0.70
DEVELOPMENT = 0.45
DISTINCT = 0.45  # the greatest identity two themes of one show may have with each other
RHYTHM, CONTOUR, INTERVAL = 0.45, 0.40, 0.15

Shape = Sequence[tuple[int, int]]  # (onset in ticks, pitch in semitones)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _matching(original: Shape, other: Shape, scale: float) -> list[tuple[int, int]]:
    """Find the notes of a longer (ornamented) form that match those of the original: nearest onsets, each used once.

    scale: length of the form divided by length of the original.
    """
    out: list[tuple[int, int]] = []
    rest = list(other)
    for place, (onset, _) in enumerate(original):
        wanted = other[0][0] + (onset - original[0][0]) * scale
        usable = rest[: len(rest) - (len(original) - place - 1)]
        best = min(range(len(usable)), key=lambda i: abs(usable[i][0] - wanted))
        out.append(rest[best])
        rest = rest[best + 1 :]
    return out


class Likeness(NamedTuple):
    """The parts of the identity, each 0..1, over the notes compared.

    rhythm: share of onsets in the same place.
    contour: share of intervals in the same direction.
    interval: share of intervals of the same size, to a semitone.
    coverage: below 1 when one motif has less than half as many notes as the other.
    """

    rhythm: float
    contour: float
    interval: float
    coverage: float

    @property
    def identity(self) -> float:
        """The weighted sum, as the function `identity` returns it."""
        return self.coverage * (RHYTHM * self.rhythm + CONTOUR * self.contour + INTERVAL * self.interval)


def likeness(original: Shape, other: Shape) -> Likeness:
    """Return the parts of the identity of `other` as a form of `original`.

    Args:
        original: (onset in ticks, MIDI pitch) of every note, in order, see `Motif.shape`.
        other: the same for the form to compare.

    Returns:
        Rhythm, contour, interval and coverage, each 0..1; all 0 when one of them has fewer than two notes.

    Example:
        >>> theme = [(0, 60), (960, 64), (1920, 67)]
        >>> likeness(theme, [(0, 60), (960, 63), (1920, 60)])
        Likeness(rhythm=1.0, contour=0.5, interval=0.5, coverage=1.0)
    """
    if len(other) > len(original) > 1:
        span_a, span_b = original[-1][0] - original[0][0], other[-1][0] - other[0][0]
        form = likeness(original, _matching(original, other, 1.0))
        if not span_a or abs(span_b - span_a) <= PPQ:
            return form
        # The form is longer. Either it is augmented as a whole, or it only has more notes after the last one: try both.
        return max(form, likeness(original, _matching(original, other, span_b / span_a)), key=lambda f: f.identity)
    count = min(len(original), len(other))
    if count < 2:
        return Likeness(0.0, 0.0, 0.0, 0.0)
    a, b = list(original)[:count], list(other)[:count]
    span_a, span_b = a[-1][0] - a[0][0], b[-1][0] - b[0][0]
    scale = span_a / span_b if span_b else 1.0
    near = sum(abs((x[0] - a[0][0]) - (y[0] - b[0][0]) * scale) <= PPQ // 4 for x, y in zip(a, b, strict=True))
    steps_a, steps_b = ([y[1] - x[1] for x, y in itertools.pairwise(line)] for line in (a, b))
    moves = list(zip(steps_a, steps_b, strict=True))
    longest = max(len(original), len(other))
    return Likeness(
        near / count,
        sum(_sign(x) == _sign(y) for x, y in moves) / (count - 1),
        sum(abs(x - y) <= 1 for x, y in moves) / (count - 1),
        count / longest if longest > 2 * count else 1.0,
    )


def identity(original: Shape, other: Shape) -> float:
    """Return how recognisable `other` is as a form of `original`, 0..1.

    Notes are compared in order, after both are scaled to the same length. A fragment is compared with as many notes
    from the start of the original.

    Args:
        original: (onset in ticks, MIDI pitch) of every note, in order, see `Motif.shape`.
        other: the same for the form to compare.

    Example:
        >>> identity([(0, 60), (960, 64), (1920, 67)], [(0, 67), (1920, 71), (3840, 74)])
        1.0
    """
    return likeness(original, other).identity
