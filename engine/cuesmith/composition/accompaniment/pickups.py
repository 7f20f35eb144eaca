"""Pick-ups: what a section of the orchestra plays just before a louder section, leading to its first note there.

High strings run up a scale, brass rips up to its chord. Only players who already play take part.
"""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.gestures import sweep
from cuesmith.composition.accompaniment.section_boundaries import PICKUP_LEVEL, PICKUPS, takes_pickups
from cuesmith.composition.context import ComposeContext
from cuesmith.score import Passage


def pickups(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write the pick-ups of a seat; they replace what it would play meanwhile.

    Only seats of the orchestra have them (`section_boundaries.PICKUPS`), each only one kind, and only where it was
    chosen.
    """
    if player.instrument is None or not takes_pickups(player):
        return ()
    device, length_beats, count, _ = PICKUPS[player.instrument.family]
    out = []
    for section in context.plan.sections[:-1]:
        after = context.plan.sections[section.index + 1]
        if after.level < PICKUP_LEVEL or not all(context.cast.active(player, s) for s in (section, after)):
            continue
        if device not in context.leading.get(section.index, frozenset()):
            continue
        notes = tuple(n for n in sweep(context, player, section, length_beats, count) if n.onset < section.end)
        if notes:
            out.append(Passage(notes, section.index, device, "legato" if device == "run" else "normal"))
    return tuple(out)
