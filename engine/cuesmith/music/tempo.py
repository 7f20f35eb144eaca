"""Tempo: convert between score time (ticks) and clock time (seconds).

Tempi are stored as MIDI stores them, in whole microseconds per quarter note, so that the MIDI file and the renderer
agree to the sample.
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
    """From this tick on, a quarter note lasts this many microseconds."""

    tick: int
    us_per_quarter: int


class Fermata(NamedTuple):
    """A held beat: its first tick, the tick where it ends, and how many times its usual duration it lasts."""

    start: int
    end: int
    times: float


def us_per_quarter(bpm: float) -> int:
    """Convert quarter notes per minute to whole microseconds per quarter note."""
    return round(60_000_000 / bpm)


@dataclass(frozen=True)
class TempoMap:
    """Tempo changes in rising order of tick, the first at tick 0; `fermatas` marks which of them are held beats.

    Raises ValueError when the first change is not at tick 0 or the ticks do not rise.
    """

    changes: tuple[TempoChange, ...]
    fermatas: tuple[Fermata, ...] = ()

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0].tick != 0:
            raise ValueError("a tempo map starts at tick 0")
        if any(a.tick >= b.tick for a, b in zip(self.changes, self.changes[1:], strict=False)):
            raise ValueError("tempo changes must rise in time")

    @cached_property
    def _anchors(self) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """For each tempo change: its tick and its second."""
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
        """For each tempo change: its tick, its second, its microseconds per quarter note."""
        ticks, seconds = self._anchors
        return np.array(ticks), np.array(seconds), np.array([change.us_per_quarter for change in self.changes])

    def seconds(self, tick: int | float) -> float:
        """Return the clock time of a tick, in seconds."""
        ticks, seconds = self._anchors
        index = bisect_right(ticks, tick, 1) - 1  # from the first on
        return seconds[index] + (tick - ticks[index]) * self.changes[index].us_per_quarter / (PPQ * 1e6)

    def seconds_array(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the clock time of every tick in an array, in seconds."""
        starts, clock, pace = self._columns
        index = np.maximum(np.searchsorted(starts, ticks, side="right") - 1, 0)
        # Same order of operations as in `seconds`, so that both round in the same way.
        out: NDArray[np.float64] = clock[index] + (ticks - starts[index]) * pace[index] / (PPQ * 1e6)
        return out

    def ticks_array(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the nearest tick to each clock time in seconds; times before 0 give tick 0."""
        starts, clock, pace = self._columns
        index = np.maximum(np.searchsorted(clock, seconds, side="right") - 1, 0)
        exact = starts[index] + (seconds - clock[index]) / (pace[index] / (PPQ * 1e6))
        out: NDArray[np.int64] = np.maximum(np.rint(exact), 0).astype(np.int64)
        return out

    def bpm(self, tick: int) -> float:
        """Return the tempo at a tick in quarter notes per minute. On a held beat it is the tempo without the hold."""
        ticks, _ = self._anchors
        times = next((fermata.times for fermata in self.fermatas if fermata.start <= tick < fermata.end), 1.0)
        return 60e6 * times / self.changes[max(0, bisect_right(ticks, tick) - 1)].us_per_quarter


def constant_tempo(bpm: float) -> TempoMap:
    """Return the map of one tempo for the whole cue."""
    return TempoMap((TempoChange(0, us_per_quarter(bpm)),))
