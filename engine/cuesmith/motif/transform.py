"""Transformations of a motif: every one a pure function Motif → Motif.

Rhythm is what a listener holds on to, contour next, exact pitches last (Prince 2014), so each operation says what it
keeps. Laws (inversion is its own inverse, augmentation then diminution is the identity …) are property tests.
"""

from __future__ import annotations

import itertools

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ


def sequence(motif: Motif, steps: int) -> Motif:
    """Diatonic transposition by steps of the mode; keeps rhythm and contour whole."""
    return motif.with_notes(tuple(n._replace(step=n.step + steps) for n in motif.notes))


def inversion(motif: Motif) -> Motif:
    """Mirrored around the head tone, diatonically; keeps rhythm."""
    if not motif.notes:
        return motif
    axis = motif.notes[0].step
    return motif.with_notes(tuple(n._replace(step=2 * axis - n.step, alter=-n.alter) for n in motif.notes))


def retrograde(motif: Motif) -> Motif:
    """Pitches backwards over the same rhythm."""
    pitches = [(n.step, n.alter) for n in reversed(motif.notes)]
    return motif.with_notes(tuple(n._replace(step=s, alter=a) for n, (s, a) in zip(motif.notes, pitches, strict=True)))


def augmentation(motif: Motif, numerator: int = 2, denominator: int = 1) -> Motif:
    """All times multiplied; numerator > denominator broadens, the other way round is diminution. Keeps contour."""

    def scaled(ticks: int) -> int:
        return ticks * numerator // denominator

    notes = tuple(MotifNote(scaled(n.onset), max(1, scaled(n.duration)), n.step, n.alter) for n in motif.notes)
    return Motif(notes, scaled(motif.length), motif.meter)


def diminution(motif: Motif, factor: int = 2) -> Motif:
    """All times divided; keeps contour."""
    return augmentation(motif, 1, factor)


def fragment(motif: Motif, start: int, end: int) -> Motif:
    """The notes that begin in start..end (ticks), moved to the front; the last is cut at the end."""
    notes = tuple(
        MotifNote(n.onset - start, min(n.duration, end - n.onset), n.step, n.alter)
        for n in motif.notes
        if start <= n.onset < end
    )
    return Motif(notes, end - start, motif.meter)


def expansion(motif: Motif, factor: float = 1.5) -> Motif:
    """Intervals from the head tone widened (factor > 1) or narrowed (< 1), signs kept; keeps rhythm and contour."""
    if not motif.notes:
        return motif
    head = motif.notes[0].step
    out = [motif.notes[0]]
    for before, note in zip(motif.notes, motif.notes[1:], strict=False):
        step = head + round((note.step - head) * factor)
        move = note.step - before.step
        if move and (step - out[-1].step) * move <= 0:
            step = out[-1].step + (1 if move > 0 else -1)
        out.append(note._replace(step=step))
    return motif.with_notes(tuple(out))


def tail_swap(motif: Motif, step: int) -> Motif:
    """The same motif with another last note: question into answer."""
    if not motif.notes:
        return motif
    return motif.with_notes((*motif.notes[:-1], motif.notes[-1]._replace(step=step, alter=0)))


def join(*motifs: Motif) -> Motif:
    """One after another; the meter is that of the first."""
    notes: list[MotifNote] = []
    at = 0
    for item in motifs:
        notes.extend(n._replace(onset=n.onset + at) for n in item.notes)
        at += item.length
    return Motif(tuple(notes), at, motifs[0].meter)


def breathe(motif: Motif, rest: int) -> Motif:
    """The end of the motif left silent for `rest` ticks: notes inside are dropped, the last before is shortened."""
    end = motif.length - rest
    notes = tuple(n._replace(duration=min(n.duration, end - n.onset)) for n in motif.notes if n.onset < end)
    return motif.with_notes(notes)


def remetre(motif: Motif, meter: Meter) -> Motif:
    """The motif in another meter, bar for bar: onsets keep their place in the bar as nearly as the new grid allows.

    Downbeats stay downbeats; the grid is eighths (sixteenths where eighths would merge two notes). Keeps contour.
    """
    old, new = motif.meter.bar_ticks, meter.bar_ticks
    if motif.meter.bar_ticks == new:
        return Motif(motif.notes, motif.length, meter)
    bars = motif.bars
    out: list[MotifNote] = []
    for bar in range(bars):
        inside = [n for n in motif.notes if bar * old <= n.onset < (bar + 1) * old]
        if not inside:
            continue
        for grid in (PPQ // 2, PPQ // 4):
            places = [round((n.onset - bar * old) * new / old / grid) * grid for n in inside]
            if len(set(places)) == len(places) and places[-1] < new:
                break
        else:
            places = [min(i * (PPQ // 4), new - PPQ // 4) for i in range(len(inside))]
        for n, place in zip(inside, places, strict=True):
            duration = max(PPQ // 4, round(n.duration * new / old / (PPQ // 4)) * (PPQ // 4))
            if not out or bar * new + place > out[-1].onset:
                out.append(MotifNote(bar * new + place, duration, n.step, n.alter))
    trimmed = [n._replace(duration=min(n.duration, after.onset - n.onset)) for n, after in itertools.pairwise(out)]
    if out:
        trimmed.append(out[-1]._replace(duration=min(out[-1].duration, bars * new - out[-1].onset)))
    return Motif(tuple(trimmed), bars * new, meter)
