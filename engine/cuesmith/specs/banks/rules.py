"""Rows of the bank of rules: what the critic checks, how strict it is, and where a rule does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.fields import STRICT, Ending
from cuesmith.specs.yaml.known_names import key_problems, listed_problems
from cuesmith.specs.yaml.place import Problem

FAMILIES = ("orchestral", "jazzrock", "synth", "taiko")
FREE_CONTEXT = "free"  # context of a cue that is entirely in free meter
MELODIES = ("full", "sparse", "fragments", "none")
CONTEXT = "cue type, family, melody, ending or 'free'"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Rule:
    """A quality rule.

    severity: 1 reject, 2 mend, 3 polish. limits: thresholds by name, explained by the check that uses them.
    exempt, only, instead: contexts: a cue type, a style family, a kind of melody, an ending, or `free` for cues in free
        meter.
    exempt: where the rule does not hold. only: the only contexts in which it holds; empty: all.
    instead: other limits in a context; when several fit, a cue type overrides an ending, then a melody, a family,
        `free`.
    """

    name: Annotated[str, Field(min_length=1)]
    severity: Literal[1, 2, 3]
    limits: dict[str, float] = Field(default_factory=dict)
    exempt: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    instead: dict[str, dict[str, float]] = Field(default_factory=dict)
    reason: Annotated[str, Field(min_length=1)]

    def __post_init__(self) -> None:
        for context, limits in self.instead.items():
            if strange := [name for name in limits if name not in self.limits]:
                raise ValueError(f"instead, {context}: {strange} are no limits of the rule: {list(self.limits)}")

    def speaks(self, contexts: tuple[str, ...]) -> bool:
        """Tell whether the rule holds for a cue with these contexts."""
        if self.only and not any(context in self.only for context in contexts):
            return False
        return not any(context in self.exempt for context in contexts)

    def limits_for(self, contexts: tuple[str, ...]) -> Mapping[str, float]:
        """Return the limits for a cue with these contexts, the most specific first."""
        found = dict(self.limits)
        for context in reversed(contexts):
            found.update(self.instead.get(context, {}))
        return found


def rule_problems(rows: Mapping[str, Rule], cue_types: Mapping[str, CueType]) -> Iterator[Problem]:
    """Yield unknown contexts."""
    known = (*cue_types, *FAMILIES, *MELODIES, *get_args(Ending), FREE_CONTEXT)
    for id_, row in rows.items():
        for field, names in (("exempt", row.exempt), ("only", row.only)):
            yield from listed_problems((id_, field), CONTEXT, names, known)
        yield from key_problems((id_, "instead"), CONTEXT, row.instead, known)
