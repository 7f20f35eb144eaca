"""What FluidSynth plays, measured in the audio: repeatability, position, level and tone."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cuesmith.errors import ComponentError
from cuesmith.perform.model import Curve, Performance, Track
from cuesmith_render import render
from cuesmith_render.fluid.calibration import calibration_for
from cuesmith_render.fluid.channels import Channel
from cuesmith_render.fluid.discover import Soundfont, find_library
from cuesmith_render.fluid.synth import Bank
from cuesmith_render.loudness import integrated_lufs
from cuesmith_render.stems import render_stems

MakeTrack = Callable[..., Track]
MakePerformance = Callable[..., Performance]
Ensemble = Callable[[float], tuple[Track, ...]]
RATE = 44100
MONO_PROGRAM, STEREO_PROGRAM = 56, 48  # of the embedded font: trumpet 1 voice a note, slow strings several


@pytest.fixture(scope="session")
def heard(bank: Bank, make_track: MakeTrack, make_performance: MakePerformance) -> Callable[..., NDArray[np.float32]]:
    """Render one track with the given fields alone, unmastered and dry; returns (2, frames)."""

    def one(notes: list[tuple[float, float, int, int]] | None = None, **fields: Any) -> NDArray[np.float32]:
        track = make_track(notes or [(0.0, 1.0, 60, 90)], **({"reverb": 0.0} | fields))
        samples: NDArray[np.float32] = render_stems(make_performance(track, length_sec=1.2), bank, RATE).samples[0]
        return samples

    return one


def energy_db(samples: NDArray[np.float32]) -> float:
    return 10 * math.log10(float(np.mean(np.square(samples, dtype=np.float64))) + 1e-20)


def centroid_hz(samples: NDArray[np.float32]) -> float:
    spectrum = np.abs(np.fft.rfft(samples.sum(axis=0).astype(np.float64))) ** 2
    return float((spectrum * np.fft.rfftfreq(samples.shape[-1], 1 / RATE)).sum() / spectrum.sum())


def test_two_renders_are_bit_identical(
    bank: Bank, embedded_font: Soundfont, make_performance: MakePerformance, ensemble: Ensemble
) -> None:
    performance = make_performance(*ensemble(2.0))
    first, second = render(performance, bank=bank), render(performance, bank=bank)
    other_bank = render(performance, soundfont=embedded_font.path)
    assert first.report == second.report
    for name, stem in first.stems.items():
        np.testing.assert_array_equal(stem, second.stems[name])
        np.testing.assert_array_equal(stem, other_bank.stems[name])


_IN_ANOTHER_PROCESS = """
import hashlib, sys
import numpy as np
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import constant_tempo
from cuesmith.perform.model import Performance, Track
from cuesmith_render import render
track = Track("a", "a", "lead", 0, "melody", 48, 0, False, np.array([0.0, 0.4]), np.array([0.5, 0.5]),
              np.array([60, 67], np.int16), np.array([80, 90], np.int16), chorus=0.4)
