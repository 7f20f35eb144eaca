"""Fitting a melody to the chords it stands on, so that its rhythm and contour survive.

A motif stamped on the tonic whatever the harmony is the commonest fault of generators. Here every note may move a
little: a shortest path (Viterbi) through candidate pitches weighs how far a note is moved, whether strong notes are
chord tones or prepared appoggiaturas, and whether each interval keeps its direction and size.
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

REACH = 4  # semitones a note may move from where the motif has it

# costs, in the same unit: one semitone of displacement is 0.45
MOVE, HEAD_MOVE = 0.45, 0.7
STRONG_NONCHORD, BEAT_NONCHORD, LONG_NONCHORD, WEAK_NONCHORD = 2.3, 0.8, 2.8, 0.15
OUT_OF_SCALE = 4.0
TURNED, RESIZED = 2.4, 0.22  # contour sign lost; per semitone of interval changed
LEFT_HANGING = 2.5  # a strong non-chord tone that does not step to its resolution
WIDE, TRITONE, CRAMPED = 3.0, 1.2, 1.5  # leap beyond an octave; tritone leap; two notes merged into one pitch

STEP_LOST, RECOVERY_LOST = 0.9, 2.6  # a step that is none any more; the same of one that recovers a leap
LEAP_LOST, LEAP_MADE = 0.6, 0.8
LEAP = 5  # semitones
AVOIDED = 1.2  # no passing matter: a semitone above a chord tone, or beside the bass
CLASH = 3.0  # a dissonance with another voice on a beat, a semitone anywhere
RUBBING = frozenset({1, 11})  # semitones within the octave


class Candidate(NamedTuple):
    """A pitch a note may take, what it costs by itself, and whether it is foreign to its chord on a strong place."""

    pitch: int
    cost: float
    hanging: bool


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
) -> tuple[Note, ...]:
    """The notes moved onto the chords. Onsets and durations are untouched.

    notes: absolute ticks, in order. bar_origin: a tick on a bar line. classes: pitch classes the melody keeps to
    (a pentatonic scale), beside the chord's own tones. low, high: the range (MIDI pitches). against:
    another voice, in order, with which beats should not clash and nothing should rub. strict: how many times worse than
    usual a foreign note on a strong place is.
    """
    if not notes:
        return ()
    widest = 2 if classes is None else 4  # semitones of a step of the scale
    columns = []
    for i, note in enumerate(notes):
        place = meter.strength((note.onset - bar_origin) % meter.bar_ticks)
        sung = [n.pitch for n in against if n.onset <= note.onset < n.end]
        span = chord_at(harmony, note.onset)
        found = _column(note, span, place, sung, classes, range(low, high + 1), HEAD_MOVE if i == 0 else MOVE, strict)
        columns.append(found or [Candidate(min(max(note.pitch, low), high), OUT_OF_SCALE, False)])
    costs = [candidate.cost for candidate in columns[0]]
    back: list[list[int]] = []
    leap = 0  # the last interval, if a leap that the melody has not yet come back from
    for i in range(1, len(columns)):
        wanted = notes[i].pitch - notes[i - 1].pitch
        recovers = wanted * leap < 0 and abs(wanted) <= widest
        leap = wanted if abs(wanted) >= LEAP else 0
        gap = notes[i].onset - notes[i - 1].end >= PPQ
        fresh: list[float] = []
        links: list[int] = []
        before = columns[i - 1]
        for pitch, cost, _ in columns[i]:
            best, link = 1e9, 0
            for j, (earlier, _, hanging) in enumerate(before):
                value = costs[j]
                if not gap:
                    value += _interval_cost(pitch - earlier, wanted, widest, recovers)
                    if hanging and abs(pitch - earlier) > 2:
                        value += LEFT_HANGING
                if value < best:
                    best, link = value, j
            fresh.append(best + cost)
            links.append(link)
        costs = fresh
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
    sung: Sequence[int],
    classes: frozenset[int] | None,
    room: range,
    move: float,
    strict: float,
) -> list[Candidate]:
    """The pitches a note may take. place: strength in the bar; sung: by others; move: the cost of a semitone's move."""
    core, bass = span.chord.core, span.chord.bass
    home = chord_scale(span.chord, span.key)
    harsh = CLASHING if place >= 2 else RUBBING
    penalty = LONG_NONCHORD if note.duration >= 1.5 * PPQ else BEAT_NONCHORD if place == 2 else WEAK_NONCHORD
    if place >= 3:
        penalty = strict * STRONG_NONCHORD
    out = []
    for pitch in range(max(room.start, note.pitch - REACH), min(room.stop - 1, note.pitch + REACH) + 1):
        pc = pitch % 12
        inside = pc in core
        if not inside and (pc not in home or (classes is not None and pc not in classes)):
            if pitch == note.pitch:
                out.append(Candidate(pitch, OUT_OF_SCALE + penalty, True))
            continue
        cost = move * abs(pitch - note.pitch)
        if classes is not None and pc not in classes:
            cost += 0.8
        if not inside and note.duration >= PPQ // 2 and ((pc - 1) % 12 in core or (pc - bass) % 12 in (1, 11)):
            cost += AVOIDED
        if any(abs(pitch - other) % 12 in harsh for other in sung):
            cost += CLASH
        coloured = not inside and pc in span.chord.classes  # a ninth or thirteenth the chord itself spells
        cost += 0.0 if inside else 0.4 if coloured else penalty
        out.append(Candidate(pitch, cost, not inside and place >= 3))
    return out


@lru_cache(maxsize=16384)
def _interval_cost(move: int, wanted: int, widest: int, recovers: bool) -> float:
    """What an interval costs in place of the wanted one. widest: of a step; recovers: the wanted one mends a leap."""
    size = abs(move)
    value = RESIZED * abs(move - wanted)
    if wanted * move < 0 or (wanted and not move) or (move and not wanted):
        value += TURNED if wanted * move < 0 else CRAMPED
    if recovers and (size > widest or wanted * move <= 0):
        value += RECOVERY_LOST
    elif size > widest and 0 < abs(wanted) <= widest:
        value += STEP_LOST
    elif size >= LEAP > abs(wanted):
        value += LEAP_MADE
    elif size <= widest < abs(wanted):
        value += LEAP_LOST
    if size > 12:
        value += WIDE
    elif size == 6:
        value += TRITONE
    return value
