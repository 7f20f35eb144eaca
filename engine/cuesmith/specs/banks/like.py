"""Cue types that are like another: its rows in the banks and its rules in styles hold for them as well.

A new kind of cue then needs neither weights in every table nor a line in every style; either may still name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.harmony import Cadence, HarmonicRhythm, Palette, Progression, Spelling, Substitution
from cuesmith.specs.banks.rules import Rule
from cuesmith.specs.yaml.place import Problem

Weighed = TypeVar("Weighed", Progression, Spelling, Cadence, Substitution, Palette)
Value = TypeVar("Value")


def like_targets(cue_types: Mapping[str, CueType]) -> dict[str, str]:
    """Cue type → the one it is like."""
    return {id_: row.like for id_, row in cue_types.items() if row.like}


def like_problems(cue_types: Mapping[str, CueType]) -> Iterator[Problem]:
    """Cue types that are like one that does not exist, or that is like another itself."""
    for id_, row in cue_types.items():
        if not row.like:
            continue
        if row.like not in cue_types:
            yield Problem((id_, "like"), f"unknown cue type '{row.like}'{did_you_mean(row.like, cue_types)}")
        elif cue_types[row.like].like:
            yield Problem((id_, "like"), f"'{row.like}' is itself like another; name that one")


def filled(table: Mapping[str, Value], alike: Mapping[str, str]) -> dict[str, Value]:
    """A table by cue type with the types it does not name, as those they are like."""
    added = {id_: table[model] for id_, model in alike.items() if model in table and id_ not in table}
    return {**table, **added}


def listed(names: tuple[str, ...], alike: Mapping[str, str]) -> tuple[str, ...]:
    """A list of cue types with those that are like one of them."""
    return (*names, *(id_ for id_, model in alike.items() if model in names and id_ not in names))


def weighed(rows: Mapping[str, Weighed], alike: Mapping[str, str]) -> dict[str, Weighed]:
    """The rows of a bank with weights for every cue type that is like one they name."""
    return {name: replace(row, cues=filled(row.cues, alike)) for name, row in rows.items()}


def paced(rows: Mapping[str, HarmonicRhythm], alike: Mapping[str, str]) -> dict[str, HarmonicRhythm]:
    """The rows of the harmonic rhythms with the cue types that are like one they name."""
    named = {id_ for row in rows.values() for id_ in row.cues}
    own = {id_: model for id_, model in alike.items() if id_ not in named}
    return {name: replace(row, cues=listed(row.cues, own)) for name, row in rows.items()}


def ruled(rows: Mapping[str, Rule], alike: Mapping[str, str]) -> dict[str, Rule]:
    """The rules with exemptions and limits for cue types that are like one they name."""
    return {
        name: replace(
            row, exempt=listed(row.exempt, alike), only=listed(row.only, alike), instead=filled(row.instead, alike)
        )
        for name, row in rows.items()
    }
