"""Hit points: bars and tempo laid so that the picture's moments fall on beats, most of all on bar lines.

Hit by hit a beam search lays each on a beat of a few possible grids: the segment before it takes a whole number of
bars, of beats, or of bars and one odd bar. What is weighed: how far the tempo strays from the one wished for, how much
it changes from segment to segment, how strong the beat is for the weight of the hit, how noticeable an odd bar is, and
how evenly phrases come out. Of the best layouts the first wins whose tempo bends gently enough
(`MOST_PER_BAR`) and whose bars the form of the cue can fill.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import NamedTuple

from cuesmith.errors import ComposeError
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoMap
from cuesmith.plan.form import HELD_BAR_COST, SECTION_KINDS, TEMPO_WEIGHT, Form, Gate, fit_rows, with_odd_bars
from cuesmith.plan.meters import OddBar, odd_bars
from cuesmith.plan.tempo import MOST_PER_BAR, Curve, bent_tempo_map, curve_through, felt_tick
from cuesmith.score import Hit, PlannedHit
from cuesmith.specs.banks import SectionRow

FRAME_SEC = 1 / 24
TOGETHER_SEC = 0.01  # hits nearer than this are one
HEAVY = 0.7  # from this weight on a hit belongs on a bar line
WIDTH, WIDE = 24, 160  # layouts kept from hit to hit; and where that was too few
TRIED = 160  # complete layouts whose tempo is looked at, for each WIDTH kept
FORMS = 3  # of those that bend gently enough, how many forms are compared
EDGE = 1.03  # how far a single bar may leave the range of tempi
BEYOND = 1.12  # how far the tempi may leave the usual ones where hits cannot be had otherwise
SHIFTS_SEC = (0.0, 0.02, -0.015, 0.036, -0.03)  # where hits on the dot cannot be had; late rather than early

OFF_BAR_LINE = 1.8  # cost of a heavy hit on an ordinary beat, by its weight
OFF_STRONG = 0.12  # cost of a light hit on an ordinary beat
SKIPPED = 3.0  # cost of a hit that falls off the beat, by its weight
UPBEAT_COST = 0.6  # a cue that begins with an odd bar
SHIFT_COST = 0.4
KEY_LIFT, HIGHEST_LIFT = 2, 5  # semitones up at a change of key, and how far above home that may lead
PHRASE_COSTS = (0.0, 0.35, 0.15, 0.35)  # of a section that begins so many bars after a multiple of four


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout of a cue must keep to.

    limits: quarter notes per minute. stretch: by how much each beat of the final ritardando is longer, the last last.
    """

    seconds: float
    meter: Meter
    limits: tuple[float, float]
    wished_bpm: float
    stretch: tuple[float, ...] = ()

    @property
    def wished_pace(self) -> float:
        """The logarithm of the tempo wished for."""
        return math.log(self.wished_bpm)


@dataclass(frozen=True, slots=True)
class Timing:
    """A form and a tempo map that meet the hits."""

    form: Form
    tempo: TempoMap
    hits: tuple[PlannedHit, ...]


class _Spot(NamedTuple):
    """A hit laid on a beat. line: the bar line at or before it; bars: usual bars up to there; sec: when it comes."""

    hit: Hit
    tick: int
    line: int
    bars: int
    odd: OddBar | None
    sec: float


class _Layout(NamedTuple):
    """The hits laid so far. pace: logarithm of the last segment's tempo; span: its beats (0: there is none yet)."""

    cost: float
    spots: tuple[_Spot, ...]
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


class _Whole(NamedTuple):
    """Every hit laid, and the end. last: the odd bar at the very end."""

    cost: float
    spots: tuple[_Spot, ...]
    length: int
    bars: int
    last: OddBar | None


def solve_hits(hits: Sequence[Hit], frame: Frame, rows: tuple[SectionRow, ...]) -> Timing | None:
    """Bars, sections and tempo that meet the hits. rows: the form, before its bars are settled.

    Every hit of weight 1 is reached within a frame (1/24 s) of its second, on a beat. None where there is nothing for
    the hits to decide: none must be met, and the cue is too short to bend. Raises ComposeError naming the hits that
    cannot be had together, and why.
    """
    asked = _in_order(hits, frame.seconds)
    found = _solve(asked, frame, rows)
    if found is None and all(hit.weight < 1.0 for hit in asked):
        return None
    if found is None:
        raise ComposeError(_why_not(asked, frame, rows))
    return found


