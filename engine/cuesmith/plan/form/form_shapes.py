"""The shape a cue takes: of the ways in which a kind of cue can be laid out, one drawn from its seed.

A shape is data: the sections of the form in another order, some of them twice or not at all, some longer or shorter.
The length of the cue is not its business; `form` fits whatever comes out of here to the seconds.
"""

from __future__ import annotations

from dataclasses import replace

from cuesmith.chance import Stream
from cuesmith.specs.banks.cue_types import CueType, SectionRow, Shape

AS_IT_STANDS = 2.0  # weight of the form itself among its shapes


def shaped_rows(form: tuple[SectionRow, ...], shape: Shape) -> tuple[SectionRow, ...]:
    """The sections of a form in a shape. One that comes again is numbered, so that names stay names."""
    by_name = {row.name: row for row in form}
    out: list[SectionRow] = []
    seen: dict[str, int] = {}
    for name in shape.order or tuple(by_name):
        row = by_name[name]
        seen[name] = seen.get(name, 0) + 1
        called = name if seen[name] == 1 else f"{name} ({seen[name]})"
        out.append(replace(row, name=called, bars=shape.bars.get(name, row.bars)))
    return tuple(out)


def in_shape(cue: CueType, draw: Stream) -> CueType:
    """The cue type with its form in one of its shapes; a type without shapes is as it is."""
    if not cue.shapes:
        return cue
    number = draw.weighted({"": AS_IT_STANDS, **{str(i): shape.weight for i, shape in enumerate(cue.shapes)}})
    return replace(cue, form=shaped_rows(cue.form, cue.shapes[int(number)])) if number else cue
