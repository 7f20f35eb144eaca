"""The choice of the coda: no kind is too frequent, and the energy of the section follows its kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan
from cuesmith.plan.coda import DECK, MOST, deal
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
WATCHED = ("battle", "daily", "sad", "despair", "main_theme", "tender")
SEEDS = 48
LARGEST_SHARE = 0.25
Themes = Callable[[str], Mapping[str, Theme]]


def plans(style: str, type_: str, themes: Mapping[str, Theme], seeds: range) -> list[Plan]:
    seats = load_style(style)
    briefs = (Brief("M-001", "T", type_, style, seed, themes=("hero",)) for seed in seeds)
    return [build_plan(brief, seats, themes, BANKS) for brief in briefs]


@pytest.mark.parametrize("type_", WATCHED)
@pytest.mark.parametrize("style", STYLES)
def test_no_coda_ends_more_than_a_quarter_of_the_cues_of_a_type(style: str, type_: str, themes_of: Themes) -> None:
    kinds = Counter(plan.coda for plan in plans(style, type_, themes_of(style), range(SEEDS)) if plan.coda)
    assert kinds.total() >= DECK
    assert max(kinds.values()) <= LARGEST_SHARE * kinds.total(), kinds


@pytest.mark.parametrize("type_", WATCHED)
def test_a_coda_suits_its_cue_and_leaves_the_climax_where_it_was(type_: str, themes_of: Themes) -> None:
    for plan in plans("symphonic", type_, themes_of("symphonic"), range(12)):
        row, last = plan.coda_row, plan.sections[-1]
        if row is None:
            continue
        assert plan.ending in row.endings
        assert row.bars[0] <= last.bars <= row.bars[1]
        assert row.arousal[0] <= plan.arousal <= row.arousal[1]
        assert row.valence[0] <= plan.valence <= row.valence[1]
        assert plan.climax.index < last.index
        assert all(section.coda == "" for section in plan.sections[:-1])


def test_a_climbing_end_is_louder_than_an_afterword(themes_of: Themes) -> None:
    found: dict[str, list[float]] = {}
    for type_ in ("love", "main_theme", "suite"):
        for plan in plans("symphonic", type_, themes_of("symphonic"), range(DECK)):
            found.setdefault(plan.coda, []).append(plan.sections[-1].energy)
    loud, soft = (sum(found[name]) / len(found[name]) for name in ("climb", "afterword"))
    assert loud > 1.5 * soft


def asked(seed: int | str) -> Brief:
    """Return the brief of a battle with this seed."""
    return Brief("M-1", "T", "battle", "synth", seed)


def test_cards_are_dealt_by_weight_and_no_kind_has_too_many() -> None:
    weights = {"a": 9.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 1.0, "f": 1.0, "g": 0.0}
    dealt = Counter(deal(weights, asked(seed), "battle") for seed in range(DECK))
    assert dealt == dict.fromkeys("abcdef", MOST)
    few = Counter(deal({"a": 2.0, "b": 1.0}, asked(seed), "battle") for seed in range(DECK))
    assert few == {"a": DECK // 2, "b": DECK // 2}


def test_a_seed_that_is_no_number_and_its_number_as_text() -> None:
    weights = dict.fromkeys("abcdefgh", 1.0)
    words = {deal(weights, asked(word), "battle") for word in ("moon", "sun", "a", "b", "c", "d")}
    assert len(words) > 1
    assert all(
        deal(weights, asked(seed), "battle") == deal(weights, asked(str(seed)), "battle") for seed in range(DECK)
    )
