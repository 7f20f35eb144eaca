"""Chords that a person gives: laid over the cue, or over the sections they are named for, as they are."""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.composition.harmony.chord_sequence import Step
from cuesmith.errors import ComposeError, did_you_mean
from cuesmith.music.chart import Chart, chart_key, numeral_in, parse_chart
from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.plan.model import Plan, SectionPlan

GIVEN = "given"
WHOLE = ""  # the name under which a chart for the whole cue stands in the brief


def chords_in_brief(chords: str | Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """What a person wrote (a chart, or section name → chart) as a brief holds it."""
    if chords is None:
        return ()
    return ((WHOLE, chords),) if isinstance(chords, str) else tuple(chords.items())


def key_of_chords(chords: tuple[tuple[str, str], ...]) -> Key | None:
    """The key the lead-sheet symbols of a brief are in; None when it names none. Raises ValueError."""
    return chart_key(tuple(bar for _, text in chords for bar in parse_chart(text)))


def given_chords_of(plan: Plan) -> dict[str, Chart]:
    """Section name (or WHOLE) → its chart. Raises ComposeError for a section the cue does not have."""
    names = list(dict.fromkeys(section.name for section in plan.sections))
    out = {}
    for name, text in plan.brief.chords:
        if name != WHOLE and name not in names:
            raise ComposeError(
                f"chords are given for the section '{name}', which this cue does not have{did_you_mean(name, names)}"
            )
        try:
            out[name] = parse_chart(text)
        except ValueError as fault:
            raise ComposeError(f"chords: {fault}") from None
    return out


def _cuts(count: int, meter: Meter) -> list[int]:
    """Where `count` chords begin in a bar: on its beats as far as there are enough, the longer first."""
    beats = meter.beats_ticks if len(meter.beats_ticks) >= count else range(0, meter.bar_ticks, meter.unit_ticks)
    if count == 2 and len(meter.strong_ticks) == 2:
        return list(meter.strong_ticks)
    if len(beats) >= count:
        return [beats[-(-i * len(beats) // count)] for i in range(count)]
    return [i * meter.bar_ticks // count for i in range(count)]


def steps_of_given_chords(section: SectionPlan, plan: Plan, charts: Mapping[str, Chart]) -> list[Step] | None:
    """The given chords of a section; None when it has none.

    A chart for the whole cue goes round from its first bar, whatever the sections; one for a section goes round within
    it. Lead-sheet symbols are read in the home key: where the plan lifts the key, they are lifted with it.
    """
    chart = charts.get(section.name)
    first = 0
    if chart is None:
        chart, first = charts.get(WHOLE), section.first_bar
    if chart is None:
        return None
    bar = section.meter.bar_ticks
    out: list[Step] = []
    for number in range(section.bars):
        words = chart[(first + number) % len(chart)]
        cuts = [*_cuts(len(words), section.meter), bar]
        for i, word in enumerate(words):
            roman = numeral_in(word, plan.key)
            out.append(Step(number * bar + cuts[i], cuts[i + 1] - cuts[i], roman, GIVEN))
    return out
