"""The climax note: when the highest note of a cue comes too early or too late, raise another note above it.

The single highest note of a cue should stand at about two thirds (critic rule Q24); everything else stays below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.motif.identity import STATEMENT, identity
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Passage, chord_at
from cuesmith.specs.banks.instruments import Instrument

FROM, TO = 0.60, 0.75  # the highest note should lie between these shares of the cue's time
NEAR_FROM, NEAR_TO = 0.56, 0.79  # between these it is left as it is
LEAST_SEC = 24.0  # shorter cues are left as they are
LONG = PPQ // 2  # least ticks of the raised note
FARTHEST = 7  # most semitones by which it is raised
SINGABLE = 9  # largest leap to and from it in semitones, apart from the octave


def with_climax_note(
    plan: Plan, harmony: tuple[ChordSpan, ...], passages: list[Passage], seat: str, instrument: Instrument
) -> list[Passage]:
    """Raise one note of the climax section when the highest note is badly placed and another can be higher.

    seat: the leader. instrument: the leader's. The raised note is at least an eighth long, no lower than its
        neighbours, and becomes a chord tone above all other notes.
    """
    notes = sorted(n for p in passages if p.device == seat for n in p.notes)
    if plan.seconds < LEAST_SEC or len(notes) < 3:
        return passages
    top = max(n.pitch for p in passages for n in p.notes)
    first = min(n.onset for p in passages for n in p.notes if n.pitch == top)
    if NEAR_FROM <= plan.tempo.seconds(first) / plan.seconds <= NEAR_TO:
        return passages
    cheapest = min(_raise_options(plan, harmony, notes, top, instrument), default=None)
    return passages if cheapest is None else [_with_pitch(p, cheapest[2], cheapest[1]) for p in passages]


def _raise_options(
    plan: Plan, harmony: tuple[ChordSpan, ...], notes: Sequence[Note], top: int, instrument: Instrument
) -> list[tuple[int, int, Note]]:
    """List (cost, pitch, note) for every way to raise a local peak between FROM and TO above `top`."""
    out = []
    for before, note, after in zip(notes, notes[1:], notes[2:], strict=False):
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


def _with_pitch(passage: Passage, note: Note, pitch: int) -> Passage:
    """Change the pitch of a note in a passage, unless its statement would no longer count as one."""
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
