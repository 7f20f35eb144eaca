"""A finished cue as the measures see it: tracks of a MIDI file on a grid, bars, and what the explain JSON says of them.

Time is counted in steps, twelve to a quarter note, so that sixteenths and triplets are whole numbers. Tracks that were
sent early (players with a slow attack) are moved back as a whole, then each onset goes to the nearest sixteenth or
triplet. Roles, sections, chords and themes come from the explain JSON; without it the measures that need them say
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuesmith.motif.text import read_notes
from cuesmith.music.chord import Chord
from cuesmith.music.note import PPQ

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

STEPS = 12  # of a quarter note
ONE_CHORD = 0.8  # a track whose notes another lead strikes too, in this share, doubles it


class Tune(NamedTuple):
    """Notes of a line: onsets in steps, MIDI pitches, ends in steps."""

    onset: Ints
    pitch: Ints
    end: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A track: its id, role and instrument as the explain JSON has them, and its notes in columns, by onset."""

    id: str
    role: str
    instrument: str
    drums: bool
    onset: Ints
    end: Ints
    pitch: Ints

    def top(self, lowest: bool = False) -> Tune:
        """Of notes struck together the highest (or the lowest)."""
        order = np.lexsort((self.pitch if lowest else -self.pitch, self.onset))
        onset = self.onset[order]
        first = np.append(True, onset[1:] != onset[:-1])[: len(onset)]
        return Tune(onset[first], self.pitch[order][first], self.end[order][first])


class Section(NamedTuple):
    """A section: name, treatment, its first bar (from 0) and the one after its last; bars of numerals, as one text."""

    name: str
    treatment: str
    first: int
    last: int
    numerals: tuple[str, ...]


class Span(NamedTuple):
    """A chord and where it begins, in steps."""

    start: int
    chord: Chord


class Statement(NamedTuple):
    """A theme as the composer says it is heard: part, operations, first bar (from 0) and the one after the last."""

    part: str
    ops: tuple[str, ...]
    identity: float
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Heard:
    """A cue. bars: steps of the bar lines, the last one too. beats: felt beats of each bar. tonic: pitch class.

    themes: notes of each theme's melody, chorus and bridge. known: whether there was an explain JSON.
    """

    name: str
    style: str
    type: str
    known: bool
    tracks: tuple[Track, ...]
    bars: Ints
    beats: Ints
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    chords: tuple[Span, ...] = ()
    themes: tuple[Mapping[str, Tune], ...] = ()
    characters: tuple[str, ...] = ()
    tonic: int | None = None
    scale: str = ""
    ending: str = ""
    coda: str = ""

    @property
    def count(self) -> int:
        """How many bars there are."""
        return len(self.bars) - 1

    @property
    def quarters(self) -> float:
        """Length in quarter notes."""
        return float(self.bars[-1]) / STEPS

    def bar_of(self, steps: Ints) -> Ints:
        """The bar (from 0) of each onset."""
        found: Ints = np.clip(np.searchsorted(self.bars, steps, side="right") - 1, 0, self.count - 1)
        return found

    def struck(self, track: Track) -> Bools:
        """Bars in which the track strikes a note."""
        found = np.zeros(self.count, dtype=bool)
        found[self.bar_of(track.onset)] = True
        return found

    def sounding(self, line: Track | Tune) -> Bools:
        """Bars in which a note sounds, for at least an eighth or as a note struck there."""
        found = np.zeros(self.count, dtype=bool)
        found[self.bar_of(line.onset)] = True
        for start, end in zip(line.onset, line.end, strict=True):
            first, last = np.searchsorted(self.bars, (start, end - STEPS // 2), side="right") - 1
            found[max(0, first) : max(0, last) + 1] = True
        return found

    @cached_property
    def pitched(self) -> tuple[Track, ...]:
        """The tracks that are no drums."""
        return tuple(track for track in self.tracks if not track.drums)

    @cached_property
    def leads(self) -> tuple[Track, ...]:
        """Who has the tune (the guide where there is a singer), without those that only double another lead."""
        role = "guide" if any(track.role == "guide" for track in self.tracks) else "lead"
        leads = [track for track in self.tracks if track.role == role and len(track.onset)]
        leads.sort(key=lambda track: (-len(track.onset), abs(float(track.pitch.mean()) - 68)))
        kept: list[Track] = []
        for track in leads:
            if not any(_doubles(track, other) for other in kept):
                kept.append(track)
        return tuple(kept)

    @cached_property
    def tune(self) -> Tune:
        """The melody: all leads, the highest of what begins together."""
        return joined("tune", self.leads).top()

    @cached_property
    def basses(self) -> tuple[Track, ...]:
        """The tracks of the bass."""
        return tuple(track for track in self.tracks if track.role == "bass")

    @cached_property
    def drums(self) -> tuple[Track, ...]:
        """The tracks of drums."""
        return tuple(track for track in self.tracks if track.drums)

    def chord_at(self, step: int) -> Chord | None:
        """The chord that sounds there."""
        return next((span.chord for span in reversed(self.chords) if span.start <= step), None)

    def treated(self, *treatments: str) -> tuple[Section, ...]:
        """The sections of these treatments."""
        return tuple(section for section in self.sections if section.treatment in treatments)


def joined(name: str, tracks: tuple[Track, ...]) -> Track:
    """Several tracks as one, by onset."""
    none = np.zeros(0, dtype=np.int64)
    columns = [np.concatenate([none, *(getattr(t, c) for t in tracks)]) for c in ("onset", "end", "pitch")]
    order = np.argsort(columns[0], kind="stable")
    return Track(name, "", "", False, *(column[order] for column in columns))


def _doubles(track: Track, other: Track) -> bool:
    mine = set(zip(track.onset.tolist(), (track.pitch % 12).tolist(), strict=True))
    theirs = set(zip(other.onset.tolist(), (other.pitch % 12).tolist(), strict=True))
    return len(mine & theirs) >= ONE_CHORD * len(mine)


def tune_of(text: str) -> Tune:
    """A tune written as text (`C4:1 D4:.5`)."""
    sounds = [sound for sound in read_notes(text).sounds if sound.pitch is not None]
    onset = np.array([round(sound.onset * STEPS / PPQ) for sound in sounds], dtype=np.int64)
    length = np.array([round(sound.duration * STEPS / PPQ) for sound in sounds], dtype=np.int64)
    return Tune(onset, np.array([sound.pitch for sound in sounds], dtype=np.int64), onset + length)
