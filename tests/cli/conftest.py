"""Fixtures of the command-line tests: a runner that does not see the user's own files, and a small show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cuesmith.cli.app import app


class Outcome:
    """How a command ended: its exit code, and what it printed on stdout and stderr."""

    def __init__(self, exit_code: int, stdout: str, stderr: str) -> None:
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr

    def failed(self, exit_code: int) -> str:
        """Return the only message of a failure; assert that there is one and that nothing else was printed."""
        assert self.exit_code == exit_code, (self.exit_code, self.stdout, self.stderr)
        assert self.stdout == ""
        assert self.stderr.startswith("cuesmith: "), self.stderr
        assert "Traceback" not in self.stderr
        return self.stderr


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder, with an empty user folder."""
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("CUESMITH_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("CUESMITH_TRACEBACK", raising=False)

    def command(*args: str | Path) -> Outcome:
        result = CliRunner().invoke(app, [str(arg) for arg in args], prog_name="cuesmith")
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return command


SHOW = """\
title: Small show – 小さな
seed: 11
style: symphonic
themes:
  hero: {character: heroic, key: D major}
  home: {character: tender}
cues:
  - {id: M-501, title: Doors, type: eyecatch, themes: [hero], seconds: 4}
  - {id: M-502, title: Hearth, type: eyecatch, themes: [home], seconds: 5, style: synth}
"""


@pytest.fixture
def show_file(tmp_path: Path) -> Path:
    """A show of two short cues and two themes."""
    path = tmp_path / "small.yaml"
    path.write_text(SHOW, encoding="utf-8")
    return path
