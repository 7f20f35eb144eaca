"""Form and exact length: how many bars each section gets, and the tempo at which they fill the seconds asked for.

A cue type brings a form (sections with bars); the seconds asked for rarely fit it at a usual tempo. A small dynamic
programme finds, for every possible number of bars at once, the least distorted form: sections keep even phrase
lengths, an introduction shrinks before a theme does, long cues repeat their middle. The tempo is
then solved, never the music cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cuesmith.errors import ComposeError
from cuesmith.specs.banks import CueType, SectionRow

SMALL = {"intro", "coda", "break"}  # sections that may shrink to a bar or vanish
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
UNEVEN = {1: 0.9, 2: 0.25, 3: 1.1, 5: 1.3, 6: 0.35, 10: 0.5, 12: 0.1, 20: 0.3, 24: 0.3}
DROPPED = {
    "statement": 3.0,
    "break": 0.5,
    "intro": 0.9,
    "coda": 1.1,
    "restatement": 0.9,
    "vamp": 1.0,
    "contrast": 1.3,
    "build": 1.2,
}
LONGEST_BREAK_SEC = 2.6
TEMPO_WEIGHT = 6.0  # cost of a tempo e times the wished one, against one doubled section


@dataclass(frozen=True, slots=True)
class Form:
    """Sections with their final bars, and the beats of one odd bar when the whole cue is shorter than a bar."""

    rows: tuple[SectionRow, ...]
    bars: tuple[int, ...]
    bpm: float

    @property
    def total(self) -> int:
        """Bars in all."""
        return sum(self.bars)


def _extended(rows: tuple[SectionRow, ...], wanted: float) -> tuple[SectionRow, ...]:
    """The form with its middle repeated until `wanted` bars are within reach; repeats are a little fuller."""
    total = sum(row.bars for row in rows)
    if wanted <= 1.7 * total or len(rows) < 3:
        return rows if wanted <= 1.7 * total else rows * max(1, round(wanted / total))
    head = rows[:1] if rows[0].treatment == "intro" else ()
    tail = rows[-1:] if rows[-1].treatment == "coda" else ()
    body = rows[len(head) : len(rows) - len(tail)]
    body_bars = sum(row.bars for row in body)
    rounds = max(2, round((wanted - total + body_bars) / body_bars))
    repeated: list[SectionRow] = []
    for number in range(rounds):
        last = number == rounds - 1
        for row in body:
            energy = row.energy if last else min(0.8, row.energy * (0.85 + 0.1 * (number % 2)))
            repeated.append(replace(row, name=row.name + "'" * number, energy=energy, lift=row.lift if last else 0))
    return (*head, *repeated, *tail)


def _with_short_breaks(rows: tuple[SectionRow, ...], bar_sec: float) -> tuple[SectionRow, ...]:
    """Breaks of no more bars than a listener holds his breath for."""
    return tuple(
        replace(row, bars=max(1, min(row.bars, int(LONGEST_BREAK_SEC / bar_sec)))) if row.treatment == "break" else row
        for row in rows
    )


def _section_costs(row: SectionRow) -> dict[int, float]:
    costs = {}
    for bars in SIZES:
        if bars > 4 * row.bars:
            continue
        small = row.treatment in SMALL
        if small and bars > (row.bars if row.treatment == "break" else max(2, 2 * row.bars)):
            continue
        stretch = abs(math.log2(bars / row.bars)) * (0.5 if small else 1.0)
        costs[bars] = stretch + UNEVEN.get(bars, 0.0) * (0.4 if small else 1.0)
    if row.bars not in costs:
        costs[row.bars] = 0.0
    return costs


def _fits(rows: tuple[SectionRow, ...], most: int) -> dict[int, tuple[float, tuple[int, ...]]]:
    """For every total up to `most`: the least cost and the bars of each section (0 = dropped)."""
    peak = max(range(len(rows)), key=lambda i: rows[i].energy)
    first = next((i for i, row in enumerate(rows) if row.treatment in ("statement", "head", "fragments", "vamp")), 0)
    table: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for index, row in enumerate(rows):
        costs = _section_costs(row)
        keep = index == first or (index == peak and len(rows) <= 4)
        if not keep:
            costs[0] = DROPPED.get(row.treatment, 1.6) + (0.8 if index == peak else 0.0)
        fresh: dict[int, tuple[float, tuple[int, ...]]] = {}
        for total, (cost, chosen) in table.items():
            for bars, extra in costs.items():
                reached = total + bars
                if reached > most:
                    continue
                value = cost + extra
                if reached not in fresh or value < fresh[reached][0] - 1e-9:
                    fresh[reached] = (value, (*chosen, bars))
        table = fresh
    return table


def solve_form(
    cue: CueType,
    seconds: float,
    bar_beats: float,
    bpm_range: tuple[float, float],
    wished_bpm: float,
    *,
    fixed_tempo: bool = False,
) -> Form:
    """The form and tempo that end exactly at `seconds`.

    bar_beats: quarter notes per bar. wished_bpm: where in bpm_range the cue would like to be; with fixed_tempo the
    tempo may move only as far as whole bars demand. Raises ComposeError when no number of bars fits.
    """
    low, high = (wished_bpm * 0.94, wished_bpm * 1.06) if fixed_tempo else bpm_range
    per_bpm = seconds / 60.0 / bar_beats  # bars per beat-per-minute
    rows = _extended(_with_short_breaks(cue.form_for(seconds), 60.0 * bar_beats / wished_bpm), wished_bpm * per_bpm)
    first, last = math.ceil(low * per_bpm - 1e-9), math.floor(high * per_bpm + 1e-9)
    totals = range(max(1, first), last + 1) if last >= max(1, first) else [max(1, round(wished_bpm * per_bpm))]
    table = _fits(rows, max(totals))
    best: tuple[float, int] | None = None
    for total in totals:
        if total not in table:
            continue
        bpm = total / per_bpm
        odd = 0.0 if total % 4 == 0 else 0.15 if total % 2 == 0 else 0.4
        cost = table[total][0] + TEMPO_WEIGHT * abs(math.log2(bpm / wished_bpm)) + odd
        if best is None or cost < best[0]:
            best = (cost, total)
    if best is None:
        raise ComposeError(f"{seconds:g} s cannot be divided into bars for this cue; ask for a longer one")
    total = best[1]
    kept = [(row, bars) for row, bars in zip(rows, table[total][1], strict=True) if bars]
    while (
        len(kept) > 1 and kept[-1][0].treatment == "break"
    ):  # nothing to come back to: its bars go to the music before
        (_, spare), (before, bars) = kept[-1], kept[-2]
        kept[-2:] = [(before, bars + spare)]
    return Form(tuple(row for row, _ in kept), tuple(bars for _, bars in kept), total / per_bpm)
