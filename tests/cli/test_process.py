"""The installed command in separate processes: start, exit codes, pipes, hash seeds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("cuesmith.exe" if sys.platform == "win32" else "cuesmith")
SHORT = ("cue", "--type", "eyecatch", "--seconds", "4", "--seed", "3")

pytestmark = pytest.mark.skipif(not COMMAND.exists(), reason="cuesmith is not installed as a command here")


def start(*args: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command and assert that it prints no traceback."""
    done = subprocess.run(
        [str(COMMAND), *args],
        cwd=cwd,
        env={**os.environ, "CUESMITH_CONFIG_DIR": str(cwd / "config"), "PYTHONWARNINGS": "error", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    for seed in ("0", "4242"):
        args = (*SHORT, "-q", "-o", f"{seed}.mid", "-o", f"{seed}.json", "-o", f"{seed}.svg")
        done = start(*args, cwd=tmp_path, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for ending in ("mid", "json", "svg"):
        assert (tmp_path / f"0.{ending}").read_bytes() == (tmp_path / f"4242.{ending}").read_bytes()


def test_json_is_alone_on_stdout_and_ascii(tmp_path: Path) -> None:
    done = start(*SHORT, "--json", "--title", "灯籠", "-o", "a.mid", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert json.loads(done.stdout)["title"] == "灯籠"


def test_a_title_the_terminal_cannot_show(tmp_path: Path) -> None:
    done = start(*SHORT, "--title", "灯籠", "-o", "a.mid", cwd=tmp_path, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert done.stdout.startswith("\\u706f\\u7c60 (eyecatch")


@pytest.mark.parametrize(
    ("args", "exit_code"),
    [
        (("--version",), 0),
        (("cue", "--type", "batle", "-o", "a.mid"), 2),
        (("check", "bad.yaml"), 3),
        (("nonsense",), 2),
    ],
)
def test_exit_codes(tmp_path: Path, args: tuple[str, ...], exit_code: int) -> None:
    (tmp_path / "bad.yaml").write_text("title: X\nfamily: none\n", encoding="utf-8")
    assert start(*args, cwd=tmp_path).returncode == exit_code
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


def test_component_missing(tmp_path: Path) -> None:
    pytest.importorskip("soundfile")
    done = start(*SHORT, "-o", "a.ogg", cwd=tmp_path, CUESMITH_SOUNDFONT="gone.sf2")
    assert done.returncode == 4
    assert done.stderr.startswith("cuesmith: gone.sf2")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently there")
def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [str(COMMAND), "types"], stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path, timeout=60, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def hear_interrupts() -> None:
    """For a child process: hear SIGINT also where the tests run in the background of a shell, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(
    sys.platform == "win32", reason="it has neither named pipes of this kind nor SIGINT for one process"
)
def test_interrupted_while_it_reads(tmp_path: Path) -> None:
    pipe = tmp_path / "slow.yaml"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [str(COMMAND), "check", str(pipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        preexec_fn=hear_interrupts,
    ) as process:  # fmt: skip
        writer = None
        for _ in range(600):
            try:
                writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)  # fails until the command has opened it
                break
            except OSError:
                time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert writer is not None
        os.close(writer)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_module_is_the_same_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cuesmith", "cue"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("cuesmith: nothing to write")


def test_no_colour_without_a_terminal(tmp_path: Path) -> None:
    for args in (("--help",), ("cue", "--nonsense")):
        done = start(*args, cwd=tmp_path, NO_COLOR="1")
        assert "\x1b[" not in done.stdout + done.stderr


def test_starting_loads_nothing_heavy() -> None:
    heavy = ("numpy", "pydantic", "yaml", "rich", "scipy", "soundfile", "mido", "cuesmith.cue", "cuesmith_render.audio")
    code = f"import sys, cuesmith.cli.app; print([name for name in {heavy!r} if name in sys.modules])"
    assert python(code) == "[]\n"
