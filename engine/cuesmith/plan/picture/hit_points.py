"""Hit points: bars and tempo laid so that the picture's moments fall on beats, most of all on bar lines.

Of the layouts that a search finds (`plan.picture.hit_search`) the first wins whose tempo bends gently enough
(`MOST_PER_BAR`) and whose bars the form of the cue can fill. Where hits cannot be had on the dot they may come within a
frame; where that fails too, at a tempo a little beyond the usual.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from cuesmith.errors import ComposeError
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoMap
from cuesmith.plan.form.fermata import DEAR, may_hold
from cuesmith.plan.form.section_lengths import Form
from cuesmith.plan.model import PlannedHit
from cuesmith.plan.picture.hit_search import (
    TOGETHER_SEC,
    SearchLimits,
    Whole,
    bar_lines,
    fermatas_of,
    gates_of,
    layouts,
)
from cuesmith.plan.picture.section_fit import fit_rows, with_odd_bars
from cuesmith.plan.tempo.tempo_map import MOST_PER_BAR, TempoCurve, bent_tempo_map, curve_through, felt_tick
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Hit

FRAME_SEC = 1 / 24
WIDTH, WIDE = 24, 160  # layouts kept from hit to hit; and where that was too few
TRIED = 320  # complete layouts whose tempo is looked at
FORMS = 3  # of those that bend gently enough, how many forms are compared
UNFIT = 36  # and how many may fit no form, before we give up
EDGE = 1.03  # how far a single bar may leave the range of tempi
BEYOND = 1.12  # how far the tempi may leave the usual ones where hits cannot be had otherwise
SHIFTS_SEC = (0.0, 0.02, -0.015, 0.036, -0.03)  # where hits on the dot cannot be had; late rather than early

Clock: TypeAlias = Callable[[int], float]  # tick → second, or felt tick, in a layout
Fit: TypeAlias = Callable[[Whole, Clock], tuple[float, Form] | None]  # a layout → the form that fills it, and its cost

# what is tried one after another: by how much hits may be off (seconds), layouts kept, whether at usual tempi, and
# whether fermatas are asked after
ATTEMPTS = (
    ((0.0,), WIDTH, True, True), ((0.0,), WIDE, True, False), (SHIFTS_SEC, WIDE, True, True),
    (SHIFTS_SEC, WIDE, False, False),
)  # fmt: skip

KEY_LIFT, HIGHEST_LIFT = 2, 5  # semitones up at a change of key, and how far above home that may lead


@dataclass(frozen=True, slots=True)
class Timing:
    """A form and a tempo map that meet the hits."""

    form: Form
    tempo: TempoMap
    hits: tuple[PlannedHit, ...]


class _Found(NamedTuple):
    """A layout with its tempo and the form that fills it, and what they cost."""

    cost: float
    whole: Whole
    curve: TempoCurve
    form: Form


def solve_hits(
    hits: Sequence[Hit], search: SearchLimits, rows: tuple[SectionRow, ...], treatments: Treatments
) -> Timing | None:
    """Bars, sections and tempo that meet the hits. rows: the form, before its bars are settled.

    Every hit of weight 1 is reached within a frame (1/24 s) of its second, on a beat. None where there is nothing for
    the hits to decide: none must be met, and the cue is too short to bend. Raises ComposeError naming the hits that
    cannot be had together, and why.
    """
    return solve_fitting(hits, search, _filling(rows, search, treatments))


def solve_fitting(hits: Sequence[Hit], search: SearchLimits, fit: Fit, *, must: bool = True) -> Timing | None:
    """As `solve_hits`, with a form of any kind: `fit` says how a layout is filled. The beats of the frame count too.

    must: with hits that cannot be had raise; otherwise None, after a shorter search.
    """
    asked = _in_order([*hits, *search.beats], search.seconds)
    found = _solve(asked, search, fit, most=len(ATTEMPTS) if must else 2)
    if found is None and (not must or all(hit.weight < 1.0 for hit in asked)):
        return None
    if found is None:
        raise ComposeError(_why_not(asked, search, fit))
    return found


def _filling(rows: tuple[SectionRow, ...], search: SearchLimits, treatments: Treatments) -> Fit:
    """How the sections of a form fill a layout."""

    def fit(whole: Whole, _: Clock) -> tuple[float, Form] | None:
        gates = gates_of(whole)
        fitted = fit_rows(rows, whole.bars, gates, treatments)
        if fitted is None:
            return None
        form = Form(fitted[1], fitted[2], whole.length / PPQ * 60.0 / search.seconds)
        return fitted[0], with_odd_bars(form, search.meter, gates)

    return fit


def _solve(asked: Sequence[Hit], search: SearchLimits, fit: Fit, most: int = len(ATTEMPTS)) -> Timing | None:
    """On the dot; else within a frame; else a little beyond the usual tempi. With fermatas where that is cheaper."""
    leaders = _leaders(asked)
    low, high = search.limits
    wider = replace(search, limits=(low / BEYOND, high * BEYOND))
    may = search.closes or any(may_hold(hit, 0.0) for hit in leaders)
    for shifts, width, usual, ask in ATTEMPTS[:most]:
        each = search if usual else wider
        found = _best(leaders, each, fit, shifts, width)
        if ask and may and (found is None or found.cost > DEAR * len(leaders)):
            held = _best(leaders, replace(each, holds=True), fit, shifts, width // 2)
            found = min((one for one in (found, held) if one is not None), key=lambda one: one.cost, default=None)
        if found is not None:
            return _timing(asked, found.whole, found.curve, found.form, each)
    return None


def _best(leaders: Sequence[Hit], search: SearchLimits, fit: Fit, shifts: Sequence[float], width: int) -> _Found | None:
    """Of the cheapest layouts whose tempo bends gently enough the one whose bars the form fills best."""
    best: _Found | None = None
    compared = failed = 0
    for whole in layouts(leaders, search, shifts, width)[:TRIED]:
        if compared == FORMS or failed == UNFIT or (best is not None and whole.cost >= best.cost):
            break
        curve = _curve(whole, search)
        if curve is None:
            continue
        fitted = fit(whole, _clock(whole, curve, search))
        if fitted is None:
            failed += 1
            continue
        compared += 1
        cost = whole.cost + fitted[0]
        if best is None or cost < best.cost:
            best = _Found(cost, whole, curve, fitted[1])
    return best


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


def _stretch(whole: Whole, search: SearchLimits) -> tuple[float, ...]:
    """The ritardando of a layout: a held last bar needs none."""
    return () if whole.held else search.stretch


def _felt(whole: Whole, search: SearchLimits) -> Clock:
    stretch, fermatas = _stretch(whole, search), fermatas_of(whole, search.meter)

    def felt(tick: int) -> float:
        return felt_tick(tick, whole.length, stretch, fermatas)

    return felt


def _clock(whole: Whole, curve: TempoCurve, search: SearchLimits) -> Clock:
    felt = _felt(whole, search)

    def second(tick: int) -> float:
        return search.clock(curve.at(felt(tick)))

    return second


def _curve(whole: Whole, search: SearchLimits) -> TempoCurve | None:
    """The clock through the hits; None where the tempo changes too fast or leaves its range."""
    last = whole.spots[-1].tick if whole.spots else 0
    felt = _felt(whole, search)
    if last > whole.length - len(_stretch(whole, search)) * PPQ and last > 0:
        return None  # the ritardando belongs to the end, not to the picture
    knots = [(0.0, 0.0), *((felt(s.tick), s.sec) for s in whole.spots if s.tick > 0)]
    curve = curve_through([*knots, (felt(whole.length), search.whole)])
    slowest, fastest = search.limits[0] / EDGE, search.limits[1] * EDGE
    before_sec = before_pace = 0.0
    before_tick = 0.0
    for line in bar_lines(whole, search.meter)[1:]:
        tick = felt(line)
        second = search.clock(curve.at(tick))
        pace = (second - before_sec) / (tick - before_tick)
        if pace <= 0 or not slowest <= 60.0 / (pace * PPQ) <= fastest:
            return None
        if before_pace and not 1 / (1 + MOST_PER_BAR) <= pace / before_pace <= 1 + MOST_PER_BAR:
            return None
        before_tick, before_sec, before_pace = tick, second, pace
    return curve


def _timing(asked: Sequence[Hit], whole: Whole, curve: TempoCurve, form: Form, search: SearchLimits) -> Timing:
    """The tempo map, and where every hit came to stand."""
    stops, fermatas = [spot.tick for spot in whole.spots], fermatas_of(whole, search.meter)
    tempo = bent_tempo_map(curve, stops, whole.length, _stretch(whole, search), search.clock, fermatas)
    layout = {
        hit: spot.tick for spot in whole.spots for hit in asked if abs(spot.hit.at_sec - hit.at_sec) <= TOGETHER_SEC
    }
    real = [hit for hit in asked if hit not in search.beats]
    return Timing(form, tempo, place_hits(real, form, tempo, search.meter, layout))


def place_hits(
    hits: Sequence[Hit], form: Form, tempo: TempoMap, meter: Meter, layout: Mapping[Hit, int] = MappingProxyType({})
) -> tuple[PlannedHit, ...]:
    """Where hits stand in a finished plan, by time: on the tick they were laid at, else on the nearest beat.

    meter: of forms that have one throughout.
    """
    own = form.meters or (meter,) * len(form.rows)
    meters = [each for each, count in zip(own, form.bars, strict=True) for _ in range(count)]
    lines = [0, *accumulate(each.bar_ticks for each in meters)]
    placed = []
    for hit in sorted(hits, key=lambda hit: (hit.at_sec, -hit.weight, hit.kind)):
        tick = layout[hit] if hit in layout else _nearest_beat(tempo, hit.at_sec, lines, meters)
        bar = bisect_right(lines, tick) - 1
        beat = 1 + (tick - lines[bar]) / meters[bar].unit_ticks if bar < len(meters) else 1.0
        reached = tempo.seconds(tick)
        placed.append(PlannedHit(hit.at_sec, hit.kind, hit.weight, tick, bar + 1, beat, reached, hit.note))
    return tuple(placed)


def turning_rows(timing: Timing, treatments: Treatments) -> tuple[SectionRow, ...]:
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
        share = 0.0 if treatments[row.treatment].silent else heights.get(tick, 0.0)
        out.append(replace(row, lift=lift, energy=row.energy + share * (fullest - row.energy)))
        before = lift
        tick += bars * meter.bar_ticks
    return tuple(out)


def _nearest_beat(tempo: TempoMap, second: float, lines: Sequence[int], meters: Sequence[Meter]) -> int:
    beats = [line + beat for line, meter in zip(lines, meters, strict=False) for beat in meter.beats_ticks]
    return min([*beats, lines[-1]], key=lambda tick: (abs(tempo.seconds(tick) - second), tick))


def _named(hit: Hit) -> str:
    return f"{hit.kind} at {hit.at_sec:.3f} s" + (f" ({hit.note})" if hit.note else "")


def _culprits(must: Sequence[Hit], search: SearchLimits, fit: Fit) -> Sequence[Hit]:
    """The fewest neighbours that cannot be had together; of more than four the shortest run that bisection finds."""

    def fails(hits: Sequence[Hit]) -> bool:
        return _solve(hits, search, fit) is None

    for size in range(1, min(4, len(must)) + 1):
        for start in range(len(must) - size + 1):
            if fails(must[start : start + size]):
                return must[start : start + size]
    fine, end = 4, len(must)
    while end - fine > 1:
        middle = (fine + end) // 2
        fine, end = (fine, middle) if fails(must[:middle]) else (middle, end)
    start, late = 0, max(0, end - 4)
    while late - start > 1:
        middle = (start + late) // 2
        start, late = (middle, late) if fails(must[middle:end]) else (start, middle)
    return must[start:end]


def _why_not(asked: Sequence[Hit], search: SearchLimits, fit: Fit) -> str:
    """Which hits cannot be had together, and what is in the way."""
    must = _culprits([hit for hit in asked if hit.weight >= 1.0], search, fit)
    low, high = search.limits
    span = f"{low:.4g} to {high:.4g} quarter notes per minute"
    remedy = "move one, give it a weight below 1, or ask for another tempo or length"
    if len(must) == 1:
        return f"the {_named(must[0])} falls on no beat of a cue of {search.seconds:g} s at {span}; {remedy}"
    names = ", ".join(_named(hit) for hit in must)
    gap = min(b.at_sec - a.at_sec for a, b in pairwise(must))
    shortest = 60.0 / high * min(search.meter.groups) * search.meter.unit_ticks / PPQ
    if gap < shortest - 2 * FRAME_SEC:
        why = f"{gap * 1000:.0f} ms lie between two of them, and the fastest beat lasts {shortest * 1000:.0f} ms"
    else:
        why = f"no tempo within {span} that changes by no more than {MOST_PER_BAR:.0%} per bar has a beat on each"
    return f"these hits cannot be had together: {names}; {why}; {remedy}"
