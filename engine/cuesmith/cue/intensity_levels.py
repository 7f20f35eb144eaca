"""Intensity levels I0 to I4 of one cue, to be laid over one another or faded between: same bars, tempo, themes.

All five are cut from one score in which every seat of the style plays throughout. A level is the parts of the layers up
to its own, and the fuller the louder; what a level has, those above it have note for note. The tune is led by a seat of
the lowest layer that leads at all, and the other leads join it as their layers come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuesmith.errors import ComposeError
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Passage, Score
from cuesmith.specs.style import CueRules, Style

LEVELS = ("I0", "I1", "I2", "I3", "I4")
FULL = 4  # the level of a section in which everybody may play
VELOCITY = (0.72, 0.80, 0.87, 0.94, 1.0)  # share of the written velocity at each level
CORE = ("pad", "ostinato", "bass", "lead")  # roles that can stand alone, of which the lowest level keeps one at least


def is_level(variant: str) -> bool:
    """Whether a variant is one of the intensity levels."""
    return variant in LEVELS


def at_full(plan: Plan, style: Style) -> tuple[Plan, Style]:
    """Plan and style for the score the levels are cut from: every section full, every seat in it from its layer up."""
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
    change = rules.seats.get(name)
    return style.seats[name].levels if change is None or change.levels is None else change.levels


def _first_lead(style: Style, rules: CueRules) -> int:
    """The lowest layer that has a seat to lead."""
    return min(
        _levels(name, style, rules)[0]
        for name, seat in style.seats.items()
        if seat.role == "lead" and seat.double is None and name not in rules.omit
    )


def layer_of(parts: Mapping[str, Part]) -> int:
    """The lowest layer that can stand alone."""
    return min((part.layer for part in parts.values() if part.role in CORE), default=0)


def at_level(score: Score, name: str) -> Score:
    """The score at I0 .. I4, cut from one written at full. Raises ComposeError for other names."""
    if not is_level(name):
        raise ComposeError(f"unknown level '{name}'; known: {', '.join(LEVELS)}")
    level = LEVELS.index(name)
    highest = max(level, layer_of({part.id: part for part in score.parts}))
    parts = tuple(_softer(part, VELOCITY[level]) for part in score.parts if level == FULL or part.layer <= highest)
    return replace(score, parts=parts)


def _softer(part: Part, share: float) -> Part:
    def passage(old: Passage) -> Passage:
        return replace(old, notes=tuple(n._replace(velocity=max(1, round(n.velocity * share))) for n in old.notes))

    return part if share == 1.0 else replace(part, passages=tuple(map(passage, part.passages)))
