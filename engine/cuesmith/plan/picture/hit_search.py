"""Layouts: hits laid on beats, by a beam search from hit to hit.

The segment before a hit takes a whole number of bars, of beats, or of bars and one odd bar. What is weighed: how far
the tempo strays from the one wished for, how much it changes from segment to segment, how strong the beat is for the
weight of the hit, how noticeable an odd bar is, and how evenly phrases come out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import Fermata
from cuesmith.plan.form.fermata import LAST_COST, MOST, TIMES, held_beat, may_hold
from cuesmith.plan.form.meters import OddBar, odd_bars
from cuesmith.plan.form.section_lengths import HELD_BAR_COST, TEMPO_WEIGHT
from cuesmith.plan.picture.section_fit import SECTION_KINDS, Gate
from cuesmith.plan.tempo.scene_tempo import Pace
from cuesmith.plan.tempo.tempo_map import MOST_PER_BAR
from cuesmith.specs.brief import Hit

TOGETHER_SEC = 0.01  # hits nearer than this are one
HEAVY = 0.7  # from this weight on a hit belongs on a bar line
OFF_BAR_LINE = 1.8  # cost of a heavy hit on an ordinary beat, by its weight
OFF_STRONG = 0.12  # cost of a light hit on an ordinary beat
SKIPPED = 3.0  # cost of a hit that falls off the beat, by its weight
UPBEAT_COST = 0.6  # a cue that begins with an odd bar
SHIFT_COST = 0.4
LOOSE_SEC = (0.0, 0.25, -0.25, 0.55, -0.55)  # by how much a scene of the story may begin off its beat
LOOSE_COST = 2.0  # of each second of that
LOOSE_ODD = 0.5  # cost of an odd bar before a scene on whose beat nothing happens, beyond that of the bar
FREEDOM = 1.05  # how far a story may stray from its wished tempo where the limits leave nothing
PHRASE_COSTS = (0.0, 0.35, 0.15, 0.35)  # of a section that begins so many bars after a multiple of four


@dataclass(frozen=True)
class SearchLimits:
    """What the layout of a cue must keep to.

    limits: quarter notes per minute. stretch: by how much each beat of the final ritardando is longer, the last last.
    beats: those among the hits that are beats of the story: each wants a bar line, and may be a little early or late.
    pace: the tempo the story wishes for; None: one throughout. The search runs on felt time, in which that is steady.
    closes: whether the last bar is a held chord, on which a fermata may stand; holds: whether any may stand anywhere.
    """

    seconds: float
    meter: Meter
    limits: tuple[float, float]
    wished_bpm: float
    stretch: tuple[float, ...] = ()
    beats: frozenset[Hit] = frozenset()
    pace: Pace | None = None
    closes: bool = False
    holds: bool = False

    def felt(self, second: float) -> float:
        """Clock seconds in felt ones: what they would last at the wished tempo."""
        return second if self.pace is None else self.pace.beats_at(second) * 60.0 / self.wished_bpm

    def clock(self, felt: float) -> float:
        """Felt seconds in clock ones."""
        return felt if self.pace is None else self.pace.second_at(felt * self.wished_bpm / 60.0)

    @cached_property
    def whole(self) -> float:
        """Felt seconds of the cue."""
        return self.felt(self.seconds)

    @cached_property
    def felt_limits(self) -> tuple[float, float]:
        """The limits in felt tempo: what keeps the clock within its limits in every scene, and a little freedom."""
        if self.pace is None:
            return self.limits
        scale = [60.0 / pace / self.wished_bpm for pace in self.pace.paces]
        low, high = self.limits[0] / min(scale), self.limits[1] / max(scale)
        return min(low, self.wished_bpm / FREEDOM), max(high, self.wished_bpm * FREEDOM)

    @cached_property
    def wished_pace(self) -> float:
        """The logarithm of the tempo wished for."""
        return math.log(self.wished_bpm)


class Spot(NamedTuple):
    """A hit laid on a beat.

    line: the bar line at or before it; bars: usual bars up to there; sec: when it comes, in felt time. held: how many
    times as long its beat is, where a fermata stands on it (0: none does).
    """

    hit: Hit
    tick: int
    line: int
    bars: int
    odd: OddBar | None
    sec: float
    held: float = 0.0


class _Layout(NamedTuple):
    """The hits laid so far. pace: logarithm of the last segment's tempo; span: its beats (0: there is none yet)."""

    cost: float
    spots: tuple[Spot, ...]
    tick: int
    line: int
    bars: int
    sec: float
    pace: float
    span: float


