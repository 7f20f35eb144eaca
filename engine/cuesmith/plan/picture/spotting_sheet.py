"""A spotting sheet: the beats of a story and the hits of the picture laid on bars and tempo together.

A beat is where a scene begins: it wants a bar line and is content with one nearby. What happens on it is a hit, and
must be met. Between the beats the tempo goes after their feelings, gradually, as far as the hits leave it free.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from cuesmith.errors import ComposeError
from cuesmith.music.note import PPQ
from cuesmith.plan.form.section_lengths import Form
from cuesmith.plan.picture.hit_points import Clock, Timing, place_hits, solve_fitting, turning_rows
from cuesmith.plan.picture.hit_search import TOGETHER_SEC, SearchLimits, Whole, bar_lines
from cuesmith.plan.picture.scenes import Grid, Story
from cuesmith.plan.picture.section_fit import SECTION_KINDS
from cuesmith.plan.tempo.scene_tempo import pace_of
from cuesmith.plan.tempo.tempo_map import tempo_map
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Beat, Event, Hit, HitKind

OFF_WEIGHT, TEMPO_WEIGHT = 8.0, 2.5  # cost of a beat half a bar off, of a tempo e times the wished
WISHED = 0.75  # weight of a beat on which nothing happens
NEAR_SEC = 0.6  # a beat so near to a hit takes the bar line of the hit
SHARES = (0.5, 1.0)  # of the changes of tempo the feelings wish for, the last first, until the hits can be had
INSIDE = 1.02  # how far inside the limits of tempo the scenes stay, so that they can still give way

EVENT_HITS: Mapping[Event, HitKind] = {
    "reveal": "entry", "impact": "accent", "entrance": "entry", "turn": "key", "silence": "silence",
}  # fmt: skip  # a departure is nothing that strikes


def event_hits(beats: Sequence[Beat], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits of a brief, and those that its beats are; where both say something of a moment the hit is right."""
    own = [
        Hit(beat.at, EVENT_HITS[beat.event], note=f"beat: {beat.event}")
        for beat in beats
        if beat.event is not None
        and beat.event in EVENT_HITS
        and all(abs(hit.at_sec - beat.at) > TOGETHER_SEC for hit in hits)
    ]
    return (*hits, *own)


def late_beat(beats: Sequence[Beat], seconds: float) -> None:
    """Raise ComposeError for a beat that lies beyond the end."""
    late = next((beat for beat in beats if beat.at >= seconds), None)
    if late is not None:
        raise ComposeError(f"a beat at {late.at:g} s lies beyond the end of the cue at {seconds:g} s")


def grid(
    ats: Sequence[float], seconds: float, bar_beats: float, bpm_range: tuple[float, float], wished_bpm: float
) -> tuple[int, ...]:
    """The bar lines nearest to the seconds of the beats at a steady tempo, and the last bar line at the end.

    ats: seconds of the beats, rising, from 0. Raises ComposeError when two beats would share a bar line.
    """
    per_bpm = seconds / 60.0 / bar_beats
    first, last = math.ceil(bpm_range[0] * per_bpm - 1e-9), math.floor(bpm_range[1] * per_bpm + 1e-9)
    totals = range(max(1, first), last + 1) if last >= max(1, first) else [max(1, round(wished_bpm * per_bpm))]
    best: tuple[float, tuple[int, ...]] | None = None
    for total in totals:
        exact = [at * total / seconds for at in ats]
        bars = (*(round(place) for place in exact), total)
        if any(a >= b for a, b in pairwise(bars)):
            continue
        off = sum((2 * (place - bar)) ** 2 for place, bar in zip(exact, bars, strict=False)) / len(exact)
        cost = OFF_WEIGHT * off + TEMPO_WEIGHT * abs(math.log(total / per_bpm / wished_bpm)) + (total % 2) * 0.05
        if best is None or cost < best[0]:
            best = (cost, bars)
    if best is None:
        close = min(zip(ats, [*ats[1:], seconds], strict=True), key=lambda pair: pair[1] - pair[0])
        raise ComposeError(
            f"beats at {close[0]:g} s and {close[1]:g} s are less than a bar apart at this tempo; leave one out,"
            " move it, or ask for a faster tempo"
        )
    return best[1]


