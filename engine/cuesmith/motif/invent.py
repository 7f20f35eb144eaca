"""Inventing a leitmotif: many cheap candidates, judged by named criteria, the best kept.

A two-bar idea is a pair of rhythm cells and a contour filled in inside a scale, with one characteristic leap that is
recovered by step. `develop` makes the eight-bar theme of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.motif.identity import DISTINCT, Shape, identity
from cuesmith.motif.judge import judge, total
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale

SIXTEENTH = PPQ // 4
CANDIDATES = 96
GOALS = (1, 4, 2, 6)  # steps a question may end on: 2, 5, 3, 7


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a character makes its motifs of, resolved from the banks.

    cells: id → (sixteenths with rests negative, has a fingerprint, is a goal cell); weights by id in cell_weights.
    contours: id → seven heights 0..1. intervals: percent of each interval class. leaps, ambitus, density: low, high.
    """

    cells: dict[str, tuple[tuple[int, ...], bool, bool]]
    cell_weights: dict[str, float]
    contours: dict[str, tuple[float, ...]]
    contour_weights: dict[str, float]
    intervals: dict[str, float]
    leaps: tuple[int, int]
    ambitus: tuple[int, int]
    density: tuple[int, int]


def _rhythm(cell: tuple[int, ...], at: int) -> list[tuple[int, int]]:
    out = []
    for steps in cell:
        if steps > 0:
            out.append((at, steps * SIXTEENTH))
        at += abs(steps) * SIXTEENTH
    return out


def _height(points: tuple[float, ...], x: float) -> float:
    place = min(max(x, 0.0), 1.0) * (len(points) - 1)
    low = min(int(place), len(points) - 2)
    return points[low] + (points[low + 1] - points[low]) * (place - low)


def scale_step(scale: Scale, index: int) -> int:
    """The parent step of the index-th note of a scale (0 = tonic, may run below and above the octave)."""
    turns, inside = divmod(index, len(scale.steps))
    return scale.steps[inside] + 7 * turns


def scale_index(scale: Scale, step: int) -> int:
    """The nearest scale index at or below a parent step; inverse of `scale_step` inside the scale."""
    turns, inside = divmod(step, 7)
    below = [i for i, s in enumerate(scale.steps) if s <= inside]
    return len(scale.steps) * turns + (below[-1] if below else 0)


def _moves(ingredients: Ingredients, scale: Scale) -> dict[int, float]:
    """Weights of moves in scale steps, from the shares of intervals; a five-note scale has thirds for some steps."""
    share = ingredients.intervals
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
    for size, weight in up.items():  # songs jump up and walk down
        moves[size] = weight * (1.3 if size > 2 else 0.8)
        moves[-size] = weight * (1.0 if size > 2 else 1.25)
    return moves


def _walk(
    places: list[tuple[int, int]],
    points: tuple[float, ...],
    moves: dict[int, float],
    scale: Scale,
    semitones: int,
    draw: Stream,
) -> list[int]:
    """Scale indexes note by note: each move drawn by its weight and by how near it comes to the contour."""
    span = max(3, round(semitones * len(scale.steps) / 12))
    reach = (max(points) - min(points)) or 1.0
    base = scale_index(scale, draw.choice((0, 2, 4, 4, -3)))
    end = places[-1][0] or 1
    indexes = [base]
    before = 0
    for onset, _ in places[1:]:
        target = base + (_height(points, onset / end) - points[0]) / reach * span
        weights = {}
        for move, weight in moves.items():
            value = weight * math.exp(-(((indexes[-1] + move - target) / 1.7) ** 2))
            if abs(before) >= 3:  # a leap is answered by a step the other way
                value *= (
                    5.0
                    if move * before < 0 and abs(move) == 1
                    else 0.05
                    if move * before > 0 and abs(move) > 1
                    else 1.0
                )
            weights[move] = value
        before = draw.weighted(weights)
        indexes.append(indexes[-1] + before)
    return indexes


def _candidate(ingredients: Ingredients, scale: Scale, meter: Meter, draw: Stream) -> tuple[Motif, bool]:
    bar = meter.bar_ticks // SIXTEENTH
    fitting = {k: w for k, w in ingredients.cell_weights.items() if sum(map(abs, ingredients.cells[k][0])) == bar}
    openers = {k: w for k, w in fitting.items() if not ingredients.cells[k][2]} or fitting
    closers = {k: w for k, w in fitting.items() if ingredients.cells[k][2]} or fitting
    first, second = draw.weighted(openers), draw.weighted(closers)
    places = _rhythm(ingredients.cells[first][0], 0) + _rhythm(ingredients.cells[second][0], meter.bar_ticks)
    points = ingredients.contours[draw.weighted(ingredients.contour_weights)]
    indexes = _walk(places, points, _moves(ingredients, scale), scale, draw.integer(*ingredients.ambitus), draw)
    steps = [scale_step(scale, i) for i in indexes]
    goal = min(GOALS, key=lambda g: min(abs(steps[-1] - g - 7 * k) for k in (-1, 0, 1)))
    octave = min((-1, 0, 1), key=lambda k: abs(steps[-1] - goal - 7 * k))
    steps[-1] = goal + 7 * octave if goal in scale.steps else scale_step(scale, indexes[-1])
    notes = tuple(MotifNote(o, d, s) for (o, d), s in zip(places, steps, strict=True))
    return Motif(notes, 2 * meter.bar_ticks, meter), ingredients.cells[first][1]


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
    """The best of `count` candidate motifs of two bars, and its score 0..100.

    others: (onset, pitch) shapes of motifs it must not be taken for; a candidate too like one of them loses heavily.
    """
    best: tuple[float, int, Motif] | None = None
    low, high = ingredients.density
    for number in range(count):
        motif, fingerprint = _candidate(ingredients, scale, meter, draw.child(number))
        score = total(judge(motif, key, ingredients.leaps, fingerprint))
        score -= 4 * max(0, low - len(motif.notes), len(motif.notes) - high)
        steps = [n.step for n in motif.notes]
        score -= 10 * max(0, max(steps) - 9) + 10 * max(0, -5 - min(steps))
        if others and (best is None or score > best[0]):
            shape = motif.shape(key)
            if max(identity(other, shape) for other in others) > DISTINCT:
                score -= 60
        if best is None or score > best[0]:
            best = (score, number, motif)
    assert best is not None
    return best[2], max(0.0, best[0])
