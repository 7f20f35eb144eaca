"""Fixtures: a small performance with everything in it, for the tests of the writers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.perform.model import Curve, KeySignature, Marker, Performance, Track

TEMPO = TempoMap((TempoChange(0, 500_000), TempoChange(7_680, 600_000), TempoChange(9_600, 480_000)))
BAR_5 = 14_400  # two bars of 4/4, then two of 7/8


def seconds(*ticks: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the clock times of ticks."""
    return np.array([TEMPO.seconds(tick) for tick in ticks])


def track(name: str, notes: list[tuple[int, int, int, int]], **settings: Any) -> Track:
    """Return a track from (tick, length in ticks, pitch, velocity)."""
    onset = seconds(*(note[0] for note in notes))
    end = seconds(*(note[0] + note[1] for note in notes))
    pitch, velocity = (np.array([note[column] for note in notes], dtype=np.int16) for column in (2, 3))
    given: dict[str, Any] = {
        "role": "lead",
        "layer": 0,
        "stem": "melody",
        "program": 0,
        "bank": 0,
        "drums": False,
        **settings,
    }
    return Track(name, name, onset_sec=onset, duration_sec=end - onset, pitch=pitch, velocity=velocity, **given)


@pytest.fixture
def performance() -> Performance:
    """Four bars: one change of meter, two of tempo, one of key; a lead with curves, a pad, two drum tracks."""
    expression = Curve("cc", 11, seconds(0, 960, 1920, 2880), np.array([70, 90, 90, 110], dtype=np.int32))
    vibrato = Curve("bend", 0, seconds(480, 960), np.array([8_192, 12_000], dtype=np.int32))
    brightness = Curve("nrpn", 8, seconds(0, 3_840), np.array([-500, 300], dtype=np.int32))
    melody = [(0, 960, 74, 100), (960, 960, 76, 90), (1_920, 5_760, 81, 110), (9_600, 4_800, 74, 64)]
    return Performance(
        title="Lanterns – 灯籠",
        tracks=(
            track("Flöte", melody, program=73, bank=8, level_db=0.0, pan=-0.5, reverb=0.4, bend_range=12,
                  curves=(expression, vibrato, brightness)),
            track("Strings", [(0, 7_680, 50, 60), (0, 7_680, 57, 60), (7_680, 6_720, 55, 70)], role="pad",
                  stem="harmony", program=48, level_db=-12.0, pan=1.0, chorus=0.25),
            track("Taiko", [(0, 240, 41, 120), (3_840, 240, 41, 110)], role="pulse", stem="percussion",
                  program=48, drums=True, level_db=-3.0),
            track("Cymbals", [(7_680, 1_920, 49, 100)], role="impact", stem="percussion",
                  program=48, drums=True, level_db=-3.0),
        ),
        tempo=TEMPO,
        meters=(MeterChange(0, Meter(4, 4)), MeterChange(7_680, Meter(7, 8, (2, 2, 3)))),
        keys=(KeySignature(0, 2, False), KeySignature(7_680, -3, True)),
        markers=(
            Marker(0.0, 0, "Intro"),
            Marker(TEMPO.seconds(7_680), 7_680, "A – 主題"),
            Marker(0.0, 0, "hero (augmented)", "statement"),
            Marker(TEMPO.seconds(9_600), 9_600, "hit", "hit"),
        ),
        length_sec=TEMPO.seconds(BAR_5),
        length_ticks=BAR_5,
        loop=True,
        comment="Made by Cuesmith",
    )  # fmt: skip
