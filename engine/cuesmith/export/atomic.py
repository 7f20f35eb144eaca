"""Files that are there whole or not at all.

The data goes into a file beside the target, which then takes the target's place in one step (a rename). A
reader sees the old file or the new one, and a failure (full disk, killed process) leaves the old one
untouched.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from cuesmith.errors import CuesmithError, UsageError

if TYPE_CHECKING:
    pass

_NOT_A_FOLDER = (
    "a part of the path is a file, not a folder",
    "choose another folder, or move that file away",
)
_CAUSES = {  # what the operating system says → (what it means here, what helps)
    errno.EACCES: ("no permission to write there", "choose a folder of your own"),
    errno.EPERM: ("no permission to write there", "choose a folder of your own"),
    errno.EROFS: ("the disk is read-only", "choose a folder on another disk"),
    errno.ENOSPC: ("the disk is full", "free some space or choose another disk"),
    errno.EDQUOT: ("your disk quota is used up", "free some space or choose another disk"),
    errno.EFBIG: ("the file is larger than this system allows", "write to another disk or raise the limit"),
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
}


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write `data` to `path`, replacing what is there; missing folders are made.

    A device or pipe (`/dev/stdout`) is written to directly: it must not be replaced by a file.
    Raises UsageError when a directory is in the way, CuesmithError when the place cannot be written; in both
    cases an existing file stays as it was and nothing is left beside it.
    """
    target = Path(path)
    try:
        if target.is_dir():
            inside = target / "cue.mid"
            raise UsageError(f"cannot write {target}: it is a folder; name a file in it, such as {inside}")
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data)
    except OSError as fault:
        why, remedy = _CAUSES.get(fault.errno or 0, (fault.strerror or str(fault), "choose another place"))
        raise CuesmithError(f"cannot write {target}: {why}; {remedy}") from fault


def write_text(path: str | Path, text: str) -> None:
    """`write_bytes` of the text in UTF-8, line ends as they are."""
    write_bytes(path, text.encode("utf-8"))


def _replace(target: Path, data: bytes) -> None:
    # The name is short whatever the target's is, and differs per process and thread. `open` rather than
    # `tempfile`: a temporary file is readable by its owner only, and the finished file would keep that.
    beside = target.parent / f".cuesmith-{os.getpid()}-{threading.get_ident()}.partial"
    try:
        with beside.open("wb") as out:
            out.write(data)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def json_text(data: object) -> str:
    """Plain data as the text of a .json file: indented, in UTF-8, keys in the order they are given."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
