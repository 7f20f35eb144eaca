"""Build an eight-bar theme from a two-bar idea: a sentence or a period.

A sentence (2+2+1+1+2) has the idea, the idea at another pitch, its first bar twice, rising, and a cadence. A period
(4+4) has the idea and an open continuation; then the idea again with its second bar raised to the peak, and a close.
The fourth bar ends open, the eighth on the tonic. Both have a rest of a quarter note in every four bars, and of three
quarter notes in all eight. The pitch at which the idea comes again depends on where the melody is, so that units join
by steps and thirds rather than by leaps. Several continuations are tried and judged; the best is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from cuesmith.chance import Stream
from cuesmith.motif.model import Motif
from cuesmith.motif.scale_index import moved, scale_index, scale_indexes, scale_step, with_scale_indexes
from cuesmith.motif.transform import fragment, join
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale
from cuesmith.themes.judge import (
    GRAVE,
    PHRASE_REST,
    PLAIN,
    WHOLE_REST,
    Wishes,
    is_sound,
    judge_bars,
    judge_surprise,
    silence,
)
from cuesmith.themes.phrase import OPEN, Unit, breath_ticks, cadence, with_ending

WAYS = 6  # number of continuations to try; then up to four times as many calmer ones while all have a grave fault
FULL = 29.0  # points of very good eight bars; the search ends when HEARD continuations have them
HEARD = 3  # for this many of the best continuations it is computed how natural their surprises are
FOURTH = 5  # semitones
SEAM_COST = 1.0  # points lost for every semitone by which a join is wider than a fourth

# fmt: off
# Rungs by which a unit is moved → weight; `join_weights` then multiplies by how well the units join.
SECOND    = {-1: 4.0, 1: 4.0, -2: 2.5, 2: 2.0, -3: 1.0, 3: 0.8, -4: 0.5, 4: 0.3}  # the idea again
HEAD      = {1: 3.0, 2: 3.0, 3: 2.0, 0: 1.0, 4: 0.6, -1: 0.5}                     # its first bar
NEXT_HEAD = {1: 4.0, 2: 2.5, 3: 0.8, -1: 0.5}                                     # its first bar again, from there
ANSWER    = {-2: 3.0, -1: 3.0, 1: 2.5, -3: 1.2, 2: 1.0, 3: 0.5, -4: 0.5}          # the continuation of a period
LIFTED    = {1: 3.0, 2: 3.0, 3: 1.5, 0: 1.0, -1: 0.3}                             # the second bar of the idea again
CALM      = {-1: 3.0, 1: 1.5, -2: 2.0, -3: 1.0, 0: 0.5}                           # all of them, when the range is wide
# Factor for the join between two units, by its size in steps of the mode: unison, second, third …
JOINS     = (0.6, 1.0, 0.9, 0.5, 0.12, 0.05, 0.02, 0.03)
# fmt: on


def develop(
    motif: Motif, scale: Scale, form: str, draw: Stream, *, key: Key | None = None, wishes: Wishes = PLAIN
) -> tuple[Motif, tuple[Unit, ...]]:
    """Build the eight-bar melody of an idea, and list its units.

    form: `sentence` or `period`.
    key: the key in which it is judged; C by default.
    wishes: what the character asks of the melody.

    When every continuation has a grave fault (usually a range too wide to sing), calmer ones with smaller moves are
    tried.
    """
    at = key or Key(0, scale.mode)
    make: Callable[[Motif, Scale, Stream, bool], tuple[Motif, tuple[Unit, ...]]]
    make = _sentence if form == "sentence" else _period
    ways: list[tuple[float, Motif, tuple[Unit, ...]]] = []
    sound, full = False, 0
    for way in range(5 * WAYS):
        if full == HEARD or (way >= WAYS and sound):
            break
        melody, units = make(motif, scale, draw.child(way), way >= WAYS)
        criteria = judge_bars(melody, at, wishes)
        sound = sound or is_sound(criteria)
        points = sum(c.points if c.points > GRAVE else 10 * c.points for c in criteria)
        points -= SEAM_COST * wide_joins(melody, units, at)
        full += points >= FULL
        ways.append((points, melody, units))
    ways.sort(key=lambda way: -way[0])

    def heard(way: tuple[float, Motif, tuple[Unit, ...]]) -> float:
        return way[0] + sum(c.points for c in judge_surprise(way[1], at))

    _, melody, units = max(ways[:HEARD], key=heard)
    return melody, units


def wide_joins(melody: Motif, units: tuple[Unit, ...], key: Key) -> int:
    """Return by how many semitones, in total, the joins between units are wider than a fourth."""
    bar = melody.meter.bar_ticks
    starts = [first * bar for first, _, _ in units]
    wide = 0
    for before, note in pairwise(melody.notes):
        if any(before.onset < start <= note.onset for start in starts):
            wide += max(0, abs(key.pitch(note.step, note.alter) - key.pitch(before.step, before.alter)) - FOURTH)
    return wide


def join_weights(moves: Mapping[int, float], before: int, first: int, scale: Scale) -> dict[int, float]:
    """Multiply the weight of each possible move of a unit by how well the moved unit joins.

    before: scale index of the note before the unit.
    first: scale index of the unit's first note when it is not moved.
    """
    at = scale_step(scale, before)
    return {
        by: weight * JOINS[min(abs(scale_step(scale, first + by) - at), len(JOINS) - 1)] for by, weight in moves.items()
    }


def closing_rest(phrases: Motif, bars: int) -> int:
    """Return how many ticks of the last bar must be silent, so that all `bars` bars have three quarter notes of rest.

    phrases: everything before the last bar.
    """
    bar = phrases.meter.bar_ticks
    if bar < 3 * PPQ:
        return breath_ticks(phrases.meter)
    missing = WHOLE_REST - silence(phrases, 0, phrases.length)
    return min(bar - PPQ, max(PHRASE_REST, missing, bar // 2 if bars >= 8 else 0))


def _sentence(motif: Motif, scale: Scale, draw: Stream, calm: bool) -> tuple[Motif, tuple[Unit, ...]]:
    bar = motif.meter.bar_ticks
    head = fragment(motif, 0, bar)
    first, last, head_last = (scale_index(scale, n.step) for n in (motif.notes[0], motif.notes[-1], head.notes[-1]))
    shift = draw.weighted(join_weights(CALM if calm else SECOND, last, first, scale))
    goal = first + (0 if calm else 1)
    second = with_ending(moved(motif, shift, scale), OPEN, scale, breath_ticks(motif.meter), towards=goal)
    end = scale_index(scale, second.notes[-1].step)
    lift = draw.weighted(join_weights(CALM if calm else HEAD, end, first, scale))
    again = lift + draw.weighted(join_weights(CALM if calm else NEXT_HEAD, head_last, first, scale))
    before = join(motif, second, moved(head, lift, scale), moved(head, again, scale))
    last = scale_index(scale, before.notes[-1].step)
    lowest = min(scale_indexes(before, scale))
    close = cadence(motif, last, scale, closing_rest(before, 8), draw.child("cadence"), lowest=lowest)
    units: tuple[Unit, ...]
    units = ((0, 2, "idea"), (2, 2, "idea'"), (4, 1, "head"), (5, 1, "head'"), (6, 2, "cadence"))
    return join(before, close), units


def _period(motif: Motif, scale: Scale, draw: Stream, calm: bool) -> tuple[Motif, tuple[Unit, ...]]:
    bar = motif.meter.bar_ticks
    places = scale_indexes(motif, scale)
    second_bar = next((i for i, n in enumerate(motif.notes) if n.onset >= bar), len(places) - 1)
    answer = moved(motif, draw.weighted(join_weights(CALM if calm else ANSWER, places[-1], places[0], scale)), scale)
    antecedent = join(motif, with_ending(answer, OPEN, scale, breath_ticks(motif.meter), towards=places[0]))
    turn = places[max(0, second_bar - 1)]
    lift = draw.weighted(join_weights(CALM if calm else LIFTED, turn, places[second_bar], scale))
    raised = [i + lift if n.onset >= bar else i for n, i in zip(motif.notes, places, strict=True)]
    again = with_scale_indexes(motif, raised, scale) if lift else motif
    before = join(antecedent, again)
    last = scale_index(scale, before.notes[-1].step)
    avoid = antecedent.notes[-2].step if len(antecedent.notes) > 1 else None
    rest = closing_rest(before, 8)
    close = cadence(
        motif, last, scale, rest, draw.child("cadence"), avoid=avoid, lowest=min(scale_indexes(before, scale))
    )
    units: tuple[Unit, ...]
    units = ((0, 2, "idea"), (2, 2, "continuation"), (4, 2, "idea'" if lift else "idea"), (6, 2, "cadence"))
    return join(before, close), units
