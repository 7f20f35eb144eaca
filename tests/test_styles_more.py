"""The styles besides the four main ones, and the starter of `cuesmith style new`: what a musician can rely on."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cuesmith.cli.app import app
from cuesmith.cli.style import starter
from cuesmith.cue.compose import compose
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.load import load_style, style_from
from cuesmith.specs.yaml.document import read_document

FOLDER = files("cuesmith.styles")
STYLES = tuple(sorted(file.name.removesuffix(".yaml") for file in FOLDER.iterdir() if file.name.endswith(".yaml")))
MORE = tuple(name for name in STYLES if name not in ("symphonic", "jazz-rock", "synth", "taiko-koto"))


@pytest.mark.parametrize("name", MORE)
def test_a_style_has_rules_for_cue_types(name: str) -> None:
    own = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert len(own["cues"]) >= 12
    style = load_style(name)
    for row in style.recipes:
        assert any(row in (rules.recipes or {}) for rules in style.cues.values()), f"no cue ever takes {row}"


@pytest.mark.parametrize("name", MORE)
def test_all_styles_differ_in_seats_chord_colours_and_playing(name: str) -> None:
    style = load_style(name)
    for other in (load_style(other) for other in STYLES if other != name):
        assert style.seats != other.seats
        assert style.colour != other.colour
        assert (style.playing, style.mix) != (other.playing, other.mix)


@pytest.mark.parametrize("name", MORE)
def test_kits_have_a_groove_of_their_own_in_four_and_three(name: str, banks: Banks) -> None:
    style = load_style(name)
    for id_, seat in style.seats.items():
        meters = {str(banks.grooves[groove].meter) for groove in seat.grooves}
        assert not meters or {"4/4", "3/4"} <= meters, id_


def laid(base: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Merge one mapping over another, key by key."""
    both = dict(base)
    for key, value in over.items():
        below = both.get(key)
        both[key] = laid(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return both


def test_the_worked_example_of_the_manual_is_a_style(tmp_path: Path) -> None:
    manual = Path(__file__).parents[1] / "docs" / "styles.md"
    afternoon = manual.read_text("utf-8").partition("## Extend")[0]
    style: dict[str, object] = {"extends": "symphonic"}
    for block in re.findall(r"```yaml\n(.*?)```", afternoon, re.DOTALL):
        style = laid(style, yaml.safe_load(block))
    file = tmp_path / "harbour-town.yaml"
    file.write_text(yaml.safe_dump(style), "utf-8")
    cue = compose(style=str(file), type="daily", seed=7, seconds=40, recipe="on_the_quay")
    assert str(cue.score.plan.sections[0].meter) == "3/4"
    played = {part.instrument for part in cue.score.parts}
    assert {"accordion", "nylon_guitar"} <= played
    assert not {"oboe", "harp", "pizzicato"} & {part.instrument for part in cue.score.parts if part.id == "harp"}


def uncommented(text: str) -> str:
    """Return the starter with its commented seats and cue types switched on."""
    head, line, tail = text.partition("# seats:\n")
    lines = (line + tail).splitlines()
    return head + "\n".join(x.removeprefix("# ") if x.startswith(("# seats", "# cues", "#   ")) else x for x in lines)


@pytest.mark.parametrize("parent", STYLES)
def test_a_starter_changes_nothing_yet(parent: str, banks: Banks, tmp_path: Path) -> None:
    base, file = load_style(parent), tmp_path / "own.yaml"
    text = starter("own", parent, base, banks, file)
    file.write_text(text, "utf-8")
    made = load_style(str(file))
    assert replace(made, title=base.title, about=base.about, kin=base.kin) == base
    assert parent in made.kin
    file.write_text(uncommented(text), "utf-8")
    taken = style_from(read_document(file))
    assert taken.seats == base.seats
    assert {"main_theme", "daily", "tender", "battle"} <= set(taken.cues)
    assert len(text.splitlines()) > 30 + len(base.seats)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, away from the user's own styles."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUESMITH_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path


def new(*args: str) -> tuple[int, str]:
    """Run `cuesmith style new`; returns its exit code and its output."""
    result = CliRunner().invoke(app, ["style", "new", *args], prog_name="cuesmith")
    return result.exit_code, result.stdout + result.stderr


def test_a_new_style_is_checked_found_and_composed(here: Path) -> None:
    code, said = new("harbour-town", "--from", "noir-lounge")
    assert code == 0
    assert "cuesmith cue --style harbour-town" in said
    assert CliRunner().invoke(app, ["check", "styles/harbour-town.yaml"]).exit_code == 0
    assert load_style("harbour-town").title == "Harbour town"
    ours = compose(style="harbour-town", type="eyecatch", seed=3)
    assert ours.midi() == compose(style="harbour-town", type="eyecatch", seed=3).midi()
    assert {part.instrument for part in ours.score.parts} <= {
        i for seat in load_style("noir-lounge").seats.values() for i in (*seat.instruments, seat.kit)
    }
    code, said = new("elsewhere", "-o", str(here / "deep" / "mine.yml"))
    assert code == 0
    assert (here / "deep" / "mine.yml").read_text("utf-8").splitlines()[5] == "title: Elsewhere"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("symphonic",), "there is a style 'symphonic' already (built-in); choose another name"),
        (("mine.yaml",), "leave out the ending"),
        (("../mine",), "a name has letters, digits"),
        (("",), "a name has letters, digits"),
        (("mine", "--from", "symphonik"), "did you mean 'symphonic'"),
        (("mine", "-o", "mine.txt"), "'.txt' is not a format"),
        (("mine", "-o", "there.yaml"), "is not overwritten"),
    ],
)
def test_a_starter_is_refused(args: tuple[str, ...], said: str, here: Path) -> None:
    there = here / "there.yaml"
    there.write_text("title: there\n", "utf-8")
    before = sorted(here.rglob("*"))
    code, text = new(*args)
    assert code == 2
    assert said in text
    assert "Traceback" not in text
    assert sorted(here.rglob("*")) == before
    assert there.read_text("utf-8") == "title: there\n"
