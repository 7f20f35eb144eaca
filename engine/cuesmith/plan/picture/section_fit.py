"""Gates: bar lines that the picture asks for, and the sections of a form laid between them.

Where an odd bar stands a section must end; on an entry, a change of key or the climax one should begin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.plan.form.section_lengths import Form, drop_cost, held_bar, is_small, peak_of, section_costs
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import HitKind

SECTION_KINDS = ("entry", "key", "climax")  # hits on which a section should begin
CROSSED = {"entry": 2.5, "key": 2.5, "climax": 3.0, "silence": 0.4, "stop": 0.3}  # cost of a section that runs across
BARRED = 1e6  # no section runs across an odd bar
REACH = 12  # bars by which a section's end may leave the proportions of the form for the sake of the gates
HALVED = 1.5  # cost of telling sections in halves
UNPLANNED = 1.4  # cost of a size no form asks for (7, 9, 11 … bars)


class Gate(NamedTuple):
    """A bar line that the picture asks for, after so many of the cue's usual bars.

    odd: the bar put in before it, which must follow the end of a section. kind, weight: of the hit that falls on it.
    """

    after: int
    odd: Meter | None
    kind: HitKind | None
    weight: float


def _gated_fit(
    rows: tuple[SectionRow, ...], bars: int, gates: Sequence[Gate], treatments: Treatments
) -> tuple[float, tuple[int, ...]] | None:
    """Cost and bars of each section for one total, with the gates; near the form's own proportions (REACH)."""
    crossing = [0.0] * (bars + 2)  # summed: what it costs to run across the bar lines before this one
    for gate in gates:
        if gate.after < bars:
            crossing[gate.after + 1] += BARRED if gate.odd else gate.weight * CROSSED.get(gate.kind or "accent", 0.0)
    for at in range(1, bars + 2):
        crossing[at] += crossing[at - 1]
    peak, whole = peak_of(rows, treatments), sum(row.bars for row in rows)
    table: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    passed = 0
    for index, row in enumerate(rows):
        costs = section_costs(row, treatments)
        sizes = [
            (n, costs.get(n, UNPLANNED + abs(math.log2(n / row.bars))))
            for n in range(1, max(4, 2 * row.bars) + 1)
            if n in costs or not is_small(row, treatments)
        ]
        dropped = drop_cost(rows, index, treatments)
        silent = treatments[row.treatment].silent
        begins: dict[int, float] = {}
        for gate in gates:
            begins[gate.after] = begins.get(gate.after, 0.0) + _start_cost(gate, silent, index == peak)
        passed += row.bars
        ideal = passed * bars / whole
        low, high = ideal - REACH, min(bars, ideal + REACH)
        fresh: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, chosen) in table.items():
            if dropped is not None and (start not in fresh or cost + dropped < fresh[start][0] - 1e-9):
                fresh[start] = (cost + dropped, (*chosen, 0))
            here = cost + begins.get(start, 0.0) - crossing[start + 1]
            for n, extra in sizes:
                end = start + n
                if end > high:
                    break
                if end < low:
                    continue
                value = here + extra + crossing[end]
                if value < BARRED / 2 and (end not in fresh or value < fresh[end][0] - 1e-9):
                    fresh[end] = (value, (*chosen, n))
        table = fresh
    return table.get(bars)


def _start_cost(gate: Gate, silent: bool, is_peak: bool) -> float:
    """What it costs that this section, rather than another, begins on a hit."""
    if gate.kind == "climax" and not is_peak:
        return 0.6 * gate.weight
    if silent:
        return -gate.weight if gate.kind in ("silence", "stop") else gate.weight if gate.kind in SECTION_KINDS else 0.0
    return 0.0


def fit_rows(
    rows: tuple[SectionRow, ...], bars: int, gates: Sequence[Gate], treatments: Treatments
) -> tuple[float, tuple[SectionRow, ...], tuple[int, ...]] | None:
    """Cost, sections and their bars for a number of usual bars, with a section's end at every odd bar.

    Where the form has too few sections for the gates, sections are told in halves or quarters. None when nothing fits.
    """
    halves = tuple(half for row in rows for half in _halves(row, treatments))
    quarters = tuple(half for row in halves for half in _halves(row, treatments))
    best: tuple[float, tuple[SectionRow, ...], tuple[int, ...]] | None = None
    for attempt, extra in ((rows, 0.0), (halves, HALVED), (quarters, 2 * HALVED)):
        if best is not None and best[0] < extra + HALVED:
            break
        found = _gated_fit(attempt, bars, gates, treatments)
        if found is None or (best is not None and found[0] + extra >= best[0]):
            continue
        kept = [(row, n) for row, n in zip(attempt, found[1], strict=True) if n]
        if not treatments[kept[-1][0].treatment].silent:
            best = (found[0] + extra, tuple(row for row, _ in kept), tuple(n for _, n in kept))
    return best


def _halves(row: SectionRow, treatments: Treatments) -> tuple[SectionRow, ...]:
    if row.bars < 2 or treatments[row.treatment].silent:
        return (row,)
    left = (row.bars + 1) // 2
    return replace(row, bars=left), replace(row, name=f"{row.name} on", bars=row.bars - left)


def with_odd_bars(form: Form, meter: Meter, gates: Sequence[Gate]) -> Form:
    """The form with its odd bars as sections of their own: a link before the section that begins on the gate.

    One behind everything is the last bar, held. Every odd bar stands at the end of a section.
    """
    rows: list[SectionRow] = []
    bars: list[int] = []
    meters: list[Meter] = []
    odd = {gate.after: gate.odd for gate in gates if gate.odd is not None}
    at = 0
    for number, (row, count) in enumerate(zip(form.rows, form.bars, strict=True)):
        if at in odd:
            before = form.rows[number - 1] if number else row
            rows.append(replace(before, name="link", bars=1, treatment="none", harmony="link"))
            bars.append(1)
            meters.append(odd[at])
        rows.append(row)
        bars.append(count)
        meters.append(meter)
        at += count
    if at in odd:
        rows.append(held_bar(form.rows[-1]))
        bars.append(1)
        meters.append(odd[at])
    return Form(tuple(rows), tuple(bars), form.bpm, tuple(meters))
