"""The ensemble at its desks: who plays in which bars, who is bound to, and how many bars of silence everybody owes.

Bars are bits of an integer, the first bar the lowest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from cuesmith.casting.cast import Cast
from cuesmith.casting.player import Player
from cuesmith.chance import Stream
from cuesmith.music.note import Note
from cuesmith.orchestrate.rests.silent_bars import UNCOUNTED, section_of, sounding
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import Passage
from cuesmith.specs.banks.library import Banks

RULE = "Q34s"  # the row of rules.yaml that says how much silence is owed, and where nobody asks
CREST = 0.5  # of a cue: where its climax is longer than that, only the second half of it is the crest
HOLE_SEC = 1.6  # a silence of one player longer than this needs somebody beside him
HELD = ("stop", "silence", "climax")  # hits that everybody meets
BLOCKS = "blocking"  # what was done to a theme that several play in block chords
Span = tuple[int, int]  # ticks: start, end


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of bars, as bits, inside one section of the form."""

    first: int
    bars: int
    section: SectionPlan

    @property
    def bits(self) -> int:
        """Its bars."""
        return ((1 << self.bars) - 1) << self.first

    @property
    def start(self) -> int:
        """Its first tick."""
        return self.section.start + (self.first - self.section.first_bar) * self.section.meter.bar_ticks

    @property
    def end(self) -> int:
        """The tick of the bar line after it."""
        return self.start + self.bars * self.section.meter.bar_ticks


@dataclass(slots=True)
class Workload:
    """A player at work: the bars in which he plays, those in which he must, those for which notes have been written,
    those in which he has been told to rest; carries: those in which he alone would leave no hole."""

    player: Player
    section: str
    plays: int
    bound: int
    wrote: int
    carries: int
    rests: int = 0


@dataclass(slots=True)
class Ensemble:
    """Who plays where, as rests are given out. handed: (from, to, window)."""

    plan: Plan
    workloads: dict[str, Workload]
    bars: int
    owed: int  # silent bars that a section owes
    kept: int  # bars in which nobody is told to rest
    core: int  # of these, those in which nobody ever is
    calm: int  # bars of light sections, into which nobody fills
    layered: bool
    windows: Mapping[int, tuple[Window, ...]]
    draw: Stream
    handed: list[tuple[str, str, Window]] = field(default_factory=list)
    pickups: dict[str, set[int]] = field(default_factory=dict)

    def union(self, workloads: Iterable[Workload]) -> int:
        """The bars in which any of them plays."""
        found = 0
        for workload in workloads:
            found |= workload.plays
        return found

    def missing(self, workloads: Sequence[Workload]) -> int:
        """How many bars of silence they still owe."""
        return self.owed - (self.bars - self.union(workloads).bit_count())


def windows_of(plan: Plan, size: int) -> Iterator[Window]:
    """The sections of the form cut into stretches of so many bars, from the first bar on."""
    for section in plan.sections:
        for at in range(0, section.bars, size):
            yield Window(section.first_bar + at, min(size, section.bars - at), section)


def kept_bars(plan: Plan, growing: bool = False) -> int:
    """The crest of the cue, its last chord, and what the picture has everybody hold or break off.

    growing: of the climax only the second half is crest.
    """
    last = 1 << (plan.bars - 1)
    climax = plan.climax
    bars = ceil(climax.bars / 2) if growing or climax.bars > CREST * plan.bars else climax.bars
    first = climax.first_bar + climax.bars - bars
    held = sounding((Note(hit.tick, 1, 0, 0) for hit in plan.hits if hit.kind in HELD), plan.sheet_lines())
    return last | held | ((1 << bars) - 1) << first


def bits_of(sections: Iterable[SectionPlan]) -> int:
    """The bars of some sections of the form."""
    found = 0
    for section in sections:
        found |= ((1 << section.bars) - 1) << section.first_bar
    return found


def workloads_of(
    plan: Plan, cast: Cast, played: Mapping[str, Sequence[Note]], lead: Sequence[Passage],
    needed: Mapping[str, Sequence[Note]],
) -> dict[str, Workload]:  # fmt: skip
    """Every player who plays at all, at his desk.

    played: what every player plays, by id, those who double other seats than the tune left out. lead: the passages of
    the tune. needed: what must not be missed, by player.
    """
    lines = plan.sheet_lines()
    workloads: dict[str, Workload] = {}
    for player in sorted(cast.players, key=lambda p: p.seat.double not in (None, "lead")):  # those who copy come last
        model = player.seat.double
        if player.seat.role in UNCOUNTED:
            continue
        if model is None or model == "lead":
            plays = sounding(played.get(player.id, ()), lines)
        else:
            here = bits_of(s for s in plan.sections if cast.active(player, s))
            plays = workloads[model].plays & here if model in workloads else 0
        if plays:
            notes = played.get(player.id if model in (None, "lead") else str(model), ())
            carries = plays & ~_holes(notes, lines, plan)
            own = (n for p in lead if p.device == player.id and _leads(cast, p) for n in p.notes)
            bound = sounding(own, lines) | sounding(needed.get(player.id, ()), lines)
            section = section_of(player.seat.role, player.instrument)
            workloads[player.id] = Workload(player, section, plays, bound, plays, carries)
    return workloads


def _holes(notes: Iterable[Note], lines: Sequence[int], plan: Plan) -> int:
    """The bars into which a silence of somebody reaches that is a hole where nobody else plays."""
    at = plan.tempo.seconds
    found = reached = 0
    for note in sorted(notes):
        if at(note.onset) - at(reached) > HOLE_SEC:
            found |= sounding((Note(reached, note.onset - reached, 0, 0),), lines)
        reached = max(reached, note.end)
    if at(plan.length) - at(reached) > HOLE_SEC:
        found |= sounding((Note(reached, plan.length - reached, 0, 0),), lines)
    return found


def _leads(cast: Cast, passage: Passage) -> bool:
    """Whether a passage is the tune, and not a lower voice of one in block chords, without which it is still heard."""
    below = passage.statement is not None and BLOCKS in passage.statement.ops
    return not below or cast.leads[passage.section] == passage.device


def owed_bars(plan: Plan, cast: Cast, contexts: tuple[str, ...], banks: Banks) -> int:
    """The silent bars that every section of the ensemble owes; 0 where the rule does not hold.

    contexts: of the cue, as rules name them.
    """
    rule = banks.rules[RULE]
    limits = rule.limits_for(contexts)
    sections = {section_of(p.seat.role, p.instrument) for p in cast.players if p.seat.role not in UNCOUNTED}
    if not rule.speaks(contexts) or plan.bars < limits["bars"] or len(sections) < limits["sections"]:
        return 0
    return ceil(limits["least"] * plan.bars - 1e-9)


def spans_of(plan: Plan, bits: int) -> tuple[Span, ...]:
    """Bars as stretches of time."""
    lines = plan.sheet_lines()
    out: list[Span] = []
    for bar in range(plan.bars):
        if bits >> bar & 1:
            start, end = lines[bar], lines[bar + 1]
            out = [*out[:-1], (out[-1][0], end)] if out and out[-1][1] == start else [*out, (start, end)]
    return tuple(out)
