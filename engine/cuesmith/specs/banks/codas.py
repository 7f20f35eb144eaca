"""Rows of the bank of codas: how the last section of a cue ends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, Ending, RangeField
from cuesmith.specs.banks.harmony import Weight
from cuesmith.specs.yaml.known_names import key_problems
from cuesmith.specs.yaml.place import Problem

# function that lays out the tune of a coda; see composition.melody.codas.CODA_DEVICES
CodaDeviceName = Literal[
    "last_line", "repeated_line", "two_closes", "rising_line", "falling_line", "broad_line", "echo", "dissolving",
    "pickup", "last_word", "alone", "half_line", "rising_question",
]  # fmt: skip


def _bars(value: tuple[float, float]) -> tuple[float, float]:
    """Check that a range of bars leaves room for a tune before the last bar."""
    if value[0] < SHORTEST:
        raise ValueError(f"a coda has {SHORTEST} bars at least")
    return value


SHORTEST: Final = 2  # bars; in a single bar there is only room for the last chord
BarsField = Annotated[RangeField, AfterValidator(_bars)]
CodaPlayers = Literal["all", "held", "one"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Coda:
    """What the tune and the players do in a coda; styles/banks/codas.yaml explains every key.

    device: lays out the tune. open: the tune does not end on the tonic, and neither does the harmony.
    players: who accompanies. first_close: kind of the cadence in the middle of the coda, None for no such cadence.
    pedal: the harmony stands on the tonic. stop_beats: quarter notes of silence before the last chord, in which only
        the tune plays.
    energy: factor on the energy, which lies between that of the form and that of the section before.
    register: semitones by which the tune lies higher.
    bars: shortest coda that has room for it, and longest that it fills.
    valence, arousal: moods in which it is used. endings: kinds of ending it goes with. cues: cue type → factor on
        `weight`.
    """

    about: Annotated[str, Field(min_length=1)]
    device: CodaDeviceName
    open: bool = False
    players: CodaPlayers = "all"
    first_close: Literal["deceptive", "half"] | None = None
    pedal: bool = False
    stop_beats: Annotated[float, Field(ge=0, le=4)] = 0.0
    energy: Annotated[float, Field(gt=0, le=1.2)] = 0.9
    register: Annotated[int, Field(ge=-12, le=12)] = 0
    bars: BarsField = (2, 32)
    weight: Weight = 1.0
    valence: RangeField = (-1.0, 1.0)
    arousal: RangeField = (0.0, 1.0)
    endings: Annotated[tuple[Ending, ...], Field(min_length=1)]
    cues: dict[str, Weight] = Field(default_factory=dict)


Codas: TypeAlias = Mapping[str, Coda]


def coda_problems(rows: Codas, cue_types: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown cue types, and open codas with a first close: that announces a second one, which never comes."""
    known = list(cue_types)
    for id_, row in rows.items():
        yield from key_problems((id_, "cues"), "cue type", row.cues, known)
        if row.open and row.first_close is not None:
            yield Problem((id_, "first_close"), "an open coda has no close; leave first_close or open out")
