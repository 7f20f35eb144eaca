"""Pitch bends: scoops, falls, doits, oshide and meri. The bend is always back at rest before the next note.

The style gives the probability of each bend (`playing.bends`), and the bank of instruments says who uses it. The table
below says what it looks like. The random draw depends on the place in the score, not on the player, so players in
unison bend together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.chance import Stream
from cuesmith.perform.model import Curve
from cuesmith.specs.banks.instruments import BendName, Instrument


class Bend(NamedTuple):
    """One way to bend a note.

    at: `start`, from another pitch into the written one, or `end`, away from it.
    cents: range of the depth.
    sec: range of the duration.
    hold_sec: how long the first pitch is held.
    least_sec: length of the shortest note that is bent.
    """

    at: Literal["start", "end"]
    cents: tuple[int, int]
    sec: tuple[float, float]
    hold_sec: float
    least_sec: float


#                  at       cents         seconds        hold  least
BENDS: dict[BendName, Bend] = {
    "scoop":  Bend("start", (-200, -100), (0.09, 0.20),  0.00, 0.30),
    "rise":   Bend("start", (-180, -100), (0.09, 0.22),  0.00, 0.35),
    "oshide": Bend("start", (-200, -200), (0.06, 0.09),  0.09, 0.40),
    "bend":   Bend("start", (-200, -200), (0.12, 0.22),  0.03, 0.40),
    "slide":  Bend("start", (-200, -150), (0.06, 0.10),  0.00, 0.25),
    "drop":   Bend("start", (-500, -300), (0.09, 0.13),  0.00, 0.30),
    "fall":   Bend("end",   (-700, -300), (0.16, 0.34),  0.00, 0.35),
    "doit":   Bend("end",   (200, 400),   (0.14, 0.24),  0.00, 0.35),
    "call":   Bend("end",   (-260, -180), (0.06, 0.09),  0.00, 0.10),
    "meri":   Bend("end",   (-150, -60),  (0.28, 0.42),  0.00, 0.70),
}  # fmt: skip

CENTRE = 8192
STEP_SEC = 0.012
REST_SEC = 0.2  # a rest this long ends a phrase; a rest of half this length is enough before a phrase begins
BACK_SEC = 0.03  # the bend returns to rest this long before the next note
RANGES = (2, 7, 12)  # possible bend ranges of a track in semitones; the smallest sufficient one is used


def bends(
    instrument: Instrument, onset: NDArray[np.float64], end: NDArray[np.float64], ticks: Sequence[int],
    chances: Mapping[BendName, float], draw: Stream,
) -> tuple[Curve | None, int]:  # fmt: skip
    """Return the pitch bend curve of a part (None when no note is bent) and its range in semitones.

    instrument: who plays it; its row says which bends it uses.
    onset, end: times in seconds of its notes as played, in rising order of onset.
    ticks: the onsets of the same notes in the score.
    chances: bend → probability 0..1.
    """
    own_bends = [(name, BENDS[name], share) for name, share in chances.items() if name in instrument.bends]
    if not own_bends:
        return None, RANGES[0]
    moves: list[tuple[float, float]] = []  # seconds, cents
    deepest = 0.0
    reached = np.maximum.accumulate(end)
    shortest = min(row.least_sec for _, row, _ in own_bends)
    for first, last in _same_onset_groups(ticks):
        if end[first] - onset[first] < shortest:
            continue
        start, stop = float(onset[first : last + 1].max()), float(end[first : last + 1].min())
        before = float(reached[first - 1]) if first else -REST_SEC
        after = float(onset[last + 1]) if last + 1 < len(onset) else float("inf")
        for name, row, share in own_bends:
            fits = stop - start >= row.least_sec and not (moves and moves[-1][0] > start)
            alone = start - before >= REST_SEC / 2 if row.at == "start" else after - stop >= REST_SEC
            if not fits or not alone:
                continue
            chance = draw.child(name, int(ticks[first]))
            if not chance.chance(share):
                continue
            cents, sec = chance.uniform(*row.cents), chance.uniform(*row.sec)
            deepest = max(deepest, abs(cents))
            begin = float(onset[first]) if row.at == "start" else stop - sec
            moves += (
                _bend_into_pitch(begin, cents, row.hold_sec, sec)
                if row.at == "start"
                else _bend_away(begin, cents, sec, after)
            )
    if not moves:
        return None, RANGES[0]
    width = next(r for r in RANGES if 100 * r >= deepest)
    times = np.array([time for time, _ in moves])
    values = CENTRE + np.rint(np.array([cents for _, cents in moves]) / (100 * width) * (CENTRE - 1))
    return Curve("bend", 0, np.maximum(times, 0.0), values.astype(np.int32)), width


def _same_onset_groups(ticks: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last index of each group of notes with the same onset."""
    out: list[tuple[int, int]] = []
    for index, tick in enumerate(ticks):
        if out and ticks[out[-1][0]] == tick:
            out[-1] = (out[-1][0], index)
        else:
            out.append((index, index))
    return out


def _bend_into_pitch(begin: float, cents: float, hold: float, sec: float) -> list[tuple[float, float]]:
    """Return (seconds, cents) of a bend into the written pitch: fast at first, as with lips and fingers."""
    x = np.arange(0.0, 1.0, STEP_SEC / sec)
    path = [(begin + hold + float(k) * sec, cents * float((1 - k) ** 1.5)) for k in x]
    return [(max(0.0, begin - 0.005), cents), *path, (begin + hold + sec, 0.0)]


def _bend_away(begin: float, cents: float, sec: float, after: float) -> list[tuple[float, float]]:
    """Return (seconds, cents) of a bend away from the pitch, faster and faster; at rest again before the next note."""
    x = np.arange(0.0, 1.0 + 1e-9, STEP_SEC / sec)
    path = [(begin + float(k) * sec, cents * float(k**1.6)) for k in x]
    back = begin + sec + REST_SEC - BACK_SEC if after == float("inf") else after - BACK_SEC
    return [*path, (back, 0.0)]
