"""Describe pydantic's errors in plain words: what was found, what is needed, what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cuesmith.errors import did_you_mean

_CHOICE: Final = "one of the choices"
_TEXT: Final = "text"
_LIST: Final = "a list"

# pydantic's error types for a wrong kind of value → the kind that is needed
_KINDS: Final = {
    "int_type":              "a whole number",
    "int_parsing":           "a whole number",
    "int_parsing_size":      "a whole number",
    "int_from_float":        "a whole number",
    "float_type":            "a number",
    "float_parsing":         "a number",
    "bool_type":             "true or false",
    "bool_parsing":          "true or false",
    "string_type":           _TEXT,
    "list_type":             _LIST,
    "tuple_type":            _LIST,
    "set_type":              _LIST,
    "frozen_set_type":       _LIST,
    "iterable_type":         _LIST,
    "dict_type":             "a mapping (key: value)",
    "mapping_type":          "a mapping (key: value)",
    "dataclass_type":        "a mapping (key: value)",
    "dataclass_exact_type":  "a mapping (key: value)",
    "model_type":            "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "none_required":         "empty",
    "literal_error":         _CHOICE,
    "enum":                  _CHOICE,
}  # fmt: skip

# error types for a wrong value of the right kind; {found} is the value, the other fields come from pydantic
_LIMITS: Final = {
    "greater_than":            "{found} is too small: it must be above {gt}",
    "greater_than_equal":      "{found} is too small: it must be at least {ge}",
    "less_than":               "{found} is too large: it must be below {lt}",
    "less_than_equal":         "{found} is too large: it must be at most {le}",
    "multiple_of":             "{found} is not a multiple of {multiple_of}",
    "too_short":               "{actual_length} given, but at least {min_length} needed",
    "too_long":                "{actual_length} given, but at most {max_length} allowed",
    "string_too_short":        "{found} is too short: at least {min_length} characters are needed",
    "string_too_long":         "{found} is too long: at most {max_length} characters are allowed",
    "string_pattern_mismatch": "{found} does not fit the pattern {pattern}",
    "finite_number":           "{found} is not a number that can be used; write one with digits",
    "string_unicode":          "{found} holds half of a character; write it again",
    "union_tag_not_found":     "the key {discriminator}, which says what this is, is missing",
}  # fmt: skip

_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")
_LONGEST: Final = 40  # most characters of a value in a message


def is_kind_error(error: Mapping[str, Any]) -> bool:
    """Tell whether an error means a wrong kind of value (text for a number, an unknown word)."""
    return error["type"] in _KINDS


def found_text(value: object) -> str:
    """Describe a value in a message: 'abc', 3, true, a list, a mapping, nothing."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def describe(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return one message for the errors of one value; several errors are those of a union's members.

    Each error is a dict as from `pydantic.ValidationError.errors()`.
    """
    kinds = list(dict.fromkeys(_KINDS[error["type"]] for error in errors if is_kind_error(error)))
    return _not_a(kinds, errors) if kinds else _out_of_limits(errors[0])


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the message for an unknown key."""
    name, colon, _ = key.partition(":")
    if colon and name in known:
        return f"unknown key; write a space after the ':' of '{name}'"
    return f"unknown key{did_you_mean(key, known)}"


def _not_a(kinds: list[str], errors: Sequence[Mapping[str, Any]]) -> str:
    """Return the message for a value of a wrong kind."""
    value = errors[0]["input"]
    if value is None:
        hint = did_you_mean("", _choices(errors)) if kinds == [_CHOICE] else ""
        return f"no value is given; it should be {_either(kinds)}{hint}"
    if _CHOICE in kinds:
        hint = did_you_mean(str(value), _choices(errors))
    elif kinds == [_TEXT] and isinstance(value, bool | int | float):
        hint = "; put it in quotes"
    elif kinds == [_LIST] and isinstance(value, str | bool | int | float):
        hint = "; write it in [ ]"
    else:
        hint = ""
    return f"{found_text(value)} is not {_either(kinds)}{hint}"


def _either(kinds: list[str]) -> str:
    """Join kinds with commas and `or`."""
    return " or ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)


def _choices(errors: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the allowed words from pydantic's "'a', 'b' or 'c'"; numbers are not quoted there."""
    words: list[str] = []
    for error in errors:
        expected = error.get("ctx", {}).get("expected")
        if expected:
            words += _QUOTED.findall(expected) or re.split(r", | or ", expected)
    return words


def _out_of_limits(error: Mapping[str, Any]) -> str:
    """Return the message for a wrong value of the right kind."""
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])  # messages of Cuesmith's own validators are plain already
    if kind == "union_tag_invalid":
        hint = did_you_mean(str(context["tag"]), _QUOTED.findall(context["expected_tags"]))
        return f"{context['discriminator']} cannot be '{context['tag']}'{hint}"
    if kind == "string_too_short" and value == "":
        return "the text is empty; write something"
    if kind in _LIMITS:
        numbers = {key: _plain(item) for key, item in context.items()}
        return _LIMITS[kind].format(found=found_text(value), **numbers)
    return f"{found_text(value)}: {error['msg']}"


def _plain(item: object) -> object:
    """Format a limit without unneeded decimals."""
    return f"{item:g}" if isinstance(item, float) else item
