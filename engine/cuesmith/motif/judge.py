"""Judging a motif: named criteria, 0..100 in all.

The criteria and their points are those of the composing tables: a fingerprint in the rhythm, one characteristic leap
and its recovery, one peak, a singable range, a pentatonic core, a goal note, no mere scale and no mere arpeggio.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from cuesmith.motif.model import Motif
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key

PENTATONIC_CORES = (
    (0, 2, 4, 7, 9),
    (0, 3, 5, 7, 10),
    (0, 2, 3, 7, 8),
    (0, 1, 5, 7, 8),
    (0, 1, 5, 7, 10),
    (0, 4, 5, 7, 11),
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a judgement: points won of points possible (or a penalty below zero)."""

    name: str
    points: float
    possible: float


def judge(
    motif: Motif, key: Key, leaps: tuple[int, int] = (1, 1), fingerprint: bool = True, repeats: int = 3
) -> tuple[Criterion, ...]:
    """Every criterion with its points. leaps: how many leaps of five semitones or more the character wants."""
    notes = motif.notes
    pitches = [key.pitch(n.step, n.alter) for n in notes]
    moves = [b - a for a, b in itertools.pairwise(pitches)]
    if len(moves) < 2:
        return (Criterion("enough notes", 0, 100),)
    big = [i for i, move in enumerate(moves) if abs(move) >= 5]
    recovered = sum(i + 1 < len(moves) and moves[i] * moves[i + 1] <= 0 and abs(moves[i + 1]) <= 4 for i in big)
    top = max(pitches)
    peak_at = notes[pitches.index(top)].onset / motif.length
    ambitus = top - min(pitches)
    head = {(p - key.tonic) % 12 for n, p in zip(notes, pitches, strict=True) if n.onset < motif.length // 2}
    durations = {n.duration for n in notes}
    run, longest_run = 1, 1
    for a, b in itertools.pairwise(pitches):
        run = run + 1 if a == b else 1
        longest_run = max(longest_run, run)
    same_way = sum(a * b > 0 and abs(a) >= 5 and abs(b) >= 5 for a, b in itertools.pairwise(moves))
    out = [
        Criterion("fingerprint rhythm", 15 * fingerprint, 15),
        Criterion("characteristic leap", 10 * (leaps[0] <= len(big) <= leaps[1]), 10),
        Criterion("leap recovery", 10 * (recovered / len(big)) if big else 0, 10),
        Criterion("single peak", 10 * (pitches.count(top) == 1) * (1.0 if 0.25 <= peak_at <= 0.85 else 0.4), 10),
        Criterion("ambitus 7-14", 10 * (7 <= ambitus <= 14) + 5 * (5 <= ambitus < 7 or 14 < ambitus <= 16), 10),
        Criterion("pentatonic core", 10 * any(head <= {c % 12 for c in core} for core in PENTATONIC_CORES), 10),
        Criterion("goal note", 10 * (notes[-1].duration >= 1.5 * PPQ), 10),
        Criterion("steps lead", 10 * (0.35 <= sum(0 < abs(m) <= 2 for m in moves) / len(moves) <= 0.75), 10),
        Criterion("no drumming on one note", 5 * (longest_run <= repeats), 5),
        Criterion("three or four note values", 5 * (3 <= len(durations) <= 4) + 3 * (len(durations) == 2), 5),
        Criterion("pitch classes 4-6", 5 * (4 <= len({p % 12 for p in pitches}) <= 6), 5),
        Criterion("tritone outline", -15 * any(abs(m) == 6 for m in moves), 0),
        Criterion("leaps in a row", -10 * bool(same_way), 0),
        Criterion("mere arpeggio", -10 * all(abs(m) >= 3 for m in moves if m), 0),
        Criterion("mere scale", -10 * all(abs(m) <= 2 for m in moves), 0),
    ]
    return tuple(out)


def total(criteria: tuple[Criterion, ...]) -> float:
    """The sum, kept within 0..100."""
    return max(0.0, min(100.0, sum(c.points for c in criteria)))
