"""Recipes: the identity they promise holds for themes of every character."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from cuesmith.chance import stream
from cuesmith.errors import SpecError
from cuesmith.motif.model import Theme
from cuesmith.motif.ops import OPS
from cuesmith.music.scale import Key
from cuesmith.specs.banks.library import load_banks, read_banks
from cuesmith.specs.banks.themes import Recipe
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_theme
from cuesmith.themes.recipe import LEVELS, apply_recipe, is_kept, mode_for, recipe_ops

BANKS = load_banks()
SEEDS = 6
MOST_BELOW = 0.02  # share of themes for which a recipe may keep too little: very dense ones lose their head


@cache
def themes() -> tuple[Theme, ...]:
    """Return themes of every character, several of each."""
    style = load_style("symphonic")
    return tuple(
        make_theme(name, ThemeSpec(character=name), style, BANKS, stream("recipes", name, seed))
        for name in BANKS.characters
        for seed in range(SEEDS)
    )


@pytest.mark.parametrize("name", BANKS.recipes)
def test_a_recipe_keeps_what_its_level_asks(name: str) -> None:
    recipe = BANKS.recipes[name]
    kept = [is_kept(recipe, apply_recipe(t.motif, recipe, t.key, t.scale).line) for t in themes()]
    assert kept.count(False) <= MOST_BELOW * len(kept)


@pytest.mark.parametrize("name", BANKS.recipes)
def test_a_recipe_changes_the_theme(name: str) -> None:
    recipe = BANKS.recipes[name]
    changed = 0
    for theme in themes():
        cooked = apply_recipe(theme.motif, recipe, theme.key, theme.scale, placed=True)
        at_home = f"meter:{theme.motif.meter}" in recipe.ops  # a waltz is one already
        left = (cooked.line.motif, cooked.line.key) == (theme.motif, theme.key) and len(cooked.line.voices) == 1
        changed += at_home or not left
        assert (cooked.accompaniment is not None) == bool(recipe.accompaniment)
        if cooked.accompaniment is not None:
            assert cooked.accompaniment.key == cooked.line.key
    assert changed >= 0.9 * len(themes())


def test_there_are_recipes_for_what_anime_scores_ask() -> None:
    wanted = {
        "sad", "battle", "nostalgia", "corruption", "power_up", "comedy", "mystery", "victory", "aftermath",
        "heroic_return", "lonely", "tender_memory", "chase", "ritual", "broken",
    }  # fmt: skip
    assert wanted <= set(BANKS.recipes)
    assert {recipe.level for recipe in BANKS.recipes.values()} == set(LEVELS)


def test_major_and_minor_leave_a_theme_alone_that_is_so_already() -> None:
    sad = BANKS.recipes["sad"]
    assert mode_for(sad, Key(0, "dorian")) == "dorian"
    assert mode_for(sad, Key(0, "lydian")) == "aeolian"
    assert mode_for(BANKS.recipes["victory"], Key(0, "phrygian")) == "ionian"
    assert mode_for(BANKS.recipes["horror"], Key(0, "aeolian")) == "locrian"
    assert recipe_ops(sad, Key(0, "ionian")) == ("mode:aeolian", "augmentation:3/2")
    assert recipe_ops(sad, Key(0, "aeolian"), placed=True) == ("register:+1", "augmentation:3/2")


def test_a_recipe_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="did you mean 'inversion'"):
        Recipe(about="", ops=("inversoin",), level="statement")
    with pytest.raises(ValueError, match="strong"):
        Recipe(about="", ops=("inversion", "retrograde", "displacement"), level="statement")


def test_an_unknown_family_is_told_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "banks"
    shutil.copytree(Path(__file__).parents[2] / "styles" / "banks", folder)
    text = 'x: {about: "a", ops: [inversion], level: development, families: [string]}\n'
    (folder / "recipes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=r"recipes.yaml:1:.*families\[0\]: unknown family .*did you mean 'strings'"):
        read_banks(folder)


def test_the_document_lists_every_operation_and_recipe() -> None:
    text = (Path(__file__).parents[2] / "docs" / "motifs.md").read_text("utf-8")
    for name, row in OPS.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{name}`"))
        assert (row.form in line) and (row.serves in line) and (", ".join(row.keeps) in line)
    for name, recipe in BANKS.recipes.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{name}`") and recipe.about in line)
        assert recipe.level in line and all(f"`{op}`" in line for op in recipe.ops)
