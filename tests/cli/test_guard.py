"""How commands end and print: commands that fail in every possible way, tables, progress."""

from __future__ import annotations

import errno

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cuesmith.cli.guard import TRACEBACK_VARIABLE, guarded
from cuesmith.cli.output import clock, progress, say, table
from cuesmith.errors import ComponentError, ComposeError, CuesmithError, SpecError, UsageError

FAILURES: list[tuple[BaseException, int, str]] = [
    (CuesmithError("broken"), 1, "cuesmith: broken\n"),
    (ComposeError("too short"), 1, "cuesmith: too short\n"),
    (UsageError("no such thing"), 2, "cuesmith: no such thing\n"),
    (SpecError("a.yaml:1:1: x"), 3, "cuesmith: a.yaml:1:1: x\n"),
    (SpecError("a.yaml:1:1: x\na.yaml:2:1: y"), 3, "cuesmith: 2 faults:\na.yaml:1:1: x\na.yaml:2:1: y\n"),
    (ComponentError("no synth"), 4, "cuesmith: no synth\n"),
    (OSError(errno.ENOSPC, "No space left on device", "a.mid"), 1, "cuesmith: a.mid: No space left on device; free"),
    (PermissionError(errno.EACCES, "Permission denied"), 1, "cuesmith: Permission denied; free"),
    (ZeroDivisionError("division by zero"), 1, "cuesmith: a fault in Cuesmith itself: ZeroDivisionError: division"),
    (MemoryError(), 1, "cuesmith: a fault in Cuesmith itself: MemoryError"),
]


def app_that_raises(fault: BaseException) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    @guarded
    def fail() -> None:
        raise fault

    return app


@pytest.mark.parametrize(("fault", "exit_code", "says"), FAILURES)
def test_every_failure_is_a_message_and_a_code(
    fault: BaseException, exit_code: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TRACEBACK_VARIABLE, raising=False)
    result = CliRunner().invoke(app_that_raises(fault), [])
    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr.startswith(says)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("fault", "exit_code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 1)])
def test_endings_without_a_message(fault: BaseException, exit_code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cuesmith.cli.guard._abandon_output", lambda: None)  # it would close pytest's own output
    result = CliRunner().invoke(app_that_raises(fault), [])
    assert (result.exit_code, result.stdout, result.stderr) == (exit_code, "", "")


def test_traceback_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRACEBACK_VARIABLE, "1")
    result = CliRunner().invoke(app_that_raises(ZeroDivisionError()), [])
    assert isinstance(result.exception, ZeroDivisionError)


def test_a_command_that_works_is_left_alone() -> None:
    app = typer.Typer()

    @app.command()
    @guarded
    def work(name: str, times: int = 1) -> None:
        say(name * times)

    result = CliRunner().invoke(app, ["ab", "--times", "2"])
    assert (result.exit_code, result.stdout) == (0, "abab\n")


def test_progress_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        with progress(quiet=quiet) as step:
            step("M-101", 1, 2)
            step("M-102", 2, 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "[1/2] M-101\n[2/2] M-102\n"


def test_progress_bar_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    with progress(quiet=False) as step:
        step("[bold] opening", 1, 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "1/2" in captured.err
    assert "[bold] opening" in captured.err  # brackets of a title are not markup
    assert "\x1b[3" not in captured.err  # no colours


def test_table_aligns_columns() -> None:
    text = table(("id", "s", "title"), [("M-1", "4", "Doors"), ("M-20", "12.5", "灯籠 x"), ("灯", "7", "e\u0301")])
    assert text.splitlines() == [
        "id       s  title",
        "M-1      4  Doors",
        "M-20  12.5  灯籠 x",
        "灯       7  e\u0301",
    ]


def test_empty_table_is_its_head() -> None:
    assert table(("a", "b"), []) == "a  b"


@given(st.floats(0, 36_000))
def test_clock_reads_back(seconds: float) -> None:
    minutes, _, rest = clock(seconds).partition(":")
    assert abs(int(minutes) * 60 + float(rest) - seconds) <= 0.0501
    assert 0 <= float(rest) < 60
    assert len(rest) == 4
