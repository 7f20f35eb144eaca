"""The pace a story wishes for: scenes at tempi of their own, joined by gradual changes, as a clock of its own.

Over each scene the tempo is level; towards the end of it it moves on to the next, by no more from bar to bar than
passes for phrasing. Where a bar lasts a constant share longer than the one before, the seconds of a beat grow evenly
with time: so the pace is a broken line over the clock, and beats and seconds follow from one another in closed form.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

PER_BAR = 0.045  # change of tempo from bar to bar; what is left of 6 % is for meeting the picture
TURNING = 0.75  # share of a scene that may go to the change into the next


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds per quarter note at some seconds, straight between them. beats: quarter notes passed at each."""

    seconds: tuple[float, ...]
    paces: tuple[float, ...]
    beats: tuple[float, ...]

    def beats_at(self, second: float) -> float:
        """Quarter notes passed at a second."""
        index = min(max(bisect_right(self.seconds, second) - 1, 0), len(self.seconds) - 2)
        return self.beats[index] + _passed(self.paces[index], self._slope(index), second - self.seconds[index])

    def second_at(self, beats: float) -> float:
        """The second at which so many quarter notes have passed."""
        index = min(max(bisect_right(self.beats, beats) - 1, 0), len(self.beats) - 2)
        pace, slope, more = self.paces[index], self._slope(index), beats - self.beats[index]
        return self.seconds[index] + (pace * more if not slope else pace * math.expm1(slope * more) / slope)

    def _slope(self, index: int) -> float:
        change = self.paces[index + 1] - self.paces[index]
        return change / (self.seconds[index + 1] - self.seconds[index])


def _passed(pace: float, slope: float, seconds: float) -> float:
    """Quarter notes in so many seconds from a pace that changes by `slope` a second."""
    return math.log1p(slope * seconds / pace) / slope if slope else seconds / pace


def pace_of(starts: Sequence[float], tempi: Sequence[float], seconds: float, bar_beats: float) -> Pace:
    """The pace over scenes. starts: seconds at which they begin, from 0; tempi: wished, quarter notes per minute.

    A scene that is too short to come from one tempo to the next by `PER_BAR` comes as near as it can.
    """
    steepest = math.log1p(PER_BAR) / bar_beats  # change of pace in a second
    knots, paces = [0.0], [60.0 / tempi[0]]
    for index in range(1, len(starts)):
        room = TURNING * (starts[index] - starts[index - 1])
        wanted, here = 60.0 / tempi[index], paces[-1]
        change = max(-steepest * room, min(steepest * room, wanted - here))
        turn = starts[index] - abs(change) / steepest
        if abs(change) > 1e-9:
            knots += [turn, starts[index]]
            paces += [here, here + change]
    knots.append(seconds)
    paces.append(paces[-1])
    beats = [0.0]
    for index in range(len(knots) - 1):
        span = knots[index + 1] - knots[index]
        slope = (paces[index + 1] - paces[index]) / span
        beats.append(beats[-1] + _passed(paces[index], slope, span))
    return Pace(tuple(knots), tuple(paces), tuple(beats))
