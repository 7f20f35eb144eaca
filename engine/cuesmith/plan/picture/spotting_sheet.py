"""A spotting sheet: beats of a story and hits of the picture, met by bars and tempo together.

A beat begins a scene: it wants a bar line, and one nearby will do. The event of a beat becomes a hit, which must be
met. Between the beats the tempo follows their feelings gradually, as far as the hits allow.
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
from cuesmith.plan.picture.hit_points import Clock, Timing, place_hits, rows_for_hits, solve_fitting
from cuesmith.plan.picture.hit_search import TOGETHER_SEC, Layout, SearchLimits, layout_bar_lines
from cuesmith.plan.picture.scenes import Grid, Story
from cuesmith.plan.picture.section_fit import SECTION_KINDS
from cuesmith.plan.tempo.scene_tempo import pace_of
from cuesmith.plan.tempo.tempo_map import tempo_map
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Beat, Event, Hit, HitKind

OFF_WEIGHT, TEMPO_WEIGHT = 8.0, 2.5  # cost of a beat half a bar off; of a tempo e times the target
BEAT_WEIGHT = 0.75  # weight of a beat without an event
NEAR_SEC = 0.6  # a beat this near to a hit uses the bar line of the hit
SHARES = (0.5, 1.0)  # of the tempo changes that the feelings ask for; tried from the last on, until the hits can be met
INSIDE = 1.02  # factor by which scene tempi stay inside the limits, so that they can still be adjusted

EVENT_HITS: Mapping[Event, HitKind] = {
    "reveal": "entry", "impact": "accent", "entrance": "entry", "turn": "key", "silence": "silence",
}  # fmt: skip  # a departure is no hit


def event_hits(beats: Sequence[Beat], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits of the brief plus those from events of its beats; at the same moment the brief's hit is used."""
    from_beats = [
        Hit(beat.at, EVENT_HITS[beat.event], note=f"beat: {beat.event}")
        for beat in beats
        if beat.event is not None
        and beat.event in EVENT_HITS
        and all(abs(hit.at_sec - beat.at) > TOGETHER_SEC for hit in hits)
    ]
    return (*hits, *from_beats)


def check_beat_times(beats: Sequence[Beat], seconds: float) -> None:
    """Raise ComposeError for a beat after the end of the cue."""
    late = next((beat for beat in beats if beat.at >= seconds), None)
    if late is not None:
        raise ComposeError(f"a beat at {late.at:g} s lies beyond the end of the cue at {seconds:g} s")


def nearest_bar_lines(
    ats: Sequence[float], seconds: float, bar_beats: float, bpm_range: tuple[float, float], target_bpm: float
) -> tuple[int, ...]:
    """Choose the number of bars so that beats are near bar lines at a steady tempo.

    ats: seconds of the beats, rising, from 0. bar_beats: quarter notes per bar.
    bpm_range, target_bpm: allowed and preferred tempi, in quarter notes per minute.
    Returns the bar (from 0) of each beat, and the total last. Raises ComposeError when two beats would share a bar
    line.
    """
    per_bpm = seconds / 60.0 / bar_beats
    first, last = math.ceil(bpm_range[0] * per_bpm - 1e-9), math.floor(bpm_range[1] * per_bpm + 1e-9)
    totals = range(max(1, first), last + 1) if last >= max(1, first) else [max(1, round(target_bpm * per_bpm))]
    best: tuple[float, tuple[int, ...]] | None = None
    for total in totals:
        exact = [at * total / seconds for at in ats]
        bars = (*(round(place) for place in exact), total)
        if any(a >= b for a, b in pairwise(bars)):
            continue
        off = sum((2 * (place - bar)) ** 2 for place, bar in zip(exact, bars, strict=False)) / len(exact)
        cost = OFF_WEIGHT * off + TEMPO_WEIGHT * abs(math.log(total / per_bpm / target_bpm)) + (total % 2) * 0.05
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
    """Find a story, with bars and a tempo that meet its beats and hits.

    search: limits without beats and pace, which are added here.
    tempi: target of each scene, in quarter notes per minute. When the hits do not allow them, they are moved half-way
        to their mean, then replaced by one tempo.
    make: builds the story on a grid of bars.
    ritard: as in `Ritard`; used when only the end has to be met.
    Raises ComposeError naming hits and beats that cannot be met together.
    """
    asked = event_hits(beats, hits)
    loose = frozenset(
        Hit(beat.at, "entry", BEAT_WEIGHT)
        for beat in beats
        if beat.at > 0 and all(abs(hit.at_sec - beat.at) > NEAR_SEC for hit in asked)
    )
    low, high = search.limits[0] * INSIDE, search.limits[1] / INSIDE
    scene_tempi = [min(max(bpm, low), max(low, high)) for bpm in tempi]
    steady = replace(search, beats=loose)
    searches = [steady]
    mean_bpm = math.exp(sum(math.log(bpm) for bpm in scene_tempi) / len(scene_tempi))
    for share in SHARES if max(scene_tempi) > min(scene_tempi) * 1.005 else ():
        nearer = [mean_bpm * (bpm / mean_bpm) ** share for bpm in scene_tempi]
        pace = pace_of([beat.at for beat in beats], nearer, search.seconds, search.meter.bar_beats)
        mean = pace.beats_at(search.seconds) * 60.0 / search.seconds
        searches.insert(0, replace(steady, pace=pace, target_bpm=mean))
    stories: list[Story] = []
    for each in searches:

        def fit(layout: Layout, clock: Clock, each: SearchLimits = each) -> tuple[float, Form] | None:
            bars = _grid_of(layout, clock, each, beats)
            if bars is None:
                return None
            story = make(bars)
            stories.append(story)
            return 0.0, story.form(each.meter, layout.length / PPQ * 60.0 / each.seconds)

        try:
            timing = solve_fitting(asked, each, fit, must=each is steady)
        except ComposeError:
            if hits or not _has_nearest_lines(beats, search):
                raise
            break
        if timing is not None:
            story = next(made for made in stories if made.rows is timing.form.rows)
            rows = rows_for_hits(timing, treatments)
            return replace(story, rows=rows), replace(timing, form=replace(timing.form, rows=rows))
    return _at_steady_tempo(beats, asked, search, make, ritard)


