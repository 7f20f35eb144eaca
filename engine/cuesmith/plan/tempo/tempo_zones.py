"""Tempo zones: cues whose sections go at paces of their own, joined by gradual changes.

A section's `tempo` in the form is a factor on the tempo of the cue. From one zone to the next the tempo bends over the
last bars of the earlier section, by no more from bar to bar than passes for phrasing; over a break it jumps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.plan.tempo.tempo_map import ritard_factors

STEP = PPQ // 2  # ticks between two changes of tempo while it bends
PER_BAR = 0.055  # of the tempo, from bar to bar


class Zone(NamedTuple):
    """A section as the clock sees it: from tick to tick, its bar in ticks, its factor, and whether it is a break."""

    start: int
    end: int
    bar_ticks: int
    factor: float
    free: bool


def zoned_map(zones: Sequence[Zone], seconds: float, *, ritard: float = 0.0, ritard_beats: int = 2) -> TempoMap:
    """Tempo changes such that the last zone ends at `seconds`, exactly. ritard, ritard_beats: as for `tempo_map`."""
    length = zones[-1].end
    factors = [_factor(zones, tick) for tick in range(0, length, STEP)]
    slow = ritard_factors(length, ritard, ritard_beats)
    for number, slower in enumerate(slow):
        beat = length // PPQ - len(slow) + number
        for index in (2 * beat, 2 * beat + 1):
            if index < len(factors):
                factors[index] /= slower
    spans = [min(STEP, length - index * STEP) / PPQ for index in range(len(factors))]
    unit = seconds * 1e6 / sum(span / factor for span, factor in zip(spans, factors, strict=True))
    changes: list[TempoChange] = []
    spent = 0.0
    for index, (span, factor) in enumerate(zip(spans, factors, strict=True)):
        pace = round(unit / factor)
        if index == len(factors) - 1:  # what rounding has left over
            pace = max(1, round((seconds * 1e6 - spent) / span))
        spent += pace * span
        if not changes or changes[-1].us_per_quarter != pace:
            changes.append(TempoChange(index * STEP, pace))
    return TempoMap(tuple(changes))


def _factor(zones: Sequence[Zone], tick: int) -> float:
    """The factor at a tick: its zone's, or on the way to the next one's."""
    index = next(i for i, zone in enumerate(zones) if tick < zone.end)
    zone = zones[index]
    if index + 1 == len(zones) or zone.free or zones[index + 1].free:
        return zone.factor
    after = zones[index + 1].factor
    wanted = abs(math.log(after / zone.factor)) / math.log1p(PER_BAR)
    bars = min(wanted, (zone.end - zone.start) / zone.bar_ticks)
    start = zone.end - bars * zone.bar_ticks
    if bars == 0 or tick < start:
        return zone.factor
    return float(zone.factor * (after / zone.factor) ** ((tick - start) / (zone.end - start)))
