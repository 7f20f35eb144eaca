"""Hit points: find bars and a tempo such that moments of the picture fall on beats, preferably on bar lines.

`hit_search` proposes layouts. The first one wins whose tempo changes slowly enough (`MOST_PER_BAR`) and whose bars the
form can fill. If no layout meets the hits exactly, they may be off by up to a video frame; if that fails, the tempo may
leave its usual range a little.
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
from cuesmith.plan.form.fermata import EXPENSIVE, hold_options
from cuesmith.plan.form.section_lengths import Form
from cuesmith.plan.model import PlannedHit
from cuesmith.plan.picture.hit_search import (
    TOGETHER_SEC,
    Layout,
    SearchLimits,
    fermatas_of,
    find_layouts,
    layout_bar_lines,
    targets_of,
)
from cuesmith.plan.picture.section_fit import fit_rows, with_odd_bars
from cuesmith.plan.tempo.tempo_map import MOST_PER_BAR, TempoCurve, bent_tempo_map, curve_through, felt_tick
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Hit

FRAME_SEC = 1 / 24  # one video frame
WIDTH, WIDE = 24, 160  # partial layouts kept per hit; the larger number when the smaller finds nothing
TRIED = 320  # complete layouts whose tempo is checked
COMPARED = 3  # layouts with an acceptable tempo and form that are compared by cost
MOST_MISFITS = 36  # layouts that no form fills before the search stops
EDGE = 1.03  # factor by which a single bar may leave the range of tempi
BEYOND = 1.12  # factor by which the range of tempi is widened in the last attempt
SHIFTS_SEC = (0.0, 0.02, -0.015, 0.036, -0.03)  # errors allowed when exact hits are impossible; positive: late

Clock: TypeAlias = Callable[[int], float]  # tick → second, or weighted tick, in a layout
Fit: TypeAlias = Callable[[Layout, Clock], tuple[float, Form] | None]  # layout → cost and form that fills it, or None

# the attempts, in order: (errors of the hits in seconds, layouts kept, usual tempi only, fermatas where they are
# cheaper)
ATTEMPTS = (
    ((0.0,), WIDTH, True, True), ((0.0,), WIDE, True, False), (SHIFTS_SEC, WIDE, True, True),
    (SHIFTS_SEC, WIDE, False, False),
)  # fmt: skip

KEY_LIFT, HIGHEST_LIFT = 2, 5  # semitones up at a change of key, and the highest key above home


@dataclass(frozen=True, slots=True)
class Timing:
    """A form and a tempo map that meet the hits, and where each hit was placed."""

    form: Form
    tempo: TempoMap
    hits: tuple[PlannedHit, ...]


class _Candidate(NamedTuple):
    """A layout with its tempo curve and the form that fills it, and the total cost."""

    cost: float
    layout: Layout
    curve: TempoCurve
    form: Form


def solve_hits(
    hits: Sequence[Hit], search: SearchLimits, rows: tuple[SectionRow, ...], treatments: Treatments
) -> Timing | None:
    """Find bars, sections and tempo that meet the hits.

    rows: the form, before the bars of its sections are known.
    Every hit of weight 1 is met on a beat, within a video frame (1/24 s). Returns None when no hit must be met and the
    cue is too short to adapt.
    Raises ComposeError naming the hits that cannot be met together, and why.
    """
    return solve_fitting(hits, search, _fit_of_form(rows, search, treatments))


def solve_fitting(hits: Sequence[Hit], search: SearchLimits, fit: Fit, *, must: bool = True) -> Timing | None:
    """Do the same as `solve_hits` for a form of any kind; the beats in `search` count as hits, too.

    fit: fills a layout with a form. must: raise when hits are impossible; else return None, after a shorter search.
    """
    asked = _in_order([*hits, *search.beats], search.seconds)
    found = _solve(asked, search, fit, most=len(ATTEMPTS) if must else 2)
    if found is None and (not must or all(hit.weight < 1.0 for hit in asked)):
        return None
    if found is None:
        raise ComposeError(_why_not(asked, search, fit))
    return found


def _fit_of_form(rows: tuple[SectionRow, ...], search: SearchLimits, treatments: Treatments) -> Fit:
    """Return a function that fills a layout with the sections of a form."""

    def fit(layout: Layout, _: Clock) -> tuple[float, Form] | None:
        targets = targets_of(layout)
        fitted = fit_rows(rows, layout.bars, targets, treatments)
        if fitted is None:
            return None
        form = Form(fitted[1], fitted[2], layout.length / PPQ * 60.0 / search.seconds)
        return fitted[0], with_odd_bars(form, search.meter, targets)

    return fit


def _solve(asked: Sequence[Hit], search: SearchLimits, fit: Fit, most: int = len(ATTEMPTS)) -> Timing | None:
    """Run the ATTEMPTS until one succeeds; see the table for their order."""
    heaviest = _merged(asked)
    low, high = search.limits
    wider = replace(search, limits=(low / BEYOND, high * BEYOND))
    may_hold = search.closes or any(hold_options(hit, 0.0) for hit in heaviest)
    for shifts, width, usual, ask in ATTEMPTS[:most]:
        each = search if usual else wider
        found = _best(heaviest, each, fit, shifts, width)
        if ask and may_hold and (found is None or found.cost > EXPENSIVE * len(heaviest)):
            held = _best(heaviest, replace(each, holds=True), fit, shifts, width // 2)
            found = min((one for one in (found, held) if one is not None), key=lambda one: one.cost, default=None)
        if found is not None:
            return _timing(asked, found.layout, found.curve, found.form, each)
    return None


def _best(
    heaviest: Sequence[Hit], search: SearchLimits, fit: Fit, shifts: Sequence[float], width: int
) -> _Candidate | None:
    """Choose the layout with the least cost, including that of its form, among those with an acceptable tempo."""
    best: _Candidate | None = None
    compared = failed = 0
    for layout in find_layouts(heaviest, search, shifts, width)[:TRIED]:
        if compared == COMPARED or failed == MOST_MISFITS or (best is not None and layout.cost >= best.cost):
            break
        curve = _curve(layout, search)
        if curve is None:
            continue
        fitted = fit(layout, _clock(layout, curve, search))
        if fitted is None:
            failed += 1
            continue
        compared += 1
        cost = layout.cost + fitted[0]
        if best is None or cost < best.cost:
            best = _Candidate(cost, layout, curve, fitted[1])
    return best


def _in_order(hits: Sequence[Hit], seconds: float) -> list[Hit]:
    """Sort the hits by time. Raises ComposeError for a hit outside the cue."""
    for hit in hits:
        if not 0.0 <= hit.at_sec <= seconds:
            raise ComposeError(
                f"the {_hit_text(hit)} lies outside the cue, which ends at {seconds:g} s; move it or drop it"
            )
    return sorted(hits, key=lambda hit: (hit.at_sec, -hit.weight, hit.kind))


def _merged(asked: Sequence[Hit]) -> list[Hit]:
    """Merge hits at the same moment; the heaviest stands for all of them."""
    out: list[Hit] = []
    for hit in asked:
        if out and hit.at_sec - out[-1].at_sec <= TOGETHER_SEC:
            out[-1] = max(out[-1], hit, key=lambda each: each.weight)
        else:
            out.append(hit)
    return out


def _stretch(layout: Layout, search: SearchLimits) -> tuple[float, ...]:
    """Return the ritardando of a layout; one with a held last bar has none."""
    return () if layout.held else search.stretch


def _tick_weighting(layout: Layout, search: SearchLimits) -> Clock:
    """Return a function from ticks to weighted ticks (see `felt_tick`)."""
    stretch, fermatas = _stretch(layout, search), fermatas_of(layout, search.meter)

    def weighted(tick: int) -> float:
        return felt_tick(tick, layout.length, stretch, fermatas)

    return weighted


def _clock(layout: Layout, curve: TempoCurve, search: SearchLimits) -> Clock:
    """Return a function from ticks to seconds."""
    weighted = _tick_weighting(layout, search)

    def second(tick: int) -> float:
        return search.clock(curve.at(weighted(tick)))

    return second


def _curve(layout: Layout, search: SearchLimits) -> TempoCurve | None:
    """Compute the time curve through the hits; None when the tempo changes too fast or leaves its range."""
    last = layout.spots[-1].tick if layout.spots else 0
    weighted = _tick_weighting(layout, search)
    if last > layout.length - len(_stretch(layout, search)) * PPQ and last > 0:
        return None  # no hit may fall into the ritardando
    knots = [(0.0, 0.0), *((weighted(s.tick), s.sec) for s in layout.spots if s.tick > 0)]
    curve = curve_through([*knots, (weighted(layout.length), search.even_seconds)])
    slowest, fastest = search.limits[0] / EDGE, search.limits[1] * EDGE
    before_sec = before_pace = 0.0
    before_tick = 0.0
    for line in layout_bar_lines(layout, search.meter)[1:]:
        tick = weighted(line)
        second = search.clock(curve.at(tick))
        pace = (second - before_sec) / (tick - before_tick)
        if pace <= 0 or not slowest <= 60.0 / (pace * PPQ) <= fastest:
            return None
        if before_pace and not 1 / (1 + MOST_PER_BAR) <= pace / before_pace <= 1 + MOST_PER_BAR:
            return None
        before_tick, before_sec, before_pace = tick, second, pace
    return curve


def _timing(asked: Sequence[Hit], layout: Layout, curve: TempoCurve, form: Form, search: SearchLimits) -> Timing:
    """Build the tempo map, and note where every hit was placed."""
    stops, fermatas = [spot.tick for spot in layout.spots], fermatas_of(layout, search.meter)
    tempo = bent_tempo_map(curve, stops, layout.length, _stretch(layout, search), search.clock, fermatas)
    hit_ticks = {
        hit: spot.tick for spot in layout.spots for hit in asked if abs(spot.hit.at_sec - hit.at_sec) <= TOGETHER_SEC
    }
    real = [hit for hit in asked if hit not in search.beats]
    return Timing(form, tempo, place_hits(real, form, tempo, search.meter, hit_ticks))


def place_hits(
    hits: Sequence[Hit], form: Form, tempo: TempoMap, meter: Meter, ticks: Mapping[Hit, int] = MappingProxyType({})
) -> tuple[PlannedHit, ...]:
    """Place hits in a finished plan, by time: on the tick found for them, else on the nearest beat.

    meter: of a form with a single meter. ticks: those a search found for hits.
    """
    row_meters = form.meters or (meter,) * len(form.rows)
    meters = [each for each, count in zip(row_meters, form.bars, strict=True) for _ in range(count)]
    lines = [0, *accumulate(each.bar_ticks for each in meters)]
    placed = []
    for hit in sorted(hits, key=lambda hit: (hit.at_sec, -hit.weight, hit.kind)):
        tick = ticks[hit] if hit in ticks else _nearest_beat(tempo, hit.at_sec, lines, meters)
        bar = bisect_right(lines, tick) - 1
        beat = 1 + (tick - lines[bar]) / meters[bar].unit_ticks if bar < len(meters) else 1.0
        reached = tempo.seconds(tick)
        placed.append(PlannedHit(hit.at_sec, hit.kind, hit.weight, tick, bar + 1, beat, reached, hit.note))
    return tuple(placed)


def rows_for_hits(timing: Timing, treatments: Treatments) -> tuple[SectionRow, ...]:
    """Adjust the sections of a form to the hits on which they begin.

    At a hit of kind key the key changes, unless the form already changes it there. A section that begins on a climax
    gets more energy, up to that of the fullest section.
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
    """Return the tick of the beat nearest to a second."""
    beats = [line + beat for line, meter in zip(lines, meters, strict=False) for beat in meter.beats_ticks]
    return min([*beats, lines[-1]], key=lambda tick: (abs(tempo.seconds(tick) - second), tick))


