"""Transformations of one motif, as pure functions.

Listeners recognise a motif by its rhythm first, by its contour next and by exact pitches last (Prince 2014), so each
docstring says what is kept. The laws (inversion is its own inverse, augmentation then diminution gives the motif back
…) are property tests. Operations for more than one voice are in `motif.combine`; `motif.ops` lists all by name.
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
IN_PLACE, PLAIN, HEAD, LONGEST = 3.0, 2.5, 1.0, 0.5  # weights of the four criteria in `_likeness`


def sequence(motif: Motif, steps: int) -> Motif:
    """Move the motif by steps of the mode (diatonic transposition). It keeps rhythm and contour.

    Args:
        motif: the melody.
        steps: steps of the seven-note mode, up or (negative) down.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(sequence(read_degrees("1:1 3:1 5:2"), 1))
        '2:1 4:1 6:2'
    """
    return motif.with_notes(tuple(n._replace(step=n.step + steps) for n in motif.notes))


def inversion(motif: Motif) -> Motif:
    """Mirror the melody around its first note, by steps of the mode. It keeps the rhythm.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(inversion(read_degrees("3:1 4:1 5:2")))
        '3:1 2:1 1:2'
    """
    if not motif.notes:
        return motif
    axis = motif.notes[0].step
    return motif.with_notes(tuple(n._replace(step=2 * axis - n.step, alter=-n.alter) for n in motif.notes))


def retrograde(motif: Motif) -> Motif:
    """Reverse the order of the pitches over the same rhythm.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(retrograde(read_degrees("1:1 3:1 5:2")))
        '5:1 3:1 1:2'
    """
    pitches = [(n.step, n.alter) for n in reversed(motif.notes)]
    return motif.with_notes(tuple(n._replace(step=s, alter=a) for n, (s, a) in zip(motif.notes, pitches, strict=True)))


def augmentation(motif: Motif, numerator: int = 2, denominator: int = 1) -> Motif:
    """Multiply all times by numerator/denominator; below 1 this is a diminution. It keeps the contour.

    Args:
        motif: the melody.
        numerator, denominator: the factor, whole numbers above 0.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(augmentation(read_degrees("1:1 3:1 5:2"), 2))
        '1:2 3:2 | 5:4'
    """

    def scaled(ticks: int) -> int:
        return ticks * numerator // denominator

    notes = tuple(MotifNote(scaled(n.onset), max(1, scaled(n.duration)), n.step, n.alter) for n in motif.notes)
    return Motif(notes, scaled(motif.length), motif.meter)


def diminution(motif: Motif, factor: int = 2) -> Motif:
    """Divide all times by `factor` (a whole number above 0). It keeps the contour.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(diminution(read_degrees("1:2 3:2 | 5:4")))
        '1:1 3:1 5:2'
    """
    return augmentation(motif, 1, factor)


def fragment(motif: Motif, start: int, end: int) -> Motif:
    """Take the notes that begin in start..end (ticks), moved to the front. The last one is cut at `end`."""
    notes = tuple(
        MotifNote(n.onset - start, min(n.duration, end - n.onset), n.step, n.alter)
        for n in motif.notes
        if start <= n.onset < end
    )
    return Motif(notes, end - start, motif.meter)


def expansion(motif: Motif, factor: float = 1.5) -> Motif:
    """Widen the intervals from the first note. Directions stay, so it keeps rhythm and contour.

    Args:
        motif: the melody.
        factor: above 1 widens the intervals, below 1 narrows them (to one step at least).

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(expansion(read_degrees("1:1 3:1 5:2"), 1.5))
        '1:1 4:1 7:2'
    """
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
    """Replace the last note, for example to turn a question into an answer.

    Args:
        motif: the melody.
        step: the new last note, in steps from the tonic (0 = tonic, 7 = the octave above).

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(tail_swap(read_degrees("1:1 3:1 5:2"), 0))
        '1:1 3:1 1:2'
    """
    if not motif.notes:
        return motif
    return motif.with_notes((*motif.notes[:-1], motif.notes[-1]._replace(step=step, alter=0)))


def join(*motifs: Motif) -> Motif:
    """Join motifs one after another, in the meter of the first."""
    notes: list[MotifNote] = []
    at = 0
    for item in motifs:
        notes.extend([MotifNote(onset + at, duration, step, alter) for onset, duration, step, alter in item.notes])
        at += item.length
    return Motif(tuple(notes), at, motifs[0].meter)


def breathe(motif: Motif, rest: int) -> Motif:
    """Leave the last `rest` ticks of the motif silent.

    Notes that begin there are removed, a note that sounds there is cut.
    """
    end = motif.length - rest
    notes = tuple(n._replace(duration=min(n.duration, end - n.onset)) for n in motif.notes if n.onset < end)
    return motif.with_notes(notes)


@lru_cache(maxsize=512)  # a cue asks for the same few motifs again at every statement
def change_meter(motif: Motif, meter: Meter) -> Motif:
    """Rewrite the motif in another meter, bar by bar, and keep as much of its rhythm as possible.

    It keeps contour and downbeats. For each bar several rhythms are tried and the most similar one is taken: all onsets
    in proportion to the new bar (quantised to eighths or to sixteenths), or the first onsets unchanged and the rest
    scaled to fit. Notes may be merged when a bar gets too short.

    Args:
        motif: the melody.
        meter: the new meter, not free.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(change_meter(read_degrees("1:2 3:1 5:1"), Meter(3, 4)))
        '1:1.5 3:.75 5:.75'
    """
    old, new = motif.meter.bar_ticks, meter.bar_ticks
    if old == new:
        return Motif(motif.notes, motif.length, meter)
    bars, onsets = motif.bars, {n.onset for n in motif.notes}
    out: list[MotifNote] = []
    for bar in range(bars):
        inside = [n for n in motif.notes if bar * old <= n.onset < (bar + 1) * old]
        places = _new_onsets(tuple(n.onset - bar * old for n in inside), old, new)
        for n, place in zip(inside, places, strict=True):
            joined = n.end in onsets  # legato: make it too long here, `trimmed` cuts it at the next note
            duration = old + new if joined else max(SIXTEENTH, round(n.duration * new / old / SIXTEENTH) * SIXTEENTH)
            if not out or bar * new + place > out[-1].onset:
                out.append(MotifNote(bar * new + place, duration, n.step, n.alter))
    trimmed = [n._replace(duration=min(n.duration, after.onset - n.onset)) for n, after in itertools.pairwise(out)]
    if out:
        trimmed.append(out[-1]._replace(duration=min(out[-1].duration, bars * new - out[-1].onset)))
    return Motif(tuple(trimmed), bars * new, meter)


def _new_onsets(onsets: tuple[int, ...], old: int, new: int) -> list[int]:
    """Move the onsets of a bar of `old` ticks into a bar of `new` ticks: rising and inside the bar."""
    if not onsets:
        return []
    best: tuple[float, list[int]] | None = None
    for form in _candidate_onsets(onsets, old, new):
        if form[-1] < new and all(a < b for a, b in itertools.pairwise(form)):
            score = _likeness(onsets, form, old, new)
            if best is None or score > best[0]:
                best = (score, form)
    return best[1] if best else [min(i * SIXTEENTH, new - SIXTEENTH) for i in range(len(onsets))]


def _candidate_onsets(onsets: tuple[int, ...], old: int, new: int) -> Iterator[list[int]]:
    """Yield the possible onsets in the new bar, the simplest first."""
    for grid in (PPQ // 2, SIXTEENTH):
        yield [round(onset * new / old / grid) * grid for onset in onsets]
    for kept in range(len(onsets), 0, -1):  # the first `kept` onsets stay, the others are scaled
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
    """Return how similar the new rhythm of a bar is to the old one (higher is better).

    Four things count: onsets in place to a sixteenth; few onsets off the eighths (four equal dotted eighths are not a
    waltz); the first two note values unchanged; the longest note still the longest.
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
    """Keep only the first notes, in as many whole bars as they need.

    Args:
        motif: the melody.
        count: how many notes, 1 or more.

    Raises:
        ValueError: `count` is below 1.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(fragmentation(read_degrees("1:1 3:1 5:2 | 1':4"), 2))
        '1:1 3:1 r:2'
    """
    if count < 1:
        raise ValueError(f"a fragment has one note or more, not {count}")
    notes = motif.notes[:count]
    end = motif.notes[count].onset if count < len(motif.notes) else motif.length
    return Motif(notes, _whole_bars(end, motif.meter), motif.meter)


