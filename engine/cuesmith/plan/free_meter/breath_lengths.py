"""Breath lengths in free meter: the tables, and the breaths of a passage drawn from them.

Short and long breaths alternate, phrases of a theme keep their rhythm, and the passage keeps its total length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from cuesmith.chance import Stream

# one breath: (weight, length in quarters of each of the four beats of a composed bar); total quarters in the comment
BREATHS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.7, (0.50, 0.50, 0.50, 0.50)),  # 2
    (1.0, (0.75, 0.75, 0.75, 0.75)),  # 3
    (1.0, (0.50, 0.75, 0.75, 1.00)),
    (0.5, (1.00, 1.00, 1.00, 1.00)),  # 4
    (0.5, (0.75, 0.75, 1.00, 1.50)),
    (1.0, (1.00, 1.00, 1.00, 2.00)),  # 5
    (1.0, (1.25, 1.00, 1.00, 1.75)),
    (1.0, (1.00, 1.00, 1.25, 2.75)),  # 6
    (1.0, (1.50, 1.00, 1.00, 2.50)),
    (0.6, (1.25, 1.00, 1.25, 3.50)),  # 7
    (0.6, (1.75, 1.00, 1.25, 3.00)),
    (0.7, (1.50, 1.25, 1.25, 4.00)),  # 8
)
# two bars of a theme: (weight, quarters of each beat but the last, quarters of the last). The rhythm keeps its
# proportions; only the last note, and the rest after it, vary in length.
PHRASES: tuple[tuple[float, float, float], ...] = (
    (0.2, 0.50, 1.50), (0.4, 0.50, 2.50), (0.2, 0.50, 3.50),                     # 2 and 3, 4, 5
    (1.0, 0.75, 1.75), (1.5, 0.75, 2.75), (1.0, 0.75, 3.75), (0.6, 0.75, 4.75),  # 3 and 4, 5, 6, 7
    (1.0, 1.00, 2.00), (1.0, 1.00, 3.00), (0.6, 1.00, 4.00), (0.4, 1.00, 5.00),  # 4 and 5, 6, 7, 8
    (0.8, 1.25, 2.25), (0.6, 1.25, 3.25), (0.4, 1.25, 4.25),                     # 5 and 6, 7, 8
)  # fmt: skip
# the same for four bars, when the theme is augmented: one bar of it lasts two
BROAD: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.75, 1.75), (1.0, 0.75, 2.75), (1.0, 0.75, 3.75), (1.0, 0.75, 4.75), (0.5, 0.75, 5.75),  # 3 3 3 and 4 .. 8
    (0.8, 1.00, 2.00), (0.6, 1.00, 3.00), (0.4, 1.00, 4.00), (0.2, 1.00, 5.00),                     # 4 4 4 and 5 .. 8
)  # fmt: skip
SHEET_BEATS = 4  # beats in every bar of the even grid (the sheet) on which free music is composed
LONG = 6  # a breath of at least this many quarters is long
CALM, CALMER = 0.35, 2.5  # energy below which music is calm; factor on the weight of long breaths there
DRAWS = 12  # passages drawn until at most one breath is as long as the breath before it
TILTS, TILT_STEPS = (0.1, 10.0), 12  # limits of the tilt in `_tilted`; steps of its bisection


class BreathPlan(NamedTuple):
    """One breath, or the breaths of a phrase: the weight, and for each breath the quarters of each beat.

    quarters: total length. first, last: quarters of the first and the last breath.
    """

    weight: float
    breaths: tuple[tuple[float, ...], ...]
    quarters: int
    first: int
    last: int


def _breath_plan(weight: float, *breaths: tuple[float, ...]) -> BreathPlan:
    """Build a BreathPlan from the beats of its breaths."""
    return BreathPlan(weight, breaths, round(sum(map(sum, breaths))), round(sum(breaths[0])), round(sum(breaths[-1])))


def _phrase_plans(rows: Sequence[tuple[float, float, float]], bars: int) -> tuple[BreathPlan, ...]:
    """Build the plans of phrases of `bars` composed bars from a table."""
    return tuple(
        _breath_plan(weight, *((beat,) * SHEET_BEATS,) * (bars - 1), (*(beat,) * (SHEET_BEATS - 1), last))
        for weight, beat, last in rows
    )


SINGLE = tuple(_breath_plan(weight, beats) for weight, beats in BREATHS)
CHOICES = {
    1: SINGLE,
    2: _phrase_plans(PHRASES, 2),
    4: _phrase_plans(BROAD, 4),
}  # composed bars: the plans they may have
RANGE = {bars: (min(c.quarters for c in found), max(c.quarters for c in found)) for bars, found in CHOICES.items()}


def breath_plan(
    units: Sequence[int], energy: float, draw: Stream, *, broken_off: bool = False
) -> tuple[tuple[float, ...], ...]:
    """Draw the breaths of a passage; return the quarters of every beat of each breath.

    units: for each breath or phrase in turn, how many composed bars it takes: 1, 2 or 4.
    energy: 0..1; calm music has more long breaths.
    broken_off: the last breath is the shortest; otherwise the longest comes last, because free music ends a thought
        there.
    Breaths average four quarters, so the passage keeps its length. Neighbours differ in length where possible.
    """
    drawn = (_drawn(units, energy, draw.child(attempt)) for attempt in range(DRAWS))
    out = next((found for found in drawn if _repeats(found) <= 1), None) or _drawn(units, energy, draw)
    if len(set(units)) == 1:
        wanted = min if broken_off else max
        last = wanted(range(len(out)), key=lambda i: out[i].last) + 1
        rotated = out[last:] + out[:last]
        out = rotated if all(a.last != b.first for a, b in pairwise(rotated)) else out
    return tuple(beats for one in out for beats in one.breaths)


def _repeats(passage: Sequence[BreathPlan]) -> int:
    """Count the breaths that are as long as the breath before."""
    return sum(a.last == b.first for a, b in pairwise(passage))


def _drawn(units: Sequence[int], energy: float, draw: Stream) -> list[BreathPlan]:
    """Draw one passage. Its last breaths complete the length, and may have to be equal for that."""
    left, out = SHEET_BEATS * sum(units), list[BreathPlan]()
    for number, bars in enumerate(units):
        after = units[number + 1 :]
        low, high = (left - sum(RANGE[unit][end] for unit in after) for end in (1, 0))
        calm = CALMER if energy < CALM else 1.0
        possible = {
            one: one.weight * (calm if one.last >= LONG else 1.0)
            for one in CHOICES[bars]
            if low <= one.quarters <= high
        }
        different = {one: weight for one, weight in possible.items() if not out or one.first != out[-1].last}
        out.append(draw.weighted(_tilted(left * bars / sum(units[number:]), different or possible)))
        left -= out[-1].quarters
    return out


def _tilted(mean: float, weights: Mapping[BreathPlan, float]) -> dict[BreathPlan, float]:
    """Tilt the weights towards longer or shorter breaths until the expected length is `mean` quarters.

    So the last breaths of a passage vary as much as the first.
    """
    by_length: dict[int, float] = {}
    for one, weight in weights.items():
        by_length[one.quarters] = by_length.get(one.quarters, 0.0) + weight
    low, high = TILTS
    tilt = 1.0
    for _ in range(TILT_STEPS):
        tilt = (low + high) / 2
        if sum((quarters - mean) * weight * tilt**quarters for quarters, weight in by_length.items()) < 0:
            low = tilt
        else:
            high = tilt
    return {one: weight * tilt**one.quarters for one, weight in weights.items()}
