"""A row of the bank of cue types: what the planner knows about a kind of cue."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Ending, ModeName, RangeField, Signed, Unit


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SectionRow:
    """One section of a form. treatment: what the lead does with its theme (see composition.melody.treatments).

    theme: the number of the cue's theme it states, counted round; 0: whichever the planner gives it. `others`: the
    section comes once for every theme after the first; `alone`: only where the cue has a single theme. The planner
    writes a theme's name in place of these.
    """

    name: str
    bars: Annotated[int, Field(ge=1, le=32)]
    energy: Unit
    treatment: str
    harmony: Literal["main", "contrast", "pedal", "break", "close", "link", "turn"] = "main"
    lift: int = 0  # semitones the key moves for this section
    mode: ModeName | None = None  # of this section; None: that of the cue
    theme: Annotated[int, Field(ge=0, le=9)] | str = 0
    tempo: Annotated[float, Field(ge=0.5, le=2)] = 1.0  # factor on the tempo of the cue


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Shape:
    """Another way to lay a form out. order: names of its sections as they come (empty: all, as they stand); bars: those
    whose length differs; weight: against 2 for the form itself."""

    weight: Annotated[float, Field(gt=0)] = 1.0
    order: tuple[str, ...] = ()
    bars: dict[str, Annotated[int, Field(ge=1, le=32)]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CueType:
    """One row of the cue taxonomy: everything the planner needs to know about a kind of cue."""

    name: str
    purpose: str
    function: Literal["scenery", "emotion", "situation", "source", "format"]
    seconds: RangeField  # usual length
    limits: RangeField  # shortest and longest that still makes musical sense
    default_seconds: float
    bpm: RangeField
    meters: dict[str, float]  # meter text → weight; `7/8+4/4`: contrasting sections have the second
    modes: dict[str, float]  # mode of MODES → weight
    chords_per_bar: Annotated[float, Field(gt=0, le=4)]
    valence: Signed
    arousal: Unit
    tension: Unit
    ending: Ending
    form: tuple[SectionRow, ...]
    long_form: tuple[SectionRow, ...] = ()  # replaces form in the upper half of seconds; empty: never
    shapes: tuple[Shape, ...] = ()  # other ways to lay the form out, of which the seed draws one
    melody: Literal["full", "sparse", "fragments", "none"] = "full"
    recipes: dict[str, float] = field(default_factory=dict)  # how a theme comes in it; empty: as it was written
    meeting: Literal["succession", "dialogue", "counterpoint"] = "succession"
    dialogue_safe: bool = False
    like: str = ""  # the cue type whose rows in the banks and in styles hold for it where they do not name it
    vocal: bool = False  # a song: its tune is written for a voice
    slot_sec: Annotated[float, Field(ge=0, le=2)] = 0.0  # how long before the end of its slot the button falls
    block: Annotated[
        int, Field(ge=0, le=9)
    ]  # M-number block: 0 themes, 1 daily, 2 emotion, 3 suspense, 4 action, 5 formats, 6 ambient, 9 suites

    def form_for(self, seconds: float) -> tuple[SectionRow, ...]:
        """The sections for a cue of that length."""
        return self.long_form if self.long_form and seconds > sum(self.seconds) / 2 else self.form
