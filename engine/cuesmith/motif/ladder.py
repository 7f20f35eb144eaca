"""The ladder of a scale: its notes counted up and down from the tonic, five or seven rungs to the octave.

A melody moved along the ladder keeps its contour in a five-note scale too; moved by steps of the seven-note mode it
would land between the rungs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cuesmith.motif.model import Motif
from cuesmith.music.scale import Scale


def scale_step(scale: Scale, index: int) -> int:
    """The parent step of the index-th note of a scale (0 = tonic, may run below and above the octave)."""
    turns, inside = divmod(index, len(scale.steps))
    return scale.steps[inside] + 7 * turns


def scale_index(scale: Scale, step: int) -> int:
    """The nearest scale index at or below a parent step; inverse of `scale_step` inside the scale."""
    turns, inside = divmod(step, 7)
    return len(scale.steps) * turns + max(0, bisect_right(scale.steps, inside) - 1)


def rungs(motif: Motif, scale: Scale) -> list[int]:
    """The scale index of every note."""
    return [scale_index(scale, n.step) for n in motif.notes]


def on_rungs(motif: Motif, indexes: Sequence[int], scale: Scale) -> Motif:
    """The same rhythm on other rungs; chromatic alterations are gone."""
    return motif.with_notes(
        tuple(n._replace(step=scale_step(scale, i), alter=0) for n, i in zip(motif.notes, indexes, strict=True))
    )


def moved(motif: Motif, by: int, scale: Scale) -> Motif:
    """The melody so many rungs higher (or lower); keeps rhythm and contour."""
    return on_rungs(motif, [index + by for index in rungs(motif, scale)], scale)


def nearest_rung(index: int, classes: Sequence[int], scale: Scale) -> int:
    """The rung nearest to `index` whose step (0..6) is one of these; a middle one where the scale has none."""
    count = len(scale.steps)
    places = [scale.steps.index(step) for step in classes if step in scale.steps] or [count // 2]
    options = [place + count * octave for place in places for octave in range(index // count - 1, index // count + 2)]
    return min(options, key=lambda rung: (abs(rung - index), rung))
