"""Curves of mood over the bars of a cue, and the dynamics that follow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cuesmith.music.note import Note
from cuesmith.plan.feeling import between
from cuesmith.plan.story import Story, energy_of
from cuesmith.score import BeatPoint, Mood, Part, Plan, Score, SectionPlan

GLIDE_SHARE, GLIDE_BARS = 1 / 3, 4  # the last part of a section in which the mood already moves on, and its most bars


def curve_of(sections: Sequence[SectionPlan]) -> tuple[Mood, ...]:
    """The mood at every bar: held, and gliding over to the next section's in the last bars of each."""
    out: list[Mood] = []
    for index, section in enumerate(sections):
        here = section.mood or Mood(0.0, 0.0, 0.0)
        after = sections[index + 1].mood if index + 1 < len(sections) else None
        glide = min(GLIDE_BARS, int(section.bars * GLIDE_SHARE)) if after is not None else 0
        for bar in range(section.bars):
            into = bar - (section.bars - glide) + 1
            out.append(between(here, after or here, into / (glide + 1)) if into > 0 else here)
    return tuple(out)


def points_of(story: Story, sections: Sequence[SectionPlan]) -> tuple[BeatPoint, ...]:
    """Where the beats landed."""
    return tuple(
        BeatPoint(beat.at, sections[story.scenes.index(scene)].start, beat.event or beat.feel or "beat")
        for scene, beat in enumerate(story.beats)
    )


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
            out.append(section.loudness * (1.0 if section.treatment == "break" else there / here))
    return out
