"""Medleys: every theme has its section, links stand in the key they lead to, and the music arrives there."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.cue.compose import compose_brief
from cuesmith.motif.identity import DEVELOPMENT
from cuesmith.music.scale import Key
from cuesmith.plan.form.medley import RELATED, medley
from cuesmith.score import chord_at
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes

BANKS = load_banks()
MEDLEYS = tuple(name for name, row in BANKS.cue_types.items() if row.medley)
CAST = ("heroic", "tender", "menacing", "playful", "noble")
THEMES = make_themes({name: ThemeSpec(character=name) for name in CAST}, load_style("symphonic"), BANKS, 5)
STYLES = ("jazz-rock", "symphonic", "synth", "taiko-koto")
keys = st.builds(Key, st.integers(0, 11), st.sampled_from(["ionian", "aeolian", "dorian"]))


@settings(max_examples=60)
@given(st.sampled_from(MEDLEYS), st.integers(1, len(CAST)), keys)
def test_every_theme_has_its_section(type_: str, count: int, home: Key) -> None:
    names = CAST[:count]
    rows = medley(BANKS.cue_types[type_], names, THEMES, home, BANKS).form
    assert len({row.name for row in rows}) == len(rows)
    told = [row.theme for row in rows if row.treatment == "statement"]
    assert set(told) == set(names) if type_ != "suite" else set(told) <= set(names)
    for name in names[1:]:
        assert type_ == "suite" or told.count(name) == 1, "quoted once"
    for row, after in pairwise(rows):
        assert row.theme in (*names, 0), "no number is left"
        if row.harmony == "turn":
            assert (row.lift, row.mode) == (after.lift, after.mode)
    lifts = [row.lift for row in rows if row.treatment == "statement" and row.theme != names[0]]
    if type_ != "suite":
        assert all(lift in RELATED for lift in lifts)
        assert all(a != b for a, b in pairwise(lifts))


def test_a_form_without_themes_stays_as_it_is() -> None:
    battle = BANKS.cue_types["battle"]
    assert medley(battle, CAST, THEMES, Key(0, "ionian"), BANKS) is battle
    suite = BANKS.cue_types["suite"]
    assert medley(suite, (), THEMES, Key(0, "ionian"), BANKS) is suite


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("overture", "concert"))))
def test_all_themes_are_heard_and_the_last_bars_are_the_fullest(style: str, type_: str, composed: Composed) -> None:
    cue = composed(style, type_, 1)
    heard = {s.theme for s in cue.score.statements() if s.identity >= DEVELOPMENT}
    assert heard == set(cue.themes)
    sections = cue.score.plan.sections
    assert max(sections, key=lambda s: s.energy).start >= cue.score.plan.length / 2
    assert sections[-1].energy >= 0.9


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, MEDLEYS)))
def test_links_arrive(style: str, type_: str, composed: Composed) -> None:
    """The last chord of a turn is the dominant of what follows, and the last notes lead into its first by step."""
    score = composed(style, type_, 1).score
    turns = [s for s in score.plan.sections if s.harmony == "turn"]
    assert turns
    for section in turns:
        after = score.plan.sections[section.index + 1]
        assert after.key == section.key
        assert (chord_at(score.harmony, section.end - 1).chord.root - after.key.tonic) % 12 == 7
        tune = sorted(
            (n, p.device) for part in score.parts if part.role == "lead"
            for p in part.passages if not p.device.startswith("doubles") for n in p.notes
        )  # fmt: skip
        first = next(((n, by) for n, by in tune if n.onset >= section.end), None)
        if first is not None and first[0].onset == section.end and after.against is None:
            before = [n for n, by in tune if section.start <= n.onset < section.end and by == first[1]]
            assert before and abs(before[-1].pitch - first[0].pitch) <= 3


@pytest.mark.parametrize("type_", MEDLEYS)
def test_a_show_without_themes_is_no_fault(type_: str) -> None:
    made = compose_brief(Brief("M-901", "Nothing", type_, "synth", 3, seconds=90), {})
    assert made.score.parts and not made.score.statements()


def test_a_show_with_one_theme_has_an_overture() -> None:
    rows = medley(BANKS.cue_types["overture"], CAST[:1], THEMES, Key(2, "ionian"), BANKS).form
    assert "contrast" in {row.treatment for row in rows}, "its bridge stands for the other themes"
    assert {row.theme for row in rows} == {CAST[0]}
