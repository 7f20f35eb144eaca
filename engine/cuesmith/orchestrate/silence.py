"""Silence by section of the ensemble: in which bars the strings, the winds, the drums … are not heard.

A section is what a conductor or a band leader calls one: a family of instruments; whatever a drummer or a troupe of
drummers strikes is one section. Bars are bits of an integer, the first bar the lowest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cuesmith.music.note import Note
from cuesmith.score import Part, Plan, Score
from cuesmith.specs.banks import Instrument
from cuesmith.specs.library import Banks

DRUMS = "drums"
QUARTER = 4  # a bar into which a note sounds for more than a quarter of it is not silent
UNCOUNTED = ("guide",)  # roles of no section: a guide is taken out for the singer


@dataclass(frozen=True, slots=True)
class Silence:
    """The share of the bars (0..1) in which a section, or a player (a part), is silent."""

    sections: Mapping[str, float]
    players: Mapping[str, float]


def section_of(role: str, instrument: Instrument | None) -> str:
    """The section of the ensemble that a seat belongs to: the family of its instrument, or the drums."""
    return DRUMS if role == "pulse" or instrument is None else instrument.family


def bar_lines(plan: Plan) -> tuple[int, ...]:
    """The ticks of all bar lines, the last one too."""
    return (*(tick for section in plan.sections for tick in section.bar_ticks()), plan.length)


def sounding(notes: Iterable[Note], lines: Sequence[int]) -> int:
    """The bars in which notes begin, or sound for more than a quarter of the bar, as bits."""
    found = 0
    last = len(lines) - 2
    for onset, duration, _, _ in notes:
        bar = min(last, bisect_right(lines, onset) - 1)
        found |= 1 << bar
        end = onset + duration
        while bar < last and end > lines[bar + 1]:
            bar += 1
            if (min(end, lines[bar + 1]) - lines[bar]) * QUARTER > lines[bar + 1] - lines[bar]:
                found |= 1 << bar
    return found


def silence_of(score: Score, banks: Banks) -> Silence:
    """How much of a cue every section and every part is silent."""
    lines = bar_lines(score.plan)
    played = {p.id: sounding(p.notes(), lines) for p in score.parts if p.role not in UNCOUNTED}
    sections: dict[str, int] = {}
    for part in score.parts:
        if part.id in played:
            name = section_of(part.role, _instrument(part, banks))
            sections[name] = sections.get(name, 0) | played[part.id]
    bars = len(lines) - 1

    def share(found: Mapping[str, int]) -> dict[str, float]:
        return {name: 1 - bits.bit_count() / bars for name, bits in found.items()}

    return Silence(share(sections), share(played))


def _instrument(part: Part, banks: Banks) -> Instrument | None:
    return None if part.drums else banks.instruments.get(part.instrument)
