"""Cue types that are like another: its row, its weights in the banks and its rules in styles hold for them as well.

A new kind of cue then says only how it differs: `ambush: {like: battle, bpm: [150, 190]}` is a whole one. The weights
in other tables and the rules of styles follow by themselves; either may still name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.harmony import Cadence, HarmonicRhythm, Palette, Progression, Spelling, Substitution
from cuesmith.specs.banks.rules import Rule
from cuesmith.specs.yaml.document import Document
from cuesmith.specs.yaml.place import KeyPath, Position, Problem

LIKE: Final = "like"
OF_THE_FORM: Final = frozenset({"shapes", "long_form"})  # they name the sections of a form, and go with it

Weighed = TypeVar("Weighed", Progression, Spelling, Cadence, Substitution, Palette)
Value = TypeVar("Value")


def like_targets(cue_types: Mapping[str, CueType]) -> dict[str, str]:
    """Cue type → the one it is like."""
    return {id_: row.like for id_, row in cue_types.items() if row.like}


def _models(document: Document) -> dict[str, str]:
    """Row → the row it is like, as the file has them, whether such a row exists or not."""
    rows = document.data if isinstance(document.data, dict) else {}
    return {id_: row[LIKE] for id_, row in rows.items() if isinstance(row, dict) and isinstance(row.get(LIKE), str)}


def like_problems(document: Document) -> Iterator[Problem]:
    """Cue types of a file that are like one that does not exist, or that is like another itself."""
    models = _models(document)
    known = list(document.data) if isinstance(document.data, dict) else []
    for id_, model in models.items():
        if model not in known:
            yield Problem((id_, LIKE), f"unknown cue type '{model}'{did_you_mean(model, known)}")
        elif model in models:
            yield Problem((id_, LIKE), f"'{model}' is itself like another; name that one")


def with_models(document: Document) -> Document:
    """The document with every row filled up from the one it is like; each value keeps the place where it is written.

    Whoever writes a form of his own takes none of the shapes and long forms that belong to the other. The document must
    have no `like_problems`.
    """
    if not isinstance(document.data, dict):
        return document
    data = dict(document.data)
    positions, key_positions = dict(document.positions), dict(document.key_positions)
    for id_, model in _models(document).items():
        row, whole = document.data[id_], document.data[model]
        if not isinstance(whole, dict):
            continue
        kept_out = row.keys() | (OF_THE_FORM if "form" in row else frozenset())
        taken = {key: value for key, value in whole.items() if key not in kept_out}
        data[id_] = {**taken, **row}
        positions |= _moved(document.positions, model, id_, taken)
        key_positions |= _moved(document.key_positions, model, id_, taken)
    return Document(document.source, data, positions, key_positions)


def _moved(
    places: Mapping[KeyPath, Position], model: str, id_: str, keys: Mapping[str, object]
) -> dict[KeyPath, Position]:
    """The places of some keys of one row, as places of another row."""
    inside = ((path, place) for path, place in places.items() if len(path) > 1 and path[0] == model)
    return {(id_, *path[1:]): place for path, place in inside if path[1] in keys}


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


def coloured(rows: Mapping[str, Spelling], alike: Mapping[str, str]) -> dict[str, Spelling]:
    """The rows of the spellings, as `weighed`, with what they add in cue types that are like one they name."""
    return {name: replace(row, adds=filled(row.adds, alike)) for name, row in weighed(rows, alike).items()}


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
