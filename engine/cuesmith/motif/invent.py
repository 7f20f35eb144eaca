"""Inventing a leitmotif: many cheap candidates, judged by named criteria, the best kept.

A two-bar idea is a pair of rhythm cells and a contour filled in inside a scale, with one characteristic leap that is
recovered by step. `develop` makes the eight-bar theme of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuesmith.chance import Stream
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
    contours: id → seven heights 0..1. leaps, ambitus, density: low and high.
    """

    cells: dict[str, tuple[tuple[int, ...], bool, bool]]
    cell_weights: dict[str, float]
    contours: dict[str, tuple[float, ...]]
    contour_weights: dict[str, float]
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


def _candidate(ingredients: Ingredients, scale: Scale, meter: Meter, draw: Stream) -> tuple[Motif, bool]:
    bar = meter.bar_ticks // SIXTEENTH
    fitting = {k: w for k, w in ingredients.cell_weights.items() if sum(map(abs, ingredients.cells[k][0])) == bar}
    openers = {k: w for k, w in fitting.items() if not ingredients.cells[k][2]} or fitting
    closers = {k: w for k, w in fitting.items() if ingredients.cells[k][2]} or fitting
    first, second = draw.weighted(openers), draw.weighted(closers)
    places = _rhythm(ingredients.cells[first][0], 0) + _rhythm(ingredients.cells[second][0], meter.bar_ticks)
    points = ingredients.contours[draw.weighted(ingredients.contour_weights)]
    semitones = draw.integer(*ingredients.ambitus)
    span = max(3, round(semitones * len(scale.steps) / 12))
    base = scale_index(scale, draw.choice((0, 2, 4, 4, -3 + 7 - 7 * draw.integer(0, 1))))
    low = min(points)
    end = places[-1][0] or 1
    heights = [(_height(points, onset / end) - _height(points, 0.0)) for onset, _ in places]
    reach = (max(points) - low) or 1.0
    indexes = [base + round(h / reach * span) for h in heights]
    for i in range(1, len(indexes)):  # a little life: neighbours may trade a step
        if draw.chance(0.3):
            indexes[i] += draw.choice((-1, 1))
    leap_at = draw.integer(0, min(4, len(indexes) - 2)) if len(indexes) > 2 else 0
    up = draw.chance(0.62)
    wide = draw.integer(2, 4) if len(scale.steps) == 5 else draw.integer(3, 5)
    shift = (wide if up else -wide) - (indexes[leap_at + 1] - indexes[leap_at])
    indexes = [n if i <= leap_at else n + shift for i, n in enumerate(indexes)]
    for i in range(leap_at + 2, len(indexes)):  # recover by step against the leap, then drift back to the contour
        if i == leap_at + 2:
            indexes[i] = indexes[i - 1] + (-1 if up else 1)
        else:
            indexes[i] -= round(shift * min(1.0, (i - leap_at - 1) / 2))
    steps = [scale_step(scale, i) for i in indexes]
    goal = min(GOALS, key=lambda g: min(abs(steps[-1] - g - 7 * k) for k in (-1, 0, 1)))
    octave = min((-1, 0, 1), key=lambda k: abs(steps[-1] - goal - 7 * k))
    steps[-1] = goal + 7 * octave if goal in scale.steps else scale_step(scale, indexes[-1])
    notes = tuple(MotifNote(o, d, s) for (o, d), s in zip(places, steps, strict=True))
    return Motif(notes, 2 * meter.bar_ticks, meter), ingredients.cells[first][1]


def invent(
    ingredients: Ingredients, scale: Scale, key: Key, meter: Meter, draw: Stream, count: int = CANDIDATES
) -> tuple[Motif, float]:
    """The best of `count` candidate motifs of two bars, and its score 0..100."""
    best: tuple[float, int, Motif] | None = None
    low, high = ingredients.density
    for number in range(count):
        motif, fingerprint = _candidate(ingredients, scale, meter, draw.child(number))
        score = total(judge(motif, key, ingredients.leaps, fingerprint))
        score -= 4 * max(0, low - len(motif.notes), len(motif.notes) - high)
        steps = [n.step for n in motif.notes]
        score -= 10 * max(0, max(steps) - 9) + 10 * max(0, -5 - min(steps))
        if best is None or score > best[0]:
            best = (score, number, motif)
    assert best is not None
    return best[2], max(0.0, best[0])
