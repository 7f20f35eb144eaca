"""A seat and its player."""

from __future__ import annotations

from dataclasses import dataclass

from cuesmith.plan.model import SectionPlan
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.style import Seat


@dataclass(frozen=True, slots=True)
class Player:
    """A seat with its instrument (None for a drum kit)."""

    id: str
    seat: Seat
    instrument_id: str
    instrument: Instrument | None


def plays_in(player: Player, section: SectionPlan) -> bool:
    """Tell whether a seat plays in a section, by its levels and treatments."""
    low, high = player.seat.levels
    if player.seat.treatments and section.treatment not in player.seat.treatments:
        return False
    if section.treatment_row.silent:  # nearly silent: only held chords, and the gesture that leads out of it
        return player.seat.role in ("pad", "colour") and low <= 2
    return low <= section.level <= high
