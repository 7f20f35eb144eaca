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

TEMPI = (0.5, 0.75, 1.0, 4 / 3, 1.5, 2.0)  # the theme's time may be stretched by these
INTERVAL = (1.0, 0.7, 0.3, 0.0, -0.3)  # gain by how many semitones an interval is off; beyond, or turned: TURNED
TURNED = -1.0
RHYTHM_OCTAVES = 0.8  # a time between onsets that is off by this many octaves (2 ** 0.8 = 1.74 times) gains nothing
SKIPS = tuple((theme, music) for theme in (1, 2) for music in (1, 2, 3))  # how far each side may move on
SKIP_COST = 0.5  # per note left out
PLACES = 3  # the best places are averaged: a theme comes back, a chance likeness seldom does
MELODY = 0.5  # weight of the eight-bar melody beside the two-bar motif, which many cues alone have room for

Row: TypeAlias = NDArray[np.float32]


class Voice(NamedTuple):
    """One line of music: onsets in quarter notes, MIDI pitches."""

    onsets: NDArray[np.float64]
    pitches: NDArray[np.float64]


class Candidate(NamedTuple):
    """A theme as it is looked for: its two-bar motif and its eight-bar melody."""

    motif: Voice
    melody: Voice


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
    music, when that note comes `ahead` notes after the one matched before.
    """

    def __init__(self, music: Sequence[Voice]) -> None:
        line = _joined(music)
        self.size = len(line.onsets)
        steps = [k for k in range(1, 1 + max(ahead for _, ahead in SKIPS)) if k < self.size]
        self._moves = {k: line.pitches[k:] - line.pitches[:-k] for k in steps}
        self._waits = {k: np.log2(line.onsets[k:] - line.onsets[:-k]) for k in steps}
        self.skips = [(back, ahead) for back, ahead in SKIPS if ahead in self._moves]
        self.interval_gain = cache(self._interval_gain)
        self.rhythm_gain = cache(self._rhythm_gain)

    def _interval_gain(self, move: float, ahead: int) -> Row:
        found = self._moves[ahead]
        off = np.minimum(np.abs(found - move), len(INTERVAL)).astype(np.int64)
        gain: Row = np.asarray((*INTERVAL, TURNED), dtype=np.float32)[off]
        gain[move * found < 0] = TURNED
        return gain

    def _rhythm_gain(self, wait: float, ahead: int) -> Row:
        off = self._waits[ahead] - np.log2(wait * np.asarray(TEMPI))[:, None]
        gain: Row = np.maximum(1.0 - np.abs(off) / RHYTHM_OCTAVES, -1.0).astype(np.float32)
        return gain


def likeness(theme: Voice, music: _Music) -> float:
    """How well a theme is found in its three best places of the music, on average: at most 1, note for note."""
    peaks = _peaks(theme, music)
    count = len(theme.onsets)
    found = []
    for _ in range(PLACES):
        at = int(peaks.argmax())
        found.append(float(peaks[at]))
        peaks[max(0, at - count + 1) : at + count] = 0.0
    return sum(found) / len(found) / (2.0 * (count - 1))


def evidence(candidates: Sequence[Candidate], music: Sequence[Voice]) -> NDArray[np.float64]:
    """For each candidate, how much speaks for its being in the music."""
    prepared = _Music(music)
    return np.asarray([likeness(c.motif, prepared) + MELODY * likeness(c.melody, prepared) for c in candidates])


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


def _peaks(theme: Voice, music: _Music) -> Row:
    """For each note of the music, the highest sum of gains of a local alignment that ends there, at any tempo."""
    rows: list[Row] = [np.zeros((len(TEMPI), music.size), dtype=np.float32)]
    peaks = np.zeros_like(rows[0])
    for i in range(1, len(theme.onsets)):
        row = np.zeros_like(peaks)
        for back, ahead in music.skips:
            if back > i:
                continue
            gain = music.rhythm_gain(float(theme.onsets[i] - theme.onsets[i - back]), ahead) + (
                music.interval_gain(float(theme.pitches[i] - theme.pitches[i - back]), ahead)
                - np.float32(SKIP_COST * (back + ahead - 2))
            )
            gain += rows[i - back][:, :-ahead]
            np.maximum(row[:, ahead:], gain, out=row[:, ahead:])
        rows.append(row)
        np.maximum(peaks, row, out=peaks)
    best: Row = peaks.max(axis=0)
    return best
