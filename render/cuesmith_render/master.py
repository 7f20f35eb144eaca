"""Mastering: one gain for the whole cue, over time, that brings it to its loudness and keeps its peaks in
bounds.

The same gain multiplies every stem, so mastered stems still add up to the mastered mix. There is no
equaliser and no compressor: a style's balance is its own. In a loop the gain runs round the end into the
start.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from cuesmith_render.loudness import integrated_lufs, true_peak_dbtp

CEILING_DBTP = -1.0
MOST_REDUCTION_DB = 12.0
"""The limiter is never driven further than this; a cue that would need more stays softer than its target."""

_LOOK_AHEAD_SEC = 0.005
_RELEASE_PER_SEC = 4.0  # gain units: from half to full in 125 ms, slow enough not to shape a bass wave
_WRAP_SEC = 0.5  # a release from 12 dB takes 0.19 s, so this much of the end decides the start of a loop
_TOLERANCE_LU = 0.1
_ROUNDS = 4

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


def master_gain(
    mix: Samples, sample_rate: int, target_lufs: float, before_lufs: float, loop: bool = False
) -> MasterGain:
    """The gain that brings a mix (2, frames) to `target_lufs` with no true peak above `CEILING_DBTP`.

    `before_lufs` is the mix's loudness as it is, near enough to start from; what comes out is measured.
    Loudness is met within 0.3 LU unless that takes more than `MOST_REDUCTION_DB` of limiting. Silence is
    left alone.
    """
    peaks = np.abs(mix).max(axis=0)
    highest = float(peaks.max(initial=0.0))
    if not math.isfinite(before_lufs) or highest == 0:
        return measure(mix, sample_rate, loop)
    most_db = CEILING_DBTP - 20 * math.log10(highest) + MOST_REDUCTION_DB
    gain_db = min(target_lufs - before_lufs, most_db)
    ceiling_db = CEILING_DBTP
    for _ in range(_ROUNDS):
        result, ceiling_db = _limited(mix, peaks, sample_rate, gain_db, ceiling_db, loop)
        wanted = min(gain_db + target_lufs - result.lufs, most_db)
        if abs(wanted - gain_db) <= _TOLERANCE_LU:
            break
        gain_db = wanted
    return result


def limiter_curve(
    peaks: Samples, gain: float, ceiling: float, sample_rate: int, loop: bool
) -> Samples | None:
    """A smooth gain, 0..1 per frame, under which `gain · peaks` never exceeds `ceiling`; None when none is
    needed.

    Three steps, each at or below the one before it needs: the least of the gains wanted within the
    look-ahead on either side; a release rising at a constant rate; a mean over windows no wider than the
    look-ahead, which rounds the corners and, being a mean of values that all suffice, still suffices.
    """
    if float(peaks.max(initial=0.0)) * gain <= ceiling:
        return None
    mode: Literal["wrap", "nearest"] = "wrap" if loop else "nearest"
    reach = max(2, round(_LOOK_AHEAD_SEC * sample_rate))
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks * gain, 1e-9), dtype=np.float64)
    held = minimum_filter1d(wanted, 2 * reach + 1, mode=mode)
    lead = min(held.size, round(_WRAP_SEC * sample_rate)) if loop else 0
    falling = np.arange(held.size + lead) * (_RELEASE_PER_SEC / sample_rate)
    rising = np.concatenate([held[held.size - lead :], held]) - falling
    released = (np.minimum.accumulate(rising) + falling)[lead:]
    half = reach // 2 * 2 + 1  # two means of this width reach no further than the look-ahead
    smooth = uniform_filter1d(uniform_filter1d(released, half, mode=mode), half, mode=mode)
    curve: Samples = np.minimum(smooth, 1.0).astype(np.float32)
    return curve


def _limited(
    mix: Samples, peaks: Samples, sample_rate: int, gain_db: float, ceiling_db: float, loop: bool
) -> tuple[MasterGain, float]:
    """Limit at this gain, lowering the sample ceiling until the true peak holds → result, ceiling."""
    gain = 10 ** (gain_db / 20)
    for last in (False, False, True):
        curve = limiter_curve(peaks, gain, 10 ** (ceiling_db / 20), sample_rate, loop)
        out = mix * np.float32(gain) if curve is None else mix * (curve * np.float32(gain))
        peak_dbtp = true_peak_dbtp(out, loop)
        excess = peak_dbtp - CEILING_DBTP
        if excess <= 0 or last:
            break
        ceiling_db -= excess + 0.01
    if excess > 0:  # a constant gain moves the true peak by exactly as much
        out *= np.float32(10 ** (-(excess + 0.001) / 20))
        gain_db, peak_dbtp = gain_db - excess - 0.001, peak_dbtp - excess - 0.001
    reduction_db = 0.0 if curve is None else -20 * math.log10(float(curve.min()))
    return MasterGain(gain_db, curve, reduction_db, integrated_lufs(out, sample_rate), peak_dbtp), ceiling_db
