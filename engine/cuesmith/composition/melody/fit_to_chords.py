"""Fit a melody to chords, so that its rhythm and contour survive.

Every note may move a little. The Viterbi algorithm finds the cheapest path through candidate pitches. Costs: how far a
note moves, strong notes that are neither chord tones nor resolved, and intervals that change direction or size.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cuesmith.motif.combine import CLASHING
from cuesmith.music.chord import chord_scale
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.score import ChordSpan, chord_at

REACH = 4  # most semitones by which a note may move

# Costs have no unit; only their ratios matter.
# moving a note by one semitone; moving the first note
MOVE, HEAD_MOVE = 0.45, 0.7
# a note outside the chord: on a strong beat, on any other beat, longer than a beat and a half, elsewhere
STRONG_NONCHORD, BEAT_NONCHORD, LONG_NONCHORD, WEAK_NONCHORD = 2.3, 0.8, 2.8, 0.15
OUT_OF_SCALE = 4.0
OUT_OF_MELODY_SCALE = 0.8  # a chord tone that the five-note scale of the melody does not have
REVERSED, RESIZED = 2.4, 0.22  # an interval in the other direction; each semitone by which its size changes
UNRESOLVED = 2.5  # a strong non-chord tone that does not resolve by step
WIDE, TRITONE, MERGED = 3.0, 1.2, 1.5  # a leap of more than an octave; a tritone; two pitches become one, or one two

# a step that becomes a leap; the same for a step in the opposite direction after a leap, which balances the leap
STEP_LOST, RECOVERY_LOST = 0.9, 2.6
LEAP_LOST, LEAP_MADE = 0.6, 0.8  # a leap that becomes a step; a smaller interval that becomes a leap
LEAP = 5  # least semitones of a leap
AVOIDED = 1.2  # a note of an eighth or longer that is a semitone above a chord tone, or a semitone from the bass
CLASH = 3.0  # a dissonance with another voice on a beat, or a semitone anywhere
SEMITONES = frozenset({1, 11})  # semitones, without octaves


class Candidate(NamedTuple):
    """A pitch that a note may take.

    cost: of this pitch alone. must_resolve: it is a non-chord tone on a strong place, so the next note should be a step
    away.
    """

    pitch: int
    cost: float
    must_resolve: bool


def fit(
    notes: Sequence[Note],
    harmony: tuple[ChordSpan, ...],
    meter: Meter,
    bar_origin: int,
    *,
    classes: frozenset[int] | None = None,
    low: int = 0,
    high: int = 127,
    against: Sequence[Note] = (),
    strict: float = 1.0,
    keep_shape: float = 1.0,
) -> tuple[Note, ...]:
    """Move the notes onto the chords; onsets and durations stay.

    notes: in order, in absolute ticks. bar_origin: tick of any bar line.
    classes: pitch classes of a five-note melody; chord tones are allowed in addition. None: the notes of the key.
    low, high: range in MIDI pitches.
    against: another voice, in order, that should not clash on beats.
    strict: factor on the cost of foreign notes on strong places.
    keep_shape: factor on the cost of changed intervals.
    """
    if not notes:
        return ()
    widest = 2 if classes is None else 4  # semitones of a step of the scale
    columns = []
    for i, note in enumerate(notes):
        place = meter.strength((note.onset - bar_origin) % meter.bar_ticks)
        sounding = [n.pitch for n in against if n.onset <= note.onset < n.end]
        span = chord_at(harmony, note.onset)
        candidates = _column(
            note, span, place, sounding, classes, range(low, high + 1), HEAD_MOVE if i == 0 else MOVE, strict
        )
        columns.append(candidates or [Candidate(min(max(note.pitch, low), high), OUT_OF_SCALE, False)])
    costs = [candidate.cost for candidate in columns[0]]
    back: list[list[int]] = []
    leap = 0  # the interval before, when it was a leap; else 0
    for i in range(1, len(columns)):
        interval = notes[i].pitch - notes[i - 1].pitch
        recovers = interval * leap < 0 and abs(interval) <= widest
        leap = interval if abs(interval) >= LEAP else 0
        gap = notes[i].onset - notes[i - 1].end >= PPQ
        best_costs: list[float] = []
        links: list[int] = []
        before = columns[i - 1]
        for pitch, cost, _ in columns[i]:
            best, link = 1e9, 0
            for j, (earlier, _, must_resolve) in enumerate(before):
                value = costs[j]
                if not gap:
                    value += keep_shape * _interval_cost(pitch - earlier, interval, widest, recovers)
                    if must_resolve and abs(pitch - earlier) > 2:
                        value += UNRESOLVED
                if value < best:
                    best, link = value, j
            best_costs.append(best + cost)
            links.append(link)
        costs = best_costs
        back.append(links)
    at = min(range(len(costs)), key=costs.__getitem__)
    path = [at]
    for links in reversed(back):
        path.append(links[path[-1]])
    path.reverse()
    return tuple(n._replace(pitch=columns[i][p].pitch) for i, (n, p) in enumerate(zip(notes, path, strict=True)))


def _column(
    note: Note,
    span: ChordSpan,
    place: int,
    sounding: Sequence[int],
    classes: frozenset[int] | None,
    allowed: range,
    move: float,
    strict: float,
) -> list[Candidate]:
    """Return the pitches that a note may take, with their costs.

    place: metrical strength. sounding: pitches of other voices. allowed: the range. move: cost of moving by a semitone.
    """
    core, bass = span.chord.core, span.chord.bass
    scale = chord_scale(span.chord, span.key)
    harsh = CLASHING if place >= 2 else SEMITONES
    penalty = LONG_NONCHORD if note.duration >= 1.5 * PPQ else BEAT_NONCHORD if place == 2 else WEAK_NONCHORD
    if place >= 3:
        penalty = strict * STRONG_NONCHORD
    out = []
    for pitch in range(max(allowed.start, note.pitch - REACH), min(allowed.stop - 1, note.pitch + REACH) + 1):
        pc = pitch % 12
        inside = pc in core
        if not inside and (pc not in scale or (classes is not None and pc not in classes)):
            if pitch == note.pitch:
                out.append(Candidate(pitch, OUT_OF_SCALE + penalty, True))
            continue
        cost = move * abs(pitch - note.pitch)
        if classes is not None and pc not in classes:
            cost += OUT_OF_MELODY_SCALE
        if not inside and note.duration >= PPQ // 2 and ((pc - 1) % 12 in core or (pc - bass) % 12 in (1, 11)):
            cost += AVOIDED
        if any(abs(pitch - other) % 12 in harsh for other in sounding):
            cost += CLASH
        coloured = not inside and pc in span.chord.classes  # a ninth or thirteenth that belongs to the chord
        cost += 0.0 if inside else 0.4 if coloured else penalty
        out.append(Candidate(pitch, cost, not inside and place >= 3))
    return out


@lru_cache(maxsize=16384)
def _interval_cost(move: int, written: int, widest: int, recovers: bool) -> float:
    """Return the cost of an interval in place of the written one.

    widest: semitones of the largest step. recovers: the written interval follows a leap in the opposite direction.
    """
    size = abs(move)
    value = RESIZED * abs(move - written)
    if written * move < 0 or (written and not move) or (move and not written):
        value += REVERSED if written * move < 0 else MERGED
    if recovers and (size > widest or written * move <= 0):
        value += RECOVERY_LOST
    elif size > widest and 0 < abs(written) <= widest:
        value += STEP_LOST
    elif size >= LEAP > abs(written):
        value += LEAP_MADE
    elif size <= widest < abs(written):
        value += LEAP_LOST
    if size > 12:
        value += WIDE
    elif size == 6:
        value += TRITONE
    return value
