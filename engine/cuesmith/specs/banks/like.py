"""Cue types that are `like` another: its row, its weights in the banks and its rules in styles also hold for them.

A new cue type then states only its differences: `ambush: {like: battle, bpm: [150, 190]}` is complete. Other tables and
styles may still name the new type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.codas import Coda
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.harmony import Cadence, HarmonicRhythm, Palette, Progression, Spelling, Substitution
from cuesmith.specs.banks.rules import Rule
from cuesmith.specs.banks.stagings import Staging
from cuesmith.specs.yaml.document import Document
from cuesmith.specs.yaml.phrases import found_text
from cuesmith.specs.yaml.place import KeyPath, Position, Problem

LIKE: Final = "like"
NAME: Final = "name"
OF_THE_FORM: Final = frozenset({"shapes", "long_form"})  # they refer to the sections of a form, and belong to it

WeightedRow = TypeVar("WeightedRow", Coda, Progression, Spelling, Cadence, Substitution, Palette, Staging)
Value = TypeVar("Value")


def models_of(cue_types: Mapping[str, CueType]) -> dict[str, str]:
    """Map each cue type to the one it is like."""
    return {id_: row.like for id_, row in cue_types.items() if row.like}


def _models_in(document: Document) -> dict[str, str]:
    """Map each row of a file to the row it is like, whether that exists or not."""
    rows = document.data if isinstance(document.data, dict) else {}
    return {id_: row[LIKE] for id_, row in rows.items() if isinstance(row, dict) and isinstance(row.get(LIKE), str)}


def like_problems(document: Document) -> Iterator[Problem]:
    """Yield cue types that are like an unknown type, or like one that is itself like another."""
    models = _models_in(document)
    known = list(document.data) if isinstance(document.data, dict) else []
    for (id_, _), value in document.select("*", LIKE):
        if not isinstance(value, str):
            yield Problem((id_, LIKE), f"{found_text(value)} is not the id of a cue type; write one, such as battle")
    for id_, model in models.items():
        if model not in known:
            yield Problem((id_, LIKE), f"unknown cue type '{model}'{did_you_mean(model, known)}")
        elif model in models:
            yield Problem((id_, LIKE), f"'{model}' is itself like another; name that one")


def complete_rows(document: Document) -> Document:
    """Complete every row from the one it is like; each value keeps its place in the file.

    A row with its own form takes no shapes and no long form. One without a name is named after its id: `night_raid` is
    Night raid. The document must have no `like_problems`.
    """
    if not isinstance(document.data, dict):
        return document
    data = dict(document.data)
    positions, key_positions = dict(document.positions), dict(document.key_positions)
    for id_, model in _models_in(document).items():
        row, model_row = document.data[id_], document.data[model]
        if not isinstance(model_row, dict):
            continue
        own_keys = row.keys() | {NAME} | (OF_THE_FORM if "form" in row else frozenset())
        taken = {key: value for key, value in model_row.items() if key not in own_keys}
        data[id_] = {NAME: id_.replace("_", " ").capitalize(), **taken, **row}
        positions |= _places_for(document.positions, model, id_, taken)
        key_positions |= _places_for(document.key_positions, model, id_, taken)
    return Document(document.source, data, positions, key_positions)


def _places_for(
    places: Mapping[KeyPath, Position], model: str, id_: str, keys: Mapping[str, object]
) -> dict[KeyPath, Position]:
    """Return the places of some keys of one row, as places of another row."""
    inside = ((path, place) for path, place in places.items() if len(path) > 1 and path[0] == model)
    return {(id_, *path[1:]): place for path, place in inside if path[1] in keys}


def fill_table(table: Mapping[str, Value], models: Mapping[str, str]) -> dict[str, Value]:
    """Add missing cue types to a table, with the values of the types they are like."""
    added = {id_: table[model] for id_, model in models.items() if model in table and id_ not in table}
    return {**table, **added}


def fill_list(names: tuple[str, ...], models: Mapping[str, str]) -> tuple[str, ...]:
    """Add to a list of cue types those that are like one of them."""
    return (*names, *(id_ for id_, model in models.items() if model in names and id_ not in names))


def fill_weights(rows: Mapping[str, WeightedRow], models: Mapping[str, str]) -> dict[str, WeightedRow]:
    """Add weights for cue types that are like a named one to the rows of a bank."""
    return {name: replace(row, cues=fill_table(row.cues, models)) for name, row in rows.items()}


def fill_spellings(rows: Mapping[str, Spelling], models: Mapping[str, str]) -> dict[str, Spelling]:
    """Do the same as `fill_weights` for spellings, including their `adds`."""
    return {name: replace(row, adds=fill_table(row.adds, models)) for name, row in fill_weights(rows, models).items()}


def fill_rhythms(rows: Mapping[str, HarmonicRhythm], models: Mapping[str, str]) -> dict[str, HarmonicRhythm]:
    """Add cue types that are like a named one to the harmonic rhythms."""
    named = {id_ for row in rows.values() for id_ in row.cues}
    unnamed = {id_: model for id_, model in models.items() if id_ not in named}
    return {name: replace(row, cues=fill_list(row.cues, unnamed)) for name, row in rows.items()}


def fill_rules(rows: Mapping[str, Rule], models: Mapping[str, str]) -> dict[str, Rule]:
    """Add exemptions and limits for cue types that are like a named one to the rules."""
    return {
        name: replace(
            row,
            exempt=fill_list(row.exempt, models),
            only=fill_list(row.only, models),
            instead=fill_table(row.instead, models),
        )
        for name, row in rows.items()
    }
