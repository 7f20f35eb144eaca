"""Sighs: in lyrical cues a long strong note is now and then leant on from the step above, and falls into its place.

The appoggiatura of the eighteenth century and of every ballad since: foreign to the chord, on the beat, a beat long.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, chord_at

CALM = 0.5  # arousal up to which a cue is lyrical, if its melody is a full one
FIRST_BARS = 2  # of a section, which state the theme as it is
EVERY_BARS = 8  # from one to the next
LEAST = 3 * PPQ // 2  # ticks of a note that is leant on
LEAN = PPQ  # ticks of the leaning note: half of a shorter one
STRONG = 3  # strength of the place


def appoggiaturas(plan: Plan) -> bool:
    """Whether a cue's tune sighs: a full melody that is not in a hurry."""
    return plan.melody == "full" and plan.arousal <= CALM


def _above(note: Note, span: ChordSpan, classes: frozenset[int] | None) -> int | None:
    """The step over a chord tone: foreign to the chord, at home in the key, no semitone off the bass; None without."""
    if note.pitch % 12 not in span.chord.core:
        return None
    home = chord_scale(span.chord, span.key)
    for pitch in (note.pitch + 1, note.pitch + 2):
        pc = pitch % 12
        if pc in home and pc not in span.chord.classes and (classes is None or pc in classes):
            return None if (pc - span.chord.bass) % 12 in (1, 11) else pitch
    return None


def may_lean(
    notes: Sequence[Note],
    harmony: tuple[ChordSpan, ...],
    section: SectionPlan,
    free_from: int,
    *,
    classes: frozenset[int] | None = None,
    ceiling: int | None = None,
) -> tuple[tuple[Note, ...], int]:
    """The notes with at most one sigh, on the longest that takes one; and the tick from which there may be another.

    free_from: the tick from which there may be one. classes: pitch classes a pentatonic melody keeps to. ceiling:
    the pitch that is not to be reached; None: the highest of the notes is not to be passed.
    """
    highest = max((n.pitch for n in notes), default=0) if ceiling is None else ceiling - 1
    best: tuple[int, int, int] | None = None  # ticks, index, leaning pitch
    for i, note in enumerate(notes):
        strong = section.meter.strength((note.onset - section.start) % section.meter.bar_ticks) >= STRONG
        span = chord_at(harmony, note.onset)
        if strong and note.pitch % 12 not in span.chord.classes:  # the tune leans by itself
            return tuple(notes), note.onset + EVERY_BARS * section.meter.bar_ticks
        if note.onset < free_from or note.duration < LEAST or not strong or span.end < note.onset + LEAN + PPQ // 2:
            continue
        pitch = _above(note, span, classes)
        if pitch is not None and pitch <= highest and (best is None or note.duration > best[0]):
            best = (note.duration, i, pitch)
    if best is None:
        return tuple(notes), free_from
    _, i, pitch = best
    note = notes[i]
    lean = min(LEAN, note.duration // 2)
    leaning = note._replace(duration=lean, pitch=pitch)
    settled = note._replace(onset=note.onset + lean, duration=note.duration - lean)
    return (*notes[:i], leaning, settled, *notes[i + 1 :]), note.onset + EVERY_BARS * section.meter.bar_ticks
