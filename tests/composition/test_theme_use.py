"""Use of the theme: how much of the melody it is, and how early it is clearly recognisable."""

from __future__ import annotations

from itertools import product

import pytest
from tests.conftest import Composed, Seeds

from cuesmith.chance import stream
from cuesmith.composition.melody.layout import lay_out_melody
from cuesmith.motif.identity import DEVELOPMENT, STATEMENT
from cuesmith.plan.build import build_plan
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
EVERY = list(product(STYLES, load_banks().cue_types))
LEAST_COVERAGE = 0.40  # of the notes of the lead
FIRST_BY = 0.25  # of the cue
LATE = {"horror": 0.55}  # dread first, then the tune


@pytest.mark.parametrize(("style", "type_"), EVERY)
def test_the_theme_covers_the_melody(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        parts = composed(style, type_, seed).score.parts
        passages = [p for part in parts if part.role in ("lead", "guide") for p in part.passages]
        themed = [p for p in passages if p.statement is not None and p.statement.identity >= DEVELOPMENT]
        share = sum(len(p.notes) for p in themed) / sum(len(p.notes) for p in passages)
        assert share >= LEAST_COVERAGE


def test_written_plainly_a_cue_begins_with_the_idea_as_it_was_written() -> None:
    banks = load_banks()
    developed = 0
    for style, type_ in EVERY:
        themes = make_themes({"hero": ThemeSpec(character="heroic")}, load_style(style), banks, "plainly")
        brief = Brief(id="M-1", title="", type=type_, style=style, seed=1, themes=("hero",))
        plan = build_plan(brief, load_style(style), themes, banks)
        usual, plainly = (lay_out_melody(plan, themes, stream(1, "melody"), plainly=said) for said in (False, True))
        first = next((index for index, one in plainly.items() if one.pieces != usual[index].pieces), None)
        if first is not None:
            piece, m = plainly[first].pieces[0], plainly[first].material
            idea = m.head if plan.sections[first].coda else m.plain  # in a coda there is room for its head
            assert [n.step for n in piece.motif.notes] == [n.step for n in idea.motif.notes]
            developed += usual[first].pieces[0].ops != piece.ops
    assert developed > len(EVERY) // 4  # recipes that make something else of the idea


@pytest.mark.parametrize(("style", "type_"), EVERY)
def test_the_first_clear_statement_comes_early(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        score = composed(style, type_, seed).score
        first = min(s.start for s in score.statements() if s.identity >= STATEMENT)
        assert first <= LATE.get(type_, FIRST_BY) * score.plan.length
