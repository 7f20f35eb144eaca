"""The view: all that the rules know of a cue, made from a score or a MIDI file, in NumPy columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.note import PPQ, Note
from cuesmith.music.note_table import note_table
from cuesmith.music.scale import Scale
from cuesmith.music.tempo import TempoMap
from cuesmith.orchestrate.loudness.role_table import ROLE_DB
from cuesmith.plan.model import PlannedHit, SectionPlan
from cuesmith.score import ChordSpan, Part, Score, Statement
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.load import load_style

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

ONE_LINE = PPQ  # ticks: after a longer rest two notes are not heard as an interval
STEPWISE = np.isin(np.arange(12), (1, 2, 10, 11))  # indexed by semitones: a step up or down, in any octave
EVERYTHING = frozenset({"plan", "sections", "statements", "harmony", "parts", "passages"})


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """Columns of equal length, sorted by onset: onset and end in ticks, pitch, velocity, and the index of the part."""

    onset: Ints
    end: Ints
    pitch: Ints
    velocity: Ints
    part: Ints

    def __len__(self) -> int:
        return len(self.onset)

    def where(self, chosen: Bools | Ints) -> Notes:
        """Return the notes chosen by a mask or by indices."""
        return Notes(*(getattr(self, name)[chosen] for name in ("onset", "end", "pitch", "velocity", "part")))


def notes_of(found: Iterable[Note], part: int = 0) -> Notes:
    """Return notes as columns, in order of onset."""
    rows = sorted(found)
    onset, length, pitch, velocity = note_table(rows).T.copy()
    return Notes(onset, onset + length, pitch, velocity, np.full(len(rows), part, dtype=np.int64))


def joined(several: Iterable[Notes]) -> Notes:
    """Return all notes of several groups in order of onset, the lower pitch first."""
    groups = [*several, notes_of(())]
    columns = [np.concatenate([getattr(g, n) for g in groups]) for n in ("onset", "end", "pitch", "velocity", "part")]
    return Notes(*columns).where(np.lexsort((columns[2], columns[0])))


def one_at_a_time(notes: Notes, top: bool) -> Notes:
    """Keep only the highest (`top`) or lowest of the notes that begin together."""
    order = np.lexsort((-notes.pitch if top else notes.pitch, notes.onset))
    first = np.ones(len(notes), dtype=bool)
    first[1:] = notes.onset[order][1:] != notes.onset[order][:-1]
    return notes.where(order[first])


@dataclass(frozen=True, slots=True, eq=False)
class PartView:
    """A part.

    role: as in `score.Part`.
    instrument: None when it is unknown or a drum kit.
    unpitched: drums, and pitched percussion such as timpani, too.
    doubling: True when it copies another part, so it is no voice of its own.
    level_db: level in the mix relative to the lead.
    """

    id: str
    name: str
    role: str
    instrument: Instrument | None
    drums: bool
    unpitched: bool
    doubling: bool
    level_db: float
    notes: Notes


class Event(NamedTuple):
    """A passage: which part plays which device (see `score.Passage`), from when to when (ticks), in which section."""

    part: str
    role: str
    device: str
    start: int
    end: int
    section: int


@dataclass(frozen=True, eq=False)
class View:
    """A cue as the rules see it.

    knows: which of plan, sections, statements, harmony (chords as composed, with cadences), parts (roles and doublings
        as composed) and passages (see `events`) are known, not guessed.
    guessed: what was inferred from the notes, in words for the reader: `lead guessed: Flute, Koto`.
    bars: ticks of the bar lines, including the last one.
    lead, bass: melody and bass, one note at a time, without doublings.
    contexts: what rules can name in their exempt, only and instead lists.
    asked_sec: the length that was asked for; None when there was none.
    events: the passages of all parts, in order of time.
    """

    id: str
    title: str
    type: str
    family: str
    melody: str
    ending: str
    knows: frozenset[str]
    tempo: TempoMap
    meters: tuple[MeterChange, ...]
    bars: Ints
    parts: tuple[PartView, ...]
    lead: Notes
    bass: Notes
    chords: tuple[ChordSpan, ...]
    sections: tuple[SectionPlan, ...] = ()
    statements: tuple[Statement, ...] = ()
    scale: Scale | None = None
    asked_sec: float | None = None
    dialogue_safe: bool = False
    contexts: tuple[str, ...] = field(default=())
    events: tuple[Event, ...] = ()
    hits: tuple[PlannedHit, ...] = ()
    guessed: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """The tick of the last bar line."""
        return int(self.bars[-1])

    @property
    def seconds(self) -> float:
        """The clock time of the last bar line."""
        return self.tempo.seconds(self.length)

    def bar(self, tick: int) -> int:
        """Return the number of the bar at a tick, from 1."""
        return int(np.clip(np.searchsorted(self.bars, tick, side="right"), 1, max(1, len(self.bars) - 1)))

    def meter(self, tick: int) -> Meter:
        """Return the meter at a tick."""
        return next((change.meter for change in reversed(self.meters) if change.tick <= tick), Meter(4, 4))

    def strong(self, ticks: Ints) -> Bools:
        """Return which ticks are strong places of their bar (downbeat or secondary accent)."""
        if not len(self.strong_ticks):
            return np.zeros(len(ticks), dtype=bool)
        after = self.strong_ticks[np.minimum(np.searchsorted(self.strong_ticks, ticks), len(self.strong_ticks) - 1)]
        found: Bools = after == ticks
        return found

    @cached_property
    def strong_ticks(self) -> Ints:
        """Every strong place of the cue, in order."""
        found = [int(bar) + at for bar in self.bars[:-1] for at in self.meter(int(bar)).strong_ticks]
        return np.array(found, dtype=np.int64)

    @cached_property
    def every(self) -> Notes:
        """Every note, including drums."""
        return joined(part.notes for part in self.parts)

    @cached_property
    def pitched(self) -> Notes:
        """Every note of a pitched part."""
        return joined(part.notes for part in self.parts if not part.unpitched)

    @cached_property
    def loudness_db(self) -> NDArray[np.float64]:
        """The loudness of each note of `pitched`: velocity (40·log10, as in FluidSynth) and the level of the part."""
        level = np.array([part.level_db for part in self.parts] or [0.0])
        loud: NDArray[np.float64] = level[self.pitched.part] + 40 * np.log10(np.maximum(self.pitched.velocity, 1) / 127)
        return loud

    @cached_property
    def moves(self) -> Ints:
        """Indices of lead notes whose next note belongs to the same line: same player, at most a beat of rest."""
        lead = self.lead
        together = (lead.part[1:] == lead.part[:-1]) & (lead.onset[1:] - lead.end[:-1] <= ONE_LINE)
        return np.flatnonzero(together)

    @cached_property
    def intervals(self) -> Ints:
        """The interval in semitones after each of `moves`."""
        return self.lead.pitch[self.moves + 1] - self.lead.pitch[self.moves]

    @cached_property
    def widest_step(self) -> int:
        """Semitones of the widest step between neighbouring notes of the scale: 2, or more in a scale with gaps."""
        if self.scale is None or not self.scale.pentatonic:
            return 2
        tones = (*self.scale.semitones, 12 + self.scale.semitones[0])
        return max(b - a for a, b in itertools.pairwise(tones))

    @cached_property
    def chord_onsets(self) -> Ints:
        """The ticks at which the chords begin."""
        return np.array([span.onset for span in self.chords], dtype=np.int64)

    def chord_index(self, ticks: Ints) -> Ints:
        """Return the index of the chord at each tick."""
        found: Ints = np.clip(np.searchsorted(self.chord_onsets, ticks, side="right") - 1, 0, None)
        return found

    @cached_property
    def tonics(self) -> Ints:
        """The tonic of the key of each chord."""
        return np.array([span.key.tonic for span in self.chords], dtype=np.int64)

    @cached_property
    def roots(self) -> Ints:
        """The root of each chord."""
        return np.array([span.chord.root for span in self.chords], dtype=np.int64)

    def _table(self, sets: Iterable[Iterable[int]]) -> Bools:
        rows = list(sets)
        table = np.zeros((len(rows), 12), dtype=bool)
        for index, classes in enumerate(rows):
            table[index, list(classes)] = True
        return table

    @cached_property
    def chord_table(self) -> Bools:
        """Array of shape (chords, 12): whether the chord (or its bass) has a pitch class."""
        return self._table((*span.chord.classes, span.chord.bass) for span in self.chords)

    @cached_property
    def key_table(self) -> Bools:
        """Array of shape (chords, 12): whether the key of the chord has a pitch class."""
        return self._table(span.key.classes for span in self.chords)

    @cached_property
    def legal_table(self) -> Bools:
        """Array of shape (chords, 12): chord tones and tensions.

        A tension is a note of the key that is not a semitone above a chord tone.
        """
        return self.chord_table | (self.key_table & ~np.roll(self.chord_table, 1, axis=1))

    def passing(self, notes: Notes, bass: bool = False) -> Bools:
        """Return which notes of one part (or line) are passing notes, neighbour notes or anticipations.

        A passing or neighbour note is outside its chord, lasts a beat at most, is not on a strong place, and moves on
        at once by one or two semitones (in a bass in any octave). An anticipation begins at most half a beat before the
        chord it belongs to. Listeners hear both as motion, not as harmony.
        """
        light = np.zeros(len(notes), dtype=bool)
        if not len(notes) or not self.chords:
            return light
        now, soon = self.chord_index(notes.onset), self.chord_index(notes.onset + PPQ // 2)
        foreign = ~self.chord_table[now, notes.pitch % 12]
        early = foreign & (now != soon) & self.chord_table[soon, notes.pitch % 12]
        moves = np.abs(np.diff(notes.pitch))
        steps = STEPWISE[moves % 12] if bass else (moves > 0) & (moves <= 2)
        at_once = notes.onset[1:] - notes.end[:-1] <= PPQ // 2
        light[:-1] = steps & at_once & (notes.onset[1:] > notes.onset[:-1])
        light &= foreign & (notes.end - notes.onset <= PPQ) & ~self.strong(notes.onset)
        found: Bools = light | early
        return found

    @cached_property
    def structural(self) -> Notes:
        """`pitched` without passing notes and anticipations."""
        sounding = [part for part in self.parts if not part.unpitched]
        return joined(p.notes.where(~self.passing(p.notes, p.role == "bass")) for p in sounding)


def within(ticks: Ints, spans: Iterable[tuple[int, int]]) -> Bools:
    """Return which ticks lie in one of the spans (end excluded)."""
    inside = np.zeros(len(ticks), dtype=bool)
    for start, end in spans:
        inside |= (ticks >= start) & (ticks < end)
    return inside


def _part_view(part: Part, index: int, banks: Banks) -> PartView:
    instrument = None if part.drums else banks.instruments.get(part.instrument)
    return PartView(
        id=part.id, name=part.name, role=part.role, instrument=instrument, drums=part.drums,
        unpitched=instrument is None or instrument.family == "percussion",
        doubling=all(passage.device.startswith("doubles ") for passage in part.passages),
        level_db=ROLE_DB[part.role] + part.level_db, notes=notes_of(part.notes(), index),
    )  # fmt: skip


def _events(score: Score) -> tuple[Event, ...]:
    found = [
        Event(part.id, part.role, p.device, p.notes[0].onset, max(n.end for n in p.notes), p.section)
        for part in score.parts
        for p in part.passages
        if p.notes
    ]
    return tuple(sorted(found, key=lambda event: (event.start, event.part)))


def view_of(score: Score, banks: Banks) -> View:
    """Return the view of a composed cue."""
    plan, brief = score.plan, score.plan.brief
    parts = tuple(_part_view(part, index, banks) for index, part in enumerate(score.parts))
    family = load_style(brief.style).family
    tune = "guide" if any(part.role == "guide" for part in parts) else "lead"
    return View(
        id=brief.id, title=brief.title, type=brief.type, family=family, melody=plan.melody, ending=plan.ending,
        knows=EVERYTHING, tempo=plan.tempo, meters=plan.meters(),
        bars=np.array(plan.bar_lines(), dtype=np.int64), parts=parts,
        lead=one_at_a_time(joined(p.notes for p in parts if p.role == tune and not p.doubling), top=True),
        bass=one_at_a_time(joined(p.notes for p in parts if p.role == "bass" and not p.doubling), top=False),
        chords=score.harmony, sections=plan.sections, statements=score.statements(), scale=plan.scale,
        asked_sec=None if brief.variant == "D" else brief.seconds,
        dialogue_safe=banks.cue_types[brief.type].dialogue_safe if brief.type in banks.cue_types else False,
        contexts=plan.contexts(family),
        events=_events(score), hits=plan.hits,
    )  # fmt: skip
