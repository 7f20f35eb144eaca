"""Where things stand in a file, and the one form every fault of a file is reported in."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands in its file: ("cues", 3, "type"); list items count from 0."""

MAX_FAULTS: Final = 200  # listed of one file; whoever has more has one mistake, many times

_SIMPLE_KEY: Final = re.compile(r"[\w-]+")


class Position(NamedTuple):
    """A place in a file: its name as it is printed, line and column from 1 (columns count characters)."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """Something wrong with the value at a path, or with its key (`at_key`); the message names the remedy."""

    path: KeyPath
    message: str
    at_key: bool = False


def format_path(path: KeyPath) -> str:
    """A path as people write it: `cues[3].type`; a key with dots or spaces as `states["in town"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _SIMPLE_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def fault_line(position: Position, path: KeyPath, message: str) -> str:
    """One line of a SpecError: `file:line:col: path: what is wrong` (no path for the file as a whole)."""
    return f"{position}: {format_path(path)}: {message}" if path else f"{position}: {message}"