def _has_nearest_lines(beats: Sequence[Beat], search: SearchLimits) -> bool:
    """Tell whether every beat can have a bar line of its own at a steady tempo."""
    try:
        nearest_bar_lines(
            [beat.at for beat in beats], search.seconds, search.meter.bar_beats, search.limits, search.target_bpm
        )
    except ComposeError:
        return False
    return True


def _at_steady_tempo(
    beats: Sequence[Beat],
    asked: Sequence[Hit],
    search: SearchLimits,
    make: Callable[[Grid], Story],
    ritard: tuple[float, int],
) -> tuple[Story, Timing]:
    """Build the story at a steady tempo, with beats on the nearest bar lines and hits on the nearest beats."""
    ats = [beat.at for beat in beats]
    lines = nearest_bar_lines(ats, search.seconds, search.meter.bar_beats, search.limits, search.target_bpm)
    story = make(Grid(lines))
    length = lines[-1] * search.meter.bar_ticks
    form = story.form(search.meter, length / PPQ * 60.0 / search.seconds)
    tempo = tempo_map(length, search.seconds, ritard=ritard[0], ritard_beats=ritard[1])
    return story, Timing(form, tempo, place_hits(asked, form, tempo, search.meter))


def _grid_of(layout: Layout, clock: Clock, search: SearchLimits, beats: Sequence[Beat]) -> Grid | None:
    """Convert the bars of a layout to scenes; None when two beats would share a bar line."""
    odd = {spot.bars: spot.odd.meter for spot in layout.spots if spot.odd}
    if layout.last is not None:
        odd[layout.bars] = layout.last.meter
    ticks = layout_bar_lines(layout, search.meter)
    odd_ends = {spot.line for spot in layout.spots if spot.odd}
    ticks = [tick for index, tick in enumerate(ticks) if index + 1 == len(ticks) or ticks[index + 1] not in odd_ends]
    if layout.last is not None:
        ticks.pop()
    if len(ticks) != layout.bars + 1:
        return None
    seconds = [clock(tick) for tick in ticks]
    starts = [0]
    for beat in beats[1:]:
        after = bisect_left(seconds, beat.at)
        nearest = min((after - 1, min(after, layout.bars)), key=lambda bar: abs(seconds[bar] - beat.at))
        starts.append(nearest)
    lines = (*starts, layout.bars)
    if any(a >= b for a, b in pairwise(lines)):
        return None
    begin = [spot for spot in layout.spots if spot.hit.kind in SECTION_KINDS and spot.tick == spot.line]
    firm = frozenset(spot.bars for spot in begin if spot.hit.kind == "key" or spot.hit.weight >= 1.0)
    return Grid(lines, odd, frozenset(spot.bars for spot in begin), firm)
