"""`cuesmith motif`: what each command prints and writes, and its error messages."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import mido
import pytest

from .conftest import Run

NOTES = "D4:1.5 F#4:.5 A4:2 | B4:1 A4:1 E4:2"


def test_invent_prints_notes_outline_and_points(run: Run) -> None:
    asked = ("motif", "invent", "--character", "heroic", "--seed", "7", "-n", "3", "--key", "D major")
    done = run(*asked)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.count("fingerprint rhythm 15/15") >= 1
    for number in (1, 2, 3):
        assert f"heroic {number}: D " in done.stdout
    assert run(*asked).stdout == done.stdout


def test_invent_as_json(run: Run) -> None:
    done = run("motif", "invent", "--character", "tender", "-n", "2", "--scale", "yonanuki_major", "--json")
    themes = json.loads(done.stdout)
    assert [theme["scale"] for theme in themes] == ["yonanuki_major"] * 2
    assert all(theme["criteria"]["fingerprint rhythm"][1] == 15 for theme in themes)
    assert themes[0]["notes"].startswith(themes[0]["motif"].split(" ")[0])


def test_invented_themes_are_saved_in_every_format_and_can_be_used_again(run: Run) -> None:
    files = [Path(f"a{ending}") for ending in (".mid", ".yaml", ".svg", ".txt")]
    done = run("motif", "invent", "--character", "lonely", "-n", "2", *(arg for f in files for arg in ("-o", f)))
    assert done.exit_code == 0 and all(str(f) in done.stdout for f in files)
    marks = [m.text for track in mido.MidiFile(files[0]).tracks for m in track if m.type == "marker"]
    assert marks == ["lonely 1", "lonely 2"]
    assert ElementTree.fromstring(files[2].read_text("utf-8")).tag.endswith("svg")
    assert files[3].read_text("utf-8").count("▁") >= 2
    again = json.loads(run("motif", "compare", "a.yaml:lonely 1", "a.yaml:lonely 1", "--json").stdout)
    assert again["identity"] == 1.0
    apart = json.loads(run("motif", "compare", "a.yaml:lonely 1", "a.yaml:lonely 2", "--json").stdout)
    assert apart["identity"] <= 0.45


def test_transform_does_operations_in_order(run: Run) -> None:
    ops = ("--op", "mode:minor", "--op", "augmentation:2")
    done = run("motif", "transform", NOTES, "--key", "D major", *ops, "--json")
    data = json.loads(done.stdout)
    assert (data["key"], data["names"], data["identity"]) == ("D minor", ["mode", "augmentation"], 1.0)
    assert data["voices"] == ["D4:3 F4:1 | A4:4 | Bb4:2 A4:2 | E4:4"]


def test_transform_by_recipe_writes_every_voice(run: Run) -> None:
    done = run("motif", "transform", NOTES, "--key", "D major", "--recipe", "battle", "-o", "b.mid", "-o", "b.svg")
    assert done.exit_code == 0 and "a statement" in done.stdout and "voice 2" in done.stdout
    sounding = [t for t in mido.MidiFile("b.mid").tracks if any(m.type == "note_on" for m in t)]
    assert len(sounding) == 2


def test_a_midi_file_and_a_show_are_themes_as_well(run: Run, show_file: Path) -> None:
    assert run("motif", "show", show_file, "hero", "-o", "hero.mid").exit_code == 0
    shown = json.loads(run("motif", "show", show_file, "hero", "--json").stdout)
    assert (shown["name"], shown["key"]) == ("hero", "D " + shown["key"].removeprefix("D "))
    same = run("motif", "compare", f"{show_file}:hero", "hero.mid", "--json")
    assert json.loads(same.stdout)["identity"] == 1.0


def test_show_prints_the_whole_theme(run: Run) -> None:
    done = run("motif", "show", "demo", "home")
    assert done.exit_code == 0
    assert done.stdout.startswith("home: ") and done.stdout.count("|") >= 6


def test_compare_prints_its_three_parts(run: Run) -> None:
    done = run("motif", "compare", NOTES, NOTES)
    first_words = [line.split()[0] for line in done.stdout.splitlines()]
    assert first_words == ["part", "rhythm", "contour", "interval", "identity"]
    assert "identity 1.00" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("invent", "--character", "herioc"), 2, "did you mean 'heroic'"),
        (("invent", "--character", "heroic", "--scale", "hirajosi"), 2, "did you mean 'hirajoshi'"),
        (("invent", "--character", "heroic", "--key", "H major"), 2, "--key"),
        (("invent", "--character", "heroic", "-o", "a.mp3"), 2, ".mid"),
        (("transform", "D4:1 H4:1", "--op", "inversion"), 2, "column 6"),
        (("transform", NOTES), 2, "say what to do"),
        (("transform", NOTES, "--op", "inversion", "--recipe", "sad"), 2, "one of the two"),
        (("transform", NOTES, "--op", "inversoin"), 2, "did you mean 'inversion'"),
        (("transform", NOTES, "--recipe", "sda"), 2, "did you mean 'sad'"),
        (("transform", "gone.mid", "--op", "inversion"), 2, "no such MIDI file"),
        (("transform", "gone.yaml", "--op", "inversion"), 2, "no such file"),
        (("compare", "nothing", NOTES), 2, "is not a theme; give notes"),
        (("show", "demo", "hreo"), 2, "did you mean 'hero'"),
    ],
)
def test_refusals(run: Run, args: tuple[str, ...], code: int, says: str) -> None:
    assert says in run("motif", *args).failed(code)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("title: x\n", 2, "there are no themes"),
        ("themes: {a: {notes: 'C4:4'}, b: {notes: 'D4:4'}}\n", 2, "name one: t.yaml:a"),
        ("themes: {a: {notes: 'C4:1 H4:1'}}\n", 3, "t.yaml:1:21: themes.a.notes: column 6"),
        ("themes: {a: {character: herioc}}\n", 2, "did you mean 'heroic'"),
        ("themes: {a: {notes: 'C4:4', scale: yoo}}\n", 2, "did you mean 'yo'"),
    ],
)
def test_faulty_files_of_themes(run: Run, text: str, code: int, says: str) -> None:
    Path("t.yaml").write_text(text, encoding="utf-8")
    done = run("motif", "compare", "t.yaml", NOTES)
    assert done.exit_code == code and says in done.stderr


def test_a_theme_of_a_file_may_be_invented(run: Run) -> None:
    Path("t.yaml").write_text("themes: {a: {character: heroic}}\n", encoding="utf-8")
    assert run("motif", "transform", "t.yaml", "--op", "retrograde").exit_code == 0
    assert "has no theme 'b'" in run("motif", "transform", "t.yaml:b", "--op", "retrograde").failed(2)
