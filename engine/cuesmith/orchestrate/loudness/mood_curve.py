"""Velocities that follow the mood curve of the plan."""

from __future__ import annotations

from dataclasses import replace

from cuesmith.music.note import Note
from cuesmith.plan.model import Plan
from cuesmith.plan.picture.scenes import energy_of
from cuesmith.score import Part, Score


def shaded(score: Score) -> Score:
    """The score with its velocities following the curve; where neither beats nor dials made one, the score itself."""
    plan = score.plan
    if not plan.curve:
        return score
    factors = _factors(plan)

    def part_of(part: Part) -> Part:
        passages = []
        for passage in part.passages:
            section = plan.sections[passage.section]
            notes = tuple(_shade(n, factors[section.first_bar + section.bar_at(n.onset)]) for n in passage.notes)
            passages.append(replace(passage, notes=notes))
        return replace(part, passages=tuple(passages))

    return replace(score, parts=tuple(part_of(part) for part in score.parts))


def _shade(note: Note, factor: float) -> Note:
    return note if factor == 1.0 else note._replace(velocity=max(1, min(124, round(note.velocity * factor))))


def _factors(plan: Plan) -> list[float]:
    """The share of the section's velocity at which each bar is played."""
    out = []
    for section in plan.sections:
        here = 52 + 52 * energy_of(plan.mood(section))
        for bar in range(section.bars):
            there = 52 + 52 * energy_of(plan.curve[section.first_bar + bar])
            out.append(section.loudness * (1.0 if section.treatment_row.silent else there / here))
    return out