def liquidation(motif: Motif, start: int = 4) -> Motif:
    """Repeat the first notes, each time one note fewer, until one note is left.

    All repetitions have the length of the first one. Source: Schoenberg's term for a theme that dissolves in this way.

    Args:
        motif: the melody.
        start: how many notes the first fragment has.

    Raises:
        ValueError: the motif has no notes, or `start` is below 1.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(liquidation(read_degrees("1:1 3:1 5:2"), 2))
        '1:1 3:1 r:2 | 1:1 r:3'
    """
    start = min(start, len(motif.notes))
    if start < 1:
        raise ValueError("there is nothing to liquidate: the motif has no notes, or none were asked for")
    room = fragmentation(motif, start).length
    return join(*(Motif(motif.notes[:count], room, motif.meter) for count in range(start, 0, -1)))


def displacement(motif: Motif, ticks: int) -> Motif:
    """Start the motif later or earlier against the bar. It keeps all distances between onsets.

    For an earlier start a bar is added in front. The last note is cut at the end of the motif if at least a sixteenth
    of it is left; else a bar is added.

    Args:
        motif: the melody.
        ticks: how much later (960 per quarter note); negative: earlier.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(displacement(read_degrees("1:1 3:1 5:2"), 480))
        'r:.5 1:1 3:1 5:1.5'
    """
    bar = motif.meter.bar_ticks
    before = -(ticks // bar) * bar if ticks < 0 else 0
    notes = [n._replace(onset=n.onset + before + ticks) for n in motif.notes]
    length = motif.length + before
    if notes and notes[-1].onset > length - SIXTEENTH:
        length = _whole_bars(notes[-1].end, motif.meter)
    return Motif(tuple(n._replace(duration=min(n.duration, length - n.onset)) for n in notes), length, motif.meter)


def compression(motif: Motif, key: Key, factor: float = 0.5) -> Motif:
    """Narrow every interval to `factor` of its semitones (one at least). It keeps rhythm and contour.

    The notes become chromatic; the effect is whispering and narrow.

    Args:
        motif: the melody.
        key: the key in which the semitones are counted.
        factor: above 0, at most 1.

    Raises:
        ValueError: `factor` is out of range.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(compression(read_degrees("1:1 3:1 5:2"), Key(0, "ionian")))
        '1:1 2:1 3:2'
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
    """Move every pitch by the same number of semitones, with the key.

    Args:
        motif: the melody.
        key: its key.
        semitones: how far, up or (negative) down.

    Returns:
        The motif as it is written in the new key (moved by octaves where needed), and the new key.

    Example:
        >>> from cuesmith.motif.text import notes_text, read_degrees
        >>> notes_text(*real_transposition(read_degrees("1:1 3:1 5:2"), Key(0, "ionian"), 3))
        'Eb4:1 G4:1 Bb4:2'
    """
    octaves = (key.tonic + semitones) // 12
    return register(motif, octaves), key.transposed(semitones)


def mode_change(motif: Motif, mode: str) -> tuple[Motif, str]:
    """Play the same degrees in another mode (C E G becomes C Eb G).

    Chromatic alterations are removed. They belong to the old mode: the new mode may have a raised leading tone already.

    Args:
        motif: the melody.
        mode: a name in `MODES`.

    Returns:
        The motif without alterations, and the mode.

    Raises:
        ValueError: `mode` is not in `MODES`.

    Example:
        >>> from cuesmith.motif.text import notes_text, read_degrees
        >>> motif, mode = mode_change(read_degrees("1:1 3:1 5:2"), "aeolian")
        >>> notes_text(motif, Key(0, mode))
        'C4:1 Eb4:1 G4:2'
    """
    if mode not in MODES:
        raise ValueError(f"unknown mode '{mode}'; known: {', '.join(MODES)}")
    return motif.with_notes(tuple(n._replace(alter=0) for n in motif.notes)), mode


def register(motif: Motif, octaves: int) -> Motif:
    """Move the motif by octaves (negative: down). It keeps everything else.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(register(read_degrees("1:1 3:1 5:2"), -1))
        '1,:1 3,:1 5,:2'
    """
    return sequence(motif, 7 * octaves)


def sequences(motif: Motif, steps: int, copies: int) -> Motif:
    """Repeat the motif, each copy `steps` higher than the one before.

    In the last copy the final note moves on by one step.

    With one copy it is the same as `sequence`. It keeps the rhythm, and the contour except at the end.

    Args:
        motif: the melody.
        steps: steps of the mode from copy to copy; negative: down.
        copies: 1..3; a fourth would be predictable.

    Raises:
        ValueError: `copies` is out of range.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(sequences(read_degrees("1:1 3:1 5:2"), 1, 2))
        '1:1 3:1 5:2 | 2:1 4:1 7:2'
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
    """Repeat the first pitches as notes of equal length. It keeps their order.

    When `count` does not divide the bar, the result is a cross-rhythm; this is intended.

    Args:
        motif: the melody.
        count: how many of its pitches, 1 or more.
        unit: length of each note in ticks (960 per quarter note).
        bars: length of the ostinato in bars.

    Raises:
        ValueError: the motif has no notes, or a number is below 1.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(ostinato(read_degrees("1:1 3:1 5:2"), 3, 960))
        '1:1 3:1 5:1 1:1'
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
    """Give the first half new pitches over the same rhythm: its widest interval stays, the others are mirrored.

    The last note of the half stays, so the second half follows as before. Two notes have only one interval and do not
    change.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(head_swap(read_degrees("1:1 2:1 5:2 | 1:4")))
        '3:1 2:1 5:2 | 1:4'
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
