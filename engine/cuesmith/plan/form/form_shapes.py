"""The shape of a form: one of several layouts of the same sections, drawn from the seed.

A shape reorders, repeats, omits, lengthens or shortens sections. It does not look at the length of the cue:
`section_lengths` fits the result to the seconds.
"""

from __future__ import annotations

from dataclasses import replace

from cuesmith.chance import Stream
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.cue_types import CueType, SectionRow, Shape

SHORT_BAR = 2 * PPQ  # ticks of a bar up to which a form has twice as many
UNCHANGED_WEIGHT = 2.0  # weight of the form itself against its shapes


def shaped_rows(form: tuple[SectionRow, ...], shape: Shape) -> tuple[SectionRow, ...]:
    """Arrange the sections of a form in a shape. Repeated sections get a number, so that names stay unique."""
    by_name = {row.name: row for row in form}
    out: list[SectionRow] = []
    seen: dict[str, int] = {}
    for name in shape.order or tuple(by_name):
        row = by_name[name]
        seen[name] = seen.get(name, 0) + 1
        unique_name = name if seen[name] == 1 else f"{name} ({seen[name]})"
        out.append(replace(row, name=unique_name, bars=shape.bars.get(name, row.bars)))
    return tuple(out)


def in_shape(cue: CueType, draw: Stream) -> CueType:
    """Return the cue type with its form in a drawn shape; a type without shapes is returned unchanged."""
    if not cue.shapes:
        return cue
    number = draw.weighted({"": UNCHANGED_WEIGHT, **{str(i): shape.weight for i, shape in enumerate(cue.shapes)}})
    return replace(cue, form=shaped_rows(cue.form, cue.shapes[int(number)])) if number else cue


def in_short_bars(cue: CueType, meter: Meter) -> CueType:
    """Double the bars of every section where a bar is as short as in 2/4: the tunes of 4/4 take twice as many there."""
    if meter.free or meter.bar_ticks > SHORT_BAR:
        return cue
    form, long_form = (tuple(replace(row, bars=2 * row.bars) for row in rows) for rows in (cue.form, cue.long_form))
    return replace(cue, form=form, long_form=long_form)
