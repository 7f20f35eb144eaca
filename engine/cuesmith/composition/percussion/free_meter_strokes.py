"""Free strokes: percussion without meter, breath by breath.

The rows of banks/free_strokes.yaml give the place of each stroke as a share of the breath's time. Places are computed
in seconds and only then converted to ticks of the even grid, so that accelerating strokes accelerate in seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cuesmith.casting.cast import Player
from cuesmith.chance import Stream
from cuesmith.composition.percussion.grid_strings import gain_at, velocity_of_letter
from cuesmith.plan.free_meter.breaths import Flow
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.free_strokes import FreeStrokes, Roll
from cuesmith.specs.banks.library import Banks

NEAREST_SEC = 0.075  # shortest distance of strokes in a roll
SWELL_SEC = 0.09  # distance of strokes in a roll with soft sticks
ROOM_SEC = 4.0  # least length of a breath with a roll
SOFT, LOUD = 0.35, 1.0  # factors on the loudness of a roll, at its softest and loudest
MOST_ROLLS = 200  # most strokes of a roll
RARER = 4  # how much less likely a row with rolls becomes each time it is used


class Struck(NamedTuple):
    """A stroke on the even grid: its tick, voice, velocity, and the row it comes from."""

    tick: int
    voice: str
    velocity: int
    row: str


def _gaps(seconds: float, ratio: float) -> list[float]:
    """Return distances in seconds that shrink by `ratio` each time, down to NEAREST_SEC, and add up to `seconds`."""
    count = 2
    while count < MOST_ROLLS:
        first = seconds * (1 - ratio) / (1 - ratio**count)
        if first * ratio ** (count - 1) <= NEAREST_SEC:
            break
        count += 1
    return [first * ratio**i for i in range(count)]


def roll_strokes(roll: Roll, start: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield (second, share of its loudness) of every stroke of a roll between two seconds."""
    if roll.way == "swell":
        count = max(2, round((end - start) / SWELL_SEC))
        yield from ((start + (end - start) * i / count, (i / count) ** 1.5) for i in range(count))
        return
    if roll.way == "oroshi_otoshi":
        half = _gaps((end - start) / 2, roll.ratio)
        gaps = [*half, *reversed(half)]
        loud = [i / len(half) for i in range(len(half))]
        shares = [*loud, *(1 - share for share in loud)]
    else:
        gaps = _gaps(end - start, roll.ratio)
        shares = [i / len(gaps) for i in range(len(gaps))]
        if roll.way == "otoshi":
            gaps, shares = gaps[::-1], [1 - share for share in shares]
    at = start
    for gap, share in zip(gaps, shares, strict=True):
        yield at, share
        at += gap


def _choose_row(
    rows: dict[str, FreeStrokes],
    played: Counter[str],
    before: str,
    seconds: float,
    closing: bool,
    rising: bool,
    draw: Stream,
) -> str | None:
    """Choose a row for the next breath, or None for silence.

    Never the same row twice; stillness at first and after a row with rolls; no rolls in a short breath; before a
    section with more energy, preferably a row that leads on. played: how often each row has been used.
    """
    weights = {
        name: row.weight for name, row in rows.items() if name != before and (seconds >= ROOM_SEC or not row.rolls)
    }
    rested = bool(before) and not rows[before].rolls
    for name in list(weights):
        role = rows[name].role
        weights[name] /= (1 + RARER * played[name]) if rows[name].rolls else 1
        if not rested and role != "still":
            weights[name] = 0.0
        elif closing:
            weights[name] *= {"leads": 6.0, "moving": 1.0, "still": 0.5}[role] if rising else float(role == "still")
        elif role == "leads":
            weights[name] *= 0.5
    return draw.weighted(weights) if any(weights.values()) else None


def free_strokes(
    plan: Plan, section: SectionPlan, flow: Flow, player: Player, banks: Banks, draw: Stream
) -> Iterator[Struck]:
    """Yield every stroke of one seat in a section of free meter."""
    group = banks.kits[player.seat.kit].group if player.seat.kit else "kit"
    rows = {
        name: row
        for name, row in banks.free_strokes.items()
        if row.kit == group and row.levels[0] <= section.level <= row.levels[1]
    }
    if not rows or section.treatment_row.silent:
        return
    after = plan.sections[section.index + 1] if section.index + 1 < len(plan.sections) else None
    rising = after is not None and after.energy >= section.energy
    gain = gain_at(section.energy)
    lines = [plan.tempo.seconds(tick) for tick in (*section.bar_ticks(), section.end)]
    before, played = "", Counter[str]()
    for number, (begin, end) in enumerate(pairwise(lines)):
        name = _choose_row(rows, played, before, end - begin, number == len(lines) - 2, rising, draw.child(number))
        before = name or ""
        if name is None:
            continue
        played[name] += 1
        strokes = list(_row_strokes(rows[name], begin, end - begin, gain))
        ticks = plan.tempo.ticks_array(np.array([second for second, _, _ in strokes], dtype=np.float64)).tolist()
        for tick, (_, voice, velocity) in zip(ticks, strokes, strict=True):
            yield Struck(max(section.start, flow.written(tick)), voice, velocity, name)


def _row_strokes(row: FreeStrokes, begin: float, length: float, gain: float) -> Iterator[tuple[float, str, int]]:
    """Yield (second, voice, velocity) of a row in a breath of `length` seconds from `begin`."""
    for text in row.strokes:
        place, voice, letter = text.split()
        yield begin + float(place) * length, voice, velocity_of_letter(letter, gain)
    for roll in row.rolls:
        for second, share in roll_strokes(roll, begin + roll.from_ * length, begin + roll.to * length):
            yield second, roll.voice, velocity_of_letter(roll.letter, gain * (SOFT + (LOUD - SOFT) * share))
