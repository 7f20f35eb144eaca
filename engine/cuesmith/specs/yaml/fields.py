"""Find which keys a mapping may have, from the record types (for suggestions)."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from cuesmith.specs.yaml.place import KeyPath


def known_keys(type_: object, path: KeyPath, branches: Collection[str]) -> list[str]:
    """Return the keys of the record at `path` inside a value of this type.

    Empty when any key is allowed or none is known. branches: names of the union members meant; empty: all.
    """
    records = list(_members(type_))
    for step in path:
        children = [child for record in records for child in _child(record, step)]
        records = [member for child in children for member in _members(child)]
    named = [record for record in records if getattr(record, "__name__", None) in branches]
    return list(dict.fromkeys(key for record in named or records for key in _fields(record)))


def _members(type_: object) -> Iterator[object]:
    """Yield the type, or the members of a union, without Annotated and type aliases."""
    origin = get_origin(type_)
    if origin is Annotated:
        yield from _members(get_args(type_)[0])
    elif origin is Union or origin is types.UnionType:
        for member in get_args(type_):
            yield from _members(member)
    elif hasattr(type_, "__value__"):
        yield from _members(type_.__value__)
    else:
        yield type_


def _child(type_: object, step: str | int) -> list[object]:
    """Return the type one step inside: a field, a value of a mapping, or an item of a list."""
    args = get_args(type_)
    if not args:
        fields = _fields(type_)
        return [fields[step]] if isinstance(step, str) and step in fields else []
    if isinstance(step, str):
        return [args[1]] if len(args) == 2 else []
    if get_origin(type_) is tuple and args[-1] is not Ellipsis:
        return [args[step]] if step < len(args) else []
    return [args[0]]


def _fields(type_: object) -> dict[str, object]:
    """Map the keys of a pydantic record to their types, by their YAML names; {} for anything else."""
    fields: dict[str, Any] = getattr(type_, "__pydantic_fields__", {})
    return {info.alias or name: info.annotation for name, info in fields.items()}
