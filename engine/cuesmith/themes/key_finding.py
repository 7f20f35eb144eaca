"""Find key, scale and meter of a melody from its notes alone.

Source: Krumhansl & Kessler (1982), Psychological Review 89. They measured how well each pitch class fits a key: twelve
numbers for major and for minor. The key found is the one whose numbers correlate best with the total duration of each
pitch class.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import MODES, Key, Scale, is_minor

# fmt: off
#                  1     b2    2     b3    3     4     #4    5     b6    6     b7    7
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# fmt: on
PLAIN_MODES = ("ionian", "aeolian")
LIKELY_MODES = ("ionian", "mixolydian", "lydian", "aeolian", "dorian", "phrygian", "harmonic_minor", "melodic_minor")
OUTSIDE = 0.4  # weight, beside the correlation, of the share of the melody inside the mode
EDGE_BEATS = 1.0  # quarter notes added to the duration of the first and of the last note
METERS = (Meter(4, 4), Meter(3, 4), Meter(6, 8))


class KeyFound(NamedTuple):
    """A key, and how well it fits: the correlation (-1..1) of durations and key profile."""

    key: Key
    correlation: float


def find_key(notes: Sequence[Note], mode: str | None = None) -> KeyFound:
    """Find the key of a melody; a known mode is kept. Raises ValueError when there are no notes."""
    if not notes:
        raise ValueError("no key can be found without notes")
    weight = [0.0] * 12
    for note in notes:
        weight[note.pitch % 12] += note.duration / PPQ
    weight[notes[0].pitch % 12] += EDGE_BEATS
    weight[notes[-1].pitch % 12] += EDGE_BEATS
    best: tuple[float, float, int, str] | None = None
    for root in range(12):
        turned = weight[root:] + weight[:root]
        for name in PLAIN_MODES if mode is None else (mode,):
            profile = MINOR_PROFILE if is_minor(name) else MAJOR_PROFILE
            inside = sum(turned[s] for s in MODES[name]) / sum(turned)
            correlation = _correlation(turned, profile)
            # A named mode must contain the notes. Without one, `_mode_of` later picks the exact mode for the third.
            fit = inside if mode is not None else correlation + OUTSIDE * inside
            found = (round(fit, 9), correlation, -root, name)
            if best is None or found > best:
                best = found
    assert best is not None
    _, correlation, root, name = best
    key = Key(-root, name)
    return KeyFound(key if mode is not None else key.with_mode(_mode_of(weight, key)), correlation)


def _mode_of(weight: Sequence[float], key: Key) -> str:
    """Return the mode with the key's third that leaves the least of the melody outside; of equal ones the likeliest."""
    outside = {
        name: sum(weight[(key.tonic + s) % 12] for s in range(12) if s not in degrees)
        for name, degrees in MODES.items()
        if is_minor(name) == key.minor
    }
    least = min(outside.values())
    return next(name for name in (*LIKELY_MODES, *MODES) if outside.get(name, least + 1) <= least + 1e-9)


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    cross = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    size = math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return cross / size if size else 0.0


def find_scale(notes: Sequence[Note], key: Key, scales: Mapping[str, Scale]) -> Scale:
    """Find the smallest scale of the key's mode that contains every note; the mode itself when no smaller one does.

    Of scales of the same size, it is the one whose nuclear tones sound longest, then the first. A melody of four or
    fewer pitch classes is taken to be in the seven-note mode, because it says too little about a five-note scale.
    """
    classes = {(note.pitch - key.tonic) % 12 for note in notes}
    mode = Scale(key.mode, key.mode, tuple(range(7)), (0, 2, 4))
    fitting = [s for s in scales.values() if s.mode == key.mode and s.pentatonic and classes <= set(s.semitones)]
    if len(classes) < 5 or not fitting:
        return mode

    def rest_beats(scale: Scale) -> float:
        nuclear = {MODES[scale.mode][step] for step in scale.nuclear}
        return sum(note.duration / PPQ for note in notes if (note.pitch - key.tonic) % 12 in nuclear)

    return max(fitting, key=rest_beats)


def find_meter(notes: Sequence[Note], length: int, bar_lines: Sequence[int] = ()) -> Meter:
    """Find the meter from the most common distance of the bar lines (ticks), else from where long notes begin."""
    gaps = [b - a for a, b in zip((0, *bar_lines), bar_lines, strict=False) if b > a]
    if gaps:
        usual = max(gaps, key=gaps.count)
        for numerator, denominator in ((usual / PPQ, 4), (2 * usual / PPQ, 8)):
            if numerator.is_integer() and 1 <= numerator <= 32:
                return Meter(int(numerator), denominator)
    return max(METERS, key=lambda meter: _meter_fit(notes, length, meter))


def _meter_fit(notes: Sequence[Note], length: int, meter: Meter) -> float:
    """Score a meter: long notes on bar lines and beats, and 1 more when the melody fills whole bars."""
    bars = -(-length // meter.bar_ticks)
    on_bars = sum(min(n.duration, 2 * PPQ) for n in notes if n.onset % meter.bar_ticks == 0) / bars
    on_beats = sum(n.duration for n in notes if n.onset % meter.bar_ticks in meter.beats_ticks) / length
    return on_bars / PPQ + on_beats + (1.0 if length % meter.bar_ticks == 0 else 0.0)
