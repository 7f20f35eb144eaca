"""The piano-roll of a cue: what sounds between one event and the next. Pairwise rules sweep it in numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.view import Bools, Ints, Notes, View
from cuesmith.music.note import PPQ


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """Stretches between events: start and length in ticks, beat (quarter from 0), chord index.

    sounding: stretch × 128 pitches.
    """

    start: Ints
    length: Ints
    beat: Ints
    chord: Ints
    sounding: Bools

    def share(self, stretches: Bools) -> float:
        """Part of the time in which something sounds that these stretches fill, 0..1."""
        heard = int(self.length[self.sounding.any(axis=1)].sum())
        return float(self.length[stretches].sum() / heard) if heard else 0.0


def roll_of(view: View, notes: Notes) -> Roll:
    """The roll of these notes of the view, cut at beats and chords as well. Notes past the last bar line are cut."""
    roll = roll_of_notes(notes, view.length, view.chord_onsets)
    return replace(roll, chord=view.chord_index(roll.start)) if view.chords else roll


def roll_of_notes(notes: Notes, length: int, cuts: Ints | None = None) -> Roll:
    """The roll of notes up to a tick, cut at beats and at these ticks as well; every chord index is 0."""
    beats = np.arange(0, length + PPQ, PPQ, dtype=np.int64)
    last = beats[-1]
    onset, end = np.minimum(notes.onset, last), np.minimum(notes.end, last)
    edges = np.unique(np.concatenate((beats, onset, end) if cuts is None else (beats, cuts, onset, end)))
    edges = edges[edges <= last]
    counts = np.zeros((len(edges), 128), dtype=np.int16)
    np.add.at(counts, (np.searchsorted(edges, onset), notes.pitch), 1)
    np.add.at(counts, (np.searchsorted(edges, end), notes.pitch), -1)
    sounding = np.cumsum(counts, axis=0, dtype=np.int16)[:-1] > 0
    start = edges[:-1]
    return Roll(start, np.diff(edges), start // PPQ, np.zeros(len(start), dtype=np.int64), sounding)


def pairs(roll: Roll, distance: int) -> tuple[Ints, Ints]:
    """(stretch, lower pitch) wherever two notes this many semitones apart sound together."""
    both = roll.sounding[:, :-distance] & roll.sounding[:, distance:]
    stretch, low = np.divmod(np.flatnonzero(both), both.shape[1])  # np.nonzero of two dimensions takes twice as long
    return stretch, low


def together(a: Notes, b: Notes, least_ticks: int) -> tuple[Ints, Ints]:
    """Indices (into a, into b) of every two notes that overlap for at least this long."""
    overlap = np.minimum(a.end[:, None], b.end[None, :]) - np.maximum(a.onset[:, None], b.onset[None, :])
    first, second = np.nonzero(overlap >= least_ticks)
    return first, second


def sounding_at(notes: Notes, ticks: Ints, least_ticks: int = 1) -> tuple[Ints, Ints]:
    """Indices (into ticks, into notes) of what sounds at each tick and for at least this long after it."""
    at = ticks[:, None]
    first, second = np.nonzero((notes.onset[None, :] <= at) & (notes.end[None, :] >= at + least_ticks))
    return first, second


def pitch_at(notes: Notes, ticks: Ints) -> NDArray[np.int64]:
    """The pitch of a line (one note at a time) at each tick; -1 where it rests."""
    if not len(notes):
        return np.full(len(ticks), -1, dtype=np.int64)
    index = np.searchsorted(notes.onset, ticks, side="right") - 1
    sounds = (index >= 0) & (notes.end[np.maximum(index, 0)] > ticks)
    found: NDArray[np.int64] = np.where(sounds, notes.pitch[np.maximum(index, 0)], -1)
    return found
