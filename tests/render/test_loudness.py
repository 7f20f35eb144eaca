"""The meters, compared with published readings and with slower, simpler computations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import resample_poly

from cuesmith_render.loudness import integrated_lufs, true_peak_dbtp


def sine(frequency: float, seconds: float, rate: int = 44100, phase: float = 0.0) -> NDArray[np.float32]:
    time = np.arange(round(seconds * rate)) / rate
    return np.sin(2 * np.pi * frequency * time + phase).astype(np.float32)


def stereo(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([left, right])


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_full_scale_sine_in_one_channel_reads_minus_3_01(rate: int) -> None:
    tone = sine(997, 5, rate)
    assert integrated_lufs(stereo(tone, 0 * tone), rate) == pytest.approx(-3.01, abs=0.02)


def test_both_channels_read_3_lu_more() -> None:
    tone = sine(997, 5)
    assert integrated_lufs(stereo(tone, tone), 44100) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize(("levels", "reading"), [
    ([(-33, 20)], -33.0),                                   # EBU Tech 3341, case 2
    ([(-36, 10), (-23, 60), (-36, 10)], -23.0),             # case 3: the relative gate
    ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),  # case 4: both gates
    ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),           # case 5
])  # fmt: skip
def test_ebu_tech_3341(levels: list[tuple[float, float]], reading: float) -> None:
    tone = np.concatenate([sine(1000, sec, 48000) * np.float32(10 ** (db / 20)) for db, sec in levels])
    assert integrated_lufs(stereo(tone, tone), 48000) == pytest.approx(reading, abs=0.1)


@settings(max_examples=20, deadline=None)
@given(st.floats(-30, 0), st.floats(0.01, 1.5))
def test_a_gain_moves_the_reading_by_as_much(gain_db: float, seconds: float) -> None:
    tone = sine(440, seconds)
    loud = integrated_lufs(stereo(tone, tone), 44100)
    soft = integrated_lufs(stereo(tone, tone) * np.float32(10 ** (gain_db / 20)), 44100)
    assert soft - loud == pytest.approx(gain_db, abs=0.01)


def test_silence_has_no_loudness() -> None:
    nothing = np.zeros((2, 44100), np.float32)
    assert integrated_lufs(nothing, 44100) == -math.inf
    assert true_peak_dbtp(nothing) == -math.inf


def test_the_peak_between_samples_is_found() -> None:
    tone = sine(44100 / 4, 0.1, phase=math.pi / 4)  # every sample stands at ±0.7071
    tone *= np.hanning(tone.size).astype(np.float32)
    assert np.abs(tone).max() < 0.708
    assert true_peak_dbtp(stereo(tone, tone)) == pytest.approx(0.0, abs=0.1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_looking_only_at_loud_places_misses_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.1, (2, 5000))
    smooth = (noise + np.roll(noise, 1, axis=1)).astype(np.float32)
    padded = np.pad(smooth, ((0, 0), (100, 100)))
    everywhere = 20 * math.log10(float(np.abs(resample_poly(padded.astype(np.float64), 4, 1, axis=1)).max()))
    assert true_peak_dbtp(smooth) == pytest.approx(everywhere, abs=0.25)


def test_the_true_peak_of_a_loop_includes_the_join() -> None:
    tone = stereo(sine(441, 1.0), sine(441, 1.0))
    cut = np.roll(tone, 25, axis=1)
    assert true_peak_dbtp(cut, loop=True) == pytest.approx(true_peak_dbtp(tone, loop=True), abs=1e-3)
    assert true_peak_dbtp(np.roll(tone, 25, axis=1), loop=False) > true_peak_dbtp(cut, loop=True) + 0.05
