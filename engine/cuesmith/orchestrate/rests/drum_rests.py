"""Drummers who drop out: no strokes while they rest, no cymbal that rings into it, and a pick-up when they return."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from cuesmith.composition.percussion.groove_variation import HANDS, group_of
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Passage, Stroke
from cuesmith.specs.banks.library import Banks

PICKUP = ((0, 0.72), (1, 0.8), (2, 0.9), (3, 1.0))  # quarters of the last beat, and share of the loudness
BOUNDARY_DRUM_DEVICES = ("oroshi", "ma", "cymbal swell")  # devices that lead over a boundary, and never rest


def as_notes(found: Sequence[Stroke], banks: Banks) -> list[Note]:
    """Strokes as notes without a pitch, as long as they ring."""
    rings = {voice: max(60, round(banks.drums[voice].ring_beats * PPQ)) for voice in {s.voice for s in found}}
    return [Note(stroke.onset, rings[stroke.voice], 0, stroke.velocity) for stroke in found]


def without_notes_in(
    plan: Plan, found: tuple[Stroke, ...], rests: Sequence[tuple[int, int]], returns: Collection[int], banks: Banks
) -> tuple[Stroke, ...]:
    """The strokes without those in rests (start, end in ticks), with a pick-up before each bar line of a return."""
    if not rests:
        return found
    kept = [s for s in found if not any(start <= s.onset < end for start, end in rests)]
    group = group_of(banks.drums[s.voice].group for s in found)
    for line in sorted(returns):
        section = plan.section_at(line - 1)
        loud = 58 + 50 * plan.section_at(line).energy
        kept += [
            Stroke(line - PPQ + step * PPQ // 4, HANDS[group].ghost, round(loud * share), section.index, "pick-up")
            for step, share in PICKUP
        ]
    return tuple(sorted(kept))


def damped(parts: Iterable[Part], rests: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """The drummer's parts with no cymbal that rings into a rest (start, end in ticks)."""

    def choked(note: Note) -> Note:
        start = next((start for start, _ in rests if note.onset < start < note.end), note.end)
        return note._replace(duration=start - note.onset)

    def stopped(passage: Passage) -> Passage:
        return replace(passage, notes=tuple(choked(note) for note in passage.notes))

    return tuple(replace(p, passages=tuple(map(stopped, p.passages))) if rests else p for p in parts)