class _Step(NamedTuple):
    """One way on from a layout, weighed and not yet taken."""

    cost: float
    old: _Layout
    tick: int
    inside: int
    number: int
    odd: OddBar | None
    sec: float
    pace: float
    held: float = 0.0


class _Hold(NamedTuple):
    """A fermata on the hit just laid, or none: how many times its beat lasts, by how many ticks more, what it costs."""

    times: float = 0.0
    longer: float = 0.0
    cost: float = 0.0


class Whole(NamedTuple):
    """Every hit laid, and the end. last: the odd bar at the very end; held: as `Spot.held`, of the last bar."""

    cost: float
    spots: tuple[Spot, ...]
    length: int
    bars: int
    last: OddBar | None
    held: float = 0.0


def layouts(hits: Sequence[Hit], search: SearchLimits, shifts: Sequence[float], width: int) -> list[Whole]:
    """Complete layouts, the cheapest first."""
    beam = [_Layout(0.0, (), 0, 0, 0, 0.0, 0.0, 0.0)]
    for hit in hits:
        if hit.at_sec <= TOGETHER_SEC:
            beam = [old._replace(spots=(Spot(hit, 0, 0, 0, None, 0.0),)) for old in beam]
            continue
        if search.seconds - hit.at_sec <= TOGETHER_SEC:
            break  # it falls on the last bar line, which is met anyway
        near = LOOSE_SEC if hit in search.beats else shifts
        ends = [(shift, search.felt(hit.at_sec + shift)) for shift in near]
        steps = [step for old in beam for step in _steps(old, hit, search, ends)]
        if hit.weight < 1.0:
            loss = SKIPPED * hit.weight + 0.1
            steps += [_Step(old.cost + loss, old, old.tick, 0, 0, None, old.sec, old.pace) for old in beam]
        steps.sort(key=lambda step: step.cost)
        beam = _taken(steps, hit, width)
    wholes = [whole for layout in beam for whole in _closed(layout, search)]
    wholes.sort(key=lambda whole: whole.cost)
    return wholes


def _taken(steps: Sequence[_Step], hit: Hit, width: int) -> list[_Layout]:
    """The layouts of the cheapest steps, no two that stand alike at the hit and came there at the same pace.

    One that lets the hit go is always among them, where that is allowed: a light hit is never in the way.
    """
    out: list[_Layout] = []
    free = hit.weight >= 1.0
    seen: set[tuple[int, int, int, float]] = set()
    for cost, old, tick, inside, number, odd, sec, pace, held in steps:
        if len(out) >= width and (free or tick != old.tick):
            continue
        if tick == old.tick:  # the hit is let go
            new = old._replace(cost=cost)
            free = True
        else:
            line, bars = tick if odd else tick - inside, old.bars + number
            spots = (*_held_last(old, held), Spot(hit, tick, line, bars, odd, sec))
            new = _Layout(cost, spots, tick, line, bars, sec, pace, (tick - old.tick) / PPQ)
        state = (new.tick, new.line, new.bars, round(new.pace, 3))
        if state not in seen:
            seen.add(state)
            out.append(new)
    return out


def _held_last(old: _Layout, times: float) -> tuple[Spot, ...]:
    return (*old.spots[:-1], old.spots[-1]._replace(held=times)) if times else old.spots


def _holds(old: _Layout, search: SearchLimits) -> list[_Hold]:
    """What may happen on the hit just laid: that the music goes on, or a fermata."""
    out = [_Hold()]
    if search.holds and old.tick and sum(spot.held > 0 for spot in old.spots) < MOST:
        beat, hit = held_beat(search.meter), old.spots[-1].hit
        out += [
            _Hold(times, (times - 1.0) * beat, cost)
            for times, cost in may_hold(hit, beat / PPQ * 60.0 / search.wished_bpm)
        ]
    return out


