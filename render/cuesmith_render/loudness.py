"""Meters for integrated loudness and true peak.

Source: ITU-R BS.1770-4. The standard gives the K-weighting filter for 48 kHz only. Here it is designed for any sample
rate from its analogue parameters, which B. De Man derived in "Evaluation of implementations of the EBU R128 loudness
measurement" (AES 145, 2018).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, sosfilt, upfirdn

Samples = NDArray[np.float32]

_OFFSET_LUFS = -0.691  # with it a 997 Hz full-scale sine in one channel reads -3.01
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
STEP_SEC = 0.1
_BLOCK_STEPS = 4  # blocks of 0.4 s, overlapping by three quarters

_OVERSAMPLING = 4
_TAPS_PER_SIDE = 6  # per phase; 12 in total, as in the interpolator of the standard
_PEAK_BLOCK = 64
_WORTH_LOOKING = 0.6
"""Blocks with a sample peak below this share of the highest are not oversampled, because their true peak would have to
be 4.4 dB above their sample peak. On music the reading changes by less than 0.001 dB, in a tenth of the time."""


def integrated_lufs(samples: Samples, sample_rate: int) -> float:
    """Return the integrated loudness in LUFS of samples of shape (channels, frames); -inf for silence.

    Each channel has weight 1.

    Audio shorter than one block of 0.4 s is extended with silence to that length.
    """
    step = round(STEP_SEC * sample_rate)
    return gated_lufs(step_energy(weighted_power(samples, sample_rate), step), step)


def weighted_power(samples: Samples, sample_rate: int) -> Samples:
    """Return the sum of the squared K-weighted channels: (channels, frames) gives (frames,)."""
    weighted = sosfilt(_k_weighting(sample_rate), samples, axis=-1)
    power: Samples = np.einsum("cn,cn->n", weighted, weighted)
    return power


def step_energy(power: Samples, step: int) -> NDArray[np.float64]:
    """Return the sums of `power` over whole steps; four steps make a block. There is at least one block."""
    if power.size < step * _BLOCK_STEPS:
        power = np.concatenate([power, np.zeros(step * _BLOCK_STEPS - power.size, power.dtype)])
    sums: NDArray[np.float64] = power[: power.size // step * step].reshape(-1, step).sum(axis=1, dtype=np.float64)
    return sums


def gated_lufs(energy: NDArray[np.float64], step: float) -> float:
    """Return the integrated loudness from the energies of 0.1 s steps (`step` frames each), with both gates."""
    blocks = np.convolve(energy, np.ones(_BLOCK_STEPS), mode="valid") / (step * _BLOCK_STEPS)
    blocks = blocks[blocks > _energy(_ABSOLUTE_GATE_LUFS)]
    if not blocks.size:
        return -math.inf
    gate = blocks.mean() * 10 ** (_RELATIVE_GATE_LU / 10)
    return _OFFSET_LUFS + 10 * math.log10(float(blocks[blocks > gate].mean()))


def true_peak_dbtp(samples: Samples, loop: bool = False) -> float:
    """Return the true peak in dBTP of samples (channels, frames), by 4× oversampling; -inf for silence.

    loop: True when the end is followed by the start, as in repeated audio.
    """
    highest = float(np.abs(samples).max(initial=0.0))
    if highest == 0:
        return -math.inf
    fir, margin = _interpolator(), _TAPS_PER_SIDE
    frames = samples.shape[-1]
    blocks = -(-frames // _PEAK_BLOCK)
    fill = blocks * _PEAK_BLOCK - frames
    for channel in samples:
        wide = (margin, margin + fill)
        padded = np.pad(channel, wide, mode="wrap") if loop else np.pad(channel, wide)
        peaks = np.abs(padded[margin : margin + blocks * _PEAK_BLOCK]).reshape(blocks, _PEAK_BLOCK).max(axis=1)
        starts = np.flatnonzero(peaks > _WORTH_LOOKING * highest) * _PEAK_BLOCK
        windows = np.lib.stride_tricks.sliding_window_view(padded, _PEAK_BLOCK + 2 * margin)[starts]
        if len(windows):
            fine = upfirdn(fir, windows, up=_OVERSAMPLING, axis=1)
            first = 2 * _OVERSAMPLING * margin  # margin of the window plus delay of the filter; both are equal
            highest = max(highest, float(np.abs(fine[:, first : first + _OVERSAMPLING * _PEAK_BLOCK]).max()))
    return 20 * math.log10(highest)


def _energy(lufs: float) -> float:
    return 10 ** ((lufs - _OFFSET_LUFS) / 10)


@lru_cache(maxsize=8)
def _k_weighting(sample_rate: int) -> Samples:
    """Return two second-order sections: a high shelf for the head (+4 dB above 1.7 kHz), then a high-pass at 38 Hz."""
    k, q = math.tan(math.pi * 1681.974450955533 / sample_rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    scale = 1 + k / q + k * k
    shelf = [(high + band * k / q + k * k), 2 * (k * k - high), (high - band * k / q + k * k)]
    shelf_poles = [scale, 2 * (k * k - 1), (1 - k / q + k * k)]
    sections = [[value / scale for value in (*shelf, *shelf_poles)]]
    k, q = math.tan(math.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    scale = 1 + k / q + k * k
    sections.append([1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale])
    return np.array(sections, np.float32)


@lru_cache(maxsize=1)
def _interpolator() -> Samples:
    """Return the low-pass filter for 4× oversampling: linear phase, Kaiser window."""
    taps = firwin(2 * _OVERSAMPLING * _TAPS_PER_SIDE + 1, 1 / _OVERSAMPLING, window=("kaiser", 6.0))
    return np.asarray(taps * _OVERSAMPLING, np.float32)
