"""Sizes of ensemble: the same style for one or two players, for a chamber group, for a studio band, or in full.

A smaller ensemble is the style with fewer seats: of each role those that play from the lowest level on, with
soloists where there were sections. Whoever is left plays at every level, as there is nobody to take over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cuesmith.casting.cast import changed
from cuesmith.errors import UsageError, did_you_mean
from cuesmith.specs.banks.instruments import Instrument, tagged
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import CueRules, Seat, Style

ENSEMBLES = ("solo", "chamber", "studio", "full")
FULL_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Size:
    """most: seats of each role. doubles: seats that double the tune. desks: soloists sit for sections.

    voices: of a chord, at most. kits: the sizes whose drum kits still fit (see the bank of kits).
    """

    most: Mapping[str, int]
    doubles: int
    desks: bool
    voices: int
    kits: tuple[str, ...]


SIZES = {
    "chamber": Size({"lead": 2, "ostinato": 1, "pad": 1, "bass": 1, "counter": 1, "colour": 1, "pulse": 1, "impact": 0},
                    0, True, 3, ("chamber",)),
    "studio":  Size({"lead": 3, "ostinato": 2, "pad": 2, "bass": 1, "counter": 1, "colour": 3, "pulse": 1, "impact": 1},
                    1, False, 4, ("chamber", "studio")),
}  # fmt: skip

# families that carry tune and harmony alone, the most able first; at least so many notes at once
CARRIERS = ("keys", "guitar", "plucked", "traditional", "mallet", "synth")
CARRIER_VOICES = 3
CARRIER_ROLES = ("ostinato", "pad", "lead")


def check_ensemble(name: str) -> None:
    """Raise UsageError for an ensemble that does not exist; "" is the style as it is."""
    if name and name not in ENSEMBLES:
        raise UsageError(f"unknown ensemble '{name}'{did_you_mean(name, ENSEMBLES)}")


def sized(style: Style, ensemble: str, type_: str, banks: Banks) -> Style:
    """The style for a cue type with the seats of an ensemble; "" and `full` leave it as it is.

    Raises UsageError for an ensemble that does not exist.
    """
    check_ensemble(ensemble)
    if ensemble in ("", "full"):
        return style
    rules = style.cues.get(type_, CueRules())
    seats = {name: changed(seat, rules.seats.get(name)) for name, seat in style.seats.items() if name not in rules.omit}
    kept = _solo(seats, style, banks) if ensemble == "solo" else _fewer(seats, SIZES[ensemble], banks)
    cues = {**style.cues, type_: replace(rules, omit=(), seats={})}
    return replace(style, seats=kept, cues=cues)


def _fewer(seats: Mapping[str, Seat], size: Size, banks: Banks) -> dict[str, Seat]:
    """Of each role as many seats as the size has, those first that play from the lowest level on."""
    kept: dict[str, Seat] = {}
    order = sorted(seats, key=lambda name: seats[name].levels[0])  # stable: of equals the first in the score
    for name in order:
        seat = seats[name]
        if seat.double is not None:
            room = size.doubles if seat.double == "lead" else 0
            alike = [s for s in kept.values() if s.double is not None]
        else:
            fits = seat.kit is None or banks.kits[seat.kit].ensemble in size.kits
            room = size.most[seat.role] if fits else 0
            alike = [s for s in kept.values() if s.role == seat.role and s.double is None]
        if len(alike) < room:
            kept[name] = _desk(seat, size, banks, first=not alike)
    return {name: kept[name] for name in seats if name in kept}


def _soloist(name: str, banks: Banks) -> str:
    """Who sits for an instrument where there is only one desk."""
    return banks.instruments[name].soloist or name


def _desk(seat: Seat, size: Size, banks: Banks, first: bool) -> Seat:
    """A seat of a small ensemble: a soloist for a section, no more voices than he has, at every level from there up."""
    if size.desks and seat.kit is None:
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


def _able(name: str, banks: Banks) -> bool:
    row: Instrument = banks.instruments[name]
    harmony = "pad" in row.roles or "lead" in row.roles  # not who only scratches or rings
    quick = row.agile or row.family != "synth"  # a pad that creeps in carries no rhythm
    return harmony and quick and row.voices >= CARRIER_VOICES and row.family in CARRIERS


def carrier(seats: Mapping[str, Seat], banks: Banks) -> str:
    """Who of a style carries harmony alone.

    Of those who accompany, rather than sing, who is struck or plucked, rather than held; then the ablest family, who
    plays from the lowest level on, and the greatest weight.
    """
    found: list[tuple[bool, bool, int, int, float, str]] = []
    for seat in seats.values():
        if seat.role in CARRIER_ROLES and seat.double is None:
            for name, weight in seat.instruments.items():
                if _able(name, banks):
                    row = banks.instruments[name]
                    rank = CARRIERS.index(row.family)
                    found.append((seat.role == "lead", row.sustained, rank, seat.levels[0], -weight, name))
    return min(found)[-1] if found else tagged(banks.instruments, "alone")


def _solo(seats: Mapping[str, Seat], style: Style, banks: Banks) -> dict[str, Seat]:
    """One who sings, and one who accompanies with both hands; on the same instrument where the style has it so."""
    who = carrier(style.seats, banks)
    leads = [(n, s) for n, s in seats.items() if s.role == "lead" and s.double is None]
    name, lead = min(leads, key=lambda one: one[1].levels[0])
    singers = {_soloist(i, banks): weight for i, weight in lead.instruments.items()}
    out = {name: replace(lead, instruments=singers, levels=(0, FULL_LEVEL), treatments=(), level_db=0.0)}
    hands = [(n, s) for n, s in seats.items() if s.role in ("ostinato", "pad") and s.textures]
    if hands:
        right = min(hands, key=lambda one: (who not in one[1].instruments, one[1].levels[0]))
        voices = min(4, banks.instruments[who].voices)
        out[right[0]] = replace(
            right[1], instruments={who: 1.0}, voices=voices, octave=0, levels=(0, FULL_LEVEL), treatments=(),
            level_db=0.0,
        )  # fmt: skip
    left = next(((n, s) for n, s in seats.items() if s.role == "bass" and s.double is None), None)
    if left is not None:
        out[left[0]] = replace(left[1], instruments={who: 1.0}, levels=(0, FULL_LEVEL), level_db=-1.0)
    return {seat: out[seat] for seat in seats if seat in out}
