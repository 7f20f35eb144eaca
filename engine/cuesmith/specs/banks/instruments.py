"""Rows of the bank of instruments: a General MIDI sound and what it can play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.fields import STRICT, PitchRange, RoleName, Signed, Unit
from cuesmith.specs.yaml.place import KeyPath, Problem

BendName = Literal["scoop", "rise", "oshide", "bend", "slide", "drop", "fall", "doit", "meri", "call"]
InstrumentTag = Literal["sweep", "alone", "singer"]
ONE_HAS: Final[tuple[InstrumentTag, ...]] = ("alone", "singer")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Instrument:
    """A General MIDI sound and what it can play.

    range, sweet: possible range and good register, in sounding MIDI pitches. voices: notes at once.
    pan: -1..1. reverb: 0..1.
    onset_ms, tail_ms: measured on FluidR3_GM: time to half level, and from note-off to -20 dB.
    sustained: holds its tone (bow, breath, organ). breath_sec: longest time without a breath; 0: needs none.
    agile: can play sixteenths at 120 quarter notes per minute. bends: how its notes may be bent.
    soloist: solo instrument that replaces a section of it in small ensembles; "": itself. low_soloist: the same for a
        bass, or an octave lower; "": itself.
    tags: sweep (its filter opens over whole sections), alone (can accompany alone in styles without such an
        instrument), singer (represents the voice of a song).
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
    range: PitchRange
    sweet: PitchRange
    voices: Annotated[int, Field(ge=1, le=10)]
    roles: tuple[RoleName, ...]
    pan: Signed
    reverb: Unit
    onset_ms: float
    tail_ms: float
    sustained: bool
    breath_sec: float = 0.0
    agile: bool = True
    bends: tuple[BendName, ...] = ()
    soloist: str = ""
    low_soloist: str = ""
    tags: tuple[InstrumentTag, ...] = ()


def instrument_problems(rows: Mapping[str, Instrument]) -> Iterator[Problem]:
    """Yield unknown soloists, good registers outside the range, and tags that exactly one instrument must have."""
    for id_, row in rows.items():
        if not row.range[0] <= row.sweet[0] <= row.sweet[1] <= row.range[1]:
            yield Problem((id_, "sweet"), f"{list(row.sweet)} is not inside the range {list(row.range)}")
        for field in ("soloist", "low_soloist"):
            named = getattr(row, field)
            if named and named not in rows:
                yield Problem((id_, field), f"unknown instrument '{named}'{did_you_mean(named, rows)}")
    for tag in ONE_HAS:
        tagged = [id_ for id_, row in rows.items() if tag in row.tags]
        if len(tagged) != 1:
            path: KeyPath = (tagged[1], "tags") if tagged else ()
            yield Problem(path, f"one instrument has the tag {tag}, not {len(tagged)}")


def tagged(rows: Mapping[str, Instrument], tag: InstrumentTag) -> str:
    """Return the first instrument with a tag. Raises StopIteration when there is none."""
    return next(id_ for id_, row in rows.items() if tag in row.tags)
