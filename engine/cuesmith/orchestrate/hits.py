"""Make every part meet the hits of the picture; where too few notes sound on a struck hit, add a chord."""

from __future__ import annotations

from dataclasses import replace

from cuesmith.composition.context import ComposeContext
from cuesmith.composition.meet_hits import HIT_DEVICE, at_hits, held_at, hit_span, struck_hits
from cuesmith.music.note import Note
from cuesmith.orchestrate.loudness.under_the_tune import TUNE_ROLES
from cuesmith.plan.model import PlannedHit
from cuesmith.score import Part, Passage, Score, chord_at, mute

FEW = 4  # a struck hit with fewer notes would not be noticed
CHORD_ROLES = ("pad", "bass")  # roles that play the added chord


def meet_hits(score: Score, context: ComposeContext) -> Score:
    """Make every part meet hits, silences and fermatas. The tune and the drums were composed to meet them already."""
    plan = score.plan
    parts = {p.id: p if p.percussive or p.role in TUNE_ROLES else _meeting_hits(p, score) for p in score.parts}
    for hit in struck_hits(plan):
        begun = sum(n.onset == hit.tick for p in parts.values() if not (p.percussive or p.doubles) for n in p.notes())
        if begun < FEW:
            parts |= _with_chord(parts, hit, context)
    return replace(score, parts=tuple(parts.values()))


def _meeting_hits(part: Part, score: Score) -> Part:
    """Return a part that meets the hits."""
    passages = at_hits(score.plan, part.passages, part.role)
    return part if passages == part.passages else replace(part, passages=passages)


def _with_chord(parts: dict[str, Part], hit: PlannedHit, context: ComposeContext) -> dict[str, Part]:
    """Return the parts of bass and pads with a chord struck on a hit; what they would play meanwhile is muted."""
    plan, out = context.plan, {}
    chord, section = chord_at(context.harmony, hit.tick).chord, plan.section_at(hit.tick)
    start, end = hit_span(plan, hit)
    for player in context.cast.players:
        if player.seat.role not in CHORD_ROLES or player.seat.double or player.instrument is None:
            continue
        low = player.instrument.sweet[0]
        classes = (chord.bass,) if player.seat.role == "bass" else chord.classes[: player.instrument.voices]
        velocity = round(56 + 40 * section.energy)
        notes = tuple(sorted(Note(start, end - start, low + (pc - low) % 12, velocity) for pc in classes))
        struck = Passage(notes, section.index, HIT_DEVICE, "ring" if held_at(plan, hit) else "accent")
        part = parts[player.id]
        out[player.id] = replace(part, passages=(*mute(part.passages, ((start, end),)), struck))
    return out
