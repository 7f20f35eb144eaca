"""Pick-ups: what a section of the orchestra plays into a greater section, on its way to its first note there.

High strings run up a scale, brass rips to its chord. Only those who play already: nobody new comes in a beat early.
"""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.gestures import sweep
from cuesmith.composition.accompaniment.section_boundaries import PICKUP_LEVEL, PICKUPS, takes_pickups
from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import PPQ
from cuesmith.score import Passage

BREATH = 30  # ticks left before the bar line


def pickups(context: ComposeContext, player: Player, own: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The passages of a seat with its pick-ups; what they run into gives way.

    Only seats of the orchestra have them (`boundaries.PICKUPS`), only one kind each, and where it was chosen.
    """
    if player.instrument is None or not takes_pickups(player):
        return own
    device, length_beats, count, _ = PICKUPS[player.instrument.family]
    out = list(own)
    for section in context.plan.sections[:-1]:
        after = context.plan.sections[section.index + 1]
        if after.level < PICKUP_LEVEL or not all(context.cast.active(player, s) for s in (section, after)):
            continue
        if device not in context.leading.get(section.index, frozenset()):
            continue
        notes = tuple(n for n in sweep(context, player, section, length_beats, count) if n.onset < section.end)
        if not notes:
            continue
        start = notes[0].onset
        out = [_until(passage, start, section.end) for passage in out]
        out.append(Passage(notes, section.index, device, "legato" if device == "run" else "normal"))
    return tuple(sorted((p for p in out if p.notes), key=lambda p: p.notes[0].onset))


def _until(passage: Passage, start: int, end: int) -> Passage:
    """The passage without what it has between start and end."""
    kept = []
    for note in passage.notes:
        if start <= note.onset < end:
            continue
        if note.onset < start < note.end:
            note = note._replace(duration=max(PPQ // 16, start - BREATH - note.onset))
        kept.append(note)
    return Passage(tuple(kept), passage.section, passage.device, passage.articulation, passage.statement)
