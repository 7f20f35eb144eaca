"""How long breaths are: the tables, and a passage of breaths drawn from them.

Short and long take turns, phrases of a theme keep its rhythm, and all together last as long as the even sheet did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from cuesmith.chance import Stream

# one breath: how often, and how many quarters each of the four beats of the sheet has in it
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
# two bars of a theme: how often, quarters of each beat but the last, quarters of the last. Its rhythm stays what it is,
# faster or slower; what is uneven is how long its last note is held, and the air behind it
PHRASES: tuple[tuple[float, float, float], ...] = (
    (0.2, 0.50, 1.50), (0.4, 0.50, 2.50), (0.2, 0.50, 3.50),                     # 2 and 3, 4, 5
    (1.0, 0.75, 1.75), (1.5, 0.75, 2.75), (1.0, 0.75, 3.75), (0.6, 0.75, 4.75),  # 3 and 4, 5, 6, 7
    (1.0, 1.00, 2.00), (1.0, 1.00, 3.00), (0.6, 1.00, 4.00), (0.4, 1.00, 5.00),  # 4 and 5, 6, 7, 8
    (0.8, 1.25, 2.25), (0.6, 1.25, 3.25), (0.4, 1.25, 4.25),                     # 5 and 6, 7, 8
)  # fmt: skip
# the same for four bars, where the theme comes broadened: what was one bar of it is two
BROAD: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.75, 1.75), (1.0, 0.75, 2.75), (1.0, 0.75, 3.75), (1.0, 0.75, 4.75), (0.5, 0.75, 5.75),  # 3 3 3 and 4 .. 8
    (0.8, 1.00, 2.00), (0.6, 1.00, 3.00), (0.4, 1.00, 4.00), (0.2, 1.00, 5.00),                     # 4 4 4 and 5 .. 8
)  # fmt: skip
SHEET_BEATS = 4
LONG = 6  # quarters from which a breath is a long one
CALM, CALMER = 0.35, 2.5  # energy below which music is calm, and by how much likelier long breaths are there
TURNS = 12  # passages that are drawn until no more than two neighbours are alike
TILTS, TILT_STEPS = (0.1, 10.0), 12  # how much likelier a breath of a quarter more may become; how finely it is found


class BreathPlan(NamedTuple):
    """One breath, or those of a phrase: how often it comes, and the quarters of each beat, breath by breath.

    quarters: its length; first, last: those of its first and last breath.
    """

    weight: float
    breaths: tuple[tuple[float, ...], ...]
    quarters: int
    first: int
    last: int


def _choice(weight: float, *breaths: tuple[float, ...]) -> BreathPlan:
    return BreathPlan(weight, breaths, round(sum(map(sum, breaths))), round(sum(breaths[0])), round(sum(breaths[-1])))


def _phrases(rows: Sequence[tuple[float, float, float]], bars: int) -> tuple[BreathPlan, ...]:
    return tuple(
        _choice(weight, *((beat,) * SHEET_BEATS,) * (bars - 1), (*(beat,) * (SHEET_BEATS - 1), last))
        for weight, beat, last in rows
    )


SINGLE = tuple(_choice(weight, beats) for weight, beats in BREATHS)
CHOICES = {1: SINGLE, 2: _phrases(PHRASES, 2), 4: _phrases(BROAD, 4)}  # bars of the sheet: how they may be laid
RANGE = {bars: (min(c.quarters for c in found), max(c.quarters for c in found)) for bars, found in CHOICES.items()}


def breath_plan(
    units: Sequence[int], energy: float, draw: Stream, *, broken_off: bool = False
) -> tuple[tuple[float, ...], ...]:
    """The beats of every breath of a passage. units: whether it goes by single breaths (1) or phrases of two or four.

    Breaths have four quarters on average, so that the passage stays as long as it was; neighbours are unlike where that
    can be had, and calm music (energy 0 .. 1) has more that are long. The longest comes last, for there music without
    bars ends a thought; broken_off: the shortest.
    """
    drawn = (_drawn(units, energy, draw.child(turn)) for turn in range(TURNS))
    out = next((found for found in drawn if _alike(found) <= 1), None) or _drawn(units, energy, draw)
    if len(set(units)) == 1:
        wanted = min if broken_off else max
        last = wanted(range(len(out)), key=lambda i: out[i].last) + 1
        turned = out[last:] + out[:last]
        out = turned if all(a.last != b.first for a, b in pairwise(turned)) else out
    return tuple(beats for one in out for beats in one.breaths)


def _alike(passage: Sequence[BreathPlan]) -> int:
    """How many breaths are as long as the one before."""
    return sum(a.last == b.first for a, b in pairwise(passage))


def _drawn(units: Sequence[int], energy: float, draw: Stream) -> list[BreathPlan]:
    """One passage. Its last breaths make up the length, and may have to be alike for it."""
    left, out = SHEET_BEATS * sum(units), list[BreathPlan]()
    for number, bars in enumerate(units):
        after = units[number + 1 :]
        low, high = (left - sum(RANGE[unit][end] for unit in after) for end in (1, 0))
        calm = CALMER if energy < CALM else 1.0
        able = {
            one: one.weight * (calm if one.last >= LONG else 1.0)
            for one in CHOICES[bars]
            if low <= one.quarters <= high
        }
        unlike = {one: weight for one, weight in able.items() if not out or one.first != out[-1].last}
        out.append(draw.weighted(_about(left * bars / sum(units[number:]), unlike or able)))
        left -= out[-1].quarters
    return out


def _about(mean: float, weights: Mapping[BreathPlan, float]) -> dict[BreathPlan, float]:
    """The weights tilted to longer or shorter, so that what is drawn has this mean, and the last are as unlike as the
    first."""
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
