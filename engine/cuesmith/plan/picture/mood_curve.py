"""The mood at every bar of a cue, and where the beats of the story were placed."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.plan.model import BeatPoint, SectionPlan
from cuesmith.plan.mood.mood_place import interpolate
from cuesmith.plan.picture.scenes import Story
from cuesmith.specs.brief import Mood

GLIDE_SHARE, GLIDE_BARS = 1 / 3, 4  # the last part of a section, in which the mood moves to the next, and its most bars


def curve_of(sections: Sequence[SectionPlan]) -> tuple[Mood, ...]:
    """Return the mood at every bar: constant in a section, moving to the next mood in its last bars."""
    out: list[Mood] = []
    for index, section in enumerate(sections):
        here = section.mood or Mood(0.0, 0.0, 0.0)
        after = sections[index + 1].mood if index + 1 < len(sections) else None
        glide = min(GLIDE_BARS, int(section.bars * GLIDE_SHARE)) if after is not None else 0
        for bar in range(section.bars):
            into = bar - (section.bars - glide) + 1
            out.append(interpolate(here, after or here, into / (glide + 1)) if into > 0 else here)
    return tuple(out)


def points_of(story: Story, sections: Sequence[SectionPlan]) -> tuple[BeatPoint, ...]:
    """List where the beats of the story were placed."""
    return tuple(
        BeatPoint(beat.at, sections[story.scenes.index(scene)].start, beat.event or beat.feel or "beat")
        for scene, beat in enumerate(story.beats)
    )
