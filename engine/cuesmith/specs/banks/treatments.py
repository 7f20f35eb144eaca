"""A row of the bank of treatments: what a section does with its theme, and how it stands in the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.fields import STRICT
from cuesmith.specs.yaml.place import Problem

# what lays the theme out over the bars of a section; see composition.melody.treatments.DEVICES
DeviceName = Literal[
    "statement", "restatement", "contrast", "chorus", "build", "fragments", "intro", "coda", "head", "link", "none",
    "verse_bridge", "refrain",
]  # fmt: skip
ThemeUse = Literal[
    "told", "again", "away", "crowned", "head", "pieces", "rising", "passing", "awaited", "absent",
]  # fmt: skip
WHOLE: Final = frozenset({"told", "again", "away", "crowned"})
STATED: Final = frozenset({"told", "again", "crowned", "head"})

# rows that planning itself asks for: of the stories beats tell, of bars put in for the picture, of last bars held
NEEDED: Final = (
    "intro", "statement", "restatement", "contrast", "chorus", "build", "fragments", "break", "coda", "none",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Treatment:
    """What a section does with its theme; styles/banks/treatments.yaml says what each key means.

    theme: how the theme is in it. device: what lays it out; song_device: instead, in a song. steps (of the scale),
    varied, thinned: changes to what the device lays out. same_as: the treatment whose groove the drums keep ("": its
    own). place: of introductions and codas. drop_cost: of leaving it out, against 1 for a section twice as long.
    thin_round, rising_round: what becomes of it in such rounds of a long cue ("": it stays). second_theme: its turn
    when a second theme looks for a section (0: never), second_theme_as: the treatment it then has ("": its own).
    """

    about: Annotated[str, Field(min_length=1)]
    theme: ThemeUse
    device: DeviceName
    song_device: DeviceName | None = None
    steps: Annotated[int, Field(ge=-14, le=14)] = 0
    varied: bool = False
    thinned: bool = False
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
        """Whether the section sings on, so that it can hold two voices and has to be given room to breathe."""
        return self.theme in WHOLE

    @property
    def states(self) -> bool:
        """Whether the theme is said there so that it is known."""
        return self.theme in STATED

    @property
    def themed(self) -> bool:
        """Whether the section has a theme at all."""
        return self.theme != "absent"

    @property
    def phrased(self) -> bool:
        """Whether the last phrase of the section has chords of its own."""
        return self.whole or self.theme == "head" or self.place == "end"

    @property
    def cadenced(self) -> bool:
        """Whether the section may close with a cadence inside a cue."""
        return not (self.waits or self.silent)


Treatments: TypeAlias = Mapping[str, Treatment]


def treatment_problems(rows: Treatments) -> Iterator[Problem]:
    """Treatments that a row names and that do not exist, and those that have to exist and do not."""
    for id_, row in rows.items():
        for field in ("same_as", "thin_round", "rising_round", "second_theme_as"):
            named = getattr(row, field)
            if named and named not in rows:
                yield Problem((id_, field), f"unknown treatment '{named}'{did_you_mean(named, rows)}")
    for id_ in NEEDED:
        if id_ not in rows:
            yield Problem((), f"the row '{id_}' is missing: planning needs one of that name")
