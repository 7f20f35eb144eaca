"""Find key and chords from notes: pitch-class profiles for the key, chord templates beat by beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.roll import roll_of_notes
from cuesmith.critic.view import Notes
from cuesmith.music.chord import QUALITIES, Chord
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key
from cuesmith.score import ChordSpan

# How well each semitone above the tonic fits the key, from listening tests (Krumhansl and Kessler 1982).
MAJOR = np.array((6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88))
MINOR = np.array((6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17))

TEMPLATES = ("maj", "min", "7", "m7", "M7", "sus4", "dim", "m7b5", "dim7", "aug", "5")
SIMPLER = 0.04  # points lost for each note of the template, so that a triad wins when it explains as much
FOREIGN = 0.6  # points lost for the share of time in notes outside the template
BASS = 0.15  # points for a root that is the lowest note
STAY = 0.12  # points for the chord of the beat before


def key_of(weight: NDArray[np.float64]) -> Key:
    """Return the key whose profile correlates best with how long each pitch class sounds."""
    best, found = -2.0, Key(0, "ionian")
    if not weight.any() or float(np.ptp(weight)) == 0:
        return found
    for mode, profile in (("ionian", MAJOR), ("aeolian", MINOR)):
        for tonic in range(12):
            fit = float(np.corrcoef(weight, np.roll(profile, tonic))[0, 1])
            if fit > best:
                best, found = fit, Key(tonic, mode)
    return found


def _templates() -> tuple[list[Chord], NDArray[np.float64]]:
    chords = [Chord(root, quality, root) for quality in TEMPLATES for root in range(12)]
    table = np.zeros((len(chords), 12))
    for row, chord in enumerate(chords):
        table[row, [(chord.root + i) % 12 for i in QUALITIES[chord.quality][0]]] = 1
    return chords, table


def chord_spans(notes: Notes, length: int) -> tuple[ChordSpan, ...]:
    """Return the chords of the notes up to a tick, at most one per beat; a silent beat keeps the chord before it.

    All are in one key, that of the whole. Empty when there are no notes.
    """
    if not len(notes):
        return ()
    roll = roll_of_notes(notes, length)
    beats = -(-length // PPQ)
    by_class = sum(roll.sounding[:, octave : octave + 12].astype(float) for octave in range(0, 120, 12))
    classes = np.asarray(by_class) * roll.length[:, None]
    weight = np.zeros((beats, 12))
    np.add.at(weight, np.minimum(roll.beat, beats - 1), classes)
    key = key_of(weight.sum(axis=0))
    lowest = np.full(beats, 128)
    heard = roll.sounding.any(axis=1)
    np.minimum.at(lowest, np.minimum(roll.beat[heard], beats - 1), roll.sounding[heard].argmax(axis=1))
    chords, table = _templates()
    total = weight.sum(axis=1, keepdims=True)
    share = weight / np.maximum(total, 1)
    inside = share @ table.T
    present = (share > 0.04).astype(float) @ table.T / table.sum(axis=1)
    points = inside + 0.5 * present - FOREIGN * (1 - inside) - SIMPLER * table.sum(axis=1)
    roots = np.array([chord.root for chord in chords])
    points += BASS * ((lowest % 12)[:, None] == roots[None, :]) * (lowest < 128)[:, None]
    spans: list[ChordSpan] = []
    before = -1
    for beat in range(beats):
        if total[beat, 0] or before < 0:
            row = points[beat].copy()
            if before >= 0:
                row[before] += STAY
            now = int(np.argmax(row))
        else:
            now = before
        if now == before:
            last = spans[-1]
            spans[-1] = ChordSpan(last.onset, last.duration + PPQ, last.chord, key)
        else:
            spans.append(ChordSpan(beat * PPQ, PPQ, chords[now], key))
        before = now
    return tuple(spans)
