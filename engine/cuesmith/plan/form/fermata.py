"""Fermatas: a held beat, used where bars and tempo alone cannot end on the second or meet the picture.

All parts hold the notes they strike on the held beat; at a hit of kind `silence` the rest is held. Costs use the scale
of the layout search (1 = a section twice as long as its form asks), so a fermata is used only where it costs less than
the alternatives.
"""

from __future__ import annotations

from cuesmith.music.meter import Meter
from cuesmith.specs.brief import Hit, HitKind

MOST = 2  # fermatas in one cue
HOLD_COSTS = {1.5: 0.10, 1.75: 0.05, 2.0: 0.0, 2.5: 0.05, 3.0: 0.20}  # factor on the length of the beat: extra cost
CLOSING = ("ring", "allargando", "unresolved")  # endings whose last bar is a held chord
CLOSING_COST = 0.1  # of one on the last bar of a short cue that no whole number of bars fills
LAST_COST = 1.0  # of one on the last bar of a cue with hits, used to avoid an odd bar or a tempo change
# kind of hit that may have a fermata: (cost, longest duration of the held beat in seconds)
ON_HITS: dict[HitKind, tuple[float, float]] = {"stop": (0.7, 3.0), "silence": (0.9, 1.8)}
LEAST_WEIGHT = 0.7  # lightest hit that may have a fermata
EXPENSIVE = 1.6  # cost of a layout per hit from which a layout with fermatas is searched, too


def held_beat(meter: Meter) -> int:
    """Return the ticks of the beat that a fermata holds: the shortest felt beat of the meter."""
    return min(meter.groups) * meter.unit_ticks


def hold_options(hit: Hit, beat_sec: float) -> list[tuple[float, float]]:
    """List the possible fermatas on a hit as (factor on the length of the beat, cost). `beat_sec`: length unheld."""
    if hit.kind not in ON_HITS or hit.weight < LEAST_WEIGHT:
        return []
    base, most_sec = ON_HITS[hit.kind]
    return [(times, base + cost) for times, cost in HOLD_COSTS.items() if times * beat_sec <= most_sec]
