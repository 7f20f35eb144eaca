"""`cuesmith styles`, `types`, `schema`, `doctor`, `--version`."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.find import config_dir

from .conftest import Run

BUILT_IN = {"jazz-rock", "symphonic", "synth", "taiko-koto"}


def test_styles_as_a_table(run: Run) -> None:
    done = run("styles")
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["name", "title", "origin", "about"]
    assert {row.split()[0] for row in rows} >= BUILT_IN
    assert all("built-in" in row for row in rows)


def test_own_styles_are_listed(run: Run) -> None:
    Path("styles").mkdir()
    Path("styles/mine.yaml").write_text("extends: synth\ntitle: Mine\nabout: for trying\n", encoding="utf-8")
    Path("styles/broken.yaml").write_text("title: Broken\n", encoding="utf-8")
    (config_dir() / "styles").mkdir(parents=True)
    (config_dir() / "styles" / "yours.yaml").write_text("extends: synth\ntitle: Yours\n", encoding="utf-8")
    done = run("styles", "--json")
    assert done.exit_code == 0
    told = {row["name"]: row for row in json.loads(done.stdout)}
    assert set(told) >= BUILT_IN | {"mine", "yours", "broken"}
    assert told["mine"] == {"name": "mine", "title": "Mine", "origin": "working directory", "about": "for trying"}
    assert (told["yours"]["origin"], told["symphonic"]["origin"]) == ("user", "built-in")
    assert told["broken"]["about"].startswith("not valid: ")


def test_types(run: Run) -> None:
    rows = load_banks().cue_types
    lines = run("types").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(rows)
    told = json.loads(run("types", "--json").stdout)
    assert [(row["id"], row["like"]) for row in told] == [(id_, row.like) for id_, row in rows.items()]
    for line, row in zip(lines[1:], rows.values(), strict=True):
        assert (f"like {row.like}: {row.purpose}" in line) == bool(row.like)
    for row in told:
        assert row["limits"][0] <= row["seconds"][0] <= row["default_seconds"] <= row["seconds"][1] <= row["limits"][1]
        assert row["bpm"][0] <= row["bpm"][1]
        assert row["name"] and row["purpose"] and row["meters"] and row["ending"]


def test_feelings(run: Run) -> None:
    rows = load_banks().feelings
    lines = run("feelings").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(rows)
    told = json.loads(run("feelings", "--json").stdout)
    assert {row["name"]: row["arousal"] for row in told} == {name: row.arousal for name, row in rows.items()}


@pytest.mark.parametrize(("kind", "needs"), [("style", "seats"), ("show", "cues")])
def test_schema_knows_the_keys(run: Run, kind: str, needs: str) -> None:
    schema = json.loads(run("schema", kind).stdout)
    assert "draft-07" in schema["$schema"]
    assert needs in schema["properties"]
    assert schema["title"] == f"Cuesmith {kind}"


def test_schema_covers_what_ships(run: Run) -> None:
    known = set(json.loads(run("schema", "style").stdout)["properties"])
    for entry in json.loads(run("styles", "--json").stdout):
        text = Path(__file__).parents[2] / "styles" / f"{entry['name']}.yaml"
        assert set(yaml.safe_load(text.read_text("utf-8"))) <= known


def test_unknown_schema(run: Run) -> None:
    done = run("schema", "cue")
    assert done.exit_code == 2
    assert "style" in done.stderr and "show" in done.stderr


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"cuesmith {version('cuesmith')}\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_the_commands(run: Run, flag: str) -> None:
    done = run(flag)
    assert done.exit_code == 0
    for command in ("cue", "show", "album", "styles", "types", "feelings", "check", "schema", "doctor"):
        assert command in done.stdout
        assert run(command, flag).exit_code == 0


def test_no_command_is_a_usage_error(run: Run) -> None:
    assert run().exit_code == 2


def test_doctor_where_sound_is_possible(run: Run) -> None:
    pytest.importorskip("soundfile")
    pytest.importorskip("pygame")
    done = run("doctor")
    assert done.exit_code == 0
    assert "fluidsynth" in done.stdout and "sound: possible" in done.stdout
    told = json.loads(run("doctor", "--json").stdout)
    assert told["sound"] is True
    assert told["library"]["version"] in done.stdout
    assert any(item["usable"] and item["path"] == told["library"]["path"] for item in told["candidates"])


@pytest.mark.parametrize("variable", ["CUESMITH_FLUIDSYNTH", "CUESMITH_SOUNDFONT"])
def test_doctor_where_sound_is_not_possible(run: Run, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "nowhere/thing")
    done = run("doctor")
    assert done.exit_code == 4
    assert "sound: not possible" in done.stdout
    assert "nowhere/thing" in done.stdout
    again = run("doctor", "--json")
    assert again.exit_code == 4
    assert json.loads(again.stdout)["sound"] is False
    assert again.stderr.startswith("cuesmith: no sound is possible")
