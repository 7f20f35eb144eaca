"""Rows of the percussion banks: kits, drum voices, grooves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, MeterField, RangeField, Signed

DrumGroup = Literal["kit", "orchestral", "taiko"]
DrumRole = Literal[
    "low", "crash", "ghost", "answer", "beside", "unison", "backbeat", "side_stick", "hat", "open_hat", "ride", "swell",
    "reply", "call",
]  # fmt: skip
DrumTag = Literal["kick", "cymbal", "colour", "layer"]
# families of styles that play a groove, what it is good for, and how it is used
GrooveTag = Literal[
    "orchestral", "jazzrock", "synth", "taiko",
    "ballad", "battle", "ceremony", "chase", "comedy", "daily", "march", "mystery", "suspense", "theme", "training",
    "victory", "waltz",
    "break", "build", "latin",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Kit:
    """A drum kit. program: on the drum channel.

    group: whose free strokes it plays. ensemble: the smallest ensemble that uses it.
    """

    name: str
    program: Annotated[int, Field(ge=0, le=127)]
    group: DrumGroup = "kit"
    ensemble: Literal["chamber", "studio"] = "chamber"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Layered:
    """One layer of a drum voice: a note of the kit, or a note of a melodic program (as for taiko voices).

    gate_ms: time after the stroke at which a note of a melodic program is cut off; None: it rings.
    """

    note: Annotated[int, Field(ge=0, le=127)]
    velocity: int = 0  # added to the velocity of the stroke
    program: Annotated[int, Field(ge=0, le=127)] | None = None  # None: a note of the kit
    bank: Annotated[int, Field(ge=0, le=127)] = 0
    gate_ms: Annotated[float, Field(ge=40, le=1000)] | None = None

    def __post_init__(self) -> None:
        if self.gate_ms is not None and self.program is None:
            raise ValueError("gate_ms cuts a melodic program alone: a kit's strokes ring as they are; name a program")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DrumVoice:
    """A percussion voice such as kick, snare or odaiko; styles/banks/drums.yaml explains every key.

    layers: sound together. ring_beats: length of a stroke in quarter notes.
    roles: its uses in its own group. tags: its uses in any group.
    moved_to: the voice that may replace it as time-keeper; "": none.
    marks_hits: rank among the voices that can mark a hit of the picture, from 1; 0: never.
    """

    name: str
    layers: tuple[Layered, ...]
    scale: float = 1.0  # velocities of its grid rows are multiplied by this
    pan: Signed = 0.0
    ring_beats: float = 0.25
    group: Literal["kit", "taiko", "hand", "orchestral"] = "kit"
    tuned: Annotated[int, Field(ge=0, le=11)] | None = None  # semitones above the tonic; None: no pitch
    roles: tuple[DrumRole, ...] = ()
    tags: tuple[DrumTag, ...] = ()
    moved_to: str = ""
    marks_hits: Annotated[int, Field(ge=0, le=99)] = 0


GRID_LETTERS = {"X": 112, "x": 92, "o": 68, "g": 38}


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Groove:
    """A percussion pattern of one or more bars.

    rows: voice → one grid string per bar; letters: X accent 112, x normal 92, o soft 68, g ghost 38, . rest.
    steps: grid steps per bar. meter: of one bar. tier: 1 pulse, 2 light, 3 groove, 4 full, 5 all out.
    fill: rows of a one-bar fill. swing: 0.5 straight to 0.67 triplet, on pairs of `swing_steps` grid steps.
    """

    name: str
    meter: MeterField
    steps: Annotated[int, Field(ge=2, le=48)]
    bpm: RangeField
    tier: Annotated[int, Field(ge=1, le=5)]
    kit: str
    rows: dict[str, tuple[str, ...]]
    fill: dict[str, str] = Field(default_factory=dict)
    tags: tuple[GrooveTag, ...] = ()
    swing: Annotated[float, Field(ge=0.5, le=0.75)] = 0.5
    swing_steps: Annotated[int, Field(ge=1, le=4)] = 1  # grid steps in half a swung pair

    def __post_init__(self) -> None:
        for voice, bars in [*self.rows.items(), *((name, (grid,)) for name, grid in self.fill.items())]:
            for grid in bars:
                if len(grid) != self.steps:
                    raise ValueError(f"{voice}: '{grid}' has {len(grid)} steps, not {self.steps}")
                if strange := set(grid) - set(GRID_LETTERS) - {"."}:
                    raise ValueError(f"{voice}: '{grid}' holds {sorted(strange)}; letters are X x o g and .")
