"""What is kept of a measured cue: the figures of every column, and the facts that are compared from cue to cue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tests.critic.craft.columns import COLUMNS
from tests.critic.craft.feeling import valence_of
from tests.critic.craft.form import arc_of, coda_kind
from tests.critic.craft.heard import Heard


@dataclass(frozen=True, slots=True)
class Record:
    """A cue: figures by column (None: the column does not ask it), and facts.

    leader: instrument of the first note of a lead; order: treatments of the sections; arc: notes per quarter at
    sixteen places.
    """

    name: str
    style: str
    type: str
    figures: Mapping[str, float | None]
    instruments: tuple[str, ...]
    leader: str
    order: str
    coda: str
    arc: tuple[float, ...]
    valence: float | None

    def as_data(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def from_data(data: Mapping[str, Any]) -> Record:
    """Read what `as_data` wrote."""
    return Record(**{**data, "instruments": tuple(data["instruments"]), "arc": tuple(data["arc"])})


def measure(cue: Heard) -> Record:
    """Every column of a cue."""
    leads = [(int(track.onset[0]), track.instrument) for track in cue.leads]
    arc = arc_of(cue)
    return Record(
        name=cue.name, style=cue.style, type=cue.type,
        figures={column.name: column.measure(cue) for column in COLUMNS},
        instruments=tuple(sorted({track.instrument for track in cue.tracks if len(track.onset)})),
        leader=min(leads)[1] if leads else "",
        order=" ".join(section.name for section in cue.sections),
        coda=coda_kind(cue) or "",
        arc=() if arc is None else tuple(round(float(value), 4) for value in arc),
        valence=valence_of(cue.type),
    )  # fmt: skip
