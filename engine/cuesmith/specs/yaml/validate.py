"""Validate plain values as records with pydantic, and report every fault of a file at its place.

A pydantic error path also contains the union members that were tried, and each member reports its own faults. Here the
path is followed through the document, members that do not fit are ignored, and the messages are our own (phrases.py).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from cuesmith.errors import SpecError
from cuesmith.specs.yaml.document import Document, KeyPath, Problem
from cuesmith.specs.yaml.fields import known_keys
from cuesmith.specs.yaml.phrases import describe, is_kind_error, unknown_key
from cuesmith.specs.yaml.place import MAX_FAULTS, fault_lines

__all__ = ["Problem", "check", "problem_lines", "raise_problems", "validate"]

T = TypeVar("T")

_UNKNOWN_KEY = ("unexpected_keyword_argument", "extra_forbidden")
_MISSING = ("missing", "missing_keyword_only_argument", "missing_argument")
_KEY_STEP = "[key]"  # pydantic's mark for a wrong key, not a wrong value


def validate(document: Document, type_: type[T]) -> T:
    """Return the document as a value of this type (a pydantic record, or dict[str, record], list[record] …).

    Raises SpecError with all faults, one `file:line:col: path: message` per line, in file order.
    """
    adapter: TypeAdapter[T] = _adapter(cast(Hashable, type_))
    try:
        return adapter.validate_python(document.data)
    except ValidationError as error:
        problems = _problems(error, document, type_)
    raise SpecError("\n".join(problem_lines(document, problems)))


def check(document: Document, type_: type[T]) -> tuple[T | None, tuple[Problem, ...]]:
    """Do the same as `validate`, but return the problems; the value is None when there are any."""
    adapter: TypeAdapter[T] = _adapter(cast(Hashable, type_))
    try:
        return adapter.validate_python(document.data), ()
    except ValidationError as error:
        return None, _problems(error, document, type_)


def raise_problems(document: Document, problems: Iterable[Problem]) -> None:
    """Raise SpecError with the problems at their places; return when there are none."""
    lines = problem_lines(document, problems)
    if lines:
        raise SpecError("\n".join(lines))


def problem_lines(document: Document, problems: Iterable[Problem]) -> list[str]:
    """Return the problems as lines, in file order (inherited values last), each once, at most MAX_FAULTS of them."""
    placed = [(document.position(problem.path, key=problem.at_key), problem) for problem in problems]
    placed.sort(key=lambda item: (item[0].source != document.source, item[0]))
    return fault_lines((place, problem.path, problem.message) for place, problem in placed)


@cache
def _adapter(type_: Any) -> TypeAdapter[Any]:
    """Return the adapter of a type, cached, because building one is slow."""
    return TypeAdapter(type_)


def _problems(error: ValidationError, document: Document, type_: object) -> tuple[Problem, ...]:
    """Return the problems that pydantic found, in file order."""
    faults = [_fault(details, document.data) for details in error.errors(include_url=False)]
    groups = _fitting([fault for fault in faults if not _is_echo(fault, faults)])
    groups.sort(key=lambda group: document.position(group[0].path, key=group[0].at_key))
    # beyond the cap only the number of faults is told; composing their messages, which compare words, takes long
    beyond = [Problem(group[0].path, f"fault {number}", group[0].at_key) for number, group in enumerate(groups)]
    return (*(_problem(group, type_) for group in groups[:MAX_FAULTS]), *beyond[MAX_FAULTS:])


class _Fault(NamedTuple):
    """One pydantic error. forks: (length of the path where a union is, the member that was tried)."""

    path: KeyPath
    forks: tuple[tuple[int, str], ...]
    at_key: bool
    error: ErrorDetails


def _fault(error: ErrorDetails, data: object) -> _Fault:
    """Split pydantic's path into steps of the document and union members."""
    steps = list(error["loc"])
    at_key = error["type"] in _UNKNOWN_KEY or _KEY_STEP in steps
    absent = [steps.pop()] if error["type"] in _MISSING else []
    path: list[str | int] = []
    forks: list[tuple[int, str]] = []
    value = data
    for step in steps:
        if isinstance(value, dict) and str(step) in value:
            path.append(str(step))
            value = value[str(step)]
        elif isinstance(step, int):  # also items made by a validator, which have no position
            path.append(step)
            value = value[step] if isinstance(value, list) and step < len(value) else None
        elif step != _KEY_STEP:
            forks.append((len(path), step))
    return _Fault((*path, *absent), tuple(forks), at_key, error)


def _is_echo(fault: _Fault, faults: Sequence[_Fault]) -> bool:
    """Tell whether a list counts as too short only because pydantic does not count items with faults."""
    if fault.error["type"] != "too_short" or fault.error["ctx"]["actual_length"] == len(fault.error["input"]):
        return False
    length = len(fault.path)
    return any(len(other.path) > length and other.path[:length] == fault.path for other in faults)


def _fitting(faults: Sequence[_Fault], depth: int = 0) -> list[list[_Fault]]:
    """Group faults, one message per group, keeping the best-fitting union members. depth: unions passed so far."""
    groups: list[list[_Fault]] = []
    unions: dict[KeyPath, dict[str, list[_Fault]]] = {}
    for fault in faults:
        if len(fault.forks) <= depth:
            groups.append([fault])
        else:
            length, member = fault.forks[depth]
            unions.setdefault(fault.path[:length], {}).setdefault(member, []).append(fault)
    for path, members in unions.items():
        groups += _nearest(path, [_fitting(member, depth + 1) for member in members.values()])
    return groups


def _nearest(path: KeyPath, readings: list[list[list[_Fault]]]) -> list[list[_Fault]]:
    """Choose the reading of a union with the fewest faults, among members that accept this kind of value.

    When no member accepts it, all become one group.
    """

    def misses(reading: list[list[_Fault]]) -> bool:
        return any(group[0].path == path and is_kind_error(group[0].error) for group in reading)

    best = min(readings, key=lambda reading: (misses(reading), len(reading)))
    if not misses(best):
        return best
    return [[fault for reading in readings for group in reading for fault in group if fault.path == path]]


def _problem(group: list[_Fault], type_: object) -> Problem:
    """Return the message for one group of faults."""
    fault = group[0]
    last = fault.path[-1] if fault.path else ""
    if fault.error["type"] in _UNKNOWN_KEY:
        known = known_keys(type_, fault.path[:-1], [member for _, member in fault.forks])
        return Problem(fault.path, unknown_key(str(last), known), at_key=True)
    if fault.error["type"] in _MISSING:
        what = "item" if isinstance(last, int) else "key"
        return Problem(fault.path, f"this {what} is needed, but missing")
    return Problem(fault.path, describe([each.error for each in group]), at_key=fault.at_key)
