"""From a performance to finished audio: lengths, loops, fades, loudness, stems."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from cuesmith.errors import UsageError
from cuesmith.perform.model import Curve, Mix, Performance, Track
from cuesmith.remedies import remedy_for_extra
from cuesmith_render import Bank, render
from cuesmith_render.fluid.events import BLOCK_FRAMES
from cuesmith_render.limiter import CELL_FRAMES, cell_peaks, frame_gain, limiter_gain
from cuesmith_render.loudness import integrated_lufs
from cuesmith_render.stems import LEAST_TAIL_SEC, MOST_TAIL_SEC, render_stems

MakeTrack = Callable[..., Track]
MakePerformance = Callable[..., Performance]
Ensemble = Callable[[float], tuple[Track, ...]]
RATE = 44100


def second_difference(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    bends: NDArray[np.float64] = np.abs(np.diff(samples.sum(axis=0).astype(np.float64), 2))
    return bends


def true_peak_db(samples: NDArray[np.float32]) -> float:
    """A finer meter than the tested one: 8× oversampling everywhere."""
    fine = resample_poly(samples.astype(np.float64), 8, 1, axis=1)
    return 20 * math.log10(float(np.abs(fine).max()))


def test_the_mix_is_the_sum_of_the_stems(bank: Bank, make_performance: MakePerformance, ensemble: Ensemble) -> None:
    audio = render(make_performance(*ensemble(2.0)), bank=bank, lufs=-8.0)
    assert audio.report.reduction_db > 1  # the limiter is at work, and the sum still holds
    total = np.zeros_like(audio.mix)
    for stem in audio.stems.values():
        total += stem
    np.testing.assert_array_equal(audio.mix, total)
    assert list(audio.stems) == ["melody", "harmony", "bass", "percussion"]
    assert audio.mix is audio.mix
    assert not audio.stems["bass"].flags.writeable


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("target", [-24.0, -16.0, -10.0])
def test_loudness_and_true_peak_are_met(
    bank: Bank, make_performance: MakePerformance, ensemble: Ensemble, target: float, loop: bool
) -> None:
    audio = render(make_performance(*ensemble(4.0), length_sec=4.0, loop=loop, mix=Mix(lufs=target)), bank=bank)
    assert integrated_lufs(audio.mix, RATE) == pytest.approx(target, abs=0.3)
    assert audio.report.lufs == pytest.approx(integrated_lufs(audio.mix, RATE), abs=0.01)
    laps = np.tile(audio.mix, 2) if loop else audio.mix
    assert true_peak_db(laps) <= -1.0
    assert audio.report.peak_dbtp == pytest.approx(true_peak_db(laps), abs=0.05)


def test_a_stinger_is_mastered(bank: Bank, make_track: MakeTrack, make_performance: MakePerformance) -> None:
    hit = make_track([(0.0, 0.1, 60, 120)], program=0, reverb=0.0)
    audio = render(make_performance(hit, length_sec=0.25), bank=bank)
    assert true_peak_db(audio.mix) <= -1.0
    assert audio.report.lufs == pytest.approx(-16, abs=0.3) or audio.report.reduction_db > 11.5


def test_a_loop_shorter_than_a_loudness_block_is_mastered(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    hit = make_track([(0.0, 0.1, 60, 120)])
    audio = render(make_performance(hit, length_sec=0.2, loop=True), bank=bank)
    assert audio.frames == 8820
    assert math.isfinite(audio.report.lufs)
    assert true_peak_db(np.tile(audio.mix, 3)) <= -1.0


@pytest.mark.parametrize("loop", [False, True])
def test_silence_stays_silence(bank: Bank, make_performance: MakePerformance, loop: bool) -> None:
    audio = render(make_performance(length_sec=1.0, loop=loop), bank=bank)
    assert np.abs(audio.mix).max() < 1e-6  # the reverb keeps itself awake with -150 dB of noise
    assert audio.report.lufs == -math.inf and audio.report.gain_db == 0
    assert audio.frames == RATE + (0 if loop else round(audio.tail_sec * RATE))


@pytest.mark.parametrize("sample_rate", [22050, 44100, 48000, 96000])
def test_a_loop_has_its_exact_length(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance, sample_rate: int
) -> None:
    track = make_track([(0.0, 0.3, 60, 90)])
    audio = render(make_performance(track, length_sec=1.23457, loop=True), bank=bank, sample_rate=sample_rate)
    assert audio.frames == round(1.23457 * sample_rate)
    assert audio.loop and audio.tail_sec == 0


def test_a_cue_has_its_length_and_a_tail_that_dies_away(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    tails = {}
    for program in (12, 46, 14):  # marimba, harp, tubular bells: ever longer
        track = make_track([(0.5, 0.45, 60, 100)], program=program)
        audio = render(make_performance(track, length_sec=1.01), bank=bank)
        tail_frames = audio.frames - round(1.01 * RATE)
        assert tail_frames % BLOCK_FRAMES == 0
        assert audio.tail_sec == tail_frames / RATE
        assert LEAST_TAIL_SEC <= audio.tail_sec <= MOST_TAIL_SEC
        assert np.abs(audio.mix[:, -2:]).max() < 1e-4
        tails[program] = audio.tail_sec
    assert tails[12] < tails[46] < tails[14]


def test_a_fade_follows_its_law_and_ends_at_the_bar_line(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    organ = make_track([(0.0, 3.0, 60, 90)], program=16)
    plain = make_performance(organ, length_sec=3.0)
    raw = render_stems(plain, bank, RATE).samples[0]
    faded = render_stems(replace(plain, fade_out_sec=2.0), bank, RATE).samples[0]
    for at_sec in (1.25, 2.0, 2.5, 2.9):
        at = slice(round(at_sec * RATE) - 500, round(at_sec * RATE) + 500)
        ratio = float(np.abs(faded[:, at]).sum() / np.abs(raw[:, at]).sum())
        assert ratio == pytest.approx((1 - (at_sec - 1.0) / 2.0) ** 1.5, rel=0.03)
    np.testing.assert_array_equal(faded[:, :RATE], raw[:, :RATE])
    assert not faded[:, 3 * RATE :].any()
    assert render(replace(plain, fade_out_sec=2.0), bank=bank).tail_sec == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("lufs", [-20.0, -8.0])
def test_a_loop_joins_without_a_click(
    bank: Bank, make_performance: MakePerformance, ensemble: Ensemble, lufs: float
) -> None:
    """At the join the signal changes direction no more sharply than around it (a plain cut would)."""
    performance = make_performance(*ensemble(3.0), length_sec=2.9, loop=True)  # ends while notes sound
    audio = render(performance, bank=bank, lufs=lufs)
    laps = np.tile(audio.mix, 2)
    around = second_difference(laps[:, audio.frames - 22050 : audio.frames + 22050])
    seam = around[22050 - 4 : 22050 + 2].max()
    assert seam < np.percentile(around, 99.9)
    cut = render(replace(performance, loop=False), bank=bank, lufs=lufs).mix[:, : audio.frames]
    naive = second_difference(np.tile(cut, 2)[:, audio.frames - 22050 : audio.frames + 22050])
    assert naive[22050 - 4 : 22050 + 2].max() > 2 * seam


def test_what_rings_after_a_loops_end_sounds_at_its_start(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    bell = make_track([(0.9, 0.1, 60, 110)], program=14)
    loop = render(make_performance(bell, length_sec=1.0, loop=True), bank=bank, master=False).mix
    once = render(make_performance(bell, length_sec=1.0), bank=bank, master=False).mix
    early = once[:, RATE : RATE + 4096].astype(np.float64)
    assert np.corrcoef(loop[:, :4096].ravel(), early.ravel())[0, 1] > 0.5
    assert np.abs(loop[:, :4096]).max() > 0.3 * np.abs(once).max()


def test_audio_without_stems_has_one_stem(bank: Bank, make_performance: MakePerformance, ensemble: Ensemble) -> None:
    performance = make_performance(*ensemble(1.0), length_sec=1.0)
    whole, divided = (render(performance, bank=bank, stems=stems) for stems in (False, True))
    assert list(whole.stems) == ["mix"]
    np.testing.assert_allclose(whole.mix, divided.mix, atol=1e-4)


def test_unmastered_audio_keeps_its_level(bank: Bank, make_track: MakeTrack, make_performance: MakePerformance) -> None:
    performance = make_performance(make_track([(0.0, 0.5, 60, 90)]), length_sec=1.0)
    raw = render(performance, bank=bank, master=False)
    stems = render_stems(performance, bank, RATE)
    np.testing.assert_array_equal(raw.mix[:, :RATE], stems.samples[0][:, :RATE])
    assert raw.report.gain_db == 0


@dataclass
class Cue:
    performance: Performance


def test_a_cue_is_rendered_by_its_performance(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    performance = make_performance(make_track([(0.0, 0.5, 60, 90)]), length_sec=1.0)
    np.testing.assert_array_equal(render(Cue(performance), bank=bank).mix, render(performance, bank=bank).mix)


def test_levels_out_of_range_are_refused(bank: Bank, make_performance: MakePerformance) -> None:
    with pytest.raises(UsageError, match="sample rate 8000"):
        render(make_performance(), bank=bank, sample_rate=8000)
    with pytest.raises(UsageError, match=r"3\.0 LUFS"):
        render(make_performance(), bank=bank, lufs=3.0)


def test_the_curve_of_a_controller_is_heard_where_it_stands(
    bank: Bank, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    mute = Curve("cc", 11, np.array([0.0, 0.5]), np.array([127, 0], np.int32))
    track = make_track([(0.0, 1.0, 60, 90)], program=16, curves=(mute,), reverb=0.0)
    mix = render(make_performance(track, length_sec=1.0), bank=bank, master=False).mix
    assert np.abs(mix[:, 20000:21500]).max() > 100 * np.abs(mix[:, 24500:44000]).max()


@pytest.mark.parametrize("loop", [False, True])
def test_the_limiter_is_smooth_and_always_suffices(loop: bool) -> None:
    generator = np.random.default_rng(7)
    samples = (generator.normal(0, 0.2, (2, 50_003)) * generator.choice([0.2, 3], (1, 50_003), p=[0.99, 0.01])).astype(
        np.float32
    )
    cells = limiter_gain(cell_peaks(samples), 1.0, 0.5, RATE, loop)
    assert cells is not None
    curve = frame_gain(cells, samples.shape[-1], loop)
    assert np.abs(samples * curve).max() <= 0.5 + 1e-6
    assert curve.min() > 0 and curve.max() <= 1
    steps = np.abs(np.diff(np.append(curve, curve[0]) if loop else curve))
    assert steps.max() < 1.2 / (2 * CELL_FRAMES)
    assert limiter_gain(cell_peaks(samples), 0.01, 0.5, RATE, loop) is None


def test_a_looped_limiter_is_the_same_wherever_the_loop_is_cut() -> None:
    samples = np.zeros((2, 1000 * CELL_FRAMES), np.float32)
    samples[:, :40] = 1.0
    here = limiter_gain(cell_peaks(samples), 1.0, 0.5, RATE, True)
    there = limiter_gain(cell_peaks(np.roll(samples, 500 * CELL_FRAMES, axis=1)), 1.0, 0.5, RATE, True)
    assert here is not None and there is not None
    np.testing.assert_allclose(np.roll(here, 500), there, atol=1e-9)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, cuesmith_render; dir(cuesmith_render);"
        "sys.exit(bool({'scipy', 'soundfile', 'numpy'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_package_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['soundfile'] = None\n"
        "from cuesmith.errors import ComponentError\n"
        "try:\n    from cuesmith_render import render\n"
        "except ComponentError as fault:\n    print(fault)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "soundfile" in said and remedy_for_extra("audio") in said
