"""Choose what leads over each section boundary (sweeps, runs, rolls), for all players together.

Too many such devices at once sound chaotic. So one device is drawn for each boundary at which the energy does not fall,
and two where it rises much or the climax begins. Drum fills are not limited. A device that has been used becomes less
likely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cuesmith.casting.cast import Cast, Player
from cuesmith.chance import Stream
from cuesmith.plan.model import Plan, SectionPlan

LEADING = frozenset({"gliss", "run", "rip", "swell", "roll", "kakegoe"})  # gestures that lead over a boundary
LEAD_INS = LEADING | {"tremolo"}  # all devices that sound as if they lead over one; a tremolo swells up to it
RARE_BARS = {"gliss": 24}  # least bars between two of a kind
STEP = 0.15  # a rise of energy from which a boundary may have two devices
USED = 3.0  # factor by which a device becomes less likely each time it is used
LEAST_BARS = 2  # shortest section that may have any

# family:    (device, beats, notes, roles) of the pick-ups into a louder section
PICKUPS = {
    "strings": ("run", 1.0, 8, ("ostinato",)),
    "brass":   ("rip", 0.5, 5, ("impact",)),
}  # fmt: skip
PICKUP_LEVEL, PICKUP_GROWTH = 3, 0.05  # least level of the next section, least rise of energy
PICKUP_WEIGHT = 1.5  # in the draw of a device


def takes_pickups(player: Player) -> bool:
    """Tell whether a seat plays runs or rips into sections; low strings do not."""
    instrument = player.instrument
    if instrument is None or instrument.family not in PICKUPS or instrument.sweet[1] < 67:
        return False
    return player.seat.role in PICKUPS[instrument.family][3]


def _candidates(cast: Cast, section: SectionPlan, after: SectionPlan) -> dict[str, float]:
    """Map every device that a player could play at the end of a section to its weight."""
    rises = after.level >= PICKUP_LEVEL and after.energy >= section.energy + PICKUP_GROWTH
    weights: dict[str, float] = {}
    for player in cast.players:
        if not cast.active(player, section):
            continue
        if player.seat.role == "colour":
            for name, weight in player.seat.gestures.items():
                if name in LEADING:
                    weights[name] = max(weights.get(name, 0.0), float(weight))
        elif rises and takes_pickups(player) and cast.active(player, after):
            assert player.instrument is not None
            device = PICKUPS[player.instrument.family][0]
            weights[device] = max(weights.get(device, 0.0), PICKUP_WEIGHT)
    return weights


def boundary_devices(plan: Plan, cast: Cast, draw: Stream) -> Mapping[int, frozenset[str]]:
    """Map section index → the devices that may lead out of the section."""
    out: dict[int, frozenset[str]] = {}
    last_bar: dict[str, int] = {}
    times: Counter[str] = Counter()
    for section, after in zip(plan.sections, plan.sections[1:], strict=False):
        if after.energy < section.energy or section.bars < LEAST_BARS:
            continue
        available = {
            name: weight / USED ** times[name]
            for name, weight in _candidates(cast, section, after).items()
            if name not in last_bar or after.first_bar - last_bar[name] >= RARE_BARS.get(name, 0)
        }
        count = 2 if after.index == plan.climax.index or after.energy >= section.energy + STEP else 1
        chosen: list[str] = []
        at = draw.child(section.index)
        while available and len(chosen) < count:
            name = at.weighted(available)
            chosen.append(name)
            del available[name]
            last_bar[name] = after.first_bar
            times[name] += 1
        out[section.index] = frozenset(chosen)
    return out
