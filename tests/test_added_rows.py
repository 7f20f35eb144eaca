"""Rows that a musician adds to the banks in YAML alone are used: cue types, treatments, textures, players, drums."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.conftest import BanksWith

from cuesmith.cue.edit_score import edit_score
from cuesmith.cue.write_score import write_draft
from cuesmith.export.explain import explain
from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan
from cuesmith.score import Score
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.like import fill_table, models_of
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Style

ROOT = Path(__file__).parents[1]
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
Themes: TypeAlias = Callable[[str], Mapping[str, Theme]]


def documented(table: str) -> str:
    """Return the rows of a bank that docs/styles.md shows as an example."""
    page = (ROOT / "docs" / "styles.md").read_text(encoding="utf-8")
    found = re.search(rf"```yaml\n(# styles/banks/{table}\.yaml\n.*?)```", page, re.DOTALL)
    assert found, f"no example of {table}"
    return "\n" + found[1]


ECHO, LONG_WAY, CODA = documented("treatments"), documented("cue_types"), documented("codas")


def style_for(name: str, banks: Banks) -> Style:
    """Return a style with its rules for the cue types of these banks."""
    style = load_style(name)
    return replace(style, cues=fill_table(style.cues, models_of(banks.cue_types)))


def score_of(style: Style, name: str, type_: str, seed: int, themes: Mapping[str, Theme], banks: Banks) -> Score:
    """Return the score of a cue at the first attempt."""
    brief = Brief("M-401", "Added", type_, name, seed, themes=tuple(themes))
    return edit_score(write_draft(build_plan(brief, style, themes, banks), style, themes, banks))


@pytest.mark.parametrize("style", STYLES)
def test_a_type_that_is_like_battle_is_a_battle(style: str, themes_of: Themes, banks_with: BanksWith) -> None:
    """Every note is the same, so no code depends on the name of the cue type."""
    banks = banks_with({"cue_types": "\nambush: {like: battle}\n"})
    seats, themes = style_for(style, banks), themes_of(style)
    for seed in (1, 2, 3):
        theirs, ours = (score_of(seats, style, type_, seed, themes, banks) for type_ in ("battle", "ambush"))
        assert theirs.parts == ours.parts
        assert theirs.harmony == ours.harmony
        assert theirs.plan == replace(ours.plan, brief=theirs.plan.brief)


# -- a treatment made of devices that are there ----------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_an_own_form_and_an_own_treatment(style: str, themes_of: Themes, banks_with: BanksWith) -> None:
    """The sections come in their order, and the new treatment uses the device it names, moved as it says."""
    banks = banks_with({"treatments": ECHO, "cue_types": LONG_WAY})
    themes = {"hero": themes_of(style)["hero"]}
    score = score_of(style_for(style, banks), style, "long_way", 4, themes, banks)
    assert [(s.name, s.treatment) for s in score.plan.sections] == [
        ("dawn", "echo"), ("road", "statement"), ("dusk", "coda"),
    ]  # fmt: skip
    said = {statement.section: statement.ops for statement in score.statements()}
    assert said.keys() >= {"dawn", "road"}
    assert all("sequence" in statement.ops for statement in score.statements() if statement.section == "dawn")
    plain = replace(banks, treatments={**banks.treatments, "echo": replace(banks.treatments["echo"], steps=0)})
    other = score_of(style_for(style, plain), style, "long_way", 4, themes, plain)
    assert score.parts != other.parts


# -- a coda ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_an_own_coda(style: str, themes_of: Themes, banks_with: BanksWith) -> None:
    """A row alone is enough: it is drawn, its device lays out the tune, its player is alone, its name is told."""
    banks = banks_with({"codas": CODA})
    themes = {"hero": themes_of(style)["hero"]}
    seats = style_for(style, banks)
    briefs = (Brief("M-401", "Added", "daily", style, seed, themes=tuple(themes)) for seed in range(24))
    drawn = [brief.seed for brief in briefs if build_plan(brief, seats, themes, banks).coda == "last_look"]
    assert 1 <= len(drawn) <= 4
    score = score_of(seats, style, "daily", int(drawn[0]), themes, banks)
    assert explain(score, themes)["coda"] == "last_look"
    coda = score.plan.sections[-1]
    if coda.bars > 1:
        inside = range(coda.start, coda.bar_ticks()[-1])
        playing = {part.id for part in score.parts if any(note.onset in inside for note in part.notes())}
        assert len(playing) <= 1


# -- all of it through the command, in a checkout of one's own -------------------------------------------------------

CANTER = """
canter: {role: ostinato, kind: arpeggio, unit: 2, pattern: "0 . 2 1 . 2 0 .", articulation: staccato}
"""
MINE = """
extends: chamber-piano
title: Mine
cues:
  long_way: {seats: {left_hand: {textures: {canter: 1}}}}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package, with added rows in its banks, and a style beside it."""
    folder = tmp_path_factory.mktemp("checkout")
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "engine" / "cuesmith", folder / "cuesmith", ignore=unwanted)
    for data in ("styles", "presets"):
        shutil.copytree(ROOT / data, folder / "cuesmith" / data, ignore=unwanted)
    for table, rows in {"treatments": ECHO, "cue_types": LONG_WAY, "textures": CANTER}.items():
        with (folder / "cuesmith" / "styles" / "banks" / f"{table}.yaml").open("a", encoding="utf-8") as file:
            file.write(rows)
    (folder / "styles").mkdir()
    (folder / "styles" / "mine.yaml").write_text(MINE, encoding="utf-8")
    return folder


def run(checkout: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the checkout, which is found before any other Cuesmith."""
    return subprocess.run(
        [sys.executable, *args], cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def test_the_command_composes_them(checkout: Path) -> None:
    files = ("-o", "way.json", "-o", "way.mid")
    done = run(checkout, "-m", "cuesmith", "cue", "--style", "mine", "--type", "long_way", "--seed", "3", *files)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads((checkout / "way.json").read_text(encoding="utf-8"))
    assert [section["treatment"] for section in told["sections"]] == ["echo", "statement", "coda"]


def test_an_own_texture_is_played(checkout: Path) -> None:
    asked = "cuesmith.compose(style='mine', type='long_way', seed=3)"
    heard = "{p.device for part in cue.score.parts if part.id == 'left_hand' for p in part.passages}"
    done = run(checkout, "-c", f"import cuesmith, json; cue = {asked}; print(json.dumps(sorted({heard})))")
    assert done.returncode == 0, done.stderr
    assert "canter" in json.loads(done.stdout)


def test_the_command_reports_the_place_of_a_misspelt_row(checkout: Path) -> None:
    banks = checkout / "cuesmith" / "styles" / "banks" / "cue_types.yaml"
    right = banks.read_text(encoding="utf-8")
    banks.write_text(right.replace("treatment: echo", "treatment: ecco"), encoding="utf-8")
    done = run(checkout, "-m", "cuesmith", "cue", "--type", "long_way", "-o", "way.mid")
    banks.write_text(right, encoding="utf-8")
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    line = 1 + right.split("treatment: echo")[0].count("\n")
    assert f"cue_types.yaml:{line}:" in done.stderr and "did you mean 'echo'?" in done.stderr
