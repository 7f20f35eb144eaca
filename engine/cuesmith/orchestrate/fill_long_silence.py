"""Echoes in free meter: before a long silence becomes too long, the last notes are struck again, softer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import Note
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Score

LONGEST_SEC = 4.0  # a silence up to this long is part of the style (ma); a longer one sounds like a mistake
SOFTER = 14  # an echo is softer by this velocity
SOFTEST = 28  # least velocity of an echo
PLANNED = ("silence", "stop")  # kinds of hit after which silence is intended


def fill_long_silences(score: Score, context: ComposeContext) -> Score:
    """Put an echo in the middle of each long silence in free sections; see `with_echoes`."""
    free = any(section.meter.free for section in score.plan.sections)
    return replace(score, parts=with_echoes(score.parts, score.plan)) if free else score


def with_echoes(parts: Sequence[Part], plan: Plan) -> tuple[Part, ...]:
    """Return the parts with an echo in the middle of each long silence of free sections.

    Silences that the picture asks for stay, and so does the silence after the last note.
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
    """List the (start, end) ticks of silences that are too long."""
    at = plan.tempo.seconds
    intended = [hit.tick for hit in plan.hits if hit.kind in PLANNED]
    out, reached = [], 0
    for note in sorted(n for part in parts for n in part.notes()):
        gap = (reached, note.onset)
        if reached and at(note.onset) - at(reached) > LONGEST_SEC and plan.section_at(reached).meter.free:
            out += [] if any(gap[0] <= tick < gap[1] for tick in intended) else [gap]
        reached = max(reached, note.end)
    return out


def _with_echo(part: Part, onset: int, at: int, end: int) -> Part:
    """Strike the notes of `onset` again at tick `at`, softer, and end them before `end`."""
    passages = []
    for passage in part.passages:
        echoes = tuple(
            Note(at, min(n.duration, end - at), n.pitch, max(SOFTEST, n.velocity - SOFTER))
            for n in passage.notes
            if n.onset == onset
        )
        passages.append(replace(passage, notes=tuple(sorted((*passage.notes, *echoes)))) if echoes else passage)
    return replace(part, passages=tuple(passages))
