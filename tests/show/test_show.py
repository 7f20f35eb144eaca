"""The cue set: distinct themes, complete briefs, composed shows."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from cuesmith.chance import stream
from cuesmith.cue.cue import slug
from cuesmith.errors import ComposeError, UsageError
from cuesmith.motif.identity import DISTINCT, identity
from cuesmith.motif.model import Theme
from cuesmith.music.scale import Key
from cuesmith.show.compose_show import brief_of, compose_cues, compose_show, show_themes
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import CueSpec, Show, ThemeSpec
from cuesmith.themes.make import character_for, make_themes

CHARACTERS = tuple(load_banks().characters)


def shape(theme: Theme) -> list[tuple[int, int]]:
    return [(n.onset, theme.key.pitch(n.step, n.alter)) for n in theme.motif.notes]


def show(**settings: object) -> Show:
    """A small show: three themes, three short cues."""
    given: dict[str, object] = {
        "title": "Lanterns",
        "seed": 8,
        "themes": {
            "hero": ThemeSpec(character="heroic", key="D major"),
            "home": ThemeSpec(character="tender", instrument="oboe"),
            "rival": ThemeSpec(character="menacing"),
        },
        "cues": (
            CueSpec(id="M-501", type="eyecatch", themes=("hero",)),
            CueSpec(id="M-201", title="Lámpara roja!", type="tender", themes=("home",), seconds=30),
            CueSpec(id="M401B", type="battle", style="synth", themes=("rival", "hero"), seconds=24.5, key="E minor"),
        ),
        **settings,
    }
    return Show(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(40))
def test_themes_of_a_show_are_kept_apart(seed: int, banks: Banks) -> None:
    chosen = stream(seed, "test").shuffled(CHARACTERS)[:3]
    specs = {f"theme {i}": ThemeSpec(character=character) for i, character in enumerate(chosen)}
    style = ("symphonic", "jazz-rock", "synth", "taiko-koto")[seed % 4]
    themes = make_themes(specs, load_style(style), banks, seed)
    assert list(themes) == list(specs)
    assert DISTINCT <= 0.45
    for one, other in combinations(themes.values(), 2):
        assert identity(shape(one), shape(other)) <= DISTINCT


def test_one_character_can_have_two_themes(banks: Banks) -> None:
    specs = {"one": ThemeSpec(character="heroic"), "two": ThemeSpec(character="heroic")}
    for seed in range(5):
        one, two = make_themes(specs, load_style("symphonic"), banks, seed).values()
        assert identity(shape(one), shape(two)) <= DISTINCT


def test_more_themes_than_shapes_are_refused(banks: Banks) -> None:
    specs = {f"copy {i}": ThemeSpec(character="heroic") for i in range(30)}
    with pytest.raises(ComposeError, match="give it another character"):
        make_themes(specs, load_style("symphonic"), banks, 1)


def test_a_later_theme_leaves_the_earlier_alone(banks: Banks) -> None:
    specs = {"hero": ThemeSpec(character="heroic"), "home": ThemeSpec(character="tender")}
    style = load_style("symphonic")
    assert make_themes(specs, style, banks, 4)["hero"] == make_themes({"hero": specs["hero"]}, style, banks, 4)["hero"]


def test_themes_are_what_the_show_says() -> None:
    themes = show_themes(show())
    assert list(themes) == ["hero", "home", "rival"]
    assert (themes["hero"].key.tonic, themes["hero"].key.minor) == (2, False)
    assert themes["home"].instrument == "oboe"
    assert themes["rival"].character == "menacing"


def test_a_brief_is_completed_from_show_and_type(banks: Banks) -> None:
    whole = show(cues=(
        CueSpec(id="M-1", type="battle"),
        CueSpec(id="M-2", type="suite"),
        CueSpec(id="M-3", type="daily", title="Tea", style="jazz-rock", seed=3, tempo=96, key="A dorian",
                themes=("home",), seconds=40),
    ))  # fmt: skip
    plain, suite, full = (brief_of(whole, cue) for cue in whole.cues)
    assert (plain.title, plain.style, plain.seed) == (banks.cue_types["battle"].name, "symphonic", 8)
    assert (plain.seconds, plain.key, plain.tempo_bpm) == (None, None, None)
    assert plain.themes == ("hero",), "the show's first theme"
    assert suite.themes == ("hero", "home", "rival"), "a suite takes them all"
    assert (full.title, full.style, full.seed, full.seconds) == ("Tea", "jazz-rock", 3, 40)
    assert (full.key, full.tempo_bpm, full.themes) == (Key(9, "dorian"), 96, ("home",))
    assert (
        brief_of(show(themes={}, cues=(CueSpec(id="M-1", type="battle"),)), CueSpec(id="M-1", type="battle")).themes
        == ()
    )


def test_a_show_is_composed_in_the_order_of_its_file() -> None:
    done = compose_show(show())
    assert [cue.brief.id for cue in done.cues] == ["M-501", "M-201", "M401B"]
    assert [cue.seconds for cue in done.cues] == [5, 30, 24.5]
    assert [cue.score.plan.brief.style for cue in done.cues] == ["symphonic", "symphonic", "synth"]
    assert done.cues[2].score.plan.key == Key(4, "aeolian")
    assert [list(cue.themes) for cue in done.cues] == [["hero"], ["home"], ["rival", "hero"]]
    for cue in done.cues:
        assert {statement.theme for statement in cue.score.statements()} <= set(cue.themes)


def test_one_cue_can_be_composed_alone() -> None:
    """Leaving out or reordering cues changes none of the others."""
    every = {cue.brief.id: cue.midi() for cue in compose_cues(show())}
    alone = show(cues=show().cues[2:0:-1])
    assert {cue.brief.id: cue.midi() for cue in compose_cues(alone)} == {i: every[i] for i in ("M401B", "M-201")}


def test_a_show_is_composed_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text("title: Small\nthemes: {a: {character: heroic}}\ncues: [{id: M-1, type: stinger}]\n", "utf-8")
    assert [cue.title for cue in compose_show(file).cues] == [cue.title for cue in compose_show(str(file)).cues]
    with pytest.raises(UsageError):
        compose_show(tmp_path / "missing.yaml")


def test_files_are_named_after_id_and_title() -> None:
    stems = [cue.file_stem for cue in compose_show(show()).cues]
    assert stems[1] == "m201_lampara-roja"
    assert stems[2].startswith("m401b_")
    assert len(set(stems)) == len(stems)


@pytest.mark.parametrize(
    ("title", "name"),
    [("Duel at the Gate", "duel-at-the-gate"), ("灯籠", "untitled"), ("  ", "untitled"),
     ("Élan -- vital!", "elan-vital"),
     ("../../etc", "etc"), ("x" * 200, "x" * 60)],
)  # fmt: skip
def test_slugs(title: str, name: str) -> None:
    assert slug(title) == name


def test_a_character_is_near_the_mood(banks: Banks) -> None:
    for valence, arousal in ((0.8, 0.8), (-0.7, 0.2), (-0.6, 0.8), (0.5, 0.2)):
        found = [banks.characters[character_for(valence, arousal, banks, stream(i, "near"))] for i in range(200)]
        mean = sum(row.valence for row in found) / len(found)
        assert (mean > 0) == (valence > 0)
