"""Measure silence by section of the ensemble: in which bars the strings, the winds, the drums … do not sound.

A section of the ensemble is a family of instruments; all drums together are one section. Sets of bars are integers with
one bit per bar, the first bar in the lowest bit.
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
QUARTER = 4  # a bar is not silent when a held note fills more than a quarter of it
UNCOUNTED = ("guide",)  # roles outside all sections: the singer replaces the guide
BarsByPart = Mapping[str, tuple[str, int]]  # part id → (section, bars in which it plays, as bits)


@dataclass(frozen=True, slots=True)
class Silence:
    """The share of bars (0..1) in which each section, and each player (part id), is silent.

    soloists: sections and players that need no rests, because they alone play the tune most of the time.
    """

    sections: Mapping[str, float]
    players: Mapping[str, float]
    soloists: frozenset[str]

    def short(self, least: float) -> dict[str, float]:
        """Return the sections and players silent in less than the share `least` of the bars, without soloists."""
        found = {**self.sections, **self.players}
        return {name: share for name, share in found.items() if share < least - 1e-9 and name not in self.soloists}


def section_of(role: str, instrument: Instrument | None) -> str:
    """Return the section of the ensemble a seat belongs to: the family of its instrument, or DRUMS."""
    return DRUMS if role == "pulse" or instrument is None else instrument.family


def sounding_bars(notes: Iterable[Note], lines: Sequence[int]) -> int:
    """Return the bars in which notes begin, or fill more than a quarter of the bar, as bits.

    lines: ticks of the bar lines, including the last one.
    """
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
    """Compute how much every section and player is silent in a cue of `bars` bars.

    leads: part id → the bars in which it plays the tune, as bits.
    least: the required share of silence. A player or section that alone has the tune in more than the remaining bars is
        a soloist.
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
            for other, other_bits in found.items():
                others |= 0 if other == name else other_bits
            if (bits & ~others).bit_count() > (1 - least) * bars:
                soloists.add(name)
    players = {name: bits for name, (_, bits) in workloads.items()}

    def share(found: Mapping[str, int]) -> dict[str, float]:
        return {name: 1 - bits.bit_count() / bars for name, bits in found.items()}

    return Silence(share(sections), share(players), frozenset(soloists))


def silence_of(score: Score, banks: Banks, least: float) -> Silence:
    """Compute how much every section and part of a finished cue is silent. least: see `silences`."""
    lines = score.plan.bar_lines()
    workloads: dict[str, tuple[str, int]] = {}
    leads: dict[str, int] = {}
    for part in score.parts:
        if part.role not in UNCOUNTED:
            instrument = None if part.drums else banks.instruments.get(part.instrument)
            workloads[part.id] = section_of(part.role, instrument), sounding_bars(part.notes(), lines)
        if part.role == "lead" and not all(p.device.startswith("doubles ") for p in part.passages):
            leads[part.id] = workloads[part.id][1]
    return silences(workloads, leads, len(lines) - 1, least)
