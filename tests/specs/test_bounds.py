"""Files and rows beyond any sensible size or value are refused at their place, and quickly enough by design."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cuesmith.errors import SpecError, UsageError
from cuesmith.specs.banks.library import read_banks
from cuesmith.specs.load import load_style, show_from
from cuesmith.specs.yaml.builder import MAX_ITEMS
from cuesmith.specs.yaml.document import parse_document, read_document
from cuesmith.specs.yaml.place import MAX_FAULTS

BANKS = Path(__file__).parents[2] / "styles" / "banks"
SHOW = "title: T\ncues:\n- id: M-1\n  type: battle\n"
# table, row that is added, place of the fault, message
ROWS = (
    ("cue_types", "  meters: {}", "meters", "nothing to choose from: one weight must be above 0"),
    ("cue_types", '  meters: {"4/4": 0}', "meters", "nothing to choose from: one weight must be above 0"),
    ("cue_types", "  modes: {}", "modes", "nothing to choose from: one weight must be above 0"),
    ("cue_types", "  modes: {dorian: -1, ionian: 1}", "modes.dorian", "a weight of -1; weights are 0 or more"),
    ("cue_types", "  bpm: [-5, 0]", "bpm", "-5 to 0 quarter notes per minute cannot be played"),
    ("cue_types", "  default_seconds: 9999", "default_seconds", "9999 s is outside the limits"),
    ("cue_types", "  limits: [0, 2]", "limits", "0 to 2 s; a cue lasts 1.5 to 900 s"),
    ("cue_types", "  form:\n  - {name: A, bars: 4, energy: 0.5, treatment: statement, theme: oters}", "form[0].theme",
     "unknown theme 'oters'; did you mean 'others'?"),
)  # fmt: skip


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BANKS, tmp_path / "banks"))


def refusal(folder: Path) -> str:
    with pytest.raises(SpecError) as caught:
        read_banks(folder)
    return str(caught.value)


@pytest.mark.parametrize(("table", "row", "place", "message"), ROWS, ids=[row for _, row, _, _ in ROWS])
def test_a_row_that_no_cue_could_use_is_refused(banks: Path, table: str, row: str, place: str, message: str) -> None:
    file = banks / f"{table}.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\nodd_row:\n  like: battle\n{row}\n", encoding="utf-8")
    said = refusal(banks)
    assert said.startswith(f"styles/banks/{table}.yaml:")
    assert f"odd_row.{place}: {message}" in said


def test_like_names_one_cue_type(banks: Path) -> None:
    file = banks / "cue_types.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\nodd_row:\n  like: [battle]\n", encoding="utf-8")
    assert "odd_row.like: a list is not the id of a cue type; write one, such as battle" in refusal(banks)


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("instruments", "range: [", "range: [127, 1], was: [", "range: a range is two numbers, low before high"),
        ("grooves", "tags: [orchestral", "tags: [orchestrl", "'orchestrl' is not one of the choices; did you mean"),
    ],
)
def test_a_changed_row_is_refused(banks: Path, table: str, old: str, new: str, message: str) -> None:
    file = banks / f"{table}.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert message in refusal(banks)


@pytest.mark.parametrize(
    "text",
    [
        SHOW + "".join(f"k{number}: 1\n" for number in range(60_000)),
        SHOW + "themes:\n" + "".join(f"  k{number}: {{character: x}}\n" for number in range(30_000)),
        SHOW + "themes:\n  a:\n" + "".join(f"    k{number}: 1\n" for number in range(60_000)),
        SHOW + f"themes: {{a: {{character: heroic, arc: [{', '.join('x' * 60_000)}]}}}}\n",
    ],
    ids=["keys", "themes", "keys of a theme", "arc"],
)
def test_a_list_of_endless_length_is_one_fault(text: str) -> None:
    with pytest.raises(SpecError, match=f"^show.yaml:.*more than {MAX_ITEMS} ") as caught:
        show_from(parse_document(text, "show.yaml"))
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("what", ["k{}: 1\n", "style_{}: x\n"])
def test_the_faults_of_a_file_are_capped(what: str) -> None:
    text = SHOW + "".join(what.format(number) for number in range(MAX_ITEMS - 10))
    with pytest.raises(SpecError) as caught:
        show_from(parse_document(text, "show.yaml"))
    lines = str(caught.value).splitlines()
    assert len(lines) == MAX_FAULTS + 1
    assert "more faults from here on" in lines[-1]


def test_unknown_names_are_capped_like_unknown_keys() -> None:
    text = SHOW + f"  themes: [{', '.join(f'k{number}' for number in range(MAX_ITEMS - 10))}]\n"
    with pytest.raises(SpecError) as caught:
        show_from(parse_document(text, "show.yaml"))
    assert len(str(caught.value).splitlines()) == MAX_FAULTS + 1


def test_chords_for_a_section_that_the_type_has_not_are_refused() -> None:
    with pytest.raises(SpecError, match=r"^show.yaml:5:12: cues\[0\].chords.Z: unknown section 'Z'; known: "):
        show_from(parse_document(SHOW + "  chords: {Z: I V}\n", "show.yaml"))


def test_chords_for_a_repeated_section_are_taken() -> None:
    show = show_from(parse_document(SHOW + "  chords: {A: I V, A (2): I IV}\n", "show.yaml"))
    assert show.cues[0].chords == {"A": "I V", "A (2)": "I IV"}


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_a_utf_32_file_is_called_by_its_name(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "style.yaml"
    file.write_bytes("name: x\n".encode(encoding))
    with pytest.raises(SpecError, match=r"this is UTF-32 .*save the file as UTF-8"):
        read_document(file)


def test_a_folder_is_called_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_style(str(tmp_path))
    assert str(caught.value) == f"{tmp_path}: this is a folder; give a .yaml file inside it"
