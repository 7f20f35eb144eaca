"""What a MIDI file of Cuesmith tells about itself, as text events, so that `cuesmith lint` need not guess.

A DAW shows text events as comments, if at all. Each is the word `Cuesmith`, the kind of fact, and its values as JSON:
`Cuesmith meter {"groups":[2,2,3]}`. Facts about a part are in its track, all others in track 0. `perform.play` writes
them, `critic.midi` reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from cuesmith.music.meter import Meter
from cuesmith.score import Part, Score
from cuesmith.specs.banks.fields import STRICT

EARLY_END_SEC = 0.4
_TEXT = re.compile(r"Cuesmith (cue|section|chord|meter|part) (\{.*\})")


@dataclass(frozen=True, config=STRICT)
class CueFact:
    """The cue: its type, the family of its style, amount of melody, ending.

    scale: a name; mode, steps, nuclear: as in `music.scale.Scale`.
    """

    type: str
    family: str
    melody: str
    ending: str
    scale: str
    mode: str
    steps: tuple[int, ...]
    nuclear: tuple[int, ...]
    dialogue_safe: bool


@dataclass(frozen=True, config=STRICT)
class SectionFact:
    """A section, at its first tick.

    level: 0..4, energy: 0..1 (see `SectionPlan`).

    swing: the share of each pair of notes that its first half takes; 0.5 is straight. pair: its length in ticks.
    """

    name: str
    treatment: str
    key: str
    level: int
    energy: float
    swing: float
    pair: int


@dataclass(frozen=True, config=STRICT)
class ChordFact:
    """A chord, at its first tick: numeral and key, the cadence it ends, the reason for it (see `ChordSpan`)."""

    roman: str
    key: str
    cadence: str
    device: str


@dataclass(frozen=True, config=STRICT)
class MeterFact:
    """How the units of a bar are grouped, at the tick of a time signature: (2, 2, 3) in 7/8."""

    groups: tuple[int, ...]


@dataclass(frozen=True, config=STRICT)
class PartFact:
    """The part of a track.

    instrument: an id of the bank. doubling: whether it only copies other parts.
    early_ms: how much earlier than written its notes begin, because the instrument speaks slowly. Notes longer than
        EARLY_END_SEC end as written all the same.
    late_ms: how much later than written it plays on average; negative: earlier.
    """

    id: str
    role: str
    instrument: str
    doubling: bool
    early_ms: float
    late_ms: float


Fact: TypeAlias = CueFact | SectionFact | ChordFact | MeterFact | PartFact
_KINDS: dict[str, type[Fact]] = {
    "cue": CueFact,
    "section": SectionFact,
    "chord": ChordFact,
    "meter": MeterFact,
    "part": PartFact,
}
_WORDS = {kind: word for word, kind in _KINDS.items()}


def text_of(fact: Fact) -> str:
    """Return a fact as the text of a text event."""
    return f"Cuesmith {_WORDS[type(fact)]} {json.dumps(asdict(fact), separators=(',', ':'))}"


def fact_in(text: str) -> Fact | None:
    """Return the fact in the text of a text event; None when it is any other text, or a fact of another version."""
    match = _TEXT.fullmatch(text)
    if not match:
        return None
    try:
        return TypeAdapter(_KINDS[match[1]]).validate_json(match[2])
    except ValidationError:
        return None


def cue_facts(score: Score, family: str, swings: Sequence[tuple[float, int]]) -> tuple[tuple[int, str], ...]:
    """Return the texts of track 0 with their ticks, in order: the cue, its sections, its chords, groups of its meters.

    family: of the style. swings: ratio and pair of each section (see `perform.play.Swing`).
    """

    def found() -> Iterator[tuple[int, Fact]]:
        plan, scale = score.plan, score.plan.scale
        yield 0, CueFact(
            plan.brief.type, family, plan.melody, plan.ending, scale.name, scale.mode, scale.steps, scale.nuclear,
            plan.dialogue_safe,
        )  # fmt: skip
        for s in plan.sections:
            yield s.start, SectionFact(s.name, s.treatment, s.key.name, s.level, round(s.energy, 3), *swings[s.index])
        for c in score.harmony:
            yield c.onset, ChordFact(c.roman, c.key.name, c.cadence, c.device)
        for tick, meter in plan.meters():
            if meter.groups != Meter(meter.numerator, meter.denominator).groups:
                yield tick, MeterFact(meter.groups)

    return tuple(sorted(((tick, text_of(fact)) for tick, fact in found()), key=lambda event: event[0]))


def part_fact(part: Part, early_sec: float, late_sec: float) -> str:
    """Return the text of the track of a part. early_sec, late_sec: see `PartFact`."""
    return text_of(
        PartFact(
            part.id, part.role, part.instrument, part.doubles, *(round(1000 * s, 1) for s in (early_sec, late_sec))
        )
    )