def solve_sheet(
    beats: Sequence[Beat],
    hits: Sequence[Hit],
    search: SearchLimits,
    tempi: Sequence[float],
    make: Callable[[Grid], Story],
    ritard: tuple[float, int],
    treatments: Treatments,
) -> tuple[Story, Timing]:
    """The story on bars and a tempo that meet beats and hits. frame: without either.

    tempi: wished in every scene, quarter notes per minute; where the hits do not allow them they are half as far apart,
    or the tempo is steady but for what the picture needs. make: the story on a grid. ritard: how much slower the last
    beat is, and over how many, where only the end is to be met. Raises ComposeError naming hits and beats that cannot
    be had together.
    """
    asked = event_hits(beats, hits)
    loose = frozenset(
        Hit(beat.at, "entry", WISHED)
        for beat in beats
        if beat.at > 0 and all(abs(hit.at_sec - beat.at) > NEAR_SEC for hit in asked)
    )
    low, high = search.limits[0] * INSIDE, search.limits[1] / INSIDE
    inside = [min(max(bpm, low), max(low, high)) for bpm in tempi]
    steady = replace(search, beats=loose)
    frames = [steady]
    middle = math.exp(sum(math.log(bpm) for bpm in inside) / len(inside))
    for share in SHARES if max(inside) > min(inside) * 1.005 else ():
        nearer = [middle * (bpm / middle) ** share for bpm in inside]
        pace = pace_of([beat.at for beat in beats], nearer, search.seconds, search.meter.bar_beats)
        mean = pace.beats_at(search.seconds) * 60.0 / search.seconds
        frames.insert(0, replace(steady, pace=pace, wished_bpm=mean))
    told: list[Story] = []
    for each in frames:

        def fit(whole: Whole, clock: Clock, each: SearchLimits = each) -> tuple[float, Form] | None:
            found = _grid_of(whole, clock, each, beats)
            if found is None:
                return None
            story = make(found)
            told.append(story)
            return 0.0, story.form(each.meter, whole.length / PPQ * 60.0 / each.seconds)

        try:
            timing = solve_fitting(asked, each, fit, must=each is steady)
        except ComposeError:
            if hits or not _fits_roughly(beats, search):
                raise
            break
        if timing is not None:
            story = next(made for made in told if made.rows is timing.form.rows)
            rows = turning_rows(timing, treatments)
            return replace(story, rows=rows), replace(timing, form=replace(timing.form, rows=rows))
    return _roughly(beats, asked, search, make, ritard)


def _fits_roughly(beats: Sequence[Beat], search: SearchLimits) -> bool:
    try:
        grid([beat.at for beat in beats], search.seconds, search.meter.bar_beats, search.limits, search.wished_bpm)
    except ComposeError:
        return False
    return True


def _roughly(
    beats: Sequence[Beat],
    asked: Sequence[Hit],
    search: SearchLimits,
    make: Callable[[Grid], Story],
    ritard: tuple[float, int],
) -> tuple[Story, Timing]:
    """At a steady tempo, beats on the nearest bar lines and hits on the nearest beats."""
    ats = [beat.at for beat in beats]
    lines = grid(ats, search.seconds, search.meter.bar_beats, search.limits, search.wished_bpm)
    story = make(Grid(lines))
    length = lines[-1] * search.meter.bar_ticks
    form = story.form(search.meter, length / PPQ * 60.0 / search.seconds)
    tempo = tempo_map(length, search.seconds, ritard=ritard[0], ritard_beats=ritard[1])
    return story, Timing(form, tempo, place_hits(asked, form, tempo, search.meter))


def _grid_of(whole: Whole, clock: Clock, search: SearchLimits, beats: Sequence[Beat]) -> Grid | None:
    """The bars of a layout as scenes; None where two beats share a bar line."""
    odd = {spot.bars: spot.odd.meter for spot in whole.spots if spot.odd}
    if whole.last is not None:
        odd[whole.bars] = whole.last.meter
    ticks = bar_lines(whole, search.meter)
    put_in = {spot.line for spot in whole.spots if spot.odd}
    ticks = [tick for index, tick in enumerate(ticks) if index + 1 == len(ticks) or ticks[index + 1] not in put_in]
    if whole.last is not None:
        ticks.pop()
    if len(ticks) != whole.bars + 1:
        return None
    seconds = [clock(tick) for tick in ticks]
    starts = [0]
    for beat in beats[1:]:
        after = bisect_left(seconds, beat.at)
        nearest = min((after - 1, min(after, whole.bars)), key=lambda bar: abs(seconds[bar] - beat.at))
        starts.append(nearest)
    lines = (*starts, whole.bars)
    if any(a >= b for a, b in pairwise(lines)):
        return None
    begin = [spot for spot in whole.spots if spot.hit.kind in SECTION_KINDS and spot.tick == spot.line]
    firm = frozenset(spot.bars for spot in begin if spot.hit.kind == "key" or spot.hit.weight >= 1.0)
    return Grid(lines, odd, frozenset(spot.bars for spot in begin), firm)
