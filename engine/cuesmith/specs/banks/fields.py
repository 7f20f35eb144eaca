"""Field types shared by the banks' records.

Each record is one row of a YAML table under styles/banks: a musician checks the YAML, the record says what a row must
contain. Units: pitches are MIDI (C4 = 60), tempi quarter notes per minute, grids sixteenths.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from cuesmith.motif.ops import parse_ops
from cuesmith.music.chord import QUALITIES, Roman, parse_roman
from cuesmith.music.meter import Meter, parse_meter, parse_meters

STRICT = ConfigDict(extra="forbid")
SHORTEST_BAR, LONGEST_BAR = 1.0, 8.0  # in quarter notes
SLOWEST, FASTEST = 30.0, 260.0  # tempi that can be played, in quarter notes per minute


def check_meters(text: str) -> str:
    """Return the text when a cue can be in these meters; else raise ValueError."""
    pair = parse_meters(text)
    for meter in (pair.home, pair.away):
        if not SHORTEST_BAR <= meter.bar_beats <= LONGEST_BAR:
            held = f"a bar of {meter} holds {meter.bar_beats:g} quarter notes"
            raise ValueError(f"{held}; it takes {SHORTEST_BAR:g} to {LONGEST_BAR:g}")
    return text


def _meter(value: object) -> Meter:
    """Parse a meter; free meter is not allowed."""
    if isinstance(value, Meter):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a meter; write it like 4/4")
    meter = parse_meter(value)
    if meter.free:
        raise ValueError("only a cue can be in free meter; write this in bars, such as 4/4")
    return meter


def _chords(value: object) -> tuple[Roman, ...]:
    """Parse a line of roman numerals."""
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        raise ValueError("chords are one line of roman numerals, such as 'IVM7 V7 iii7 vi7'")
    return tuple(parse_roman(word) for word in value.replace("|", " ").split())


def _range(value: object) -> tuple[float, float]:
    """Check a range of two numbers."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        low, high = value
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= high:
            return (low, high)
    raise ValueError("a range is two numbers, low before high, such as [60, 84]")


def _whole_range(value: object) -> tuple[int, int]:
    """Check a range of two whole numbers."""
    low, high = _range(value)
    if low != int(low) or high != int(high):
        raise ValueError("a range of pitches is two whole numbers, low before high, such as [60, 84]")
    return (int(low), int(high))


def _tempi(value: object) -> tuple[float, float]:
    """Check a range of tempi."""
    low, high = _range(value)
    if not SLOWEST <= low <= high <= FASTEST:
        said = f"{low:g} to {high:g} quarter notes per minute"
        raise ValueError(f"{said} cannot be played; a tempo lies between {SLOWEST:g} and {FASTEST:g}")
    return (low, high)


def _quality(value: object) -> str:
    """Check the name of a chord quality."""
    if value not in QUALITIES:
        raise ValueError(f"unknown chord quality '{value}'; known: {', '.join(QUALITIES)}")
    return str(value)


MeterField = Annotated[
    Meter,
    BeforeValidator(_meter),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["4/4", "7/8(2+2+3)"]}),
]
ChordsField = Annotated[
    tuple[Roman, ...], BeforeValidator(_chords), WithJsonSchema({"type": "string", "examples": ["IVM7 V7 iii7 vi7"]})
]
RangeField = Annotated[
    tuple[float, float],
    BeforeValidator(_range),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
TempoRange = Annotated[
    tuple[float, float],
    BeforeValidator(_tempi),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
PitchRange = Annotated[
    tuple[Annotated[int, Field(ge=0, le=127)], Annotated[int, Field(ge=0, le=127)]], BeforeValidator(_whole_range)
]
QualityField = Annotated[str, BeforeValidator(_quality)]
Unit = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]
ModeName = Literal[
    "lydian", "ionian", "mixolydian", "dorian", "aeolian", "phrygian", "locrian",
    "harmonic_minor", "melodic_minor", "phrygian_dominant", "lydian_dominant",
]  # fmt: skip
ArticulationName = Literal[
    "normal", "legato", "detached", "staccato", "spiccato", "marcato", "accent", "ring", "pluck", "swell", "tremolo",
    "percussion", "gated",
]  # fmt: skip
RoleName = Literal["lead", "counter", "pad", "ostinato", "bass", "pulse", "impact", "colour"]
Ending = Literal["button", "ring", "allargando", "fade", "loop", "attacca", "unresolved", "ma_stop"]


def _ops(value: tuple[str, ...]) -> tuple[str, ...]:
    """Check a list of operations on a theme."""
    parse_ops(value)
    return value


OpsField = Annotated[tuple[str, ...], AfterValidator(_ops), Field(examples=[["augmentation:3/2", "tail_swap:2"]])]
