"""Meters of a cue: one throughout, two that take turns by section, and the odd bar put in before a section.

An odd bar is what phrasing sounds like when the picture is late or early by a beat: the phrase before it breathes a
little longer, the section after it begins on the hit. Of two that would do, the half bar is the less noticed.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Meters:
    """The meters of a cue: home, and the one its contrasting sections are in (the same where it does not change)."""

    home: Meter
    away: Meter

    @property
    def mixed(self) -> bool:
        """Whether sections differ in meter."""
        return self.away != self.home

    def of(self, harmony: str) -> Meter:
        """The meter of a section by its place in the harmony."""
        return self.away if harmony == "contrast" else self.home


def parse_meters(text: str) -> Meters:
    """`7/8(2+2+3)`, or two that take turns: `7/8(2+2+3)+4/4`: the second is of the contrasting sections.

    Raises ValueError with the form it expects.
    """
    depth, cut = 0, -1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            cut = place
            break
    home = parse_meter(text if cut < 0 else text[:cut])
    return Meters(home, home if cut < 0 else parse_meter(text[cut + 1 :]))


@cache
def odd_bars(meter: Meter) -> tuple[OddBar, ...]:
    """The bars that may break the run of this meter, the least noticed first."""
    found = ODD_BARS.get(str(meter), {})
    return tuple(sorted((OddBar(parse_meter(text), cost) for text, cost in found.items()), key=lambda bar: bar.cost))
