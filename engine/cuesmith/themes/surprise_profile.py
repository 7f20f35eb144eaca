"""The profile of a melody's surprise, and how human it is.

Figures of the curve of information content (`themes.expectation`) are held against those of folk songs of eight bars
that the model was not trained on.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.themes.expectation import Contents, Expectations, contents, load_expectations
from cuesmith.themes.melody_views import Sounding

INSIDE = (2, 18)  # of 20: what lies between the 10th and the 90th percentile is wholly human


@dataclass(frozen=True, slots=True)
class Figures:
    """Bits per note but `turning`.

    pitch, rhythm: mean surprise of each. spread: standard deviation of both together. movement: mean step of the curve
    from note to note. turning: the curve's correlation with itself one note later, -1..1; in songs a little below 0,
    since a surprise is followed by what was expected of it.
    """

    pitch: float
    rhythm: float
    spread: float
    movement: float
    turning: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A melody's surprise. mean in bits per note; peaks: the notes (indexes) that stand out by a standard deviation."""

    mean: float
    figures: Figures
    peaks: tuple[int, ...]


def profile(found: Contents) -> Profile:
    """The figures of a curve, and where it peaks."""
    curve = found.total
    mean = sum(curve) / len(curve)
    off = [bits - mean for bits in curve]
    variance = sum(x * x for x in off) / len(off)
    spread = math.sqrt(variance)
    steps = max(1, len(curve) - 1)
    shape = Figures(
        pitch=sum(found.pitch) / len(curve),
        rhythm=sum(found.rhythm) / len(curve),
        spread=spread,
        movement=sum(abs(b - a) for a, b in itertools.pairwise(curve)) / steps,
        turning=sum(a * b for a, b in itertools.pairwise(off)) / (len(off) * variance) if variance > 1e-12 else 1.0,
    )
    return Profile(mean, shape, tuple(i for i, x in enumerate(off) if x > spread > 0))


def figures(notes: Sequence[Sounding], key: Key, meter: Meter, model: Expectations | None = None) -> Figures:
    """The figures of a melody; see `expectation.contents`."""
    return profile(contents(notes, key, meter, model)).figures


def percentiles(found: Figures, model: Expectations | None = None) -> dict[str, float]:
    """Where each figure stands among human melodies, 0..100."""
    human = (model or load_expectations()).human
    return {field.name: _percentile(getattr(found, field.name), human[field.name]) for field in fields(found)}


def _percentile(value: float, quantiles: Sequence[float]) -> float:
    at = bisect.bisect_right(quantiles, value)
    if at == 0 or at == len(quantiles):
        return 100.0 if at else 0.0
    low, high = quantiles[at - 1], quantiles[at]
    return 100.0 * (at - 1 + (value - low) / (high - low)) / (len(quantiles) - 1)


def nearness(found: Figures, model: Expectations | None = None) -> dict[str, float]:
    """How human each figure is: 1 within the middle four fifths of songs, less outside.

    A half where it lies as far outside as the edge does from the middle, and slowly less beyond, so that of two
    strange melodies one can still be told to be the better.
    """
    human = (model or load_expectations()).human
    out = {}
    for field in fields(found):
        value, quantiles = getattr(found, field.name), human[field.name]
        low, middle, high = quantiles[INSIDE[0]], quantiles[len(quantiles) // 2], quantiles[INSIDE[1]]
        beyond = (value - high) / (high - middle) if value > high else (low - value) / (middle - low)
        out[field.name] = 1.0 / (1.0 + beyond * beyond) if beyond > 0 else 1.0
    return out


def naturalness(notes: Sequence[Sounding], key: Key, meter: Meter) -> float:
    """0..1: how near the curve of a melody's surprise moves to that of a folk song: neither flat nor random.

    The geometric mean of the `nearness` of its figures.
    """
    return naturalness_of(contents(notes, key, meter))


def naturalness_of(found: Contents) -> float:
    """`naturalness` of a curve that is known."""
    near = nearness(profile(found).figures)
    return math.prod(near.values()) ** (1 / len(near))


def surprise_at(found: Contents, places: Sequence[int]) -> float:
    """The share, 0..1, of all surprise above the mean that stands at these notes (indexes).

    Held against len(places) / len(notes), what chance would give, it says whether a climax or the appoggiaturas are
    where the ear is caught. 0 for a flat curve.
    """
    curve = found.total
    mean = sum(curve) / len(curve)
    above = [max(0.0, bits - mean) for bits in curve]
    return sum(above[place] for place in dict.fromkeys(places)) / sum(above) if any(above) else 0.0
