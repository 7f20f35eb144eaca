"""Measures of texture: who comes and goes, who plays together, whether the tune stands out."""

from __future__ import annotations

import numpy as np
from tests.critic.craft.heard import Heard, Tune

OCTAVE = 12
HALF = 0.5  # of a bar's tune notes that must stand out
MOST_OSTINATI = 2
FLICKER_BARS = 1  # a colour that plays no longer than this


def entrances_exits(cue: Heard) -> float | None:
    """Entrances and exits (a track sounds in a bar and not in the one before, or the reverse) per bar."""
    if cue.count < 2:
        return None
    changes = sum(int((np.diff(cue.sounding(track).astype(int)) != 0).sum()) for track in cue.tracks)
    return changes / cue.count


def texture_changes(cue: Heard) -> float | None:
    """Mean over bar lines of the tracks that enter or leave there, by those that sound on either side."""
    if cue.count < 2 or not cue.tracks:
        return None
    plays = np.array([cue.sounding(track) for track in cue.tracks])
    changed = (plays[:, 1:] != plays[:, :-1]).sum(axis=0)
    return float((changed / np.maximum(1, (plays[:, 1:] | plays[:, :-1]).sum(axis=0))).mean())


def short_colours(cue: Heard) -> float | None:
    """Of the stretches in which a colour player plays (bars in a row): the share that last one bar."""
    lengths: list[int] = []
    for track in cue.tracks:
        if track.role == "colour":
            edges = np.flatnonzero(np.diff(np.concatenate([[0], cue.sounding(track).astype(int), [0]])))
            lengths += (edges[1::2] - edges[::2]).tolist()
    return float(np.mean(np.array(lengths) <= FLICKER_BARS)) if lengths else None


def attack_tracks(cue: Heard) -> float | None:
    """Mean number of pitched tracks that strike together, over the places where any does."""
    places = [np.unique(track.onset) for track in cue.pitched]
    if not places:
        return None
    _, counts = np.unique(np.concatenate(places), return_counts=True)
    return float(counts.mean()) if len(counts) else None


def doubling(cue: Heard) -> float | None:
    """Share of the pitched notes (one per track, place and pitch class) that only add to a pitch class another track
    strikes at the same place: all notes, less the different ones, by all."""
    notes = [note for t in cue.pitched for note in set(zip(t.onset.tolist(), (t.pitch % OCTAVE).tolist(), strict=True))]
    return 1 - len(set(notes)) / len(notes) if notes else None


def _stands_out(cue: Heard, tune: Tune) -> list[bool]:
    """Of each note of the tune: whether it is the highest when it begins, or alone within an octave; doublings are
    no rivals."""
    others = [t for t in cue.pitched if t not in cue.leads]
    if not others:
        return [True] * len(tune.onset)
    onset, end, pitch = (np.concatenate([getattr(t, c) for t in others]) for c in ("onset", "end", "pitch"))
    out = []
    for at, note in zip(tune.onset, tune.pitch, strict=True):
        rivals = pitch[(onset <= at) & (end > at) & ((pitch - note) % OCTAVE != 0)]
        out.append(bool(not len(rivals) or rivals.max() < note or np.abs(rivals - note).min() >= OCTAVE))
    return out


def lead_salience(cue: Heard) -> float | None:
    """Share of the bars with notes of the tune in which at least half of them stand out: highest, or alone within an
    octave on either side (notes of the same class count as doublings)."""
    if not len(cue.tune.onset):
        return None
    clear = np.array(_stands_out(cue, cue.tune), dtype=float)
    bars = cue.bar_of(cue.tune.onset)
    counts = np.bincount(bars, minlength=cue.count)
    shares = np.bincount(bars, weights=clear, minlength=cue.count)[counts > 0] / counts[counts > 0]
    return float((shares >= HALF).mean())


def many_ostinati(cue: Heard) -> float | None:
    """Share of the bars in which more than two ostinati sound."""
    plays = [cue.sounding(track) for track in cue.tracks if track.role == "ostinato"]
    if not plays:
        return None
    return float((np.sum(plays, axis=0) > MOST_OSTINATI).mean())


def ostinato_foreign(cue: Heard) -> float | None:
    """Share of the notes of ostinati on a beat that do not belong to the chord."""
    found = []
    for track in cue.pitched:
        if track.role == "ostinato":
            for onset, pitch in zip(track.onset.tolist(), track.pitch.tolist(), strict=True):
                chord = cue.chord_at(onset)
                if chord is not None and onset % 12 == 0:
                    found.append(pitch % 12 not in chord.classes and pitch % 12 != chord.bass)
    return float(np.mean(found)) if found else None
