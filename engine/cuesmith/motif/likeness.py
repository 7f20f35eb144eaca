"""How alike two motifs are, part by part: what `identity` weighs, for people who want to know why."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from cuesmith.motif.identity import CONTOUR, INTERVAL, RHYTHM, Shape, _sign, _skeleton
from cuesmith.music.note import PPQ


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
        """The weighted whole, as `motif.identity.identity` gives it."""
        return self.coverage * (RHYTHM * self.rhythm + CONTOUR * self.contour + INTERVAL * self.interval)


def likeness(original: Shape, other: Shape) -> Likeness:
    """The parts of the identity of `other` as a form of `original`; all 0 with fewer than two notes."""
    if len(other) > len(original) > 1:
        other = _skeleton(original, other)
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