def _range(old: _Layout, duration: float, search: SearchLimits) -> tuple[float, float]:
    """Ticks from here that may pass in so many seconds."""
    low, high = search.felt_limits
    if old.span:
        before = math.exp(old.pace)
        low, high = max(low, before / 1.25), min(high, before * 1.25)
    return duration * low / 60.0 * PPQ, duration * high / 60.0 * PPQ


def _pace_cost(old: _Layout, pace: float, span: float, share: float, search: SearchLimits) -> float:
    """Cost of a segment at this tempo (a logarithm); infinite when it cannot follow the last. span: in beats."""
    cost = TEMPO_WEIGHT / math.log(2) * share * abs(pace - search.wished_pace)
    if old.span:
        change = abs(pace - old.pace)
        bars = (old.span + span) / 2.0 / search.meter.bar_beats
        strain = change / (MOST_PER_BAR * (bars if bars > 0.5 else 0.5))
        if strain > 1.5:
            return math.inf
        cost += 1.5 * strain * strain + 4.0 * change
    return cost


def _steps(old: _Layout, hit: Hit, search: SearchLimits, ends: Sequence[tuple[float, float]]) -> Iterator[_Step]:
    """Every way to lay the next hit. ends: by how much it may be late, and when, in felt time, that is."""
    meter = search.meter
    bar = meter.bar_ticks
    loose, whole = hit in search.beats, search.whole
    places: list[tuple[int, OddBar | None, float]] = [(0, None, 0.0)]
    if not loose:
        places += [(tick, None, _beat_cost(hit, meter, tick)) for tick in meter.beats_ticks[1:]]
    places += [(odd.meter.bar_ticks, odd, odd.cost + (LOOSE_ODD if loose else 0.0)) for odd in odd_bars(meter)]
    beat = held_beat(meter)
    for hold in _holds(old, search):
        earliest = old.tick + beat + PPQ if hold.times else 0  # nothing is struck inside it, and then there is a breath
        for shift, end in ends:
            duration = end - old.sec
            if duration <= 0:
                continue
            share = duration / whole
            scale = math.log(60.0 / duration / PPQ)
            least, most = (ticks - hold.longer for ticks in _range(old, duration, search))
            least, last = max(least, 1.0, earliest - old.tick), old.tick + most + 1e-6
            late = LOOSE_COST * abs(shift) if loose else SHIFT_COST if shift else 0.0
            for inside, odd, place in places:
                base = old.line + inside
                number = math.ceil((old.tick + least - base) / bar - 1e-9)
                if odd is not None:  # behind whole bars only, and never behind another odd one
                    number = max(number, 1 if old.line else 0, math.ceil((old.tick - old.line) / bar))
                here = place + old.cost + late + hold.cost
                phrased = odd is not None or (hit.kind in SECTION_KINDS and not inside)
                weight = 1.0 if odd else hit.weight
                tick = base + number * bar
                while tick <= last:
                    span = tick - old.tick + hold.longer
                    pace = math.log(span) + scale
                    cost = here + _pace_cost(old, pace, span / PPQ, share, search)
                    if phrased:
                        bars = old.bars + number
                        cost += PHRASE_COSTS[bars % 4] * weight + (0.0 if bars else UPBEAT_COST)
                    if cost < math.inf:
                        yield _Step(cost, old, tick, inside, number, odd, old.sec + duration, pace, hold.times)
                    number += 1
                    tick += bar


def _beat_cost(hit: Hit, meter: Meter, inside: int) -> float:
    """Cost of a hit on a beat that is not the first of its bar."""
    strong = inside in meter.strong_ticks
    wants_line = hit.kind in SECTION_KINDS
    if hit.weight >= HEAVY:
        return hit.weight * OFF_BAR_LINE * (0.75 if strong else 1.0) + (0.4 if wants_line else 0.0)
    return (0.04 if strong else OFF_STRONG) + (0.3 * hit.weight if wants_line else 0.0)


