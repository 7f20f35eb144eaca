"""Read YAML text into plain values, each with its position.

The grammar is the core schema of YAML 1.2 (yaml.org/spec/1.2.2, 10.3) on libyaml's scanner, without features that make
a file surprising or dangerous: no tags, anchors, aliases, merge keys, second documents, duplicate keys or infinities.
So `no`, `on`, `12:30`, `1_000` and dates are text.

Values are built from libyaml's flat stream of events. Building its node graph would recurse in C and end the process on
a file of 100 000 brackets, while events can be counted and stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import yaml

from cuesmith.errors import SpecError, UsageError, did_you_mean
from cuesmith.specs.yaml.builder import MAX_DEPTH, Builder, StopReading
from cuesmith.specs.yaml.place import KeyPath, Position, Problem, fault_line, format_path
from cuesmith.specs.yaml.syntax import control_character, place_at, syntax_fault

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Document",
    "KeyPath",
    "Position",
    "Problem",
    "fault_line",
    "format_path",
    "parse_document",
    "read_document",
]

MAX_BYTES: Final = 1_000_000  # the largest bank is a tenth of this

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml when PyYAML was built with it


@dataclass(frozen=True)
class Document:
    """One YAML file.

    `data` contains dict (keys are always str, in file order), list, str, int, float, bool and None.
    `positions` has an entry for every value, `key_positions` for every value with a key.
    """

    source: str
    data: object
    positions: Mapping[KeyPath, Position]
    key_positions: Mapping[KeyPath, Position]

    def position(self, path: KeyPath, *, key: bool = False) -> Position:
        """Return the position of a value or its key; of the nearest enclosing value when it is not in the file."""
        if key and path in self.key_positions:
            return self.key_positions[path]
        for length in range(len(path), -1, -1):
            if path[:length] in self.positions:
                return self.positions[path[:length]]
        return Position(self.source, 1, 1)

    def select(self, *pattern: str | int) -> Iterator[tuple[KeyPath, object]]:
        """Yield path and value of everything that matches the pattern, in which "*" is any key or item.

        Missing values are skipped, so `select("cues", "*", "style")` also works on a file that is not valid.
        """
        found: list[tuple[KeyPath, object]] = [((), self.data)]
        for step in pattern:
            found = [((*path, key), child) for path, value in found for key, child in _children(value, step)]
        yield from found


def read_document(source: Path | Traversable, *, name: str | None = None) -> Document:
    """Read a file. name: what messages call it; by default its path as given.

    Raises UsageError when there is no readable file, SpecError when it is not valid YAML. Never reads more than
    MAX_BYTES + 1 bytes.
    """
    shown = name or (str(source) if isinstance(source, Path) else source.name)
    try:
        if source.is_dir():
            raise UsageError(f"{shown}: this is a folder; give a .yaml file inside it")
        with source.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{shown}: no such file{_similar_files(source)}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{shown}: the file cannot be read: {reason.lower()}") from None
    return parse_document(_decode(data, shown), shown)


def parse_document(text: str, name: str) -> Document:
    """Parse YAML text into values and positions. name: what messages call it.

    Raises SpecError with every fault, one `name:line:col: path: message` per line, in file order. Nothing after a
    syntax error is checked.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise SpecError(_too_large(name))
    refused = control_character(text)
    if refused:
        index, message = refused
        raise SpecError(fault_line(Position(name, *place_at(text[:index])), (), message))
    builder = _build(text, name)
    if builder.faults:
        faults = sorted(builder.faults, key=lambda fault: fault[0])
        raise SpecError("\n".join(fault_line(*fault) for fault in faults))
    if builder.data is None:
        raise SpecError(fault_line(Position(name, 1, 1), (), "the file is empty; write key: value lines"))
    return Document(name, builder.data, builder.positions, builder.key_positions)


def _build(text: str, name: str) -> Builder:
    """Build values and faults of a text, up to the first syntax error.

    A scanner looks up to 1024 characters ahead of its events, and versions differ in what they refuse there: some have
    a nesting limit that they report before the event that is too deep for this reader. So after an error the text
    before it is read again alone, and a fault of this reader is reported first.
    """
    builder, error = _read(text, name)
    if error is None:
        return builder
    index = getattr(getattr(error, "problem_mark", None), "index", 0)
    if 1 < index < len(text):
        before, _ = _read(text[: index - 1], name)  # the mark is at the wrong character or after it
        if before.stopped:
            return before
    line, column, message = syntax_fault(error, text)
    builder.faults.append((Position(name, line, column), (), message))
    return builder


def _read(text: str, name: str) -> tuple[Builder, yaml.YAMLError | None]:
    """Read a text up to its end, to a fault that stops reading, or to a library error, which is returned, too."""
    builder = Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        return builder, error
    except StopReading:
        builder.stopped = True  # the reason is among the faults
    return builder, None


def _children(value: object, step: str | int) -> Iterator[tuple[str | int, object]]:
    """Yield the children of a value that match one step of a pattern."""
    if isinstance(value, dict):
        if step == "*":
            yield from value.items()
        elif step in value:
            yield step, value[step]
    elif isinstance(value, list):
        if step == "*":
            yield from enumerate(value)
        elif isinstance(step, int) and 0 <= step < len(value):
            yield step, value[step]


def _decode(data: bytes, name: str) -> str:
    """Decode UTF-8, with or without a byte order mark. Raises SpecError."""
    if len(data) > MAX_BYTES:
        raise SpecError(_too_large(name))
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff") or data[:3] == b"\0\0\0" or data[1:4] == b"\0\0\0":
        message = "this is UTF-32 (or no text at all); save the file as UTF-8"
        raise SpecError(fault_line(Position(name, 1, 1), (), message))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:2]:
        message = "this is UTF-16 (or no text at all); save the file as UTF-8"
        raise SpecError(fault_line(Position(name, 1, 1), (), message))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # the decoder counts from after the byte order mark, so it is removed before the position is computed
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        start = next(index for index, sign in enumerate(text) if "\udc80" <= sign <= "\udcff")
        message = f"byte 0x{ord(text[start]) - 0xDC00:02x} is not UTF-8; save the file as UTF-8"
        raise SpecError(fault_line(Position(name, *place_at(text[:start])), (), message)) from None


def _too_large(name: str) -> str:
    """Return the message for a file that is too large."""
    return f"{name}: larger than 1 MB, which no style or show needs; is it the right file?"


def _similar_files(source: Path | Traversable) -> str:
    """Suggest a similar YAML file in the same folder."""
    if not isinstance(source, Path):
        return ""
    if not source.parent.is_dir():
        return f"; there is no folder {source.parent} either"
    return did_you_mean(source.name, (file.name for file in source.parent.glob("*.y*ml")))
