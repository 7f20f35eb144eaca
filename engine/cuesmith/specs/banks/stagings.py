"""Rows of the bank of stagings: who is held back until where, and who drops out for a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.yaml.known_names import key_problems, listed_problems
from cuesmith.specs.yaml.place import Problem

Where = Literal["opening", "first", "returns", "away", "vamp", "rising", "before_climax", "after_climax"]
Bars = Literal["all", "first_half", "last_half", "first_phrase", "last_phrase", "last_bar"]
Weight = Annotated[float, Field(ge=0, le=100)]

DRUMS = "drums"  # the word for all that drummers play
ROLES = ("bass", "pad", "ostinato", "counter", "impact", "colour")  # seats that may be named by their role


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StagedRest:
    """Who is silent where. who: families of instruments, ROLES, or DRUMS. bars: which bars of such a section."""

    who: Annotated[tuple[str, ...], Field(min_length=1)]
    where: Annotated[tuple[Where, ...], Field(min_length=1)]
    bars: Bars = "all"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Staging:
    """A way to bring players in and out. families: of styles, with weights. cues: factors on them by cue type."""

    about: Annotated[str, Field(min_length=1)]
    families: dict[str, Weight] = Field(default_factory=dict)
    cues: dict[str, Weight] = Field(default_factory=dict)
    rests: tuple[StagedRest, ...] = ()


def staging_problems(
    rows: Mapping[str, Staging], instruments: Mapping[str, Instrument], style_families: Iterable[str],
    cue_types: Iterable[str],
) -> Iterator[Problem]:  # fmt: skip
    """Yield unknown families, roles and cue types, and families of styles without a staging."""
    who = sorted({*ROLES, DRUMS, *(instrument.family for instrument in instruments.values())})
    known, types = list(style_families), list(cue_types)
    for id_, row in rows.items():
        yield from key_problems((id_, "families"), "family of styles", row.families, known)
        yield from key_problems((id_, "cues"), "cue type", row.cues, types)
        for number, rest in enumerate(row.rests):
            yield from listed_problems((id_, "rests", number, "who"), "family or role", rest.who, who)
    for family in known:
        if not any(row.families.get(family, 0) > 0 and not row.cues for row in rows.values()):
            yield Problem((), f"no staging without `cues` has a weight for the family of styles '{family}'")
