"""The tempo map of a cue: steady, with a ritardando, or bent to meet hits; it always ends on the requested second.

To meet hits, time is a natural cubic spline over the beats: of all curves through the hits it bends least. In a
ritardando a beat counts as longer than one beat, so it needs no special case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cuesmith.music.note import PPQ
from cuesmith.music.tempo import Fermata, TempoChange, TempoMap

MOST_PER_BAR = 0.06  # largest change of tempo from bar to bar that still sounds like phrasing
TOLERATED_SEC = 20e-6  # largest error of the last bar line that a steady tempo may have


def ritard_factors(length_ticks: int, ritard: float, ritard_beats: int) -> list[float]:
    """Return the factor on the length of each of the last beats; empty without room or need to slow down.

    ritard: share of the tempo by which the last beat is slower.
    """
    slow = min(ritard_beats, length_ticks // PPQ // 4)
    return [1.0 / (1.0 - ritard * ((i + 1) / slow) ** 0.5) for i in range(slow)] if ritard > 0.0 else []


def tempo_map(length_ticks: int, seconds: float, *, ritard: float = 0.0, ritard_beats: int = 2) -> TempoMap:
    """Build a tempo map in which `length_ticks` last `seconds`, within 20 microseconds.

    ritard: share of the tempo (0..0.4) by which the last beat is slower. The tempo falls along a square-root curve over
        the last `ritard_beats` beats; the rest is slightly faster to compensate.
    """
    beats = length_ticks / PPQ
    factors = ritard_factors(length_ticks, ritard, ritard_beats)
    slow = len(factors)
    if slow == 0:
        return _steady(length_ticks, seconds)
    steady = seconds * 1e6 / (beats - slow + sum(factors))
    changes = [TempoChange(0, round(steady))]
    start = length_ticks - slow * PPQ
    spent = (beats - slow) * round(steady)
    for i, factor in enumerate(factors[:-1]):
        changes.append(TempoChange(start + i * PPQ, round(steady * factor)))
        spent += round(steady * factor)
    changes.append(TempoChange(start + (slow - 1) * PPQ, max(1, round(seconds * 1e6 - spent))))
    return TempoMap(tuple(changes))


def held_tempo_map(
    length_ticks: int, seconds: float, fermata: Fermata, *, ritard: float = 0.0, ritard_beats: int = 2
) -> TempoMap:
    """Build a tempo map as `tempo_map` does, with a fermata near the end.

    The ritardando leads to the fermata, and the rest of the bar stays slow.
    """
    factors = ritard_factors(fermata.start, ritard, ritard_beats)
    spans = [(0, 1.0)] if fermata.start > len(factors) * PPQ else []
    spans += [(fermata.start - (len(factors) - i) * PPQ, factor) for i, factor in enumerate(factors)]
    slow = factors[-1] if factors else 1.0
    spans.append((fermata.start, slow * fermata.times))
    if fermata.end < length_ticks:
        spans.append((fermata.end, slow))
    lengths = [end - start for (start, _), end in zip(spans, [*(s for s, _ in spans[1:]), length_ticks], strict=True)]
    steady = seconds * 1e6 * PPQ / sum(ticks * factor for ticks, (_, factor) in zip(lengths, spans, strict=True))
    changes: list[TempoChange] = []
    spent = 0.0
    for ticks, (start, factor) in zip(lengths, spans, strict=True):
        pace = round(steady * factor)
        if start == spans[-1][0]:  # corrects the rounding of all earlier changes
            pace = max(1, round((seconds * 1e6 - spent) * PPQ / ticks))
        spent += pace * ticks / PPQ
        changes.append(TempoChange(start, pace))
    return TempoMap(tuple(changes), (fermata,))


def _steady(length_ticks: int, seconds: float) -> TempoMap:
    """Use one tempo; or two that differ by a microsecond per beat, where rounding would add up to too much."""
    beats = length_ticks / PPQ
    pace = max(1, round(seconds * 1e6 / beats))
    missing = seconds * 1e6 - pace * beats
    if abs(missing) <= TOLERATED_SEC * 1e6:
        return TempoMap((TempoChange(0, pace),))
    other = pace + (1 if missing > 0 else -1)
    switch = (length_ticks // PPQ - round(abs(missing))) * PPQ
    if switch <= 0:
        return TempoMap((TempoChange(0, other),))
    return TempoMap((TempoChange(0, pace), TempoChange(switch, other)))


@dataclass(frozen=True, slots=True)
class TempoCurve:
    """The time curve of a cue: a natural cubic spline through (weighted tick, second).

    ticks: weighted ticks, in which held beats and those of a ritardando count for more (see `felt_tick`).
    bends: second derivatives at the knots.
    """

    ticks: tuple[float, ...]
    seconds: tuple[float, ...]
    bends: tuple[float, ...]

    def at(self, tick: float) -> float:
        """Return the second of a weighted tick inside the cue."""
        index = min(max(bisect_right(self.ticks, tick) - 1, 0), len(self.ticks) - 2)
        left, right = self.ticks[index], self.ticks[index + 1]
        width = right - left
        a, b = (right - tick) / width, (tick - left) / width
        curvature = (a**3 - a) * self.bends[index] + (b**3 - b) * self.bends[index + 1]
        return a * self.seconds[index] + b * self.seconds[index + 1] + curvature * width * width / 6.0


def curve_through(knots: Sequence[tuple[float, float]]) -> TempoCurve:
    """Return the smoothest tempo through all knots (weighted tick, second); both rise, and the first knot is (0, 0)."""
    ticks = [knot[0] for knot in knots]
    seconds = [knot[1] for knot in knots]
    count = len(knots)
    bends = [0.0] * count
    if count > 2:  # Thomas' algorithm on the tridiagonal system of the spline
        upper, right = [0.0] * count, [0.0] * count
        for i in range(1, count - 1):
            before, after = ticks[i] - ticks[i - 1], ticks[i + 1] - ticks[i]
            jump = (seconds[i + 1] - seconds[i]) / after - (seconds[i] - seconds[i - 1]) / before
            pivot = 2.0 * (before + after) - before * upper[i - 1]
            upper[i] = after / pivot
            right[i] = (6.0 * jump - before * right[i - 1]) / pivot
        for i in range(count - 2, 0, -1):
            bends[i] = right[i] - upper[i] * bends[i + 1]
    return TempoCurve(tuple(ticks), tuple(seconds), tuple(bends))


def felt_tick(tick: int, length_ticks: int, factors: Sequence[float], fermatas: Sequence[Fermata] = ()) -> float:
    """Weight a tick: count held beats and those of a ritardando by their length.

    factors: see `ritard_factors`.
    """
    start = length_ticks - len(factors) * PPQ
    longer = sum((times - 1.0) * (min(tick, end) - begin) for begin, end, times in fermatas if tick > begin)
    if tick <= start:
        return tick + longer
    whole, part = divmod(tick - start, PPQ)
    return start + PPQ * sum(factors[:whole]) + (part * factors[whole] if part else 0.0) + longer


def _identity(second: float) -> float:
    return second


def bent_tempo_map(
    curve: TempoCurve,
    stops: Sequence[int],
    length_ticks: int,
    factors: Sequence[float] = (),
    clock: Callable[[float], float] = _identity,
    fermatas: Sequence[Fermata] = (),
) -> TempoMap:
    """Turn the curve into tempo changes on beats, exact to a microsecond at every stop and at the end.

    stops: ticks that must be reached at their exact second (the hits).
    factors: see `ritard_factors`.
    clock: converts the seconds of the curve to clock seconds, where a story has tempi of its own.
    """
    held = {tick for fermata in fermatas for tick in fermata[:2]}
    free = {tick for tick in range(0, length_ticks, PPQ) if not any(f.start < tick < f.end for f in fermatas)}
    grid = sorted({*free, *(tick for tick in (*stops, *held) if 0 < tick < length_ticks)})
    changes: list[TempoChange] = []
    spent = 0.0
    for tick, after in zip(grid, [*grid[1:], length_ticks], strict=True):
        target = clock(curve.at(felt_tick(after, length_ticks, factors, fermatas))) * 1e6
        pace = max(1, round((target - spent) * PPQ / (after - tick)))
        spent += pace * (after - tick) / PPQ
        if not changes or changes[-1].us_per_quarter != pace:
            changes.append(TempoChange(tick, pace))
    return TempoMap(tuple(changes), tuple(fermatas))
