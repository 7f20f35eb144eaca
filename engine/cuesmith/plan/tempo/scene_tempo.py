"""The tempo that a story asks for: each scene has its own, with gradual changes between them.

The tempo is constant over most of a scene and moves towards the next one near its end, slowly enough to sound like
phrasing. When each bar is longer than the last by a constant share, the seconds per quarter note change linearly with
time. So the tempo is piecewise linear over the seconds, and beats and seconds convert into each other in closed form.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

PER_BAR = 0.045  # largest change of tempo from bar to bar; the rest of 6 % is left for meeting hits
TRANSITION = 0.75  # largest share of a scene in which the tempo may move to the next


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds per quarter note (`paces`) at points in time (`seconds`), linear between them.

    beats: quarter notes passed at each point.
    """

    seconds: tuple[float, ...]
    paces: tuple[float, ...]
    beats: tuple[float, ...]

    def beats_at(self, second: float) -> float:
        """Return the quarter notes passed at a second."""
        index = min(max(bisect_right(self.seconds, second) - 1, 0), len(self.seconds) - 2)
        return self.beats[index] + _beats_in(self.paces[index], self._slope(index), second - self.seconds[index])

    def second_at(self, beats: float) -> float:
        """Return the second at which `beats` quarter notes have passed."""
        index = min(max(bisect_right(self.beats, beats) - 1, 0), len(self.beats) - 2)
        pace, slope, more = self.paces[index], self._slope(index), beats - self.beats[index]
        return self.seconds[index] + (pace * more if not slope else pace * math.expm1(slope * more) / slope)

    def _slope(self, index: int) -> float:
        change = self.paces[index + 1] - self.paces[index]
        return change / (self.seconds[index + 1] - self.seconds[index])


def _beats_in(pace: float, slope: float, seconds: float) -> float:
    """Return the quarter notes in `seconds`, from a pace that changes by `slope` per second."""
    return math.log1p(slope * seconds / pace) / slope if slope else seconds / pace


def pace_of(starts: Sequence[float], tempi: Sequence[float], seconds: float, bar_beats: float) -> Pace:
    """Compute the pace over all scenes.

    starts: seconds at which the scenes begin, from 0.
    tempi: target of each scene, in quarter notes per minute.
    bar_beats: quarter notes per bar.
    A scene too short to reach the next tempo within PER_BAR per bar comes as near to it as it can.
    """
    steepest = math.log1p(PER_BAR) / bar_beats  # largest change of pace per second
    knots, paces = [0.0], [60.0 / tempi[0]]
    for index in range(1, len(starts)):
        available = TRANSITION * (starts[index] - starts[index - 1])
        target, current = 60.0 / tempi[index], paces[-1]
        change = max(-steepest * available, min(steepest * available, target - current))
        change_start = starts[index] - abs(change) / steepest
        if abs(change) > 1e-9:
            knots += [change_start, starts[index]]
            paces += [current, current + change]
    knots.append(seconds)
    paces.append(paces[-1])
    beats = [0.0]
    for index in range(len(knots) - 1):
        span = knots[index + 1] - knots[index]
        slope = (paces[index + 1] - paces[index]) / span
        beats.append(beats[-1] + _beats_in(paces[index], slope, span))
    return Pace(tuple(knots), tuple(paces), tuple(beats))
