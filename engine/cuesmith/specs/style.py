"""A style: how a tradition scores cues, as data. A new style needs no Python."""

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
    """A seat of the ensemble: its role, its possible instruments, and when it plays.

    instruments: id → weight; one is drawn per cue.
    levels: intensity levels (0..4) at which it plays. treatments: the only treatments in which it plays; empty: all.
    voices: notes at once. octave: shift in octaves. level_db: relative to the lead.
    double: the seat that it copies (moved by `octave`). textures: id → weight, for accompaniment.
    kit, grooves: for percussion: the kit, and groove id → weight.
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
    """What a cue type changes about a seat; whatever is left out stays the same."""

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
    """How a style scores one cue type. omit: seats that do not play; left-out keys: as for the style.

    jo: the introduction is in free meter, like the slow opening (jo) of jo-ha-kyu.
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
    """Names of the tonics to choose from."""

    major: tuple[str, ...]
    minor: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Colour:
    """Weights of the colours that plain chords may get; the colours are rows of banks/spellings.yaml."""

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
    """How the ensemble plays.

    swing: 0.5 straight to 0.67 triplet. jitter_ms: standard deviation of the timing. ritard: share of the tempo.
    sweeps: share of the sections over which filters of synthesizers open (perform.filters).
    bends: how often notes are bent (perform.bends says which): scoop, rise, oshide, bend, slide and drop at the start
        of a phrase; fall, doit, meri and call at its end.
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
    """The room of the synthesizer (room_size, damping, width, reverb: 0..1), and the loudness of the master (lufs)."""

    room_size: Unit = 0.6
    damping: Unit = 0.3
    width: Unit = 0.8
    reverb: Unit = 0.5
    lufs: Annotated[float, Field(ge=-30, le=-9)] = -16.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Style:
    """A complete style.

    seats: in score order. cues: changes by cue type. brightness: preference for minor (-1) or major (1).
    recipes: ways in which a theme comes back, added to those of the bank or replacing them.
    kin: styles whose weights in the banks also hold for this one; styles that it extends are added automatically.
    voicing: differences from the family's voice leading (banks/voicings.yaml).
    free: whether it allows music without a pulse; false: cue types in free meter use another meter.
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
