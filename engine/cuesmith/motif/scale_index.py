"""Scale indexes: the notes of a scale numbered from the tonic (0), up and down, five or seven per octave.

Adding a number to the scale index of every note moves a melody by steps of its scale, so it keeps its contour in a
five-note scale, too; moving it by steps of the seven-note mode could leave the scale.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cuesmith.motif.model import Motif
from cuesmith.music.scale import Scale


def scale_step(scale: Scale, index: int) -> int:
    """Return the step of the parent mode at a scale index (0 = tonic; any whole number)."""
    turns, inside = divmod(index, len(scale.steps))
    return scale.steps[inside] + 7 * turns


def scale_index(scale: Scale, step: int) -> int:
    """Return the scale index at a parent step, or of the next scale note below it; the inverse of `scale_step`."""
    turns, inside = divmod(step, 7)
    return len(scale.steps) * turns + max(0, bisect_right(scale.steps, inside) - 1)


def scale_indexes(motif: Motif, scale: Scale) -> list[int]:
    """Return the scale index of every note."""
    return [scale_index(scale, n.step) for n in motif.notes]


def with_scale_indexes(motif: Motif, indexes: Sequence[int], scale: Scale) -> Motif:
    """Return the same rhythm with other scale indexes, one per note. Chromatic alterations are removed."""
    return motif.with_notes(
        tuple(n._replace(step=scale_step(scale, i), alter=0) for n, i in zip(motif.notes, indexes, strict=True))
    )


def moved(motif: Motif, by: int, scale: Scale) -> Motif:
    """Return the melody moved up by `by` steps of the scale (negative: down). It keeps rhythm and contour."""
    return with_scale_indexes(motif, [index + by for index in scale_indexes(motif, scale)], scale)


def nearest_scale_index(index: int, classes: Sequence[int], scale: Scale) -> int:
    """Return the scale index nearest to `index` whose step (0..6) is in `classes`.

    When the scale has none of these steps, the note in the middle of the scale is used.
    """
    count = len(scale.steps)
    places = [scale.steps.index(step) for step in classes if step in scale.steps] or [count // 2]
    options = [place + count * octave for place in places for octave in range(index // count - 1, index // count + 2)]
    return min(options, key=lambda option: (abs(option - index), option))
