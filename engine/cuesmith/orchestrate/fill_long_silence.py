"""Echoes: in free meter nobody waits for minutes; who played last before a long silence strikes his last tone again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import Note
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Score

LONGEST_SEC = 4.0  # a silence of up to this is ma; after it one waits for what does not come
SOFTER = 14  # velocity an echo loses
SOFTEST = 28
PLANNED = ("silence", "stop")  # hits of the picture after which silence is meant


def fill_long_silences(score: Score, context: ComposeContext) -> Score:
    """The score with an echo in the middle of each long silence of its free sections; see `with_echoes`."""
    free = any(section.meter.free for section in score.plan.sections)
    return replace(score, parts=with_echoes(score.parts, score.plan)) if free else score


def with_echoes(parts: Sequence[Part], plan: Plan) -> tuple[Part, ...]:
    """The parts with an echo in the middle of each long silence of free sections.

    Silences the picture asks for, and what comes after the last note, stay as they are.
    """
    found = list(parts)
    for start, end in _gaps(parts, plan):
        last = max(
            ((n.end, n.onset, index) for index, part in enumerate(parts) for n in part.notes() if n.end <= start),
            default=None,
        )
        if last is not None:
            found[last[2]] = _with_echo(found[last[2]], last[1], (start + end) // 2, end)
    return tuple(found)


def _gaps(parts: Sequence[Part], plan: Plan) -> list[tuple[int, int]]:
    """From when to when (ticks) nothing sounds for too long in a free section."""
    at = plan.tempo.seconds
    meant = [hit.tick for hit in plan.hits if hit.kind in PLANNED]
    out, reached = [], 0
    for note in sorted(n for part in parts for n in part.notes()):
        gap = (reached, note.onset)
        if reached and at(note.onset) - at(reached) > LONGEST_SEC and plan.section_at(reached).meter.free:
            out += [] if any(gap[0] <= tick < gap[1] for tick in meant) else [gap]
        reached = max(reached, note.end)
    return out


def _with_echo(part: Part, onset: int, at: int, end: int) -> Part:
    """A part with the notes of an onset struck again at a tick, softer, and over before `end`."""
    passages = []
    for passage in part.passages:
        echoes = tuple(
            Note(at, min(n.duration, end - at), n.pitch, max(SOFTEST, n.velocity - SOFTER))
            for n in passage.notes
            if n.onset == onset
        )
        passages.append(replace(passage, notes=tuple(sorted((*passage.notes, *echoes)))) if echoes else passage)
    return replace(part, passages=tuple(passages))
