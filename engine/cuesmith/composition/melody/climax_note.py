"""The apex: where the climax of a cue reaches its highest note too early or too late, a note within it reaches higher.

A composer who brings the tune back for the last time lets its peak go one step further; so the one highest note of the
cue stands at two thirds or so (composing.md 9, Q24), and everything else is kept below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.motif.identity import STATEMENT, identity
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Passage, chord_at
from cuesmith.specs.banks.instruments import Instrument

FROM, TO = 0.60, 0.75  # share of the cue's time within which the highest note belongs
NEAR_FROM, NEAR_TO = 0.56, 0.79  # where it stands well enough to be left alone
LEAST_SEC = 24.0  # in shorter cues every note is near the others
LONG = PPQ // 2  # ticks the note lasts at least
FARTHEST = 7  # semitones it is raised by at most
SINGABLE = 9  # semitones of the leaps to and from it at most, or the octave


def apexed(
    plan: Plan, harmony: tuple[ChordSpan, ...], passages: list[Passage], seat: str, instrument: Instrument
) -> list[Passage]:
    """The passages of the climax with one note raised, if their highest does not stand well and another can.

    seat: who leads; instrument: what he plays. Raised is a note at least an eighth long that lies higher than both its
    neighbours, to a tone of its chord above all others.
    """
    sung = sorted(n for p in passages if p.device == seat for n in p.notes)
    if plan.seconds < LEAST_SEC or len(sung) < 3:
        return passages
    top = max(n.pitch for p in passages for n in p.notes)
    first = min(n.onset for p in passages for n in p.notes if n.pitch == top)
    if NEAR_FROM <= plan.tempo.seconds(first) / plan.seconds <= NEAR_TO:
        return passages
    found = min(_raised(plan, harmony, sung, top, instrument), default=None)
    return passages if found is None else [_with(p, found[2], found[1]) for p in passages]


def _raised(
    plan: Plan, harmony: tuple[ChordSpan, ...], sung: Sequence[Note], top: int, instrument: Instrument
) -> list[tuple[int, int, Note]]:
    """(cost, pitch, note) of every way to raise a peak between FROM and TO above the top."""
    out = []
    for before, note, after in zip(sung, sung[1:], sung[2:], strict=False):
        if note.duration < LONG or not before.pitch <= note.pitch >= after.pitch:
            continue
        if not FROM <= plan.tempo.seconds(note.onset) / plan.seconds <= TO:
            continue
        section = plan.section_at(note.onset)
        strength = section.meter.strength((note.onset - section.start) % section.meter.bar_ticks)
        classes = chord_at(harmony, note.onset).chord.core & section.key.classes
        highest = min(note.pitch + FARTHEST, instrument.sweet[1])
        for pitch in (p for p in range(top + 1, highest + 1) if p % 12 in classes):
            leaps = pitch - before.pitch, pitch - after.pitch
            if all(leap <= SINGABLE or leap == 12 for leap in leaps):
                out.append((2 * (pitch - note.pitch) + sum(leaps) - 2 * strength, pitch, note))
    return out


def _with(passage: Passage, note: Note, pitch: int) -> Passage:
    if note not in passage.notes:
        return passage
    notes = tuple(n._replace(pitch=pitch) if n == note else n for n in passage.notes)
    if passage.statement is None:
        return replace(passage, notes=notes)
    old, new = ([(n.onset, n.pitch) for n in found] for found in (passage.notes, notes))
    likeness = round(passage.statement.identity * identity(old, new), 3)
    if passage.statement.identity >= STATEMENT > likeness:
        return passage
    return replace(passage, notes=notes, statement=replace(passage.statement, identity=likeness))
