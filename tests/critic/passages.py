"""Tiny passages written by hand, as views: what the tests of the rules hold against each check.

Notes stand one after another: `C4:1 r:.5 E4+G4:2@60` is a quarter, an eighth rest, a dyad of a half at velocity 60.
Chords likewise, as roman numerals in the key: `I:4 V7:4`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cuesmith.critic.view import EVERYTHING, Event, PartView, View, joined, notes_of, one_at_a_time
from cuesmith.music.chord import in_key, parse_roman
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.note import PPQ, Note
from cuesmith.music.pitch import parse_pitch
from cuesmith.music.scale import Key, Scale
from cuesmith.music.tempo import TempoChange, TempoMap, constant_tempo, us_per_quarter
from cuesmith.plan.model import PlannedHit, SectionPlan
from cuesmith.score import ChordSpan, Statement
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.show import parse_key

COMMON = Meter(4, 4)


class P(NamedTuple):
    """A part: role, notes as text (or drum strokes), instrument of the bank."""

    role: str
    text: str
    instrument: str = "piano"
    level_db: float = 0.0
    doubling: bool = False


class S(NamedTuple):
    """A section: bars, treatment, level, name."""

    bars: int
    treatment: str = "statement"
    level: int = 2
    name: str = "A"
    harmony: str = "main"


def read(text: str, default_velocity: int = 80) -> list[Note]:
    """The notes of a text."""
    at, out = 0.0, []
    for word in text.split():
        body, _, velocity = word.partition("@")
        names, _, beats = body.partition(":")
        length = float(beats or 1)
        for name in names.split("+"):
            if name != "r":
                pitch = int(name[1:]) if name[0] == "#" else parse_pitch(name)  # '#36' is a drum
                out.append(Note(round(at * PPQ), round(length * PPQ), pitch, int(velocity or default_velocity)))
        at += length
    return out


def chord_spans(text: str, key: Key, cadence: str = "") -> tuple[ChordSpan, ...]:
    """The chords of a text, one after another."""
    at, out = 0, []
    for word in text.split():
        numeral, _, beats = word.partition(":")
        name, _, cadence = beats.partition("@")
        length = round(float(name or 4) * PPQ)
        out.append(ChordSpan(at, length, in_key(parse_roman(numeral), key), key, cadence))
        at += length
    return tuple(out)


def view(
    *parts: P,
    chords: str = "I:4",
    key: str = "C major",
    bars: int = 0,
    bpm: float = 120,
    tempi: Mapping[int, float] | None = None,
    sections: Sequence[S] = (),
    statements: Sequence[tuple[float, float, float, tuple[str, ...]]] = (),
    scale: Scale | None = None,
    ending: str = "ring",
    asked_sec: float | None = None,
    dialogue_safe: bool = False,
    events: Sequence[tuple[int, str, float, float, int]] = (),
    hits: Sequence[tuple[float, float, float]] = (),
) -> View:
    """A view in 4/4. statements: (first beat, last beat, identity, ops); tempi: bar (from 0) → bpm.

    events: (number of the part, device, first beat, last beat, section); hits: (second asked, second reached, weight).
    """
    banks, home = load_banks(), parse_key(key)
    seen = []
    for index, part in enumerate(parts):
        drums = part.role == "pulse"
        instrument = None if drums else banks.instruments[part.instrument]
        seen.append(
            PartView(
                id=f"{part.role}{index}", name=part.instrument, role=part.role, instrument=instrument, drums=drums,
                unpitched=drums, doubling=part.doubling, level_db=part.level_db,
                notes=notes_of(read(part.text), index),
            )
        )  # fmt: skip
    own = [p for p in seen if not p.doubling]
    last = max((int(p.notes.onset.max()) + 1 for p in seen if len(p.notes)), default=1)
    count = bars or -(-last // COMMON.bar_ticks)
    plans, first = [], 0
    for index, s in enumerate(sections):
        plans.append(
            SectionPlan(
                index=index, name=s.name, treatment=s.treatment, treatment_row=banks.treatments[s.treatment],
                harmony=s.harmony, bars=s.bars, first_bar=first,
                start=first * COMMON.bar_ticks, length=s.bars * COMMON.bar_ticks, meter=COMMON, energy=0.5,
                level=s.level, key=home, theme=None, chords_per_bar=1,
            )
        )  # fmt: skip
        first += s.bars
    tempo = constant_tempo(bpm)
    if tempi:
        tempo = TempoMap(tuple(TempoChange(b * COMMON.bar_ticks, us_per_quarter(t)) for b, t in tempi.items()))
    return View(
        id="M-1", title="Passage", type="", family="", melody="full", ending=ending, knows=EVERYTHING,
        tempo=tempo, meters=(MeterChange(0, COMMON),),
        bars=np.arange(0, (max(count, first) + 1) * COMMON.bar_ticks, COMMON.bar_ticks, dtype=np.int64),
        parts=tuple(seen),
        lead=one_at_a_time(joined(p.notes for p in own if p.role == "lead"), top=True),
        bass=one_at_a_time(joined(p.notes for p in own if p.role == "bass"), top=False),
        chords=chord_spans(chords, home), sections=tuple(plans),
        statements=tuple(
            Statement("theme", ops, identity, round(a * PPQ), round(b * PPQ), "A", "lead0")
            for a, b, identity, ops in statements
        ),
        scale=scale, asked_sec=asked_sec, dialogue_safe=dialogue_safe,
        events=tuple(
            Event(seen[part].id, seen[part].role, device, round(a * PPQ), round(b * PPQ), section)
            for part, device, a, b, section in events
        ),
        hits=tuple(PlannedHit(at, "accent", weight, 0, 1, 1.0, reached) for at, reached, weight in hits),
    )  # fmt: skip
