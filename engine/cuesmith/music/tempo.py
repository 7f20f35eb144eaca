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

    def seconds(self, tick: int | float) -> float:
        """The clock time of a tick."""
        ticks, seconds = self._anchors
        index = max(0, bisect_right(ticks, tick) - 1)
        return seconds[index] + (tick - ticks[index]) * self.changes[index].us_per_quarter / (PPQ * 1e6)

    def seconds_array(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """`seconds` over an array."""
        starts, clock = self._anchors
        index = np.clip(np.searchsorted(np.asarray(starts), ticks, side="right") - 1, 0, None)
        pace = np.asarray([change.us_per_quarter for change in self.changes])
        # In the order of `seconds`, so that both round alike.
        into = (ticks - np.asarray(starts)[index]) * pace[index] / (PPQ * 1e6)
        out: NDArray[np.float64] = np.asarray(clock)[index] + into
        return out

    def ticks_array(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """The nearest tick of each clock time; times before 0 become tick 0."""
        starts, clock = self._anchors
        index = np.clip(np.searchsorted(np.asarray(clock), seconds, side="right") - 1, 0, None)
        rate = np.asarray([change.us_per_quarter for change in self.changes], dtype=np.float64) / (PPQ * 1e6)
        exact = np.asarray(starts)[index] + (seconds - np.asarray(clock)[index]) / rate[index]
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
