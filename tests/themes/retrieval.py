"""Which theme is in this music? A matcher that knows nothing of the composer: MIDI bytes in, a score per theme out.

Every channel but the drums' is a voice: its skyline (the highest of the notes that begin together) is aligned locally
with each theme, after Smith and Waterman. Two pairs of neighbours are compared at a time: the interval in semitones and
the logarithm of the time between onsets, at several tempi of the theme. So transposition and augmentation cost nothing,
and notes may be skipped on either side: ornaments in the music, dropped notes of the theme.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

import mido
import numpy as np
from numpy.typing import NDArray

DRUMS = 9  # the channel of General MIDI's percussion, counted from 0
TOGETHER_BEATS = 0.11  # onsets nearer than this are one chord (people, and this program, do not play on the grid)

UNIT = 100  # gains are counted in whole hundredths: sums of small integers are quick
TEMPI = (0.5, 0.75, 1.0, 4 / 3, 1.5, 2.0)  # the theme's time may be stretched by these
INTERVAL = (100, 70, 30, 0, -30)  # gain by how many semitones an interval is off; beyond, or turned: TURNED
TURNED = -100
RHYTHM_OCTAVES = 0.8  # a time between onsets that is off by this many octaves (2 ** 0.8 = 1.74 times) gains nothing
BACK = (1, 2)  # how many notes the theme may move on
AHEAD = (1, 2, 3)  # and the music
SKIP_COST = 50  # per note left out
NO_NOTE = -10_000  # the sum of gains where there is no note to come from
PLACES = 3  # the best places are averaged: a theme comes back, a chance likeness seldom does
MELODY = 0.5  # weight of the eight-bar melody beside the two-bar motif, which many cues alone have room for

Gains: TypeAlias = NDArray[np.int16]


class Voice(NamedTuple):
    """One line of music: onsets in quarter notes, MIDI pitches."""

    onsets: NDArray[np.float64]
    pitches: NDArray[np.float64]


class Candidate(NamedTuple):
    """A theme as it is looked for: its eight-bar melody, of which the first notes are the two-bar motif."""

    melody: Voice
    motif_notes: int


def voices(midi: bytes) -> list[Voice]:
    """The skyline of each pitched track of a MIDI file; names, markers and programs are not looked at."""
    file = mido.MidiFile(file=io.BytesIO(midi))
    out = []
    for track in file.tracks:
        now = 0
        struck: list[tuple[float, int]] = []
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity > 0 and message.channel != DRUMS:
                struck.append((now / file.ticks_per_beat, message.note))
        line: list[tuple[float, int]] = []
        for onset, pitch in sorted(struck):
            if line and onset - line[-1][0] < TOGETHER_BEATS:
                line[-1] = (line[-1][0], max(pitch, line[-1][1]))
            else:
                line.append((onset, pitch))
        if len(line) > 1:
            out.append(voice(line))
    return out


def voice(notes: Sequence[tuple[float, float]]) -> Voice:
    """A voice of (onset in quarter notes, pitch), in order."""
    table = np.asarray(notes, dtype=np.float64)
    return Voice(table[:, 0], table[:, 1])


class _Music:
    """The music's side of the alignment, computed once for all themes.

    interval_gain, rhythm_gain: what a move (semitones) or a wait (quarter notes) of a theme gains at each note of the
    music, for each number of notes AHEAD since the one matched before: (ahead, 1, notes) and (ahead, tempi, notes).
    """

    def __init__(self, music: Sequence[Voice]) -> None:
        line = _joined(music)
        self.size = len(line.onsets)
        self._moves = np.zeros((len(AHEAD), 1, self.size))
        self._waits = np.ones((len(AHEAD), 1, self.size))
        for place, ahead in enumerate(AHEAD):
            self._moves[place, 0, ahead:] = line.pitches[ahead:] - line.pitches[:-ahead]
            self._waits[place, 0, ahead:] = line.onsets[ahead:] - line.onsets[:-ahead]
        self._octaves = np.log2(self._waits)
        self.interval_gain = cache(self._interval_gain)
        self.rhythm_gain = cache(self._rhythm_gain)

    def _interval_gain(self, move: float, back: int) -> Gains:
        """The notes that are left out are paid for here."""
        off = np.minimum(np.abs(self._moves - move), len(INTERVAL)).astype(np.int64)
        gain: Gains = np.asarray((*INTERVAL, TURNED), dtype=np.int16)[off]
        gain[move * self._moves < 0] = TURNED
        gain -= np.asarray([SKIP_COST * (back + ahead - 2) for ahead in AHEAD], dtype=np.int16)[:, None, None]
        return gain

    def _rhythm_gain(self, wait: float) -> Gains:
        off = self._octaves - np.log2(wait * np.asarray(TEMPI))[:, None]
        gain: Gains = np.round(UNIT * np.maximum(1.0 - np.abs(off) / RHYTHM_OCTAVES, -1.0)).astype(np.int16)
        return gain


def likeness(theme: Candidate, music: _Music) -> tuple[float, float]:
    """How well the motif and the whole melody are found: in their three best places, on average.

    At most 1, note for note.
    """
    heard = _peaks(theme, music)
    counts = (theme.motif_notes, len(theme.melody.onsets))
    motif, melody = (_best_places(peaks, count) for peaks, count in zip(heard, counts, strict=True))
    return motif, melody


def _best_places(peaks: Gains, count: int) -> float:
    found = 0
    for _ in range(PLACES):
        at = int(peaks.argmax())
        found += int(peaks[at])
        peaks[max(0, at - count + 1) : at + count] = 0
    return found / PLACES / (2.0 * UNIT * (count - 1))


def evidence(candidates: Sequence[Candidate], music: Sequence[Voice]) -> NDArray[np.float64]:
    """For each candidate, how much speaks for its being in the music."""
    prepared = _Music(music)
    found = [likeness(candidate, prepared) for candidate in candidates]
    return np.asarray([motif + MELODY * melody for motif, melody in found])


def rank(candidates: Sequence[Candidate], music: Sequence[Voice]) -> int:
    """The place of the first candidate among all: 1 = more speaks for it than for any other; ties count against it."""
    found = evidence(candidates, music)
    return 1 + int(np.sum(found[1:] >= found[0]))


def _joined(music: Sequence[Voice]) -> Voice:
    """All voices after one another, so far apart that no match reaches across."""
    onsets, pitches = [], []
    end = 0.0
    for part in music:
        onsets.append(part.onsets - part.onsets[0] + end)
        pitches.append(part.pitches)
        end = onsets[-1][-1] + 1e6
    return Voice(np.concatenate(onsets), np.concatenate(pitches))


def _peaks(theme: Candidate, music: _Music) -> tuple[Gains, Gains]:
    """For each note of the music, the highest sum of gains of a local alignment that ends there, at any tempo.

    Of the motif, and of the whole melody.
    """
    onsets, pitches = theme.melody
    shape = (len(TEMPI), music.size)
    of_motif = peaks = np.zeros(shape, dtype=np.int16)
    sums = np.empty((len(AHEAD), *shape), dtype=np.int16)
    reached: list[Gains] = []  # per note of the theme: the row below, moved on by the notes AHEAD
    for i in range(len(onsets)):
        row = np.zeros(shape, dtype=np.int16)
        for back in BACK[:i]:
            np.add(
                music.rhythm_gain(float(onsets[i] - onsets[i - back])),
                music.interval_gain(float(pitches[i] - pitches[i - back]), back),
                out=sums,
            )
            np.add(sums, reached[i - back], out=sums)
            for gains in sums:
                np.maximum(row, gains, out=row)
        moved = np.full((len(AHEAD), *shape), NO_NOTE, dtype=np.int16)
        for place, ahead in enumerate(AHEAD):
            moved[place, :, ahead:] = row[:, :-ahead]
        reached.append(moved)
        np.maximum(peaks, row, out=peaks)
        if i + 1 == theme.motif_notes:
            of_motif = peaks.copy()
    return of_motif.max(axis=0), peaks.max(axis=0)
