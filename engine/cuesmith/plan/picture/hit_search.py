"""Search for layouts: which beat each hit falls on, by a beam search from hit to hit.

A layout says on which beat of which bar each hit falls. The music from hit to hit takes a whole number of bars, of
beats, or of bars and one odd bar (a bar of another length). The cost of a layout adds up: distance from the target
tempo, change of tempo between segments, weak beats under heavy hits, odd bars, and uneven phrases.
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
from cuesmith.plan.form.fermata import HOLD_COSTS, LAST_COST, MOST, held_beat, hold_options
from cuesmith.plan.form.meters import OddBar, odd_bars
from cuesmith.plan.form.section_lengths import HELD_BAR_COST, TEMPO_WEIGHT
from cuesmith.plan.picture.section_fit import SECTION_KINDS, BarLineTarget
from cuesmith.plan.tempo.scene_tempo import Pace
from cuesmith.plan.tempo.tempo_map import MOST_PER_BAR
from cuesmith.specs.brief import Hit

TOGETHER_SEC = 0.01  # hits closer together than this count as one
HEAVY = 0.7  # a hit of at least this weight belongs on a bar line
OFF_BAR_LINE = 1.8  # cost of a heavy hit on a weak beat, times its weight
OFF_STRONG = 0.12  # cost of a light hit on a weak beat
SKIPPED = 3.0  # cost of a hit that is not on a beat, times its weight
UPBEAT_COST = 0.6  # of a cue that begins with an odd bar
SHIFT_COST = 0.4  # of a hit that is met early or late
LOOSE_SEC = (0.0, 0.25, -0.25, 0.55, -0.55)  # by how much a scene of the story may begin late or early
LOOSE_COST = 2.0  # per second of that
LOOSE_ODD = 0.5  # extra cost of an odd bar before a scene that begins without an event
FREEDOM = 1.05  # factor by which a story may leave its target tempo, even outside the limits
PHRASE_COSTS = (0.0, 0.35, 0.15, 0.35)  # of a section that begins 0, 1, 2, 3 bars after a multiple of four


@dataclass(frozen=True)
class SearchLimits:
    """What the layouts of a cue must keep to.

    limits, target_bpm: allowed and preferred tempi, in quarter notes per minute.
    stretch: factor on the length of each beat of the final ritardando, in order.
    beats: those of the hits that begin scenes of the story; each wants a bar line and may be a little early or late.
    pace: the tempo curve the story asks for; None: one tempo throughout. The search runs on even time, in which that
        curve is a steady tempo.
    closes: a fermata may stand on the last bar. holds: fermatas may stand on hits.
    """

    seconds: float
    meter: Meter
    limits: tuple[float, float]
    target_bpm: float
    stretch: tuple[float, ...] = ()
    beats: frozenset[Hit] = frozenset()
    pace: Pace | None = None
    closes: bool = False
    holds: bool = False

    def even(self, second: float) -> float:
        """Convert clock seconds to even seconds: what the music up to there would last at the target tempo."""
        return second if self.pace is None else self.pace.beats_at(second) * 60.0 / self.target_bpm

    def clock(self, even: float) -> float:
        """Convert even seconds to clock seconds."""
        return even if self.pace is None else self.pace.second_at(even * self.target_bpm / 60.0)

    @cached_property
    def even_seconds(self) -> float:
        """Length of the cue in even seconds."""
        return self.even(self.seconds)

    @cached_property
    def even_limits(self) -> tuple[float, float]:
        """Limits of the tempo in even time, so that the clock tempo stays within its limits in every scene.

        They are widened by FREEDOM around the target.
        """
        if self.pace is None:
            return self.limits
        scale = [60.0 / pace / self.target_bpm for pace in self.pace.paces]
        low, high = self.limits[0] / min(scale), self.limits[1] / max(scale)
        return min(low, self.target_bpm / FREEDOM), max(high, self.target_bpm * FREEDOM)

    @cached_property
    def log_target_bpm(self) -> float:
        """Natural logarithm of the target tempo."""
        return math.log(self.target_bpm)


class PlacedHit(NamedTuple):
    """A hit placed on a beat.

    tick: of the beat. line: tick of the bar line at or before it. bars: usual bars up to there, without odd ones.
    odd: the odd bar that ends at the beat, if any.
    sec: even seconds at which it comes.
    held: factor on the length of the beat under a fermata; 0 without one.
    """

    hit: Hit
    tick: int
    line: int
    bars: int
    odd: OddBar | None
    sec: float
    held: float = 0.0


class _PartialLayout(NamedTuple):
    """The hits placed so far.

    A segment is the music from one hit to the next.

    pace: logarithm of the tempo of the last segment. span: its length in beats; 0 before the first segment.
    line: tick of the last bar line that is fixed. bars: usual bars so far.
    """

    cost: float
    spots: tuple[PlacedHit, ...]
    tick: int
    line: int
    bars: int
    sec: float
    pace: float
    span: float


class _Extension(NamedTuple):
    """One way to continue a partial layout; its cost is known, but it is not yet chosen."""

    cost: float
    before: _PartialLayout
    tick: int
    in_bar_ticks: int
    bars: int
    odd: OddBar | None
    sec: float
    pace: float
    held: float = 0.0


class _Hold(NamedTuple):
    """A fermata on the hit placed last; all 0: none.

    times: factor on the length of its beat. longer: the ticks which that adds.
    """

    times: float = 0.0
    longer: float = 0.0
    cost: float = 0.0


class Layout(NamedTuple):
    """A complete layout: every hit is placed, and so is the end.

    length: in ticks. bars: usual bars. last: an odd bar at the very end. held: as `PlacedHit.held`, for the last bar.
    """

    cost: float
    spots: tuple[PlacedHit, ...]
    length: int
    bars: int
    last: OddBar | None
    held: float = 0.0


def find_layouts(hits: Sequence[Hit], search: SearchLimits, shifts: Sequence[float], width: int) -> list[Layout]:
    """Search for complete layouts; return them with the cheapest first.

    shifts: seconds by which hits may be late (negative: early). width: partial layouts kept after each hit.
    """
    beam = [_PartialLayout(0.0, (), 0, 0, 0, 0.0, 0.0, 0.0)]
    for hit in hits:
        if hit.at_sec <= TOGETHER_SEC:
            beam = [partial._replace(spots=(PlacedHit(hit, 0, 0, 0, None, 0.0),)) for partial in beam]
            continue
        if search.seconds - hit.at_sec <= TOGETHER_SEC:
            break  # it falls on the last bar line, which is always met
        near = LOOSE_SEC if hit in search.beats else shifts
        ends = [(shift, search.even(hit.at_sec + shift)) for shift in near]
        extensions = [step for partial in beam for step in _extensions(partial, hit, search, ends)]
        if hit.weight < 1.0:
            loss = SKIPPED * hit.weight + 0.1
            extensions += [
                _Extension(partial.cost + loss, partial, partial.tick, 0, 0, None, partial.sec, partial.pace)
                for partial in beam
            ]
        extensions.sort(key=lambda step: step.cost)
        beam = _cheapest(extensions, hit, width)
    complete = [layout for partial in beam for layout in _completions(partial, search)]
    complete.sort(key=lambda layout: layout.cost)
    return complete


def _cheapest(extensions: Sequence[_Extension], hit: Hit, width: int) -> list[_PartialLayout]:
    """Build the cheapest partial layouts, no two of them in the same state (position and tempo at the hit).

    Where a hit may be missed, one layout that misses it is always kept, so that a light hit never blocks the others.
    """
    out: list[_PartialLayout] = []
    has_miss = hit.weight >= 1.0  # a hit of weight 1 must not be missed, so no such layout is needed
    seen: set[tuple[int, int, int, float]] = set()
    for cost, before, tick, inside, number, odd, sec, pace, held in extensions:
        if len(out) >= width and (has_miss or tick != before.tick):
            continue
        if tick == before.tick:  # the hit is missed
            new = before._replace(cost=cost)
            has_miss = True
        else:
            line, bars = tick if odd else tick - inside, before.bars + number
            spots = (*_with_last_held(before, held), PlacedHit(hit, tick, line, bars, odd, sec))
            new = _PartialLayout(cost, spots, tick, line, bars, sec, pace, (tick - before.tick) / PPQ)
        state = (new.tick, new.line, new.bars, round(new.pace, 3))
        if state not in seen:
            seen.add(state)
            out.append(new)
    return out


def _with_last_held(partial: _PartialLayout, times: float) -> tuple[PlacedHit, ...]:
    """Return the placed hits, the last one under a fermata of factor `times` (0: none)."""
    return (*partial.spots[:-1], partial.spots[-1]._replace(held=times)) if times else partial.spots


def _holds(partial: _PartialLayout, search: SearchLimits) -> list[_Hold]:
    """List what can happen on the hit placed last: no fermata, or one of several."""
    out = [_Hold()]
    if search.holds and partial.tick and sum(spot.held > 0 for spot in partial.spots) < MOST:
        beat, hit = held_beat(search.meter), partial.spots[-1].hit
        out += [
            _Hold(times, (times - 1.0) * beat, cost)
            for times, cost in hold_options(hit, beat / PPQ * 60.0 / search.target_bpm)
        ]
    return out


def _tick_range(partial: _PartialLayout, duration: float, search: SearchLimits) -> tuple[float, float]:
    """Return the least and most ticks that may pass in `duration` even seconds."""
    low, high = search.even_limits
    if partial.span:
        before = math.exp(partial.pace)
        low, high = max(low, before / 1.25), min(high, before * 1.25)
    return duration * low / 60.0 * PPQ, duration * high / 60.0 * PPQ


def _pace_cost(partial: _PartialLayout, pace: float, span: float, share: float, search: SearchLimits) -> float:
    """Return the cost of a segment at this tempo; infinite when it differs too much from the segment before.

    pace: logarithm of the tempo. span: length in beats. share: of the length of the cue.
    """
    cost = TEMPO_WEIGHT / math.log(2) * share * abs(pace - search.log_target_bpm)
    if partial.span:
        change = abs(pace - partial.pace)
        bars = (partial.span + span) / 2.0 / search.meter.bar_beats
        bend = change / (MOST_PER_BAR * (bars if bars > 0.5 else 0.5))
        if bend > 1.5:
            return math.inf
        cost += 1.5 * bend * bend + 4.0 * change
    return cost


def _extensions(
    partial: _PartialLayout, hit: Hit, search: SearchLimits, ends: Sequence[tuple[float, float]]
) -> Iterator[_Extension]:
    """Yield every way to place the next hit.

    ends: (by how many seconds the hit is late, the even second where it then falls).
    """
    meter = search.meter
    bar = meter.bar_ticks
    loose, even_seconds = hit in search.beats, search.even_seconds
    places: list[tuple[int, OddBar | None, float]] = [(0, None, 0.0)]
    if not loose:
        places += [(tick, None, _beat_cost(hit, meter, tick)) for tick in meter.beats_ticks[1:]]
    places += [(odd.meter.bar_ticks, odd, odd.cost + (LOOSE_ODD if loose else 0.0)) for odd in odd_bars(meter)]
    beat = held_beat(meter)
    for hold in _holds(partial, search):
        # no new note inside the fermata, and a beat of rest after it
        earliest = partial.tick + beat + PPQ if hold.times else 0
        for shift, end in ends:
            duration = end - partial.sec
            if duration <= 0:
                continue
            share = duration / even_seconds
            scale = math.log(60.0 / duration / PPQ)
            least, most = (ticks - hold.longer for ticks in _tick_range(partial, duration, search))
            least, last = max(least, 1.0, earliest - partial.tick), partial.tick + most + 1e-6
            late = LOOSE_COST * abs(shift) if loose else SHIFT_COST if shift else 0.0
            for in_bar_ticks, odd, place in places:
                base = partial.line + in_bar_ticks
                bars_added = math.ceil((partial.tick + least - base) / bar - 1e-9)
                if odd is not None:  # only after whole bars, and never after another odd bar
                    bars_added = max(
                        bars_added, 1 if partial.line else 0, math.ceil((partial.tick - partial.line) / bar)
                    )
                here = place + partial.cost + late + hold.cost
                phrased = odd is not None or (hit.kind in SECTION_KINDS and not in_bar_ticks)
                weight = 1.0 if odd else hit.weight
                tick = base + bars_added * bar
                while tick <= last:
                    span = tick - partial.tick + hold.longer
                    pace = math.log(span) + scale
                    cost = here + _pace_cost(partial, pace, span / PPQ, share, search)
                    if phrased:
                        bars = partial.bars + bars_added
                        cost += PHRASE_COSTS[bars % 4] * weight + (0.0 if bars else UPBEAT_COST)
                    if cost < math.inf:
                        yield _Extension(
                            cost, partial, tick, in_bar_ticks, bars_added, odd, partial.sec + duration, pace, hold.times
                        )
                    bars_added += 1
                    tick += bar


def _beat_cost(hit: Hit, meter: Meter, in_bar_ticks: int) -> float:
    """Return the cost of a hit on a beat that is not the first of its bar; `in_bar_ticks`: from the bar line."""
    strong = in_bar_ticks in meter.strong_ticks
    wants_line = hit.kind in SECTION_KINDS
    if hit.weight >= HEAVY:
        return hit.weight * OFF_BAR_LINE * (0.75 if strong else 1.0) + (0.4 if wants_line else 0.0)
    return (0.04 if strong else OFF_STRONG) + (0.3 * hit.weight if wants_line else 0.0)


def _completions(partial: _PartialLayout, search: SearchLimits) -> list[Layout]:
    """List every way to reach the last bar line."""
    bar = search.meter.bar_ticks
    duration = search.even_seconds - partial.sec
    if duration <= 0:
        return []
    least, most = _tick_range(partial, duration, search)
    slower = PPQ * (sum(search.stretch) - len(search.stretch))
    ends: list[tuple[OddBar | None, float, float, float]] = [(None, 0.0, slower, 0.0)]
    ends += [(odd, 0.0, slower, odd.cost + HELD_BAR_COST) for odd in odd_bars(search.meter)]
    beat = held_beat(search.meter)
    closing = HOLD_COSTS.items() if search.holds and search.closes else ()
    ends += [(None, times, (times - 1.0) * beat, cost + LAST_COST) for times, cost in closing]
    out = []
    for hold in _holds(partial, search):
        for odd, times, later, extra in ends:
            if times and sum(spot.held > 0 for spot in partial.spots) + (hold.times > 0) >= MOST:
                continue
            longer = later + hold.longer
            inside = odd.meter.bar_ticks if odd else 0
            base = partial.line + inside
            bars_added = math.ceil((partial.tick + least - longer - base) / bar - 1e-9)
            bars_added = max(bars_added, _least_bars(partial, odd))
            while base + bars_added * bar + longer <= partial.tick + most + 1e-6:
                length = base + bars_added * bar
                if length > partial.tick and _fermatas_fit(partial, length, hold, times, search):
                    span = (length + longer - partial.tick) / PPQ
                    cost = _pace_cost(
                        partial, math.log(span * 60.0 / duration), span, duration / search.even_seconds, search
                    )
                    if cost < math.inf:
                        bars = partial.bars + bars_added
                        cost += PHRASE_COSTS[bars % 4] + extra + hold.cost
                        spots = _with_last_held(partial, hold.times)
                        out.append(Layout(partial.cost + cost, spots, length, bars, odd, times))
                bars_added += 1
    return out


def _fermatas_fit(partial: _PartialLayout, length: int, hold: _Hold, times: float, search: SearchLimits) -> bool:
    """Tell whether fermatas have room: one on the last hit must end before the last bar.

    hold: the fermata on the last hit. times: factor of one on the last bar (0: none), which nothing may interrupt.
    """
    beat, bar = held_beat(search.meter), search.meter.bar_ticks
    if hold.times and partial.tick + beat + PPQ > length - bar:
        return False
    if not times:
        return True
    broken = bool(partial.spots) and bool(hold_options(partial.spots[-1].hit, 0.0))
    return partial.tick + (beat + PPQ if broken else 0) <= length - bar


def _least_bars(partial: _PartialLayout, odd: OddBar | None) -> int:
    """Return the least number of usual bars before the end.

    An odd last bar may contain the last hit, but must not follow another odd bar.
    """
    inside = partial.tick - partial.line
    if odd is None:
        return 0 if inside else 1
    after_odd = bool(partial.spots) and partial.spots[-1].odd is not None and not inside
    return 0 if partial.bars and not after_odd and inside < odd.meter.bar_ticks else 1


def fermatas_of(layout: Layout, meter: Meter) -> tuple[Fermata, ...]:
    """List the fermatas of a layout, in order."""
    beat = held_beat(meter)
    held = [(spot.tick, spot.held) for spot in layout.spots] + [(layout.length - meter.bar_ticks, layout.held)]
    return tuple(Fermata(tick, tick + beat, times) for tick, times in held if times)


def targets_of(layout: Layout) -> list[BarLineTarget]:
    """List the bar lines of a layout that matter to the form."""
    out = [
        BarLineTarget(spot.bars, spot.odd.meter if spot.odd else None, spot.hit.kind, spot.hit.weight)
        for spot in layout.spots
        if spot.tick == spot.line
    ]
    return [*out, BarLineTarget(layout.bars, layout.last.meter, None, 0.0)] if layout.last else out


def layout_bar_lines(layout: Layout, meter: Meter) -> list[int]:
    """List the ticks of all bar lines of a layout, from 0 to the end."""
    out = [0]
    for start in sorted({spot.line - spot.odd.meter.bar_ticks: spot.line for spot in layout.spots if spot.odd}.items()):
        while out[-1] < start[0]:
            out.append(out[-1] + meter.bar_ticks)
        out.append(start[1])
    end = layout.length - (layout.last.meter.bar_ticks if layout.last else 0)
    while out[-1] < end:
        out.append(out[-1] + meter.bar_ticks)
    return [*out, layout.length] if layout.last else out