def _solve(asked: Sequence[Hit], frame: Frame, rows: tuple[SectionRow, ...]) -> Timing | None:
    """On the dot; else within a frame; else at a tempo a little beyond the usual."""
    leaders = _leaders(asked)
    low, high = frame.limits
    wider = replace(frame, limits=(low / BEYOND, high * BEYOND))
    for each, shifts, width in (
        (frame, (0.0,), WIDTH),
        (frame, (0.0,), WIDE),
        (frame, SHIFTS_SEC, WIDE),
        (wider, SHIFTS_SEC, WIDE),
    ):
        found = _best(leaders, each, rows, shifts, width)
        if found is not None:
            return _timing(asked, *found, each)
    return None


def _best(
    leaders: Sequence[Hit], frame: Frame, rows: tuple[SectionRow, ...], shifts: Sequence[float], width: int
) -> tuple[_Whole, Curve, Form] | None:
    """Of the cheapest layouts whose tempo bends gently enough the one whose bars the form fills best."""
    best: tuple[float, _Whole, Curve, Form] | None = None
    compared = 0
    for whole in _layouts(leaders, frame, shifts, width)[: TRIED * width // WIDTH]:
        if compared == FORMS or (best is not None and whole.cost >= best[0]):
            break
        curve = _curve(whole, frame)
        if curve is None:
            continue
        gates = _gates(whole)
        fitted = fit_rows(rows, whole.bars, gates)
        if fitted is None:
            continue
        compared += 1
        cost = whole.cost + fitted[0]
        if best is None or cost < best[0]:
            form = Form(fitted[1], fitted[2], whole.length / PPQ * 60.0 / frame.seconds)
            best = (cost, whole, curve, with_odd_bars(form, frame.meter, gates))
    return best[1:] if best is not None else None


def _in_order(hits: Sequence[Hit], seconds: float) -> list[Hit]:
    """The hits by time. Raises ComposeError for one outside the cue."""
    for hit in hits:
        if not 0.0 <= hit.at_sec <= seconds:
            raise ComposeError(
                f"the {_named(hit)} lies outside the cue, which ends at {seconds:g} s; move it or drop it"
            )
    return sorted(hits, key=lambda hit: (hit.at_sec, -hit.weight, hit.kind))


def _leaders(asked: Sequence[Hit]) -> list[Hit]:
    """One hit, the heaviest, for each that come together."""
    out: list[Hit] = []
    for hit in asked:
        if out and hit.at_sec - out[-1].at_sec <= TOGETHER_SEC:
            out[-1] = max(out[-1], hit, key=lambda each: each.weight)
        else:
            out.append(hit)
    return out


def _layouts(hits: Sequence[Hit], frame: Frame, shifts: Sequence[float], width: int) -> list[_Whole]:
    """Complete layouts, the cheapest first."""
    beam = [_Layout(0.0, (), 0, 0, 0, 0.0, 0.0, 0.0)]
    for hit in hits:
        if hit.at_sec <= TOGETHER_SEC:
            beam = [old._replace(spots=(_Spot(hit, 0, 0, 0, None, 0.0),)) for old in beam]
            continue
        if frame.seconds - hit.at_sec <= TOGETHER_SEC:
            break  # it falls on the last bar line, which is met anyway
        steps = [step for old in beam for step in _steps(old, hit, frame, shifts)]
        if hit.weight < 1.0:
            loss = SKIPPED * hit.weight + 0.1
            steps += [_Step(old.cost + loss, old, old.tick, 0, 0, None, old.sec, old.pace) for old in beam]
        steps.sort(key=lambda step: step.cost)
        beam = _taken(steps, hit, width)
    wholes = [whole for layout in beam for whole in _closed(layout, frame)]
    wholes.sort(key=lambda whole: whole.cost)
    return wholes


def _taken(steps: Sequence[_Step], hit: Hit, width: int) -> list[_Layout]:
    """The layouts of the cheapest steps, no two that stand alike at the hit and came there at the same pace.

    One that lets the hit go is always among them, where that is allowed: a light hit is never in the way.
    """
    out: list[_Layout] = []
    free = hit.weight >= 1.0
    seen: set[tuple[int, int, int, float]] = set()
    for cost, old, tick, inside, number, odd, sec, pace in steps:
        if len(out) >= width and (free or tick != old.tick):
            continue
        if tick == old.tick:  # the hit is let go
            new = old._replace(cost=cost)
            free = True
        else:
            line, bars = tick if odd else tick - inside, old.bars + number
            spots = (*old.spots, _Spot(hit, tick, line, bars, odd, sec))
            new = _Layout(cost, spots, tick, line, bars, sec, pace, (tick - old.tick) / PPQ)
        state = (new.tick, new.line, new.bars, round(new.pace, 3))
        if state not in seen:
            seen.add(state)
            out.append(new)
    return out


def _range(old: _Layout, duration: float, frame: Frame) -> tuple[float, float]:
    """Ticks from here that may pass in so many seconds."""
    low, high = frame.limits
    if old.span:
        before = math.exp(old.pace)
        low, high = max(low, before / 1.25), min(high, before * 1.25)
    return duration * low / 60.0 * PPQ, duration * high / 60.0 * PPQ


def _pace_cost(old: _Layout, pace: float, span: float, share: float, frame: Frame) -> float:
    """Cost of a segment at this tempo (a logarithm); infinite when it cannot follow the last. span: in beats."""
    cost = TEMPO_WEIGHT / math.log(2) * share * abs(pace - frame.wished_pace)
    if old.span:
        change = abs(pace - old.pace)
        bars = (old.span + span) / 2.0 / frame.meter.bar_beats
        strain = change / (MOST_PER_BAR * (bars if bars > 0.5 else 0.5))
        if strain > 1.5:
            return math.inf
        cost += 1.5 * strain * strain + 4.0 * change
    return cost


def _steps(old: _Layout, hit: Hit, frame: Frame, shifts: Sequence[float]) -> Iterator[_Step]:
    """Every way to lay the next hit."""
    meter = frame.meter
    bar = meter.bar_ticks
    places: list[tuple[int, OddBar | None, float]] = [(0, None, 0.0)]
    places += [(tick, None, _beat_cost(hit, meter, tick)) for tick in meter.beats_ticks[1:]]
    places += [(odd.meter.bar_ticks, odd, odd.cost) for odd in odd_bars(meter)]
    for shift in shifts:
        duration = hit.at_sec + shift - old.sec
        if duration <= 0:
            continue
        share = duration / frame.seconds
        scale = math.log(60.0 / duration / PPQ)
        least, most = _range(old, duration, frame)
        last = old.tick + most + 1e-6
        for inside, odd, place in places:
            base = old.line + inside
            number = math.ceil((old.tick + max(least, 1.0) - base) / bar - 1e-9)
            if odd is not None:  # behind whole bars only, and never behind another odd one
                number = max(number, 1 if old.line else 0, math.ceil((old.tick - old.line) / bar))
            place += old.cost + (SHIFT_COST if shift else 0.0)
            phrased = odd is not None or (hit.kind in SECTION_KINDS and not inside)
            weight = 1.0 if odd else hit.weight
            tick = base + number * bar
            while tick <= last:
                span = tick - old.tick
                pace = math.log(span) + scale
                cost = place + _pace_cost(old, pace, span / PPQ, share, frame)
                if phrased:
                    bars = old.bars + number
                    cost += PHRASE_COSTS[bars % 4] * weight + (0.0 if bars else UPBEAT_COST)
                if cost < math.inf:
                    yield _Step(cost, old, tick, inside, number, odd, old.sec + duration, pace)
                number += 1
                tick += bar


def _beat_cost(hit: Hit, meter: Meter, inside: int) -> float:
    """Cost of a hit on a beat that is not the first of its bar."""
    strong = inside in meter.strong_ticks
    wants_line = hit.kind in SECTION_KINDS
    if hit.weight >= HEAVY:
        return hit.weight * OFF_BAR_LINE * (0.75 if strong else 1.0) + (0.4 if wants_line else 0.0)
    return (0.04 if strong else OFF_STRONG) + (0.3 * hit.weight if wants_line else 0.0)


def _closed(old: _Layout, frame: Frame) -> list[_Whole]:
    """Every way to reach the last bar line."""
    bar = frame.meter.bar_ticks
    duration = frame.seconds - old.sec
    least, most = _range(old, duration, frame)
    longer = PPQ * (sum(frame.stretch) - len(frame.stretch))
    out = []
    for odd in (None, *odd_bars(frame.meter)):
        inside = odd.meter.bar_ticks if odd else 0
        base = old.line + inside
        number = math.ceil((old.tick + least - longer - base) / bar - 1e-9)
        number = max(number, _least_bars(old, odd))
        while base + number * bar + longer <= old.tick + most + 1e-6:
            length = base + number * bar
            if length > old.tick:
                span = (length + longer - old.tick) / PPQ
                cost = _pace_cost(old, math.log(span * 60.0 / duration), span, duration / frame.seconds, frame)
                if cost < math.inf:
                    bars = old.bars + number
                    cost += PHRASE_COSTS[bars % 4] + (odd.cost + HELD_BAR_COST if odd else 0.0)
                    out.append(_Whole(old.cost + cost, old.spots, length, bars, odd))
            number += 1
    return out


def _least_bars(old: _Layout, odd: OddBar | None) -> int:
    """Usual bars that must follow before the end: a held last bar may hold the last hit, but follows no odd bar."""
    inside = old.tick - old.line
    if odd is None:
        return 0 if inside else 1
    after_odd = bool(old.spots) and old.spots[-1].odd is not None and not inside
    return 0 if old.bars and not after_odd and inside < odd.meter.bar_ticks else 1


def _gates(whole: _Whole) -> list[Gate]:
    """The bar lines of a layout that matter to the form."""
    out = [
        Gate(spot.bars, spot.odd.meter if spot.odd else None, spot.hit.kind, spot.hit.weight)
        for spot in whole.spots
        if spot.tick == spot.line
    ]
    return [*out, Gate(whole.bars, whole.last.meter, None, 0.0)] if whole.last else out


def _bar_lines(whole: _Whole, meter: Meter) -> list[int]:
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


def _felt(tick: int, whole: _Whole, frame: Frame) -> float:
    return felt_tick(tick, whole.length, frame.stretch)


def _curve(whole: _Whole, frame: Frame) -> Curve | None:
    """The clock through the hits; None where the tempo changes too fast or leaves its range."""
    last = whole.spots[-1].tick if whole.spots else 0
    if last > whole.length - len(frame.stretch) * PPQ and last > 0:
        return None  # the ritardando belongs to the end, not to the picture
    knots = [(0.0, 0.0), *((_felt(s.tick, whole, frame), s.sec) for s in whole.spots if s.tick > 0)]
    curve = curve_through([*knots, (_felt(whole.length, whole, frame), frame.seconds)])
    slowest, fastest = frame.limits[0] / EDGE, frame.limits[1] * EDGE
    before_sec = before_pace = 0.0
    before_tick = 0.0
    for line in _bar_lines(whole, frame.meter)[1:]:
        tick = _felt(line, whole, frame)
        second = curve.at(tick)
        pace = (second - before_sec) / (tick - before_tick)
        if pace <= 0 or not slowest <= 60.0 / (pace * PPQ) <= fastest:
            return None
        if before_pace and not 1 / (1 + MOST_PER_BAR) <= pace / before_pace <= 1 + MOST_PER_BAR:
            return None
        before_tick, before_sec, before_pace = tick, second, pace
    return curve


def _timing(asked: Sequence[Hit], whole: _Whole, curve: Curve, form: Form, frame: Frame) -> Timing:
    """The tempo map, and where every hit came to stand."""
    tempo = bent_tempo_map(curve, [spot.tick for spot in whole.spots], whole.length, frame.stretch)
    laid = {
        hit: spot.tick for spot in whole.spots for hit in asked if abs(spot.hit.at_sec - hit.at_sec) <= TOGETHER_SEC
    }
    return Timing(form, tempo, place_hits(asked, form, tempo, frame.meter, laid))


def place_hits(
    hits: Sequence[Hit], form: Form, tempo: TempoMap, meter: Meter, laid: Mapping[Hit, int] = MappingProxyType({})
) -> tuple[PlannedHit, ...]:
    """Where hits stand in a finished plan, by time: on the tick they were laid at, else on the nearest beat.

    meter: of forms that have one throughout.
    """
    own = form.meters or (meter,) * len(form.rows)
    meters = [each for each, count in zip(own, form.bars, strict=True) for _ in range(count)]
    lines = [0, *accumulate(each.bar_ticks for each in meters)]
    placed = []
    for hit in sorted(hits, key=lambda hit: (hit.at_sec, -hit.weight, hit.kind)):
        tick = laid[hit] if hit in laid else _nearest_beat(tempo, hit.at_sec, lines, meters)
        bar = bisect_right(lines, tick) - 1
        beat = 1 + (tick - lines[bar]) / meters[bar].unit_ticks if bar < len(meters) else 1.0
        reached = tempo.seconds(tick)
        placed.append(PlannedHit(hit.at_sec, hit.kind, hit.weight, tick, bar + 1, beat, reached, hit.note))
    return tuple(placed)


def turning_rows(timing: Timing) -> tuple[SectionRow, ...]:
    """The sections of a form as the hits on which they begin want them.

    A hit that asks for a change of key gets one where the form has none; what begins on a climax is as full as the
    fullest section.
    """
    asked = {hit.tick for hit in timing.hits if hit.kind == "key"}
    heights = {hit.tick: hit.weight for hit in timing.hits if hit.kind == "climax"}
    fullest = max(row.energy for row in timing.form.rows)
    out: list[SectionRow] = []
    tick = raised = 0
    before = 0
    for row, bars, meter in zip(timing.form.rows, timing.form.bars, timing.form.meters, strict=True):
        lift = row.lift + raised
        if tick in asked and out and lift == before:
            raised += KEY_LIFT if lift + KEY_LIFT <= HIGHEST_LIFT else -HIGHEST_LIFT + KEY_LIFT
            lift = row.lift + raised
        share = heights.get(tick, 0.0) if row.treatment != "break" else 0.0
        out.append(replace(row, lift=lift, energy=row.energy + share * (fullest - row.energy)))
        before = lift
        tick += bars * meter.bar_ticks
    return tuple(out)


def _nearest_beat(tempo: TempoMap, second: float, lines: Sequence[int], meters: Sequence[Meter]) -> int:
    beats = [line + beat for line, meter in zip(lines, meters, strict=False) for beat in meter.beats_ticks]
    return min([*beats, lines[-1]], key=lambda tick: (abs(tempo.seconds(tick) - second), tick))


def _named(hit: Hit) -> str:
    return f"{hit.kind} at {hit.at_sec:.3f} s" + (f" ({hit.note})" if hit.note else "")


def _why_not(asked: Sequence[Hit], frame: Frame, rows: tuple[SectionRow, ...]) -> str:
    """Which hits cannot be had together: as few of them as still have no solution, and what is in the way."""
    must = [hit for hit in asked if hit.weight >= 1.0]
    for hit in tuple(must):
        fewer = [other for other in must if other is not hit]
        if fewer and _solve(fewer, frame, rows) is None:
            must = fewer
    low, high = frame.limits
    span = f"{low:.4g} to {high:.4g} quarter notes per minute"
    remedy = "move one, give it a weight below 1, or ask for another tempo or length"
    if len(must) == 1:
        return f"the {_named(must[0])} falls on no beat of a cue of {frame.seconds:g} s at {span}; {remedy}"
    names = ", ".join(_named(hit) for hit in must)
    gap = min(b.at_sec - a.at_sec for a, b in pairwise(must))
    shortest = 60.0 / high * min(frame.meter.groups) * frame.meter.unit_ticks / PPQ
    if gap < shortest - 2 * FRAME_SEC:
        why = f"{gap * 1000:.0f} ms lie between two of them, and the fastest beat lasts {shortest * 1000:.0f} ms"
    else:
        why = f"no tempo within {span} that changes by no more than {MOST_PER_BAR:.0%} per bar has a beat on each"
    return f"these hits cannot be had together: {names}; {why}; {remedy}"
