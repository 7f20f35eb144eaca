"""Rows of the bank of treatments: what a section does with its theme, and its place in the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.fields import STRICT
from cuesmith.specs.yaml.place import Problem

# function that lays out the theme over the bars of a section; see composition.melody.treatments.DEVICES
DeviceName = Literal[
    "statement", "restatement", "contrast", "chorus", "build", "fragments", "intro", "coda", "head", "link", "none",
    "verse_bridge", "refrain",
]  # fmt: skip
ThemeUse = Literal[
    "told", "again", "away", "crowned", "head", "pieces", "rising", "passing", "awaited", "absent",
]  # fmt: skip
WHOLE: Final = frozenset({"told", "again", "away", "crowned"})
STATED: Final = frozenset({"told", "again", "crowned", "head"})

# rows that the plan itself uses: for stories told by beats, for inserted bars, and for held last bars
NEEDED: Final = (
    "intro", "statement", "restatement", "contrast", "chorus", "build", "fragments", "break", "coda", "none",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Treatment:
    """What a section does with its theme; styles/banks/treatments.yaml explains every key.

    theme: how the theme is used. device: lays it out; song_device: in a song.
    steps (of the scale), varied, spaced: changes to what the device lays out.
    same_as: the treatment whose groove the drums use; "": its own.
    place: `start` of introductions, `end` of codas.
    drop_cost: of leaving it out, where a section of double length costs 1.
    thin_round, rising_round: treatment in such rounds of a long cue; "": unchanged.
    second_theme: rank when a section for a second theme is chosen; 0: never. second_theme_as: its treatment then; "":
        unchanged.
    """

    about: Annotated[str, Field(min_length=1)]
    theme: ThemeUse
    device: DeviceName
    song_device: DeviceName | None = None
    steps: Annotated[int, Field(ge=-14, le=14)] = 0
    varied: bool = False
    spaced: bool = False
    same_as: str = ""
    place: Literal["start", "end"] | None = None
    small: bool = False
    opens: bool = False
    waits: bool = False
    silent: bool = False
    plain: bool = False
    drop_cost: Annotated[float, Field(ge=0, le=10)] = 1.6
    thin_round: str = ""
    rising_round: str = ""
    second_theme: Annotated[int, Field(ge=0, le=99)] = 0
    second_theme_as: str = ""

    @property
    def whole(self) -> bool:
        """True when the melody is continuous, so that the section can have two voices, and needs rests."""
        return self.theme in WHOLE

    @property
    def states(self) -> bool:
        """True when the theme is stated so that it is recognised."""
        return self.theme in STATED

    @property
    def themed(self) -> bool:
        """True when the section uses a theme."""
        return self.theme != "absent"

    @property
    def phrased(self) -> bool:
        """True when the last phrase of the section has its own chords."""
        return self.whole or self.theme == "head" or self.place == "end"

    @property
    def cadenced(self) -> bool:
        """True when the section may close with a cadence inside a cue."""
        return not (self.waits or self.silent)


Treatments: TypeAlias = Mapping[str, Treatment]


def treatment_problems(rows: Treatments) -> Iterator[Problem]:
    """Yield unknown treatments, and missing rows that the plan needs."""
    for id_, row in rows.items():
        for field in ("same_as", "thin_round", "rising_round", "second_theme_as"):
            named = getattr(row, field)
            if named and named not in rows:
                yield Problem((id_, field), f"unknown treatment '{named}'{did_you_mean(named, rows)}")
    for id_ in NEEDED:
        if id_ not in rows:
            yield Problem((), f"the row '{id_}' is missing: planning needs one of that name")
