"""Recipes: named ways a theme comes back (sad, battle, nostalgia, corruption …), from data.

A recipe is a row of styles/banks/recipes.yaml, or of a style or show: operations, a mode, and hints for whoever
orchestrates. Here it becomes notes; register, tempo, families and articulation are left to the cue.
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

LEVELS = {"statement": STATEMENT, "development": DEVELOPMENT}  # the least identity each may have


@dataclass(frozen=True, slots=True)
class Cooked:
    """A motif after a recipe: the line itself, and a second line of the same motif where the recipe has one."""

    line: Result
    accompaniment: Result | None


def mode_for(recipe: Recipe, key: Key) -> str:
    """The mode a motif in this key goes into: its own, the recipe's, or for major and minor the plain one if needed."""
    if recipe.mode is None:
        return key.mode
    if recipe.mode in ("major", "minor"):
        wants_minor = recipe.mode == "minor"
        return key.mode if key.minor == wants_minor else "aeolian" if wants_minor else "ionian"
    return recipe.mode


def recipe_ops(recipe: Recipe, key: Key, *, placed: bool = False) -> tuple[str, ...]:
    """The operations of a recipe for a motif in this key, the change of mode first where there is one.

    placed: the recipe's register too, as an operation; otherwise it is the part's business.
    """
    mode = mode_for(recipe, key)
    first = () if mode == key.mode else (f"mode:{mode}",)
    moved = (f"register:{recipe.register // 12:+d}",) if placed and recipe.register else ()
    return (*first, *moved, *recipe.ops)


def apply_recipe(motif: Motif, recipe: Recipe, key: Key, scale: Scale, *, placed: bool = False) -> Cooked:
    """The motif after a recipe. placed: moved into the recipe's register as well."""
    line = apply_ops(motif, recipe_ops(recipe, key, placed=placed), key, scale)
    if not recipe.accompaniment:
        return Cooked(line, None)
    mode = mode_for(recipe, key)
    first = () if mode == key.mode else (f"mode:{mode}",)
    return Cooked(line, apply_ops(motif, (*first, *recipe.accompaniment), key, scale))


def is_kept(recipe: Recipe, result: Result) -> bool:
    """Whether the line is as recognisable as the recipe's level asks; where it is not, choose another recipe."""
    return result.identity >= LEVELS[recipe.level]
