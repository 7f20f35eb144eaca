"""Cues of a single bar that have to keep a tempo: the bar is as long as it has to be, to half a quarter note."""

from __future__ import annotations

import math
from functools import cache

from cuesmith.music.meter import Meter, parse_meter

SINGLE_BARS = (
    "1/4", "3/8", "2/4", "5/8(2+3)", "3/4", "7/8(2+2+3)", "4/4", "9/8(2+2+2+3)", "5/4(3+2)", "11/8(2+2+2+2+3)", "6/4",
    "13/8(2+2+2+2+2+3)", "7/4(4+3)",
)  # fmt: skip


@cache
def _bars() -> tuple[Meter, ...]:
    return tuple(parse_meter(text) for text in SINGLE_BARS)


def single_bar(home: Meter, quarters: float) -> Meter:
    """The bar that comes nearest to so many quarter notes: the cue's own, if none is nearer."""
    return min((home, *_bars()), key=lambda bar: abs(math.log2(bar.bar_beats / quarters)))
