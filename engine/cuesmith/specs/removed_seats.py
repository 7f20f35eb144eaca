"""Seats that a style removes from its parent: also remove what the parent's cue types say about them."""

from __future__ import annotations

from collections.abc import Collection

from cuesmith.specs.yaml.document import Document, KeyPath, Position


def without_removed_seats(parent: Document, child: Document) -> Document:
    """Return the parent without what it says, under `cues`, about seats that the child sets to null.

    What the child itself says about such a seat stays, so that the checks find it.
    """
    removed = [name for name, seat in _mapping_at(child.data, "seats").items() if seat is None]
    if not any(name in _mapping_at(parent.data, "seats") for name in removed):
        return parent
    copy = _Copy(parent, removed)
    data = copy.of((), (), parent.data)
    return Document(parent.source, data, copy.positions, copy.key_positions)


def _mapping_at(data: object, key: str) -> dict[str, object]:
    """Return the mapping under a key, or an empty one."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


class _Copy:
    """A copy of a document without some seats in its cue types; list items that move up keep their positions."""

    def __init__(self, document: Document, removed: Collection[str]) -> None:
        self.positions: dict[KeyPath, Position] = {}
        self.key_positions: dict[KeyPath, Position] = {}
        self._document = document
        self._removed = removed

    def of(self, old: KeyPath, new: KeyPath, value: object) -> object:
        """Copy the value at path `old` to path `new`."""
        self.positions[new] = self._document.position(old)
        if old in self._document.key_positions:
            self.key_positions[new] = self._document.key_positions[old]
        rules = len(old) == 3 and old[0] == "cues"  # cues, a cue type, one of its keys
        if isinstance(value, dict):
            removed_here = self._removed if rules and old[2] == "seats" else ()
            return {
                key: self.of((*old, key), (*new, key), below) for key, below in value.items() if key not in removed_here
            }
        if isinstance(value, list):
            removed_here = self._removed if rules and old[2] == "omit" else ()
            kept = [index for index, item in enumerate(value) if not (isinstance(item, str) and item in removed_here)]
            return [self.of((*old, index), (*new, place), value[index]) for place, index in enumerate(kept)]
        return value
