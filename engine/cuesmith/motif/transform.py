"""Transformations of a motif: every one a pure function Motif → Motif (with the key or mode where that changes too).

Rhythm is what a listener holds on to, contour next, exact pitches last (Prince 2014), so each operation says what it
keeps. Laws (inversion is its own inverse, augmentation then diminution is the identity …) are property tests.
Operations that need more than one voice are in `motif.combine`; `motif.ops` has them all by name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES, Key

SIXTEENTH = PPQ // 4
IN_PLACE, PLAIN, HEAD, LONGEST = 3.0, 2.5, 1.0, 0.5  # what counts when a bar is written in another meter


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


@lru_cache(maxsize=512)  # every statement of a cue in another meter asks for the same few
def remetre(motif: Motif, meter: Meter) -> Motif:
    """The motif in another meter, bar for bar: what of its rhythm can stay stays. Keeps contour and downbeats.

    Of every bar several forms are made and the most like is taken: all onsets in proportion to the new bar (on eighths
    or on sixteenths), or the head as it was and the rest squeezed into what is left or spread over what is won.
    """
    old, new = motif.meter.bar_ticks, meter.bar_ticks
    if old == new:
        return Motif(motif.notes, motif.length, meter)
    bars, onsets = motif.bars, {n.onset for n in motif.notes}
    out: list[MotifNote] = []
    for bar in range(bars):
        inside = [n for n in motif.notes if bar * old <= n.onset < (bar + 1) * old]
        places = _places(tuple(n.onset - bar * old for n in inside), old, new)
        for n, place in zip(inside, places, strict=True):
            joined = n.end in onsets  # sung on to the next note, as it is cut below
            duration = old + new if joined else max(SIXTEENTH, round(n.duration * new / old / SIXTEENTH) * SIXTEENTH)
            if not out or bar * new + place > out[-1].onset:
                out.append(MotifNote(bar * new + place, duration, n.step, n.alter))
    trimmed = [n._replace(duration=min(n.duration, after.onset - n.onset)) for n, after in itertools.pairwise(out)]
    if out:
        trimmed.append(out[-1]._replace(duration=min(out[-1].duration, bars * new - out[-1].onset)))
    return Motif(tuple(trimmed), bars * new, meter)


def _places(onsets: tuple[int, ...], old: int, new: int) -> list[int]:
    """Where the onsets of a bar of `old` ticks stand in one of `new`: rising, inside the bar, a sixteenth apart."""
    if not onsets:
        return []
    best: tuple[float, list[int]] | None = None
    for form in _forms(onsets, old, new):
        if form[-1] < new and all(a < b for a, b in itertools.pairwise(form)):
            score = _likeness(onsets, form, old, new)
            if best is None or score > best[0]:
                best = (score, form)
    return best[1] if best else [min(i * SIXTEENTH, new - SIXTEENTH) for i in range(len(onsets))]


def _forms(onsets: tuple[int, ...], old: int, new: int) -> Iterator[list[int]]:
    """Ways to put the onsets into the new bar, the plainest first."""
    for grid in (PPQ // 2, SIXTEENTH):
        yield [round(onset * new / old / grid) * grid for onset in onsets]
    for kept in range(len(onsets), 0, -1):  # so many onsets of the head as they were
        head, tail = onsets[:kept], onsets[kept:]
        if head[-1] >= new:
            continue
        if not tail:
            yield list(head)
            continue
        pivot = head[-1]
        squeeze = (new - pivot) / (old - pivot)
        yield [*head, *(pivot + round((onset - pivot) * squeeze / SIXTEENTH) * SIXTEENTH for onset in tail)]


def _likeness(onsets: tuple[int, ...], form: list[int], old: int, new: int) -> float:
    """How good a new form of a bar is.

    Onsets in place to a sixteenth, as few as may be off the eighths (four even dotted eighths are no waltz), the values
    of the head kept, the longest note still the longest.
    """
    near = sum(abs(place * old / new - onset) <= SIXTEENTH for onset, place in zip(onsets, form, strict=True))
    before = [b - a for a, b in itertools.pairwise((*onsets, old))]
    after = [b - a for a, b in itertools.pairwise((*form, new))]
    head = sum(a == b for a, b in zip(before[:2], after[:2], strict=True)) / min(2, len(before))
    longest = max(before)
    stays = any(a == longest and b == max(after) for a, b in zip(before, after, strict=True))
    finer = sum(place % (PPQ // 2) != 0 for place in form) - sum(onset % (PPQ // 2) != 0 for onset in onsets)
    plain = 1 - max(0, finer) / len(onsets)
    return IN_PLACE * near / len(onsets) + PLAIN * plain + HEAD * head + LONGEST * stays


def fragmentation(motif: Motif, count: int) -> Motif:
    """The first `count` notes in as many whole bars as they reach into; keeps the head. count: 1 or more."""
    if count < 1:
        raise ValueError(f"a fragment has one note or more, not {count}")
    notes = motif.notes[:count]
    end = motif.notes[count].onset if count < len(motif.notes) else motif.length
    return Motif(notes, _whole_bars(end, motif.meter), motif.meter)


def liquidation(motif: Motif, start: int = 4) -> Motif:
    """The head again and again, each time a note shorter, from `start` notes to one; each takes the room of the first.

    What is left of the theme dissolves (Schoenberg's liquidation). Keeps the head, less and less of it.
    """
    start = min(start, len(motif.notes))
    if start < 1:
        raise ValueError("there is nothing to liquidate: the motif has no notes, or none were asked for")
    room = fragmentation(motif, start).length
    return join(*(Motif(motif.notes[:count], room, motif.meter) for count in range(start, 0, -1)))


def displacement(motif: Motif, ticks: int) -> Motif:
    """Begun so many ticks late (or early, below zero) against the bar; keeps every distance between onsets.

    An early start needs a bar before it: the motif then begins at the end of that bar. The last note is cut at the end
    of the motif where a sixteenth or more of it is left, else a bar is added.
    """
    bar = motif.meter.bar_ticks
    before = -(ticks // bar) * bar if ticks < 0 else 0
    notes = [n._replace(onset=n.onset + before + ticks) for n in motif.notes]
    length = motif.length + before
    if notes and notes[-1].onset > length - SIXTEENTH:
        length = _whole_bars(notes[-1].end, motif.meter)
    return Motif(tuple(n._replace(duration=min(n.duration, length - n.onset)) for n in notes), length, motif.meter)


def compression(motif: Motif, key: Key, factor: float = 0.5) -> Motif:
    """Every interval narrowed to `factor` of its semitones, a semitone at least; keeps rhythm and contour.

    The notes become chromatic: this is the whispering, closing-in form. factor: above 0, up to 1.
    """
    if not 0 < factor <= 1:
        raise ValueError(f"a compression factor lies above 0 and is at most 1, not {factor:g}")
    if not motif.notes:
        return motif
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    at = pitches[0]
    out = [motif.notes[0]]
    for note, (before, after) in zip(motif.notes[1:], itertools.pairwise(pitches), strict=True):
        size = max(1, int(abs(after - before) * factor + 0.5)) if after != before else 0
        at += size if after > before else -size
        step, alter = key.step_of(at)
        out.append(note._replace(step=step, alter=alter))
    return motif.with_notes(tuple(out))


def real_transposition(motif: Motif, key: Key, semitones: int) -> tuple[Motif, Key]:
    """Every pitch moved by the same semitones: the motif as it is written in the key it lands in, and that key."""
    octaves = (key.tonic + semitones) // 12
    return register(motif, octaves), key.transposed(semitones)


def mode_change(motif: Motif, mode: str) -> tuple[Motif, str]:
    """The same degrees in another mode (C E G → C Eb G): the motif without chromatic alterations, and the mode.

    Alterations belong to the mode that is left: a sharpened leading tone would double what the new mode has.
    Raises ValueError for a mode that is not in `MODES`.
    """
    if mode not in MODES:
        raise ValueError(f"unknown mode '{mode}'; known: {', '.join(MODES)}")
    return motif.with_notes(tuple(n._replace(alter=0) for n in motif.notes)), mode


def register(motif: Motif, octaves: int) -> Motif:
    """So many octaves up or down; keeps everything but the colour."""
    return sequence(motif, 7 * octaves)


def sequences(motif: Motif, steps: int, copies: int) -> Motif:
    """The motif and its copies, each `steps` higher than the one before; in the last the final note goes on by a step.

    copies: 1..3 (a fourth would be predictable). One copy is the plain `sequence`. Keeps rhythm; contour but the end.
    """
    if not 1 <= copies <= 3:
        raise ValueError(f"a sequence has one to three copies, not {copies}")
    if copies == 1:
        return sequence(motif, steps)
    last = sequence(motif, steps * (copies - 1))
    if last.notes:
        last = tail_swap(last, last.notes[-1].step + (1 if steps >= 0 else -1))
    return join(*(sequence(motif, steps * k) for k in range(copies - 1)), last)


def ostinato(motif: Motif, count: int = 8, unit: int = PPQ // 2, bars: int = 1) -> Motif:
    """The first `count` pitches as even notes of `unit` ticks, round and round for so many bars; keeps their order.

    A count that does not divide the bar makes a cross-rhythm, on purpose.
    """
    if min(count, unit, bars) < 1 or not motif.notes:
        raise ValueError("an ostinato needs a motif with notes, and a count, unit and bars of 1 or more")
    pool = motif.notes[:count]
    length = bars * motif.meter.bar_ticks
    notes = tuple(
        MotifNote(at, min(unit, length - at), pool[i % len(pool)].step, pool[i % len(pool)].alter)
        for i, at in enumerate(range(0, length, unit))
    )
    return Motif(notes, length, motif.meter)


def head_swap(motif: Motif) -> Motif:
    """New notes for the first half over the same rhythm: its widest interval is kept, the others are mirrored.

    The last note of the half stays, so the tail follows as before. Two notes alone have one interval and stay.
    """
    half = [n for n in motif.notes if n.onset < motif.length // 2]
    if len(half) < 3:
        half = list(motif.notes[:3])
    moves = [b.step - a.step for a, b in itertools.pairwise(half)]
    if len(moves) < 2:
        return motif
    kept = max(range(len(moves)), key=lambda i: (abs(moves[i]), -i))
    new = [half[-1]]
    for i in range(len(moves) - 1, -1, -1):
        move = moves[i] if i == kept else -moves[i]
        new.insert(0, half[i]._replace(step=new[0].step - move, alter=0))
    return motif.with_notes((*new, *motif.notes[len(half) :]))


def _whole_bars(ticks: int, meter: Meter) -> int:
    return max(1, -(-ticks // meter.bar_ticks)) * meter.bar_ticks
