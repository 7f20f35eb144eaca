"""Which file a name refers to."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from cuesmith.errors import UsageError
from cuesmith.specs.find import Kind, config_dir, find_file, list_names
from cuesmith.specs.load import load_style
from cuesmith.specs.yaml.document import read_document

FOLDERS: list[tuple[Kind, str]] = [("style", "styles"), ("show", "presets")]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A working directory and a user's folder, both empty."""
    work, user = tmp_path / "work", tmp_path / "user"
    work.mkdir()
    monkeypatch.setenv("CUESMITH_CONFIG_DIR", str(user))
    return work, user


def put(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"from: {folder}\n")
    return folder / name


@pytest.mark.parametrize(("kind", "folder"), FOLDERS)
def test_the_first_folder_wins(places: tuple[Path, Path], kind: Kind, folder: str) -> None:
    work, user = places
    users = put(user / folder, "mine.yaml")
    assert find_file(kind, "mine", working_dir=work) == users
    alternative = put(work / folder, "mine.yml")
    assert find_file(kind, "mine", working_dir=work) == alternative
    nearest = put(work / folder, "mine.yaml")
    assert find_file(kind, "mine", working_dir=work) == nearest
    listed = [entry for entry in list_names(kind, working_dir=work) if entry.name == "mine"]
    assert listed == [("mine", "working directory", nearest)]


@pytest.mark.parametrize(("kind", "folder"), FOLDERS)
def test_every_built_in_file_has_a_name(places: tuple[Path, Path], kind: Kind, folder: str) -> None:
    built_in = {entry.name.removesuffix(".yaml") for entry in files(f"cuesmith.{folder}").iterdir()
                if entry.name.endswith(".yaml")}  # fmt: skip
    listed = list_names(kind, working_dir=places[0])
    assert {entry.name for entry in listed} == built_in
    assert {entry.origin for entry in listed} <= {"built-in"}
    for entry in listed:
        assert find_file(kind, entry.name, working_dir=places[0]).name == f"{entry.name}.yaml"


def test_names_are_listed_in_order_with_their_origin(places: tuple[Path, Path]) -> None:
    work, user = places
    put(work / "styles", "zz-last.yaml")
    put(work / "styles", "aa first.yaml")
    put(user / "styles", "mm.v2.yml")
    put(work / "styles", ".hidden.yaml")
    put(work / "styles", "notes.txt")
    (work / "styles" / "folder.yaml").mkdir()
    listed = list_names("style", working_dir=work)
    names = [entry.name for entry in listed]
    assert names == sorted(names)
    assert {(entry.name, entry.origin) for entry in listed if entry.origin != "built-in"} == {
        ("zz-last", "working directory"), ("aa first", "working directory"), ("mm.v2", "user"),
    }  # fmt: skip
    assert find_file("style", "mm.v2", working_dir=work) == user / "styles" / "mm.v2.yml"


@pytest.mark.parametrize("path", ["x.yaml", "x.yml", "../other/x.yaml", "sub/x", "sub\\x", "./x"])
def test_paths_are_taken_as_they_are(places: tuple[Path, Path], path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_file("show", path) == Path(path)
    assert find_file("show", path, working_dir=places[0]) == places[0] / path
    absolute = str(places[0] / "y.yaml")
    assert find_file("show", absolute, working_dir=places[1]) == Path(absolute)


def test_the_current_directory_is_the_default(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    put(places[0] / "presets", "here.yaml")
    monkeypatch.chdir(places[0])
    found = find_file("show", "here")
    assert found == Path("presets/here.yaml")
    assert read_document(found).source == str(Path("presets/here.yaml"))


@pytest.mark.parametrize("name", ["..", ".", "", ".hidden", "a:b", "~", "a\0b", "..y", " x", "-x", "a\nb"])
def test_names_cannot_leave_their_folder(places: tuple[Path, Path], name: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_file("style", name, working_dir=places[0])
    assert str(caught.value) == f"'{name}' cannot be the name of a style; give a name, or the path of a .yaml file"


def test_unknown_names_say_where_was_looked_and_what_was_meant(places: tuple[Path, Path]) -> None:
    work, user = places
    put(work / "presets", "lanterns.yaml")
    with pytest.raises(UsageError) as caught:
        find_file("show", "lantern", working_dir=work)
    places_named = f"./presets, {user / 'presets'} or Cuesmith itself"
    assert str(caught.value) == f"no show named 'lantern' in {places_named}; did you mean 'lanterns'?"
    assert caught.value.exit_code == 2


def test_the_users_folder_follows_the_platform_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUESMITH_CONFIG_DIR", str(tmp_path))
    assert config_dir() == tmp_path
    monkeypatch.delenv("CUESMITH_CONFIG_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert config_dir().name == "cuesmith"
    assert config_dir() != tmp_path


def test_a_path_is_never_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`load_style` takes a Path or its text; a Path without an ending is a file, not the style of that name."""
    file = tmp_path / "mine.yaml"
    file.write_text("schema_version: 1\ntitle: Mine\nextends: synth\n", "utf-8")
    assert load_style(file) == load_style(str(file))
    assert load_style(file).title == "Mine"
    (tmp_path / "symphonic").write_text(file.read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_style(Path("symphonic")).title == "Mine"
    assert load_style("symphonic").title != "Mine"
    with pytest.raises(UsageError, match=r"nowhere\.yaml"):
        load_style(tmp_path / "nowhere.yaml")
