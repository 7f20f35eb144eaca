"""Small performances built by hand, and the embedded soundfont, so that results never depend on the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
import pytest
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import constant_tempo
from cuesmith.perform.model import Curve, Mix, Performance, Track
from cuesmith_render.fluid.discover import EMBEDDED_FONT, find_library, find_soundfont, soundfont_candidates
from cuesmith_render.fluid.synth import Bank

NoteRow = tuple[float, float, int, int]  # onset s, duration s, pitch, velocity


class MakeTrack(Protocol):
    """Builds a track from (onset, duration, pitch, velocity) rows."""

    def __call__(self, notes: list[NoteRow], **fields: Any) -> Track: ...


class MakePerformance(Protocol):
    """Builds a performance from tracks."""

    def __call__(self, *tracks: Track, length_sec: float = 2.0, **fields: Any) -> Performance: ...
