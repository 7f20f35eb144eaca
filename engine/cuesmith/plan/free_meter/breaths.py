"""Free meter: turn an even plan into breaths of uneven length.

Free music is composed like any other, on an even grid of four beats per bar (the sheet). Then every bar becomes a
breath of another length: `breath_lengths` gives the length of each beat, usually with a long last one. In addition the
tempo varies: a whole breath is a little slower or faster, and inside a breath the beats begin slowly, move on and slow
down again (`PACE`). Sections, hits and fermatas keep their ticks and seconds; only what lies between them moves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from cuesmith.chance import Stream
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.plan.free_meter.breath_lengths import SHEET_BEATS, breath_plan
from cuesmith.plan.model import Plan, SectionPlan

BROADENING = "augmentation"  # the recipe operation that makes two bars of one bar of a theme

# (place in the breath 0..1, length of a beat there relative to the mean)
PACE = ((0.0, 1.20), (0.35, 0.84), (0.70, 0.95), (1.0, 1.32))
SWAY = (0.75, 1.15)  # range of the factor on how much PACE is applied
BREADTH = (0.82, 1.22)  # range of the factor on the length of a whole breath
ROOM_BEATS = 16  # a cue with fewer beats is a single gesture (a stinger) and keeps its usual tempo
SLOWER = 0.6  # free music uses this share of the tempo range of its type, at the slow end


@dataclass(frozen=True, slots=True)
class Flow:
    """Map between ticks of the even grid (sheet) and ticks of the music: both rise, linear between the knots."""

    sheet: tuple[int, ...]
    music: tuple[int, ...]

    def played(self, tick: int) -> int:
        """Convert a tick of the sheet to the tick at which it sounds."""
        return _mapped(tick, self.sheet, self.music)

    def written(self, tick: int) -> int:
        """Convert a sounding tick to the tick of the sheet at which to write it."""
        return _mapped(tick, self.music, self.sheet)


def _mapped(tick: int, old: tuple[int, ...], new: tuple[int, ...]) -> int:
    """Map `tick` from the knots `old` to the knots `new`; after the last knot it is unchanged."""
    index = bisect_left(old, tick)
    if index == len(old):
        return tick  # nothing is stretched after the end
    if old[index] == tick:
        return new[index]
    if index == 0:
        return tick
    left, right = old[index - 1], old[index]
    return new[index - 1] + round((tick - left) * (new[index] - new[index - 1]) / (right - left))


def flow_of(plan: Plan) -> Flow | None:
    """Return the map from sheet to music; None when the plan has no free meter."""
    if not any(section.flow for section in plan.sections):
        return None
    sheet: list[int] = []
    music: list[int] = []
    for section in plan.sections:
        beats = section.flow or (section.start,)
        sheet += [section.start + number * PPQ for number in range(len(beats))]
        music += beats
    return Flow((*sheet, plan.length), (*music, plan.length))


def slower_range(bpm_range: tuple[float, float], seconds: float) -> tuple[float, float]:
    """Return the slow end of a range of tempi for a free cue; the whole range for a very short one."""
    low, high = bpm_range
    return (low, low + SLOWER * (high - low)) if seconds * low / 60 >= ROOM_BEATS else bpm_range


def _flow(section: SectionPlan, phrase: int, fixed: Sequence[int], draw: Stream, broken_off: bool) -> tuple[int, ...]:
    """Return the tick of every beat of a free section.

    phrase: bars that belong together (see `phrase_bars`).
    fixed: ticks of hits and fermatas; a bar with one inside it stays as it is.
    broken_off: the last breath is short, because it is silence.
    """
    bar = section.meter.bar_ticks
    lines = section.sheet_ticks()
    unmoved = [any(line < tick < line + bar for tick in fixed) for line in lines]
    out: list[int] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and not unmoved[at] and not unmoved[end] and lines[end] not in fixed:
            end += 1
        if unmoved[at] or bar != SHEET_BEATS * PPQ:
            out += range(lines[at], lines[at] + bar, PPQ)
            at += 1
            continue
        tick = lines[at]
        breaths = breath_plan(_units(at, end, phrase), section.energy, draw.child(at), broken_off=broken_off)
        for beat in chain.from_iterable(breaths):
            out.append(tick)
            tick += round(beat * PPQ)
        at = end
    return tuple(out)


def phrase_bars(plan: Plan, section: SectionPlan) -> int:
    """Return how many bars of a section belong together: 2 for a theme, 4 for an augmented one, else 1."""
    if section.theme is None:
        return 1
    row = plan.theme_form(section.theme, section).row
    return 4 if row is not None and any(op.partition(":")[0] == BROADENING for op in row.ops) else 2


def _units(at: int, end: int, phrase: int) -> list[int]:
    """Group the bars from `at` up to `end` (counted in their section); a remainder goes in smaller groups."""
    out = []
    while at < end:
        size = phrase
        while at % size or at + size > end:
            size //= 2
        out.append(size)
        at += size
    return out


def _eased(place: float) -> float:
    """Return the relative length of a beat at this place (0..1) of its breath; see PACE."""
    left, right = next(((a, b) for a, b in pairwise(PACE) if place <= b[0]), (PACE[-2], PACE[-1]))
    return left[1] + (right[1] - left[1]) * (place - left[0]) / (right[0] - left[0])


def _breath_seconds(cuts: Sequence[int], fixed: Sequence[int], tempo: TempoMap, draw: Stream) -> list[float]:
    """Return the second of each cut. Breaths vary in length by chance; the ends and `fixed` ticks do not move."""
    usual = [tempo.seconds(tick) for tick in cuts]
    stays = [i for i, tick in enumerate(cuts) if i in (0, len(cuts) - 1) or tick in fixed]
    out = [usual[0]]
    for first, last in pairwise(stays):
        lengths = [(usual[i + 1] - usual[i]) * draw.uniform(*BREADTH) for i in range(first, last)]
        scale = (usual[last] - usual[first]) / sum(lengths)
        out += [usual[first] + scale * sum(lengths[: i + 1]) for i in range(len(lengths))]
        out[-1] = usual[last]
    return out


def _beat_seconds(start: int, end: int, seconds: tuple[float, float], sway: float) -> Iterable[tuple[int, float]]:
    """Yield (tick, second) of the end of each quarter of a breath, or of the part of it between hits and fermatas."""
    ends = [*range(start + PPQ, end, PPQ), end]
    places = [_eased((i + 0.5) / len(ends)) for i in range(len(ends))]
    quarters = [b - a for a, b in pairwise((start, *ends))]
    lengths = [quarter * (1.0 + sway * (place - 1.0)) for quarter, place in zip(quarters, places, strict=True)]
    scale, at = (seconds[1] - seconds[0]) / sum(lengths), seconds[0]
    for tick, length in zip(ends, lengths, strict=True):
        at += length * scale
        yield tick, at


def _tempo(plan: Plan, fixed: Sequence[int], draw: Stream) -> TempoMap:
    """Build the tempo map with uneven breaths in free sections; exact at sections, at `fixed` ticks and at the end."""
    ends: list[tuple[int, float]] = []
    held = {fermata.start for fermata in plan.tempo.fermatas}
    for section in plan.sections:
        if not section.flow:
            inside = [c.tick for c in plan.tempo.changes if section.start < c.tick < section.end]
            ends += [(tick, plan.tempo.seconds(tick)) for tick in (*inside, section.end)]
            continue
        cuts = sorted({*section.bar_ticks(), section.end, *(t for t in fixed if section.start < t < section.end)})
        at = draw.child(section.index)
        clock = _breath_seconds(cuts, fixed, plan.tempo, at)
        for number, (start, end) in enumerate(pairwise(cuts)):
            sway = 0.0 if start in held else at.child(number).uniform(*SWAY)
            ends += _beat_seconds(start, end, (clock[number], clock[number + 1]), sway)
    changes: list[TempoChange] = []
    tick, spent = 0, 0.0
    for end, second in ends:
        pace = max(1, round((second * 1e6 - spent) * PPQ / (end - tick)))
        spent += pace * (end - tick) / PPQ
        if not changes or changes[-1].us_per_quarter != pace:
            changes.append(TempoChange(tick, pace))
        tick = end
    return TempoMap(tuple(changes), plan.tempo.fermatas)


def with_breaths(plan: Plan, draw: Stream) -> Plan:
    """Draw the breaths of the free sections of a plan; a plan without free meter is returned unchanged."""
    if not any(section.meter.free for section in plan.sections):
        return plan
    fixed = sorted({hit.tick for hit in plan.hits} | {tick for f in plan.tempo.fermatas for tick in f[:2]})
    sections = tuple(
        replace(
            section,
            flow=_flow(
                section,
                phrase_bars(plan, section),
                fixed,
                draw.child("breaths", section.index),
                broken_off=plan.ending == "ma_stop" and section.end == plan.length,
            ),
        )
        if section.meter.free
        else section
        for section in plan.sections
    )
    uneven = replace(plan, sections=sections)
    uneven = replace(uneven, tempo=_tempo(uneven, fixed, draw.child("sway")))
    hits = []
    for hit in plan.hits:
        section = uneven.section_at(hit.tick)
        if section.flow and hit.tick < plan.length:
            bar = section.bar_at(hit.tick)
            beat = 1 + (hit.tick - section.bar_ticks()[bar]) / PPQ
            hit = replace(hit, bar=section.first_bar + bar + 1, beat=beat)
        hits.append(replace(hit, reached_sec=uneven.tempo.seconds(hit.tick)))
    return replace(uneven, hits=tuple(hits))
