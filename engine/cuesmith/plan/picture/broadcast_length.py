"""Broadcast slots: a cue that has to be over a moment before its slot is, on a last hit at an exact second.

The music fills the slot but for its last beat; on that beat, alone in a bar of its own, stands the button. What comes
before leads to it as to the downbeat of a new phrase.
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
    """Sections and tempo with one beat more, `slot_sec` seconds long, that the section before leads to."""
    last = sections[-1]
    before = replace(last, harmony="turn")
    button = replace(
        last, index=last.index + 1, name=BUTTON, treatment="coda", treatment_row=treatments["coda"],
        harmony="close", bars=1, first_bar=last.first_bar + last.bars, start=last.end, length=PPQ, meter=Meter(1, 4),
        theme=None, against=None, meeting="succession",
    )  # fmt: skip
    changes = (*tempo.changes, TempoChange(last.end, round(slot_sec * 1e6)))
    return [*sections[:-1], before, button], TempoMap(changes)
