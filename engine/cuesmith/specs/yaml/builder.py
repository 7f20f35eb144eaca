"""The YAML events of one file → plain values and their positions, on a stack of its own: no recursion."""

from __future__ import annotations

from typing import Any, Final, NoReturn

import yaml

from cuesmith.specs.yaml.place import MAX_FAULTS, KeyPath, Position
from cuesmith.specs.yaml.scalars import plain_key_fault, plain_value

MAX_DEPTH: Final = 40  # levels of nesting; a style needs about six


class StopReading(Exception):  # noqa: N818 -- a signal to the reader, never seen outside
    """Nothing more can be learned from this file; the reason is among the faults."""


class _Frame:
    """A list or mapping still open. `next_path` is where the next value goes; `key` the key it goes under.

    In a mapping, `key` is None while a key is to come.
    """

    __slots__ = ("items", "key", "next_path", "path")

    def __init__(self, items: list[object] | dict[str, object], path: KeyPath) -> None:
        self.items = items
        self.path = path
        self.key: str | None = None
        self.next_path: KeyPath = path if isinstance(items, dict) else (*path, 0)


class Builder:
    """Takes events one by one. Faults are gathered, so that one reading of a file lists them all.

    Events are `Any` here: PyYAML sets their fields at run time, and its stubs do not know them.
    """

    def __init__(self, source: str) -> None:
        self.positions: dict[KeyPath, Position] = {}
        self.key_positions: dict[KeyPath, Position] = {}
        self.faults: list[tuple[Position, KeyPath, str]] = []
        self.stopped = False  # whether the reader gave up at a StopReading
        self._source = source
        self._root: list[object] = []  # holds the one value of the file
        self._frames = [_Frame(self._root, ())]
        self._frames[0].next_path = ()
        self._documents = 0

    @property
    def data(self) -> object:
        """The value of the file; None when it has none."""
        return self._root[0] if self._root else None

    def take(self, event: Any) -> None:
        """Add one event. Raises StopReading when the rest would only repeat what is wrong already."""
        kind = type(event)
        frame = self._frames[-1]
        if kind is yaml.ScalarEvent:  # most of a file, so all in this one call: it halves the time
            if event.tag is not None or event.anchor is not None:
                self._refuse_marks(event, frame)
            value, is_plain = event.value, event.implicit[0]
            if frame.key is None and type(frame.items) is dict:
                self._open_key(event, frame, value, is_plain)
                return
            if is_plain:
                value, fault = plain_value(value)
                if fault:
                    self._fault(event, frame.next_path, fault)
            self._place(event, frame, value)
        elif kind is yaml.MappingStartEvent:
            self._open(event, frame, {})
        elif kind is yaml.SequenceStartEvent:
            self._open(event, frame, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._frames.pop()
        elif kind is yaml.AliasEvent:
            message = f"alias *{event.anchor}: aliases are not read: write the value out, or use extends;"
            self._stop(event, frame, f"{message} text that begins with * needs quotes")
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self._frames[0].next_path = ()
                self._stop(event, frame, "a second document begins here (---); write one per file")

    def _place(self, event: Any, frame: _Frame, value: object) -> None:
        """Put a value where it belongs and note its position."""
        items = frame.items
        self.positions[frame.next_path] = self._position(event)
        if isinstance(items, list):
            items.append(value)
            frame.next_path = (*frame.path, len(items))
        elif frame.key is not None:
            items[frame.key] = value
            frame.key, frame.next_path = None, frame.path

    def _open(self, event: Any, frame: _Frame, items: list[object] | dict[str, object]) -> None:
        if event.tag is not None or event.anchor is not None:
            self._refuse_marks(event, frame)
        if len(self._frames) > MAX_DEPTH:
            self._stop(event, frame, f"nested deeper than {MAX_DEPTH} levels; is a bracket left open?")
        if frame.key is None and isinstance(frame.items, dict):
            self._stop(event, frame, "a list or mapping cannot be a key; write text before the ':'")
        path = frame.next_path
        self._place(event, frame, items)
        self._frames.append(_Frame(items, path))

    def _open_key(self, event: Any, frame: _Frame, key: str, is_plain: bool) -> None:
        path = (*frame.path, key)
        fault = plain_key_fault(key) if is_plain else None
        if fault:
            self._fault(event, frame.path, fault)
        elif key in frame.items:
            first = self.key_positions[path].line
            self._fault(event, path, f"this key is written twice (first on line {first}); keep one")
        frame.key, frame.next_path = key, path
        self.key_positions[path] = self._position(event)

    def _refuse_marks(self, event: Any, frame: _Frame) -> None:
        path = frame.next_path
        if event.anchor is not None:
            message = f"anchor &{event.anchor}: anchors are not read: write the value out, or use extends;"
            self._fault(event, path, f"{message} text that begins with & needs quotes")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"tag {tag}: tags are not read: write the value alone;"
            self._fault(event, path, f"{message} text that begins with ! needs quotes")

    def _position(self, event: Any) -> Position:
        mark = event.start_mark
        return Position(self._source, mark.line + 1, mark.column + 1)

    def _fault(self, event: Any, path: KeyPath, message: str) -> None:
        place = self._position(event)
        self.faults.append((place, path, message))
        if len(self.faults) == MAX_FAULTS:
            self.faults.append((place, path, "there may be more faults; mend those above first"))
            raise StopReading

    def _stop(self, event: Any, frame: _Frame, message: str) -> NoReturn:
        self._fault(event, frame.next_path, message)
        raise StopReading
