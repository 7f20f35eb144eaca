"""Variants: B and C have the same bars and tempo with less music, D is only the ending."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from cuesmith.cue.compose import compose_brief
from cuesmith.cue.cue import Cue
from cuesmith.cue.variants import ENDING_SEC, vary
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


@cache
def themes(style: str) -> dict[str, Theme]:
    return make_themes({"hero": ThemeSpec(character="heroic")}, load_style(style), load_banks(), 5)


@cache
def made(style: str, type_: str, letter: str) -> Cue:
    return compose_brief(Brief("M-401", "Duel", type_, style, 5, themes=("hero",), variant=letter), themes(style))


@pytest.mark.parametrize(("style", "type_"), list(product(STYLES, ("battle", "tender", "main_theme", "eyecatch"))))
def test_b_and_c_have_the_bars_of_a(style: str, type_: str) -> None:
    full = made(style, type_, "")
    for letter in "BC":
        other = made(style, type_, letter)
        assert other.score.plan.tempo == full.score.plan.tempo
        assert other.score.plan.sections == full.score.plan.sections
        assert other.performance.length_sec == full.performance.length_sec
        assert other.brief.id == f"M-401{letter}"
        assert other.file_stem.startswith(f"m401{letter.lower()}_duel")


@pytest.mark.parametrize("style", STYLES)
def test_b_has_no_melody_and_changes_nothing_else(style: str) -> None:
    full, other = made(style, "battle", ""), made(style, "battle", "B")
    assert not [part for part in other.score.parts if part.role == "lead"]
    kept = {t.part_id: t.onset_sec.tolist() for t in full.performance.tracks if t.role != "lead"}
    assert {t.part_id: t.onset_sec.tolist() for t in other.performance.tracks} == kept


@pytest.mark.parametrize("style", STYLES)
def test_c_is_softer_and_has_no_drums(style: str) -> None:
    full, other = made(style, "battle", ""), made(style, "battle", "C")
    assert not [part for part in other.score.parts if part.role in ("pulse", "impact")]
    loud = {part.id: sum(n.velocity for n in part.notes()) for part in full.score.parts}
    assert other.score.parts
    for part in other.score.parts:
        assert sum(n.velocity for n in part.notes()) < 0.8 * loud[part.id]


@pytest.mark.parametrize(
    ("style", "type_"), list(product(STYLES, ("battle", "tender", "daily", "suspense", "stinger")))
)
def test_d_is_the_ending_to_the_tick(style: str, type_: str) -> None:
    full, other = made(style, type_, ""), made(style, type_, "D")
    plan = other.score.plan
    assert plan.tempo.seconds(plan.length) == pytest.approx(plan.seconds, abs=2e-3)
    assert plan.seconds <= max(full.seconds, ENDING_SEC[1])
    start = full.score.plan.length - plan.length
    for part in other.score.parts:
        model = next(p for p in full.score.parts if p.id == part.id)
        assert sorted(part.notes()) == sorted(
            n._replace(onset=n.onset - start) for n in model.notes() if n.onset >= start
        )


def test_an_unknown_letter_is_refused() -> None:
    with pytest.raises(ComposeError, match="unknown variant 'E'; known: B, C, D"):
        vary(made("synth", "bridge", "").score, "E")


def test_the_brief_of_a_variant_differs_only_in_the_letter() -> None:
    full, other = made("synth", "bridge", ""), made("synth", "bridge", "C")
    assert replace(other.brief, id=full.brief.id, title=full.brief.title, variant="") == full.brief
