"""Pick-ups that lead into the next theme of a medley."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, Passage, chord_at, in_order, mute

PICKUP = 3  # notes of a pick-up
PICKUP_UNIT = PPQ // 2  # ticks of each
QUIETER = 8  # velocity below that of the note it leads to


def with_pickups(
    plan: Plan, harmony: tuple[ChordSpan, ...], passages: Sequence[Passage], low_high: dict[str, tuple[int, int]]
) -> tuple[Passage, ...]:
    """Add a pick-up to the end of every transition section, by the next leader; the old tune stops for it.

    low_high: (lowest, highest) pitch of each player who leads.
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
            pickup = Passage(notes, section.index, seat, "normal")
            in_section = tuple(p for p in out if p.section == section.index)
            others = tuple(p for p in out if p.section != section.index)
            out = (*others, *mute(in_section, ((notes[0].onset, section.end),)), pickup)
    return in_order(out)


def _pickup(goal: Note, section: SectionPlan, span: ChordSpan, range_: tuple[int, int]) -> tuple[Note, ...]:
    """Return scale steps that lead to a note, from below where there is room, else from above."""
    pool = chord_scale(span.chord, span.key)
    below = [p for p in range(goal.pitch - 1, goal.pitch - 8, -1) if p % 12 in pool and p >= range_[0]][:PICKUP]
    above = [p for p in range(goal.pitch + 1, goal.pitch + 8) if p % 12 in pool and p <= range_[1]][:PICKUP]
    pitches = below if len(below) == PICKUP else above
    velocity = max(20, goal.velocity - QUIETER)
    return tuple(
        Note(section.end - (number + 1) * PICKUP_UNIT, PICKUP_UNIT, pitch, velocity)
        for number, pitch in enumerate(pitches)
    )[::-1]
