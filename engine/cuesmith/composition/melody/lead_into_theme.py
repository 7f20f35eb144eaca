"""The pick-up with which a player leads into the next theme of a medley."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, Passage, chord_at, mute

PICKUP = 3  # notes
PICKUP_UNIT = PPQ // 2
QUIETER = 8  # velocity of a pick-up under the note it leads to


def led_over(
    plan: Plan, harmony: tuple[ChordSpan, ...], passages: Sequence[Passage], low_high: dict[str, tuple[int, int]]
) -> tuple[Passage, ...]:
    """The melody with a pick-up in the last beats of every turn, by whoever sings next; the old tune makes way.

    low_high: lowest and highest pitch of each player who leads.
    """
    out = tuple(passages)
    for section in plan.sections[:-1]:
        if section.harmony != "turn":
            continue
        after = sorted((p.notes[0], p.device) for p in out if p.section == section.index + 1)
        if not after or after[0][0].onset != section.end:
            continue
        first, seat = after[0]
        notes = _pickup(first, section, chord_at(harmony, section.end - 1), low_high[seat])
        if notes:
            fresh = Passage(notes, section.index, seat, "normal")
            own = tuple(p for p in out if p.section == section.index)
            others = tuple(p for p in out if p.section != section.index)
            out = (*others, *mute(own, ((notes[0].onset, section.end),)), fresh)
    return tuple(sorted(out, key=lambda p: (p.section, p.notes[0].onset)))


def _pickup(goal: Note, section: SectionPlan, span: ChordSpan, room: tuple[int, int]) -> tuple[Note, ...]:
    """Steps of the scale that run into a note, from below where there is room, else from above."""
    pool = chord_scale(span.chord, span.key)
    below = [p for p in range(goal.pitch - 1, goal.pitch - 8, -1) if p % 12 in pool and p >= room[0]][:PICKUP]
    above = [p for p in range(goal.pitch + 1, goal.pitch + 8) if p % 12 in pool and p <= room[1]][:PICKUP]
    way = below if len(below) == PICKUP else above
    velocity = max(20, goal.velocity - QUIETER)
    return tuple(
        Note(section.end - (number + 1) * PICKUP_UNIT, PICKUP_UNIT, pitch, velocity) for number, pitch in enumerate(way)
    )[::-1]
