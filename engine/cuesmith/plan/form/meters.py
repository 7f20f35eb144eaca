"""The meters of a cue, and the odd bar put in before a section.

An odd bar is what phrasing sounds like when the picture is late or early by a beat: the phrase before it breathes a
little longer, the section after it begins on the hit. Of two that would do, the half bar is the less noticed.
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

JO_TEMPO = 0.6  # of a free introduction, against the tempo of the cue
PULSED = "4/4"  # what a kind of cue that is always free is in, in a style that has no free meter

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
ODD_BREATHS = {3: 0.05, 5: 0.05, 6: 0.15, 2: 0.25}  # quarters: cost. Breaths differ anyway: nobody hears an odd one


class OddBar(NamedTuple):
    """A bar of another meter than the cue's, and what it costs to hear it."""

    meter: Meter
    cost: float


@cache
def odd_bars(meter: Meter) -> tuple[OddBar, ...]:
    """The bars that may break the run of this meter, the least noticed first."""
    if meter.free:
        return tuple(OddBar(Meter(quarters, 4, free=True), cost) for quarters, cost in ODD_BREATHS.items())
    found = ODD_BARS.get(str(meter), {})
    return tuple(sorted((OddBar(parse_meter(text), cost) for text, cost in found.items()), key=lambda bar: bar.cost))


def meters_of(brief: Brief, cue: CueType, rules: CueRules, style: Style, draw: Stream) -> Meters:
    """The meters of a cue: those asked for, else drawn from the weights of its style or type.

    A style that keeps a pulse has no free meter: such weights go to the other meters, or to 4/4 where there are none.
    Raises UsageError where free meter is asked of such a style.
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
    """The sections and their meters, an introduction in 4/4 made free and slow: jo, of jo-ha-kyu."""
    if treatments[rows[0].treatment].place != "start" or meters[0] != Meter(4, 4) or len(rows) < 2:
        return rows, meters
    return (replace(rows[0], tempo=JO_TEMPO), *rows[1:]), (FREE, *meters[1:])
