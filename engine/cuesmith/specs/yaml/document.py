"""YAML text → plain values, each with the place where it stands.

The grammar is YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3) on libyaml's scanner, less everything that
makes a file surprising or dangerous: no tags, anchors, aliases, merge keys, second documents, doubled keys or
infinities. So `no`, `on`, `12:30`, `1_000` and dates are text, as a musician expects.

Values are built from libyaml's flat stream of events, not from its node graph: composing that graph recurses
in C and ends the process on a file of 100 000 brackets, while events can be counted and stopped.
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

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel carries it


@dataclass(frozen=True)
class Document:
    """One YAML file, read.

    `data` holds dict (keys are always str, in the order of the file), list, str, int, float, bool and None.
    `positions` has an entry for every value, `key_positions` for every value that stands under a key.
    """

    source: str
    data: object
    positions: Mapping[KeyPath, Position]
    key_positions: Mapping[KeyPath, Position]

    def position(self, path: KeyPath, *, key: bool = False) -> Position:
        """The place of a value, or of its key; of the nearest value around it when it is not in the file."""
        if key and path in self.key_positions:
            return self.key_positions[path]
        for length in range(len(path), -1, -1):
            if path[:length] in self.positions:
                return self.positions[path[:length]]
        return Position(self.source, 1, 1)

    def select(self, *pattern: str | int) -> Iterator[tuple[KeyPath, object]]:
        """Path and value of all that fits the pattern, where "*" is any key or item.

        What is not there is left out, so `select("cues", "*", "style")` also works on a file that does not
        validate, and its names can be checked all the same.
        """
        found: list[tuple[KeyPath, object]] = [((), self.data)]
        for step in pattern:
            found = [((*path, key), child) for path, value in found for key, child in _children(value, step)]
        yield from found


def read_document(source: Path | Traversable, *, name: str | None = None) -> Document:
    """Read a file; `name` is what messages call it (by default its path as given).

    Raises UsageError when there is no such file to read, SpecError when it is not a YAML file of ours.
    Never more than MAX_BYTES + 1 bytes are read, whatever the size of the file.
    """
    shown = name or (str(source) if isinstance(source, Path) else source.name)
    try:
        if source.is_dir():
            raise UsageError(f"{shown}: this is a folder; give a .yaml file inside it")
        with source.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{shown}: no such file{_files_beside(source)}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{shown}: the file cannot be read: {reason.lower()}") from None
    return parse_document(_decode(data, shown), shown)


def parse_document(text: str, name: str) -> Document:
    """Values and positions of YAML text; `name` is what messages call it.

    Raises SpecError with every fault found, one `name:line:col: path: message` per line, in the order of the
    file. Nothing is looked for behind a syntax error.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise SpecError(_too_large(name))
    refused = control_character(text)
    if refused:
        index, message = refused
        raise SpecError(fault_line(Position(name, *place_at(text[:index])), (), message))
    builder = _built(text, name)
    if builder.faults:
        faults = sorted(builder.faults, key=lambda fault: fault[0])
        raise SpecError("\n".join(fault_line(*fault) for fault in faults))
    if builder.data is None:
        raise SpecError(fault_line(Position(name, 1, 1), (), "the file is empty; write key: value lines"))
    return Document(name, builder.data, builder.positions, builder.key_positions)


def _built(text: str, name: str) -> Builder:
    """The values and the faults of a text; nothing is read behind the first syntax error.

    A scanner looks up to 1024 characters ahead of the events it hands out, and releases differ in what they refuse in
    there: some stop at a nesting depth of their own before we have seen the event that is too deep for us. So after an
    error the text in front of it is read alone, and a refusal of ours that is found there comes first.
    """
    builder, error = _read(text, name)
    if error is None:
        return builder
    index = getattr(getattr(error, "problem_mark", None), "index", 0)
    if 1 < index < len(text):
        before, _ = _read(text[: index - 1], name)  # a mark stands at the offending character or behind it
        if before.stopped:
            return before
    line, column, message = syntax_fault(error, text)
    builder.faults.append((Position(name, line, column), (), message))
    return builder


def _read(text: str, name: str) -> tuple[Builder, yaml.YAMLError | None]:
    """What a text holds up to its end, to a refusal of ours or to an error of the library, which is given with it."""
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
    """UTF-8 bytes, with or without a byte order mark, as text."""
    if len(data) > MAX_BYTES:
        raise SpecError(_too_large(name))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:2]:
        message = "this is UTF-16 (or no text at all); save the file as UTF-8"
        raise SpecError(fault_line(Position(name, 1, 1), (), message))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # the decoder counts from behind the byte order mark, so the place is looked up without it
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        start = next(index for index, sign in enumerate(text) if "\udc80" <= sign <= "\udcff")
        message = f"byte 0x{ord(text[start]) - 0xDC00:02x} is not UTF-8; save the file as UTF-8"
        raise SpecError(fault_line(Position(name, *place_at(text[:start])), (), message)) from None


def _too_large(name: str) -> str:
    return f"{name}: larger than 1 MB, which no style or show needs; is it the right file?"


def _files_beside(source: Path | Traversable) -> str:
    """What the writer may have meant, among the YAML files of the same folder."""
    if not isinstance(source, Path):
        return ""
    if not source.parent.is_dir():
        return f"; there is no folder {source.parent} either"
    return did_you_mean(source.name, (file.name for file in source.parent.glob("*.y*ml")))
