"""Invent the two-bar idea of a theme: make many cheap candidates, judge them by named criteria, keep the best.

An idea is a pair of rhythm cells with a contour, filled in with notes of a scale, with one characteristic leap that is
followed by a step back. The second cell ends on a note of at least a beat and a half. Of the good candidates, the least
surprising to listeners who know folk songs comes first. `develop` makes the eight-bar theme of it, `song` the bridge
and the chorus.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cuesmith.chance import Stream
from cuesmith.motif.identity import DISTINCT, Shape, identity
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.scale_index import nearest_scale_index, scale_index, scale_step
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale
from cuesmith.themes.expectation import contents
from cuesmith.themes.judge import LEAP, PLAIN, Wishes, judge, total

SIXTEENTH = PPQ // 4
CANDIDATES = 72
WORTH = 84.0  # points at which it is worth the time to compute how surprising an idea is
LISTENED = 5  # after this many such ideas no more candidates are made
KEPT = 2  # how many ideas are returned
PLAIN_BITS = (2.6, 1.4)  # surprise of pitch and of rhythm, in bits per note, that costs nothing
BIT_COST = 5.0  # points for each bit beyond that
POOR = 50.0  # points of an idea with too many or too few leaps; it is not judged in detail
MOST_COST = 20.0  # greatest cost of surprise; also charged where the surprise was not computed
LEAP_SHARE = 0.75  # factor on the share of leaps, because following the contour adds more of them
SMALL_SHARE = {1: 1.2, 2: 0.85}  # the same factor for steps and for thirds
OFF_BEAT_LEAP = 0.25  # factor on leaps to a note off the beat, which is a surprise already
QUICK_LEAP = 0.03  # the same for notes shorter than an eighth, because such leaps are hard to sing
FARTHEST = 128  # steps of the scale: limit of the distance between a note and the contour
GOALS = (1, 4, 2, 6)  # steps on which an idea may end: 2, 5, 3, 7
GOAL_SIXTEENTHS = 6  # least length of the last note, in sixteenths
STARTS = (0, 2, 4, 4, -3)  # steps near which a motif begins

Cell = tuple[int, ...]  # note lengths in sixteenths; negative numbers are rests


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What the motifs of a character are made of, looked up in the banks.

    cells: id → (cell, whether it has a distinctive rhythm, whether it ends on a goal note).
    cell_weights, contour_weights: id → weight.
    contours: id → seven heights, 0..1.
    intervals: percent of each interval class.
    ambitus: least and greatest range in semitones.
    density: least and greatest number of notes.
    wishes: what the judge is told about the character.
    """

    cells: dict[str, tuple[Cell, bool, bool]]
    cell_weights: dict[str, float]
    contours: dict[str, tuple[float, ...]]
    contour_weights: dict[str, float]
    intervals: dict[str, float]
    ambitus: tuple[int, int]
    density: tuple[int, int]
    wishes: Wishes = PLAIN


def _cell_onsets(cell: Cell, at: int) -> list[tuple[int, int]]:
    """Return (onset, duration) in ticks of the notes of a cell that begins at the tick `at`."""
    out = []
    for steps in cell:
        if steps > 0:
            out.append((at, steps * SIXTEENTH))
        at += abs(steps) * SIXTEENTH
    return out


def rhythm_pairs(ingredients: Ingredients, meter: Meter) -> dict[tuple[Cell, Cell], float]:
    """Return the pairs of cells that make an idea in this meter with the wanted number of notes, and their weights.

    When no pair has that number of notes, those that come nearest.
    """
    bar = meter.bar_ticks // SIXTEENTH
    low, high = ingredients.density
    fitting = {
        cell: (ingredients.cell_weights[name], fingerprint)
        for name, (cell, fingerprint, _) in ingredients.cells.items()
        if sum(map(abs, cell)) == bar and ingredients.cell_weights[name] > 0
    }
    closers = {cell: row for cell, row in fitting.items() if _last_length(cell) >= GOAL_SIXTEENTHS} or fitting
    sizes = {cell: sum(step > 0 for step in cell) for cell in fitting}
    by_distance: dict[int, dict[tuple[Cell, Cell], float]] = {}
    for first, (weight, figure) in fitting.items():
        for second, (other, other_figure) in closers.items():
            size, other_size = sizes[first], sizes[second]
            count = size + other_size
            away = max(0, low - count, count - high)
            if first != second and (len(first) > 1 or len(fitting) == 1):
                share = weight * other * (1.0 if figure or other_figure else 0.25)
                if other_size > size + 1:  # often only the first bar comes back, so it should not be the poorer one
                    share *= 0.15
                by_distance.setdefault(away, {})[first, second] = share
    return by_distance[min(by_distance)] if by_distance else {(c, c): w for c, (w, _) in fitting.items()}


