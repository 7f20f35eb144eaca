"""Free meter: an even sheet made uneven, breath by breath.

Music without bars is composed like any other, on a sheet of four beats to the bar, and then every bar becomes a breath
of another length: its beats are spread as `breath_lengths` has them, mostly so that the last is held. On the clock a
breath is broader or quicker than its quarters say, and its beats do not last alike: it begins slowly, moves on, lingers
(`PACE`). Sections, hits and fermatas stay where the plan has put them, in ticks and in seconds: only what lies between
them moves.
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

BROADENING = "augmentation"  # the operation of a recipe under which one bar of a theme becomes two

# how long a beat lasts against the others of its breath, by its place in it (0 .. 1)
PACE = ((0.0, 1.20), (0.35, 0.84), (0.70, 0.95), (1.0, 1.32))
SWAY = (0.75, 1.15)  # by how much a breath does more or less of that
BREADTH = (0.82, 1.22)  # by how much a whole breath is quicker or slower than its quarters say
ROOM_BEATS = 16  # a cue of fewer at its slowest is one gesture (a stinger), which has its usual tempo
SLOWER = 0.6  # free music keeps to this share of its type's range of tempi, the slower end


@dataclass(frozen=True, slots=True)
class Flow:
    """Where the ticks of the even sheet fall in the music: both rise, and between knots time runs evenly."""

    sheet: tuple[int, ...]
    music: tuple[int, ...]

    def played(self, tick: int) -> int:
        """The tick at which what is written at a tick of the sheet sounds."""
        return _mapped(tick, self.sheet, self.music)

    def written(self, tick: int) -> int:
        """The tick of the sheet at which to write what should sound at a tick."""
        return _mapped(tick, self.music, self.sheet)


def _mapped(tick: int, old: tuple[int, ...], new: tuple[int, ...]) -> int:
    index = bisect_left(old, tick)
    if index == len(old):
        return tick  # past the end nothing is stretched
    if old[index] == tick:
        return new[index]
    if index == 0:
        return tick
    left, right = old[index - 1], old[index]
    return new[index - 1] + round((tick - left) * (new[index] - new[index - 1]) / (right - left))


def flow_of(plan: Plan) -> Flow | None:
    """From sheet to music; None where the plan has no free meter."""
    if not any(section.flow for section in plan.sections):
        return None
    sheet: list[int] = []
    music: list[int] = []
    for section in plan.sections:
        beats = section.flow or (section.start,)
        sheet += [section.start + number * PPQ for number in range(len(beats))]
        music += beats
    return Flow((*sheet, plan.length), (*music, plan.length))


def slower(bpm_range: tuple[float, float], seconds: float) -> tuple[float, float]:
    """The range of tempi of a kind of cue in free meter: the slower end, where so few seconds leave room to breathe."""
    low, high = bpm_range
    return (low, low + SLOWER * (high - low)) if seconds * low / 60 >= ROOM_BEATS else bpm_range


def _flow(section: SectionPlan, phrase: int, fixed: Sequence[int], draw: Stream, broken_off: bool) -> tuple[int, ...]:
    """Where the beats of a section fall. phrase: bars that go together. fixed: ticks that stay, on whose bars nothing
    moves unless they begin one. broken_off: whether its last breath is short, for it is silence."""
    bar = section.meter.bar_ticks
    lines = section.sheet_ticks()
    still = [any(line < tick < line + bar for tick in fixed) for line in lines]
    out: list[int] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and not still[at] and not still[end] and lines[end] not in fixed:
            end += 1
        if still[at] or bar != SHEET_BEATS * PPQ:
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
    """How many bars of a section go together: two of a theme, four where it comes broadened, else each is by itself."""
    if section.theme is None:
        return 1
    row = plan.theme_form(section.theme, section).row
    return 4 if row is not None and any(op.partition(":")[0] == BROADENING for op in row.ops) else 2


def _units(at: int, end: int, phrase: int) -> list[int]:
    """How the bars from `at` up to `end` go together, counted from their section; what is left over goes by less."""
    out = []
    while at < end:
        size = phrase
        while at % size or at + size > end:
            size //= 2
        out.append(size)
        at += size
    return out


def _eased(place: float) -> float:
    """How long a beat at this place (0 .. 1) of its breath lasts, 1 on average."""
    left, right = next(((a, b) for a, b in pairwise(PACE) if place <= b[0]), (PACE[-2], PACE[-1]))
    return left[1] + (right[1] - left[1]) * (place - left[0]) / (right[0] - left[0])


def _paced(cuts: Sequence[int], fixed: Sequence[int], tempo: TempoMap, draw: Stream) -> list[float]:
    """The second of each cut, breaths quicker and slower by chance; those of section ends and `fixed` ticks stay."""
    usual = [tempo.seconds(tick) for tick in cuts]
    stays = [i for i, tick in enumerate(cuts) if i in (0, len(cuts) - 1) or tick in fixed]
    out = [usual[0]]
    for first, last in pairwise(stays):
        lengths = [(usual[i + 1] - usual[i]) * draw.uniform(*BREADTH) for i in range(first, last)]
        scale = (usual[last] - usual[first]) / sum(lengths)
        out += [usual[first] + scale * sum(lengths[: i + 1]) for i in range(len(lengths))]
        out[-1] = usual[last]
    return out


def _swaying(start: int, end: int, seconds: tuple[float, float], sway: float) -> Iterable[tuple[int, float]]:
    """(tick, second) of the end of each quarter of a breath, or of what a hit or a fermata leaves of it."""
    ends = [*range(start + PPQ, end, PPQ), end]
    places = [_eased((i + 0.5) / len(ends)) for i in range(len(ends))]
    quarters = [b - a for a, b in pairwise((start, *ends))]
    lengths = [quarter * (1.0 + sway * (place - 1.0)) for quarter, place in zip(quarters, places, strict=True)]
    scale, at = (seconds[1] - seconds[0]) / sum(lengths), seconds[0]
    for tick, length in zip(ends, lengths, strict=True):
        at += length * scale
        yield tick, at


def _tempo(plan: Plan, fixed: Sequence[int], draw: Stream) -> TempoMap:
    """The tempo of the plan, with the breaths of its free sections swaying; exact at sections, `fixed` and the end."""
    ends: list[tuple[int, float]] = []
    held = {fermata.start for fermata in plan.tempo.fermatas}
    for section in plan.sections:
        if not section.flow:
            inside = [c.tick for c in plan.tempo.changes if section.start < c.tick < section.end]
            ends += [(tick, plan.tempo.seconds(tick)) for tick in (*inside, section.end)]
            continue
        cuts = sorted({*section.bar_ticks(), section.end, *(t for t in fixed if section.start < t < section.end)})
        at = draw.child(section.index)
        clock = _paced(cuts, fixed, plan.tempo, at)
        for number, (start, end) in enumerate(pairwise(cuts)):
            sway = 0.0 if start in held else at.child(number).uniform(*SWAY)
            ends += _swaying(start, end, (clock[number], clock[number + 1]), sway)
    changes: list[TempoChange] = []
    tick, spent = 0, 0.0
    for end, second in ends:
        pace = max(1, round((second * 1e6 - spent) * PPQ / (end - tick)))
        spent += pace * (end - tick) / PPQ
        if not changes or changes[-1].us_per_quarter != pace:
            changes.append(TempoChange(tick, pace))
        tick = end
    return TempoMap(tuple(changes), plan.tempo.fermatas)


def breathing(plan: Plan, draw: Stream) -> Plan:
    """The plan with the breaths of its free sections drawn; the plan itself where it has none."""
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
