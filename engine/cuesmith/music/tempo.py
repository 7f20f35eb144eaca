"""Tempo: the one function that joins score time (ticks) and clock time (seconds).

Tempi are kept as MIDI writes them, whole microseconds per quarter note, so that the file and the renderer
agree to the last sample.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import PPQ


class TempoChange(NamedTuple):
    """From this tick on, this many microseconds per quarter note."""

    tick: int
    us_per_quarter: int


class Fermata(NamedTuple):
    """A held beat: from tick to tick, and how many times as long as usual it lasts."""

    start: int
    end: int
    times: float


def us_per_quarter(bpm: float) -> int:
    """Quarter notes per minute → whole microseconds per quarter note."""
    return round(60_000_000 / bpm)


@dataclass(frozen=True)
class TempoMap:
    """Tempo changes in rising order of tick; the first stands at tick 0. fermatas: which of them are held beats."""

    changes: tuple[TempoChange, ...]
    fermatas: tuple[Fermata, ...] = ()

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0].tick != 0:
            raise ValueError("a tempo map starts at tick 0")
        if any(a.tick >= b.tick for a, b in zip(self.changes, self.changes[1:], strict=False)):
            raise ValueError("tempo changes must rise in time")

    @cached_property
    def _anchors(self) -> tuple[tuple[int, ...], tuple[float, ...]]:
        ticks, seconds, at = [], [], 0.0
        for index, change in enumerate(self.changes):
            if index:
                before = self.changes[index - 1]
                at += (change.tick - before.tick) * before.us_per_quarter / (PPQ * 1e6)
            ticks.append(change.tick)
            seconds.append(at)
        return tuple(ticks), tuple(seconds)

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Per change of tempo: tick, second, microseconds per quarter."""
        ticks, seconds = self._anchors
        return np.array(ticks), np.array(seconds), np.array([change.us_per_quarter for change in self.changes])

    def seconds(self, tick: int | float) -> float:
        """The clock time of a tick."""
        ticks, seconds = self._anchors
        index = max(0, bisect_right(ticks, tick) - 1)
        return seconds[index] + (tick - ticks[index]) * self.changes[index].us_per_quarter / (PPQ * 1e6)

    def seconds_array(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """`seconds` over an array."""
        starts, clock, pace = self._columns
        index = np.maximum(np.searchsorted(starts, ticks, side="right") - 1, 0)
        # In the order of `seconds`, so that both round alike.
        out: NDArray[np.float64] = clock[index] + (ticks - starts[index]) * pace[index] / (PPQ * 1e6)
        return out

    def ticks_array(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """The nearest tick of each clock time; times before 0 become tick 0."""
        starts, clock, pace = self._columns
        index = np.maximum(np.searchsorted(clock, seconds, side="right") - 1, 0)
        exact = starts[index] + (seconds - clock[index]) / (pace[index] / (PPQ * 1e6))
        out: NDArray[np.int64] = np.maximum(np.rint(exact), 0).astype(np.int64)
        return out

    def bpm(self, tick: int) -> float:
        """Quarter notes per minute at a tick; on a held beat those that it would have if it were not held."""
        ticks, _ = self._anchors
        times = next((fermata.times for fermata in self.fermatas if fermata.start <= tick < fermata.end), 1.0)
        return 60e6 * times / self.changes[max(0, bisect_right(ticks, tick) - 1)].us_per_quarter


def constant_tempo(bpm: float) -> TempoMap:
    """One tempo for the whole cue."""
    return TempoMap((TempoChange(0, us_per_quarter(bpm)),))
