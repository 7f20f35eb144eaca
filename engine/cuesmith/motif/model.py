"""Motifs and themes: melody before it has a key.

A motif note is a step of a seven-note mode counted from the tonic of its home octave (0 = tonic, 7 = the octave, -1 =
the seventh below) plus a chromatic alteration, so that the same motif can be played in any key and mode. Times are
ticks from the start of the motif.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Key, Scale


class MotifNote(NamedTuple):
    """onset, duration in ticks; step from the tonic; alter in semitones."""

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
    """Notes in order of onset, the length they fill (ticks), and the meter they are written in."""

    notes: tuple[MotifNote, ...]
    length: int
    meter: Meter

    @property
    def bars(self) -> int:
        """Length in whole bars of its meter, rounded up."""
        return -(-self.length // self.meter.bar_ticks)

    def realise(self, key: Key, octave: int = 4, velocity: int = 88) -> tuple[Note, ...]:
        """The notes at pitch in a key."""
        return tuple(Note(n.onset, n.duration, key.pitch(n.step, n.alter, octave), velocity) for n in self.notes)

    def shape(self, key: Key) -> list[tuple[int, int]]:
        """(onset in ticks, pitch) of every note in a key: what `motif.identity` compares."""
        return [(n.onset, key.pitch(n.step, n.alter)) for n in self.notes]

    def with_notes(self, notes: tuple[MotifNote, ...]) -> Motif:
        """The same length and meter with other notes."""
        return replace(self, notes=notes)


@dataclass(frozen=True, slots=True)
class Theme:
    """A leitmotif of a show.

    motif  : the two-bar idea by which it is recognised.
    melody : the whole eight bars (sentence or period) built from it.
    units  : how the melody is made, in order: (first bar, bars, what): idea, idea', fragment, cadence …
    score  : 0..100, by the criteria of `themes.judge`.
    bridge : the eight bars of a B phrase: own rhythm, other register, open at its end; bridge_units as `units`.
    chorus : sixteen bars: line, line higher, lift, landing; holds the highest note of all; chorus_units as `units`.
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


def intervals(motif: Motif, key: Key | None = None) -> tuple[int, ...]:
    """Semitones from note to note, in the motif's own mode when a key is given, else in C major."""
    at = key or Key(0, "ionian")
    pitches = [at.pitch(n.step, n.alter) for n in motif.notes]
    return tuple(b - a for a, b in itertools.pairwise(pitches))
