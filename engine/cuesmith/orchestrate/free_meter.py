"""From the even sheet to breaths: a finished score of free meter with every note where it sounds.

Everything is composed in bars of four beats; here, last of all, notes, chords and statements go where
`plan.free_meter.breaths` has laid the beats. Order, contour and what sounds together stay; long stays longer than
short within a beat. What leads over the end of a section (a roll, a sweep) runs at its own speed: that bar line has not
moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.composition.accompaniment.section_boundaries import LEAD_INS
from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.free_meter.breaths import Flow, flow_of
from cuesmith.score import ChordSpan, Part, Passage, Score, mute

SINGING = ("lead", "counter", "guide")  # roles that take breath
HELD_TICKS, AIR_TICKS = 2 * PPQ, PPQ // 2  # from what length on a note at the end of a breath leaves air, and how much


def place_in_free_meter(score: Score, context: ComposeContext) -> Score:
    """The score as it sounds; the score itself where nothing of it is in free meter."""
    flow = flow_of(score.plan)
    if flow is None:
        return score
    harmony = tuple(_span(span, flow) for span in score.harmony)
    lines = frozenset(tick for s in score.plan.sections if s.flow for tick in (*s.bar_ticks()[1:], s.end))
    ends = [section.end for section in score.plan.sections]
    parts = [_part(part, flow, lines if part.role in SINGING else frozenset(), ends) for part in score.parts]
    return replace(score, harmony=harmony, parts=tuple(parts))


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
    said = passage.statement
    if said is not None:
        said = replace(said, start=flow.played(said.start), end=flow.played(said.end))
    return replace(passage, notes=tuple(_note(note, flow, lines) for note in passage.notes), statement=said)


def _leading(passage: Passage, flow: Flow, end: int) -> Passage:
    """What leads over the end of its section: up to there at its own speed, what it leads to as all that is there."""
    notes = tuple(note if note.onset < end else _note(note, flow, frozenset()) for note in passage.notes)
    return replace(passage, notes=notes)


def _part(part: Part, flow: Flow, lines: frozenset[int], ends: Sequence[int]) -> Part:
    """A part where it sounds; what it would still be playing gives way to what it leads on with. ends: of sections."""
    own = [_leading(p, flow, ends[p.section]) for p in part.passages if p.device in LEAD_INS]
    other = tuple(_passage(passage, flow, lines) for passage in part.passages if passage.device not in LEAD_INS)
    for passage in own:
        other = mute(other, ((passage.notes[0].onset, max(note.end for note in passage.notes)),))
    found = sorted((*other, *own), key=lambda p: (p.section, p.notes[0].onset)) if own else other
    return replace(part, passages=tuple(found))
