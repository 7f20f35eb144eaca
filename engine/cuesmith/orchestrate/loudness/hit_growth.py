"""Notes grow louder towards a hit of the picture, and are loudest on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.composition.meet_hits import HIT_SHAPES
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan

LOUDEST, SOFTEST = 122, 12  # limits of the velocities
STRONG = 16  # velocity added by hits that are accents


def with_hit_growth(plan: Plan, onsets: NDArray[np.int64], velocities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return velocities with the growth towards hits added, in proportion to the weight of each hit.

    onsets: ticks of the notes. velocities: of the same notes.
    """
    if not plan.hits:
        return velocities
    added = np.zeros(len(onsets))
    for hit in plan.hits:
        shape, force = HIT_SHAPES[hit.kind], 0.5 + 0.5 * hit.weight
        start = hit.tick - shape.beats * PPQ
        added[onsets == hit.tick] += round(shape.strike * force) + _made_up(plan, hit.tick, shape.strike)
        rising = (start <= onsets) & (onsets < hit.tick)
        if rising.any():
            added[rising] += np.rint(shape.gain * force * (onsets[rising] - start) / (hit.tick - start))
    return np.clip(velocities + added, SOFTEST, LOUDEST)


def _made_up(plan: Plan, tick: int, strike: int) -> int:
    """Return what a strong hit gets so that it is not softer for the softer section that it begins."""
    before, here = plan.section_at(max(0, tick - 1)), plan.section_at(tick)
    return max(0, velocity_of(before.energy) - velocity_of(here.energy)) if strike >= STRONG else 0
