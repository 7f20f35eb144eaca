"""A style that takes a seat of its parent's away: what the parent's cue types say of that seat goes with it."""

from __future__ import annotations

from collections.abc import Collection

from cuesmith.specs.yaml.document import Document, KeyPath, Position


def without_removed_seats(parent: Document, child: Document) -> Document:
    """The parent as its child inherits it: without what it says, under `cues`, of seats that the child sets to null.

    What the child itself writes of such a seat is left for the checks to find. The parent itself when there is none.
    """
    dropped = [name for name, seat in _below(child.data, "seats").items() if seat is None]
    if not any(name in _below(parent.data, "seats") for name in dropped):
        return parent
    copy = _Copy(parent, dropped)
    data = copy.of((), (), parent.data)
    return Document(parent.source, data, copy.positions, copy.key_positions)


def _below(data: object, key: str) -> dict[str, object]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


class _Copy:
    """A document copied without some seats in its cue types; items of a list that move up keep their places."""

    def __init__(self, document: Document, dropped: Collection[str]) -> None:
        self.positions: dict[KeyPath, Position] = {}
        self.key_positions: dict[KeyPath, Position] = {}
        self._document = document
        self._dropped = dropped

    def of(self, old: KeyPath, new: KeyPath, value: object) -> object:
        """The value that stood at `old` and will stand at `new`."""
        self.positions[new] = self._document.position(old)
        if old in self._document.key_positions:
            self.key_positions[new] = self._document.key_positions[old]
        rules = len(old) == 3 and old[0] == "cues"  # cues, a cue type, one of its keys
        if isinstance(value, dict):
            gone = self._dropped if rules and old[2] == "seats" else ()
            return {key: self.of((*old, key), (*new, key), below) for key, below in value.items() if key not in gone}
        if isinstance(value, list):
            gone = self._dropped if rules and old[2] == "omit" else ()
            kept = [index for index, item in enumerate(value) if not (isinstance(item, str) and item in gone)]
            return [self.of((*old, index), (*new, place), value[index]) for place, index in enumerate(kept)]
        return value
