"""From brief to plan: exact length, key and theme as asked, and error messages with the nearest possible value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.music.scale import Key
from cuesmith.plan.build import LEVELS, build_plan, level_of
from cuesmith.plan.model import NEARLY_FULL, Plan
from cuesmith.plan.picture.broadcast_length import BUTTON
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style

BANKS = load_banks()
TYPES = tuple(BANKS.cue_types)
STYLES = tuple(sorted(file.name[:-5] for file in files("cuesmith.styles").iterdir() if file.name.endswith(".yaml")))
Themes = Callable[[str], Mapping[str, Theme]]


def brief(type_: str, style: str = "symphonic", **settings: object) -> Brief:
    """Return a brief with the two themes of the tests."""
    asked = Brief(id="M-001", title="Test", type=type_, style=style, seed=5, themes=("hero", "home"))
    return replace(asked, **settings)  # type: ignore[arg-type]


def planned(asked: Brief, themes_of: Themes) -> Plan:
    return build_plan(asked, load_style(asked.style), themes_of(asked.style), BANKS)


def assert_whole(plan: Plan, seconds: float) -> None:
    """Assert that the last bar line is at the requested second, and that the sections fill all bars without gaps."""
    assert plan.seconds == seconds
    assert plan.tempo.seconds(plan.length) == pytest.approx(seconds, abs=0.001)
    tick = bar = 0
    for index, section in enumerate(plan.sections):
        assert (section.index, section.start, section.first_bar) == (index, tick, bar)
        assert section.length == section.bars * section.meter.bar_ticks
        assert len(section.bar_ticks()) == section.bars
        assert section.level == level_of(section.energy)
        tick, bar = section.end, bar + section.bars
    assert (plan.length, plan.bars) == (tick, bar)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=12, deadline=None)
@given(st.floats(0, 1), st.sampled_from(STYLES), st.integers(0, 99))
def test_any_second_within_the_limits(themes_of: Themes, type_: str, place: float, style: str, seed: int) -> None:
    low, high = BANKS.cue_types[type_].limits
    seconds = round(low + place * (high - low), 3)
    assert_whole(planned(brief(type_, style, seconds=seconds, seed=seed), themes_of), seconds)


@pytest.mark.grid(3)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("type_", TYPES)
def test_both_limits_and_the_usual_length(style: str, type_: str, themes_of: Themes) -> None:
    row = BANKS.cue_types[type_]
    for seconds in row.limits:
        assert_whole(planned(brief(type_, style, seconds=seconds), themes_of), seconds)
    plan = planned(brief(type_, style), themes_of)
    assert_whole(plan, row.default_seconds)
    assert plan.meters()[0].tick == 0
    assert plan.climax.energy >= max(section.energy for section in plan.sections) - NEARLY_FULL


@pytest.mark.parametrize("type_", TYPES)
def test_an_impossible_length_is_refused_with_the_nearest(type_: str, themes_of: Themes) -> None:
    low, high = BANKS.cue_types[type_].limits
    for seconds, nearest in ((low - 0.5, low), (high + 1, high)):
        with pytest.raises(ComposeError, match=rf"the nearest is {nearest:g} s") as caught:
            planned(brief(type_, seconds=seconds), themes_of)
        assert f"{seconds:g} s" in str(caught.value)
        assert type_ in str(caught.value)


@given(st.floats(0, 1), st.floats(0, 1))
def test_levels_rise_with_energy(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= level_of(low) <= level_of(high) <= 4


def test_level_thresholds() -> None:
    for number, threshold in enumerate(LEVELS):
        assert level_of(threshold) == number + 1
        assert level_of(threshold - 1e-9) == number
    assert (level_of(0), level_of(1)) == (0, 4)


@pytest.mark.parametrize("type_", ["battle", "tender", "daily", "suite"])
def test_the_key_asked_for_is_the_key(type_: str, themes_of: Themes) -> None:
    for key in (Key(2, "ionian"), Key(9, "dorian"), Key(6, "phrygian")):
        plan = planned(brief(type_, key=key), themes_of)
        assert plan.key == key
        own = [s for s in plan.sections if s.theme in (None, "hero") and s.harmony != "turn"]
        assert all(section.key.mode == key.mode for section in own), "but another theme keeps its own mode"


@pytest.mark.parametrize("tempo", [72.0, 100.0, 140.0])
def test_the_tempo_asked_for_is_nearly_the_tempo(tempo: float, themes_of: Themes) -> None:
    plan = planned(brief("battle", tempo_bpm=tempo, seconds=90.0), themes_of)
    assert plan.tempo.bpm(0) == pytest.approx(tempo, rel=0.07)


@pytest.mark.parametrize("type_", TYPES)
def test_themes_go_where_the_form_has_them(type_: str, themes_of: Themes) -> None:
    plan = planned(brief(type_), themes_of)
    for section in plan.sections:
        if section.treatment in ("none", "break") or section.name == BUTTON:
            assert section.theme is None
        else:
            assert section.theme in ("hero", "home")
    bare = planned(brief(type_, themes=()), themes_of)
    assert {section.theme for section in bare.sections} == {None}


def test_a_suite_goes_through_all_its_themes(themes_of: Themes) -> None:
    for seconds in (90.0, 150.0, 210.0, 400.0):
        plan = planned(brief("suite", seconds=seconds), themes_of)
        assert {section.theme for section in plan.sections} >= {"hero", "home"}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999))
def test_a_plan_is_the_same_plan_again(themes_of: Themes, seed: int) -> None:
    asked = brief("mystery", seed=seed)
    assert planned(asked, themes_of) == planned(asked, themes_of)
