"""Fermatas: a beat held, where bars and tempo alone do not end on the second or meet the picture.

Everybody holds what was struck on it; at a silence the rest is held. Costs are those of the layouts (one: a section
twice as long as its form wants it), so that a fermata stands only where it is the lesser evil.
"""

from __future__ import annotations

from cuesmith.music.meter import Meter
from cuesmith.specs.brief import Hit, HitKind

MOST = 2  # in a cue
TIMES = {1.5: 0.10, 1.75: 0.05, 2.0: 0.0, 2.5: 0.05, 3.0: 0.20}  # times its beat: cost beside the rest
CLOSING = ("ring", "allargando", "unresolved")  # endings whose last bar is a held chord
CLOSING_COST = 0.1  # of one on the last bar of a short cue, where no whole number of bars will do
LAST_COST = 1.0  # and of one that spares hits an odd bar or a change of tempo
# kind of hit on which one may stand: its cost, and the seconds the beat may last at most
ON_HITS: dict[HitKind, tuple[float, float]] = {"stop": (0.7, 3.0), "silence": (0.9, 1.8)}
LEAST_WEIGHT = 0.7  # of such a hit
DEAR = 1.6  # cost of a layout by the hit from which on it is asked whether one with a fermata would be cheaper


def held_beat(meter: Meter) -> int:
    """Ticks of the beat that is held: the shortest felt one."""
    return min(meter.groups) * meter.unit_ticks


def may_hold(hit: Hit, beat_sec: float) -> list[tuple[float, float]]:
    """How many times its length a beat of so many seconds may be held on a hit, and what that costs."""
    if hit.kind not in ON_HITS or hit.weight < LEAST_WEIGHT:
        return []
    base, most_sec = ON_HITS[hit.kind]
    return [(times, base + cost) for times, cost in TIMES.items() if times * beat_sec <= most_sec]
