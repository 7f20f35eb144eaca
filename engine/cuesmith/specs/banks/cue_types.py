"""Rows of the bank of cue types: what the plan knows about a kind of cue."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Ending, ModeName, RangeField, Signed, TempoRange, Unit

ADDED_SECTIONS: Final = ("last bar", "link", "button")  # names of sections that the plan may add to a form
THEME_WORDS: Final = ("others", "alone")  # what a section may say in place of the number of its theme


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SectionRow:
    """One section of a form. treatment: what it does with its theme, a row of the bank of treatments.

    theme: number of the cue's theme (from 1, counted round); 0: the plan decides; `others`: the section is repeated for
        every theme after the first; `alone`: the section exists only in cues with a single theme. The plan replaces
        these by a theme's name.
    """

    name: str
    bars: Annotated[int, Field(ge=1, le=32)]
    energy: Unit
    treatment: str
    harmony: Literal["main", "contrast", "pedal", "break", "close", "link", "turn"] = "main"
    lift: int = 0  # semitones by which this section is transposed
    mode: ModeName | None = None  # of this section; None: the mode of the cue
    theme: Annotated[int, Field(ge=0, le=9)] | str = 0
    tempo: Annotated[float, Field(ge=0.5, le=2)] = 1.0  # factor on the tempo of the cue


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Shape:
    """Another arrangement of a form.

    order: names of its sections in order; empty: all, unchanged. bars: sections with another length.
    weight: compared with 2 for the form itself.
    """

    weight: Annotated[float, Field(gt=0)] = 1.0
    order: tuple[str, ...] = ()
    bars: dict[str, Annotated[int, Field(ge=1, le=32)]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CueType:
    """A kind of cue.

    seconds, limits: usual lengths; shortest and longest possible length. bpm: quarter notes per minute.
    meters: meter → weight; in `7/8+4/4` contrasting sections have the second meter. modes: mode → weight.
    valence: -1 dark to 1 bright. arousal, tension: 0 to 1.
    key_of_theme: it stays in the key of its theme. late_tonic: most progressions begin on another chord than the tonic.
    new_chords: chance (0..1) that a theme gets other chords in its last statement.
    grooves: tags; its groove should have one of them.
    form: its sections. long_form: used in the upper half of `seconds`; empty: never. shapes: other arrangements; the
        seed draws one.
    recipes: recipe → weight, how a theme comes back in it; empty: unchanged.
    medley: it goes through all themes of the show when it names none. vocal: a song, whose tune is written for a voice.
    paired: it may be a pair, before a break and after it.
    driven: drums and bass never rest in it for longer than a bar.
    slot_sec: length in seconds of the button, the beat at the very end of its broadcast time.
    like: another cue type; keys that are missing here were taken from it, and its weights in other banks and its rules
        in styles also hold here.
    album_place: its place on an album, 0 first to 1 last.
    block: hundreds of its M-number: 0 themes, 1 daily, 2 emotion, 3 suspense, 4 action, 5 formats, 6 ambient, 9 suites.
    """

    name: str
    purpose: str
    function: Literal["scenery", "emotion", "situation", "source", "format"]
    block: Annotated[int, Field(ge=0, le=9)]
    album_place: Unit = 0.5
    seconds: RangeField
    limits: RangeField
    default_seconds: Annotated[float, Field(gt=0)]
    bpm: TempoRange
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
    driven: bool = False
    vocal: bool = False
    slot_sec: Annotated[float, Field(ge=0, le=2)] = 0.0
    like: str = ""
    form: Annotated[tuple[SectionRow, ...], Field(min_length=1)]
    long_form: tuple[SectionRow, ...] = ()
    shapes: tuple[Shape, ...] = ()

    def form_for(self, seconds: float) -> tuple[SectionRow, ...]:
        """Return the sections for a cue of this length."""
        return self.long_form if self.long_form and seconds > sum(self.seconds) / 2 else self.form
