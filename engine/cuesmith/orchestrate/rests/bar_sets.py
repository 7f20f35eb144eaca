"""Sets of bars as integers, one bit per bar, the first bar in the lowest bit: where notes sound, where nobody rests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import ceil

from cuesmith.music.note import Note
from cuesmith.plan.model import Plan
from cuesmith.score import Span

QUARTER = 4  # a bar is not silent when a held note fills more than a quarter of it
LONG_CLIMAX = 0.5  # of a climax longer than this share of the cue only the second half is protected
HELD = frozenset({"stop", "silence", "climax"})  # hits of the picture on which everybody plays


def sounding_bars(notes: Iterable[Note], lines: Sequence[int]) -> int:
    """Return the bars in which notes begin, or fill more than a quarter of the bar.

    lines: ticks of the bar lines, including the last one.
    """
    found = 0
    last = len(lines) - 2
    for onset, duration, _, _ in notes:
        bar = min(last, bisect_right(lines, onset) - 1)
        found |= 1 << bar
        end = onset + duration
        while bar < last and end > lines[bar + 1]:
            bar += 1
            if (min(end, lines[bar + 1]) - lines[bar]) * QUARTER > lines[bar + 1] - lines[bar]:
                found |= 1 << bar
    return found


def bars_from(first: int, count: int) -> int:
    """Return `count` bars from the bar `first` on."""
    return ((1 << count) - 1) << first


def protected_bars(plan: Plan) -> int:
    """Return the bars in which nobody rests: the climax, the last bar, and hits on which everybody plays.

    Of a climax that fills more than half of the cue the second half.
    """
    climax = plan.climax
    bars = ceil(climax.bars / 2) if climax.bars > LONG_CLIMAX * plan.bars else climax.bars
    held = sounding_bars((Note(hit.tick, 1, 0, 0) for hit in plan.hits if hit.kind in HELD), plan.sheet_lines())
    return 1 << (plan.bars - 1) | held | bars_from(climax.first_bar + climax.bars - bars, bars)


def spans_of(plan: Plan, bits: int) -> tuple[Span, ...]:
    """Convert bars to spans of ticks."""
    lines = plan.sheet_lines()
    out: list[Span] = []
    for bar in range(plan.bars):
        if bits >> bar & 1:
            start, end = lines[bar], lines[bar + 1]
            out = [*out[:-1], (out[-1][0], end)] if out and out[-1][1] == start else [*out, (start, end)]
    return tuple(out)
