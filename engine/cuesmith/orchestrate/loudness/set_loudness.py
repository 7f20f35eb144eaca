"""Set the loudness of every note and part: all gains are computed here and applied once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cuesmith.composition.context import ComposeContext
from cuesmith.music.note_table import note_table
from cuesmith.orchestrate.loudness.hit_growth import with_hit_growth
from cuesmith.orchestrate.loudness.mood_curve import bar_factors, bars_of
from cuesmith.orchestrate.loudness.role_levels import with_role_levels
from cuesmith.orchestrate.loudness.under_the_tune import Array, under_the_tune
from cuesmith.score import Part, Score

LOUDEST = 124  # highest velocity


def set_loudness(score: Score, context: ComposeContext) -> Score:
    """Set the final velocities of the notes and the levels of the parts.

    Three gains are applied to the written velocities, in this order: growth towards hits, softening under the tune, the
    mood curve. Then the level of each part (dB) is set so that its role stays below the tune. Parts without notes are
    left out.
    """
    plan, parts = score.plan, tuple(part for part in score.parts if part.passages)
    tables = [note_table(tuple(part.notes())) for part in parts]
    written = [table[:, 3].astype(np.float64) for table in tables]
    louder = [with_hit_growth(plan, table[:, 0], velocity) for table, velocity in zip(tables, written, strict=True)]
    velocities_now = under_the_tune(parts, tables, louder)
    if plan.curve:
        factors = bar_factors(plan)
        for at, (part, table) in enumerate(zip(parts, tables, strict=True)):
            sections = np.repeat([p.section for p in part.passages], [len(p.notes) for p in part.passages])
            velocities_now[at] = velocities_now[at] * factors[bars_of(plan, table[:, 0], sections.astype(np.int64))]
    played = [_with_velocities(part, now, old) for part, now, old in zip(parts, velocities_now, written, strict=True)]
    return replace(score, parts=with_role_levels(played, plan, context.banks))


def _with_velocities(part: Part, velocities: Array, written: Array) -> Part:
    """Return the part with new velocities, in the order of its notes."""
    rounded = np.clip(np.rint(velocities), 1, LOUDEST).astype(int)
    if np.array_equal(rounded, written):
        return part
    left = iter(rounded.tolist())
    passages = tuple(
        replace(p, notes=tuple(note._replace(velocity=next(left)) for note in p.notes)) for p in part.passages
    )
    return replace(part, passages=passages)
