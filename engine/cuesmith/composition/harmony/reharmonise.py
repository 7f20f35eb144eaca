"""Reharmonise a theme: choose the best path through the chords that support it.

A theme that is stated keeps the chords of its progression where they support it, and gets better ones elsewhere: so the
chords follow the tune, not the tune the chords. A returning theme may get chords that it has not had.

Every chord must support the strong notes over it. The path prefers stepwise bass, common tones, roots that move by
thirds or fifths, chords that differ from the first time, and the palette of the mood. It avoids parallel fifths and
octaves between bass and melody, and returns to a recent root. Because of the last point a chord's value depends on more
than the chord before, so the search keeps several best paths (beam search).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

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
KEPT = 1.5  # value of the chord that the progression has there: it goes where another fits the melody 0.3 better
WELL_SUPPORTED = 0.95  # a chord that fits so well stays
DIVIDED = 0.7  # a chord of several bars that fits worse is divided
REHARMONISED = "reharmonised"  # device of the new chords of a returning theme
NOTHING_ABOVE = -1  # there is no melody over the chord


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
    columns: list[list[Option]] = []
    for chord in chords:
        notes = outline.between(chord.onset, chord.end)
        if chord.cadence or chord.device or not notes:
            columns.append([Option(chord.roman, 0.0, NOTHING_ABOVE)])
            continue
        top = notes[0].degree
        candidates = []
        for roman, gain in palette:
            fit = outline.fit(roman, chord.onset, chord.end)
            if fit >= LEAST_FIT:
                new_root = NEW if roman.root != chord.roman.root else 0.0
                candidates.append(Option(roman, SUPPORT * fit + gain + new_root, (top - roman.bass) % 12))
        candidates.sort(key=lambda option: -option.value)
        columns.append(
            candidates[:MOST_CANDIDATES] or [Option(chord.roman, SUPPORT * LEAST_FIT, (top - chord.roman.bass) % 12)]
        )
    return _with_romans(chords, _best_path(columns), REHARMONISED)


def support(
    chords: Sequence[TimedChord], outline: MelodyOutline, options: Collection[Roman], bar: int
) -> list[TimedChord]:
    """Replace the chords that do not support the melody over them. Cadences, and chords with a device, stay.

    Where no chord supports all that is sung over several bars, each bar gets one.

    options: the chords that may be used: those of the cue type's progressions in the mode of the section.
    bar: ticks of a bar.
    """
    chords = [part for chord in chords for part in _divided(chord, outline, options, bar)]
    columns: list[list[Option]] = []
    for chord in chords:
        notes = outline.between(chord.onset, chord.end)
        own_fit = outline.fit(chord.roman, chord.onset, chord.end)
        above = (notes[0].degree - chord.roman.bass) % 12 if notes else NOTHING_ABOVE
        own = Option(chord.roman, SUPPORT * own_fit + KEPT, above)
        if chord.cadence or chord.device or not notes or own_fit >= WELL_SUPPORTED:
            columns.append([own])
            continue
        others = []
        for roman in options:
            fit = outline.fit(roman, chord.onset, chord.end)
            if fit > own_fit:
                others.append(Option(roman, SUPPORT * fit, (notes[0].degree - roman.bass) % 12))
        others.sort(key=lambda option: -option.value)
        columns.append([own, *others[: MOST_CANDIDATES - 1]])
    return _with_romans(chords, _best_path(columns), "")


def _divided(chord: TimedChord, outline: MelodyOutline, options: Collection[Roman], bar: int) -> tuple[TimedChord, ...]:
    """Divide a chord of several bars at the bar lines where neither it nor another one fits the melody over it."""
    bars = chord.length // bar
    if bars < 2 or chord.length % bar or chord.cadence or chord.device:
        return (chord,)
    if any(outline.fit(roman, chord.onset, chord.end) >= DIVIDED for roman in (chord.roman, *options)):
        return (chord,)
    return tuple(chord._replace(onset=chord.onset + n * bar, length=bar) for n in range(bars))


class Option(NamedTuple):
    """A chord that may stand at a place.

    value: how much it is wanted there. above: semitones from its bass up to the melody, 0..11, or NOTHING_ABOVE.
    """

    roman: Roman
    value: float
    above: int


def _best_path(columns: Sequence[Sequence[Option]]) -> list[Roman]:
    """Return the chords of the best path through the options of each place."""
    paths: list[tuple[float, tuple[Option, ...]]] = [(0.0, ())]
    for column in columns:
        longer = []
        for so_far, path in paths:
            recent = path[-RECENT:]
            for option in column:
                total = so_far + option.value
                if path:
                    earlier = path[-1]
                    total += _motion(earlier.roman, option.roman)
                    parallel = option.above in (0, 7) and option.above == earlier.above
                    if parallel and earlier.roman.bass != option.roman.bass:
                        total += PARALLEL
                    total += BACK * any(old.roman.root == option.roman.root for old in recent[:-1])
                longer.append((total, (*path, option)))
        longer.sort(key=lambda one: -one[0])
        paths = longer[:BEAM]
    return [option.roman for option in paths[0][1]]


def _with_romans(chords: Sequence[TimedChord], romans: Sequence[Roman], device: str) -> list[TimedChord]:
    """Put new chords in place of others. device: noted on chords with another root or bass than before."""
    out = []
    for chord, roman in zip(chords, romans, strict=True):
        moved = (roman.root, roman.bass) != (chord.roman.root, chord.roman.bass)
        out.append(chord._replace(roman=roman, device=device if moved else chord.device))
    return out
