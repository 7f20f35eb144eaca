"""How recognisable a motif still is.

I = 0.45 rhythm + 0.40 contour + 0.15 interval, each 0..1 (weights after listening tests on melodic similarity, Prince
2014: rhythm first, contour second). A statement keeps 0.70, a development 0.45.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from cuesmith.music.note import PPQ

STATEMENT = 0.70
DEVELOPMENT = 0.45
DISTINCT = 0.45  # two themes of one show may be no more alike than this
RHYTHM, CONTOUR, INTERVAL = 0.45, 0.40, 0.15

Shape = Sequence[tuple[int, int]]  # (onset in ticks, pitch in semitones)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _skeleton(original: Shape, other: Shape, scale: float) -> list[tuple[int, int]]:
    """Of an ornamented form, the notes that stand where the original's stand (nearest onset, each used once).

    scale: how much longer the form is than the original.
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
    """Each 0..1, of the notes compared.

    rhythm: onsets in place. contour: intervals of the same direction. interval: of the same size within a semitone.
    coverage: below 1 where one motif has less than half the notes of the other.
    """

    rhythm: float
    contour: float
    interval: float
    coverage: float

    @property
    def identity(self) -> float:
        """The weighted whole, as `identity` gives it."""
        return self.coverage * (RHYTHM * self.rhythm + CONTOUR * self.contour + INTERVAL * self.interval)


def likeness(original: Shape, other: Shape) -> Likeness:
    """The parts of the identity of `other` as a form of `original`; all 0 with fewer than two notes."""
    if len(other) > len(original) > 1:
        span_a, span_b = original[-1][0] - original[0][0], other[-1][0] - other[0][0]
        form = likeness(original, _skeleton(original, other, 1.0))
        if not span_a or abs(span_b - span_a) <= PPQ:
            return form
        # longer: broadened as a whole, or only with ornaments behind the last note
        return max(form, likeness(original, _skeleton(original, other, span_b / span_a)), key=lambda f: f.identity)
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
    """Identity 0..1 of `other` as a form of `original`: notes are compared by place, after scaling to one length.

    A fragment is compared with the head of the original that has as many notes.
    """
    return likeness(original, other).identity
