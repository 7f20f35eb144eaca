"""The written music: the immutable data that the stages pass to one another.

Times are in ticks (960 per quarter note). A `Passage` records where notes come from: it is a run of notes that one
device wrote for one role in one section. When it states a theme, it also says which theme, how it is transformed, and
how recognisable it is.
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
    """One chord with its duration, in the key of its section.

    onset, duration: in ticks.
    cadence: name of the cadence, on the last chord of a section.
    device: the reason for the chord when it is not simply part of the progression.
    """

    onset: int
    duration: int
    chord: Chord
    key: Key
    cadence: str = ""
    device: str = ""

    @property
    def roman(self) -> str:
        """The roman numeral in the key: `IVM7`, `I/3`, `V7/ii`."""
        return self.chord.roman

    @property
    def symbol(self) -> str:
        """The lead-sheet name, spelled as a degree of the key."""
        return spelled_in(self.chord, self.key)

    @property
    def end(self) -> int:
        """The tick at which the next chord begins."""
        return self.onset + self.duration


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a theme: which theme, its operations, its identity (0..1), and its first and last tick."""

    theme: str
    ops: tuple[str, ...]
    identity: float
    start: int
    end: int
    section: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Notes that one device wrote for one role.

    notes: onsets in ticks from the start of the cue.
    section: index of the section.
    articulation: a row of the articulation table (see `perform.tables`).
    """

    notes: tuple[Note, ...]
    section: int
    device: str
    articulation: str = "normal"
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One role played by one instrument: it becomes one MIDI track.

    Drum kits have `drums` and the kit number as program.

    player: the id of the seat that plays it, when it is not the id of the part. A drummer has one part for the kit, and
        one for each melodic program that is layered with the drums.
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
        """Whether its notes are the strokes of a drummer."""
        return bool(self.player)

    @property
    def doubles(self) -> bool:
        """Whether it only copies other parts."""
        return all(passage.device.startswith(DOUBLES) for passage in self.passages)

    def notes(self) -> Iterator[Note]:
        """Yield all notes, passage by passage."""
        for passage in self.passages:
            yield from passage.notes


class StepCount(NamedTuple):
    """What one editing step did to a score: the number of notes it added, removed and changed, and in how many parts.

    promise: what is true of the finished score because of the step.
    """

    step: str
    promise: str
    added: int
    removed: int
    changed: int
    parts: int


@dataclass(frozen=True, slots=True)
class Score:
    """The finished composition: plan, harmony and parts.

    rests: seat → spans of ticks in which its player must rest.
    steps: what each editing step changed.
    """

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    parts: tuple[Part, ...]
    rests: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    steps: tuple[StepCount, ...] = ()

    def statements(self) -> tuple[Statement, ...]:
        """Return every theme statement in order of time."""
        found = [p.statement for part in self.parts for p in part.passages if p.statement is not None]
        return tuple(sorted(found, key=lambda s: (s.start, s.part)))


def mute(
    passages: tuple[Passage, ...], spans: Iterable[Span], *, resume: bool = False, stated: float = STATED
) -> tuple[Passage, ...]:
    """Passages in which nothing sounds inside the spans (start, end in ticks, end exclusive, in order of time).

    Notes that begin inside a span are left out, notes that sound into it end where it begins, passages without a note
    are left out. A passage still states its theme as long as a share `stated` (0..1) of its notes is left.

    resume: a note that would be held for a beat or longer after a span is struck again at the end of the span. Held
    chords and drones come back in this way after a rest.
    """
    wanted = [(start, end) for start, end in spans if start < end]
    out = []
    for passage in passages:
        notes: Iterable[Note] = passage.notes
        changed = resumed = False
        for start, end in wanted:
            if not any(onset < end and onset + duration > start for onset, duration, _, _ in notes):
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
            lost = resumed or len(left) < stated * len(passage.notes)
            out.append(replace(passage, notes=left, statement=None if lost else passage.statement))
    return tuple(out)


def in_order(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Sort passages by section and first onset."""
    return tuple(sorted(passages, key=lambda p: (p.section, p.notes[0].onset)))


def mute_after(passages: tuple[Passage, ...], tick: int) -> tuple[Passage, ...]:
    """The passages up to a tick; see `mute`. What is left of a theme where a cue ends still states it."""
    return mute(passages, ((tick, FOREVER),), stated=0.0)


def chord_at(harmony: tuple[ChordSpan, ...], tick: int) -> ChordSpan:
    """Return the chord that sounds at a tick; after the end the last one."""
    return harmony[bisect_right(harmony, tick, 1, key=_ONSET) - 1]


class Stroke(NamedTuple):
    """One drum stroke: onset, voice (an id of the drum bank), velocity, section, device."""

    onset: int
    voice: str
    velocity: int
    section: int
    device: str
