"""Fixtures: small performances built by hand, and the embedded soundfont, which is the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import constant_tempo
from cuesmith.perform.model import Performance, Track
from cuesmith_render.fluid.discover import Soundfont, find_library
from cuesmith_render.fluid.synth import Bank

NoteRow = tuple[float, float, int, int]  # onset in seconds, duration in seconds, pitch, velocity


@pytest.fixture(scope="session")
def bank(embedded_font: Soundfont) -> Iterator[Bank]:
    """The embedded soundfont, loaded once."""
    with Bank(find_library(), embedded_font) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def make_track() -> Callable[..., Track]:
    """Builds a track from rows of (onset, duration, pitch, velocity)."""

    def build(notes: list[NoteRow], **fields: Any) -> Track:
        onset, duration, pitch, velocity = (np.array(column) for column in zip(*notes, strict=True))
        plain: dict[str, Any] = {
            "name": "part", "part_id": "part", "role": "lead", "layer": 0, "stem": "melody",
            "program": 0, "bank": 0, "drums": False,
        }  # fmt: skip
        return Track(
            onset_sec=onset.astype(np.float64),
            duration_sec=duration.astype(np.float64),
            pitch=pitch.astype(np.int16),
            velocity=velocity.astype(np.int16),
            **(plain | fields),
        )

    return build


@pytest.fixture(scope="session")
def make_performance() -> Callable[..., Performance]:
    """Builds a performance at 120 quarter notes per minute from tracks."""

    def build(*tracks: Track, length_sec: float = 2.0, **fields: Any) -> Performance:
        return Performance(
            title="Test",
            tracks=tracks,
            tempo=constant_tempo(120),
            meters=(MeterChange(0, Meter(4, 4)),),
            keys=(),
            markers=(),
            length_sec=length_sec,
            length_ticks=round(length_sec * 1920),
            **fields,
        )

    return build


@pytest.fixture(scope="session")
def ensemble(make_track: Callable[..., Track]) -> Callable[[float], tuple[Track, ...]]:
    """Four parts in four stems, for a number of seconds."""

    def build(length_sec: float) -> tuple[Track, ...]:
        beats = [0.5 * beat for beat in range(int(length_sec * 2))]
        tune = [(at, 0.45, 72 + (0, 4, 7, 5)[index % 4], 90) for index, at in enumerate(beats)]
        chords = [(at, 0.9, pitch, 75) for at in beats[::2] for pitch in (55, 60, 64)]
        low = [(at, 0.4, 36 + (0, 7)[index % 2], 95) for index, at in enumerate(beats)]
        drums = [(at, 0.1, (36, 42, 38, 42)[index % 4], 100) for index, at in enumerate(beats)]
        return (
            make_track(tune, program=73, stem="melody", pan=0.2),
            make_track(chords, program=48, stem="harmony", level_db=-4.0, pan=-0.3, reverb=0.5),
            make_track(low, program=33, stem="bass", level_db=-2.0),
            make_track(drums, program=0, drums=True, stem="percussion", level_db=-3.0),
        )

    return build
