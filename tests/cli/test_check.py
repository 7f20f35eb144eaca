"""`cuesmith check`: how it tells styles from shows, and every fault of every file with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuesmith.cli.check import kind_of
from cuesmith.specs.find import list_names
from cuesmith.specs.yaml.document import parse_document

from .conftest import SHOW, Run

GOOD_STYLE = "extends: symphonic\ntitle: Mine\n"
BAD = {  # name → (bytes, kind, the line it is reported on, part of the message)
    "a_style.yaml": (b"title: X\nfamily: orchestral\nseets: {}\n", "style", "3:1", "did you mean 'seats'"),
    "b_show.yaml": (b"title: X\ncues:\n  - {id: M-1, type: batle}\n", "show", "3:21", "did you mean 'battle'"),
    "c_empty.yaml": (b"", None, "1:1", "the file is empty"),
    "d_syntax.yaml": (b"title: [X\n", None, "", "d_syntax.yaml:"),
    "e_bytes.yaml": (b"title: \xff\n", None, "1:8", "is not UTF-8"),
    "f_list.yaml": (b"- a\n- b\n", None, "", "neither a style"),
    "g_other.yaml": (b"name: compose\nservices: {}\n", None, "", "neither a style"),
    "h_parent.yaml": (b"extends: symphnic\ntitle: X\n", "style", "1:10", "did you mean 'symphonic'"),
    "i_no_cues.yaml": (b"title: X\nthemes: {}\n", "show", "", "cues"),
}


@pytest.fixture
def bad_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, (data, *_) in BAD.items():
        (folder / name).write_bytes(data)
    (folder / "notes.txt").write_text("not looked at", encoding="utf-8")
    return folder


def test_valid_files(run: Run, show_file: Path) -> None:
    Path("mine.yaml").write_text(GOOD_STYLE, encoding="utf-8")
    done = run("check", "mine.yaml", show_file)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["mine.yaml: ok (style)", f"{show_file}: ok (show)"]
    assert run("check", "-q", "mine.yaml").stdout == ""


@pytest.mark.parametrize("kind", ["style", "show"])
def test_shipped_files_are_valid(run: Run, kind: str) -> None:
    files = [str(entry.file) for entry in list_names("style" if kind == "style" else "show")]
    assert files or kind == "show"
    for file in files:
        assert run("check", file).stdout == f"{file}: ok ({kind})\n"


def test_every_fault_of_every_file(run: Run, bad_folder: Path) -> None:
    Path("mine.yaml").write_text(GOOD_STYLE, encoding="utf-8")
    done = run("check", "mine.yaml", bad_folder)
    assert done.exit_code == 3
    assert done.stdout == "mine.yaml: ok (style)\n"
    lines = done.stderr.splitlines()
    for name, (_, _, place, says) in BAD.items():
        start = f"{bad_folder / name}:{place}:" if place else f"{bad_folder / name}:"
        assert any(line.startswith(start) and says in line for line in lines), (name, done.stderr)
    assert lines[-1] == f"cuesmith: {len(BAD)} of {len(BAD) + 1} files are not valid"
    assert "Traceback" not in done.stderr


def test_all_faults_of_one_file(run: Run) -> None:
    Path("bad.yaml").write_text(
        "title: X\nstyle: symphonc\ncues:\n  - {id: M-1, type: batle}\n  - {id: M-1, type: tender}\n", encoding="utf-8"
    )
    done = run("check", "bad.yaml")
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 4  # style, type, doubled id, and how many files


def test_json_verdicts(run: Run, bad_folder: Path, show_file: Path) -> None:
    done = run("check", "--json", show_file, bad_folder)
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert told[0] == {"file": str(show_file), "kind": "show", "ok": True, "errors": []}
    for verdict, (name, (_, kind, _, says)) in zip(told[1:], BAD.items(), strict=True):
        assert verdict["file"] == str(bad_folder / name)
        assert verdict["kind"] == kind
        assert not verdict["ok"]
        assert any(says in line for line in verdict["errors"])


def test_missing_file_among_good_ones(run: Run) -> None:
    Path("mine.yaml").write_text(GOOD_STYLE, encoding="utf-8")
    done = run("check", "mine.yaml", "min.yaml")
    assert done.exit_code == 2
    assert "did you mean 'mine.yaml'" in done.stderr
    assert done.stderr.endswith("cuesmith: 1 of 2 files is not valid\n")


def test_a_faulty_file_outweighs_a_missing_one(run: Run) -> None:
    Path("bad.yaml").write_text("seats: 1\n", encoding="utf-8")
    assert run("check", "gone.yaml", "bad.yaml").exit_code == 3
    assert run("check", "bad.yaml", "gone.yaml").exit_code == 3


def test_folder_without_yaml(run: Run) -> None:
    Path("empty").mkdir()
    assert "no .yaml file in this folder" in run("check", "empty").failed(2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("seats: {}", "style"),
        ("family: synth", "style"),
        ("palette: {}", "style"),
        ("seats: {}\ncues: {battle: {}}", "style"),  # a style has rules per cue type under the same key
        ("extends: synth\ncues: {battle: {}}", "style"),
        ("cues: []", "show"),
        (SHOW, "show"),
        ("cues: {battle: {}}", None),
        ("title: X", None),
        ("just text", None),
    ],
)
def test_the_content_decides_the_kind(text: str, kind: str | None) -> None:
    assert kind_of(parse_document(text, "x.yaml")) == kind
