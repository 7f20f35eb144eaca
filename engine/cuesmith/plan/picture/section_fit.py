"""Fit the sections of a form between the bar lines that the picture asks for.

A section must end at every odd bar. A section should begin at every hit of kind entry, key or climax.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.plan.form.section_lengths import Form, is_small, last_bar_row, omission_costs, peak_of, section_costs
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import HitKind

SECTION_KINDS = ("entry", "key", "climax")  # hits on which a section should begin
CROSSED = {
    "entry": 2.5,
    "key": 2.5,
    "climax": 3.0,
    "silence": 0.4,
    "stop": 0.3,
}  # cost of a section that runs across such a hit
BARRED = 1e6  # no section runs across an odd bar
REACH = 12  # bars by which a section may end earlier or later than in proportion to the form
SPLIT_COST = 1.5  # of splitting every section in two
UNPLANNED = 1.4  # of a number of bars that forms do not use (7, 9, 11 …)


class BarLineTarget(NamedTuple):
    """A bar line that the picture asks for, after `after` usual bars.

    odd: the meter of an odd bar inserted before it; a section must end before that bar.
    kind, weight: of the hit on it; None without a hit.
    """

    after: int
    odd: Meter | None
    kind: HitKind | None
    weight: float


def _fit_to_targets(
    rows: tuple[SectionRow, ...], bars: int, targets: Sequence[BarLineTarget], treatments: Treatments
) -> tuple[float, tuple[int, ...]] | None:
    """Find the cheapest bars for each section that add up to `bars` and suit the targets; None when nothing fits.

    Sections stay within REACH of the proportions of the form.
    """
    crossing = [0.0] * (bars + 2)  # running total of what it costs to cross the bar lines before this one
    for target in targets:
        if target.after < bars:
            crossing[target.after + 1] += (
                BARRED if target.odd else target.weight * CROSSED.get(target.kind or "accent", 0.0)
            )
    for at in range(1, bars + 2):
        crossing[at] += crossing[at - 1]
    peak, form_bars = peak_of(rows, treatments), sum(row.bars for row in rows)
    omission = omission_costs(rows, treatments)
    table: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    passed = 0
    for index, row in enumerate(rows):
        costs = section_costs(row, treatments)
        sizes = [
            (n, costs.get(n, UNPLANNED + abs(math.log2(n / row.bars))))
            for n in range(1, max(4, 2 * row.bars) + 1)
            if n in costs or not is_small(row, treatments)
        ]
        omitted = omission[index]
        silent = treatments[row.treatment].silent
        begins: dict[int, float] = {}
        for target in targets:
            begins[target.after] = begins.get(target.after, 0.0) + _start_cost(target, silent, index == peak)
        passed += row.bars
        ideal = passed * bars / form_bars
        low, high = ideal - REACH, min(bars, ideal + REACH)
        fresh: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, chosen) in table.items():
            if omitted is not None and (start not in fresh or cost + omitted < fresh[start][0] - 1e-9):
                fresh[start] = (cost + omitted, (*chosen, 0))
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


def _start_cost(target: BarLineTarget, silent: bool, is_peak: bool) -> float:
    """Return the cost of beginning this section on a target; negative when it suits."""
    if target.kind == "climax" and not is_peak:
        return 0.6 * target.weight
    if silent:
        return (
            -target.weight
            if target.kind in ("silence", "stop")
            else target.weight
            if target.kind in SECTION_KINDS
            else 0.0
        )
    return 0.0


def fit_rows(
    rows: tuple[SectionRow, ...], bars: int, targets: Sequence[BarLineTarget], treatments: Treatments
) -> tuple[float, tuple[SectionRow, ...], tuple[int, ...]] | None:
    """Return cost, sections and their bars for a number of usual bars, with a section's end at every odd bar.

    When the form has too few sections for the targets, its sections are split into halves or quarters. None when
    nothing fits.
    """
    halves = tuple(half for row in rows for half in _halves(row, treatments))
    quarters = tuple(half for row in halves for half in _halves(row, treatments))
    best: tuple[float, tuple[SectionRow, ...], tuple[int, ...]] | None = None
    for candidate, extra in ((rows, 0.0), (halves, SPLIT_COST), (quarters, 2 * SPLIT_COST)):
        if best is not None and best[0] < extra + SPLIT_COST:
            break
        found = _fit_to_targets(candidate, bars, targets, treatments)
        if found is None or (best is not None and found[0] + extra >= best[0]):
            continue
        kept = [(row, n) for row, n in zip(candidate, found[1], strict=True) if n]
        if not treatments[kept[-1][0].treatment].silent:
            best = (found[0] + extra, tuple(row for row, _ in kept), tuple(n for _, n in kept))
    return best


def _halves(row: SectionRow, treatments: Treatments) -> tuple[SectionRow, ...]:
    """Split a section in two; breaks and single bars stay whole."""
    if row.bars < 2 or treatments[row.treatment].silent:
        return (row,)
    left = (row.bars + 1) // 2
    return replace(row, bars=left), replace(row, name=f"{row.name} on", bars=row.bars - left)


def with_odd_bars(form: Form, meter: Meter, targets: Sequence[BarLineTarget]) -> Form:
    """Insert the odd bars as sections of their own: a link before the section that begins on the target.

    An odd bar at the very end becomes the last bar.
    """
    rows: list[SectionRow] = []
    bars: list[int] = []
    meters: list[Meter] = []
    odd = {target.after: target.odd for target in targets if target.odd is not None}
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
        rows.append(last_bar_row(form.rows[-1]))
        bars.append(1)
        meters.append(odd[at])
    return Form(tuple(rows), tuple(bars), form.bpm, tuple(meters))
