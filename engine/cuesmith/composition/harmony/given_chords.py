"""Chords given by the user: used as they are, over the whole cue or over named sections."""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.composition.harmony.chord_sequence import TimedChord
from cuesmith.errors import ComposeError, did_you_mean
from cuesmith.music.chart import Chart, chart_key, numeral_in, parse_chart
from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.plan.model import Plan, SectionPlan

GIVEN = "given"
WHOLE = ""  # name of a chart for the whole cue in the brief


def chords_in_brief(chords: str | Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Convert chords as the user writes them (a chart, or section name → chart) to the form in a brief."""
    if chords is None:
        return ()
    return ((WHOLE, chords),) if isinstance(chords, str) else tuple(chords.items())


def key_of_chords(chords: tuple[tuple[str, str], ...]) -> Key | None:
    """Return the key of the lead-sheet symbols; None when there are none. Raises ValueError for a bad chart."""
    return chart_key(tuple(bar for _, text in chords for bar in parse_chart(text)))


def given_chords_of(plan: Plan) -> dict[str, Chart]:
    """Map section name (or WHOLE) to its chart.

    Raises ComposeError for a section that the cue does not have, or for a bad chart.
    """
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
    """Return the ticks at which `count` chords begin in a bar: on beats where there are enough, longer parts first."""
    beats = meter.beats_ticks if len(meter.beats_ticks) >= count else range(0, meter.bar_ticks, meter.unit_ticks)
    if count == 2 and len(meter.strong_ticks) == 2:
        return list(meter.strong_ticks)
    if len(beats) >= count:
        return [beats[-(-i * len(beats) // count)] for i in range(count)]
    return [i * meter.bar_ticks // count for i in range(count)]


def chords_of_section(section: SectionPlan, plan: Plan, charts: Mapping[str, Chart]) -> list[TimedChord] | None:
    """Return the given chords of a section; None when it has none.

    A chart for the whole cue repeats from the first bar of the cue; a chart for a section repeats inside it. Lead-sheet
    symbols are read in the home key and transposed with the section.
    """
    chart = charts.get(section.name)
    first = 0
    if chart is None:
        chart, first = charts.get(WHOLE), section.first_bar
    if chart is None:
        return None
    bar = section.meter.bar_ticks
    out: list[TimedChord] = []
    for number in range(section.bars):
        words = chart[(first + number) % len(chart)]
        cuts = [*_cuts(len(words), section.meter), bar]
        for i, word in enumerate(words):
            roman = numeral_in(word, plan.key)
            out.append(TimedChord(number * bar + cuts[i], cuts[i + 1] - cuts[i], roman, GIVEN))
    return out
