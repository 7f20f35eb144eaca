"""Section lengths: how many bars each section gets, and the tempo at which they fill the requested seconds exactly.

A cue type brings a form (sections with bars) that rarely fits the seconds at a usual tempo. Dynamic programming over
the sections finds, for every possible total of bars, the form with the least distortion: sections keep even phrase
lengths, an introduction shrinks before a theme does, and long cues repeat their middle. The tempo is then solved for;
music is never cut.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from cuesmith.music.meter import Meter, Meters
from cuesmith.music.note import PPQ
from cuesmith.plan.form.fermata import CLOSING_COST, HOLD_COSTS, held_beat
from cuesmith.plan.form.meters import odd_bars
from cuesmith.plan.form.single_bar import single_bar
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.treatments import Treatments

LONGEST_WAIT = 0.25  # the theme must begin within this share of the cue (critic rule Q02)
# numbers of bars that a section may have, and the extra cost of the less even ones
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
SIZE_COSTS = {1: 0.9, 2: 0.25, 3: 1.1, 5: 1.3, 6: 0.35, 10: 0.5, 12: 0.1, 20: 0.3, 24: 0.3}
PEAK_COST = 0.8  # extra cost of leaving out the section with the most energy
LONGEST_BREAK_SEC = 2.6  # a break is shortened to this, if that is a bar or more
FULL_MEDLEY = 0.8  # a medley repeats its middle when it needs more than this share of the most bars it can have
TEMPO_WEIGHT = 6.0  # cost of a tempo twice the target (or half), where a section of double length costs 1
HELD_BAR_COST = 0.5  # of a last bar in another meter


class Round(NamedTuple):
    """One repeat (round) of the middle of a long cue.

    share: factor on the energy. kind: which treatments change (see the bank of treatments). lift: semitones.
    """

    share: float
    kind: Literal["full", "thin", "rising"]
    lift: int

    def treatment(self, name: str, treatments: Treatments) -> str:
        """Return the treatment that replaces `name` in this round."""
        row = treatments[name]
        return {"full": "", "thin": row.thin_round, "rising": row.rising_round}[self.kind] or name


# A thin round makes the next one feel like a return. The last round is always the form unchanged.
ROUNDS = (Round(0.90, "full", 0), Round(0.62, "thin", 5), Round(0.80, "rising", -2))

# bars of the earlier sections and of the last one; a linked list, so that extending a choice copies nothing
Chosen: TypeAlias = "tuple[Chosen, int] | None"


@dataclass(frozen=True, slots=True)
class Form:
    """Sections with their final bars.

    bpm: the tempo at which they fill the cue, in quarter notes per minute.
    meters: one per section; empty when the cue has a single meter.
    held: factor on the length of the first beat of the last bar; 0 when it is not held.
    """

    rows: tuple[SectionRow, ...]
    bars: tuple[int, ...]
    bpm: float
    meters: tuple[Meter, ...] = ()
    held: float = 0.0

    @property
    def total(self) -> int:
        """Number of bars."""
        return sum(self.bars)


def _extended(rows: tuple[SectionRow, ...], wanted_bars: float, treatments: Treatments) -> tuple[SectionRow, ...]:
    """Repeat the middle of the form in rounds (see ROUNDS) when it cannot otherwise reach `wanted_bars`."""
    total = sum(row.bars for row in rows)
    most = 1.7 * total
    if any(row.theme for row in rows):  # a medley states every theme once while its sections can still grow
        most = max(most, FULL_MEDLEY * sum(max(section_costs(row, treatments)) for row in rows))
    if wanted_bars <= most or len(rows) < 3:
        return rows if wanted_bars <= most else rows * max(1, round(wanted_bars / total))
    head = rows[:1] if treatments[rows[0].treatment].place == "start" else ()
    tail = rows[-1:] if treatments[rows[-1].treatment].place == "end" else ()
    body = rows[len(head) : len(rows) - len(tail)]
    body_bars = sum(row.bars for row in body)
    rounds = max(2, round((wanted_bars - total + body_bars) / body_bars))
    repeated: list[SectionRow] = []
    for number in range(rounds):
        round_ = ROUNDS[number % len(ROUNDS)]
        for row in body:
            if number == rounds - 1:
                repeated.append(replace(row, name=_numbered(row.name, number)))
                continue
            repeated.append(
                replace(
                    row,
                    name=_numbered(row.name, number),
                    energy=round(min(0.85, row.energy * round_.share), 3),
                    treatment=round_.treatment(row.treatment, treatments),
                    lift=round_.lift,
                )
            )
    return (*head, *repeated, *tail)


def _numbered(name: str, round_: int) -> str:
    return f"{name} ({round_ + 1})" if round_ else name


def _with_short_breaks(rows: tuple[SectionRow, ...], bar_sec: float, treatments: Treatments) -> tuple[SectionRow, ...]:
    """Shorten breaks to at most LONGEST_BREAK_SEC. `bar_sec` is the length of a bar in seconds."""
    most = int(LONGEST_BREAK_SEC / bar_sec)
    return tuple(
        replace(row, bars=max(1, min(row.bars, most))) if treatments[row.treatment].silent else row for row in rows
    )


def is_small(row: SectionRow, treatments: Treatments) -> bool:
    """Tell whether a section may shrink to one bar or be left out."""
    return treatments[row.treatment].small or row.name == "intro"


def section_costs(row: SectionRow, treatments: Treatments) -> dict[int, float]:
    """Map each number of bars that a section may have to its cost; the number its form gives it costs 0."""
    costs = {}
    small, silent = is_small(row, treatments), treatments[row.treatment].silent
    for bars in SIZES:
        if bars > 4 * row.bars:
            continue
        if small and bars > (row.bars if silent else max(2, 2 * row.bars)):
            continue
        stretch = abs(math.log2(bars / row.bars)) * (0.5 if small and bars < row.bars else 1.0)
        if row.theme and not small:
            stretch *= max(1.0, stretch)  # so that a medley grows evenly, not in one place
        costs[bars] = stretch + SIZE_COSTS.get(bars, 0.0) * (0.4 if small else 1.0)
    if row.bars not in costs:
        costs[row.bars] = 0.0
    return costs


def _cheapest_sizes(
    rows: tuple[SectionRow, ...],
    most: int,
    treatments: Treatments,
    *,
    units: Sequence[int] = (),
    wait: tuple[int, int] | None = None,
) -> dict[int, tuple[float, Chosen]]:
    """Find, for every total up to `most`, the least cost and the bars of each section (see `_sizes`; 0: left out).

    units: how much one bar of each section counts towards the total; empty: 1 each.
    wait: (number of first sections, the most they may add up to).
    """
    table: dict[int, tuple[float, Chosen]] = {0: (0.0, None)}
    omission = omission_costs(rows, treatments)
    for index, row in enumerate(rows):
        costs = section_costs(row, treatments)
        omitted = omission[index]
        if omitted is not None:
            costs[0] = omitted
        unit = units[index] if units else 1
        fresh: dict[int, tuple[float, Chosen]] = {}
        for total, (cost, chosen) in table.items():
            for bars, extra in costs.items():
                reached = total + bars * unit
                if reached > most:
                    continue
                value = cost + extra
                known = fresh.get(reached)
                if known is None or value < known[0] - 1e-9:
                    fresh[reached] = (value, (chosen, bars))
        table = fresh
        if wait is not None and index + 1 == wait[0]:
            table = {total: found for total, found in table.items() if total <= wait[1]}
    return table


def _sizes(chosen: Chosen) -> tuple[int, ...]:
    """Return the bars of each section, in order."""
    sizes: list[int] = []
    while chosen is not None:
        chosen, last = chosen
        sizes.append(last)
    return tuple(reversed(sizes))


def peak_of(rows: Sequence[SectionRow], treatments: Treatments) -> int:
    """Return the index of the section with the most energy (the first of equals).

    A coda or a small section is the peak only when there is nothing else.
    """
    closing = [treatments[row.treatment].place == "end" for row in rows]
    candidates = [i for i, row in enumerate(rows) if not closing[i] and not is_small(row, treatments)]
    return max(candidates or range(len(rows)), key=lambda i: rows[i].energy)


def omission_costs(rows: Sequence[SectionRow], treatments: Treatments) -> list[float | None]:
    """Return, for each section, the cost of leaving it out; None when it must stay."""
    peak = peak_of(rows, treatments)
    first = next((i for i, row in enumerate(rows) if treatments[row.treatment].opens), peak)

    def cost(index: int, row: SectionRow) -> float | None:
        treatment = treatments[row.treatment]
        if row.theme and (treatment.theme == "told" or index == peak):
            return None  # the only statement of a theme in a medley, or its climax
        if index == first or (index == peak and len(rows) <= 4):
            return None
        return treatment.drop_cost + (PEAK_COST if index == peak else 0.0)

    return [cost(index, row) for index, row in enumerate(rows)]


def suitable_rows(
    cue: CueType, seconds: float, bar_beats: float, target_bpm: float, treatments: Treatments
) -> tuple[SectionRow, ...]:
    """Return the sections of a cue type for this length: long forms repeat their middle, breaks stay short."""
    wanted_bars = target_bpm * seconds / 60.0 / bar_beats
    short = _with_short_breaks(cue.form_for(seconds), 60.0 * bar_beats / target_bpm, treatments)
    return _extended(short, wanted_bars, treatments)


def tempo_limits(bpm_range: tuple[float, float], target_bpm: float, *, fixed_tempo: bool) -> tuple[float, float]:
    """Return the range of tempi: that of the type, or 6 % around a tempo that was asked for."""
    return (target_bpm * 0.94, target_bpm * 1.06) if fixed_tempo else bpm_range


def solve_form(
    cue: CueType,
    seconds: float,
    bar_beats: float,
    bpm_range: tuple[float, float],
    target_bpm: float,
    treatments: Treatments,
    *,
    fixed_tempo: bool = False,
    meters: Meters | None = None,
    closes: bool = False,
) -> Form:
    """Find the form and the tempo that end exactly at `seconds`.

    bar_beats: quarter notes per bar.
    bpm_range, target_bpm: allowed and preferred tempi, in quarter notes per minute.
    fixed_tempo: the tempo may move by at most 6 %, as whole bars require; a cue of a single bar takes the bar of
        nearest length.
    meters: the meters, when contrasting sections may have another one or the last bar may have another length.
    closes: the last bar may be held under a fermata.
    """
    low, high = tempo_limits(bpm_range, target_bpm, fixed_tempo=fixed_tempo)
    rows = suitable_rows(cue, seconds, bar_beats, target_bpm, treatments)
    if meters is not None and meters.mixed:
        return _mixed_form(cue, rows, seconds, meters, (low, high), target_bpm, closes, treatments)
    per_bpm = seconds / 60.0 / bar_beats  # bars at a tempo of 1 bpm
    first, last = math.ceil(low * per_bpm - 1e-9), math.floor(high * per_bpm + 1e-9)
    if last < max(1, first) and meters is not None:
        held = _held_form(rows, seconds, meters.home, (low, high), target_bpm, closes, treatments)
        if held is not None:
            return held
        if fixed_tempo and target_bpm * per_bpm < 1.5 and not meters.home.free:  # in free meter any length will do
            bar = single_bar(meters.home, target_bpm * seconds / 60.0)
            return Form((rows[peak_of(rows, treatments)],), (1,), bar.bar_beats * 60.0 / seconds, (bar,))
    totals = range(max(1, first), last + 1) if last >= max(1, first) else [max(1, round(target_bpm * per_bpm))]
    table = _cheapest_sizes(rows, max(totals), treatments)
    best: tuple[float, int] | None = None
    for total in totals:
        if total not in table:
            continue
        bpm = total / per_bpm
        cost = table[total][0] + TEMPO_WEIGHT * abs(math.log2(bpm / target_bpm)) + _total_cost(total)
        if best is None or cost < best[0]:
            best = (cost, total)
    if best is None:  # too few bars for the sections that must stay: keep only the peak
        return Form((rows[peak_of(rows, treatments)],), (totals[0],), totals[0] / per_bpm)
    total = best[1]
    kept_rows, bars = _without_omitted(
        rows, _with_early_theme(rows, total, _sizes(table[total][1]), treatments), treatments
    )
    return Form(kept_rows, bars, total / per_bpm)


def _with_early_theme(
    rows: tuple[SectionRow, ...], total: int, sizes: tuple[int, ...], treatments: Treatments
) -> tuple[int, ...]:
    """Shorten the sections before the theme so that it begins within LONGEST_WAIT; keep `sizes` where that fails."""
    most = int(total * LONGEST_WAIT)
    before = next((i for i, row in enumerate(rows) if not treatments[row.treatment].waits), 0)
    if sum(sizes[:before]) <= most:
        return sizes
    found = _cheapest_sizes(rows, total, treatments, wait=(before, most)).get(total)
    return _sizes(found[1]) if found else sizes


def _total_cost(total: int) -> float:
    """Return the extra cost of a total of bars that is not a multiple of four."""
    return 0.0 if total % 4 == 0 else 0.15 if total % 2 == 0 else 0.4


def _without_omitted(
    rows: Sequence[SectionRow], sizes: Sequence[int], treatments: Treatments
) -> tuple[tuple[SectionRow, ...], tuple[int, ...]]:
    """Drop the sections with 0 bars. A break at the end gives its bars to the section before it."""
    kept = [(row, bars) for row, bars in zip(rows, sizes, strict=True) if bars]
    while len(kept) > 1 and treatments[kept[-1][0].treatment].silent:
        (_, spare), (before, bars) = kept[-1], kept[-2]
        kept[-2:] = [(before, bars + spare)]
    return tuple(row for row, _ in kept), tuple(bars for _, bars in kept)


def _mixed_form(
    cue: CueType,
    rows: tuple[SectionRow, ...],
    seconds: float,
    meters: Meters,
    limits: tuple[float, float],
    target_bpm: float,
    closes: bool,
    treatments: Treatments,
) -> Form:
    """Find the form and tempo as `solve_form` does, for sections in two meters."""
    unit_ticks = math.gcd(meters.home.bar_ticks, meters.away.bar_ticks)
    units = [meters.of(row.harmony).bar_ticks // unit_ticks for row in rows]
    per_bpm = seconds / 60.0 * PPQ / unit_ticks  # units at a tempo of 1 bpm
    table = _cheapest_sizes(rows, math.floor(limits[1] * per_bpm + 1e-9), treatments, units=units)
    best: tuple[float, int] | None = None
    for total, (form_cost, chosen) in sorted(table.items(), key=lambda entry: entry[0]):
        if total < limits[0] * per_bpm - 1e-9 or not total:
            continue
        cost = (
            form_cost + TEMPO_WEIGHT * abs(math.log2(total / per_bpm / target_bpm)) + _total_cost(sum(_sizes(chosen)))
        )
        if best is None or cost < best[0]:
            best = (cost, total)
    if best is None:  # too short for a change of meter
        return solve_form(
            cue,
            seconds,
            meters.home.bar_beats,
            limits,
            target_bpm,
            treatments,
            meters=Meters(meters.home, meters.home),
            closes=closes,
        )
    kept_rows, bars = _without_omitted(rows, _sizes(table[best[1]][1]), treatments)
    row_meters = tuple(meters.of(row.harmony) for row in kept_rows)
    ticks = sum(n * meter.bar_ticks for n, meter in zip(bars, row_meters, strict=True))
    return Form(kept_rows, bars, ticks / PPQ * 60.0 / seconds, row_meters)


def _held_form(
    rows: tuple[SectionRow, ...],
    seconds: float,
    meter: Meter,
    limits: tuple[float, float],
    target_bpm: float,
    closes: bool,
    treatments: Treatments,
) -> Form | None:
    """Find a form for a short cue that whole bars do not fit: hold the last bar, or end on a longer or shorter one."""
    beats = seconds / 60.0  # quarter notes at a tempo of 1 bpm
    best: tuple[float, int, Meter | None, float] | None = None
    ends: list[tuple[Meter | None, float, float, float]] = [
        (odd.meter, odd.meter.bar_ticks, odd.cost, 0.0) for odd in odd_bars(meter)
    ]
    if closes and all(row.tempo == 1.0 for row in rows):
        for times, cost in HOLD_COSTS.items():
            ends.append((None, meter.bar_ticks + (times - 1.0) * held_beat(meter), cost + CLOSING_COST, times))
    for last, ticks, extra, times in ends:
        most = math.floor((limits[1] * beats * PPQ - ticks) / meter.bar_ticks + 1e-9)
        for bars in range(1 if times else 0, most + 1):
            bpm = (bars * meter.bar_ticks + ticks) / PPQ / beats
            cost = TEMPO_WEIGHT * abs(math.log2(bpm / target_bpm)) + extra
            if bpm >= limits[0] - 1e-9 and (best is None or cost < best[0]):
                best = (cost, bars, last, times)
    if best is None:
        return None
    _, bars, last, times = best
    fullest = rows[peak_of(rows, treatments)]
    if last is None:
        bpm = ((bars + 1) * meter.bar_ticks + (times - 1.0) * held_beat(meter)) / PPQ / beats
        found = _cheapest_sizes(rows, bars + 1, treatments).get(bars + 1)
        if not found:
            return Form((fullest,), (bars + 1,), bpm, held=times)
        kept_rows, sizes = _without_omitted(
            rows, _with_early_theme(rows, bars + 1, _sizes(found[1]), treatments), treatments
        )
        return Form(kept_rows, sizes, bpm, held=times)
    bpm = (bars * meter.bar_ticks + last.bar_ticks) / PPQ / beats
    if not bars:
        return Form((fullest,), (1,), bpm, (last,))
    found = _cheapest_sizes(rows, bars, treatments).get(bars)
    kept_rows, sizes = _without_omitted(rows, _sizes(found[1]), treatments) if found else ((fullest,), (bars,))
    rows = (*kept_rows, last_bar_row(kept_rows[-1]))
    return Form(rows, (*sizes, 1), bpm, (*(meter for _ in kept_rows), last))


def last_bar_row(row: SectionRow) -> SectionRow:
    """Return the row of a last bar that is a section of its own, because its length differs."""
    return replace(row, name="last bar", bars=1, treatment="coda", harmony="close")
