"""The editing steps: one table of functions, run in order by one loop, that turn a draft into a finished score.

A step is a pure function (Score, ComposeContext) → Score. Later steps may rely on the promises of earlier ones, and
`tests/cue/test_edit_score.py` checks that every promise is true of the finished score, not only after its own step.

`cue.best_of` has one more step, the bar rests, for scores that still clash after all attempts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import ne
from typing import NamedTuple

from cuesmith.composition.context import ComposeContext
from cuesmith.cue.write_score import Draft
from cuesmith.orchestrate.breathing_gaps import add_breathing_gaps
from cuesmith.orchestrate.clashes import clear_clashes
from cuesmith.orchestrate.doublings import add_doublings
from cuesmith.orchestrate.fill_long_silence import fill_long_silences
from cuesmith.orchestrate.free_meter import place_in_free_meter
from cuesmith.orchestrate.hits import meet_hits
from cuesmith.orchestrate.loudness.set_loudness import set_loudness
from cuesmith.orchestrate.rests.give_rests import give_rests
from cuesmith.score import Score, StepCount


class Step(NamedTuple):
    """An editing step: its name, its function, and what is true of the finished score because of it."""

    name: str
    edit: Callable[[Score, ComposeContext], Score]
    promise: str


STEPS = (
    Step("rests", give_rests, "who is held back is silent where the staging says, and nobody rests in the climax"),
    Step("hits", meet_hits, "the picture's hits are struck; nothing sounds in its silences"),
    Step(
        "clashes",
        clear_clashes,
        "no accompanying note is a semitone from another unless the chord has both; none is muddy",
    ),
    Step("doublings", add_doublings, "a part that doubles another plays what is left of it, in its own range"),
    Step("free meter", place_in_free_meter, "in free meter the beats are as long as the plan wants each of them"),
    Step("breath", add_breathing_gaps, "no wind, brass or voice plays for longer than its breath lasts"),
    Step("long silences", fill_long_silences, "in free meter no unplanned silence lasts longer than four seconds"),
    Step("loudness", set_loudness, "the tune stands over what accompanies it; velocities are 1 to 127"),
)


def edit_score(draft: Draft) -> Score:
    """Run every step of STEPS in order; `steps` of the result says what each of them changed."""
    score, counts = draft.score, []
    for step in STEPS:
        after = step.edit(score, draft.context)
        counts.append(count_changes(step.name, step.promise, score, after))
        score = after
    return replace(score, steps=tuple(counts))


def count_changes(name: str, promise: str, before: Score, after: Score) -> StepCount:
    """Count the notes that a step added, removed and changed. Parts passed on unchanged are not compared."""
    known = {part.id: part for part in before.parts}
    added = removed = changed = parts = 0
    for part in after.parts:
        old = known.get(part.id)
        if old is part:
            continue
        old_notes = [] if old is None else sorted(old.notes())
        notes = sorted(part.notes())
        if len(notes) == len(old_notes):
            new = other = sum(map(ne, notes, old_notes))
        else:
            new, other = len(set(notes) - set(old_notes)), len(set(old_notes) - set(notes))
        both = min(new, other)
        added, removed, changed = added + new - both, removed + other - both, changed + both
        parts += bool(new or other)
    return StepCount(name, promise, added, removed, changed, parts)
