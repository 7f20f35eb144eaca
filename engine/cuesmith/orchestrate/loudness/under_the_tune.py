"""Balance: parts that play in the register of the tune while it sounds are softer than the tune."""

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

UNDER_DB = 6.2  # how much softer than the tune accompaniment in its register is
BELOW, ABOVE = 2, 12  # semitones around a note of the tune within which others cover it
SOFTEST = 0.55  # share of its velocity an accompanying note keeps at least
CURVE = 40.0  # dB per decade of velocity, as the synthesizer has it


def _gain(part: Part) -> float:
    """What level, role and seat make of a velocity: a factor on velocities of equal loudness."""
    return float(10 ** ((ROLE_DB[part.role] + part.level_db) / CURVE))


def tune_of(part: Part) -> bool:
    """Whether a part plays the tune itself rather than copying it."""
    return part.role in TUNE_ROLES and not part.doubles


def under_the_tune(parts: Sequence[Part], tables: Sequence[Table], velocities: Sequence[Array]) -> list[Array]:
    """Velocities of every part, with whatever covers the tune brought down under it.

    tables: the notes of each part, a row of (onset, duration, pitch, velocity) each; velocities: how loud they are now.
    Drums, and whatever plays or copies the tune, stay as they are.
    """
    tune: list[tuple[int, int, float]] = []  # onset, pitch, velocity as heard
    for part, table, velocity in zip(parts, tables, velocities, strict=True):
        if tune_of(part):
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
            for _, sung, loud in tune[first:last]:
                apart = pitch - sung
                if -BELOW < apart < ABOVE and apart % 12:
                    most = min(most, loud * share)
            if most < now:
                lowered[row] = max(most, SOFTEST * now)
        out.append(lowered)
    return out
