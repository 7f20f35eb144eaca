"""The meters of a cue, and the odd bars that may be inserted before a section.

When the picture is late or early by a beat, an odd bar lets the section after it begin on the hit. A half bar is
noticed less than other odd bars, so it costs less.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.errors import UsageError
from cuesmith.music.meter import FREE, Meter, Meters, parse_meter, parse_meters
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Brief
from cuesmith.specs.style import CueRules, Style

JO_TEMPO = 0.6  # tempo factor of a free introduction
PULSED = "4/4"  # replaces free meter in a style that does not allow it

# usual meter: {odd bar: cost}. A cost of 1 equals a section twice as long as its form asks.
# A bar longer than the usual one replaces it; a shorter one is inserted.
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
ODD_BREATHS = {3: 0.05, 5: 0.05, 6: 0.15, 2: 0.25}  # quarters: cost. Breaths are uneven anyway, so these cost little


class OddBar(NamedTuple):
    """A bar in another meter than the cue's, and its cost."""

    meter: Meter
    cost: float


@cache
def odd_bars(meter: Meter) -> tuple[OddBar, ...]:
    """List the odd bars that may interrupt this meter, the cheapest first."""
    if meter.free:
        return tuple(OddBar(Meter(quarters, 4, free=True), cost) for quarters, cost in ODD_BREATHS.items())
    found = ODD_BARS.get(str(meter), {})
    return tuple(sorted((OddBar(parse_meter(text), cost) for text, cost in found.items()), key=lambda bar: bar.cost))


def meters_of(brief: Brief, cue: CueType, rules: CueRules, style: Style, draw: Stream) -> Meters:
    """Return the meters of a cue: those of the brief, else drawn by the weights of its style or type.

    In a style without free meter such weights are ignored; a type that has no other gets 4/4. Raises UsageError when
    the brief asks for free meter in such a style.
    """
    if brief.meter:
        pair = parse_meters(brief.meter)
        if not style.free and (pair.home.free or pair.away.free):
            raise UsageError(f"style '{brief.style}' keeps a pulse and has no free meter; take another style or meter")
        return pair
    weights = dict(rules.meters or cue.meters)
    if not style.free:
        weights = {text: weight for text, weight in weights.items() if "free" not in text} or {PULSED: 1.0}
    return parse_meters(draw.weighted(weights))


def with_jo(
    rows: tuple[SectionRow, ...], meters: tuple[Meter, ...], treatments: Treatments
) -> tuple[tuple[SectionRow, ...], tuple[Meter, ...]]:
    """Make a 4/4 introduction free and slow (jo, the slow opening in jo-ha-kyu); other forms are returned unchanged."""
    if treatments[rows[0].treatment].place != "start" or meters[0] != Meter(4, 4) or len(rows) < 2:
        return rows, meters
    return (replace(rows[0], tempo=JO_TEMPO), *rows[1:]), (FREE, *meters[1:])
