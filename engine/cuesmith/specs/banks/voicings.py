"""Rows of the bank of voicings: how families of styles lead voices, and voicing templates by name."""

from __future__ import annotations

from dataclasses import field
from dataclasses import fields as fields_of
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.music.partwriting import Rules
from cuesmith.music.voicing import Template
from cuesmith.specs.banks.fields import STRICT, QualityField

FamilyName = Literal["orchestral", "jazzrock", "synth", "taiko"]
Cost = Annotated[int, Field(ge=0, le=500)]
Pitch = Annotated[int, Field(ge=0, le=127)]
RULE_NAMES = tuple(item.name for item in fields_of(Rules))


@dataclass(frozen=True, kw_only=True, config=STRICT)
class TemplateRow:
    """A voicing template; see `cuesmith.music.voicing.Template`. roles: seats that may use it."""

    pitches: tuple[int, ...] = ()
    foot: Literal["R", "3", "5", "7"] = "R"
    lowest: tuple[Pitch, Pitch] = (28, 79)
    qualities: tuple[QualityField, ...] = ()
    drop: tuple[Annotated[int, Field(ge=2, le=4)], ...] = ()
    roles: tuple[Literal["pad", "ostinato", "impact"], ...]

    def __post_init__(self) -> None:
        if bool(self.pitches) == bool(self.drop):
            raise ValueError("a layout is either pitches above its lowest voice, or drop: voices moved down an octave")
        if self.pitches and (self.pitches[0] != 0 or list(self.pitches) != sorted(set(self.pitches))):
            raise ValueError(f"pitches {list(self.pitches)} do not rise from 0")

    def template(self, name: str) -> Template:
        """Return the row as a template with this name."""
        return Template(name, self.pitches, self.foot, self.lowest, self.qualities, self.drop)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class VoicingRow:
    """How voices are led; numbers are costs, see `cuesmith.music.partwriting.Rules`.

    Keys left out are as in the style's family. templates: ids of the bank. bass: how the bass approaches the next root.
    inner: inner voices of held pads move in lyrical cues.
    """

    move: Cost | None = None
    top: Cost | None = None
    free: Annotated[int, Field(ge=0, le=12)] | None = None
    leap: Cost | None = None
    common: Cost | None = None
    guide: Cost | None = None
    parallels: Cost | None = None
    similar: Cost | None = None
    resolve: Cost | None = None
    third: Cost | None = None
    bottom_third: Cost | None = None
    off_template: Cost | None = None
    mass: Cost | None = None
    span: Annotated[int, Field(ge=5, le=24)] | None = None
    spread: Cost | None = None
    templates: tuple[str, ...] | None = None
    bass: Literal["diatonic", "chromatic"] | None = None
    inner: bool | None = None

    def over(self, base: VoicingRow) -> VoicingRow:
        """Return this row, with missing values from `base`."""
        merged = {name: getattr(self, name) for name in VoicingRow.__dataclass_fields__}
        return VoicingRow(**{n: getattr(base, n) if value is None else value for n, value in merged.items()})

    def rules(self) -> Rules:
        """Return the costs; missing ones are the defaults of `Rules`."""
        given = {name: getattr(self, name) for name in RULE_NAMES}
        return Rules(**{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InnerRow:
    """A figure of an inner voice in a held chord. member: the chord member that moves. qualities: of the chord.

    steps: semitones from that member, in equal parts of the chord. beats: shortest chord in quarter notes.
    """

    member: Literal["R", "3", "5"]
    qualities: tuple[QualityField, ...]
    steps: Annotated[tuple[Annotated[int, Field(ge=-5, le=5)], ...], Field(min_length=2, max_length=6)]
    beats: Annotated[float, Field(ge=2, le=32)]
    weight: Annotated[float, Field(gt=0)] = 1.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class VoicingBank:
    """The whole table: voice leading by family, templates and inner figures by name."""

    families: dict[FamilyName, VoicingRow]
    templates: dict[str, TemplateRow]
    inner: dict[str, InnerRow] = field(default_factory=dict)
