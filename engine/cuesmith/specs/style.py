"""A style: how a tradition scores a cue, as data. Adding one never needs Python."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Ending, RangeField, RoleName, Signed, Unit
from cuesmith.specs.banks.instruments import BendName
from cuesmith.specs.banks.themes import Recipe
from cuesmith.specs.banks.voicings import FamilyName, VoicingRow

Level = Annotated[int, Field(ge=0, le=4)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Seat:
    """A chair in the ensemble: a role, who may sit in it, and when it plays.

    instruments: id → weight, one is drawn per cue. levels: the intensity levels (0..4) at which it plays.
    treatments: sections it is limited to (empty: all). voices: notes at once for pads. octave: shift in octaves.
    double: the seat whose notes it copies (shifted by `octave`), `textures`: id → weight for accompaniment seats.
    kit, grooves: for percussion: the kit, and groove id → weight. level_db: against the lead.
    """

    role: RoleName
    instruments: dict[str, float] = field(default_factory=dict)
    levels: tuple[Level, Level] = (0, 4)
    treatments: tuple[str, ...] = ()
    voices: Annotated[int, Field(ge=1, le=6)] = 1
    octave: Annotated[int, Field(ge=-3, le=3)] = 0
    double: str | None = None
    textures: dict[str, float] = field(default_factory=dict)
    kit: str | None = None
    grooves: dict[str, float] = field(default_factory=dict)
    gestures: dict[str, float] = field(default_factory=dict)
    level_db: Annotated[float, Field(ge=-40, le=12)] = 0.0
    articulation: str | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatChange:
    """What a cue type changes about a seat; anything left out stays."""

    instruments: dict[str, float] | None = None
    levels: tuple[Level, Level] | None = None
    treatments: tuple[str, ...] | None = None
    voices: Annotated[int, Field(ge=1, le=6)] | None = None
    octave: Annotated[int, Field(ge=-3, le=3)] | None = None
    textures: dict[str, float] | None = None
    grooves: dict[str, float] | None = None
    gestures: dict[str, float] | None = None
    level_db: Annotated[float, Field(ge=-40, le=12)] | None = None
    articulation: str | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CueRules:
    """How a style scores one cue type. omit: seats left empty; others: as for the style.

    jo: its introduction is in free meter, as the slow opening (jo) of jo-ha-kyu is.
    """

    omit: tuple[str, ...] = ()
    seats: dict[str, SeatChange] = field(default_factory=dict)
    tempo: RangeField | None = None
    meters: dict[str, float] | None = None
    modes: dict[str, float] | None = None
    progressions: dict[str, float] = field(default_factory=dict)
    ending: Ending | None = None
    recipes: dict[str, float] | None = None
    jo: bool = False


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Keys:
    """Tonic names to choose from."""

    major: tuple[str, ...]
    minor: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Colour:
    """How plain chords are spelled, as weights; the colours are rows of banks/spellings.yaml."""

    triad: float = 1.0
    seventh: float = 0.0
    add9: float = 0.0
    ninth: float = 0.0
    sus: float = 0.0
    power: float = 0.0
    sixth: float = 0.0
    eleventh: float = 0.0
    upper: float = 0.0
    altered: float = 0.0
    quartal: float = 0.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Playing:
    """How the ensemble plays. swing: 0.5 straight .. 0.67 triplet; jitter_ms: timing sd; ritard: share of the tempo.

    sweeps: share of the sections over which the synthesizers' filters open (perform.filters).
    bends: how often notes that could be are bent (perform.bends says by whom and how): scoop, rise, oshide, bend,
    slide, drop at the start of a phrase; fall, doit, meri, call at its end.
    """

    swing: Annotated[float, Field(ge=0.5, le=0.72)] = 0.5
    swing_unit: Literal["eighth", "sixteenth"] = "eighth"
    jitter_ms: Annotated[float, Field(ge=0, le=20)] = 8.0
    legato_ms: Annotated[float, Field(ge=0, le=60)] = 28.0
    ritard: Annotated[float, Field(ge=0, le=0.4)] = 0.0
    lay_back_ms: Annotated[float, Field(ge=-20, le=40)] = 0.0
    sweeps: Unit = 0.0
    bends: dict[BendName, Unit] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MixSpec:
    """room_size, damping, width, reverb 0..1 for the synth's hall; lufs: the loudness it is mastered to."""

    room_size: Unit = 0.6
    damping: Unit = 0.3
    width: Unit = 0.8
    reverb: Unit = 0.5
    lufs: Annotated[float, Field(ge=-30, le=-9)] = -16.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Style:
    """A whole style. seats: in score order. cues: changes by cue type. brightness: leans to minor (-1) or major (1).

    recipes: ways a theme comes back that this style adds, or has otherwise than the bank.
    kin: styles whose weights in the banks hold for this one too; the styles it extends are added by themselves.
    voicing: what differs from the family's way of leading voices (banks/voicings.yaml).
    free: whether it has music without a pulse; false: kinds of cue in free meter take another.
    """

    schema_version: Literal[1] = 1
    title: str
    about: str = ""
    extends: str | None = None
    kin: tuple[str, ...] = ()
    family: FamilyName
    keys: Keys
    colour: Colour = field(default_factory=Colour)
    progressions: dict[str, float] = field(default_factory=dict)
    scales: dict[str, float] = field(default_factory=dict)
    seats: dict[str, Seat]
    cues: dict[str, CueRules] = field(default_factory=dict)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    playing: Playing = field(default_factory=Playing)
    mix: MixSpec = field(default_factory=MixSpec)
    voicing: VoicingRow = field(default_factory=VoicingRow)
    free: bool = True
    brightness: Signed = 0.0
