"""Appoggiaturas: in lyrical cues a long strong note is sometimes approached by the scale step above, on the beat.

The added note is foreign to the chord, lasts a beat at most, and resolves down by step.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, chord_at

CALM = 0.5  # highest arousal of a lyrical cue
FIRST_BARS = 2  # bars at the start of a section without appoggiaturas, which state the theme unchanged
EVERY_BARS = 8  # bars from one appoggiatura to the next, at least
LEAST = 3 * PPQ // 2  # shortest note (ticks) that may have one
LEAN = PPQ  # ticks of the added note; half the note when that is shorter
STRONG = 3  # least metrical strength of its place


def has_appoggiaturas(plan: Plan) -> bool:
    """Tell whether the melody of a cue may have appoggiaturas: a full melody in a calm cue."""
    return plan.melody == "full" and plan.arousal <= CALM


def _upper_step(note: Note, span: ChordSpan, classes: frozenset[int] | None) -> int | None:
    """Return the scale step above a chord tone; None when it is a chord tone or clashes with the bass."""
    if note.pitch % 12 not in span.chord.core:
        return None
    scale = chord_scale(span.chord, span.key)
    for pitch in (note.pitch + 1, note.pitch + 2):
        pc = pitch % 12
        if pc in scale and pc not in span.chord.classes and (classes is None or pc in classes):
            return None if (pc - span.chord.bass) % 12 in (1, 11) else pitch
    return None


def add_appoggiatura(
    notes: Sequence[Note],
    harmony: tuple[ChordSpan, ...],
    section: SectionPlan,
    free_from: int,
    *,
    classes: frozenset[int] | None = None,
    ceiling: int | None = None,
) -> tuple[tuple[Note, ...], int]:
    """Add at most one appoggiatura, to the longest suitable note.

    free_from: first tick at which one is allowed.
    classes: pitch classes of a pentatonic melody.
    ceiling: pitch that must not be reached; None: the highest of the notes.
    Returns the notes, and the tick from which another one is allowed.
    """
    highest = max((n.pitch for n in notes), default=0) if ceiling is None else ceiling - 1
    best: tuple[int, int, int] | None = None  # ticks, index, leaning pitch
    for i, note in enumerate(notes):
        strong = section.meter.strength((note.onset - section.start) % section.meter.bar_ticks) >= STRONG
        span = chord_at(harmony, note.onset)
        if strong and note.pitch % 12 not in span.chord.classes:  # the melody has one already
            return tuple(notes), note.onset + EVERY_BARS * section.meter.bar_ticks
        if note.onset < free_from or note.duration < LEAST or not strong or span.end < note.onset + LEAN + PPQ // 2:
            continue
        pitch = _upper_step(note, span, classes)
        if pitch is not None and pitch <= highest and (best is None or note.duration > best[0]):
            best = (note.duration, i, pitch)
    if best is None:
        return tuple(notes), free_from
    _, i, pitch = best
    note = notes[i]
    added_ticks = min(LEAN, note.duration // 2)
    added = note._replace(duration=added_ticks, pitch=pitch)
    resolution = note._replace(onset=note.onset + added_ticks, duration=note.duration - added_ticks)
    return (*notes[:i], added, resolution, *notes[i + 1 :]), note.onset + EVERY_BARS * section.meter.bar_ticks
