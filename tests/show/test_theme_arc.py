"""A theme's story over the cues: stages spread evenly, recipes of bank, style and show, faults at their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuesmith.errors import SpecError
from cuesmith.show.compose_show import brief_of, compose_show
from cuesmith.show.show_json import show_json
from cuesmith.show.theme_arc import stage_of, theme_forms_of
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.load import load_show
from cuesmith.specs.show import Show

HEAD = """
title: A Story
seed: 4
themes:
  hero: {character: heroic, arc: [fragment, full, corrupted, absent, restored]}
  home: {character: tender}
"""
CUES = """
cues:
  - {id: M-001, type: eyecatch, themes: [hero]}
  - {id: M-002, type: bridge, themes: [hero]}
  - {id: M-003, type: daily, seconds: 20, themes: [home]}
  - {id: M-004, type: tension, seconds: 20, themes: [hero]}
  - {id: M-005, type: tender, seconds: 25, themes: [hero, home]}
  - {id: M-006, type: fanfare, themes: [hero], recipe: sad}
"""


def read(tmp_path: Path, text: str) -> Show:
    """The show of a text."""
    file = tmp_path / "story.yaml"
    file.write_text(text, encoding="utf-8")
    return load_show(file)


def test_stages_follow_one_another_over_the_cues_that_name_the_theme(tmp_path: Path) -> None:
    show = read(tmp_path, HEAD + CUES)
    stages = [stage_of(show, cue, "hero", load_banks().cue_types) for cue in show.cues]
    assert stages == ["fragment", "full", "", "corrupted", "absent", "restored"]
    assert not any(stage_of(show, cue, "home", load_banks().cue_types) for cue in show.cues)


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_stages_are_spread_evenly_and_in_order(count: int, tmp_path: Path) -> None:
    cues = "cues:\n" + "".join(f"  - {{id: M-{n}, type: eyecatch, themes: [hero]}}\n" for n in range(100, 100 + count))
    show = read(tmp_path, HEAD.replace("fragment, full, corrupted, absent, restored", "hint, full") + cues)
    stages = [stage_of(show, cue, "hero", load_banks().cue_types) for cue in show.cues]
    assert sorted(stages, key=["hint", "full"].index) == stages
    assert abs(stages.count("hint") - stages.count("full")) <= 1


def test_a_stage_gives_its_recipe_and_the_cue_goes_before_it(tmp_path: Path) -> None:
    show = read(tmp_path, HEAD + CUES)
    theme_forms = [theme_forms_of(show, cue, load_banks()) for cue in show.cues]
    told = [{g.theme: (g.recipe, g.fragments) for g in found} for _, found in theme_forms]
    assert told == [
        {"hero": (PLAIN, True)},
        {"hero": (PLAIN, False)},
        {},
        {"hero": ("corruption", False)},
        {},
        {"hero": ("sad", False)},
    ]
    assert theme_forms[4][0] == ("home",)


def test_an_absent_theme_is_not_heard_and_the_matrix_tells_the_story(tmp_path: Path) -> None:
    composed = compose_show(read(tmp_path, HEAD + CUES))
    rows = show_json(composed)["motif_matrix"]
    assert isinstance(rows, list)
    hero = [row["themes"]["hero"] for row in rows]
    assert [cell["stage"] for cell in hero] == ["fragment", "full", "", "corrupted", "absent", "restored"]
    assert [cell["statements"] > 0 for cell in hero] == [True, True, False, True, False, True]
    assert [cell["recipe"] for cell in hero] == [PLAIN, PLAIN, "", "corruption", "", "sad"]


def test_a_cue_whose_only_theme_is_absent_has_no_melody_but_music(tmp_path: Path) -> None:
    text = HEAD.replace("fragment, full, corrupted, absent, restored", "absent")
    cue = compose_show(read(tmp_path, text + "cues: [{id: M-1, type: tension, seconds: 20, themes: [hero]}]\n")).cues[0]
    assert not cue.score.statements()
    assert sum(1 for part in cue.score.parts for _ in part.notes()) > 20


def test_a_show_and_a_style_bring_their_own_recipes(tmp_path: Path) -> None:
    style = tmp_path / "mine.yaml"
    own = "{about: x, ops: [inversion], level: development, tempo: 0.9}"
    style.write_text(f"extends: symphonic\ntitle: Mine\nrecipes: {{mirrored: {own}}}\n", encoding="utf-8")
    text = f"style: {style}\nrecipes: {{slowed: {own.replace('inversion', 'augmentation:2')}, sad: {own}}}\n"
    show = read(
        tmp_path,
        HEAD.replace("fragment, full, corrupted, absent, restored", "mirrored, slowed, sad")
        + text
        + "cues:\n"
        + "".join(f"  - {{id: M-{n}, type: tender, seconds: 30, themes: [hero]}}\n" for n in (1, 2, 3)),
    )
    theme_forms = [cue.score.plan.theme_form("hero") for cue in compose_show(show).cues]
    assert [theme_form.recipe for theme_form in theme_forms] == ["mirrored", "slowed", "sad"]
    assert [theme_form.row.ops for theme_form in theme_forms if theme_form.row] == [
        ("inversion",),
        ("augmentation:2",),
        ("inversion",),
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("corrupted", "corupted", r":5:\d+: themes\.hero\.arc\[2\]", "did you mean 'corrupted'"),
        ("recipe: sad", "recipe: sadd", r": cues\[5\]\.recipe", "did you mean 'sad'"),
        ("recipe: sad", "recipe: {hero: sadd}", r": cues\[5\]\.recipe\.hero", "did you mean 'sad'"),
        ("recipe: sad", "recipe: {home: sad}", r": cues\[5\]\.recipe\.home", "no theme 'home'"),
        ("recipe: sad", "meeting: dialogue", r": cues\[5\]\.meeting", "two themes"),
        ("recipe: sad", "meeting: duet", r": cues\[5\]\.meeting", "counterpoint"),
        ("fragment, full", "fragment, full, full, full", r": themes\.hero\.arc", "only 5 cues"),
        ("seed: 4", "seed: 4\nrecipes: {odd: {about: x, ops: [invert], level: statement}}", r"recipes\.odd", "inver"),
        (
            "seed: 4",
            "seed: 4\nrecipes: {odd: {about: x, ops: [], level: statement, families: [bras]}}",
            r"recipes\.odd\.families\[0\]",
            "brass",
        ),
    ],
)  # fmt: skip
def test_faults_are_named_where_they_stand(old: str, new: str, place: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=place) as caught:
        read(tmp_path, (HEAD + CUES).replace(old, new))
    assert words in str(caught.value)


def test_briefs_carry_what_the_show_says(tmp_path: Path) -> None:
    show = read(tmp_path, HEAD + CUES.replace("[hero, home]}", "[hero, home], meeting: dialogue}"))
    assert brief_of(show, show.cues[4]).meeting == "dialogue"
    assert brief_of(show, show.cues[3]).theme_forms[0].stage == "corrupted"
