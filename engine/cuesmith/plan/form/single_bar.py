"""Cues of a single bar at a fixed tempo: the bar takes the length it needs, in steps of half a quarter note."""

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
    """Parse SINGLE_BARS once."""
    return tuple(parse_meter(text) for text in SINGLE_BARS)


def single_bar(home: Meter, quarters: float) -> Meter:
    """Return the bar nearest in length to `quarters` quarter notes; `home` when none is nearer."""
    return min((home, *_bars()), key=lambda bar: abs(math.log2(bar.bar_beats / quarters)))
