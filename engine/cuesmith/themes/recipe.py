"""Apply recipes: named ways in which a theme comes back (sad, battle, nostalgia, corruption …).

A recipe is a row of styles/banks/recipes.yaml, or of a style or show: operations, a mode, and hints for the
orchestration. This module applies operations and mode; register, tempo, instrument families and articulation are used
by the cue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cuesmith.motif.identity import DEVELOPMENT, STATEMENT
from cuesmith.motif.model import Motif
from cuesmith.motif.ops import Result, apply_ops
from cuesmith.music.scale import Key, Scale

if TYPE_CHECKING:
    from cuesmith.specs.banks.themes import Recipe

LEVELS = {"statement": STATEMENT, "development": DEVELOPMENT}  # the least identity of each level


@dataclass(frozen=True, slots=True)
class RecipeResult:
    """A motif after a recipe: the melody, and a second line made of the same motif when the recipe has one."""

    line: Result
    accompaniment: Result | None


def mode_for(recipe: Recipe, key: Key) -> str:
    """Return the mode that a recipe gives a motif in this key.

    Without a mode in the recipe it is the motif's own. `major` and `minor` keep the motif's mode when its third already
    fits, else they mean ionian and aeolian.
    """
    if recipe.mode is None:
        return key.mode
    if recipe.mode in ("major", "minor"):
        wants_minor = recipe.mode == "minor"
        return key.mode if key.minor == wants_minor else "aeolian" if wants_minor else "ionian"
    return recipe.mode


def recipe_ops(recipe: Recipe, key: Key, *, placed: bool = False) -> tuple[str, ...]:
    """Return the operations of a recipe for a motif in this key; a mode change comes first.

    placed: also include the recipe's register as an operation. By default the part that plays it handles the register.
    """
    mode = mode_for(recipe, key)
    first = () if mode == key.mode else (f"mode:{mode}",)
    moved = (f"register:{recipe.register // 12:+d}",) if placed and recipe.register else ()
    return (*first, *moved, *recipe.ops)


def apply_recipe(motif: Motif, recipe: Recipe, key: Key, scale: Scale, *, placed: bool = False) -> RecipeResult:
    """Apply a recipe to a motif. With `placed` the motif is also moved into the recipe's register."""
    line = apply_ops(motif, recipe_ops(recipe, key, placed=placed), key, scale)
    if not recipe.accompaniment:
        return RecipeResult(line, None)
    mode = mode_for(recipe, key)
    first = () if mode == key.mode else (f"mode:{mode}",)
    return RecipeResult(line, apply_ops(motif, (*first, *recipe.accompaniment), key, scale))


def is_kept(recipe: Recipe, result: Result) -> bool:
    """Whether the melody is as recognisable as the level of the recipe requires."""
    return result.identity >= LEVELS[recipe.level]
