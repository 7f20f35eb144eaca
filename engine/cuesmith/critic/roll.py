"""The piano-roll of a cue: which pitches sound between one event and the next. Rules about pairs of notes use it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.view import Bools, Ints, Notes, View
from cuesmith.music.note import PPQ


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """Stretches of time between events: start and length in ticks, beat (quarter note, from 0), chord index.

    sounding: array of shape (stretches, 128 pitches).
    """

    start: Ints
    length: Ints
    beat: Ints
    chord: Ints
    sounding: Bools

    def share(self, stretches: Bools) -> float:
        """Return the share (0..1) of the sounding time that these stretches fill."""
        heard = int(self.length[self.sounding.any(axis=1)].sum())
        return float(self.length[stretches].sum() / heard) if heard else 0.0


def roll_of(view: View, notes: Notes) -> Roll:
    """Return the roll of notes of a view, also divided at beats and chords. Notes are cut at the last bar line."""
    roll = roll_of_notes(notes, view.length, view.chord_onsets)
    return replace(roll, chord=view.chord_index(roll.start)) if view.chords else roll


def roll_of_notes(notes: Notes, length: int, cuts: Ints | None = None) -> Roll:
    """Return the roll of notes up to a tick, also divided at beats and at the ticks `cuts`. Every chord index is 0."""
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
    """Return (stretch, lower pitch) wherever two notes `distance` semitones apart sound together."""
    both = roll.sounding[:, :-distance] & roll.sounding[:, distance:]
    stretch, low = np.divmod(np.flatnonzero(both), both.shape[1])  # twice as fast as np.nonzero on two dimensions
    return stretch, low


def together(a: Notes, b: Notes, least_ticks: int) -> tuple[Ints, Ints]:
    """Return the indices (into a, into b) of every two notes that overlap for at least `least_ticks`."""
    overlap = np.minimum(a.end[:, None], b.end[None, :]) - np.maximum(a.onset[:, None], b.onset[None, :])
    first, second = np.nonzero(overlap >= least_ticks)
    return first, second


def sounding_at(notes: Notes, ticks: Ints, least_ticks: int = 1) -> tuple[Ints, Ints]:
    """Return the indices (into ticks, into notes) of what sounds at each tick, and still `least_ticks` later."""
    at = ticks[:, None]
    first, second = np.nonzero((notes.onset[None, :] <= at) & (notes.end[None, :] >= at + least_ticks))
    return first, second


def pitch_at(notes: Notes, ticks: Ints) -> NDArray[np.int64]:
    """Return the pitch of a line (one note at a time) at each tick; -1 where it rests."""
    if not len(notes):
        return np.full(len(ticks), -1, dtype=np.int64)
    index = np.searchsorted(notes.onset, ticks, side="right") - 1
    sounds = (index >= 0) & (notes.end[np.maximum(index, 0)] > ticks)
    found: NDArray[np.int64] = np.where(sounds, notes.pitch[np.maximum(index, 0)], -1)
    return found
