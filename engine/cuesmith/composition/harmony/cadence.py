"""Cadences: how each section closes, with variety, and the last one as the ending requires."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord, chords_until, half_bar
from cuesmith.composition.harmony.progression import kin_weight
from cuesmith.music.meter import Meter
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.harmony import Cadence
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

OPEN_SHARE = 0.6  # share of inner sections that end on an open cadence
UNCLOSED = 0.12  # share of inner sections without a cadence
PEDAL_UNCLOSED = 0.4  # the same for sections over a pedal
AGAIN = 0.25  # factor on the weight of a cadence that the cue has used
# kind of ending → column of the bank; others: final
ENDINGS = {"attacca": "attacca", "loop": "loop", "unresolved": "open"}


def end_of(plan: Plan, section: SectionPlan) -> str:
    """Return the column of the bank for a section: inner, final, open, attacca or loop; "" for no cadence."""
    if section.index == len(plan.sections) - 1:
        is_open = section.coda_row is not None and section.coda_row.open
        return ENDINGS.get(plan.ending, "open" if is_open else "final")
    return "inner" if section.treatment_row.cadenced and section.bars >= 4 else ""


def _weight(row: Cadence, end: str, plan: Plan, style: Style) -> float:
    """Return the weight of a cadence in this column, cue type and style."""
    column = {"final": row.final, "inner": row.inner, "open": row.open, "attacca": row.attacca, "loop": row.loop}
    return column[end] * row.cues.get(plan.brief.type, 1.0) * kin_weight(row.styles, plan.brief.style, style.kin)


def choose_cadence(
    plan: Plan,
    section: SectionPlan,
    style: Style,
    banks: Banks,
    outline: MelodyOutline,
    used: Sequence[str],
    draw: Stream,
) -> str:
    """Choose the cadence that closes a section; "" when it has none. used: cadences that the cue already has."""
    end = end_of(plan, section)
    pedal = section.harmony == "pedal"
    # the return to the tonic of a song
    closes_song = plan.vocal and end == "inner" and section.index == len(plan.sections) - 2
    if not end or (end == "inner" and not closes_song and draw.chance(PEDAL_UNCLOSED if pedal else UNCLOSED)):
        return ""
    mode = "minor" if section.key.minor else "major"
    bar = section.meter.bar_ticks
    weights: dict[str, float] = {}
    for name, row in banks.cadences.items():
        weight = _weight(row, end, plan, style) if row.mode == mode else 0.0
        if weight <= 0:
            continue
        if name in used:
            weight *= AGAIN
        if outline:
            fit = outline.fit(row.chords[-1], section.length - bar, section.length)
            weight *= (0.25 + max(0.0, fit)) ** 2
        weights[name] = weight
    if end == "inner":
        open_share = 0.0 if closes_song else OPEN_SHARE
        for closed, share in ((True, 0.0 if pedal else 1 - open_share), (False, open_share)):
            names = [name for name in weights if banks.cadences[name].closed == closed]
            total = sum(weights[name] for name in names)
            for name in names:
                weights[name] *= share / total
    return draw.weighted(weights)


def _pace(length: int, meter: Meter) -> int:
    """Return half of a chord's length, in whole bars where it is long enough."""
    bar = meter.bar_ticks
    if length >= 2 * bar:
        return max(1, length // bar // 2) * bar
    return half_bar(meter) if length >= bar else length


def with_cadence(chords: Sequence[TimedChord], row: Cadence, end: str, section: SectionPlan) -> list[TimedChord]:
    """Replace the last chords of a section by a cadence whose last chord fills the last bar.

    The chords before it move twice as fast as those of the progression.
    """
    bar = section.meter.bar_ticks
    last = min(bar, section.length)
    before_last = section.length - last
    *lead_in, last_roman = row.chords
    name = end if end != "inner" else row.kind
    out: list[TimedChord] = []
    edge = before_last
    if before_last:
        usual_length = next(chord.length for chord in reversed(chords) if chord.onset < before_last)
        pace = _pace(usual_length, section.meter)
        lengths = [pace] * len(lead_in)
        if len(lead_in) == 2 and pace == half_bar(section.meter):
            lengths = [bar - pace, pace]
        while sum(lengths) > before_last:  # a short section keeps only the chord next to the last
            del lengths[0], lead_in[0]
        edge = before_last - sum(lengths)
        at = edge
        for roman, length in zip(lead_in, lengths, strict=True):
            out.append(TimedChord(at, length, roman, f"{row.kind} cadence"))
            at += length
    return [*chords_until(chords, edge), *out, TimedChord(before_last, last, last_roman, f"{row.kind} cadence", name)]
