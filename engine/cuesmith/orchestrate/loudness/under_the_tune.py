"""Soften parts that play in the register of the tune while it sounds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import PPQ
from cuesmith.orchestrate.loudness.role_table import ROLE_DB
from cuesmith.score import Part

Table: TypeAlias = NDArray[np.int64]
Array: TypeAlias = NDArray[np.float64]
TUNE_ROLES = ("lead", "guide")

UNDER_DB = 6.2  # accompaniment in the register of the tune is this much softer
BELOW, ABOVE = 2, 12  # semitones below and above a note of the tune within which other notes cover it
SOFTEST = 0.55  # least share of its velocity that an accompanying note keeps
CURVE = 40.0  # decibels per factor 10 of velocity, as in the synthesizer


def _gain(part: Part) -> float:
    """Return the factor that role and level of a part apply to velocities."""
    return float(10 ** ((ROLE_DB[part.role] + part.level_db) / CURVE))


def plays_tune(part: Part) -> bool:
    """Tell whether a part plays the tune itself, not a doubling of it."""
    return part.role in TUNE_ROLES and not part.doubles


def under_the_tune(parts: Sequence[Part], tables: Sequence[Table], velocities: Sequence[Array]) -> list[Array]:
    """Return the velocities of every part, lowered where its notes cover the tune.

    tables: for each part an array with one row (onset, duration, pitch, velocity) per note.
    velocities: the current velocities of the same notes.
    Drums, and parts that play or double the tune, stay as they are.
    """
    tune: list[tuple[int, int, float]] = []  # onset, pitch, velocity including the gain
    for part, table, velocity in zip(parts, tables, velocities, strict=True):
        if plays_tune(part):
            heard = (velocity * _gain(part)).tolist()
            tune += zip(table[:, 0].tolist(), table[:, 2].tolist(), heard, strict=True)
    if not tune:
        return list(velocities)
    tune.sort()
    onsets = [onset for onset, _, _ in tune]
    softer = float(10 ** (-UNDER_DB / CURVE))
    out = []
    for part, table, velocity in zip(parts, tables, velocities, strict=True):
        if part.role in TUNE_ROLES or part.drums or part.role == "pulse":
            out.append(velocity)
            continue
        share, lowered = softer / _gain(part), velocity.copy()
        for row, (onset, duration, pitch, _) in enumerate(table.tolist()):
            if duration < PPQ // 4:
                continue
            first, last = bisect_left(onsets, onset - PPQ // 8), bisect_right(onsets, onset + duration)
            most = now = float(velocity[row])
            for _, tune_pitch, loud in tune[first:last]:
                apart = pitch - tune_pitch
                if -BELOW < apart < ABOVE and apart % 12:
                    most = min(most, loud * share)
            if most < now:
                lowered[row] = max(most, SOFTEST * now)
        out.append(lowered)
    return out
