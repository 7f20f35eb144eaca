"""Rows of the bank of groove cells: what each voice plays in one felt beat, for meters without a groove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, RangeField
from cuesmith.specs.banks.percussion import GRID_LETTERS, GrooveTag
from cuesmith.specs.yaml.known_names import key_problems, listed_problems
from cuesmith.specs.yaml.place import Problem

Place = Literal["head", "on", "off", "last", "all"]
IN_TWO, IN_THREE = 4, 6  # grid steps of a beat of two units, of three units
# place of a beat → the cells tried for it, in order
INSTEAD: dict[Place, tuple[Place, ...]] = {
    "head": ("head", "on", "all"), "on": ("on", "all"), "off": ("off", "all"), "last": ("last", "off", "all"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, config=STRICT)
class GrooveCells:
    """A groove as cells, which `composition.percussion.grooves_from_cells` places on the felt beats of a meter.

    kits: rows of the bank of kits that play it. bpm, tier, tags, letters: as in a groove.
    rows: voice → place of the beat in the bar (`head` downbeat, `on`, `off`, `last` of an odd number, `all` other
        beats) → `"xxxx  xxxxxx"`: the grids of a beat of two units and of three.
    fill: voices of a fill, in order.
    """

    name: Annotated[str, Field(min_length=1)]
    kits: Annotated[tuple[str, ...], Field(min_length=1)]
    bpm: RangeField
    tier: Annotated[int, Field(ge=1, le=5)]
    tags: tuple[GrooveTag, ...] = ()
    rows: Annotated[dict[str, dict[Place, str]], Field(min_length=1)]
    fill: Annotated[tuple[str, ...], Field(min_length=1)]

    def __post_init__(self) -> None:
        for voice, cells in self.rows.items():
            for place, text in cells.items():
                if [len(grid) for grid in text.split()] != [IN_TWO, IN_THREE]:
                    raise ValueError(f"{voice}, {place}: '{text}' is not two grids, of {IN_TWO} and {IN_THREE} steps")
                if strange := set(text) - set(GRID_LETTERS) - {".", " "}:
                    raise ValueError(f"{voice}, {place}: '{text}' holds {sorted(strange)}; letters are X x o g and .")

    def cell(self, voice: str, place: Place, steps: int) -> str:
        """Return what a voice plays in a beat of up to six grid steps; rests when it has no cell there."""
        cells = self.rows[voice]
        text = next((cells[name] for name in INSTEAD[place] if name in cells), "....  ......")
        two, three = text.split()
        return (three if steps > IN_TWO else two)[:steps]


def cell_problems(
    rows: Mapping[str, GrooveCells], grooves: Iterable[str], kits: Iterable[str], drums: Iterable[str]
) -> Iterator[Problem]:
    """Yield unknown kits and voices, and ids that a groove already has."""
    taken, known = list(grooves), list(kits)
    voices = list(drums)
    for id_, row in rows.items():
        if id_ in taken:
            yield Problem((id_,), f"'{id_}' is a groove already; call this otherwise", at_key=True)
        yield from listed_problems((id_, "kits"), "kit", row.kits, known)
        yield from key_problems((id_, "rows"), "drum voice", row.rows, voices)
        yield from listed_problems((id_, "fill"), "drum voice", row.fill, voices)
