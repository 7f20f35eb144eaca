"""Rows of the bank of free strokes: what a drummer plays in one breath of music without meter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Unit
from cuesmith.specs.banks.percussion import GRID_LETTERS, DrumGroup

Way = Literal["oroshi", "otoshi", "oroshi_otoshi", "swell"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Roll:
    """Strokes on one voice between two places (0..1) of a breath. letter: its loudest stroke.

    ratio: each distance relative to the one before (in an otoshi, to the one after); a swell is even.
    """

    voice: str
    way: Way
    from_: Annotated[float, Field(ge=0, le=1, alias="from")]
    to: Unit
    ratio: Annotated[float, Field(ge=0.5, lt=1)] = 0.8
    letter: Literal["X", "x", "o", "g"] = "x"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FreeStrokes:
    """What a drummer plays in one breath of free meter; see banks/free_strokes.yaml.

    strokes: `place voice letter`; place is 0..1 of the breath's time. role: still, moving, or leads (into the next
        breath).
    """

    kit: DrumGroup
    levels: tuple[Annotated[int, Field(ge=0, le=4)], Annotated[int, Field(ge=0, le=4)]] = (0, 4)
    weight: Annotated[float, Field(gt=0)] = 1.0
    role: Literal["still", "moving", "leads"]
    strokes: tuple[str, ...] = ()
    rolls: tuple[Roll, ...] = ()

    def __post_init__(self) -> None:
        for text in self.strokes:
            words = text.split()
            if len(words) != 3 or words[2] not in GRID_LETTERS:
                raise ValueError(f"'{text}' is no stroke; write place, voice and letter, such as '0.5 odaiko x'")
            try:
                inside = 0 <= float(words[0]) < 1
            except ValueError:
                inside = False
            if not inside:
                raise ValueError(f"'{text}': the place is a share of the breath, from 0 to below 1")

    @property
    def voices(self) -> tuple[str, ...]:
        """Every voice that it uses, once."""
        return tuple(dict.fromkeys([*(text.split()[1] for text in self.strokes), *(roll.voice for roll in self.rolls)]))
