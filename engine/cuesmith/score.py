"""The written music: what the stages hand to one another, frozen.

Everything is in ticks on the grid (PPQ 960). A `Passage` is the unit of provenance: a run of notes that one device
wrote for one role in one section, and, where it states a theme, which theme, how transformed and how recognisable.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from cuesmith.music.chord import Chord, spelled_in
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key
from cuesmith.plan.model import Plan

_ONSET = attrgetter("onset")
DOUBLES = "doubles "  # how the device of a copied passage begins
FOREVER = 1 << 40  # a tick after the end of any cue
STATED = 0.75  # share of its notes that a passage must keep to count as a statement of its theme
Span = tuple[int, int]  # ticks: start, end (exclusive)


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord for a while, in the key of its section.

    cadence: named on the last chord of a section; device: why the chord is there, where the progression is not why.
    """

    onset: int
    duration: int
    chord: Chord
    key: Key
    cadence: str = ""
    device: str = ""

    @property
    def roman(self) -> str:
        """Its numeral in the key: `IVM7`, `I/3`, `V7/ii`."""
        return self.chord.roman

    @property
    def symbol(self) -> str:
        """Lead-sheet name, spelled as its degree in the key is."""
        return spelled_in(self.chord, self.key)

    @property
    def end(self) -> int:
        """The tick at which the next chord begins."""
        return self.onset + self.duration


@dataclass(frozen=True, slots=True)
class Statement:
    """A theme heard: which one, what was done to it, how recognisable it is (identity 0..1), from where to where."""

    theme: str
    ops: tuple[str, ...]
    identity: float
    start: int
    end: int
    section: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Notes written by one device for one role. onset and notes absolute in ticks; articulation names a table row."""

    notes: tuple[Note, ...]
    section: int
    device: str
    articulation: str = "normal"
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One role played by one instrument: what becomes a MIDI track. Kits: `drums` and program = kit number.

    player: the id of the seat that plays it, where that is not the id of the part: a drummer has one part for the kit
    and one for each melodic program that his voices are layered with.
    """

    id: str
    name: str
    role: str
    instrument: str
    program: int
    bank: int
    drums: bool
    layer: int
    stem: str
    level_db: float
    pan: float
    reverb: float
    passages: tuple[Passage, ...]
    player: str = ""

    @property
    def seat(self) -> str:
        """The id of the seat that plays it."""
        return self.player or self.id

    @property
    def percussive(self) -> bool:
        """Whether its notes are a drummer's strokes."""
        return bool(self.player)

    @property
    def doubles(self) -> bool:
        """Whether it only copies other parts."""
        return all(passage.device.startswith(DOUBLES) for passage in self.passages)

    def notes(self) -> Iterator[Note]:
        """All notes, passage by passage."""
        for passage in self.passages:
            yield from passage.notes


class StepCount(NamedTuple):
    """What one editing step did to a score: how many notes it added, left out and changed, in how many parts.

    promise: what holds of the finished score because of the step.
    """

    step: str
    promise: str
    added: int
    removed: int
    changed: int
    parts: int


@dataclass(frozen=True, slots=True)
class Score:
    """The written music: plan, harmony and parts.

    rests: seat → spans in which its player has been told to rest. steps: what each editing step changed.
    """

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    parts: tuple[Part, ...]
    rests: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    steps: tuple[StepCount, ...] = ()

    def statements(self) -> tuple[Statement, ...]:
        """Every theme statement, in order of time, with the part that plays it."""
        found = [p.statement for part in self.parts for p in part.passages if p.statement is not None]
        return tuple(sorted(found, key=lambda s: (s.start, s.part)))


def mute(passages: tuple[Passage, ...], spans: Iterable[Span], *, resume: bool = False) -> tuple[Passage, ...]:
    """Passages in which nothing sounds inside the spans (start, end in ticks, end exclusive, in order of time).

    Notes that begin inside a span are left out, notes that sound into it end where it begins, passages without a note
    are left out. A passage still states its theme as long as `STATED` of its notes are left.

    resume: a note that would be held for a beat or longer after a span is struck again at the end of the span. Held
    chords and drones come back in this way after a rest.
    """
    wanted = [(start, end) for start, end in spans if start < end]
    out = []
    for passage in passages:
        notes: Iterable[Note] = passage.notes
        changed = resumed = False
        for start, end in wanted:
            if not any(note.onset < end and note.end > start for note in notes):
                continue
            kept = [
                note._replace(duration=start - note.onset) if note.onset < start < note.end else note
                for note in notes
                if not start <= note.onset < end
            ]
            back = [
                n._replace(onset=end, duration=n.end - end) for n in notes if resume and n.onset < end <= n.end - PPQ
            ]
            notes = sorted((*kept, *back)) if back else kept
            changed, resumed = True, resumed or bool(back)
        left = tuple(notes)
        if not changed:
            out.append(passage)
        elif left:
            lost = resumed or len(left) < STATED * len(passage.notes)
            out.append(replace(passage, notes=left, statement=None if lost else passage.statement))
    return tuple(out)


def mute_after(passages: tuple[Passage, ...], tick: int) -> tuple[Passage, ...]:
    """The passages up to a tick; see `mute`."""
    return mute(passages, ((tick, FOREVER),))


def chord_at(harmony: tuple[ChordSpan, ...], tick: int) -> ChordSpan:
    """The chord sounding at a tick (the last one past the end)."""
    return harmony[max(0, bisect_right(harmony, tick, key=_ONSET) - 1)]


class Stroke(NamedTuple):
    """A hit: when, on which voice (an id of the drum bank), how hard, in which section, by which device."""

    onset: int
    voice: str
    velocity: int
    section: int
    device: str
