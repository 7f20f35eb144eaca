"""Form shapes: a type of cue with enough sections has several layouts, and each of them is valid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan
from cuesmith.plan.form.form_shapes import shaped_rows
from cuesmith.plan.form.medley import medley
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style

BANKS = load_banks()
CUES = BANKS.cue_types
SHAPED = tuple(name for name, row in CUES.items() if row.shapes)
MEDLEYS = tuple(name for name in SHAPED if any(row.theme for row in CUES[name].form))
Themes = Callable[[str], Mapping[str, Theme]]


def test_every_form_of_four_sections_has_shapes() -> None:
    assert {name for name, row in CUES.items() if len(row.form) >= 4} <= set(SHAPED)
    assert len(MEDLEYS) >= 3


@pytest.mark.parametrize("type_", SHAPED)
def test_a_shape_ends_as_its_form_does_and_is_fullest_late(type_: str) -> None:
    """The last section is the same as in the form, names stay names, and a form that grows to its end still does."""
    form = CUES[type_].form
    peak = max(row.energy for row in form)
    for shape in CUES[type_].shapes:
        rows = shaped_rows(form, shape)
        assert rows[-1].name.partition(" (")[0] == form[-1].name
        assert len({row.name for row in rows}) == len(rows)
        assert max(row.energy for row in rows) == peak
        assert not any(a.treatment == b.treatment == "break" for a, b in pairwise(rows))
        assert rows[0].treatment != "break"


@pytest.mark.parametrize("type_", SHAPED)
def test_the_seed_draws_among_them(type_: str, themes_of: Themes) -> None:
    style, themes = load_style("symphonic"), themes_of("symphonic")
    seconds = CUES[type_].default_seconds
    found = set()
    for seed in range(12):
        plan = build_plan(
            Brief("M-001", "T", type_, "symphonic", seed, seconds, themes=("hero", "home")), style, themes, BANKS
        )
        found.add(tuple((section.name, section.bars) for section in plan.sections))
    assert len(found) >= 3


@pytest.mark.parametrize("type_", MEDLEYS)
def test_in_every_shape_of_a_medley_turns_lead_on_and_no_theme_is_lost(type_: str, themes_of: Themes) -> None:
    themes = themes_of("symphonic")
    names = tuple(themes)
    cue = CUES[type_]
    for shape in cue.shapes:
        rows = medley(replace(cue, form=shaped_rows(cue.form, shape)), names, themes, themes["hero"].key, BANKS).form
        assert {row.theme for row in rows if row.theme} == set(names)
        for row, after in pairwise(rows):
            if row.harmony == "turn":
                assert (row.lift, row.mode) == (after.lift, after.mode)
                assert after.harmony != "turn"
