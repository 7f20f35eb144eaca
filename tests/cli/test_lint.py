"""`cuesmith lint`: findings as text and JSON, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuesmith.cue.compose import compose

from .conftest import Run


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return compose(style="symphonic", type="eyecatch", seed=1).save(tmp_path / "cue.mid")


def test_a_midi_file(run: Run, written: Path) -> None:
    done = run("lint", written)
    assert done.exit_code in (0, 1)
    head, *lines = done.stdout.splitlines()
    assert head.startswith("cue.mid: score ")
    assert all(line.startswith(("  reject", "  mend")) for line in lines)
    assert "not checked" in run("lint", written, "--all").stdout.splitlines()[-1]


def test_the_exit_code_tells_whether_something_must_be_rejected(run: Run, show_file: Path, written: Path) -> None:
    for source in (written, show_file):
        done = run("lint", source, "--format", "json")
        assert json.loads(done.stdout)["passed"] == (done.exit_code == 0)
        assert done.exit_code == any(line.startswith("  reject") for line in run("lint", source).stdout.splitlines())


def test_a_show_as_json(run: Run, show_file: Path) -> None:
    data = json.loads(run("lint", show_file, "--format", "json", "--all").stdout)
    assert [cue["id"] for cue in data["cues"]] == ["M-501", "M-502"]
    assert set(data["set"]) == {"id", "title", "passed", "score", "findings", "not_checked", "guessed"}
    keys = {"rule", "severity", "value", "threshold", "bar", "part", "message"}
    assert all(set(finding) == keys for cue in data["cues"] for finding in cue["findings"])


def test_polish_is_shown_on_demand(run: Run, show_file: Path) -> None:
    def severities(*options: str) -> set[int]:
        data = json.loads(run("lint", show_file, "--format", "json", *options).stdout)
        return {f["severity"] for report in (*data["cues"], data["set"]) for f in report["findings"]}

    assert 3 not in severities()
    assert severities() <= severities("--all")


def test_a_show_as_text(run: Run, show_file: Path) -> None:
    lines = run("lint", show_file).stdout.splitlines()
    heads = [line for line in lines if not line.startswith("  ")]
    assert [line.partition(":")[0] for line in heads] == ["M-501 Doors", "M-502 Hearth", "the set"]


@pytest.mark.parametrize(
    ("name", "text", "code", "message"),
    [
        ("none.mid", None, 2, "no such MIDI file"),
        ("broken.mid", "nonsense", 2, "not a MIDI file"),
        ("none.yaml", None, 2, "none.yaml"),
        ("broken.yaml", "title: X\ncues:\n  - {id: M-1, type: batle}\n", 3, "did you mean 'battle'"),
    ],
)
def test_files_that_cannot_be_judged(run: Run, name: str, text: str | None, code: int, message: str) -> None:
    if text is not None:
        Path(name).write_text(text, encoding="utf-8")
    assert message in run("lint", name).failed(code)
