"""A composed show as plain data: its themes, its cues in short, and which cue states which theme how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cuesmith.export.explain import SCHEMA_VERSION, theme_data
from cuesmith.score import Score

if TYPE_CHECKING:
    from cuesmith.cue.cue import Cue
    from cuesmith.show.compose_show import CueSet


def show_json(cue_set: CueSet) -> dict[str, object]:
    """The show as dicts, lists, text and numbers, ready for JSON; the same keys in the same order every time.

    motif_matrix: one row per cue, and in it for every theme of the show its stage of the theme's arc there (empty:
    none), the recipe it comes by, how often it is stated, how recognisable the clearest statement is (identity 0..1,
    None when there is none), and by which operations.
    """
    show = cue_set.show
    return {
        "schema_version": SCHEMA_VERSION,
        "title": show.title,
        "seed": show.seed,
        "style": show.style,
        "themes": [theme_data(theme) for theme in cue_set.themes.values()],
        "cues": [cue_summary(cue) for cue in cue_set.cues],
        "motif_matrix": [{"cue": cue.brief.id, "themes": _row(cue_set, cue)} for cue in cue_set.cues],
    }


def _row(cue_set: CueSet, cue: Cue) -> dict[str, object]:
    told = motif_row(cue.score, cue_set.themes)
    return {name: {"stage": cue_set.stage(cue, name), **cell} for name, cell in told.items()}


def cue_summary(cue: Cue) -> dict[str, object]:
    """`explain` without the chord by chord detail; themes by name only, and `file_stem`, the name of its files."""
    data = cue.explain()
    del data["harmony"]
    data["themes"] = list(cue.themes)
    data["file_stem"] = cue.file_stem
    return data


def motif_row(score: Score, themes: Iterable[str]) -> dict[str, dict[str, object]]:
    """For each theme of these names: how a cue states it. ops stand in the order in which they are first heard."""
    row: dict[str, dict[str, object]] = {}
    for name in themes:
        found = [statement for statement in score.statements() if statement.theme == name]
        row[name] = {
            "recipe": score.plan.theme_form(name).recipe if found else "",
            "statements": len(found),
            "identity": max((round(float(statement.identity), 4) for statement in found), default=None),
            "ops": list(dict.fromkeys(op for statement in found for op in statement.ops)),
        }
    return row