def _closed(old: _Layout, search: SearchLimits) -> list[Whole]:
    """Every way to reach the last bar line."""
    bar = search.meter.bar_ticks
    duration = search.whole - old.sec
    if duration <= 0:
        return []
    least, most = _range(old, duration, search)
    slower = PPQ * (sum(search.stretch) - len(search.stretch))
    ends: list[tuple[OddBar | None, float, float, float]] = [(None, 0.0, slower, 0.0)]
    ends += [(odd, 0.0, slower, odd.cost + HELD_BAR_COST) for odd in odd_bars(search.meter)]
    beat = held_beat(search.meter)
    closing = TIMES.items() if search.holds and search.closes else ()
    ends += [(None, times, (times - 1.0) * beat, cost + LAST_COST) for times, cost in closing]
    out = []
    for hold in _holds(old, search):
        for odd, times, later, extra in ends:
            if times and sum(spot.held > 0 for spot in old.spots) + (hold.times > 0) >= MOST:
                continue
            longer = later + hold.longer
            inside = odd.meter.bar_ticks if odd else 0
            base = old.line + inside
            number = math.ceil((old.tick + least - longer - base) / bar - 1e-9)
            number = max(number, _least_bars(old, odd))
            while base + number * bar + longer <= old.tick + most + 1e-6:
                length = base + number * bar
                if length > old.tick and _clear(old, length, hold, times, search):
                    span = (length + longer - old.tick) / PPQ
                    cost = _pace_cost(old, math.log(span * 60.0 / duration), span, duration / search.whole, search)
                    if cost < math.inf:
                        bars = old.bars + number
                        cost += PHRASE_COSTS[bars % 4] + extra + hold.cost
                        spots = _held_last(old, hold.times)
                        out.append(Whole(old.cost + cost, spots, length, bars, odd, times))
                number += 1
    return out


def _clear(old: _Layout, length: int, hold: _Hold, times: float, search: SearchLimits) -> bool:
    """Whether fermatas have room: one on the last hit comes to an end, one on the last bar is not struck into."""
    beat, bar = held_beat(search.meter), search.meter.bar_ticks
    if hold.times and old.tick + beat + PPQ > length - bar:
        return False
    if not times:
        return True
    broken = bool(old.spots) and bool(may_hold(old.spots[-1].hit, 0.0))
    return old.tick + (beat + PPQ if broken else 0) <= length - bar


def _least_bars(old: _Layout, odd: OddBar | None) -> int:
    """Usual bars that must follow before the end: a held last bar may hold the last hit, but follows no odd bar."""
    inside = old.tick - old.line
    if odd is None:
        return 0 if inside else 1
    after_odd = bool(old.spots) and old.spots[-1].odd is not None and not inside
    return 0 if old.bars and not after_odd and inside < odd.meter.bar_ticks else 1


def fermatas_of(whole: Whole, meter: Meter) -> tuple[Fermata, ...]:
    """The held beats of a layout, in order."""
    beat = held_beat(meter)
    held = [(spot.tick, spot.held) for spot in whole.spots] + [(whole.length - meter.bar_ticks, whole.held)]
    return tuple(Fermata(tick, tick + beat, times) for tick, times in held if times)


def gates_of(whole: Whole) -> list[Gate]:
    """The bar lines of a layout that matter to the form."""
    out = [
        Gate(spot.bars, spot.odd.meter if spot.odd else None, spot.hit.kind, spot.hit.weight)
        for spot in whole.spots
        if spot.tick == spot.line
    ]
    return [*out, Gate(whole.bars, whole.last.meter, None, 0.0)] if whole.last else out


def bar_lines(whole: Whole, meter: Meter) -> list[int]:
    """Ticks of all bar lines from 0 to the end."""
    out = [0]
    for start in sorted({spot.line - spot.odd.meter.bar_ticks: spot.line for spot in whole.spots if spot.odd}.items()):
        while out[-1] < start[0]:
            out.append(out[-1] + meter.bar_ticks)
        out.append(start[1])
    end = whole.length - (whole.last.meter.bar_ticks if whole.last else 0)
    while out[-1] < end:
        out.append(out[-1] + meter.bar_ticks)
    return [*out, whole.length] if whole.last else out
