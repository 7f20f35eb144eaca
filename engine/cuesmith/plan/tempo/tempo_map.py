"""The tempo map of a cue: steady, with a ritardando, or bending to the hits; always ending on the asked second.

Through hits the clock is a natural cubic spline over the beats: of all curves that reach every hit on its beat it is
the one whose tempo changes least. A ritardando counts its beats as longer ones, so it needs no case of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cuesmith.music.note import PPQ
from cuesmith.music.tempo import Fermata, TempoChange, TempoMap

MOST_PER_BAR = 0.06  # change of tempo from one bar to the next that still passes for phrasing
TOLERATED_SEC = 20e-6  # error of the last bar line for which a steady tempo is left alone


def ritard_factors(length_ticks: int, ritard: float, ritard_beats: int) -> list[float]:
    """By how much each of the last beats is longer than the steady one; empty where there is no room to slow down."""
    slow = min(ritard_beats, length_ticks // PPQ // 4)
    return [1.0 / (1.0 - ritard * ((i + 1) / slow) ** 0.5) for i in range(slow)] if ritard > 0.0 else []


def tempo_map(length_ticks: int, seconds: float, *, ritard: float = 0.0, ritard_beats: int = 2) -> TempoMap:
    """Tempo changes such that `length_ticks` last `seconds` (to a fiftieth of a millisecond).

    ritard: how much slower the last beat is, 0..0.4 of the tempo; the slowing follows a square-root curve over
    ritard_beats and the rest of the cue is a trifle faster to make up for it.
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
    """As `tempo_map`, with a last bar that is held: what slows down leads to the fermata, and the bar stays slow."""
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
        if start == spans[-1][0]:  # what rounding has left over
            pace = max(1, round((seconds * 1e6 - spent) * PPQ / ticks))
        spent += pace * ticks / PPQ
        changes.append(TempoChange(start, pace))
    return TempoMap(tuple(changes), (fermata,))


def _steady(length_ticks: int, seconds: float) -> TempoMap:
    """One tempo; or two a microsecond apart, where whole microseconds per beat would add up to too much."""
    beats = length_ticks / PPQ
    pace = max(1, round(seconds * 1e6 / beats))
    missing = seconds * 1e6 - pace * beats
    if abs(missing) <= TOLERATED_SEC * 1e6:
        return TempoMap((TempoChange(0, pace),))
    other = pace + (1 if missing > 0 else -1)
    turn = (length_ticks // PPQ - round(abs(missing))) * PPQ
    if turn <= 0:
        return TempoMap((TempoChange(0, other),))
    return TempoMap((TempoChange(0, pace), TempoChange(turn, other)))


@dataclass(frozen=True, slots=True)
class TempoCurve:
    """The clock over a cue: a natural cubic spline through (felt ticks, seconds).

    felt ticks: ticks, of which those of a ritardando count for more. slopes: second derivatives at the knots.
    """

    ticks: tuple[float, ...]
    seconds: tuple[float, ...]
    slopes: tuple[float, ...]

    def at(self, tick: float) -> float:
        """The second of a felt tick inside the cue."""
        index = min(max(bisect_right(self.ticks, tick) - 1, 0), len(self.ticks) - 2)
        left, right = self.ticks[index], self.ticks[index + 1]
        width = right - left
        a, b = (right - tick) / width, (tick - left) / width
        bend = (a**3 - a) * self.slopes[index] + (b**3 - b) * self.slopes[index + 1]
        return a * self.seconds[index] + b * self.seconds[index + 1] + bend * width * width / 6.0


def curve_through(knots: Sequence[tuple[float, float]]) -> TempoCurve:
    """The flattest tempo that passes every (felt tick, second); both rise, the first is (0, 0)."""
    ticks = [knot[0] for knot in knots]
    seconds = [knot[1] for knot in knots]
    count = len(knots)
    slopes = [0.0] * count
    if count > 2:  # Thomas' algorithm on the tridiagonal system of the spline
        upper, right = [0.0] * count, [0.0] * count
        for i in range(1, count - 1):
            before, after = ticks[i] - ticks[i - 1], ticks[i + 1] - ticks[i]
            jump = (seconds[i + 1] - seconds[i]) / after - (seconds[i] - seconds[i - 1]) / before
            pivot = 2.0 * (before + after) - before * upper[i - 1]
            upper[i] = after / pivot
            right[i] = (6.0 * jump - before * right[i - 1]) / pivot
        for i in range(count - 2, 0, -1):
            slopes[i] = right[i] - upper[i] * slopes[i + 1]
    return TempoCurve(tuple(ticks), tuple(seconds), tuple(slopes))


def felt_tick(tick: int, length_ticks: int, factors: Sequence[float], fermatas: Sequence[Fermata] = ()) -> float:
    """A tick, counting held beats and those of a ritardando by their length. factors: see `ritard_factors`."""
    start = length_ticks - len(factors) * PPQ
    longer = sum((times - 1.0) * (min(tick, end) - begin) for begin, end, times in fermatas if tick > begin)
    if tick <= start:
        return tick + longer
    whole, part = divmod(tick - start, PPQ)
    return start + PPQ * sum(factors[:whole]) + (part * factors[whole] if part else 0.0) + longer


def _as_it_is(second: float) -> float:
    return second


def bent_tempo_map(
    curve: TempoCurve,
    stops: Sequence[int],
    length_ticks: int,
    factors: Sequence[float] = (),
    clock: Callable[[float], float] = _as_it_is,
    fermatas: Sequence[Fermata] = (),
) -> TempoMap:
    """The curve in steps of a beat, exact at every stop and at the end to a microsecond.

    stops: ticks that must be reached on the second (the hits). clock: from the seconds of the curve to those of the
    picture, where a story has tempi of its own.
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
