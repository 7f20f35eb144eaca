"""The written music: what the stages hand to one another, frozen.

Everything is in ticks on the grid (PPQ 960). A `Passage` is the unit of provenance: a run of notes that one device
wrote for one role in one section, and, where it states a theme, which theme, how transformed and how recognisable.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from cuesmith.music.chord import Chord, spelled_in
from cuesmith.music.meter import FREE, Meter, MeterChange
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key, Scale
from cuesmith.music.tempo import TempoMap

if TYPE_CHECKING:
    from cuesmith.specs.banks import Recipe

NEARLY_FULL = 0.1  # energy by which a section may be less full than the fullest, and be the climax
Meeting = Literal["succession", "dialogue", "counterpoint"]  # how a second theme meets the first
PLAIN = "plain"  # the recipe of a theme that comes as it is
_ONSET = attrgetter("onset")
FORCED_LIMITS = (1.5, 900.0)  # seconds of any cue at all
HitKind = Literal["accent", "stop", "swell", "entry", "key", "silence", "climax"]  # what the music does at a hit point


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment of the picture that the music must meet.

    at_sec: clock seconds from the first bar line. weight: 0 would be nice .. 1 must be. note: what happens there.
    """

    at_sec: float
    kind: HitKind = "accent"
    weight: float = 1.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlannedHit:
    """Where a hit came to stand: its tick, bar and beat (from 1, in units of the meter), and when it is reached."""

    at_sec: float
    kind: HitKind
    weight: float
    tick: int
    bar: int
    beat: float
    reached_sec: float
    note: str = ""

    @property
    def error_ms(self) -> float:
        """How late the music is; negative: early."""
        return (self.reached_sec - self.at_sec) * 1000.0


Event = Literal["reveal", "impact", "entrance", "turn", "departure", "silence"]  # what a beat may mark; see plan.curves


class Mood(NamedTuple):
    """A point of feeling: valence -1 dark .. 1 bright, arousal 0 still .. 1 excited, tension 0 at ease .. 1 on edge."""

    valence: float
    arousal: float
    tension: float


STILL = Mood(0.0, 0.0, 0.0)  # as a distance: none


