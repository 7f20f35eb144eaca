"""Reharmonise a returning theme: choose the best path through the chords that support it.

Every chord must support the strong notes over it. The path prefers stepwise bass, common tones, roots that move by
thirds or fifths, chords that differ from the first time, and the palette of the mood. It avoids parallel fifths and
octaves between bass and melody, and returns to a recent root. Because of the last point a chord's value depends on more
than the chord before, so the search keeps several best paths (beam search).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord
from cuesmith.music.chord import Roman
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.library import Banks

# values in the search, the higher the better
STEPWISE, SHARED, ROOT_MOTION, NEW, PARALLEL, STUCK = 2.0, 1.0, 1.0, 1.5, -3.0, -2.5
BACK, RECENT = -2.5, 4  # value of a root that was heard in the last few chords; how many those are
UNRESOLVED = -4.0  # value of a dominant seventh that does not resolve down by a fifth or a semitone
BEAM = 10  # paths kept in the search
SUPPORT = 5.0  # value of a chord that supports every note over it
LEAST_FIT = 0.55  # candidates must fit at least this well, see `MelodyOutline.fit`
MOST_CANDIDATES = 9  # candidates per chord


@lru_cache(maxsize=4096)
def _motion(a: Roman, b: Roman) -> float:
    """Return the value of one chord after another."""
    if a.root == b.root and a.bass == b.bass:
        return STUCK
    step = min((b.bass - a.bass) % 12, (a.bass - b.bass) % 12)
    value = STEPWISE if step in (1, 2) else 0.0
    if a.quality == "7" and (a.root - b.root) % 12 not in (1, 7):
        value += UNRESOLVED
    value += SHARED * min(2, len(a.core & b.core))
    return value + (ROOT_MOTION if (b.root - a.root) % 12 in (3, 4, 5, 7, 8, 9) else 0.0)


def _palette(plan: Plan, banks: Banks, minor: bool) -> tuple[tuple[Roman, float], ...]:
    """Return every chord of the palettes, with the value of its mood in this cue."""
    return tuple(
        (roman, row.gain * row.cues.get(plan.brief.type, 1.0))
        for row in banks.palettes.values()
        for roman in row.chords(minor)
    )


def reharmonise(
    chords: Sequence[TimedChord], outline: MelodyOutline, plan: Plan, banks: Banks, minor: bool
) -> list[TimedChord]:
    """Give a section new chords where its melody is known. Cadences, and chords with a device, stay."""
    if not outline:
        return list(chords)
    palette = _palette(plan, banks, minor)
    columns: list[list[tuple[Roman, float, int]]] = []
    for chord in chords:
        notes = outline.between(chord.onset, chord.end)
        if chord.cadence or chord.device or not notes:
            columns.append([(chord.roman, 0.0, -1)])
            continue
        top = notes[0].degree
        candidates = []
        for roman, gain in palette:
            fit = outline.fit(roman, chord.onset, chord.end)
            if fit >= LEAST_FIT:
                new_root = NEW if roman.root != chord.roman.root else 0.0
                candidates.append((roman, SUPPORT * fit + gain + new_root, (top - roman.bass) % 12))
        candidates.sort(key=lambda one: -one[1])
        columns.append(
            candidates[:MOST_CANDIDATES] or [(chord.roman, SUPPORT * LEAST_FIT, (top - chord.roman.bass) % 12)]
        )
    paths: list[tuple[float, tuple[tuple[Roman, int], ...]]] = [(0.0, ())]
    for column in columns:
        longer = []
        for so_far, path in paths:
            recent = path[-RECENT:]
            for roman, value, above in column:
                total = so_far + value
                if path:
                    earlier, earlier_above = path[-1]
                    total += _motion(earlier, roman)
                    if above in (0, 7) and above == earlier_above and earlier.bass != roman.bass:
                        total += PARALLEL
                    total += BACK * any(old.root == roman.root for old, _ in recent[:-1])
                longer.append((total, (*path, (roman, above))))
        longer.sort(key=lambda one: -one[0])
        paths = longer[:BEAM]
    best = paths[0][1]
    out = []
    for chord, (roman, _) in zip(chords, best, strict=True):
        new_root = (roman.root, roman.bass) != (chord.roman.root, chord.roman.bass)
        out.append(chord._replace(roman=roman, device="reharmonised" if new_root else chord.device))
    return out
