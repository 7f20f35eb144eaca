"""Write files completely or not at all.

The data is written to a temporary file in the same folder, which then replaces the target in one step (a rename). A
reader sees the old file or the new one. After a failure (full disk, killed process) the old file is unchanged.
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
_CAUSES = {  # error number of the operating system → (cause, remedy)
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
    """Write `data` to `path`. An existing file is replaced, missing folders are created.

    A device or pipe (`/dev/stdout`) is written to directly, since a file must not replace it. Raises UsageError when
    `path` is a folder, CuesmithError when it can't be written. In both cases an existing file is unchanged and no
    temporary file stays.
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
    """Write text in UTF-8 like `write_bytes`; line ends are not changed."""
    write_bytes(path, text.encode("utf-8"))


def _replace(target: Path, data: bytes) -> None:
    # A short name, even when the target's name is long, and unique for process and thread. `tempfile` is not used: its
    # files are readable by the owner only, and the finished file would keep these permissions.
    temporary = target.parent / f".cuesmith-{os.getpid()}-{threading.get_ident()}.partial"
    try:
        with temporary.open("wb") as out:
            out.write(data)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def json_text(data: object) -> str:
    """Return plain data as the text of a .json file: indented, keys in the given order."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