performance = Performance("t", (track,), constant_tempo(120), (MeterChange(0, Meter(4, 4)),), (), (), 1.0, 1920)
print(hashlib.sha256(render(performance, soundfont=sys.argv[1]).mix.tobytes()).hexdigest())
"""


def test_another_process_renders_the_same_bits(
    bank: Bank, embedded_font: Soundfont, make_track: MakeTrack, make_performance: MakePerformance
) -> None:
    command = [sys.executable, "-c", _IN_ANOTHER_PROCESS, str(embedded_font.path)]
    there = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    track = make_track([(0.0, 0.5, 60, 80), (0.4, 0.5, 67, 90)], program=48, chorus=0.4)
    here = render(make_performance(track, length_sec=1.0), bank=bank).mix
    assert hashlib.sha256(here.tobytes()).hexdigest() == there


def test_stems_hold_their_own_parts_and_add_up_to_the_undivided_render(
    bank: Bank, make_performance: MakePerformance, ensemble: Ensemble
) -> None:
    tracks = ensemble(2.0)
    divided = render_stems(make_performance(*tracks), bank, RATE)
    whole = render_stems(make_performance(*tracks), bank, RATE, divided=False)
    assert divided.names == ("melody", "harmony", "bass", "percussion")
    assert whole.names == ("mix",)
    np.testing.assert_allclose(divided.samples.sum(axis=0), whole.samples[0], atol=2e-6)
    flute_alone = render_stems(make_performance(tracks[0]), bank, RATE)
    # Alone, other voices are recycled, and a recycled voice starts a trifle differently.
    np.testing.assert_allclose(divided.samples[0], flute_alone.samples[0], atol=1e-3)
    assert np.abs(flute_alone.samples[0]).max() > 0.02


@pytest.mark.parametrize("program", [MONO_PROGRAM, STEREO_PROGRAM, 0, 60])
@pytest.mark.parametrize("pan", [0.3, 0.7])
def test_pan_pans_mono_and_stereo_presets_alike(
    heard: Callable[..., NDArray[np.float32]], program: int, pan: float
) -> None:
    middle, right, left = (heard(program=program, pan=place) for place in (0.0, pan, -pan))
    wanted_db = 20 * math.log10(math.tan((1 + pan) * math.pi / 4))

    def lean_db(samples: NDArray[np.float32]) -> float:
        return energy_db(samples[1]) - energy_db(samples[0])

    assert lean_db(right) - lean_db(middle) == pytest.approx(wanted_db, abs=0.5)
    assert lean_db(left) - lean_db(middle) == pytest.approx(-wanted_db, abs=0.5)
    assert energy_db(right) == pytest.approx(energy_db(middle), abs=1.2)  # panned, not softened


def test_hard_pan_leaves_the_other_side_silent(heard: Callable[..., NDArray[np.float32]]) -> None:
    right = heard(program=STEREO_PROGRAM, pan=1.0)
    assert energy_db(right[1]) - energy_db(right[0]) > 50


def test_drums_sound_from_their_kit(heard: Callable[..., NDArray[np.float32]]) -> None:
    kick, hat = ([(0.0, 0.1, key, 100)] for key in (36, 42))
    assert centroid_hz(heard(kick, drums=True)) < 500 < 3000 < centroid_hz(heard(hat, drums=True))
    standard, eight_o_eight = heard(kick, drums=True, program=0), heard(kick, drums=True, program=25)
    assert not np.allclose(standard, eight_o_eight, atol=1e-3)
    assert energy_db(heard(kick, drums=False, program=0)) != energy_db(standard)


def test_an_unknown_kit_or_bank_falls_back(heard: Callable[..., NDArray[np.float32]]) -> None:
    kick = [(0.0, 0.1, 36, 100)]
    np.testing.assert_array_equal(heard(kick, drums=True, program=3), heard(kick, drums=True, program=0))
    np.testing.assert_array_equal(heard(program=48, bank=8), heard(program=48, bank=0))


def test_the_filter_generator_darkens(heard: Callable[..., NDArray[np.float32]]) -> None:
    closed = Curve("nrpn", 8, np.array([0.0]), np.array([-3000], np.int32))
    assert centroid_hz(heard(program=81, curves=(closed,))) < 0.6 * centroid_hz(heard(program=81))


def test_bends_reach_the_tracks_range(heard: Callable[..., NDArray[np.float32]]) -> None:
    up = Curve("bend", 0, np.array([0.0]), np.array([16383], np.int32))

    def peak_hz(samples: NDArray[np.float32]) -> float:
        mono = samples[:, 2000:32000].sum(axis=0)
        return float(np.argmax(np.abs(np.fft.rfft(mono * np.hanning(mono.size), 1 << 18)))) * RATE / (1 << 18)

    still = peak_hz(heard(program=80))
    assert 12 * math.log2(peak_hz(heard(program=80, curves=(up,), bend_range=5)) / still) == pytest.approx(5, abs=0.1)


def test_expression_follows_its_curve(heard: Callable[..., NDArray[np.float32]]) -> None:
    half = Curve("cc", 11, np.array([0.0]), np.array([64], np.int32))
    assert energy_db(heard(curves=(half,))) - energy_db(heard()) == pytest.approx(-11.9, abs=0.5)


def test_no_chorus_means_none_even_where_the_font_has_its_own(heard: Callable[..., NDArray[np.float32]]) -> None:
    """The embedded slow strings send more to the chorus than to the dry sound."""
    plain = heard(program=48)
    for part in (slice(0, RATE // 2), slice(RATE // 2, RATE)):
        swept = heard(program=48, chorus=0.01)
        assert energy_db(swept[:, part]) > energy_db(plain[:, part]) + 3


def test_reverb_is_sent_as_asked(heard: Callable[..., NDArray[np.float32]]) -> None:
    notes = [(0.0, 0.1, 60, 100)]
    dry, wet = (heard(notes, program=12, reverb=amount)[:, RATE:] for amount in (0.0, 1.0))
    assert energy_db(wet) > energy_db(dry) + 10


PROGRAMS = (0, 9, 11, 13, 40, 46, 48, 56, 57, 60, 61, 68, 71, 73, 88, 106)
KEYS = {9: 84, 11: 72, 13: 72, 40: 69, 57: 55, 60: 60, 68: 74, 71: 67, 73: 79}


def test_calibration_makes_programs_equally_loud(heard: Callable[..., NDArray[np.float32]]) -> None:
    """Without calibration: the same notes with the correction subtracted from the level."""
    known = calibration_for("TimGM6mb")

    def loudness(program: int, level_db: float) -> float:
        notes = [(0.0, 1.2, KEYS.get(program, 60), 80)]
        return integrated_lufs(heard(notes, program=program, level_db=level_db), RATE)

    equal = [loudness(program, 0.0) for program in PROGRAMS]
    raw = [loudness(program, -known.gain_db(program)) for program in PROGRAMS]
    assert np.std(raw) > 3.5
    assert np.std(equal) < 0.55 * np.std(raw)


@pytest.mark.parametrize("level_db", [-12.0, 6.0, 15.0])
def test_level_is_kept_even_beyond_the_range_of_volume(
    heard: Callable[..., NDArray[np.float32]], level_db: float
) -> None:
    assert energy_db(heard(level_db=level_db)) - energy_db(heard()) == pytest.approx(level_db, abs=0.4)


def test_drums_are_calibrated_key_by_key(heard: Callable[..., NDArray[np.float32]], embedded_font: Soundfont) -> None:
    """Compared with the same samples under a name that has no calibration."""
    known = calibration_for(embedded_font.name)
    with Bank(find_library(), Soundfont(embedded_font.path, "argument", "Nobody's font")) as plain:
        for pair in ((38, 46), (36, 51)):
            levels = []
            for key in pair:
                channel = Channel(0, 0, 0, True, 2, ((7, 90), (91, 0), (93, 0)))
                levels.append(_struck_db(plain, channel, key))
            both = [
                _stripped(heard([(0.0, 0.1, key, 100), (0.6, 0.1, pair[1 - index], 100)], drums=True))
                for index, key in enumerate(pair)
            ]
            wanted_db = known.drum_gain_db(0, pair[0]) - known.drum_gain_db(0, pair[1])
            moved_db = (both[0] - both[1]) - (levels[0] - levels[1])
            assert moved_db == pytest.approx(wanted_db, abs=0.5)


def _struck_db(bank: Bank, channel: Channel, key: int) -> float:
    from cuesmith.perform.model import Mix
    from cuesmith_render.fluid.events import NOTE_ON, EventList
    from cuesmith_render.fluid.synth import Pass

    def column(value: int) -> NDArray[np.int64]:
        return np.array([value], np.int64)

    events = EventList(column(0), column(NOTE_ON), column(0), column(key), column(100))
    samples = bank.synthesise((channel,), events, Pass(RATE, 1, RATE // 2, 0, 0.0, Mix()))
    return _stripped(samples[0])


def _stripped(samples: NDArray[np.float32]) -> float:
    return energy_db(samples[:, : RATE // 2])


def test_a_font_without_the_preset_is_an_error(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, heard: Callable[..., NDArray[np.float32]]
) -> None:
    monkeypatch.setattr(Bank, "has_preset", lambda self, number, program: False)
    with pytest.raises(ComponentError, match=r"has no program 48.*Remedy"):
        heard(program=48)


def test_a_damaged_font_is_an_error(embedded_font: Soundfont, tmp_path: Any) -> None:
    cut = tmp_path / "cut.sf2"
    cut.write_bytes(embedded_font.path.read_bytes()[:100_000])
    with pytest.raises(ComponentError, match="damaged or cut short"):
        Bank(find_library(), Soundfont(cut, "argument", "cut"))


def test_an_unmeasured_font_is_used_without_correction() -> None:
    assert calibration_for("Some Font").gain_db(48) == 0
    assert calibration_for("Some Font").drum_gain_db(0, 38) == 0
    assert calibration_for("MuseScore_General_Full").font == "MuseScore_General"
    assert calibration_for("FluidR3 GM").gain_db(11) == 8.2
    assert calibration_for("TimGM6mb").attack50_ms[48] > calibration_for("TimGM6mb").attack50_ms[0]
