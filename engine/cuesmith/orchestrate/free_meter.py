"""Free meter: move every note of the finished score from the even grid to where it sounds.

Free music is composed in bars of four beats (see `plan.free_meter.breaths`). Here notes, chords and statements are
moved to the ticks that the plan gives to the beats. Order, contour and simultaneity stay. Devices that lead over the
end of a section (a roll, a sweep) keep their own speed, because that bar line has not moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.composition.accompaniment.section_boundaries import LEAD_INS
from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.free_meter.breaths import Flow, flow_of
from cuesmith.score import ChordSpan, Part, Passage, Score, in_order, mute

SINGING = ("lead", "counter", "guide")  # roles that breathe
HELD_TICKS, AIR_TICKS = 2 * PPQ, PPQ // 2  # at the end of a breath, a note at least this long is shortened by so much


def place_in_free_meter(score: Score, context: ComposeContext) -> Score:
    """Return the score as it sounds; a score without free meter is returned unchanged."""
    flow = flow_of(score.plan)
    if flow is None:
        return score
    harmony = tuple(_span(span, flow) for span in score.harmony)
    breath_ends = frozenset(tick for s in score.plan.sections if s.flow for tick in (*s.bar_ticks()[1:], s.end))
    ends = [section.end for section in score.plan.sections]
    parts = [_part(part, flow, breath_ends if part.role in SINGING else frozenset(), ends) for part in score.parts]
    return replace(score, harmony=harmony, parts=tuple(parts))


def _note(note: Note, flow: Flow, breath_ends: frozenset[int]) -> Note:
    """Move a note. breath_ends: ticks at which players breathe; a long note that ends there is shortened."""
    onset = flow.played(note.onset)
    length = max(1, flow.played(note.end) - onset)
    if length >= HELD_TICKS and onset + length in breath_ends:
        length -= AIR_TICKS
    return note._replace(onset=onset, duration=length)


def _span(span: ChordSpan, flow: Flow) -> ChordSpan:
    """Move a chord."""
    onset = flow.played(span.onset)
    return replace(span, onset=onset, duration=flow.played(span.end) - onset)


def _passage(passage: Passage, flow: Flow, breath_ends: frozenset[int]) -> Passage:
    """Move a passage and its statement."""
    statement = passage.statement
    if statement is not None:
        statement = replace(statement, start=flow.played(statement.start), end=flow.played(statement.end))
    return replace(passage, notes=tuple(_note(note, flow, breath_ends) for note in passage.notes), statement=statement)


def _leading(passage: Passage, flow: Flow, end: int) -> Passage:
    """Move a passage that leads over the end of its section: the notes before `end` stay, those after it move."""
    notes = tuple(note if note.onset < end else _note(note, flow, frozenset()) for note in passage.notes)
    return replace(passage, notes=notes)


def _part(part: Part, flow: Flow, breath_ends: frozenset[int], ends: Sequence[int]) -> Part:
    """Move a part. Where it leads into a section, its other notes give way. ends: last ticks of the sections."""
    leading = [_leading(p, flow, ends[p.section]) for p in part.passages if p.device in LEAD_INS]
    other = tuple(_passage(passage, flow, breath_ends) for passage in part.passages if passage.device not in LEAD_INS)
    for passage in leading:
        other = mute(other, ((passage.notes[0].onset, max(note.end for note in passage.notes)),))
    return replace(part, passages=in_order((*other, *leading)) if leading else other)
