"""Judge a theme by named criteria, 0..100 points in total: first its two-bar idea, then also its eight bars.

Criteria: a distinctive rhythm, one characteristic leap and its recovery, one peak, a singable range, a pentatonic core,
a long last note, strong beats on chord tones or appoggiaturas, a first bar that comes back, a range that instruments
can play, and how natural its surprises are to listeners who know folk songs. Faults (tritones, only a scale, no breath
…) are penalties. Range is measured in semitones, breath in quarter notes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key
from cuesmith.themes.expectation import contents
from cuesmith.themes.surprise_profile import naturalness_of, surprise_at

PENTATONIC_CORES = (
    (0, 2, 4, 7, 9),
    (0, 3, 5, 7, 10),
    (0, 2, 3, 7, 8),
    (0, 1, 5, 7, 8),
    (0, 1, 5, 7, 10),
    (0, 4, 5, 7, 11),
)
LEAP = 5  # semitones
AMBITUS = 16  # semitones a whole theme may span
COMFORT = 14  # semitones that are sung with ease
GRAVE = -10  # a penalty this low (or lower) makes a melody unacceptable
WILD, NATURAL = 0.3, 0.9  # naturalness that gets no points, and all points
PHRASE_REST, WHOLE_REST = PPQ, 3 * PPQ  # least rest in four bars and in eight; for bars of three quarters or longer
_MASKS = {core: sum(1 << c for c in core) for core in PENTATONIC_CORES}
_ROOTS = (0, 4, 3, 5, 1, 2, 6)  # root steps of the triads of a mode, the most likely first

Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a judgement: points reached, and points possible. A penalty has points below zero and 0 possible."""

    name: str
    points: float
    possible: float


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a character asks of its melodies.

    leaps: least and greatest number of leaps of five semitones or more in the idea.
    repeats: how often a note may come in a row.
    tritones: whether tritones are allowed.
    register: semitones from middle C to the centre of its home register.
    ranges: best ranges of instruments (MIDI pitches); when empty, the home range is not judged.
    """

    leaps: tuple[int, int] = (1, 1)
    repeats: int = 3
    tritones: bool = False
    register: int = 7
    ranges: Ranges = ()


PLAIN = Wishes()


def figures(motif: Motif) -> int:
    """Count the kinds of distinctive rhythm: dotted notes, triplets, syncopations, no downbeat, quick pairs."""
    beats = set(motif.meter.beats_ticks)
    bar = motif.meter.bar_ticks
    quarter = motif.meter.unit_ticks * motif.meter.groups[0]
    pairs = list(itertools.pairwise(motif.notes))
    dotted = any(b.duration in (a.duration * 3, a.duration / 3) for a, b in pairs)
    uneven = any(n.duration * 3 % quarter == 0 and n.duration % (quarter // 4) for n in motif.notes)
    syncopated = any(n.onset % bar not in beats and n.duration >= quarter for n in motif.notes)
    silent = 0 not in {n.onset % bar for n in motif.notes}
    quick = any(a.duration == b.duration == quarter // 4 for a, b in pairs)
    return dotted + uneven + syncopated + silent + quick


def strong_notes(motif: Motif) -> list[tuple[int, bool, bool]]:
    """List the notes on strong beats: (index, whether it is a chord tone, whether it is not one but resolves by step).

    The chord of a bar is the triad of the mode with most of the bar's time, strong beats counted double.
    """
    bar, strong = motif.meter.bar_ticks, motif.meter.strong_ticks
    found = []
    notes = motif.notes
    for number, inside in itertools.groupby(range(len(notes)), key=lambda i: notes[i].onset // bar):
        here = list(inside)
        weight = [0] * 7
        accents = []
        for i in here:
            note = notes[i]
            accented = note.onset - number * bar in strong
            weight[note.step % 7] += note.duration * (2 if accented else 1)
            if accented:
                accents.append(i)
        root = max(_ROOTS, key=lambda r: weight[r] + weight[(r + 2) % 7] + weight[(r + 4) % 7])
        for i in accents:
            belongs = (notes[i].step - root) % 7 in (0, 2, 4)
            resolves = not belongs and i + 1 < len(notes) and abs(notes[i + 1].step - notes[i].step) == 1
            found.append((i, belongs, resolves))
    return found


def strong_beats(motif: Motif) -> tuple[int, int, int]:
    """Count the notes on strong beats: all of them, the chord tones, and the others that resolve by step."""
    found = strong_notes(motif)
    return len(found), sum(belongs for _, belongs, _ in found), sum(resolves for _, _, resolves in found)


def judge(motif: Motif, key: Key, wishes: Wishes = PLAIN) -> tuple[Criterion, ...]:
    """Judge an idea of two bars by the criteria that apply to it."""
    notes = motif.notes
    pitches = [key.pitch(n.step, n.alter) for n in notes]
    moves = [b - a for a, b in itertools.pairwise(pitches)]
    if len(moves) < 2:
        return (Criterion("enough notes", 0, 100),)
    top = max(pitches)
    peak = notes[pitches.index(top)].onset
    single = pitches.count(top) == 1
    placed = 0.2 <= peak / motif.length <= 0.85 and peak % motif.meter.bar_ticks in motif.meter.beats_ticks
    count, chord_tones, resolved = strong_beats(motif)
    return (
        *_judge_idea(motif, key, pitches, moves, wishes),
        Criterion("single peak", 10 * single * (1.0 if placed else 0.4), 10),
        Criterion("strong beats", (10 if resolved else 6) * (count > 0 and chord_tones + resolved == count), 10),
        *_judge_home_range(pitches, wishes),
        *_idea_penalties(moves, wishes),
    )


def judge_theme(motif: Motif, melody: Motif, key: Key, wishes: Wishes = PLAIN) -> tuple[Criterion, ...]:
    """Judge a theme: the criteria of its idea, and peak, strong beats, rests and range of its eight bars."""
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    moves = [b - a for a, b in itertools.pairwise(pitches)]
    if len(moves) < 2:
        return (Criterion("enough notes", 0, 100),)
    return (
        *_judge_idea(motif, key, pitches, moves, wishes),
        *judge_melody(melody, key, wishes),
        *_idea_penalties(moves, wishes),
    )


def judge_melody(melody: Motif, key: Key, wishes: Wishes = PLAIN) -> tuple[Criterion, ...]:
    """Judge only the eight bars: what can be counted, and how surprising they are."""
    return (*judge_bars(melody, key, wishes), *judge_surprise(melody, key))


def judge_surprise(melody: Motif, key: Key) -> tuple[Criterion, ...]:
    """Judge how natural the surprises are, and whether the highest note and the appoggiaturas are surprising.

    They are when these notes have at least twice the surprise that an even distribution would give them.
    """
    notes = melody.realise(key)
    information = contents(notes, key, melody.meter)
    natural = min(1.0, max(0.0, (naturalness_of(information) - WILD) / (NATURAL - WILD)))
    top = max(range(len(notes)), key=lambda i: notes[i].pitch)
    places = {top, *(i for i, _, resolves in strong_notes(melody) if resolves)}
    caught = surprise_at(information, sorted(places)) >= 2 * len(places) / len(notes)
    return (Criterion("expectation", 10 * natural, 10), Criterion("surprise at the climax", 3 * caught, 3))


def judge_bars(melody: Motif, key: Key, wishes: Wishes = PLAIN) -> tuple[Criterion, ...]:
    """Judge what can be counted in the eight bars; fast enough for choosing among many."""
    notes, bar = melody.notes, melody.meter.bar_ticks
    pitches = [key.pitch(n.step, n.alter) for n in notes]
    moves = [b - a for a, b in itertools.pairwise(pitches)]
    top = max(pitches)
    peak = notes[pitches.index(top)].onset
    single = pitches.count(top) == 1
    placed = 0.45 <= peak / melody.length <= 0.8 and peak % bar in melody.meter.beats_ticks
    count, chord_tones, _ = strong_beats(melody)
    share = chord_tones / count if count else 0.0
    firsts = [
        [(n.onset % bar, n.duration) for n in notes if first * bar <= n.onset < (first + 1) * bar]
        for first in (0, 2, 4)
    ]
    rests = all(silence(melody, at * bar, (at + 4) * bar) >= PHRASE_REST for at in range(0, melody.bars, 4))
    rests = rests and silence(melody, 0, melody.length) >= WHOLE_REST
    return (
        Criterion("single peak", 10 * single * (1.0 if placed else 0.4), 10),
        Criterion("strong beats", 10 * (0.7 <= share <= 0.95) + 5 * (share > 0.95), 10),
        Criterion("the first bar comes back", 5 * (firsts[0] in firsts[1:]), 5),
        *_judge_home_range(pitches, wishes),
        Criterion("sung with ease", 4 * (top - min(pitches) <= COMFORT), 4),
        Criterion("range of the eight bars", -10 * (top - min(pitches) > AMBITUS), 0),
        Criterion("jumps beyond the octave", -10 * any(abs(move) > 12 for move in moves), 0),
        Criterion("drumming in the eight bars", -5 * (_longest_run(pitches) > wishes.repeats), 0),
        Criterion("tritones", -3 * (not wishes.tritones and any(abs(move) == 6 for move in moves)), 0),
        Criterion("no breath", -10 * (bar >= 3 * PPQ and not rests), 0),
    )


def silence(motif: Motif, start: int, end: int) -> int:
    """Return the ticks between `start` and `end` in which no note sounds."""
    silent = end - start
    for onset, duration, _, _ in motif.notes:
        heard = min(onset + duration, end) - max(onset, start)
        if heard > 0:
            silent -= heard
    return silent


def is_sound(criteria: Sequence[Criterion]) -> bool:
    """Whether there is no grave penalty."""
    return all(c.points > GRAVE for c in criteria)


def total(criteria: Sequence[Criterion]) -> float:
    """Return the points as a percentage of those possible, 0..100."""
    possible = sum(c.possible for c in criteria)
    return max(0.0, min(100.0, 100.0 * sum(c.points for c in criteria) / possible)) if possible else 0.0


def _judge_idea(
    motif: Motif, key: Key, pitches: Sequence[int], moves: Sequence[int], wishes: Wishes
) -> tuple[Criterion, ...]:
    """Judge rhythm, leaps, range and pitches of an idea."""
    notes: tuple[MotifNote, ...] = motif.notes
    big = [i for i, move in enumerate(moves) if abs(move) >= LEAP]
    recovered = sum(i + 1 < len(moves) and moves[i] * moves[i + 1] <= 0 and abs(moves[i + 1]) <= 4 for i in big)
    ambitus = max(pitches) - min(pitches)
    half = motif.length // 2
    head = 0
    for note, pitch in zip(notes, pitches, strict=True):
        if note.onset < half:
            head |= 1 << (pitch - key.tonic) % 12
    core = any(not head & ~mask for mask in _MASKS.values())
    kinds = figures(motif)
    return (
        Criterion("fingerprint rhythm", 15 if 1 <= kinds <= 2 else 8 * (kinds > 2), 15),
        Criterion("characteristic leap", 10 * (wishes.leaps[0] <= len(big) <= wishes.leaps[1]), 10),
        Criterion("leap recovery", 10 * (recovered / len(big)) if big else 0, 10),
        Criterion("ambitus 7-14", 10 * (7 <= ambitus <= 14) + 5 * (5 <= ambitus < 7 or 14 < ambitus <= 16), 10),
        Criterion("pentatonic core", 10 * core, 10),
        Criterion("goal note", 10 * (notes[-1].duration >= 1.5 * PPQ), 10),
        Criterion("no drumming on one note", 5 * (_longest_run(pitches) <= wishes.repeats), 5),
        Criterion("few note values", -5 * (len({n.duration for n in notes}) not in (2, 3, 4)), 0),
        Criterion("pitch classes", -5 * (len({p % 12 for p in pitches}) not in (4, 5, 6)), 0),
    )


def _idea_penalties(moves: Sequence[int], wishes: Wishes) -> tuple[Criterion, ...]:
    """Return the penalties of an idea."""
    steps = sum(0 < abs(move) <= 2 for move in moves) / len(moves)
    same_way = any(a * b > 0 and abs(a) >= LEAP and abs(b) >= LEAP for a, b in itertools.pairwise(moves))
    return (
        Criterion("steps do not lead", -10 * (not 0.3 <= steps <= 0.8), 0),
        Criterion("tritone outline", -15 * (not wishes.tritones and 6 in _outline(moves)), 0),
        Criterion("leaps in a row", -10 * same_way, 0),
        Criterion("mere arpeggio", -10 * all(abs(move) >= 3 for move in moves if move), 0),
        Criterion("mere scale", -10 * all(abs(move) <= 2 for move in moves), 0),
    )


def _outline(moves: Sequence[int]) -> set[int]:
    """Return the size in semitones of every single move, and of every run in one direction."""
    spans: list[int] = []
    run = 0
    for move in moves:
        if run * move < 0:
            spans.append(abs(run))
            run = 0
        run += move
    return {abs(move) for move in moves} | {*spans, abs(run)}


def _judge_home_range(pitches: Sequence[int], wishes: Wishes) -> tuple[Criterion, ...]:
    """Judge whether three instruments can play it in their best range, in the octave nearest the home register."""
    if not wishes.ranges:
        return ()
    low, high = min(pitches), max(pitches)
    shift = 12 * round((60 + wishes.register - (low + high) / 2) / 12)
    at_hand = sum(bottom <= low + shift and high + shift <= top for bottom, top in wishes.ranges)
    return (Criterion("home range of three", 5 * (at_hand >= 3), 5),)


def _longest_run(pitches: Sequence[int]) -> int:
    return max(sum(1 for _ in group) for _, group in itertools.groupby(pitches))
