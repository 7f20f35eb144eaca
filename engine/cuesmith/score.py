"""The written music: what the stages hand to one another, frozen.

Everything is in ticks on the grid (PPQ 960). A `Passage` is the unit of provenance: a run of notes that one device
wrote for one role in one section, and, where it states a theme, which theme, how transformed and how recognisable.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from cuesmith.music.chord import Chord, spelled_in
from cuesmith.music.note import Note
from cuesmith.music.scale import Key
from cuesmith.plan.model import Plan

_ONSET = attrgetter("onset")


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
    """One role played by one instrument: what becomes a MIDI track. Kits: `drums` and program = kit number."""

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

    def notes(self) -> Iterator[Note]:
        """All notes, passage by passage."""
        for passage in self.passages:
            yield from passage.notes


@dataclass(frozen=True, slots=True)
class Score:
    """The finished writing: plan, harmony and parts."""

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    parts: tuple[Part, ...]

    def statements(self) -> tuple[Statement, ...]:
        """Every theme statement, in order of time, with the part that plays it."""
        found = [p.statement for part in self.parts for p in part.passages if p.statement is not None]
        return tuple(sorted(found, key=lambda s: (s.start, s.part)))


def cut_passages(passages: tuple[Passage, ...], end: int) -> tuple[Passage, ...]:
    """The passages up to a tick: later notes dropped, sounding ones shortened, emptied passages left out."""
    out = []
    for passage in passages:
        notes = tuple(n if n.end <= end else n._replace(duration=end - n.onset) for n in passage.notes if n.onset < end)
        if notes:
            out.append(replace(passage, notes=notes))
    return tuple(out)


def cut_around(passages: tuple[Passage, ...], start: int, end: int) -> tuple[Passage, ...]:
    """The passages without what begins in start..end, and with what sounds into it cut."""
    out = []
    for passage in passages:
        kept = tuple(
            note._replace(duration=start - note.onset) if note.onset < start < note.end else note
            for note in passage.notes
            if not start <= note.onset < end
        )
        if kept:
            out.append(replace(passage, notes=kept))
    return tuple(out)


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
