"""The odd bar put in before a section.

It is what phrasing sounds like when the picture is late or early by a beat: the phrase before it breathes a
little longer, the section after it begins on the hit. Of two that would do, the half bar is the less noticed.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cuesmith.music.meter import Meter, parse_meter

# usual meter: odd bar, what it costs (one cost: a section twice as long as its form wants it).
# A bar longer than the usual one stands in for it, a shorter one is put in.
ODD_BARS: dict[str, dict[str, float]] = {
    "4/4":  {"2/4": 0.30, "3/4": 0.40, "5/4": 0.45},
    "3/4":  {"2/4": 0.40, "4/4": 0.40},
    "2/4":  {"3/4": 0.30},
    "5/4":  {"2/4": 0.40, "3/4": 0.35, "4/4": 0.40, "6/4": 0.45},
    "6/4":  {"2/4": 0.40, "3/4": 0.30, "4/4": 0.40, "5/4": 0.40},
    "6/8":  {"9/8": 0.35, "3/8": 0.50},
    "9/8":  {"6/8": 0.35, "12/8": 0.35},
    "12/8": {"6/8": 0.30, "9/8": 0.40, "15/8": 0.50},
    "7/8":  {"2/4": 0.40, "5/8(2+3)": 0.35, "3/4": 0.40, "4/4": 0.40, "9/8(2+2+2+3)": 0.45},
}  # fmt: skip


class OddBar(NamedTuple):
    """A bar of another meter than the cue's, and what it costs to hear it."""

    meter: Meter
    cost: float


@cache
def odd_bars(meter: Meter) -> tuple[OddBar, ...]:
    """The bars that may break the run of this meter, the least noticed first."""
    found = ODD_BARS.get(str(meter), {})
    return tuple(sorted((OddBar(parse_meter(text), cost) for text, cost in found.items()), key=lambda bar: bar.cost))
