"""Motifs and themes: melodies that are not yet in a key.

A motif note is a step of a seven-note mode (0 = tonic, 7 = the octave above, -1 = the seventh below) plus a chromatic
alteration. So the same motif can be played in any key and mode. Times are ticks from the start of the motif.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Key, Scale


class MotifNote(NamedTuple):
    """One note: onset and duration in ticks, step counted from the tonic, chromatic alteration in semitones."""

    onset: int
    duration: int
    step: int
    alter: int = 0

    @property
    def end(self) -> int:
        """The tick at which the note stops."""
        return self.onset + self.duration


@dataclass(frozen=True, slots=True)
class Motif:
    """Notes in order of onset, the length of the motif in ticks, and its meter."""

    notes: tuple[MotifNote, ...]
    length: int
    meter: Meter

    @property
    def bars(self) -> int:
        """The length in whole bars of its meter, rounded up."""
        return -(-self.length // self.meter.bar_ticks)

    def realise(self, key: Key, octave: int = 4, velocity: int = 88) -> tuple[Note, ...]:
        """Return the notes as MIDI pitches in a key. `octave` 4 puts step 0 into the octave of middle C (C4 = 60)."""
        return tuple(Note(n.onset, n.duration, key.pitch(n.step, n.alter, octave), velocity) for n in self.notes)

    def shape(self, key: Key) -> list[tuple[int, int]]:
        """Return (onset in ticks, MIDI pitch) of every note in a key, as `motif.identity` compares them."""
        return [(n.onset, key.pitch(n.step, n.alter)) for n in self.notes]

    def with_notes(self, notes: tuple[MotifNote, ...]) -> Motif:
        """Return a motif of the same length and meter with other notes."""
        return replace(self, notes=notes)


@dataclass(frozen=True, slots=True)
class Theme:
    """A leitmotif of a show.

    motif: the two-bar idea by which listeners recognise it.
    melody: the eight bars (a sentence or a period) built from the idea.
    units: the parts of the melody in order: (first bar, number of bars, what it is: idea, idea', head, cadence …).
    score: 0..100, see `themes.judge`.
    bridge: the eight bars of a B phrase with its own rhythm and register; it ends open. `bridge_units` are like
        `units`.
    chorus: sixteen bars: line, line higher, lift, landing. It has the highest note of all. `chorus_units` are like
        `units`.
    upbeat: notes before the bar line that lead into the theme, onsets below 0 and steps counted from its first note;
        empty: it begins on its first note.
    """

    name: str
    character: str
    motif: Motif
    melody: Motif
    units: tuple[tuple[int, int, str], ...]
    key: Key
    scale: Scale
    form: str
    score: float
    octave: int = 4
    instrument: str | None = None
    bridge: Motif = field(kw_only=True)
    bridge_units: tuple[tuple[int, int, str], ...] = field(kw_only=True)
    chorus: Motif = field(kw_only=True)
    chorus_units: tuple[tuple[int, int, str], ...] = field(kw_only=True)
    upbeat: tuple[MotifNote, ...] = ()


def intervals(motif: Motif, key: Key | None = None) -> tuple[int, ...]:
    """Return the semitones from note to note in `key`; without a key in C major."""
    at = key or Key(0, "ionian")
    pitches = [at.pitch(n.step, n.alter) for n in motif.notes]
    return tuple(b - a for a, b in itertools.pairwise(pitches))
