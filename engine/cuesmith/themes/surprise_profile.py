"""Measure how surprise moves through a melody, and how close that is to folk songs.

The figures of the information-content curve (`themes.expectation`) are compared with those of eight-bar folk songs on
which the model was not trained.
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

INSIDE = (2, 18)  # quantile numbers of 0..20: between the 10th and the 90th percentile a figure counts as natural


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the surprise curve, in bits per note (except `turning`).

    pitch, rhythm: mean surprise of pitch and of time.
    spread: standard deviation of both together.
    movement: mean change from note to note.
    turning: autocorrelation at a distance of one note, -1..1. In songs it is a little below 0: after a surprise comes
        something expected.
    """

    pitch: float
    rhythm: float
    spread: float
    movement: float
    turning: float


@dataclass(frozen=True, slots=True)
class Profile:
    """The surprise of a melody.

    mean: bits per note.
    peaks: indexes of notes more than one standard deviation above the mean.
    """

    mean: float
    figures: Figures
    peaks: tuple[int, ...]


def profile(found: Contents) -> Profile:
    """Compute the figures and the peaks of a curve."""
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
    """Compute the figures of a melody; see `expectation.contents` for the parameters."""
    return profile(contents(notes, key, meter, model)).figures


def percentiles(found: Figures, model: Expectations | None = None) -> dict[str, float]:
    """Return the percentile (0..100) of each figure among the folk songs."""
    human = (model or load_expectations()).human
    return {field.name: _percentile(getattr(found, field.name), human[field.name]) for field in fields(found)}


def _percentile(value: float, quantiles: Sequence[float]) -> float:
    at = bisect.bisect_right(quantiles, value)
    if at == 0 or at == len(quantiles):
        return 100.0 if at else 0.0
    low, high = quantiles[at - 1], quantiles[at]
    return 100.0 * (at - 1 + (value - low) / (high - low)) / (len(quantiles) - 1)


def nearness(found: Figures, model: Expectations | None = None) -> dict[str, float]:
    """Return how natural each figure is: 1 within the middle 80 % of the folk songs, less outside.

    It is 0.5 when the figure lies as far outside as the edge is from the median, and falls slowly after that. So two
    unusual melodies can still be compared.
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
    """Return how close the surprise curve of a melody is to that of a folk song, 0..1: neither flat nor random.

    It is the geometric mean of the `nearness` of its figures.
    """
    return naturalness_of(contents(notes, key, meter))


def naturalness_of(found: Contents) -> float:
    """Return `naturalness` for information contents that are already computed."""
    near = nearness(profile(found).figures)
    return math.prod(near.values()) ** (1 / len(near))


def surprise_at(found: Contents, places: Sequence[int]) -> float:
    """Return the share (0..1) of all surprise above the mean that falls on the notes `places` (indexes).

    Compare it with len(places) / len(notes), which an even distribution would give, to learn whether a climax or the
    appoggiaturas really are surprising. 0 for a flat curve.
    """
    curve = found.total
    mean = sum(curve) / len(curve)
    above = [max(0.0, bits - mean) for bits in curve]
    return sum(above[place] for place in dict.fromkeys(places)) / sum(above) if any(above) else 0.0
