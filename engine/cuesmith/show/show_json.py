"""Describe a composed show as plain data: themes, a summary of each cue, and which cue states which theme how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cuesmith.export.explain import SCHEMA_VERSION, theme_data
from cuesmith.score import Score

if TYPE_CHECKING:
    from cuesmith.cue.cue import Cue
    from cuesmith.show.compose_show import CueSet


def show_json(cue_set: CueSet) -> dict[str, object]:
    """Return the show as dicts, lists, text and numbers, ready for JSON. Keys always come in the same order.

    `motif_matrix` has one row per cue. For every theme of the show it gives the stage of the theme's arc (empty when
    there is none), the recipe, how often the theme is stated, the identity (0..1) of the clearest statement (None when
    there is none), and the operations used.
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
    row = motif_row(cue.score, cue_set.themes)
    return {name: {"stage": cue_set.stage(cue, name), **cell} for name, cell in row.items()}


def cue_summary(cue: Cue) -> dict[str, object]:
    """Return `explain` without the list of chords.

    Themes are given by name only; `file_stem` is the name of the cue's files.
    """
    data = cue.explain()
    del data["harmony"]
    data["themes"] = list(cue.themes)
    data["file_stem"] = cue.file_stem
    return data


def motif_row(score: Score, themes: Iterable[str]) -> dict[str, dict[str, object]]:
    """Return how a cue states each of these themes. Operations are in the order in which they are first heard."""
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
