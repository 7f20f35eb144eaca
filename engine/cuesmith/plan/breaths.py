"""Free meter: an even sheet made uneven, breath by breath.

Music without bars is composed like any other, on a sheet of four beats to the bar, and then every bar becomes a breath
of another length: its beats are spread as `BREATHS` or `PHRASES` have them, mostly so that the last one is held. On the
clock a breath is broader or quicker than its quarters say, and its beats do not last alike: it begins slowly, moves on,
lingers (`PACE`). Sections, hits and fermatas stay where the plan has put them, in ticks and in seconds: only what lies
between them moves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.score import Plan, SectionPlan

# one breath: how often, and how many quarters each of the four beats of the sheet has in it
BREATHS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.7, (0.50, 0.50, 0.50, 0.50)),  # 2
    (1.0, (0.75, 0.75, 0.75, 0.75)),  # 3
    (1.0, (0.50, 0.75, 0.75, 1.00)),
    (0.5, (1.00, 1.00, 1.00, 1.00)),  # 4
    (0.5, (0.75, 0.75, 1.00, 1.50)),
    (1.0, (1.00, 1.00, 1.00, 2.00)),  # 5
    (1.0, (1.25, 1.00, 1.00, 1.75)),
    (1.0, (1.00, 1.00, 1.25, 2.75)),  # 6
    (1.0, (1.50, 1.00, 1.00, 2.50)),
    (0.6, (1.25, 1.00, 1.25, 3.50)),  # 7
    (0.6, (1.75, 1.00, 1.25, 3.00)),
    (0.7, (1.50, 1.25, 1.25, 4.00)),  # 8
)
# two bars of a theme: how often, quarters of each beat but the last, quarters of the last. Its rhythm stays what it is,
# faster or slower; what is uneven is how long its last note is held, and the air behind it
PHRASES: tuple[tuple[float, float, float], ...] = (
    (0.2, 0.50, 1.50), (0.4, 0.50, 2.50), (0.2, 0.50, 3.50),                     # 2 and 3, 4, 5
    (1.0, 0.75, 1.75), (1.5, 0.75, 2.75), (1.0, 0.75, 3.75), (0.6, 0.75, 4.75),  # 3 and 4, 5, 6, 7
    (1.0, 1.00, 2.00), (1.0, 1.00, 3.00), (0.6, 1.00, 4.00), (0.4, 1.00, 5.00),  # 4 and 5, 6, 7, 8
    (0.8, 1.25, 2.25), (0.6, 1.25, 3.25), (0.4, 1.25, 4.25),                     # 5 and 6, 7, 8
)  # fmt: skip
# the same for four bars, where the theme comes broadened: what was one bar of it is two
BROAD: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.75, 1.75), (1.0, 0.75, 2.75), (1.0, 0.75, 3.75), (1.0, 0.75, 4.75), (0.5, 0.75, 5.75),  # 3 3 3 and 4 .. 8
    (0.8, 1.00, 2.00), (0.6, 1.00, 3.00), (0.4, 1.00, 4.00), (0.2, 1.00, 5.00),                     # 4 4 4 and 5 .. 8
)  # fmt: skip
BROADENING = "augmentation"  # the operation of a recipe that does it
SHEET_BEATS = 4
LONG = 6  # quarters from which a breath is a long one
CALM, CALMER = 0.35, 2.5  # energy below which music is calm, and by how much likelier long breaths are there
TILTS, TILT_STEPS = (0.1, 10.0), 12  # how much likelier a breath of a quarter more may become; how finely it is found

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
    """The range of tempi a kind of cue has in free meter: the slower end, where so few seconds leave room to breathe."""
    low, high = bpm_range
    return (low, low + SLOWER * (high - low)) if seconds * low / 60 >= ROOM_BEATS else bpm_range


class Laid(NamedTuple):
    """One breath, or those of a phrase: how often it comes, and the quarters of each beat, breath by breath."""

    weight: float
    breaths: tuple[tuple[float, ...], ...]

    @property
    def quarters(self) -> int:
        """Its length."""
        return round(sum(map(sum, self.breaths)))

    @property
    def ends(self) -> tuple[int, int]:
        """The quarters of its first breath and of its last."""
        return round(sum(self.breaths[0])), round(sum(self.breaths[-1]))


def _phrases(rows: Sequence[tuple[float, float, float]], bars: int) -> tuple[Laid, ...]:
    return tuple(
        Laid(weight, (*((beat,) * SHEET_BEATS,) * (bars - 1), (*(beat,) * (SHEET_BEATS - 1), last)))
        for weight, beat, last in rows
    )


SINGLE = tuple(Laid(weight, (beats,)) for weight, beats in BREATHS)
CHOICES = {1: SINGLE, 2: _phrases(PHRASES, 2), 4: _phrases(BROAD, 4)}  # bars of the sheet: how they may be laid
RANGE = {bars: (min(c.quarters for c in found), max(c.quarters for c in found)) for bars, found in CHOICES.items()}


def laid(units: Sequence[int], energy: float, draw: Stream) -> tuple[tuple[float, ...], ...]:
    """The beats of every breath of a passage. units: whether it goes by single breaths (1) or phrases of two or four.

    Breaths have four quarters on average, so that the passage stays as long as it was; neighbours are unlike where that
    can be had, and calm music (energy 0 .. 1) has more that are long.
    """
    left, out = SHEET_BEATS * sum(units), list[Laid]()
    for number, bars in enumerate(units):
        after = units[number + 1 :]
        low, high = (left - sum(RANGE[unit][end] for unit in after) for end in (1, 0))
        calm = CALMER if energy < CALM else 1.0
        able = {
            one: one.weight * (calm if one.ends[1] >= LONG else 1.0)
            for one in CHOICES[bars]
            if low <= one.quarters <= high
        }
        unlike = {one: weight for one, weight in able.items() if not out or one.ends[0] != out[-1].ends[1]}
        out.append(draw.weighted(_about(left * bars / sum(units[number:]), unlike or able)))
        left -= out[-1].quarters
    if len(set(units)) == 1:  # the longest comes last: that is where music without bars ends a thought
        last = max(range(len(out)), key=lambda i: out[i].quarters) + 1
        turned = out[last:] + out[:last]
        out = turned if all(a.ends[1] != b.ends[0] for a, b in pairwise(turned)) else out
    return tuple(beats for one in out for beats in one.breaths)


def _about(mean: float, weights: Mapping[Laid, float]) -> dict[Laid, float]:
    """The weights tilted to longer or shorter, so that what is drawn has this mean, and the last are as unlike as the
    first."""
    low, high = TILTS
    for _ in range(TILT_STEPS):
        tilt = (low + high) / 2
        tilted = {one: weight * tilt**one.quarters for one, weight in weights.items()}
        if sum(one.quarters * weight for one, weight in tilted.items()) < mean * sum(tilted.values()):
            low = tilt
        else:
            high = tilt
    return tilted


def _flow(section: SectionPlan, phrase: int, fixed: Sequence[int], draw: Stream) -> tuple[int, ...]:
    """Where the beats of a section fall. phrase: bars that go together. fixed: ticks that stay, on whose bars nothing
    moves unless they begin one."""
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
        breaths = laid(_units(at, end, phrase), section.energy, draw.child(at))
        for beat in chain.from_iterable(breaths):
            out.append(tick)
            tick += round(beat * PPQ)
        at = end
    return tuple(out)


def _phrase(plan: Plan, section: SectionPlan) -> int:
    """How many bars of a section go together: two of a theme, four where it comes broadened, else each is by itself."""
    if section.theme is None:
        return 1
    row = plan.guise(section.theme, section).row
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
        replace(section, flow=_flow(section, _phrase(plan, section), fixed, draw.child("breaths", section.index)))
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
