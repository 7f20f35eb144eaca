"""Expression: what a player does to a note after it has begun. CC11 arches and delayed vibrato on CC1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import Note
from cuesmith.perform.model import Curve
from cuesmith.perform.tables import VIBRATO
from cuesmith.score import Part
from cuesmith.specs.banks.instruments import Instrument

STEP_SEC = 0.06  # a controller event every 60 ms while a note swells
HELD_SEC = 0.7  # shorter notes are simply played
REST, START, PEAK, END = 100, 80, 116, 88  # CC11: level of short notes; arch of held ones
PEAK_AT = 0.55
VIBRATO_DELAY_SEC, VIBRATO_RAMP_SEC = 0.28, 0.5

Seconds = NDArray[np.float64]


def _groups(onset: Seconds, end: Seconds) -> tuple[Seconds, Seconds]:
    """Starts of the chords and notes, and where each stops: where the next begins at the latest."""
    starts, first = np.unique(onset, return_index=True)
    return starts, np.minimum(np.maximum.reduceat(end, first), np.append(starts[1:], np.inf))


def _arches(starts: Seconds, stops: Seconds, swelling: NDArray[np.bool_]) -> tuple[Seconds, Seconds]:
    """Times and values of an arch (or a swell) over every held note; of shorter ones one value, at their start."""
    length = stops - starts
    held = length >= HELD_SEC
    count = np.where(held, np.ceil(length / STEP_SEC), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(starts)), count)
    step = np.arange(len(owner)) - (np.cumsum(count) - count)[owner]
    start = starts[owner]
    times = start + step * (start + STEP_SEC - start)
    x = (times - start) / np.maximum(length, STEP_SEC)[owner]
    rise = START + (PEAK - START) * np.sin(np.pi / 2 * np.minimum(x / PEAK_AT, 1.0))
    fall = PEAK + (END - PEAK) * np.maximum(0.0, (x - PEAK_AT) / (1 - PEAK_AT)) ** 1.5
    arch = np.where(swelling[owner], 50 + 74 * x**1.6, np.where(x < PEAK_AT, rise, fall))
    return times, np.where(held[owner], arch, float(REST))


def expression_curves(
    part: Part,
    played: list[tuple[Note, str, int]],
    onset: NDArray[np.float64],
    end: NDArray[np.float64],
    instrument: Instrument,
) -> tuple[Curve, ...]:
    """CC11 for anything bowed, blown or held; CC1 for single lines that vibrate. Other instruments have none."""
    if not instrument.sustained:
        return ()
    swells = [t for t, (_, articulation, _) in zip(onset.tolist(), played, strict=True) if articulation == "swell"]
    starts, stops = _groups(onset, end)
    times, values = _arches(starts, stops, np.isin(starts, swells))
    arches = Curve("cc", 11, times, np.clip(np.rint(values), 1, 127).astype(np.int32))
    depth = VIBRATO.get(instrument.family, 0) if part.role in ("lead", "guide", "counter") else 0
    waves = _vibrato(starts, stops, depth) if depth else None
    return (arches, waves) if waves is not None else (arches,)


def _vibrato(starts: Seconds, stops: Seconds, depth: int) -> Curve | None:
    """CC1 that rises on every held note after a while; None where no note is held."""
    waves: list[tuple[float, int]] = [(0.0, 0)]
    ramp = np.arange(0.0, VIBRATO_RAMP_SEC + 1e-9, 0.1).tolist()
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        if stop - start >= HELD_SEC:
            waves.append((start, 0))
            waves += [
                (start + VIBRATO_DELAY_SEC + r, round(depth * r / VIBRATO_RAMP_SEC))
                for r in ramp
                if start + VIBRATO_DELAY_SEC + r < stop
            ]
    if len(waves) == 1:
        return None
    return Curve("cc", 1, np.array([time for time, _ in waves]), np.array([value for _, value in waves], np.int32))
