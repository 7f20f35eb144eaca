"""Inner motion: one voice of a held chord that moves, as arrangers have it from the hymn book.

5-6-5, the line cliché, 4-3 and 9-8 suspensions; the figures are rows of banks/voicings.yaml. A suspension must be
prepared by the chord before, nothing rubs against the other voices or the tune, and half the chances are let pass.
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

EVERY_BARS = 2  # one figure in so many bars
CALM, EASY = 0.55, 0.5  # arousal and tension up to which a cue is lyrical
TAKEN = 0.6  # share of the chances that are taken
TOO_NEAR = (0, 1, 13)  # semitones from another voice of the same chord
RUBS = (1, 11, 13)  # semitones between a moving voice and the tune


class Figure(NamedTuple):
    """A moving voice: the pitch of the chord it replaces, and (ticks from the chord, ticks, pitch) of its notes."""

    name: str
    voice: int
    notes: tuple[tuple[int, int, int], ...]


def lyrical(plan: Plan) -> bool:
    """Whether held chords of the cue may move inside."""
    return plan.arousal <= CALM and plan.tension <= EASY


def figure(
    context: ComposeContext, span: ChordSpan, voicing: tuple[int, ...], before: tuple[int, ...], draw: Stream
) -> Figure | None:
    """A figure for this chord as it is voiced, if one fits and the draw takes it. before: the voicing before."""
    if len(voicing) < 3 or not draw.chance(TAKEN):
        return None
    found: dict[str, Figure] = {}
    weights: dict[str, float] = {}
    for name, row in context.layouts.inner.items():
        if span.chord.quality not in row.qualities or span.duration < row.beats * PPQ:
            continue
        made = _made(context, span, voicing, before, name, row)
        if made is not None:
            found[name], weights[name] = made, row.weight
    return found[draw.weighted(weights)] if found else None


def _made(
    context: ComposeContext,
    span: ChordSpan,
    voicing: tuple[int, ...],
    before: tuple[int, ...],
    name: str,
    row: InnerRow,
) -> Figure | None:
    member = {"R": 0, "3": 4 if 4 in span.chord.intervals else 3, "5": 7}[row.member]
    pc = (span.chord.root + member) % 12
    movers = [p for p in voicing[:-1] if p % 12 == pc]
    if not movers:
        return None
    home = movers[-1]
    if row.steps[0] and home + row.steps[0] not in before:
        return None  # a suspension nobody has prepared
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
        for sung in context.lead_between(span.onset + start, span.onset + end) if step else ():
            if abs(sung.pitch - pitch) in RUBS and sung.duration > PPQ // 2:
                return None
        notes.append((start, end - start, pitch))
    return Figure(name, home, tuple(notes))
