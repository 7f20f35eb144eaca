"""Silence by section of the ensemble: in which bars the strings, the winds, the drums … are not heard.

A section is what a conductor or a band leader calls one: a family of instruments; whatever a drummer or a troupe of
drummers strikes is one section. Bars are bits of an integer, the first bar the lowest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cuesmith.music.note import Note
from cuesmith.score import Score
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks

DRUMS = "drums"
QUARTER = 4  # a bar into which a note sounds for more than a quarter of it is not silent
UNCOUNTED = ("guide",)  # roles of no section: a guide is taken out for the singer
BarsByPart = Mapping[str, tuple[str, int]]  # part → (section, bars in which it plays, as bits)


@dataclass(frozen=True, slots=True)
class Silence:
    """The share of the bars (0..1) in which a section, or a player (a part), is silent.

    soloists: sections and players of whom nothing is asked, as they alone have the tune most of the time.
    """

    sections: Mapping[str, float]
    players: Mapping[str, float]
    soloists: frozenset[str]

    def short(self, least: float) -> dict[str, float]:
        """Sections and players who are silent in less than a share of the bars, soloists apart."""
        found = {**self.sections, **self.players}
        return {name: share for name, share in found.items() if share < least - 1e-9 and name not in self.soloists}


def section_of(role: str, instrument: Instrument | None) -> str:
    """The section of the ensemble that a seat belongs to: the family of its instrument, or the drums."""
    return DRUMS if role == "pulse" or instrument is None else instrument.family


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


def silences(workloads: BarsByPart, leads: Mapping[str, int], bars: int, least: float) -> Silence:
    """How much of a cue of so many bars every section and player is silent.

    leads: part → the bars in which it has the tune, as bits. least: the share of silence that is asked for; whoever
    alone has the tune in more than the rest of the bars is a soloist.
    """
    sections: dict[str, int] = {}
    tunes: dict[str, int] = {}
    for name, (section, bits) in workloads.items():
        sections[section] = sections.get(section, 0) | bits
        tunes[section] = tunes.get(section, 0) | leads.get(name, 0)
    soloists = set()
    for found in (tunes, {name: leads.get(name, 0) for name in workloads}):
        for name, bits in found.items():
            others = 0
            for other, theirs in found.items():
                others |= 0 if other == name else theirs
            if (bits & ~others).bit_count() > (1 - least) * bars:
                soloists.add(name)
    players = {name: bits for name, (_, bits) in workloads.items()}

    def share(found: Mapping[str, int]) -> dict[str, float]:
        return {name: 1 - bits.bit_count() / bars for name, bits in found.items()}

    return Silence(share(sections), share(players), frozenset(soloists))


def silence_of(score: Score, banks: Banks, least: float) -> Silence:
    """How much of a composed cue every section and every part is silent. least: see `silences`."""
    lines = score.plan.bar_lines()
    workloads: dict[str, tuple[str, int]] = {}
    leads: dict[str, int] = {}
    for part in score.parts:
        if part.role not in UNCOUNTED:
            made = None if part.drums else banks.instruments.get(part.instrument)
            workloads[part.id] = section_of(part.role, made), sounding(part.notes(), lines)
        if part.role == "lead" and not all(p.device.startswith("doubles ") for p in part.passages):
            leads[part.id] = workloads[part.id][1]
    return silences(workloads, leads, len(lines) - 1, least)
