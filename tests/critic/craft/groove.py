"""Measures of drums, bass and pulse: whether who is in stays in, and whether anybody plays when the tune rests."""

from __future__ import annotations

import numpy as np
from tests.critic.craft.heard import STEPS, Bools, Heard, Track

DRIVEN = ("battle", "chase", "march")  # types that always have a pulse
LOW = 48  # a chorus's downbeat has a note below C3
SIXTEENTH = STEPS // 4
SNARES = (37, 38, 40)
SNARE_STROKES = 3  # of the four sixteenths of a beat, on average over the bar
SNARE_BARS = 16


def _once_in(plays: Bools) -> float | None:
    """Share of the bars in which somebody plays, from the first such bar to the end."""
    return float(plays[plays.argmax() :].mean()) if plays.any() else None


def _any(cue: Heard, tracks: tuple[Track, ...], sounding: bool = False) -> Bools:
    plays = np.zeros(cue.count, dtype=bool)
    for track in tracks:
        plays |= cue.sounding(track) if sounding else cue.struck(track)
    return plays


def drum_coverage(cue: Heard) -> float | None:
    """Share of all bars with a drum stroke, in cues that have drums."""
    plays = _any(cue, cue.drums)
    return float(plays.mean()) if plays.any() else None


def drums_once_in(cue: Heard) -> float | None:
    """Share of bars with a drum stroke, from the first stroke to the end."""
    return _once_in(_any(cue, cue.drums))


def bass_once_in(cue: Heard) -> float | None:
    """Share of bars with a bass note sounding, from the first note to the end."""
    return _once_in(_any(cue, cue.basses, sounding=True))


def nobody(cue: Heard) -> float | None:
    """Share of the bars in which no lead sounds and neither bass nor drums strike a note."""
    if not cue.known:
        return None
    busy = cue.sounding(cue.tune) | _any(cue, cue.basses) | _any(cue, cue.drums)
    return float(1 - busy.mean())


def pulse_present(cue: Heard) -> float | None:
    """In battle, chase, march: share of the bars in which a track that is no lead strikes at least once per beat."""
    if cue.type not in DRIVEN:
        return None
    best = np.zeros(cue.count, dtype=np.int64)
    for track in cue.tracks:
        if track.role not in ("lead", "guide"):
            strokes = np.bincount(cue.bar_of(np.unique(track.onset)), minlength=cue.count)
            best = np.maximum(best, strokes)
    return float((best >= cue.beats).mean())


def _bass_from_first_bar(cue: Heard, *treatments: str) -> float | None:
    sections = cue.treated(*treatments)
    if not sections or not cue.known:
        return None
    plays = _any(cue, cue.basses, sounding=True)
    return float(np.mean([plays[section.first] for section in sections]))


def statement_bass(cue: Heard) -> float | None:
    """Share of the statements and restatements in whose first bar a bass sounds."""
    return _bass_from_first_bar(cue, "statement", "restatement")


def chorus_bass(cue: Heard) -> float | None:
    """Share of the choruses in whose first bar a bass sounds."""
    return _bass_from_first_bar(cue, "chorus")


def chorus_low(cue: Heard) -> float | None:
    """Share of the choruses whose first beat has a note below C3."""
    lines = [cue.bars[section.first] for section in cue.treated("chorus")]
    if not lines:
        return None
    low = [
        any(bool(((t.pitch < LOW) & (t.onset < line + STEPS) & (t.end > line)).any()) for t in cue.pitched)
        for line in lines
    ]
    return float(np.mean(low))


def groove_similarity(cue: Heard) -> float | None:
    """Mean over neighbouring bars of one length: sixteenths on which any track (drums too) strikes in both, by those
    in either."""
    lengths = np.diff(cue.bars)
    grid = np.zeros((cue.count, int(lengths.max()) // SIXTEENTH + 1), dtype=bool)
    for track in cue.tracks:
        bars = cue.bar_of(track.onset)
        grid[bars, np.clip((track.onset - cue.bars[bars]) // SIXTEENTH, 0, grid.shape[1] - 1)] = True
    both, either = (grid[1:] & grid[:-1]).sum(axis=1), (grid[1:] | grid[:-1]).sum(axis=1)
    asked = (lengths[1:] == lengths[:-1]) & (either > 0)
    return float((both[asked] / either[asked]).mean()) if asked.any() else None


def snare_machine(cue: Heard) -> float | None:
    """1 when a snare plays sixteenths for sixteen bars in a row (three of four and more)."""
    if not cue.drums:
        return None
    longest = run = 0
    strokes = np.zeros(cue.count, dtype=np.int64)
    for track in cue.drums:
        strokes += np.bincount(cue.bar_of(track.onset[np.isin(track.pitch, SNARES)]), minlength=cue.count)
    for full in strokes >= SNARE_STROKES * np.diff(cue.bars) / STEPS:
        run = run + 1 if full else 0
        longest = max(longest, run)
    return float(longest >= SNARE_BARS)


def bass_notes_per_beat(cue: Heard) -> float | None:
    """Bass notes (struck together: one) per quarter note of the whole cue, of the busiest bass."""
    if not cue.basses:
        return None
    return max(len(np.unique(track.onset)) for track in cue.basses) / cue.quarters


def bass_mean_pitch(cue: Heard) -> float | None:
    """Mean MIDI pitch of the busiest bass."""
    if not cue.basses:
        return None
    return float(max(cue.basses, key=lambda track: len(track.onset)).pitch.mean())


def bass_root_fifth(cue: Heard) -> float | None:
    """Share of the bass notes that are the root or the fifth of their chord."""
    found = []
    for track in cue.basses[:1]:
        for onset, pitch in zip(track.onset.tolist(), track.pitch.tolist(), strict=True):
            chord = cue.chord_at(onset)
            if chord is not None:
                found.append((pitch - chord.root) % 12 in (0, 7))
    return float(np.mean(found)) if found else None
