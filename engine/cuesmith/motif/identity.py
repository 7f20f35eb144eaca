"""How recognisable a motif still is.

I = 0.45 rhythm + 0.40 contour + 0.15 interval, each 0..1 (weights after listening tests on melodic similarity, Prince
2014: rhythm first, contour second). A statement keeps 0.70, a development 0.45.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.music.note import PPQ

STATEMENT = 0.70
DEVELOPMENT = 0.45
RHYTHM, CONTOUR, INTERVAL = 0.45, 0.40, 0.15

Shape = Sequence[tuple[int, int]]  # (onset in ticks, pitch in semitones)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def identity(original: Shape, other: Shape) -> float:
    """Identity 0..1 of `other` as a form of `original`: notes are compared by place, after scaling to one length.

    A fragment is compared with the head of the original that has as many notes.
    """
    count = min(len(original), len(other))
    if count < 2:
        return 0.0
    a, b = list(original)[:count], list(other)[:count]
    span_a, span_b = a[-1][0] - a[0][0], b[-1][0] - b[0][0]
    scale = span_a / span_b if span_b else 1.0
    tolerance = PPQ // 4
    near = sum(
        abs((x[0] - a[0][0]) - (y[0] - b[0][0]) * scale) <= tolerance for x, y in zip(a, b, strict=True)
    )
    moves_a = [y[1] - x[1] for x, y in zip(a, a[1:], strict=False)]
    moves_b = [y[1] - x[1] for x, y in zip(b, b[1:], strict=False)]
    same_sign = sum(_sign(x) == _sign(y) for x, y in zip(moves_a, moves_b, strict=True))
    same_size = sum(abs(x - y) <= 1 for x, y in zip(moves_a, moves_b, strict=True))
    longest = max(len(original), len(other))
    coverage = count / longest if longest > 2 * count else 1.0
    return coverage * (
        RHYTHM * near / count + CONTOUR * same_sign / (count - 1) + INTERVAL * same_size / (count - 1)
    )
