"""The shape of a form: one of several layouts of the same sections, drawn from the seed.

A shape reorders, repeats, omits, lengthens or shortens sections. It does not look at the length of the cue:
`section_lengths` fits the result to the seconds.
"""

from __future__ import annotations

from dataclasses import replace

from cuesmith.chance import Stream
from cuesmith.specs.banks.cue_types import CueType, SectionRow, Shape

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
