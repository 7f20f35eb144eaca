"""A cue that asks for a recipe gets it in melody, mode, tempo and voices, and the theme stays recognisable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

import pytest
from tests.conftest import UnderRecipe

from cuesmith.composition.accompaniment.from_theme import DEVICE
from cuesmith.composition.melody.material import PLACED, material
from cuesmith.cue.compose import compose
from cuesmith.errors import UsageError
from cuesmith.motif.identity import DEVELOPMENT, STATEMENT
from cuesmith.motif.model import Theme
from cuesmith.motif.ops import parse_op
from cuesmith.music.meter import Meter
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.brief import ThemeForm
from cuesmith.themes.recipe import mode_for

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("character", "setpiece", "tender")
RECIPES = load_banks().recipes
SHORTENING = ("fragmentation", "liquidation")  # what they leave at the end is too little to be known alone


@pytest.mark.grid(2)
@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("style", STYLES)
def test_the_recipe_is_applied_and_the_theme_recognisable(name: str, style: str, under_recipe: UnderRecipe) -> None:
    row = RECIPES[name]
    wanted = {parse_op(op).name for op in row.ops} - PLACED
    best = []
    for type_ in TYPES:
        statements = under_recipe(style, type_, name).score.statements()
        assert max(s.identity for s in statements) >= STATEMENT
        under = [s.identity for s in statements if wanted <= set(s.ops)]
        assert under or not wanted
        best.append(max(under, default=1.0))
    assert median(best) >= (STATEMENT if row.level == "statement" else DEVELOPMENT - 0.02)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_sets_mode_and_tempo(name: str, under_recipe: UnderRecipe) -> None:
    row = RECIPES[name]
    for style in STYLES[:2]:
        made, plain = under_recipe(style, "character", name), under_recipe(style, "character", PLAIN)
        key = made.score.plan.key
        assert key.mode == mode_for(row, key)
        assert plain.score.plan.key.tonic == key.tonic
        if row.tempo != 1 and not any(parse_op(op).name == "meter" for op in row.ops):
            faster = made.score.plan.tempo.bpm(0) - plain.score.plan.tempo.bpm(0)
            assert faster * (row.tempo - 1) >= -4.0  # whole bars leave the tempo a little play


@pytest.mark.parametrize("name", [name for name, row in RECIPES.items() if any("meter" in op for op in row.ops)])
def test_a_recipe_sets_the_meter(name: str, under_recipe: UnderRecipe) -> None:
    wanted = next(parse_op(op).argument for op in RECIPES[name].ops if parse_op(op).name == "meter")
    assert str(under_recipe("symphonic", "setpiece", name).score.plan.sections[0].meter) == wanted.split("(")[
        0
    ] or wanted in str(under_recipe("symphonic", "setpiece", name).score.plan.sections[0].meter)


def test_transposition_lifts_the_later_half(under_recipe: UnderRecipe) -> None:
    made, plain = (under_recipe("symphonic", "setpiece", name).score.plan.sections for name in ("heroic_return", PLAIN))
    assert made[0].key.tonic == plain[0].key.tonic
    assert (made[-1].key.tonic - plain[-1].key.tonic) % 12 == 3


@pytest.mark.parametrize("name", ["battle", "mystery", "festival", "chase"])
def test_an_accompaniment_of_the_theme_is_played_under_it(name: str, under_recipe: UnderRecipe) -> None:
    heard = 0
    for style in STYLES:
        score = under_recipe(style, "setpiece", name).score
        heard += any(p.device == DEVICE for part in score.parts for p in part.passages)
    assert heard >= 2


@pytest.mark.parametrize("name", ["chorus_of_heroes", "duel", "victory"])
def test_recipes_with_voices_have_them(name: str, under_recipe: UnderRecipe) -> None:
    several = 0
    for style in STYLES:
        score = under_recipe(style, "setpiece", name).score
        singing = [
            {p.device for part in score.parts for p in part.passages if p.section == s.index and part.role == "lead"}
            for s in score.plan.sections
        ]
        several += any(len({d for d in found if not d.startswith("doubles")}) > 1 for found in singing)
    assert several >= 3


def test_menace_puts_the_theme_in_the_bass(under_recipe: UnderRecipe) -> None:
    parts = {
        p.role
        for style in STYLES
        for p in under_recipe(style, "setpiece", "menace").score.parts
        for q in p.passages
        if q.statement
    }
    assert "bass" in parts


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), Meter(7, 8, (2, 2, 3))], ids=str)
@pytest.mark.parametrize("name", RECIPES)
def test_material_keeps_its_bars(name: str, meter: Meter, themes_of: Callable[[str], Mapping[str, Theme]]) -> None:
    for theme in themes_of("synth").values():
        for bars in (1, 2, 4, 8, 16):
            m = material(theme, meter, ThemeForm(theme.name, name, row=RECIPES[name]), theme.key, bars)
            assert sum(piece.bars for piece in m.melody) == m.bars
            at = 0
            for piece in m.melody:
                assert piece.start == at
                at += piece.bars * m.bar
            assert m.head.motif.length <= m.bar


def test_plain_means_plain_and_unknown_is_an_error(under_recipe: UnderRecipe) -> None:
    assert all(g.row is None for g in under_recipe("symphonic", "setpiece", PLAIN).score.plan.theme_forms)
    with pytest.raises(UsageError, match="did you mean 'corruption'"):
        compose(type="stinger", recipe="coruption")


def test_cue_types_choose_recipes_that_keep_the_theme() -> None:
    drawn = {compose(type="sad", seed=seed).score.plan.theme_form("theme").recipe for seed in range(12)}
    assert drawn <= set(load_banks().cue_types["sad"].recipes) and len(drawn) >= 2


@pytest.mark.parametrize("name", ["victory", "sad", "battle"])
def test_players_belong_to_the_families_of_the_recipe(name: str, under_recipe: UnderRecipe) -> None:
    families = RECIPES[name].families
    instruments = load_banks().instruments
    leading = {
        (style, type_): [
            instruments[p.instrument].family in families
            for p in under_recipe(style, type_, name).score.parts
            if p.role == "lead" and any(q.statement and not q.device.startswith("doubles") for q in p.passages)
        ]
        for style in ("symphonic", "jazz-rock")
        for type_ in TYPES
    }
    assert sum(any(found) for found in leading.values()) >= len(leading) / 2  # a tune that lies well goes before
