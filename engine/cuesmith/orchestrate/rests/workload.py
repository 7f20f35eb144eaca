"""The workload of every player: in which bars they play, in which they must play, and how much rest each needs.

Sets of bars are integers with one bit per bar, the first bar in the lowest bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from cuesmith.casting.cast import Cast
from cuesmith.casting.player import Player
from cuesmith.chance import Stream
from cuesmith.music.note import Note
from cuesmith.orchestrate.rests.silent_bars import UNCOUNTED, section_of, sounding_bars
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import Passage
from cuesmith.specs.banks.library import Banks

RULE = "Q34s"  # the row of rules.yaml with the required share of silence, and the cues exempt from it
LONG_CLIMAX = 0.5  # of a longer climax (share of the cue), only the second half is protected from rests
LONGEST_PAUSE_SEC = 1.6  # while a player pauses longer than this, another must play
HELD = ("stop", "silence", "climax")  # kinds of hit on which everybody plays
BLOCKS = "blocking"  # the operation that sets a theme in block chords for several players
Span = tuple[int, int]  # ticks: start, end


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of bars inside one section of the form; `first` counts from the start of the cue."""

    first: int
    bars: int
    section: SectionPlan

    @property
    def bits(self) -> int:
        """Its bars, as bits."""
        return ((1 << self.bars) - 1) << self.first

    @property
    def start(self) -> int:
        """Tick of its first bar line."""
        return self.section.start + (self.first - self.section.first_bar) * self.section.meter.bar_ticks

    @property
    def end(self) -> int:
        """Tick of the bar line after it."""
        return self.start + self.bars * self.section.meter.bar_ticks


@dataclass(slots=True)
class Workload:
    """The bars of one player, as bits.

    section: of the ensemble.
    plays: bars in which the player plays now. must_play: bars in which they must. written: bars with composed notes.
    covers: bars in which this player alone leaves no long pause. rests: bars in which they have been told to rest.
    """

    player: Player
    section: str
    plays: int
    must_play: int
    written: int
    covers: int
    rests: int = 0


@dataclass(slots=True)
class Ensemble:
    """The workloads of all players while rests are assigned. handed_over: (from player, to player, window)."""

    plan: Plan
    workloads: dict[str, Workload]
    bars: int
    owed: int  # silent bars that every section needs
    protected: int  # bars in which nobody should rest
    always_protected: int  # of these, the bars in which nobody ever rests
    calm: int  # bars of soft sections, which get no drum pick-up
    layered: bool  # the score from which intensity levels are cut
    windows: Mapping[int, tuple[Window, ...]]
    draw: Stream
    handed_over: list[tuple[str, str, Window]] = field(default_factory=list)
    pickups: dict[str, set[int]] = field(default_factory=dict)

    def union(self, workloads: Iterable[Workload]) -> int:
        """Return the bars in which any of the workloads plays."""
        found = 0
        for workload in workloads:
            found |= workload.plays
        return found

    def missing(self, workloads: Sequence[Workload]) -> int:
        """Return how many more silent bars these workloads need together."""
        return self.owed - (self.bars - self.union(workloads).bit_count())


def windows_of(plan: Plan, size: int) -> Iterator[Window]:
    """Divide every section of the form into windows of `size` bars; the last of a section may be shorter."""
    for section in plan.sections:
        for at in range(0, section.bars, size):
            yield Window(section.first_bar + at, min(size, section.bars - at), section)


def protected_bars(plan: Plan, only_growing: bool = False) -> int:
    """Return the bars in which nobody rests: the climax, the last bar, and hits on which everybody plays.

    only_growing: of the climax, protect only the second half.
    """
    last = 1 << (plan.bars - 1)
    climax = plan.climax
    bars = ceil(climax.bars / 2) if only_growing or climax.bars > LONG_CLIMAX * plan.bars else climax.bars
    first = climax.first_bar + climax.bars - bars
    held = sounding_bars((Note(hit.tick, 1, 0, 0) for hit in plan.hits if hit.kind in HELD), plan.sheet_lines())
    return last | held | ((1 << bars) - 1) << first