def _last_length(cell: Cell) -> int:
    return next(step for step in reversed(cell) if step > 0)


def _contour_height(points: tuple[float, ...], x: float) -> float:
    """Return the height of a contour at `x` (0 = start, 1 = end), interpolated between its points."""
    place = min(max(x, 0.0), 1.0) * (len(points) - 1)
    low = min(int(place), len(points) - 2)
    return points[low] + (points[low + 1] - points[low]) * (place - low)


def _move_weights(share: Mapping[str, float], scale: Scale) -> dict[int, float]:
    """Return the weights of moves in steps of the scale, from the shares of intervals.

    In a five-note scale some steps are thirds.
    """
    if len(scale.steps) == 7:
        sizes = {1: "step", 2: "third", 3: "fourth", 4: "fifth", 5: "sixth", 7: "octave"}
        up = {size: share.get(name, 0.0) for size, name in sizes.items()}
    else:
        third, fourth = share.get("third", 0.0), share.get("fourth", 0.0)
        up = {
            1: share.get("step", 0.0) + 0.6 * third,
            2: 0.4 * third + fourth,
            3: share.get("fifth", 0.0),
            5: share.get("octave", 0.0),
        }
    moves = {0: share.get("repeat", 0.0)}
    for size, weight in up.items():  # in songs leaps more often go up, steps more often down
        moves[size] = weight * (1.3 * LEAP_SHARE if size > 2 else 0.8 * SMALL_SHARE[size])
        moves[-size] = weight * (LEAP_SHARE if size > 2 else 1.25 * SMALL_SHARE[size])
    return moves


@lru_cache(maxsize=1)
def _contour_fit_table() -> tuple[float, ...]:
    """Return how well a note fits the contour, by its distance from it in sixteenths of a step.

    The values are exp(-(steps / 1.7)²), constant from 8 steps on.
    """
    near = [math.exp(-((x / 16 / 1.7) ** 2)) for x in range(8 * 16 + 1)]
    return (*near, *near[-1:] * (FARTHEST * 16))


def _choose_rungs(
    places: Sequence[tuple[int, int]],
    points: tuple[float, ...],
    moves: Sequence[tuple[int, float]],
    scale: Scale,
    semitones: int,
    beats: Collection[int],
    draw: Stream,
) -> list[int]:
    """Choose scale indexes note by note: each move is drawn by its weight and by how near it comes to the contour.

    beats: onsets that are on a beat.
    """
    fit_table = _contour_fit_table()
    span = max(3, round(semitones * len(scale.steps) / 12))
    reach = (max(points) - min(points)) or 1.0
    base = at = scale_index(scale, draw.choice(STARTS))
    end = places[-1][0] or 1
    indexes = [base]
    before = 0
    for onset, duration in places[1:]:
        leap_share = 1.0 if onset in beats else OFF_BEAT_LEAP if duration >= PPQ // 2 else QUICK_LEAP
        target = base + (_contour_height(points, onset / end) - points[0]) / reach * span
        weights = {}
        for move, weight in moves:
            value = weight * fit_table[int(abs(at + move - target) * 16)]
            if move > 2 or move < -2:
                value *= leap_share
            if before >= 3 or before <= -3:  # after a leap prefer a step in the other direction
                if move * before < 0 and abs(move) == 1:
                    value *= 5.0
                elif move * before > 0 and abs(move) > 1:
                    value *= 0.05
            weights[move] = value
        before = draw.weighted(weights)
        at += before
        indexes.append(at)
    return indexes


