"""Intensity levels I0 to I4 of one cue, which can be played over one another: same bars, tempo and themes.

All five are cut from one score in which every seat plays throughout. A level contains the layers up to its own, and
higher levels are louder; all notes of a level are also in the levels above it. The tune is played by a lead of the
lowest layer that has one; other leads double it as their layers enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuesmith.errors import ComposeError
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Passage, Score
from cuesmith.specs.style import CueRules, Style

LEVELS = ("I0", "I1", "I2", "I3", "I4")
FULL = 4  # level of a section in which every seat plays
VELOCITY = (0.72, 0.80, 0.87, 0.94, 1.0)  # factor on the velocities at each level
CORE = ("pad", "ostinato", "bass", "lead")  # roles that can sound alone; the lowest level has at least one


def is_level(variant: str) -> bool:
    """Tell whether a variant is an intensity level."""
    return variant in LEVELS


def full_plan_and_style(plan: Plan, style: Style) -> tuple[Plan, Style]:
    """Return plan and style for the score from which levels are cut: every seat plays in every section."""
    sections = tuple(
        section if section.treatment_row.silent else replace(section, level=FULL) for section in plan.sections
    )
    rules = style.cues.get(plan.brief.type, CueRules())
    first = _first_lead(style, rules)
    seats = {}
    for name, seat in style.seats.items():
        layer, _ = _levels(name, style, rules)
        leading = seat.role == "lead" and seat.double is None
        joins = leading and layer > first
        seats[name] = replace(
            seat, levels=(layer, FULL), treatments=(), double="lead" if joins else seat.double,
        )  # fmt: skip
    changes = {name: replace(change, levels=None, treatments=None) for name, change in rules.seats.items()}
    cues = {**style.cues, plan.brief.type: replace(rules, seats=changes)}
    return replace(plan, sections=sections), replace(style, seats=seats, cues=cues)


def _levels(name: str, style: Style, rules: CueRules) -> tuple[int, int]:
    """Return the levels of a seat as the cue type changes them."""
    change = rules.seats.get(name)
    return style.seats[name].levels if change is None or change.levels is None else change.levels


def _first_lead(style: Style, rules: CueRules) -> int:
    """Return the lowest layer that has a lead."""
    return min(
        _levels(name, style, rules)[0]
        for name, seat in style.seats.items()
        if seat.role == "lead" and seat.double is None and name not in rules.omit
    )


def layer_of(parts: Mapping[str, Part]) -> int:
    """Return the lowest layer that can sound alone."""
    return min((part.layer for part in parts.values() if part.role in CORE), default=0)


def at_level(score: Score, name: str) -> Score:
    """Cut an intensity level (I0 to I4) from a full score. Raises ComposeError for an unknown name."""
    if not is_level(name):
        raise ComposeError(f"unknown level '{name}'; known: {', '.join(LEVELS)}")
    level = LEVELS.index(name)
    highest = max(level, layer_of({part.id: part for part in score.parts}))
    parts = tuple(_softer(part, VELOCITY[level]) for part in score.parts if level == FULL or part.layer <= highest)
    return replace(score, parts=parts)


def _softer(part: Part, share: float) -> Part:
    """Multiply the velocities of a part by `share`."""

    def passage(old: Passage) -> Passage:
        return replace(old, notes=tuple(n._replace(velocity=max(1, round(n.velocity * share))) for n in old.notes))

    return part if share == 1.0 else replace(part, passages=tuple(map(passage, part.passages)))
