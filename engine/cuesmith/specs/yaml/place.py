"""Positions in a file, and the one format in which all faults of a file are reported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""The path of a value in its file: ("cues", 3, "type"); list items count from 0."""

MAX_FAULTS: Final = 200  # most faults listed for one file; more usually have a single cause

_SIMPLE_KEY: Final = re.compile(r"[\w-]+")


class Position(NamedTuple):
    """A position in a file: the name shown in messages, line and column (from 1, in characters)."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """A fault of the value at a path, or of its key (`at_key`); the message says how to mend it."""

    path: KeyPath
    message: str
    at_key: bool = False


def format_path(path: KeyPath) -> str:
    """Write a path as text: `cues[3].type`; a key with dots or spaces as `states["in town"]`."""
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
    """Return one line of a SpecError: `file:line:col: path: message` (without path for the whole file)."""
    return f"{position}: {format_path(path)}: {message}" if path else f"{position}: {message}"


def fault_lines(faults: Iterable[tuple[Position, KeyPath, str]]) -> list[str]:
    """Return the lines of a SpecError, each once: at most MAX_FAULTS, and a last one that counts the others."""
    once = list(dict.fromkeys(faults))
    lines = [fault_line(*fault) for fault in once[:MAX_FAULTS]]
    if len(once) > MAX_FAULTS:
        position, path, _ = once[MAX_FAULTS]
        more = f"{len(once) - MAX_FAULTS} more faults from here on; mend those above first"
        lines.append(fault_line(position, path, more))
    return lines
