"""Files are written completely or not at all, and every error message has a remedy."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cuesmith.errors import CuesmithError, UsageError
from cuesmith.export.atomic import write_bytes, write_text


def test_bytes_are_written_and_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "cue.mid"
    write_bytes(target, b"first, and longer")
    write_bytes(str(target), b"second")
    assert target.read_bytes() == b"second"
    assert [path.name for path in target.parent.iterdir()] == ["cue.mid"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not replace a file that is open")
def test_a_reader_of_the_old_file_never_sees_the_new(tmp_path: Path) -> None:
    target = tmp_path / "cue.mid"
    write_bytes(target, b"old")
    with target.open("rb") as reader:
        write_bytes(target, b"new")
        assert reader.read() == b"old"


def test_text_is_utf8_with_its_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "cue.txt", "灯籠\r\nend\n")
    assert (tmp_path / "cue.txt").read_bytes() == "灯籠\r\nend\n".encode()


def test_a_new_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_bytes(tmp_path / "ours", b"")
    plain, ours = (stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours"))
    assert ours == plain


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it is a folder; name a file in it"):
        write_bytes(tmp_path, b"data")


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"keep")
    with pytest.raises(CuesmithError, match="a part of the path is a file"):
        write_bytes(tmp_path / "out" / "cue.mid", b"data")
    with pytest.raises(CuesmithError, match="a part of the path is a file"):
        write_bytes(tmp_path / "out" / "deeper" / "cue.mid", b"data")
    assert (tmp_path / "out").read_bytes() == b"keep"


def test_a_name_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(CuesmithError, match="the name is too long"):
        write_bytes(tmp_path / ("x" * 300), b"data")
    assert not list(tmp_path.iterdir())


def test_the_longest_possible_name_works(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    write_bytes(target, b"data")
    assert target.read_bytes() == b"data"


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a Unix feature")
def test_a_write_that_fails_halfway_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """The operating system refuses: the process may not write a file above 1000 bytes."""
    target = tmp_path / "cue.mid"
    target.write_bytes(b"old")
    program = (
        "import resource, sys\n"
        "from cuesmith.errors import CuesmithError\n"
        "from cuesmith.export.atomic import write_bytes\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_bytes(sys.argv[1], bytes(100_000))\n"
        "except CuesmithError as fault:\n"
        "    sys.stdout.write(str(fault))\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, str(target)], capture_output=True, text=True, check=True
    )
    assert "larger than this system allows" in done.stdout
    assert str(target) in done.stdout
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are a Unix feature")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """A pipe stands for every special file; with a real device, a defect would destroy it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # open before the writer, so that neither waits
    try:
        write_bytes(pipe, b"data")
        assert os.read(reader, 100) == b"data"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_threads_writing_the_same_file_leave_one_whole_version(tmp_path: Path) -> None:
    target = tmp_path / "cue.mid"
    versions = [bytes([number]) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda data: write_bytes(target, data), versions * 4))
    assert target.read_bytes() in versions
    assert list(tmp_path.iterdir()) == [target]
