"""What a musician adds to the banks in YAML alone is composed: kinds of cue, treatments, textures, players, drums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import pytest
from tests.conftest import BanksWith

from cuesmith.cue.write_score import write_score
from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan
from cuesmith.score import Score
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.like import filled, like_targets
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Style

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
Themes: TypeAlias = Callable[[str], Mapping[str, Theme]]


def style_for(name: str, banks: Banks) -> Style:
    """A style with its rules for the cue types of these banks."""
    style = load_style(name)
    return replace(style, cues=filled(style.cues, like_targets(banks.cue_types)))


def score_of(style: Style, name: str, type_: str, seed: int, themes: Mapping[str, Theme], banks: Banks) -> Score:
    """A cue as it is written at the first attempt."""
    brief = Brief("M-401", "Added", type_, name, seed, themes=tuple(themes))
    return write_score(build_plan(brief, style, themes, banks), style, themes, banks)


@pytest.mark.parametrize("style", STYLES)
def test_a_type_that_is_like_battle_is_a_battle(style: str, themes_of: Themes, banks_with: BanksWith) -> None:
    """Note for note: nothing is left that knows the kind of cue by its name."""
    banks = banks_with({"cue_types": "\nambush: {like: battle}\n"})
    seats, themes = style_for(style, banks), themes_of(style)
    for seed in (1, 2, 3):
        theirs, ours = (score_of(seats, style, type_, seed, themes, banks) for type_ in ("battle", "ambush"))
        assert theirs.parts == ours.parts
        assert theirs.harmony == ours.harmony
        assert theirs.plan == replace(ours.plan, brief=theirs.plan.brief)
