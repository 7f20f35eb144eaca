"""Mastering: one gain for the whole cue, over time, that brings it to its loudness and keeps its peaks in
bounds.

The same gain multiplies every stem, so mastered stems still add up to the mastered mix. There is no
equaliser and no compressor: a style's balance is its own. In a loop the gain runs round the end into the
start.
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
"""The limiter is never driven further than this; a cue that would need more stays softer than its target."""

_METER_ERROR_DB = 0.05  # a finer meter than ours reads up to 0.03 dB more
_TOLERANCE_LU = 0.05
_PEAK_ROUNDS = 4
_BISECTIONS = 10

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class MasterGain:
    """What mastering does to a mix, and what it reads afterwards.

    gain_db          : the constant part.
    curve            : the limiter's gain, 0..1 per frame; None when it never acts.
    reduction_db     : the most the limiter takes away, >= 0.
    lufs, peak_dbtp  : integrated loudness and true peak of the mastered mix; -inf for silence.
    """

    gain_db: float
    curve: Samples | None
    reduction_db: float
    lufs: float
    peak_dbtp: float

    def apply(self, samples: Samples) -> None:
        """Multiply (…, frames) in place."""
        factor = np.float32(10 ** (self.gain_db / 20))
        samples *= factor if self.curve is None else self.curve * factor


def measure(mix: Samples, sample_rate: int, loop: bool = False) -> MasterGain:
    """No change at all: the readings of a mix (2, frames) as it is."""
    return MasterGain(0.0, None, 0.0, integrated_lufs(mix, sample_rate), true_peak_dbtp(mix, loop))


def master_gain(mix: Samples, sample_rate: int, target_lufs: float, loop: bool = False) -> MasterGain:
    """The gain that brings a mix (2, frames) to `target_lufs` with no true peak above `CEILING_DBTP`.

    Loudness is met within 0.3 LU unless that takes more than `MOST_REDUCTION_DB` of limiting. Silence is
    left alone.
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
            gain_db = _driven_db(peaks, power, gain_db, most_db, ceiling_db, target_lufs, sample_rate, loop)
            cells = limiter_gain(peaks, _ratio(gain_db), _ratio(ceiling_db), sample_rate, loop)
        curve = None if cells is None else frame_gain(cells, mix.shape[-1], loop)
        factor = np.float32(_ratio(gain_db))
        out = mix * (factor if curve is None else curve * factor)
        peak_dbtp = true_peak_dbtp(out, loop)
        excess_db = peak_dbtp - (CEILING_DBTP - _METER_ERROR_DB)
        if excess_db <= 0:
            break
        ceiling_db -= excess_db + 0.01
    else:  # what is left over is taken off as a whole: a constant gain moves the true peak by just as much
        gain_db -= excess_db
        peak_dbtp -= excess_db
        out *= np.float32(_ratio(-excess_db))
    reduction_db = 0.0 if curve is None else -20 * math.log10(float(curve.min()))
    lufs = before_lufs + gain_db if curve is None else integrated_lufs(out, sample_rate)
    return MasterGain(gain_db, curve, reduction_db, lufs, peak_dbtp)


def _ratio(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def _cell_power(mix: Samples, sample_rate: int) -> NDArray[np.float64]:
    """K-weighted energy per limiter cell."""
    power = weighted_power(mix, sample_rate)
    return np.add.reduceat(power, np.arange(0, power.size, CELL_FRAMES), dtype=np.float64)


def _driven_db(
    peaks: NDArray[np.float64],
    power: NDArray[np.float64],
    least_db: float,
    most_db: float,
    ceiling_db: float,
    target_lufs: float,
    sample_rate: int,
    loop: bool,
) -> float:
    """The constant gain that, limited, reaches the target: bisection, as loudness rises with gain.

    Works on cells alone: the limiter's gain times each cell's energy, which stands for measuring real
    audio to some hundredths of a LU.
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
