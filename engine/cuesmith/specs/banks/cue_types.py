"""A row of the bank of cue types: what the planner knows about a kind of cue."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Ending, ModeName, RangeField, Signed, Unit


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SectionRow:
    """One section of a form. treatment: what it does with its theme, a row of the bank of treatments.

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
    """One row of the cue taxonomy: everything the planner needs to know about a kind of cue.

    seconds, limits: usual length; shortest and longest that still makes musical sense. bpm: quarter notes per minute.
    meters: meter text → weight; `7/8+4/4`: contrasting sections have the second. modes: mode of MODES → weight.
    valence -1 dark .. 1 bright; arousal, tension 0 .. 1. key_of_theme: it stays in the key of its theme. late_tonic:
    most of its progressions begin elsewhere than on the tonic. new_chords: 0 .. 1, how often a theme that was heard is
    set to other chords the last time it comes. grooves: tags of grooves, one of which its groove should have.
    form: its sections; long_form: instead, in the upper half of `seconds` (empty: never); shapes: other ways to lay the
    form out, of which the seed draws one. recipes: how a theme comes in it (empty: as it was written). medley: it goes
    through every theme of the show where nobody names any. paired: it may come as a pair, before a break and after it.
    vocal: a song, its tune is written for a voice. slot_sec: how long before the end of its slot the button falls.
    like: the type it is like; what its own row leaves out was taken from there when the bank was read, and its weights
    in other banks and its rules in styles hold where those do not name it. album_place: where on an album it belongs, 0
    first .. 1 last. block: of its M-number: 0 themes, 1 daily, 2 emotion, 3 suspense, 4 action, 5 formats, 6 ambient,
    9 suites.
    """

    name: str
    purpose: str
    function: Literal["scenery", "emotion", "situation", "source", "format"]
    block: Annotated[int, Field(ge=0, le=9)]
    album_place: Unit = 0.5
    seconds: RangeField
    limits: RangeField
    default_seconds: float
    bpm: RangeField
    meters: dict[str, float]
    modes: dict[str, float]
    key_of_theme: bool = False
    chords_per_bar: Annotated[float, Field(gt=0, le=4)]
    late_tonic: bool = False
    new_chords: Unit = 0.0
    grooves: Annotated[tuple[str, ...], Field(min_length=1)] = ("theme",)
    valence: Signed
    arousal: Unit
    tension: Unit
    ending: Ending
    melody: Literal["full", "sparse", "fragments", "none"] = "full"
    dialogue_safe: bool = False
    recipes: dict[str, float] = field(default_factory=dict)
    meeting: Literal["succession", "dialogue", "counterpoint"] = "succession"
    medley: bool = False
    paired: bool = False
    vocal: bool = False
    slot_sec: Annotated[float, Field(ge=0, le=2)] = 0.0
    like: str = ""
    form: Annotated[tuple[SectionRow, ...], Field(min_length=1)]
    long_form: tuple[SectionRow, ...] = ()
    shapes: tuple[Shape, ...] = ()

    def form_for(self, seconds: float) -> tuple[SectionRow, ...]:
        """The sections for a cue of that length."""
        return self.long_form if self.long_form and seconds > sum(self.seconds) / 2 else self.form
