"""A row of the bank of instruments: a General MIDI sound and what it can do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Signed, Unit


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Instrument:
    """A General MIDI sound and what it can do.

    range, sweet: sounding MIDI pitches. voices: how many notes at once. pan -1..1, reverb 0..1.
    onset_ms, tail_ms: measured on FluidR3_GM: time to half level, and from note-off to -20 dB.
    sustained: holds its tone (bow, breath, organ). breath_sec: longest time without a breath, 0 = none needed.
    """

    name: str
    program: Annotated[int, Field(ge=0, le=127)]
    bank: Annotated[int, Field(ge=0, le=127)] = 0
    family: Literal[
        "strings",
        "woodwind",
        "brass",
        "keys",
        "plucked",
        "guitar",
        "bass",
        "synth",
        "choir",
        "mallet",
        "traditional",
        "percussion",
    ]
    range: tuple[int, int]
    sweet: tuple[int, int]
    voices: Annotated[int, Field(ge=1, le=10)]
    roles: tuple[str, ...]
    pan: Signed
    reverb: Unit
    onset_ms: float
    tail_ms: float
    sustained: bool
    breath_sec: float = 0.0
    agile: bool = True  # can play sixteenths at 120