@dataclass(frozen=True, slots=True)
class Guise:
    """How a theme comes back in a cue.

    recipe: name of a recipe, PLAIN, or empty (the cue type chooses). row: that recipe, once the plan has looked it up.
    stage: of the theme's story over the show. fragments: only pieces of it are heard.
    """

    theme: str
    recipe: str = ""
    stage: str = ""
    fragments: bool = False
    row: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A moment of the picture that the music answers to.

    at: seconds. feel: a feeling by name (empty: as it was). who: themes heard from here on, the second against the
    first. event: what happens. intensity: 0 a hint .. 1 everything; None: as the feeling has it. recipe: how the themes
    come from here on (empty: as the feeling has it).
    """

    at: float
    feel: str = ""
    who: tuple[str, ...] = ()
    event: Event | None = None
    intensity: float | None = None
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked of one cue, complete: the planner adds nothing that the person could have said."""

    id: str
    title: str
    type: str
    style: str
    seed: int | str
    seconds: float | None = None
    key: Key | None = None
    meter: str = ""  # `3/4`, `free`, `7/8+4/4`; empty: one of its type's or style's
    tempo_bpm: float | None = None
    themes: tuple[str, ...] = ()
    variant: str = ""  # "", or B (no melody), C (soft), D (ending): cut from the cue of this id
    guises: tuple[Guise, ...] = ()  # of themes whose form is asked for; the others as the cue type has them
    meeting: Meeting | None = None  # of the first two themes; None: as the cue type has it
    recipes: tuple[tuple[str, Recipe], ...] = ()  # the show's own, which hide those of style and banks
    chords: tuple[tuple[str, str], ...] = ()  # (section name, or "" for the whole cue; chart) as music.chart reads it
    hits: tuple[Hit, ...] = ()  # in any order
    fps: str = "24"  # the frame rate in which times are shown
    force: bool = False  # take lengths beyond the type's limits
    feel: str = ""  # a feeling by name; the numbers beside it go before it, and the type's own place stands behind both
    valence: float | None = None  # -1 dark .. 1 bright
    arousal: float | None = None  # 0 still .. 1 excited
    tension: float | None = None  # 0 at ease .. 1 on edge
    beats: tuple[Beat, ...] = ()  # in order of time; they make the form
    ensemble: str = ""  # solo, chamber, studio or full; "": as the style has it
    humanize: float = 1.0  # 0 on the grid .. 1 as the style plays
    ending: str = ""  # how it ends; empty: as its type does


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section of the form.

    level: 0..4, how many layers play. theme: the leitmotif it states, if any; against: the one that meets it there, and
    how they meet. mood: where a beat or a dial puts it, and pull, how far that is from the place of the cue type.
    register: semitones by which its melody should lie higher. articulation: of a melody whose recipe asks for none.
    loudness: share of the velocities written. feel: what it is meant to feel like, by name. guises: how themes come
    here, where that is not as in the rest of the cue. flow: in free meter where its beats fall (ticks, rising), one for
    every quarter of the even sheet on which it is written; empty elsewhere.
    """

    index: int
    name: str
    treatment: str
    harmony: str
    bars: int
    first_bar: int
    start: int  # ticks
    length: int  # ticks
    meter: Meter
    energy: float
    level: int
    key: Key
    theme: str | None
    chords_per_bar: float
    against: str | None = None
    meeting: Meeting = "succession"
    mood: Mood | None = None
    pull: Mood = STILL
    register: float = 0.0
    articulation: str = "normal"
    loudness: float = 1.0
    feel: str = ""
    guises: tuple[Guise, ...] = ()
    flow: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        """The tick of the bar line after the section."""
        return self.start + self.length

    def sheet_ticks(self) -> tuple[int, ...]:
        """The ticks of its bar lines on the even sheet on which music is composed."""
        return tuple(self.start + bar * self.meter.bar_ticks for bar in range(self.bars))

    def bar_ticks(self) -> tuple[int, ...]:
        """The ticks of its bar lines; in free meter of the beginnings of its breaths."""
        return self.flow[:: self.meter.numerator] if self.flow else self.sheet_ticks()

    def bar_meters(self) -> tuple[Meter, ...]:
        """The meter of each bar; in free meter as many quarters as the breath has."""
        if not self.flow:
            return (self.meter,) * self.bars
        lines = (*self.bar_ticks(), self.end)
        return tuple(Meter((after - tick) // PPQ, 4, free=True) for tick, after in pairwise(lines))

    def bar_at(self, tick: int) -> int:
        """Which of its bars (from 0) a tick falls in; the nearest, outside."""
        if self.flow:
            return max(0, bisect_right(self.bar_ticks(), tick) - 1)
        return min(self.bars - 1, max(0, (tick - self.start) // self.meter.bar_ticks))


class BeatPoint(NamedTuple):
    """Where a beat landed: the second asked for, the bar line (ticks) at which its section begins, what it is."""

    at_sec: float
    tick: int
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The cue bar by bar, before a note is written.

    `seconds` is the time of the last bar line, exactly. dialogue_safe: words must be heard over it. curve: the mood at
    every bar, where beats or dials ask for one. points: where its beats landed, in order.
    """

    brief: Brief
    seconds: float
    tempo: TempoMap
    sections: tuple[SectionPlan, ...]
    scale: Scale
    ending: str
    valence: float
    arousal: float
    tension: float
    melody: str
    guises: tuple[Guise, ...] = ()
    dialogue_safe: bool = False
    vocal: bool = False  # a song, whose tune is written for a voice
    hits: tuple[PlannedHit, ...] = ()  # in order of time: asked for and reached

    @property
    def hit_error_ms(self) -> float:
        """Mean distance of the hits from the picture, by weight; 0 without hits."""
        total = sum(hit.weight for hit in self.hits)
        return sum(hit.weight * abs(hit.error_ms) for hit in self.hits) / total if total else 0.0

    curve: tuple[Mood, ...] = ()
    points: tuple[BeatPoint, ...] = ()

    def mood(self, section: SectionPlan) -> Mood:
        """The mood of a section: its own, else that of the cue."""
        return section.mood or Mood(self.valence, self.arousal, self.tension)

    def guise(self, theme: str, section: SectionPlan | None = None) -> Guise:
        """How a theme comes in this cue, or in one of its sections."""
        known = (*(section.guises if section else ()), *self.guises)
        return next((guise for guise in known if guise.theme == theme), Guise(theme, PLAIN))

    @property
    def length(self) -> int:
        """Ticks up to the last bar line."""
        return self.sections[-1].end

    @property
    def key(self) -> Key:
        """The home key."""
        return self.sections[0].key

    @property
    def bars(self) -> int:
        """How many bars the cue has."""
        return sum(section.bars for section in self.sections)

    def meters(self) -> tuple[MeterChange, ...]:
        """Where the meter changes, from tick 0."""
        out: list[MeterChange] = []
        for section in self.sections:
            if not section.flow:
                if not out or out[-1].meter != section.meter:
                    out.append(MeterChange(section.start, section.meter))
                continue
            for tick, meter in zip(section.bar_ticks(), section.bar_meters(), strict=True):
                if not out or out[-1].meter != meter:
                    out.append(MeterChange(tick, meter))
        return tuple(out)

    @property
    def free(self) -> bool:
        """Whether the whole cue is in free meter; sections without a beat of their own apart (a button)."""
        return all(section.meter.free for section in self.sections if section.name != "button")

    def bar_lines(self) -> tuple[int, ...]:
        """The ticks of all bar lines, the last one too."""
        return (*(tick for section in self.sections for tick in section.bar_ticks()), self.length)

    def sheet_lines(self) -> tuple[int, ...]:
        """The same on the even sheet on which music is composed."""
        return (*(tick for section in self.sections for tick in section.sheet_ticks()), self.length)

    def contexts(self, family: str) -> tuple[str, ...]:
        """What rules may name of the cue, the most telling first. family: of its style."""
        return (self.brief.type, self.ending, self.melody, family, *((str(FREE),) if self.free else ()))

    def section_at(self, tick: int) -> SectionPlan:
        """The section a tick falls in; past the end, the last."""
        for section in self.sections:
            if tick < section.end:
                return section
        return self.sections[-1]

    @property
    def climax(self) -> SectionPlan:
        """The fullest section; of those that are nearly so, the one nearest to two thirds of the cue."""
        top = max(section.energy for section in self.sections)
        near = [section for section in self.sections if section.energy >= top - NEARLY_FULL]
        return min(near, key=lambda s: (abs(s.start + s.length / 2 - self.length * 2 / 3), -s.index))


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
class Line:
    """What one role plays through the cue before instruments are chosen: passages in order of section."""

    role: str
    name: str
    passages: tuple[Passage, ...]

    def notes(self) -> Iterator[Note]:
        """All notes, passage by passage."""
        for passage in self.passages:
            yield from passage.notes


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
