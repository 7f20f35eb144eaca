"""Form and exact length: how many bars each section gets, and the tempo at which they fill the seconds asked for.

A cue type brings a form (sections with bars); the seconds asked for rarely fit it at a usual tempo. A small dynamic
programme finds, for every possible number of bars at once, the least distorted form: sections keep even phrase
lengths, an introduction shrinks before a theme does, long cues repeat their middle in rounds of their own. The tempo is
then solved, never the music cut.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from cuesmith.music.meter import Meter, Meters
from cuesmith.music.note import PPQ
from cuesmith.plan.form.fermata import CLOSING_COST, TIMES, held_beat
from cuesmith.plan.form.meters import odd_bars
from cuesmith.plan.form.single_bar import single_bar
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.treatments import Treatments

LONGEST_WAIT = 0.25  # share of a cue after which the theme must have come (Q02)
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
UNEVEN = {1: 0.9, 2: 0.25, 3: 1.1, 5: 1.3, 6: 0.35, 10: 0.5, 12: 0.1, 20: 0.3, 24: 0.3}
PEAK_COST = 0.8  # of doing without the fullest section, beyond that of its treatment
LONGEST_BREAK_SEC = 2.6
GROWN = 0.8  # of the bars the sections of a medley can have at most: from there on it goes round instead
TEMPO_WEIGHT = 6.0  # cost of a tempo e times the wished one, against one doubled section
HELD_BAR_COST = 0.5  # a last bar of another length than the others


class Round(NamedTuple):
    """One of the rounds in which a long cue repeats its middle.

    share: of the energy. kind: which treatments change in it (see the bank of treatments). lift: semitones.
    """

    share: float
    kind: Literal["full", "thin", "rising"]
    lift: int

    def treatment(self, name: str, treatments: Treatments) -> str:
        """What becomes of a treatment in such a round."""
        row = treatments[name]
        return {"full": "", "thin": row.thin_round, "rising": row.rising_round}[self.kind] or name


# A round that thins out makes the one after it a return; the last is the form as it stands.
ROUNDS = (Round(0.90, "full", 0), Round(0.62, "thin", 5), Round(0.80, "rising", -2))

Chosen: TypeAlias = "tuple[Chosen, int] | None"  # bars of the sections so far and of the last: nothing is copied


@dataclass(frozen=True, slots=True)
class Form:
    """Sections with their final bars.

    meters: of each section; empty: the cue has one meter. held: how many times as long the first beat of the last bar
    is (0: as long as any).
    """

    rows: tuple[SectionRow, ...]
    bars: tuple[int, ...]
    bpm: float
    meters: tuple[Meter, ...] = ()
    held: float = 0.0

    @property
    def total(self) -> int:
        """Bars in all."""
        return sum(self.bars)


def _extended(rows: tuple[SectionRow, ...], wanted: float, treatments: Treatments) -> tuple[SectionRow, ...]:
    """The form with its middle in several rounds until `wanted` bars are within reach; see ROUNDS."""
    total = sum(row.bars for row in rows)
    most = 1.7 * total
    if any(row.theme for row in rows):  # a medley tells every theme once, as long as its sections can grow instead
        most = max(most, GROWN * sum(max(section_costs(row, treatments)) for row in rows))
    if wanted <= most or len(rows) < 3:
        return rows if wanted <= most else rows * max(1, round(wanted / total))
    head = rows[:1] if treatments[rows[0].treatment].place == "start" else ()
    tail = rows[-1:] if treatments[rows[-1].treatment].place == "end" else ()
    body = rows[len(head) : len(rows) - len(tail)]
    body_bars = sum(row.bars for row in body)
    rounds = max(2, round((wanted - total + body_bars) / body_bars))
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
    """Breaks of no more bars than a listener holds his breath for."""
    most = int(LONGEST_BREAK_SEC / bar_sec)
    return tuple(
        replace(row, bars=max(1, min(row.bars, most))) if treatments[row.treatment].silent else row for row in rows
    )


def is_small(row: SectionRow, treatments: Treatments) -> bool:
    """Whether a section may shrink to a bar or vanish: an introduction may, with a theme in it or without."""
    return treatments[row.treatment].small or row.name == "intro"


def section_costs(row: SectionRow, treatments: Treatments) -> dict[int, float]:
    """What each number of bars that a section may have costs; 0 for the number its form gives it."""
    costs = {}
    small, silent = is_small(row, treatments), treatments[row.treatment].silent
    for bars in SIZES:
        if bars > 4 * row.bars:
            continue
        if small and bars > (row.bars if silent else max(2, 2 * row.bars)):
            continue
        stretch = abs(math.log2(bars / row.bars)) * (0.5 if small and bars < row.bars else 1.0)
        if row.theme and not small:
            stretch *= max(1.0, stretch)  # a medley grows everywhere rather than in one place
        costs[bars] = stretch + UNEVEN.get(bars, 0.0) * (0.4 if small else 1.0)
    if row.bars not in costs:
        costs[row.bars] = 0.0
    return costs


def _fits(
    rows: tuple[SectionRow, ...],
    most: int,
    treatments: Treatments,
    *,
    units: Sequence[int] = (),
    wait: tuple[int, int] | None = None,
) -> dict[int, tuple[float, Chosen]]:
    """For every total up to `most`: the least cost and the bars of each section (0 = dropped), see `_sizes`.

    units: how much a bar of each section counts towards the total (1, where nothing is said). wait: (so many first
    sections, the most bars they may have together).
    """
    table: dict[int, tuple[float, Chosen]] = {0: (0.0, None)}
    for index, row in enumerate(rows):
        costs = section_costs(row, treatments)
        dropped = drop_cost(rows, index, treatments)
        if dropped is not None:
            costs[0] = dropped
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
    """The bars of each section, in order."""
    sizes: list[int] = []
    while chosen is not None:
        chosen, last = chosen
        sizes.append(last)
    return tuple(reversed(sizes))


def peak_of(rows: Sequence[SectionRow], treatments: Treatments) -> int:
    """Which section is the fullest (the first of equals). A coda only crowns another: it is the peak of no form that
    has more than itself and an introduction."""
    closing = [treatments[row.treatment].place == "end" for row in rows]
    sung = [i for i, row in enumerate(rows) if not closing[i] and not is_small(row, treatments)]
    return max(sung or range(len(rows)), key=lambda i: rows[i].energy)


def drop_cost(rows: Sequence[SectionRow], index: int, treatments: Treatments) -> float | None:
    """What it costs to do without a section; None for one that must stay."""
    peak, own = peak_of(rows, treatments), treatments[rows[index].treatment]
    if rows[index].theme and (own.theme == "told" or index == peak):
        return None  # the one place where a theme of a medley is told, and the height it leads to
    first = next((i for i, row in enumerate(rows) if treatments[row.treatment].opens), peak)
    if index == first or (index == peak and len(rows) <= 4):
        return None
    return own.drop_cost + (PEAK_COST if index == peak else 0.0)


def suitable_rows(
    cue: CueType, seconds: float, bar_beats: float, wished_bpm: float, treatments: Treatments
) -> tuple[SectionRow, ...]:
    """The sections of a cue of that length, long ones in rounds, breaks no longer than a breath can be held."""
    wanted = wished_bpm * seconds / 60.0 / bar_beats
    short = _with_short_breaks(cue.form_for(seconds), 60.0 * bar_beats / wished_bpm, treatments)
    return _extended(short, wanted, treatments)


def tempo_limits(bpm_range: tuple[float, float], wished_bpm: float, *, fixed_tempo: bool) -> tuple[float, float]:
    """The tempi a cue may take: those of its type, or a little around one that was asked for."""
    return (wished_bpm * 0.94, wished_bpm * 1.06) if fixed_tempo else bpm_range


def solve_form(
    cue: CueType,
    seconds: float,
    bar_beats: float,
    bpm_range: tuple[float, float],
    wished_bpm: float,
    treatments: Treatments,
    *,
    fixed_tempo: bool = False,
    meters: Meters | None = None,
    closes: bool = False,
) -> Form:
    """The form and tempo that end exactly at `seconds`.

    bar_beats: quarter notes per bar. wished_bpm: where in bpm_range the cue would like to be; with fixed_tempo the
    tempo may move only as far as whole bars demand, and a cue of one bar takes the bar that is nearest. meters: where
    contrasting sections have another meter, or the last bar may be of another length (short cues). closes: whether that
    may be held under a fermata.
    """
    low, high = tempo_limits(bpm_range, wished_bpm, fixed_tempo=fixed_tempo)
    rows = suitable_rows(cue, seconds, bar_beats, wished_bpm, treatments)
    if meters is not None and meters.mixed:
        return _mixed_form(cue, rows, seconds, meters, (low, high), wished_bpm, closes, treatments)
    per_bpm = seconds / 60.0 / bar_beats  # bars per beat-per-minute
    first, last = math.ceil(low * per_bpm - 1e-9), math.floor(high * per_bpm + 1e-9)
    if last < max(1, first) and meters is not None:
        held = _held_form(rows, seconds, meters.home, (low, high), wished_bpm, closes, treatments)
        if held is not None:
            return held
        if fixed_tempo and wished_bpm * per_bpm < 1.5 and not meters.home.free:  # a breath has no length of its own
            bar = single_bar(meters.home, wished_bpm * seconds / 60.0)
            return Form((rows[peak_of(rows, treatments)],), (1,), bar.bar_beats * 60.0 / seconds, (bar,))
    totals = range(max(1, first), last + 1) if last >= max(1, first) else [max(1, round(wished_bpm * per_bpm))]
    table = _fits(rows, max(totals), treatments)
    best: tuple[float, int] | None = None
    for total in totals:
        if total not in table:
            continue
        bpm = total / per_bpm
        cost = table[total][0] + TEMPO_WEIGHT * abs(math.log2(bpm / wished_bpm)) + _uneven(total)
        if best is None or cost < best[0]:
            best = (cost, total)
    if best is None:  # fewer bars than the form has sections to keep: its fullest is the cue
        return Form((rows[peak_of(rows, treatments)],), (totals[0],), totals[0] / per_bpm)
    total = best[1]
    kept_rows, bars = _kept(rows, _punctual(rows, total, _sizes(table[total][1]), treatments), treatments)
    return Form(kept_rows, bars, total / per_bpm)


def _punctual(
    rows: tuple[SectionRow, ...], total: int, sizes: tuple[int, ...], treatments: Treatments
) -> tuple[int, ...]:
    """Sizes that do not keep the theme waiting: what comes before it shortened until it comes in the first quarter."""
    most = int(total * LONGEST_WAIT)
    before = next((i for i, row in enumerate(rows) if not treatments[row.treatment].waits), 0)
    if sum(sizes[:before]) <= most:
        return sizes
    found = _fits(rows, total, treatments, wait=(before, most)).get(total)
    return _sizes(found[1]) if found else sizes


def _uneven(total: int) -> float:
    return 0.0 if total % 4 == 0 else 0.15 if total % 2 == 0 else 0.4


def _kept(
    rows: Sequence[SectionRow], sizes: Sequence[int], treatments: Treatments
) -> tuple[tuple[SectionRow, ...], tuple[int, ...]]:
    """The sections that were not dropped; a break at the end, with nothing to come back to, gives its bars away."""
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
    wished_bpm: float,
    closes: bool,
    treatments: Treatments,
) -> Form:
    """As `solve_form`, with sections in two meters."""
    small = math.gcd(meters.home.bar_ticks, meters.away.bar_ticks)
    units = [meters.of(row.harmony).bar_ticks // small for row in rows]
    per_bpm = seconds / 60.0 * PPQ / small  # units per beat-per-minute
    table = _fits(rows, math.floor(limits[1] * per_bpm + 1e-9), treatments, units=units)
    best: tuple[float, int] | None = None
    for total, (form_cost, chosen) in sorted(table.items(), key=lambda entry: entry[0]):
        if total < limits[0] * per_bpm - 1e-9 or not total:
            continue
        cost = form_cost + TEMPO_WEIGHT * abs(math.log2(total / per_bpm / wished_bpm)) + _uneven(sum(_sizes(chosen)))
        if best is None or cost < best[0]:
            best = (cost, total)
    if best is None:  # too short to change meter in it
        return solve_form(
            cue,
            seconds,
            meters.home.bar_beats,
            limits,
            wished_bpm,
            treatments,
            meters=Meters(meters.home, meters.home),
            closes=closes,
        )
    kept_rows, bars = _kept(rows, _sizes(table[best[1]][1]), treatments)
    found = tuple(meters.of(row.harmony) for row in kept_rows)
    ticks = sum(n * meter.bar_ticks for n, meter in zip(bars, found, strict=True))
    return Form(kept_rows, bars, ticks / PPQ * 60.0 / seconds, found)


def _held_form(
    rows: tuple[SectionRow, ...],
    seconds: float,
    meter: Meter,
    limits: tuple[float, float],
    wished_bpm: float,
    closes: bool,
    treatments: Treatments,
) -> Form | None:
    """For cues of a few bars, where whole ones miss the tempo: the last bar is held, or a longer or a shorter one."""
    beats = seconds / 60.0  # quarter notes per beat-per-minute
    best: tuple[float, int, Meter | None, float] | None = None
    ends: list[tuple[Meter | None, float, float, float]] = [
        (odd.meter, odd.meter.bar_ticks, odd.cost, 0.0) for odd in odd_bars(meter)
    ]
    if closes and all(row.tempo == 1.0 for row in rows):
        for times, cost in TIMES.items():
            ends.append((None, meter.bar_ticks + (times - 1.0) * held_beat(meter), cost + CLOSING_COST, times))
    for last, ticks, extra, times in ends:
        most = math.floor((limits[1] * beats * PPQ - ticks) / meter.bar_ticks + 1e-9)
        for bars in range(1 if times else 0, most + 1):
            bpm = (bars * meter.bar_ticks + ticks) / PPQ / beats
            cost = TEMPO_WEIGHT * abs(math.log2(bpm / wished_bpm)) + extra
            if bpm >= limits[0] - 1e-9 and (best is None or cost < best[0]):
                best = (cost, bars, last, times)
    if best is None:
        return None
    _, bars, last, times = best
    fullest = rows[peak_of(rows, treatments)]
    if last is None:
        bpm = ((bars + 1) * meter.bar_ticks + (times - 1.0) * held_beat(meter)) / PPQ / beats
        found = _fits(rows, bars + 1, treatments).get(bars + 1)
        if not found:
            return Form((fullest,), (bars + 1,), bpm, held=times)
        kept_rows, sizes = _kept(rows, _punctual(rows, bars + 1, _sizes(found[1]), treatments), treatments)
        return Form(kept_rows, sizes, bpm, held=times)
    bpm = (bars * meter.bar_ticks + last.bar_ticks) / PPQ / beats
    if not bars:
        return Form((fullest,), (1,), bpm, (last,))
    found = _fits(rows, bars, treatments).get(bars)
    kept_rows, sizes = _kept(rows, _sizes(found[1]), treatments) if found else ((fullest,), (bars,))
    rows = (*kept_rows, held_bar(kept_rows[-1]))
    return Form(rows, (*sizes, 1), bpm, (*(meter for _ in kept_rows), last))


def held_bar(row: SectionRow) -> SectionRow:
    """The last bar of a cue as a section of its own, because it is of another length than the others."""
    return replace(row, name="last bar", bars=1, treatment="coda", harmony="close")
