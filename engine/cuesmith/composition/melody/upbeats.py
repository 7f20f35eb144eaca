"""Upbeats: where a theme begins on a bar line, its player leads in from the bar before, over the section's edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cuesmith.motif.model import MotifNote, Theme
from cuesmith.motif.scale_index import scale_index, scale_step
from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Passage, chord_at

QUIETER = 8  # velocity below that of the note it leads to
KEPT = PPQ // 2  # ticks that remain of a held note which gives way to an upbeat
# operations after which a passage does not begin as the theme does
OTHER_BEGINNINGS = frozenset({
    "fragmentation", "second half", "inversion", "retrograde", "displacement", "dialogue", "canon", "counterpoint",
    "liquidation", "head_swap", "bass", "drone", "link",
})  # fmt: skip


def with_upbeats(
    plan: Plan, harmony: tuple[ChordSpan, ...], passages: Sequence[Passage], themes: Mapping[str, Theme],
    ranges: Mapping[str, tuple[int, int]],
) -> tuple[Passage, ...]:  # fmt: skip
    """Add the upbeat of its theme before every passage that begins as the theme does, where its player is free.

    ranges: (lowest, highest) pitch of each player who leads. A note held by the same player is cut for it.
    """
    out = list(passages)
    highest = max((n.pitch for p in passages for n in p.notes), default=0)
    for passage in passages:
        notes = _upbeat_of(passage, plan, harmony, themes)
        low, high = ranges.get(passage.device, (0, 127))
        if not notes or not all(low <= n.pitch <= min(high, highest - 1) for n in notes):
            continue
        start, end = notes[0].onset, passage.notes[0].onset
        own = [p for p in out if p.device == passage.device]
        if any(start - KEPT < n.onset < end and n.end > start - KEPT for p in own for n in p.notes):
            continue
        out = [_cut(p, start, end) if p.device == passage.device else p for p in out]
        out.append(Passage(notes, plan.section_at(start).index, passage.device, passage.articulation))
    return tuple(sorted(out, key=lambda p: (p.section, p.notes[0].onset)))


def _upbeat_of(
    passage: Passage, plan: Plan, harmony: tuple[ChordSpan, ...], themes: Mapping[str, Theme]
) -> tuple[Note, ...]:
    """Return the notes that lead into a passage; empty where it begins otherwise, or the theme has no upbeat."""
    said, first = passage.statement, passage.notes[0]
    section = plan.sections[passage.section]
    if said is None or OTHER_BEGINNINGS & set(said.ops) or section.flow:
        return ()
    theme = themes[said.theme]
    if not theme.upbeat or first.onset + theme.upbeat[0].onset < 0:
        return ()
    if (first.onset - section.start) % section.meter.bar_ticks or plan.section_at(first.onset - 1).flow:
        return ()
    found = []
    for note in theme.upbeat:
        pitch = _pitch(note, first, theme, section.key)
        onset = first.onset + note.onset
        span = chord_at(harmony, onset)
        if pitch is None or pitch % 12 not in chord_scale(span.chord, span.key):
            return ()
        found.append(Note(onset, note.duration, pitch, max(20, first.velocity - QUIETER)))
    return tuple(found)


def _pitch(note: MotifNote, first: Note, theme: Theme, key: Key) -> int | None:
    """Return the pitch of a note of an upbeat, counted from the first note as it sounds; None off the scale."""
    step, alter = key.step_of(first.pitch)
    if alter:
        return None
    return key.pitch(scale_step(theme.scale, scale_index(theme.scale, step) + note.step)) if note.step else first.pitch


def _cut(passage: Passage, start: int, end: int) -> Passage:
    """End a note that is held into the span from `start` to `end` at `start`."""
    if not any(n.onset < start < n.end for n in passage.notes) or passage.notes[0].onset >= end:
        return passage
    notes = tuple(n._replace(duration=start - n.onset) if n.onset < start < n.end else n for n in passage.notes)
    return replace(passage, notes=notes)
