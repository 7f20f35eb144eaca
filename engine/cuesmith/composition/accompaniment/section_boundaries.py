"""What leads over a section boundary: which sweeps, runs and rolls, chosen for all players together.

A glissando, a run, a rip and a roll at once are a car crash, one glissando in twenty-four bars is a colour. So one is
drawn for each boundary over which the music rises, and a second where it rises far, or into the climax; drums fill as
they like. What has been used is used less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cuesmith.casting.cast import Cast, Player
from cuesmith.chance import Stream
from cuesmith.plan.model import Plan, SectionPlan

LEADING = frozenset({"gliss", "run", "rip", "swell", "roll", "kakegoe"})  # gestures drawn to lead over a boundary
LEAD_INS = LEADING | {"tremolo"}  # everything that is heard as leading over one: a tremolo swells up to it
RARE_BARS = {"gliss": 24}  # bars at least between two of a kind
STEP = 0.15  # of energy, from which on a boundary bears two
USED = 3.0  # how many times less likely a device becomes each time it has been used
LEAST_BARS = 2  # of a section with room for any

#            device  beats  notes  for whom: what an orchestra plays into a greater section on its way to its first note
PICKUPS = {
    "strings": ("run", 1.0, 8, ("ostinato",)),
    "brass":   ("rip", 0.5, 5, ("impact",)),
}  # fmt: skip
PICKUP_LEVEL, PICKUP_GROWTH = 3, 0.05  # least level of the section led into, least growth of energy
PICKUP_WEIGHT = 1.5


def takes_pickups(player: Player) -> bool:
    """Whether a seat runs or rips into sections; low strings keep to their figure."""
    instrument = player.instrument
    if instrument is None or instrument.family not in PICKUPS or instrument.sweet[1] < 67:
        return False
    return player.seat.role in PICKUPS[instrument.family][3]


def _candidates(cast: Cast, section: SectionPlan, after: SectionPlan) -> dict[str, float]:
    """Device → weight, of all who could play one at the end of a section. In order of the players."""
    grown = after.level >= PICKUP_LEVEL and after.energy >= section.energy + PICKUP_GROWTH
    found: dict[str, float] = {}
    for player in cast.players:
        if not cast.active(player, section):
            continue
        if player.seat.role == "colour":
            for name, weight in player.seat.gestures.items():
                if name in LEADING:
                    found[name] = max(found.get(name, 0.0), float(weight))
        elif grown and takes_pickups(player) and cast.active(player, after):
            assert player.instrument is not None
            device = PICKUPS[player.instrument.family][0]
            found[device] = max(found.get(device, 0.0), PICKUP_WEIGHT)
    return found


def devices(plan: Plan, cast: Cast, draw: Stream) -> Mapping[int, frozenset[str]]:
    """Section index → the devices that may lead out of it."""
    out: dict[int, frozenset[str]] = {}
    last_bar: dict[str, int] = {}
    times: Counter[str] = Counter()
    for section, after in zip(plan.sections, plan.sections[1:], strict=False):
        if after.energy < section.energy or section.bars < LEAST_BARS:
            continue
        left = {
            name: weight / USED ** times[name]
            for name, weight in _candidates(cast, section, after).items()
            if name not in last_bar or after.first_bar - last_bar[name] >= RARE_BARS.get(name, 0)
        }
        count = 2 if after.index == plan.climax.index or after.energy >= section.energy + STEP else 1
        chosen: list[str] = []
        at = draw.child(section.index)
        while left and len(chosen) < count:
            name = at.weighted(left)
            chosen.append(name)
            del left[name]
            last_bar[name] = after.first_bar
            times[name] += 1
        out[section.index] = frozenset(chosen)
    return out
