"""Tempo zones: sections with tempi of their own, and gradual changes between them.

The `tempo` of a section is a factor on the tempo of the cue. The change to the next zone happens over the last bars of
the earlier section, slowly enough to sound like phrasing; around a break it is immediate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.plan.tempo.tempo_map import ritard_factors

STEP = PPQ // 2  # ticks between two tempo changes in a gradual change
PER_BAR = 0.055  # largest change of tempo from bar to bar


class Zone(NamedTuple):
    """A section with its tempo: first and last tick, ticks per bar, tempo factor, and whether it is a break."""

    start: int
    end: int
    bar_ticks: int
    factor: float
    is_break: bool


def zoned_map(zones: Sequence[Zone], seconds: float, *, ritard: float = 0.0, ritard_beats: int = 2) -> TempoMap:
    """Build a tempo map whose last zone ends exactly at `seconds`. ritard, ritard_beats: as for `tempo_map`."""
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
        if index == len(factors) - 1:  # corrects the rounding of all earlier changes
            pace = max(1, round((seconds * 1e6 - spent) / span))
        spent += pace * span
        if not changes or changes[-1].us_per_quarter != pace:
            changes.append(TempoChange(index * STEP, pace))
    return TempoMap(tuple(changes))


def _factor(zones: Sequence[Zone], tick: int) -> float:
    """Return the tempo factor at a tick: that of its zone, or a value between it and the next one."""
    index = next(i for i, zone in enumerate(zones) if tick < zone.end)
    zone = zones[index]
    if index + 1 == len(zones) or zone.is_break or zones[index + 1].is_break:
        return zone.factor
    after = zones[index + 1].factor
    bars_needed = abs(math.log(after / zone.factor)) / math.log1p(PER_BAR)
    bars = min(bars_needed, (zone.end - zone.start) / zone.bar_ticks)
    start = zone.end - bars * zone.bar_ticks
    if bars == 0 or tick < start:
        return zone.factor
    return float(zone.factor * (after / zone.factor) ** ((tick - start) / (zone.end - start)))
