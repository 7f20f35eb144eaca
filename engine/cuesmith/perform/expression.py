"""Expression during a note: swelling loudness (CC11) and delayed vibrato (CC1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import Note
from cuesmith.perform.model import Curve
from cuesmith.perform.tables import VIBRATO
from cuesmith.score import Part
from cuesmith.specs.banks.instruments import Instrument

STEP_SEC = 0.06  # a controller event every 60 ms while a note swells
HELD_SEC = 0.7  # shorter notes get no arch and no vibrato
REST, START, PEAK, END = 100, 80, 116, 88  # CC11: level of short notes; start, peak and end of the arch of held notes
PEAK_AT = 0.55  # place of the peak, as a share of the note
VIBRATO_DELAY_SEC, VIBRATO_RAMP_SEC = 0.28, 0.5

Seconds = NDArray[np.float64]


def _chord_spans(onset: Seconds, end: Seconds) -> tuple[Seconds, Seconds]:
    """Return start and stop of each chord or single note; it stops at the latest where the next one begins."""
    starts, first = np.unique(onset, return_index=True)
    return starts, np.minimum(np.maximum.reduceat(end, first), np.append(starts[1:], np.inf))


def _arches(starts: Seconds, stops: Seconds, swelling: NDArray[np.bool_]) -> tuple[Seconds, Seconds]:
    """Return times and values of CC11: an arch (or a swell) over each held note, one value for each shorter note."""
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
    """Return CC11 for instruments that sustain (bowed, blown, held), and CC1 for melodic lines with vibrato.

    Other instruments get no curve.

    played: (note, articulation, section) of every note.
    onset, end: times in seconds of the same notes.
    """
    if not instrument.sustained:
        return ()
    swells = [t for t, (_, articulation, _) in zip(onset.tolist(), played, strict=True) if articulation == "swell"]
    starts, stops = _chord_spans(onset, end)
    times, values = _arches(starts, stops, np.isin(starts, swells))
    arches = Curve("cc", 11, times, np.clip(np.rint(values), 1, 127).astype(np.int32))
    depth = VIBRATO.get(instrument.family, 0) if part.role in ("lead", "guide", "counter") else 0
    waves = _vibrato(starts, stops, depth) if depth else None
    return (arches, waves) if waves is not None else (arches,)


def _vibrato(starts: Seconds, stops: Seconds, depth: int) -> Curve | None:
    """Return CC1, rising with a delay on every held note; None when no note is held."""
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
