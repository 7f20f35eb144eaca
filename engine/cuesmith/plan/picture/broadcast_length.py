"""Broadcast lengths: a cue that ends a moment before its broadcast time is over, on a last hit (the button).

The music before the button fills the rest of the time and leads to it as to the downbeat of a new phrase. The button
stands in a bar of its own, one beat long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.plan.model import SectionPlan
from cuesmith.specs.banks.treatments import Treatments

BUTTON = "button"  # the name of the section, and the ending that has one


def with_button(
    sections: Sequence[SectionPlan], tempo: TempoMap, slot_sec: float, treatments: Treatments
) -> tuple[list[SectionPlan], TempoMap]:
    """Append the button, one beat of `slot_sec` seconds, and let the section before it lead to it."""
    last = sections[-1]
    before = replace(last, harmony="turn")
    button = replace(
        last, index=last.index + 1, name=BUTTON, treatment="coda", treatment_row=treatments["coda"],
        harmony="close", bars=1, first_bar=last.first_bar + last.bars, start=last.end, length=PPQ, meter=Meter(1, 4),
        theme=None, against=None, meeting="succession",
    )  # fmt: skip
    changes = (*tempo.changes, TempoChange(last.end, round(slot_sec * 1e6)))
    return [*sections[:-1], before, button], TempoMap(changes)
