"""Cadences: how each section closes, varied, and the last one as the ending asks."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import Bed, Step, half_bar
from cuesmith.composition.harmony.progression import kin_weight
from cuesmith.music.meter import Meter
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.harmony import Cadence
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

OPEN_SHARE = 0.6  # of the sections inside a cue stay open
UNCLOSED = 0.12  # of the sections simply go on
PEDAL_UNCLOSED = 0.4  # of those over a pedal, which never come to rest
AGAIN = 0.25  # what is left of the weight of a cadence the cue has had
ENDINGS = {"attacca": "attacca", "loop": "loop", "unresolved": "open"}  # all others close


def end_of(plan: Plan, section: SectionPlan) -> str:
    """Which column of the bank holds for a section: inner, final, open, attacca or loop; empty: no cadence."""
    if section.index == len(plan.sections) - 1:
        return ENDINGS.get(plan.ending, "final")
    return "inner" if section.treatment_row.cadenced and section.bars >= 4 else ""


def _weight(row: Cadence, end: str, plan: Plan, style: Style) -> float:
    column = {"final": row.final, "inner": row.inner, "open": row.open, "attacca": row.attacca, "loop": row.loop}
    return column[end] * row.cues.get(plan.brief.type, 1.0) * kin_weight(row.styles, plan.brief.style, style.kin)


def choose_cadence(
    plan: Plan, section: SectionPlan, style: Style, banks: Banks, bed: Bed, used: Sequence[str], draw: Stream
) -> str:
    """The id of the cadence that closes the section; empty where it goes on. used: those the cue has had."""
    end = end_of(plan, section)
    pedal = section.harmony == "pedal"
    landing = plan.vocal and end == "inner" and section.index == len(plan.sections) - 2  # where a song comes home
    if not end or (end == "inner" and not landing and draw.chance(PEDAL_UNCLOSED if pedal else UNCLOSED)):
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
        if bed:
            fit = bed.fit(row.chords[-1], section.length - bar, section.length)
            weight *= (0.25 + max(0.0, fit)) ** 2
        weights[name] = weight
    if end == "inner":
        open_share = 0.0 if landing else OPEN_SHARE
        for closed, share in ((True, 0.0 if pedal else 1 - open_share), (False, open_share)):
            names = [name for name in weights if banks.cadences[name].closed == closed]
            total = sum(weights[name] for name in names)
            for name in names:
                weights[name] *= share / total
    return draw.weighted(weights)


def _pace(length: int, meter: Meter) -> int:
    """Half of a chord's length, in whole bars where it is that long."""
    bar = meter.bar_ticks
    if length >= 2 * bar:
        return max(1, length // bar // 2) * bar
    return half_bar(meter) if length >= bar else length


def close(steps: Sequence[Step], row: Cadence, end: str, section: SectionPlan) -> list[Step]:
    """The section with its last chords replaced by a cadence; its last chord fills the last bar.

    The chords that lead in move twice as fast as those before them.
    """
    bar = section.meter.bar_ticks
    last = min(bar, section.length)
    room = section.length - last
    *lead_in, home = row.chords
    name = end if end != "inner" else row.kind
    out: list[Step] = []
    edge = room
    if room:
        slot = next(step.length for step in reversed(steps) if step.onset < room)
        pace = _pace(slot, section.meter)
        lengths = [pace] * len(lead_in)
        if len(lead_in) == 2 and pace == half_bar(section.meter):
            lengths = [bar - pace, pace]
        while sum(lengths) > room:  # a short section keeps the chord next to home
            del lengths[0], lead_in[0]
        edge = room - sum(lengths)
        at = edge
        for roman, length in zip(lead_in, lengths, strict=True):
            out.append(Step(at, length, roman, f"{row.kind} cadence"))
            at += length
    kept = [s._replace(length=min(s.length, edge - s.onset)) for s in steps if s.onset < edge]
    return [*kept, *out, Step(room, last, home, f"{row.kind} cadence", name)]
