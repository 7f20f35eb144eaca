"""`extends: name`: a file that says only how it differs from another.

The child is laid over its parent as a JSON Merge Patch (RFC 7396): mappings are merged key by key, the child
wins, lists are replaced whole, and a value of null takes the parent's key away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from cuesmith.errors import SpecError, UsageError
from cuesmith.specs.yaml.document import Document, KeyPath, Position, fault_line

KEY: Final = "extends"
MAX_PARENTS: Final = 8  # a chain longer than this cannot be understood by people either


def _as_it_is(parent: Document, child: Document) -> Document:
    return parent


def resolve_extends(
    document: Document,
    load_parent: Callable[[str], Document],
    inherited: Callable[[Document, Document], Document] = _as_it_is,
) -> Document:
    """The document with all it inherits, without its `extends` key; itself when it extends nothing.

    `load_parent` reads the file of a name, as written, without resolving it in turn; it raises UsageError for
    an unknown name, which is reported at the place of the name. Every value keeps its position, and with it
    its file. `inherited` makes of a parent, all it inherits included, and a child what the child is laid over.
    Raises SpecError: unknown parent, a circle, too many parents, a parent that is no mapping.
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
    """The child laid over the parent: source and place of the file are the child's, `extends` is left out."""
    over = _Overlay(parent, child)
    data = over.merged((), parent.data, child.data)
    return Document(child.source, data, over.positions, over.key_positions)


class _Overlay:
    """One merge: gathers the positions of what is kept, from whichever of the two files it comes."""

    def __init__(self, parent: Document, child: Document) -> None:
        self.positions: dict[KeyPath, Position] = {}
        self.key_positions: dict[KeyPath, Position] = {}
        self._parent = parent
        self._child = child

    def merged(self, path: KeyPath, base: object, patch: object) -> object:
        """The value at `path`; `base` is the parent's (None: it has none), `patch` the child's."""
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
        """The value as it stands in one of the files, with all its positions."""
        self._note(document, path)
        for step, child in _items(value):
            self._kept(document, (*path, step), child)
        return value

    def _note(self, document: Document, path: KeyPath) -> None:
        self.positions[path] = document.position(path)
        if path in document.key_positions:
            self.key_positions[path] = document.key_positions[path]


def _items(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _parent_name(document: Document) -> str | None:
    if not isinstance(document.data, dict) or KEY not in document.data:
        return None
    name = document.data[KEY]
    if not isinstance(name, str) or not name:
        raise _error(document, "write the name of one file to extend, such as extends: symphonic")
    return name


def _load(child: Document, name: str, load_parent: Callable[[str], Document]) -> Document:
    try:
        return load_parent(name)
    except UsageError as error:
        raise _error(child, str(error)) from None


def _label(document: Document) -> str:
    """The file's name without folders and ending, as others would write it after `extends`."""
    last = document.source.replace("\\", "/").rsplit("/", 1)[-1]
    return last.removesuffix(".yaml").removesuffix(".yml")


def _error(document: Document, message: str) -> SpecError:
    return SpecError(fault_line(document.position((KEY,)), (KEY,), message))
