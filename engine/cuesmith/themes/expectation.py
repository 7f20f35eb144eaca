"""Expectation: how surprising each note of a melody is to listeners who know folk songs.

A model like Pearce's IDyOM (2005), trained once by `tools/train_expectation.py`; only its counts ship. For each note it
predicts two things: when it comes, and its pitch. Several viewpoints (`themes.melody_views`) each give a distribution
from the longest context that was counted, smoothed by all shorter ones down to equal probabilities (escape method C,
interpolated). The distributions are multiplied; the more certain ones have more weight: weight = (entropy / greatest
entropy) to the power -BIAS.

Only pitch classes that the melody uses are considered possible. Its scale is thus treated as known, and a scale that is
rare in songs is not a surprise at every note. Two more predictions are mixed in: how songs move in steps of their own
scale, so that Japanese scales are not punished, and what the melody repeats of itself. A share EVEN of the probability
is spread equally over all symbols, so nothing is impossible.

Information content is -log2 of the probability: 0 bits when a note is certain.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.themes.melody_views import (
    DEGREES,
    DURATIONS,
    INTERVALS,
    LETTERS,
    REACH,
    STEP_REACH,
    STEPS,
    EventSeries,
    MelodyViews,
    Sounding,
    view_melody,
)

BIAS = 1.0  # 0 … 5 were tried on held-out songs; the bits change by 1 %
EVEN = 0.01  # 0.002 … 0.02 were tried, with the same result
SUREST = 0.05  # lower limit of entropy / greatest entropy: it limits the weight of very certain contexts
SIZES = {"pitch": INTERVALS, "step": STEPS, "rhythm": DURATIONS, "opening": DEGREES}

_MOVES = np.arange(-REACH, REACH + 1)

Row = NDArray[np.float32]


class Rows(dict[str, int]):
    """A table from context to row number. A context that was not counted gets the row of its longest counted prefix.

    The empty context was always counted.
    """

    def __missing__(self, context: str) -> int:
        return self[context[:-1]]


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """All viewpoints that predict one property.

    rows: for each viewpoint, context → row.
    logs: for each row the natural logarithms of the probabilities.
    weights: for each row how much it is trusted.
    repeats: the probability that a match with an earlier place continues, by its length.
    """

    rows: tuple[Rows, ...]
    logs: Row
    weights: Row
    repeats: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Expectations:
    """The model: one family each for pitch, scale steps, rhythm and the first note, and figures of human melodies.

    by_step: weight of the prediction by scale steps within that of pitch, 0..1.
    human: figure → its 21 quantiles (0, 5 … 100 %) over the first eight bars of songs on which the model was not
        trained.
    """

    pitch: Family
    step: Family
    rhythm: Family
    opening: Family
    by_step: float
    human: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Contents:
    """The information content of every note in bits: of its pitch, and of its time (0 for the first note)."""

    pitch: tuple[float, ...]
    rhythm: tuple[float, ...]

    @property
    def total(self) -> tuple[float, ...]:
        """Pitch and time together, for each note."""
        return tuple(a + b for a, b in zip(self.pitch, self.rhythm, strict=True))


@cache
def load_expectations() -> Expectations:
    """Return the model that ships with Cuesmith. It is read once; later calls return the same object."""
    return read_expectations((files("cuesmith.themes") / "expectation.json").read_bytes())


def read_expectations(text: bytes) -> Expectations:
    """Build a model from its counts, in the format that `tools/train_expectation.py` writes."""
    data: dict[str, Any] = json.loads(text)
    families = {name: _family(rows, SIZES[name], data["repeats"][name]) for name, rows in data["families"].items()}
    return Expectations(
        families["pitch"],
        families["step"],
        families["rhythm"],
        families["opening"],
        data["by step"],
        {name: tuple(quantiles) for name, quantiles in data["human"].items()},
    )


def _family(views: Mapping[str, Sequence[Mapping[str, Any]]], size: int, repeats: Sequence[float]) -> Family:
    """Turn counts into smoothed probabilities, order by order, each smoothed by the context one letter shorter."""
    tables: list[Rows] = []
    blocks: list[NDArray[np.float64]] = []
    start = 0
    for orders in views.values():
        rows = Rows()
        above = np.full((1, size), 1.0 / size)
        first = start  # row number at which the previous order begins
        for order, table in enumerate(orders):
            contexts: list[str] = table["contexts"]
            parents = [rows[context[:-1]] - first for context in contexts] if order else [0]
            counts = np.zeros((len(contexts), size))
            owner = np.repeat(np.arange(len(contexts)), [len(symbols) for symbols in table["symbols"]])
            symbols = np.frombuffer("".join(table["symbols"]).encode("latin-1"), dtype=np.uint8).astype(np.int64)
            counts[owner, symbols - ord(LETTERS[0])] = table["counts"]
            kinds = (counts > 0).sum(axis=1, keepdims=True)
            above = (counts + kinds * above[parents]) / (counts.sum(axis=1, keepdims=True) + kinds)
            blocks.append(above)
            first = start
            rows.update(zip(contexts, range(start, start + len(contexts)), strict=True))
            start += len(contexts)
        tables.append(rows)
    odds = np.concatenate(blocks)
    logs = np.log(odds)
    entropy = -(odds * logs).sum(axis=1) / math.log(size)
    weights = np.maximum(entropy, SUREST) ** -BIAS
    return Family(tuple(tables), logs.astype(np.float32), weights.astype(np.float32), np.array(repeats))


def distributions(family: Family, series: EventSeries, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return the probabilities of all symbols for every note: shape (notes, symbols), each row sums to 1.

    allowed: for each note, the symbols the viewpoints may predict; all of them by default. It has the same shape.
    """
    places = np.array(
        [[rows[context] for context in view] for rows, view in zip(family.rows, series.contexts, strict=True)],
        dtype=np.intp,
    )
    weights = family.weights[places]
    weights = weights / weights.sum(axis=0)
    odds: NDArray[np.float64] = np.exp(np.einsum("vn,vns->ns", weights, family.logs[places])).astype(np.float64)
    even = np.ones_like(odds)
    if allowed is not None:
        odds *= allowed
        even *= allowed
    odds *= (1.0 - EVEN) / odds.sum(axis=1, keepdims=True)
    odds += EVEN / even.sum(axis=1, keepdims=True) * even
    # In a product one viewpoint can make a symbol almost impossible, every time it comes. But listeners learn from the
    # melody itself: its second syncopation is less surprising than its first. So matches are added, not multiplied.
    share = family.repeats[[recall.length for recall in series.recalls]]
    odds *= (1.0 - share)[:, None]
    odds[np.arange(len(share)), [recall.symbol for recall in series.recalls]] += share
    return odds


