"""How loud every note and every part is: all gains are gathered here and applied once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cuesmith.composition.context import ComposeContext
from cuesmith.music.note_table import note_table
from cuesmith.orchestrate.loudness.hit_growth import grown
from cuesmith.orchestrate.loudness.mood_curve import bar_factors, bars_of
from cuesmith.orchestrate.loudness.role_levels import levelled
from cuesmith.orchestrate.loudness.under_the_tune import Array, under_the_tune
from cuesmith.score import Part, Score

LOUDEST = 124  # velocity


def set_loudness(score: Score, context: ComposeContext) -> Score:
    """The score with its final velocities and levels.

    To the velocities as written come, in this order: the growth towards hits of the picture, room for the tune, the
    mood curve. Then the level of each part (dB) is set so that its role keeps its distance under the tune. Parts
    without a note are left out.
    """
    plan, parts = score.plan, tuple(part for part in score.parts if part.passages)
    tables = [note_table(tuple(part.notes())) for part in parts]
    written = [table[:, 3].astype(np.float64) for table in tables]
    louder = [grown(plan, table[:, 0], velocity) for table, velocity in zip(tables, written, strict=True)]
    found = under_the_tune(parts, tables, louder)
    if plan.curve:
        factors = bar_factors(plan)
        for at, (part, table) in enumerate(zip(parts, tables, strict=True)):
            sections = np.repeat([p.section for p in part.passages], [len(p.notes) for p in part.passages])
            found[at] = found[at] * factors[bars_of(plan, table[:, 0], sections.astype(np.int64))]
    played = [_with_velocities(part, now, old) for part, now, old in zip(parts, found, written, strict=True)]
    return replace(score, parts=levelled(played, plan, context.banks))


def _with_velocities(part: Part, velocities: Array, written: Array) -> Part:
    """The part with these velocities, note by note in the order of its passages."""
    rounded = np.clip(np.rint(velocities), 1, LOUDEST).astype(int)
    if np.array_equal(rounded, written):
        return part
    left = iter(rounded.tolist())
    passages = tuple(
        replace(p, notes=tuple(note._replace(velocity=next(left)) for note in p.notes)) for p in part.passages
    )
    return replace(part, passages=passages)