def bits_of(sections: Iterable[SectionPlan]) -> int:
    """Return the bars of some sections of the form."""
    found = 0
    for section in sections:
        found |= ((1 << section.bars) - 1) << section.first_bar
    return found


def workloads_of(
    plan: Plan, cast: Cast, played: Mapping[str, Sequence[Note]], lead: Sequence[Passage],
    needed: Mapping[str, Sequence[Note]],
) -> dict[str, Workload]:  # fmt: skip
    """Compute the workload of every player who plays at all.

    played: player id → notes; may omit players who double another seat than the tune.
    lead: the passages of the tune.
    needed: player id → notes that must sound.
    """
    lines = plan.sheet_lines()
    workloads: dict[str, Workload] = {}
    for player in sorted(cast.players, key=lambda p: p.seat.double not in (None, "lead")):  # those who copy come last
        model = player.seat.double
        if player.seat.role in UNCOUNTED:
            continue
        if model is None or model == "lead":
            plays = sounding_bars(played.get(player.id, ()), lines)
        else:
            here = bits_of(s for s in plan.sections if cast.active(player, s))
            plays = workloads[model].plays & here if model in workloads else 0
        if plays:
            notes = played.get(player.id if model in (None, "lead") else str(model), ())
            covers = plays & ~_long_pauses(notes, lines, plan)
            tune_notes = (n for p in lead if p.device == player.id and _leads(cast, p) for n in p.notes)
            must_play = sounding_bars(tune_notes, lines) | sounding_bars(needed.get(player.id, ()), lines)
            section = section_of(player.seat.role, player.instrument)
            workloads[player.id] = Workload(player, section, plays, must_play, plays, covers)
    return workloads


def _long_pauses(notes: Iterable[Note], lines: Sequence[int], plan: Plan) -> int:
    """Return the bars touched by a pause too long for one player alone."""
    played = sorted(notes)
    starts = np.array([*(note.onset for note in played), plan.length])
    reached = np.maximum.accumulate(np.array([0, *(note.end for note in played)]))
    long = plan.tempo.seconds_array(starts) - plan.tempo.seconds_array(reached) > LONGEST_PAUSE_SEC
    pauses = zip(reached[long].tolist(), starts[long].tolist(), strict=True)
    return sounding_bars([Note(start, end - start, 0, 0) for start, end in pauses], lines)


def _leads(cast: Cast, passage: Passage) -> bool:
    """Tell whether a passage is the tune. Lower voices of block chords are not; the tune sounds without them."""
    lower_voice = passage.statement is not None and BLOCKS in passage.statement.ops
    return not lower_voice or cast.leads[passage.section] == passage.device


def owed_bars(plan: Plan, cast: Cast, contexts: tuple[str, ...], banks: Banks) -> int:
    """Return the silent bars that every section of the ensemble needs; 0 when the rule does not apply.

    contexts: words that rules may refer to, see `Plan.contexts`.
    """
    rule = banks.rules[RULE]
    limits = rule.limits_for(contexts)
    sections = {section_of(p.seat.role, p.instrument) for p in cast.players if p.seat.role not in UNCOUNTED}
    if not rule.speaks(contexts) or plan.bars < limits["bars"] or len(sections) < limits["sections"]:
        return 0
    return ceil(limits["least"] * plan.bars - 1e-9)


def spans_of(plan: Plan, bits: int) -> tuple[Span, ...]:
    """Convert bars to spans of ticks."""
    lines = plan.sheet_lines()
    out: list[Span] = []
    for bar in range(plan.bars):
        if bits >> bar & 1:
            start, end = lines[bar], lines[bar + 1]
            out = [*out[:-1], (out[-1][0], end)] if out and out[-1][1] == start else [*out, (start, end)]
    return tuple(out)
