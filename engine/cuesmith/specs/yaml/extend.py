"""`extends: name`: a file that contains only its differences from another.

The child is merged into its parent as a JSON Merge Patch (RFC 7396): mappings are merged key by key, the child
overrides, lists are replaced, and null removes a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from cuesmith.errors import SpecError, UsageError
from cuesmith.specs.yaml.document import Document, KeyPath, Position, fault_line

KEY: Final = "extends"
MAX_PARENTS: Final = 8  # longer chains are hard to understand


def _unchanged(parent: Document, child: Document) -> Document:
    """Return the parent as it is."""
    return parent


def resolve_extends(
    document: Document,
    load_parent: Callable[[str], Document],
    inherited: Callable[[Document, Document], Document] = _unchanged,
) -> Document:
    """Return the document with everything it inherits, without `extends`; a document without it is returned unchanged.

    load_parent: reads the file of a name without resolving it; raises UsageError for an unknown name, which is reported
        at the name.
    inherited: makes of a complete parent, and a child, what the child is merged into.
    Every value keeps its position and file. Raises SpecError for an unknown parent, a cycle, too many parents, or a
    parent that is not a mapping.
    """
    family = [document]
    names = [_label(document)]
    while (name := _parent_name(family[-1])) is not None:
        child = family[-1]
        parent = _load(child, name, load_parent)
        names.append(name)
        sources = [member.source for member in family]
        if parent.source in sources:
            circle = " -> ".join(names[sources.index(parent.source) :])
            raise _error(child, f"this goes in a circle: {circle}; give one of them another parent")
        if len(family) > MAX_PARENTS:
            chain = " -> ".join(names)
            raise _error(child, f"more than {MAX_PARENTS} parents: {chain}; write some of it out")
        if not isinstance(parent.data, dict):
            raise _error(child, f"'{name}' holds no mapping (key: value), so it cannot be extended")
        family.append(parent)
    merged = family.pop()
    while family:
        child = family.pop()
        merged = merge(inherited(merged, child), child)
    return merged


def merge(parent: Document, child: Document) -> Document:
    """Merge the child into the parent. Source and position are the child's; `extends` is left out."""
    over = _Merge(parent, child)
    data = over.merged((), parent.data, child.data)
    return Document(child.source, data, over.positions, over.key_positions)


class _Merge:
    """One merge; it collects the positions of the kept values from both files."""

    def __init__(self, parent: Document, child: Document) -> None:
        self.positions: dict[KeyPath, Position] = {}
        self.key_positions: dict[KeyPath, Position] = {}
        self._parent = parent
        self._child = child

    def merged(self, path: KeyPath, base: object, patch: object) -> object:
        """Return the value at `path`. base: the parent's (None: missing). patch: the child's."""
        if not isinstance(patch, dict):
            return self._kept(self._child, path, patch)
        self._note(self._child, path)
        known = base if isinstance(base, dict) else {}
        result: dict[str, object] = {}
        for key in [*known, *(key for key in patch if key not in known)]:
            below = (*path, key)
            if below == (KEY,) or (key in patch and patch[key] is None):
                continue
            if key in patch:
                result[key] = self.merged(below, known.get(key), patch[key])
            else:
                result[key] = self._kept(self._parent, below, known[key])
        return result

    def _kept(self, document: Document, path: KeyPath, value: object) -> object:
        """Return a value of one file, and note all its positions."""
        self._note(document, path)
        for step, child in _items(value):
            self._kept(document, (*path, step), child)
        return value

    def _note(self, document: Document, path: KeyPath) -> None:
        """Note the position of a value and its key."""
        self.positions[path] = document.position(path)
        if path in document.key_positions:
            self.key_positions[path] = document.key_positions[path]


def _items(value: object) -> Iterator[tuple[str | int, object]]:
    """Yield the children of a value with their keys or indexes."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _parent_name(document: Document) -> str | None:
    """Return the name after `extends`, or None. Raises SpecError when it is not a name."""
    if not isinstance(document.data, dict) or KEY not in document.data:
        return None
    name = document.data[KEY]
    if not isinstance(name, str) or not name:
        raise _error(document, "write the name of one file to extend, such as extends: symphonic")
    return name


def _load(child: Document, name: str, load_parent: Callable[[str], Document]) -> Document:
    """Load the parent; report an unknown name at its place."""
    try:
        return load_parent(name)
    except UsageError as error:
        raise _error(child, str(error)) from None


def _label(document: Document) -> str:
    """Return the file's name without folder and ending, as it is written after `extends`."""
    last = document.source.replace("\\", "/").rsplit("/", 1)[-1]
    return last.removesuffix(".yaml").removesuffix(".yml")


def _error(document: Document, message: str) -> SpecError:
    """Return a SpecError at the key `extends`."""
    return SpecError(fault_line(document.position((KEY,)), (KEY,), message))
