"""Plain (unquoted) scalars under the core schema of YAML 1.2 (yaml.org/spec/1.2.2, 10.3.2)."""

from __future__ import annotations

import math
import re
from typing import Final

# Longer numbers are typing errors, and slow to convert.
_MAX_DIGITS: Final = 40

_WORDS: Final[dict[str, bool | None]] = {
    "":      None,  "~":     None,  "null":  None,  "Null":  None,  "NULL":  None,
    "true":  True,  "True":  True,  "TRUE":  True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o[0-7]+")
_HEX: Final = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS: Final = frozenset("0123456789+-.")


def plain_value(text: str) -> tuple[str | int | float | bool | None, str | None]:
    """Return the value of an unquoted scalar, and what is wrong with it (None: nothing).

    null, true, false and numbers (decimal, 0o octal, 0x hexadecimal, exponents) are converted; everything else is text.
    """
    if text in _WORDS:
        return _WORDS[text], None
    if text[0] not in _NUMBER_STARTS:
        return text, None
    if _NO_NUMBER.fullmatch(text):
        return None, f"{text} is not a number a score can hold; write a finite number, or put text in quotes"
    is_int = _INT.fullmatch(text)
    if is_int or _FLOAT.fullmatch(text) or _OCTAL.fullmatch(text) or _HEX.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            return None, f"a number of {len(text)} characters is too long; put text in quotes"
        if is_int:
            return int(text), None
        if text[:2] in ("0o", "0x"):
            return int(text, 0), None
        number = float(text)
        if math.isinf(number):
            return None, f"{text} is too large for a number; put text in quotes"
        return number, None
    return text, None


def plain_key_fault(text: str) -> str | None:
    """Return why an unquoted scalar cannot be a key; None when it can. Whole numbers can, and stay text."""
    if text == "<<":
        return "merge keys (<<) are not read: write the keys out, or use extends"
    if text == "":
        return "a ':' has no key before it"
    if text in _WORDS or (text[0] in _NUMBER_STARTS and _is_fraction(text)):
        return f"a key must be text or a whole number; put quotes around it: '{text}'"
    return None


def _is_fraction(text: str) -> bool:
    """Tell whether a text is a number but not a whole one."""
    if _INT.fullmatch(text):
        return False
    return bool(_FLOAT.fullmatch(text) or _NO_NUMBER.fullmatch(text))
