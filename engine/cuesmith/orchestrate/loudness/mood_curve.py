"""Velocities follow the mood curve of the plan, bar by bar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.plan.model import Plan
from cuesmith.plan.picture.scenes import energy_of


def bar_factors(plan: Plan) -> NDArray[np.float64]:
    """Return a factor on velocities for each bar; all 1 when neither beats nor dials ask for a mood."""
    out = np.ones(plan.bars)
    if not plan.curve:
        return out
    for section in plan.sections:
        here = 52 + 52 * energy_of(plan.mood(section))
        for bar in range(section.first_bar, section.first_bar + section.bars):
            there = here if section.treatment_row.silent else 52 + 52 * energy_of(plan.curve[bar])
            out[bar] = section.loudness * there / here
    return out


def bars_of(plan: Plan, onsets: NDArray[np.int64], sections: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bar (from 0) of each note: where it begins, but inside the section of its passage.

    sections: index of each note's section.
    """
    *starts, _ = plan.bar_lines()
    found = np.searchsorted(np.array(starts), onsets, "right") - 1
    first = np.array([section.first_bar for section in plan.sections])[sections]
    last = first + np.array([section.bars for section in plan.sections])[sections] - 1
    return np.clip(found, first, last)
