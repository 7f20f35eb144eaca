"""Inner voices: one voice of a held chord moves, as in hymn books.

The figures are rows of banks/voicings.yaml: 5-6-5, the line cliché, 4-3 and 9-8 suspensions. A suspension must be
prepared by the chord before, no figure clashes with other voices or the tune, and only part of the chances are used.
"""

from __future__ import annotations

from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.composition.context import ComposeContext
from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan
from cuesmith.specs.banks.voicings import InnerRow

EVERY_BARS = 2  # at most one figure in so many bars
CALM, EASY = 0.55, 0.5  # highest arousal and tension of a lyrical cue
TAKEN = 0.6  # share of the chances that are used
TOO_NEAR = (0, 1, 13)  # semitones from another voice of the same chord
RUBS = (1, 11, 13)  # semitones between a moving voice and the tune


class Figure(NamedTuple):
    """A moving voice.

    voice: the pitch of the chord that it replaces. notes: (ticks from the chord, length in ticks, pitch) of each note.
    """

    name: str
    voice: int
    notes: tuple[tuple[int, int, int], ...]


def lyrical(plan: Plan) -> bool:
    """Tell whether held chords of the cue may have moving inner voices."""
    return plan.arousal <= CALM and plan.tension <= EASY


def figure(
    context: ComposeContext, span: ChordSpan, voicing: tuple[int, ...], before: tuple[int, ...], draw: Stream
) -> Figure | None:
    """Choose a figure for a chord in this voicing, or None. before: the voicing of the chord before."""
    if len(voicing) < 3 or not draw.chance(TAKEN):
        return None
    found: dict[str, Figure] = {}
    weights: dict[str, float] = {}
    for name, row in context.layouts.inner.items():
        if span.chord.quality not in row.qualities or span.duration < row.beats * PPQ:
            continue
        fitted = _fit_figure(context, span, voicing, before, name, row)
        if fitted is not None:
            found[name], weights[name] = fitted, row.weight
    return found[draw.weighted(weights)] if found else None


def _fit_figure(
    context: ComposeContext,
    span: ChordSpan,
    voicing: tuple[int, ...],
    before: tuple[int, ...],
    name: str,
    row: InnerRow,
) -> Figure | None:
    """Fit a row of the bank to a chord; None when it would clash or is not prepared."""
    member = {"R": 0, "3": 4 if 4 in span.chord.intervals else 3, "5": 7}[row.member]
    pc = (span.chord.root + member) % 12
    movers = [p for p in voicing[:-1] if p % 12 == pc]
    if not movers:
        return None
    home = movers[-1]
    if row.steps[0] and home + row.steps[0] not in before:
        return None  # the suspension is not prepared
    others = [p for p in voicing if p != home]
    chromatic = min(row.steps) < 0
    scale = chord_scale(span.chord, span.key)
    beats = span.duration // PPQ
    notes = []
    for number, step in enumerate(row.steps):
        start = beats * number // len(row.steps) * PPQ
        end = span.duration if number == len(row.steps) - 1 else beats * (number + 1) // len(row.steps) * PPQ
        pitch = home + step
        if any(abs(pitch - other) in TOO_NEAR for other in others) or not (chromatic or pitch % 12 in scale):
            return None
        for melody_note in context.lead_between(span.onset + start, span.onset + end) if step else ():
            if abs(melody_note.pitch - pitch) in RUBS and melody_note.duration > PPQ // 2:
                return None
        notes.append((start, end - start, pitch))
    return Figure(name, home, tuple(notes))
