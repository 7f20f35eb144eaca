"""Mastering: a gain curve for the whole cue that brings it to its target loudness and limits its peaks.

All stems are multiplied by the same gain, so the mastered stems still add up to the mastered mix. There is no equaliser
and no compressor; the balance of a style is not changed. In a loop the gain at the end continues into the start.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cuesmith_render.limiter import CELL_FRAMES, cell_peaks, frame_gain, limiter_gain
from cuesmith_render.loudness import (
    STEP_SEC,
    gated_lufs,
    integrated_lufs,
    true_peak_dbtp,
    weighted_power,
)

CEILING_DBTP = -1.0
MOST_REDUCTION_DB = 12.0
"""Greatest gain reduction of the limiter; a cue that would need more stays softer than its target."""

_METER_ERROR_DB = 0.05  # margin for meters that are finer than this one: they read up to 0.03 dB more
_TOLERANCE_LU = 0.05
_PEAK_ROUNDS = 4
_BISECTIONS = 10

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class MasterGain:
    """The gain that mastering applies to a mix, and the readings of the mix after it.

    gain_db: the constant part.
    curve: gain of the limiter, 0..1 per frame; None when it never acts.
    reduction_db: greatest gain reduction of the limiter, >= 0.
    lufs, peak_dbtp: integrated loudness and true peak of the mastered mix; -inf for silence.
    """

    gain_db: float
    curve: Samples | None
    reduction_db: float
    lufs: float
    peak_dbtp: float

    def apply(self, samples: Samples) -> None:
        """Multiply samples of shape (…, frames) in place."""
        factor = np.float32(10 ** (self.gain_db / 20))
        samples *= factor if self.curve is None else self.curve * factor


def measure(mix: Samples, sample_rate: int, loop: bool = False) -> MasterGain:
    """Return the readings of a mix of shape (2, frames) with no gain applied."""
    return MasterGain(0.0, None, 0.0, integrated_lufs(mix, sample_rate), true_peak_dbtp(mix, loop))


def master_gain(mix: Samples, sample_rate: int, target_lufs: float, loop: bool = False) -> MasterGain:
    """Find the gain that brings a mix of shape (2, frames) to `target_lufs` without a true peak above `CEILING_DBTP`.

    The loudness is met within 0.3 LU, unless that needs more than `MOST_REDUCTION_DB` of limiting. Silence is not
    changed.
    """
    before_lufs = integrated_lufs(mix, sample_rate)
    peaks = cell_peaks(mix)
    highest = float(peaks.max(initial=0.0))
    if not math.isfinite(before_lufs) or highest == 0:
        return measure(mix, sample_rate, loop)
    most_db = CEILING_DBTP - 20 * math.log10(highest) + MOST_REDUCTION_DB
    gain_db = min(target_lufs - before_lufs, most_db)
    ceiling_db = CEILING_DBTP
    power: NDArray[np.float64] | None = None
    for _ in range(_PEAK_ROUNDS):
        cells = limiter_gain(peaks, _ratio(gain_db), _ratio(ceiling_db), sample_rate, loop)
        if cells is not None:
            if power is None:
                power = _cell_power(mix, sample_rate)
            gain_db = _gain_for_target_db(peaks, power, gain_db, most_db, ceiling_db, target_lufs, sample_rate, loop)
            cells = limiter_gain(peaks, _ratio(gain_db), _ratio(ceiling_db), sample_rate, loop)
        curve = None if cells is None else frame_gain(cells, mix.shape[-1], loop)
        factor = np.float32(_ratio(gain_db))
        out = mix * (factor if curve is None else curve * factor)
        peak_dbtp = true_peak_dbtp(out, loop)
        excess_db = peak_dbtp - (CEILING_DBTP - _METER_ERROR_DB)
        if excess_db <= 0:
            break
        ceiling_db -= excess_db + 0.01
    else:  # lower everything by the rest: a constant gain moves the true peak by the same amount
        gain_db -= excess_db
        peak_dbtp -= excess_db
        out *= np.float32(_ratio(-excess_db))
    reduction_db = 0.0 if curve is None else -20 * math.log10(float(curve.min()))
    lufs = before_lufs + gain_db if curve is None else integrated_lufs(out, sample_rate)
    return MasterGain(gain_db, curve, reduction_db, lufs, peak_dbtp)


def _ratio(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def _cell_power(mix: Samples, sample_rate: int) -> NDArray[np.float64]:
    """Return the K-weighted energy of each limiter cell."""
    power = weighted_power(mix, sample_rate)
    return np.add.reduceat(power, np.arange(0, power.size, CELL_FRAMES), dtype=np.float64)


def _gain_for_target_db(
    peaks: NDArray[np.float64],
    power: NDArray[np.float64],
    least_db: float,
    most_db: float,
    ceiling_db: float,
    target_lufs: float,
    sample_rate: int,
    loop: bool,
) -> float:
    """Find by bisection the constant gain that reaches the target after limiting (loudness rises with gain).

    It uses only the gain and the energy of each cell, which is accurate to a few hundredths of a LU.
    """
    step_cells = STEP_SEC * sample_rate / CELL_FRAMES
    starts = np.rint(np.arange(0, max(4.0, power.size / step_cells - 0.5)) * step_cells).astype(np.int64)
    starts = starts[starts < power.size]

    def loudness(gain_db: float) -> float:
        cells = limiter_gain(peaks, _ratio(gain_db), _ratio(ceiling_db), sample_rate, loop)
        limited = power if cells is None else power * cells**2
        energy = np.add.reduceat(limited, starts) * _ratio(gain_db) ** 2
        energy = np.append(energy, np.zeros(max(0, 4 - energy.size)))
        return gated_lufs(energy, STEP_SEC * sample_rate)

    low_db, high_db = least_db, most_db
    if loudness(high_db) <= target_lufs:
        return high_db
    for _ in range(_BISECTIONS):
        middle_db = (low_db + high_db) / 2
        found = loudness(middle_db)
        if abs(found - target_lufs) <= _TOLERANCE_LU:
            return middle_db
        low_db, high_db = (middle_db, high_db) if found < target_lufs else (low_db, middle_db)
    return low_db
