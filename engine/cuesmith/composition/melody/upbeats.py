"""Upbeats: the player of a theme leads over the bar line into it, and into the second half of its melody.

Within the melody an upbeat takes the place of the end of a held note, or of a rest; before a section it stands in the
section before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from cuesmith.motif.model import Motif, MotifNote, Theme
from cuesmith.motif.scale_index import scale_index, scale_step
from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key, Scale
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Passage, chord_at, in_order

QUIETER = 8  # velocity below that of the note it leads to
PHRASE_BARS = 4
WIDEST = 16  # semitones that a phrase spans with its upbeat at most, if it does not span more without
BREATH = PPQ // 2  # ticks of rest before an inner upbeat
HELD = PPQ  # ticks that remain of a held note within the melody
KEPT = PPQ // 2  # ticks that remain of a held note which gives way to an upbeat
# operations after which a passage does not begin as the theme does
OTHER_BEGINNINGS = frozenset({
    "fragmentation", "second half", "inversion", "retrograde", "displacement", "dialogue", "canon", "counterpoint",
    "liquidation", "head_swap", "bass", "drone", "link",
})  # fmt: skip


@lru_cache(maxsize=256)  # asked for again for every section and attempt
def with_inner_upbeats(theme: Theme) -> Theme:
    """Return the theme with its upbeat before the inner phrases of its melody, bridge and chorus."""
    if not theme.upbeat:
        return theme
    melody, bridge, chorus = (
        _with_inner(part, theme.upbeat, theme.scale) for part in (theme.melody, theme.bridge, theme.chorus)
    )
    return replace(theme, melody=melody, bridge=bridge, chorus=chorus)


def _with_inner(melody: Motif, upbeat: tuple[MotifNote, ...], scale: Scale) -> Motif:
    """Put the upbeat before every phrase of four bars but the first, where a long note or a rest leaves room for it."""
    notes = list(melody.notes)
    top, bottom = (most(note.step for note in notes) for most in (max, min))
    phrase = PHRASE_BARS * melody.meter.bar_ticks
    for first in range(phrase, melody.length, phrase):
        opening = next((note for note in notes if note.onset == first), None)
        start = first + upbeat[0].onset
        before = [note for note in notes if note.onset < first]
        if opening is None or not before or before[-1].onset > start - BREATH - HELD:
            continue
        led = _led_to(opening, upbeat, scale)
        if max(note.step for note in led) >= top or min(note.step for note in led) < bottom:
            continue  # the highest note of the melody stays alone, and its range as wide
        room = start - BREATH - before[-1].onset
        last = before[-1]._replace(duration=min(before[-1].duration, room))
        notes = [*before[:-1], last, *led, *(note for note in notes if note.onset >= first)]
    return melody.with_notes(tuple(notes))


def _led_to(first: MotifNote, upbeat: tuple[MotifNote, ...], scale: Scale) -> tuple[MotifNote, ...]:
    """Return an upbeat before a note: onsets from the note's own, steps of the mode from the tonic."""
    return tuple(n._replace(onset=first.onset + n.onset, step=_moved_step(first.step, n.step, scale)) for n in upbeat)


def _moved_step(step: int, by: int, scale: Scale) -> int:
    """Return the step of the mode that lies `by` steps of the scale above a step."""
    return scale_step(scale, scale_index(scale, step) + by)


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
        if _span([*notes, *passage.notes]) > max(WIDEST, _span(passage.notes)):
            continue
        start, end = notes[0].onset, passage.notes[0].onset
        own = [p for p in out if p.device == passage.device]
        silent_from = start - BREATH
        if any(silent_from - KEPT < n.onset < end and n.end > silent_from - KEPT for p in own for n in p.notes):
            continue
        out = [_cut(p, silent_from, end) if p.device == passage.device else p for p in out]
        out.append(Passage(notes, plan.section_at(start).index, passage.device, passage.articulation))
    return in_order(out)


def _span(notes: Sequence[Note]) -> int:
    """Return the semitones between the lowest and the highest note."""
    return max(n.pitch for n in notes) - min(n.pitch for n in notes)


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
    return key.pitch(_moved_step(step, note.step, theme.scale)) if note.step else first.pitch


def _cut(passage: Passage, start: int, end: int) -> Passage:
    """End a note that is held into the span from `start` to `end` at `start`."""
    if not any(n.onset < start < n.end for n in passage.notes) or passage.notes[0].onset >= end:
        return passage
    notes = tuple(n._replace(duration=start - n.onset) if n.onset < start < n.end else n for n in passage.notes)
    return replace(passage, notes=notes)
