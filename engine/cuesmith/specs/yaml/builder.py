"""Build plain values and their positions from the YAML events of a file, without recursion."""

from __future__ import annotations

from typing import Any, Final, NoReturn

import yaml

from cuesmith.specs.yaml.place import MAX_FAULTS, KeyPath, Position
from cuesmith.specs.yaml.scalars import plain_key_fault, plain_value

MAX_ITEMS: Final = 2000  # most items of one list, or keys of one mapping; the longest of the banks has 158
MAX_VALUES: Final = 30_000  # most values in a file; the largest bank has 4674
MAX_DEPTH: Final = 40  # most levels of nesting; a style needs about six


class StopReading(Exception):  # noqa: N818 -- a signal to the reader, never seen outside
    """Stop reading a file: more events would give no new information. The reason is among the faults."""


class _OpenCollection:
    """A list or mapping that is not closed yet.

    next_path: path of the next value. key: its key; in a mapping None while a key is expected.
    """

    __slots__ = ("items", "key", "next_path", "path")

    def __init__(self, items: list[object] | dict[str, object], path: KeyPath) -> None:
        self.items = items
        self.path = path
        self.key: str | None = None
        self.next_path: KeyPath = path if isinstance(items, dict) else (*path, 0)


class Builder:
    """Takes events one by one and collects all faults of a file.

    Events are `Any` here, because PyYAML sets their fields at run time and its stubs do not list them.
    """

    def __init__(self, source: str) -> None:
        self.positions: dict[KeyPath, Position] = {}
        self.key_positions: dict[KeyPath, Position] = {}
        self.faults: list[tuple[Position, KeyPath, str]] = []
        self.stopped = False  # reading ended early at a StopReading
        self._source = source
        self._root: list[object] = []  # contains the single value of the file
        self._stack = [_OpenCollection(self._root, ())]
        self._stack[0].next_path = ()
        self._documents = 0

    @property
    def data(self) -> object:
        """The value of the file; None when it has none."""
        return self._root[0] if self._root else None

    def take(self, event: Any) -> None:
        """Add one event. Raises StopReading when the rest would only repeat faults."""
        kind = type(event)
        collection = self._stack[-1]
        if kind is yaml.ScalarEvent:  # most events are scalars; handling them here halves the time
            if event.tag is not None or event.anchor is not None:
                self._refuse_marks(event, collection)
            value, is_plain = event.value, event.implicit[0]
            if collection.key is None and type(collection.items) is dict:
                self._open_key(event, collection, value, is_plain)
                return
            if is_plain:
                value, fault = plain_value(value)
                if fault:
                    self._fault(event, collection.next_path, fault)
            self._place(event, collection, value)
        elif kind is yaml.MappingStartEvent:
            self._open(event, collection, {})
        elif kind is yaml.SequenceStartEvent:
            self._open(event, collection, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif kind is yaml.AliasEvent:
            message = f"alias *{event.anchor}: aliases are not read: write the value out, or use extends;"
            self._stop(event, collection, f"{message} text that begins with * needs quotes")
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self._stack[0].next_path = ()
                self._stop(event, collection, "a second document begins here (---); write one per file")

    def _place(self, event: Any, collection: _OpenCollection, value: object) -> None:
        """Put a value into the open collection and note its position."""
        items = collection.items
        if len(items) >= MAX_ITEMS and collection.key not in items:
            what = "keys in this mapping" if isinstance(items, dict) else "items in this list"
            self._stop(event, collection, f"more than {MAX_ITEMS} {what}; is it the right file?")
        if len(self.positions) >= MAX_VALUES:
            self._stop(event, collection, f"more than {MAX_VALUES} values in this file; is it the right file?")
        self.positions[collection.next_path] = self._position(event)
        if isinstance(items, list):
            items.append(value)
            collection.next_path = (*collection.path, len(items))
        elif collection.key is not None:
            items[collection.key] = value
            collection.key, collection.next_path = None, collection.path

    def _open(self, event: Any, collection: _OpenCollection, items: list[object] | dict[str, object]) -> None:
        """Open a list or mapping."""
        if event.tag is not None or event.anchor is not None:
            self._refuse_marks(event, collection)
        if len(self._stack) > MAX_DEPTH:
            self._stop(event, collection, f"nested deeper than {MAX_DEPTH} levels; is a bracket left open?")
        if collection.key is None and isinstance(collection.items, dict):
            self._stop(event, collection, "a list or mapping cannot be a key; write text before the ':'")
        path = collection.next_path
        self._place(event, collection, items)
        self._stack.append(_OpenCollection(items, path))

    def _open_key(self, event: Any, collection: _OpenCollection, key: str, is_plain: bool) -> None:
        """Note a key of the open mapping."""
        path = (*collection.path, key)
        fault = plain_key_fault(key) if is_plain else None
        if fault:
            self._fault(event, collection.path, fault)
        elif key in collection.items:
            first = self.key_positions[path].line
            self._fault(event, path, f"this key is written twice (first on line {first}); keep one")
        collection.key, collection.next_path = key, path
        self.key_positions[path] = self._position(event)

    def _refuse_marks(self, event: Any, collection: _OpenCollection) -> None:
        """Add faults for tags and anchors, which are not allowed."""
        path = collection.next_path
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

    def _stop(self, event: Any, collection: _OpenCollection, message: str) -> NoReturn:
        self._fault(event, collection.next_path, message)
        raise StopReading
