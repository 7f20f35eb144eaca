"""Drummers who rest: what they never rest in, and the pick-up with which they return."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cuesmith.composition.meet_hits import HIT_DEVICE
from cuesmith.composition.percussion.groove_variation import group_of
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan
from cuesmith.score import Stroke
from cuesmith.specs.banks.library import Banks

PICKUP = ((0, 0.72), (1, 0.8), (2, 0.9), (3, 1.0))  # quarters of the last beat, and share of the loudness
NEVER_REST = ("oroshi", "ma", "cymbal swell", HIT_DEVICE)  # devices that lead over a boundary, and hits of the picture


def pickup_strokes(plan: Plan, written: Sequence[Stroke], returns: Collection[int], banks: Banks) -> tuple[Stroke, ...]:
    """What leads a drummer back from a rest: four strokes before each bar line (ticks) at which he returns.

    written: what he plays in the cue, which tells his kind of drums.
    """
    if not returns:
        return ()
    roles = banks.drum_roles[group_of(banks.drums[stroke.voice].group for stroke in written)]
    found = []
    for line in sorted(returns):
        section = plan.section_at(line - 1)
        loud = 58 + 50 * plan.section_at(line).energy
        found += [
            Stroke(line - PPQ + step * PPQ // 4, roles.ghost, round(loud * share), section.index, "pick-up")
            for step, share in PICKUP
        ]
    return tuple(found)