def _hit_text(hit: Hit) -> str:
    """Describe a hit for an error message."""
    return f"{hit.kind} at {hit.at_sec:.3f} s" + (f" ({hit.note})" if hit.note else "")


def _conflicting(must: Sequence[Hit], search: SearchLimits, fit: Fit) -> Sequence[Hit]:
    """Find the smallest group of neighbouring hits that cannot be met together.

    Groups of more than four are found by bisection and may not be the smallest.
    """

    def fails(hits: Sequence[Hit]) -> bool:
        return _solve(hits, search, fit) is None

    for size in range(1, min(4, len(must)) + 1):
        for start in range(len(must) - size + 1):
            if fails(must[start : start + size]):
                return must[start : start + size]
    works, end = 4, len(must)
    while end - works > 1:
        middle = (works + end) // 2
        works, end = (works, middle) if fails(must[:middle]) else (middle, end)
    start, late = 0, max(0, end - 4)
    while late - start > 1:
        middle = (start + late) // 2
        start, late = (middle, late) if fails(must[middle:end]) else (start, middle)
    return must[start:end]


def _why_not(asked: Sequence[Hit], search: SearchLimits, fit: Fit) -> str:
    """Explain which hits cannot be met together, and why."""
    must = _conflicting([hit for hit in asked if hit.weight >= 1.0], search, fit)
    low, high = search.limits
    span = f"{low:.4g} to {high:.4g} quarter notes per minute"
    remedy = "move one, give it a weight below 1, or ask for another tempo or length"
    if len(must) == 1:
        return f"the {_hit_text(must[0])} falls on no beat of a cue of {search.seconds:g} s at {span}; {remedy}"
    names = ", ".join(_hit_text(hit) for hit in must)
    gap = min(b.at_sec - a.at_sec for a, b in pairwise(must))
    shortest = 60.0 / high * min(search.meter.groups) * search.meter.unit_ticks / PPQ
    if gap < shortest - 2 * FRAME_SEC:
        why = f"{gap * 1000:.0f} ms lie between two of them, and the fastest beat lasts {shortest * 1000:.0f} ms"
    else:
        why = f"no tempo within {span} that changes by no more than {MOST_PER_BAR:.0%} per bar has a beat on each"
    return f"these hits cannot be had together: {names}; {why}; {remedy}"
