"""From the even sheet to breaths: a finished score of free meter with every note where it sounds.

Everything is composed in bars of four beats; here, last of all, notes, chords and statements go where `plan.breaths`
has laid the beats. Order, contour and what sounds together stay; long stays longer than short within a beat. What leads
over the end of a section (a roll, a sweep) runs at its own speed: that bar line has not moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuesmith.compose.boundaries import LEADING
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.breath import breathing
from cuesmith.plan.breaths import Flow, flow_of
from cuesmith.score import ChordSpan, Part, Passage, Plan, Score

OWN_SPEED = LEADING | {"tremolo"}  # devices
SINGING = ("lead", "counter", "guide")  # roles that take breath
HELD_TICKS, AIR_TICKS = 2 * PPQ, PPQ // 2  # from what length on a note at the end of a breath leaves air, and how much


def breathed(score: Score, lungs: Mapping[str, float]) -> Score:
    """The score as it sounds; the score itself where nothing of it is in free meter.

    lungs: how many seconds one breath lasts, of every part whose player has to breathe.
    """
    flow = flow_of(score.plan)
    if flow is None:
        return score
    harmony = tuple(_span(span, flow) for span in score.harmony)
    lines = frozenset(tick for s in score.plan.sections if s.flow for tick in (*s.bar_ticks()[1:], s.end))
    parts = tuple(_part(part, flow, lines if part.role in SINGING else frozenset()) for part in score.parts)
    return replace(score, harmony=harmony, parts=tuple(_with_air(part, score.plan, lungs) for part in parts))


def _with_air(part: Part, plan: Plan, lungs: Mapping[str, float]) -> Part:
    """A part with time to breathe, now that its notes last as long as they sound."""
    return replace(part, passages=breathing(plan, part.passages, lungs[part.id])) if part.id in lungs else part


def _note(note: Note, flow: Flow, lines: frozenset[int]) -> Note:
    """A note where it sounds. lines: where breath is taken, for which a held note is left early."""
    onset = flow.played(note.onset)
    length = max(1, flow.played(note.end) - onset)
    if length >= HELD_TICKS and onset + length in lines:
        length -= AIR_TICKS
    return note._replace(onset=onset, duration=length)


def _span(span: ChordSpan, flow: Flow) -> ChordSpan:
    onset = flow.played(span.onset)
    return replace(span, onset=onset, duration=flow.played(span.end) - onset)


def _passage(passage: Passage, flow: Flow, lines: frozenset[int]) -> Passage:
    if passage.device in OWN_SPEED:
        return passage
    said = passage.statement
    if said is not None:
        said = replace(said, start=flow.played(said.start), end=flow.played(said.end))
    return replace(passage, notes=tuple(_note(note, flow, lines) for note in passage.notes), statement=said)


def _part(part: Part, flow: Flow, lines: frozenset[int]) -> Part:
    return replace(part, passages=tuple(_passage(passage, flow, lines) for passage in part.passages))
