"""Figures of a cue that do not depend on its instruments, read only from the bytes of its MIDI file.

No names, programs, tracks, tempo or markers are used: only pitches with onsets and lengths in quarter notes, the meter,
and the onsets on channel 10, whatever drum it is.
"""

from __future__ import annotations

import io
from typing import NamedTuple, TypeAlias

import mido
import numpy as np
from numpy.typing import NDArray

Features: TypeAlias = NDArray[np.float64]

NAMES = (
    "notes per beat", "onsets per beat", "drum strokes per beat", "beats with a stroke", "strokes off the eighths",
    "share on the beat", "on the half", "on the quarters of a beat", "on triplets", "median length", "long notes",
    "short notes", "mean pitch", "spread", "low end", "high end", "voices at once", "most voices",
    "classes in a bar", "classes in a cue", "in five classes", "tritones", "fourths and fifths", "seconds",
    "major thirds", "minor third", "flat second", "leading tone", "flat seventh", "repeated pitches",
    "bass notes per beat", "bass moves", "beats per bar", "uneven meter", "silent beats", "triplet strokes",
)  # fmt: skip
DRUMS = 9
GRID = 12  # places of a beat that are told apart: sixteenths and triplets


class Heard(NamedTuple):
    """A file as it is heard. notes: rows of onset and length in beats, and pitch; strokes: onsets in beats; beats: how
    long it is; bar: beats of a bar."""

    notes: NDArray[np.float64]
    strokes: NDArray[np.float64]
    beats: float
    bar: float
    numerator: int


def heard(data: bytes) -> Heard:
    """Notes and strokes of a Standard MIDI File."""
    file = mido.MidiFile(file=io.BytesIO(data))
    notes: list[tuple[float, float, int]] = []
    strokes: list[float] = []
    numerator, bar, end = 4, 4.0, 0
    for track in file.tracks:
        tick = 0
        open_: dict[tuple[int, int], int] = {}
        for event in track:
            tick += event.time
            if event.type == "time_signature" and tick == 0:
                numerator, bar = event.numerator, 4.0 * event.numerator / event.denominator
            elif event.type == "note_on" and event.velocity and event.channel == DRUMS:
                strokes.append(tick / file.ticks_per_beat)
            elif event.type == "note_on" and event.velocity:
                open_[event.channel, event.note] = tick
            elif event.type in ("note_off", "note_on") and event.channel != DRUMS:
                start = open_.pop((event.channel, event.note), None)
                if start is not None:
                    notes.append((start / file.ticks_per_beat, (tick - start) / file.ticks_per_beat, event.note))
        end = max(end, tick)
    return Heard(np.array(sorted(notes)), np.array(sorted(strokes)), end / file.ticks_per_beat, bar, numerator)


def _share(places: NDArray[np.int64], wanted: tuple[int, ...]) -> float:
    return float(np.isin(places, wanted).mean()) if len(places) else 0.0


def _together(classes: NDArray[np.bool_], gap: int) -> float:
    """The share of the time in which two pitch classes so many semitones apart sound."""
    return float(np.any(classes & np.roll(classes, -gap, axis=1), axis=1).mean())


def features(data: bytes) -> Features:
    """The figures of NAMES for a MIDI file."""
    found = heard(data)
    onset, length, pitch = found.notes.T
    pitch = pitch.astype(int)
    place = np.round(onset * GRID).astype(int) % GRID
    struck = np.round(found.strokes * GRID).astype(int) % GRID
    beats = int(np.ceil(found.beats))
    sounding = np.zeros((beats * 4 + 1, 128), dtype=bool)  # what sounds, by sixteenths
    for start, long, one in zip(onset, length, pitch, strict=True):
        at = round(start * 4)
        sounding[at : max(at + 1, round((start + long) * 4)), one] = True
    any_ = sounding.any(axis=1)
    classes = np.stack([sounding[:, c::12].any(axis=1) for c in range(12)], axis=1)
    bass = np.where(any_, sounding.argmax(axis=1), -1)
    weight = np.bincount(bass[bass >= 0] % 12, minlength=12) * 1.0 + 0.25 * classes.sum(axis=0)
    tonic = int(weight.argmax())
    share = np.roll(classes.sum(axis=0), -tonic) / max(1, classes.sum())
    pairs = {gap: _together(classes[any_], gap) for gap in (1, 4, 5, 6)}
    bar = round(4 * found.bar)
    bars = [classes[at : at + bar].any(axis=0).sum() for at in range(0, len(classes) - 1, bar)]
    low = pitch < np.percentile(pitch, 12) + 3
    change = np.abs(np.diff(bass[any_]))
    order = np.lexsort((pitch, onset))
    steps = np.diff(pitch[order])
    return np.array(
        [
            len(pitch) / beats,
            len(np.unique(np.round(onset * GRID))) / beats,
            len(found.strokes) / beats,
            len(np.unique(np.floor(found.strokes + 0.04))) / beats,
            _share(struck, (2, 3, 4, 8, 9, 10)),
            _share(place, (0,)),
            _share(place, (6,)),
            _share(place, (3, 9)),
            _share(place, (2, 4, 8, 10)),
            np.log2(np.median(length) + 0.05),
            (length >= 1.9).mean(),
            (length <= 0.3).mean(),
            pitch.mean(),
            pitch.std(),
            np.percentile(pitch, 5),
            np.percentile(pitch, 95),
            sounding.sum() / max(1, any_.sum()),
            np.percentile(sounding.sum(axis=1), 95),
            float(np.mean(bars)),
            (share > 0.02).sum(),
            np.sort(share)[-5:].sum(),
            pairs[6],
            pairs[5],
            pairs[1],
            pairs[4],
            share[3],
            share[1],
            share[11],
            share[10],
            (steps == 0).mean(),
            low.sum() / beats,
            (change > 0).mean(),
            found.bar,
            float(found.numerator in (5, 7)),
            1 - any_.mean(),
            _share(struck, (4, 8)),
        ]
    )