def pitch_distributions(model: Expectations, views: MelodyViews, pitches: Sequence[int]) -> NDArray[np.float64]:
    """Return the probabilities of every interval for every note after the first, viewpoints and scale steps mixed."""
    by_interval, by_step = both_distributions(model, views, pitches)
    return (1.0 - model.by_step) * by_interval + model.by_step * by_step


def both_distributions(
    model: Expectations, views: MelodyViews, pitches: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two distributions that `pitch_distributions` mixes: by interval, and by scale step."""
    used = np.zeros(12, dtype=np.bool_)
    used[[pitch % 12 for pitch in pitches]] = True
    known = np.concatenate([used] * 20)  # for each pitch from -48 up: whether the melody uses its pitch class
    rank = known.cumsum()
    before = np.array(pitches[:-1], dtype=np.intp) + 48
    around = before[:, None] + _MOVES
    allowed = known[around]
    allowed[:, 0] = allowed[:, -1] = True  # the widest intervals stand for all wider ones, too
    steps = rank[around] - rank[before][:, None] + STEP_REACH
    places = np.minimum(np.maximum(steps, 0), STEPS - 1)
    by_step = distributions(model.step, views.step)[np.arange(len(before))[:, None], places] * allowed
    by_step /= by_step.sum(axis=1, keepdims=True)
    return distributions(model.pitch, views.pitch, allowed), by_step


def _bits(odds: NDArray[np.float64], series: EventSeries) -> tuple[float, ...]:
    probabilities = odds[np.arange(len(series.symbols)), series.symbols]
    return tuple(np.maximum(-np.log2(probabilities), 0.0).tolist())


def contents(notes: Sequence[Sounding], key: Key, meter: Meter, model: Expectations | None = None) -> Contents:
    """Return the information content of every note, for pitch and time separately.

    notes: one voice as (onset, duration, pitch, …), times in ticks, in order of onset; tick 0 is a bar line.
    key: only the tonic matters, and whether the third is minor.
    model: the shipped one by default.

    Raises ValueError when there are no notes or two begin together.
    """
    known = model or load_expectations()
    views = view_melody(notes, key, meter)
    opening = _bits(distributions(known.opening, views.opening), views.opening)
    if len(notes) == 1:
        return Contents(opening, (0.0,))
    pitch = _bits(pitch_distributions(known, views, [note[2] for note in notes]), views.pitch)
    rhythm = _bits(distributions(known.rhythm, views.rhythm), views.rhythm)
    return Contents(opening + pitch, (0.0, *rhythm))
