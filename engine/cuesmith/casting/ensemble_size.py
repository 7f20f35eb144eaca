"""Ensemble sizes: the same style for one or two players, a chamber group, a studio band, or in full.

A smaller ensemble is the style with fewer seats: for each role those that play from the lowest level on, with soloists
in place of sections (two or more players on one part). The remaining players play at every level, because nobody else
can take over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cuesmith.casting.cast import with_change
from cuesmith.errors import UsageError, did_you_mean
from cuesmith.specs.banks.instruments import Instrument, tagged
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import CueRules, Seat, Style

ENSEMBLES = ("solo", "chamber", "studio", "full")
FULL_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Size:
    """What an ensemble of this size has.

    most: number of seats of each role. doubles: seats that double the tune. soloists: one player in place of each
        section.
    voices: most notes in a chord. kits: the ensemble sizes whose drum kits fit (see the bank of kits).
    """

    most: Mapping[str, int]
    doubles: int
    soloists: bool
    voices: int
    kits: tuple[str, ...]


SIZES = {
    "chamber": Size({"lead": 2, "ostinato": 1, "pad": 1, "bass": 1, "counter": 1, "colour": 1, "pulse": 1, "impact": 0},
                    0, True, 3, ("chamber",)),
    "studio":  Size({"lead": 3, "ostinato": 2, "pad": 2, "bass": 1, "counter": 1, "colour": 3, "pulse": 1, "impact": 1},
                    1, False, 4, ("chamber", "studio")),
}  # fmt: skip

# families that can accompany alone, the best first; the notes they must be able to play at once
CARRIERS = ("keys", "guitar", "plucked", "traditional", "mallet", "synth")
CARRIER_VOICES = 3
CARRIER_ROLES = ("ostinato", "pad", "lead")


def check_ensemble(name: str) -> None:
    """Raise UsageError for an unknown ensemble; "" means the style as it is."""
    if name and name not in ENSEMBLES:
        raise UsageError(f"unknown ensemble '{name}'{did_you_mean(name, ENSEMBLES)}")


def resize(style: Style, ensemble: str, type_: str, banks: Banks) -> Style:
    """Return the style reduced to an ensemble, for one cue type; "" and `full` return it unchanged.

    Raises UsageError for an unknown ensemble.
    """
    check_ensemble(ensemble)
    if ensemble in ("", "full"):
        return style
    rules = style.cues.get(type_, CueRules())
    seats = {
        name: with_change(seat, rules.seats.get(name)) for name, seat in style.seats.items() if name not in rules.omit
    }
    kept = _solo(seats, style, banks) if ensemble == "solo" else _fewer(seats, SIZES[ensemble], banks)
    cues = {**style.cues, type_: replace(rules, omit=(), seats={})}
    return replace(style, seats=kept, cues=cues)


def _fewer(seats: Mapping[str, Seat], size: Size, banks: Banks) -> dict[str, Seat]:
    """Keep as many seats of each role as the size allows, those that play from the lowest level on first."""
    kept: dict[str, Seat] = {}
    order = sorted(seats, key=lambda name: seats[name].levels[0])  # stable sort: equals stay in score order
    for name in order:
        seat = seats[name]
        if seat.double is not None:
            allowed = size.doubles if seat.double == "lead" else 0
            alike = [s for s in kept.values() if s.double is not None]
        else:
            fits = seat.kit is None or banks.kits[seat.kit].ensemble in size.kits
            allowed = size.most[seat.role] if fits else 0
            alike = [s for s in kept.values() if s.role == seat.role and s.double is None]
        if len(alike) < allowed:
            kept[name] = _reduced(seat, size, banks, first=not alike)
    return {name: kept[name] for name in seats if name in kept}


def _soloist(name: str, banks: Banks) -> str:
    """Return the solo instrument that replaces a section, or the instrument itself."""
    return banks.instruments[name].soloist or name


def _reduced(seat: Seat, size: Size, banks: Banks, first: bool) -> Seat:
    """Return a seat of a small ensemble: soloists replace sections, with fewer voices.

    first: the first seat of its role, which plays at every level from its lowest up.
    """
    if size.soloists and seat.kit is None:
        weights: dict[str, float] = {}
        for name, weight in seat.instruments.items():
            solo = _soloist(name, banks)
            if seat.role == "bass" or seat.octave < 0:
                solo = banks.instruments[solo].low_soloist or solo
            weights[solo] = weights.get(solo, 0.0) + weight
        most = min(banks.instruments[name].voices for name in weights)
        seat = replace(seat, instruments=weights, voices=max(1, min(seat.voices, size.voices, most)))
    if not first or seat.role in ("colour", "impact"):
        return seat
    low = seat.levels[0] if seat.role in ("pulse", "counter") else min(1, seat.levels[0])
    return replace(seat, levels=(0 if seat.role == "lead" else low, FULL_LEVEL), treatments=())


def _can_accompany(name: str, banks: Banks) -> bool:
    """Tell whether an instrument can accompany alone."""
    row: Instrument = banks.instruments[name]
    harmony = "pad" in row.roles or "lead" in row.roles  # not an instrument of single effects
    quick = row.agile or row.family != "synth"  # a slow synth pad cannot carry a rhythm
    return harmony and quick and row.voices >= CARRIER_VOICES and row.family in CARRIERS


def carrier(seats: Mapping[str, Seat], banks: Banks) -> str:
    """Choose the instrument of a style that accompanies alone.

    Preferred in this order: seats that accompany, struck or plucked instruments, better families (CARRIERS), seats that
    play from a lower level on, and greater weight.
    """
    found: list[tuple[bool, bool, int, int, float, str]] = []
    for seat in seats.values():
        if seat.role in CARRIER_ROLES and seat.double is None:
            for name, weight in seat.instruments.items():
                if _can_accompany(name, banks):
                    row = banks.instruments[name]
                    rank = CARRIERS.index(row.family)
                    found.append((seat.role == "lead", row.sustained, rank, seat.levels[0], -weight, name))
    return min(found)[-1] if found else tagged(banks.instruments, "alone")


def _solo(seats: Mapping[str, Seat], style: Style, banks: Banks) -> dict[str, Seat]:
    """Keep one seat for the melody, and one instrument that plays chords and bass."""
    instrument = carrier(style.seats, banks)
    leads = [(n, s) for n, s in seats.items() if s.role == "lead" and s.double is None]
    name, lead = min(leads, key=lambda one: one[1].levels[0])
    singers = {_soloist(i, banks): weight for i, weight in lead.instruments.items()}
    out = {name: replace(lead, instruments=singers, levels=(0, FULL_LEVEL), treatments=(), level_db=0.0)}
    hands = [(n, s) for n, s in seats.items() if s.role in ("ostinato", "pad") and s.textures]
    if hands:
        right = min(hands, key=lambda one: (instrument not in one[1].instruments, one[1].levels[0]))
        voices = min(4, banks.instruments[instrument].voices)
        out[right[0]] = replace(
            right[1], instruments={instrument: 1.0}, voices=voices, octave=0, levels=(0, FULL_LEVEL), treatments=(),
            level_db=0.0,
        )  # fmt: skip
    left = next(((n, s) for n, s in seats.items() if s.role == "bass" and s.double is None), None)
    if left is not None:
        out[left[0]] = replace(left[1], instruments={instrument: 1.0}, levels=(0, FULL_LEVEL), level_db=-1.0)
    return {seat: out[seat] for seat in seats if seat in out}
