"""A returning theme in a new light: for every stretch of it the chord that carries it, found along the best path.

Each candidate must hold the strong notes above it. The path likes a bass that steps, common tones, roots that move by a
third or a fifth, chords that were not there the first time, and the palette of the mood; it dislikes outer voices that
run in parallel fifths or octaves, and going back to where it has just been. (The last makes the worth of a chord depend
on more than the one before it, so the search keeps the best few paths instead of one for each chord.)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cuesmith.composition.harmony.chord_sequence import Bed, Step
from cuesmith.music.chord import Roman
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.library import Banks

STEPWISE, SHARED, ROOT_MOTION, NEW, PARALLEL, STUCK = 2.0, 1.0, 1.0, 1.5, -3.0, -2.5
BACK, RECENT = -2.5, 4  # returning to a root heard in the last few chords
UNRESOLVED = -4.0  # a dominant seventh that falls neither by a fifth nor by a semitone
BEAM = 10  # paths kept
CARRIED = 5.0  # what a chord is worth that holds every note over it
LEAST_FIT = 0.55
MOST = 9  # candidates per chord


@lru_cache(maxsize=4096)
def _motion(a: Roman, b: Roman) -> float:
    """How well one chord follows another."""
    if a.root == b.root and a.bass == b.bass:
        return STUCK
    step = min((b.bass - a.bass) % 12, (a.bass - b.bass) % 12)
    value = STEPWISE if step in (1, 2) else 0.0
    if a.quality == "7" and (a.root - b.root) % 12 not in (1, 7):
        value += UNRESOLVED
    value += SHARED * min(2, len(a.core & b.core))
    return value + (ROOT_MOTION if (b.root - a.root) % 12 in (3, 4, 5, 7, 8, 9) else 0.0)


def _palette(plan: Plan, banks: Banks, minor: bool) -> tuple[tuple[Roman, float], ...]:
    """Every chord of the palettes with what its mood is worth in this cue."""
    return tuple(
        (roman, row.gain * row.cues.get(plan.brief.type, 1.0))
        for row in banks.palettes.values()
        for roman in row.chords(minor)
    )


def reharmonised(steps: Sequence[Step], bed: Bed, plan: Plan, banks: Banks, minor: bool) -> list[Step]:
    """The steps with new chords where the theme is known; the first chord of a phrase-end cadence stays as it is."""
    if not bed:
        return list(steps)
    palette = _palette(plan, banks, minor)
    columns: list[list[tuple[Roman, float, int]]] = []
    for step in steps:
        notes = bed.between(step.onset, step.end)
        if step.cadence or step.device or not notes:
            columns.append([(step.roman, 0.0, -1)])
            continue
        top = notes[0].degree
        found = []
        for roman, gain in palette:
            fit = bed.fit(roman, step.onset, step.end)
            if fit >= LEAST_FIT:
                fresh = NEW if roman.root != step.roman.root else 0.0
                found.append((roman, CARRIED * fit + gain + fresh, (top - roman.bass) % 12))
        found.sort(key=lambda one: -one[1])
        columns.append(found[:MOST] or [(step.roman, CARRIED * LEAST_FIT, (top - step.roman.bass) % 12)])
    paths: list[tuple[float, tuple[tuple[Roman, int], ...]]] = [(0.0, ())]
    for column in columns:
        grown = []
        for worth, path in paths:
            recent = path[-RECENT:]
            for roman, value, above in column:
                total = worth + value
                if path:
                    earlier, earlier_above = path[-1]
                    total += _motion(earlier, roman)
                    if above in (0, 7) and above == earlier_above and earlier.bass != roman.bass:
                        total += PARALLEL
                    total += BACK * any(old.root == roman.root for old, _ in recent[:-1])
                grown.append((total, (*path, (roman, above))))
        grown.sort(key=lambda one: -one[0])
        paths = grown[:BEAM]
    best = paths[0][1]
    out = []
    for step, (roman, _) in zip(steps, best, strict=True):
        fresh = (roman.root, roman.bass) != (step.roman.root, step.roman.bass)
        out.append(step._replace(roman=roman, device="reharmonised" if fresh else step.device))
    return out
