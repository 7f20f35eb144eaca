"""Pick-ups of drummers: the strokes with which they return after a rest, and what they never leave out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cuesmith.composition.meet_hits import HIT_DEVICE
from cuesmith.composition.percussion.groove_variation import group_of
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan
from cuesmith.score import Stroke
from cuesmith.specs.banks.library import Banks

PICKUP = ((0, 0.72), (1, 0.8), (2, 0.9), (3, 1.0))  # (sixteenth of the last beat, factor on the loudness)
NEVER_REST = (
    "oroshi",
    "ma",
    "cymbal swell",
    HIT_DEVICE,
)  # devices that lead over a section boundary, and hits of the picture


def pickup_strokes(plan: Plan, written: Sequence[Stroke], returns: Collection[int], banks: Banks) -> tuple[Stroke, ...]:
    """Return four strokes before each bar line (tick) at which a drummer returns.

    written: all strokes of the drummer, which show what kind of drums they play.
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
