"""Expectation: how surprising each note of a melody is to ears that know folk songs.

A model in the manner of Pearce's IDyOM (2005), trained once by `tools/train_expectation.py`; only its counts ship. Per
note two things are told, when it comes and what pitch it has. Several viewpoints (`themes.melody_views`) each give a
distribution from the longest context that was counted, smoothed by all shorter ones down to even odds (escape method C,
interpolated). They are multiplied, the surer ones weighing more: weight = (entropy / greatest entropy) to the power
-BIAS. Only pitch classes that the melody uses are thought possible: its scale is known, and one that songs seldom use
is no surprise at every note. Two things are mixed in: how songs move in steps of whatever scale they use, so that
Japanese scales are not punished, and what the melody recalls of itself. A share EVEN of the odds is given to all alike,
so that nothing is impossible.

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
    Seen,
    Sounding,
    Views,
    see,
)

BIAS = 1.0  # 0 … 5 were tried on songs held out; the bits change by 1 %
EVEN = 0.01  # 0.002 … 0.02, likewise
SUREST = 0.05  # no context is trusted more than one whose entropy is this share of the greatest
SIZES = {"pitch": INTERVALS, "step": STEPS, "rhythm": DURATIONS, "opening": DEGREES}

_MOVES = np.arange(-REACH, REACH + 1)

Row = NDArray[np.float32]


class Rows(dict[str, int]):
    """Context → row. A context that was not counted has the row of its longest prefix that was; the empty one was."""

    def __missing__(self, context: str) -> int:
        return self[context[:-1]]


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The viewpoints that tell one thing.

    rows: per viewpoint, context → row; logs: per row the natural logarithms of the probabilities; weights: per row how
    much it is trusted. repeats: by the length of what is recalled, the share of the odds that it comes again.
    """

    rows: tuple[Rows, ...]
    logs: Row
    weights: Row
    repeats: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Expectations:
    """The model: families for pitch, for its steps, for rhythm and for the first note; and figures of human melodies.

    by_step: the share of the odds of a pitch that is told by steps.
    human: figure → its 21 quantiles (0, 5 … 100 %) over the first eight bars of songs the model did not
    learn.
    """

    pitch: Family
    step: Family
    rhythm: Family
    opening: Family
    by_step: float
    human: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Contents:
    """Information content of every note in bits: of its pitch, and of its time (0 for the first note)."""

    pitch: tuple[float, ...]
    rhythm: tuple[float, ...]

    @property
    def total(self) -> tuple[float, ...]:
        """Pitch and time together, per note."""
        return tuple(a + b for a, b in zip(self.pitch, self.rhythm, strict=True))


@cache
def load_expectations() -> Expectations:
    """The model that ships with Cuesmith; read once, later calls return the same object."""
    return read_expectations((files("cuesmith.themes") / "expectation.json").read_bytes())


def read_expectations(text: bytes) -> Expectations:
    """A model from its counts, as `tools/train_expectation.py` writes them."""
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
    """Counts → smoothed rows, order by order: each context takes what it did not see from the one a letter shorter."""
    tables: list[Rows] = []
    blocks: list[NDArray[np.float64]] = []
    start = 0
    for orders in views.values():
        rows = Rows()
        above = np.full((1, size), 1.0 / size)
        first = start  # where the rows of the order above begin
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


def distributions(family: Family, seen: Seen, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """The probabilities of every symbol for every note: one row per note, summing to 1.

    allowed: per note which symbols the viewpoints may think of; all when left out.
    """
    places = np.array(
        [[rows[context] for context in view] for rows, view in zip(family.rows, seen.contexts, strict=True)],
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
    # A product of viewpoints is a veto: what songs never do would surprise each time anew. But a melody teaches, too:
    # its second syncopation is less of a surprise than its first.
    share = family.repeats[[recall.length for recall in seen.recalls]]
    odds *= (1.0 - share)[:, None]
    odds[np.arange(len(share)), [recall.symbol for recall in seen.recalls]] += share
    return odds


def pitch_distributions(model: Expectations, views: Views, pitches: Sequence[int]) -> NDArray[np.float64]:
    """The probabilities of every interval for every note after the first, all viewpoints and the steps together."""
    by_interval, by_step = both_distributions(model, views, pitches)
    return (1.0 - model.by_step) * by_interval + model.by_step * by_step


def both_distributions(
    model: Expectations, views: Views, pitches: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`pitch_distributions` before they are mixed: by interval, and by step."""
    used = np.zeros(12, dtype=np.bool_)
    used[[pitch % 12 for pitch in pitches]] = True
    known = np.concatenate([used] * 20)  # all pitches from four octaves below 0 up: whether the melody's scale has them
    rank = known.cumsum()
    before = np.array(pitches[:-1], dtype=np.intp) + 48
    around = before[:, None] + _MOVES
    allowed = known[around]
    allowed[:, 0] = allowed[:, -1] = True  # the widest intervals stand for all beyond them
    steps = rank[around] - rank[before][:, None] + STEP_REACH
    places = np.minimum(np.maximum(steps, 0), STEPS - 1)
    by_step = distributions(model.step, views.step)[np.arange(len(before))[:, None], places] * allowed
    by_step /= by_step.sum(axis=1, keepdims=True)
    return distributions(model.pitch, views.pitch, allowed), by_step


def _bits(odds: NDArray[np.float64], seen: Seen) -> tuple[float, ...]:
    told = odds[np.arange(len(seen.symbols)), seen.symbols]
    return tuple(np.maximum(-np.log2(told), 0.0).tolist())


def contents(notes: Sequence[Sounding], key: Key, meter: Meter, model: Expectations | None = None) -> Contents:
    """Information content of every note, pitch and time apart.

    notes: one voice as (onset, duration, pitch, …) in ticks, in order of onset; tick 0 is a bar line. Of the key
    only the tonic and the third of its mode matter. Raises ValueError for no notes and for notes that begin together.
    """
    known = model or load_expectations()
    views = see(notes, key, meter)
    opening = _bits(distributions(known.opening, views.opening), views.opening)
    if len(notes) == 1:
        return Contents(opening, (0.0,))
    pitch = _bits(pitch_distributions(known, views, [note[2] for note in notes]), views.pitch)
    rhythm = _bits(distributions(known.rhythm, views.rhythm), views.rhythm)
    return Contents(opening + pitch, (0.0, *rhythm))
