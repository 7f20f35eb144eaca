"""The theme is the product: how much of the melody is theme, and how early it is clearly heard."""

from __future__ import annotations

from itertools import product

import pytest
from tests.conftest import Composed

from cuesmith.motif.identity import DEVELOPMENT, STATEMENT
from cuesmith.specs.library import load_banks

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
EVERY = list(product(STYLES, load_banks().cue_types))
SEEDS = (1, 2)
LEAST_COVERAGE = 0.40  # of the notes of the lead
FIRST_BY = 0.25  # of the cue
LATE = {"horror": 0.55}  # dread first, then the tune


@pytest.mark.parametrize(("style", "type_"), EVERY)
def test_the_theme_covers_the_melody(style: str, type_: str, composed: Composed) -> None:
    for seed in SEEDS:
        parts = composed(style, type_, seed).score.parts
        passages = [p for part in parts if part.role in ("lead", "guide") for p in part.passages]
        themed = [p for p in passages if p.statement is not None and p.statement.identity >= DEVELOPMENT]
        share = sum(len(p.notes) for p in themed) / sum(len(p.notes) for p in passages)
        assert share >= LEAST_COVERAGE


@pytest.mark.parametrize(("style", "type_"), EVERY)
def test_the_first_clear_statement_comes_early(style: str, type_: str, composed: Composed) -> None:
    for seed in SEEDS:
        score = composed(style, type_, seed).score
        first = min(s.start for s in score.statements() if s.identity >= STATEMENT)
        assert first <= LATE.get(type_, FIRST_BY) * score.plan.length