def invent(
    ingredients: Ingredients,
    scale: Scale,
    key: Key,
    meter: Meter,
    draw: Stream,
    *,
    others: Sequence[Shape] = (),
    count: int = CANDIDATES,
) -> tuple[Motif, float]:
    """Return the best of `ideas`, and its score 0..100."""
    return ideas(ingredients, scale, key, meter, draw, others=others, count=count)[0]


def ideas(
    ingredients: Ingredients,
    scale: Scale,
    key: Key,
    meter: Meter,
    draw: Stream,
    *,
    others: Sequence[Shape] = (),
    count: int = CANDIDATES,
) -> list[tuple[Motif, float]]:
    """Return the best few of `count` candidate motifs of two bars with their scores 0..100, the best first.

    others: (onset, pitch) shapes of motifs from which the new one must be distinct; a candidate too similar to one of
        them loses 60 points.
    """
    pairs = rhythm_pairs(ingredients, meter)
    moves = tuple(_move_weights(ingredients.intervals, scale).items())
    best: list[tuple[float, Motif]] = []
    heard = 0
    for number in range(count):
        motif = _candidate(ingredients, pairs, moves, scale, meter, draw.child(number))
        steps = [n.step for n in motif.notes]
        points = (
            total(judge(motif, key, ingredients.wishes)) if _has_wanted_leaps(motif, key, ingredients.wishes) else POOR
        )
        points -= 10 * max(0, max(steps) - 9) + 10 * max(0, -5 - min(steps))
        full = len(best) == KEPT
        if full and points <= best[-1][0]:
            continue
        score = points - (surprise_cost(motif, key) if points >= WORTH else MOST_COST)
        shape = motif.shape(key) if others else []
        if others and not (full and score <= best[-1][0]) and max(identity(o, shape) for o in others) > DISTINCT:
            score -= 60
        elif points >= WORTH:
            heard += 1
        if not full or score > best[-1][0]:
            best = sorted([*best, (score, motif)], key=lambda row: -row[0])[:KEPT]
        if heard == LISTENED:
            break
    return [(motif, max(0.0, score)) for score, motif in best]


def _has_wanted_leaps(motif: Motif, key: Key, wishes: Wishes) -> bool:
    """Whether the number of leaps is within the range that the character wants."""
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    return wishes.leaps[0] <= sum(abs(b - a) >= LEAP for a, b in pairwise(pitches)) <= wishes.leaps[1]


def surprise_cost(motif: Motif, key: Key) -> float:
    """Return the points an idea loses for surprise beyond that of plain folk songs, 0..MOST_COST."""
    information = contents(motif.realise(key), key, motif.meter)
    beyond = (
        sum(bits) / len(bits) - plain
        for bits, plain in zip((information.pitch, information.rhythm), PLAIN_BITS, strict=True)
    )
    return min(MOST_COST, BIT_COST * sum(max(0.0, bits) for bits in beyond))


def _candidate(
    ingredients: Ingredients,
    pairs: Mapping[tuple[Cell, Cell], float],
    moves: Sequence[tuple[int, float]],
    scale: Scale,
    meter: Meter,
    draw: Stream,
) -> Motif:
    first, second = draw.weighted(pairs)
    places = _cell_onsets(first, 0) + _cell_onsets(second, meter.bar_ticks)
    points = ingredients.contours[draw.weighted(ingredients.contour_weights)]
    beats = {bar + beat for bar in (0, meter.bar_ticks) for beat in meter.beats_ticks}
    indexes = _choose_rungs(places, points, moves, scale, draw.integer(*ingredients.ambitus), beats, draw)
    indexes[-1] = nearest_scale_index(indexes[-1], GOALS, scale)
    notes = tuple(MotifNote(o, d, scale_step(scale, i)) for (o, d), i in zip(places, indexes, strict=True))
    return Motif(notes, 2 * meter.bar_ticks, meter)
