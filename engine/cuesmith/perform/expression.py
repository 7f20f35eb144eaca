"""Expression: what a player does to a note after it has begun. CC11 arches and delayed vibrato on CC1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import Note
from cuesmith.perform.model import Curve
from cuesmith.perform.tables import VIBRATO
from cuesmith.score import Part
from cuesmith.specs.banks import Instrument

STEP_SEC = 0.06  # a controller event every 60 ms while a note swells
HELD_SEC = 0.7  # shorter notes are simply played
REST, START, PEAK, END = 100, 80, 116, 88  # CC11: level of short notes; arch of held ones
PEAK_AT = 0.55
VIBRATO_DELAY_SEC, VIBRATO_RAMP_SEC = 0.28, 0.5


def _groups(onset: NDArray[np.float64], end: NDArray[np.float64]) -> list[tuple[float, float]]:
    """(start, stop) of each chord or note, stopping where the next begins."""
    starts, first = np.unique(onset, return_index=True)
    longest = np.maximum.reduceat(end, first)
    stops = np.minimum(longest, np.append(starts[1:], np.inf))
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def _arch(start: float, stop: float, swell: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times = np.arange(start, stop, STEP_SEC)
    x = (times - start) / (stop - start)
    if swell:
        return times, 50 + 74 * x**1.6
    rise = START + (PEAK - START) * np.sin(np.pi / 2 * np.minimum(x / PEAK_AT, 1.0))
    fall = PEAK + (END - PEAK) * np.maximum(0.0, (x - PEAK_AT) / (1 - PEAK_AT)) ** 1.5
    return times, np.where(x < PEAK_AT, rise, fall)


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
    swelling = {float(t) for t, (_, articulation, _) in zip(onset, played, strict=True) if articulation == "swell"}
    times: list[NDArray[np.float64]] = []
    values: list[NDArray[np.float64]] = []
    waves: list[tuple[float, int]] = [(0.0, 0)]
    depth = VIBRATO.get(instrument.family, 0) if part.role in ("lead", "guide", "counter") else 0
    for start, stop in _groups(onset, end):
        if stop - start >= HELD_SEC:
            t, v = _arch(start, stop, start in swelling)
            times.append(t)
            values.append(v)
            if depth and stop - start > VIBRATO_DELAY_SEC + 0.2:
                ramp = np.arange(0.0, VIBRATO_RAMP_SEC + 1e-9, 0.1)
                waves.append((start, 0))
                waves += [
                    (start + VIBRATO_DELAY_SEC + r, round(depth * r / VIBRATO_RAMP_SEC))
                    for r in ramp.tolist()
                    if start + VIBRATO_DELAY_SEC + r < stop
                ]
        else:
            times.append(np.asarray([start]))
            values.append(np.asarray([float(REST)]))
    out = [Curve("cc", 11, np.concatenate(times), np.clip(np.rint(np.concatenate(values)), 1, 127).astype(np.int32))]
    if len(waves) > 1:
        out.append(Curve("cc", 1, np.asarray([t for t, _ in waves]), np.asarray([v for _, v in waves], dtype=np.int32)))
    return tuple(out)
