"""What is wrong with YAML that cannot be scanned, in words for people who do not know YAML's grammar."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

# What YAML calls printable (1.2.2, 5.1), less the byte order mark, which has no business inside a file.
_CONTROL: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # libyaml counts all of these as ends of lines
_LEADING_TAB: Final = re.compile(r" *\t")

_COLON = "a ':' is not allowed here; indent the line as its neighbours are, or quote text with ': ' in it"
_NO_COLON = "this line has no ':'; write key: value"
_BRACKET = "the '[' opened on line {line} goes wrong here; is a ',' or ']' missing?"
_BRACE = "the '{' opened on line {line} goes wrong here; is a ',' or '}' missing?"
_QUOTES = "these quotes are never closed"
_START = "text cannot begin with {at}; put it in quotes"
_ESCAPE = "a \\ in double quotes begins an escape, and this is none; use single quotes"
_DASH = "a '- ' is not allowed here; begin the list on a line of its own"
_ITEM = "a list item ('- ') belongs here; is the line indented wrongly?"
_REST = "nothing may follow here; is the line indented wrongly, or do quotes end too early?"
_VALUE = "a value is missing before {at}"
_BLOCK = "nothing may follow the | or > on its line; begin the text on the next"
_VERSION = "only YAML 1.1 and 1.2 are read; remove the %YAML line"
_PERCENT = "a line may not begin with %; put the text in quotes"
_KEY = "a key or '- ' belongs here; is the line indented wrongly, or do quotes end too early?"
_TAG = "tags (!) are not read; put text that begins with ! in quotes"
_TAB = "a tab in the indentation; YAML is indented with spaces"

# A part of libyaml's wording, or of PyYAML's own scanner → ours; the first that fits is taken.
# {at} is the character at the place, {line} the line of the bracket that is open.
_PHRASES: Final = (
    ("mapping values are not allowed",   _COLON),
    ("could not find expected ':'",      _NO_COLON),
    ("expected ',' or ']'",              _BRACKET),
    ("expected ',' or '}'",              _BRACE),
    ("unexpected end of stream",         _QUOTES),
    ("cannot start any token",           _START),
    ("alphabetic or numeric",            _START),
    ("escape",                           _ESCAPE),
    ("sequence entries are not allowed", _DASH),
    ("expected '-' indicator",           _ITEM),
    ("document start>",                  _REST),
    ("content",                          _VALUE),
    ("comment or line break",            _BLOCK),
    ("chomping or indentation",          _BLOCK),
    ("YAML document",                    _VERSION),
    ("directive",                        _PERCENT),
    ("expected key",                     _KEY),
    ("expected <block end>",             _KEY),
    ("tag",                              _TAG),
    ("URI",                              _TAG),
    ("'>'",                              _TAG),
)  # fmt: skip
# For these the scanner notices only further on: what matters is where it began.
_SHOWN_WHERE_BEGUN: Final = (_QUOTES, _NO_COLON, _START)


def control_character(text: str) -> tuple[int, str] | None:
    """Index of the first character YAML does not allow, and the message; None when there is none."""
    found = _CONTROL.search(text)
    if not found:
        return None
    message = f"control character U+{ord(found[0]):04X} in the text; is this a text file? remove it"
    return found.start(), message


def place_at(before: str) -> tuple[int, int]:
    """Line and column (from 1) of what follows this text."""
    lines = _BREAK.split(before)
    return len(lines), len(lines[-1]) + 1


def syntax_fault(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """Line, column (from 1) and message for what the scanner or parser met in this text."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if mark is None:
        return 1, 1, f"this is not YAML: {' '.join(problem.split())}"
    opened = getattr(error, "context_mark", None) or mark
    phrase = next((phrase for part, phrase in _PHRASES if part in problem), f"this is not YAML: {problem}")
    lines = _BREAK.split(text)
    line, column = _inside(mark, lines)
    tab = _LEADING_TAB.match(lines[line])
    if tab:
        return line + 1, tab.end(), _TAB
    if phrase in _SHOWN_WHERE_BEGUN:
        line, column = _inside(opened, lines)
    at = lines[line][column : column + 1]
    message = phrase.replace("{at}", f"'{at}'" if at else "the end of the line")
    return line + 1, column + 1, message.replace("{line}", str(opened.line + 1))


def _inside(mark: Any, lines: list[str]) -> tuple[int, int]:
    """Line and column (from 0) of a mark; libyaml puts the end of a last line without a break one line lower."""
    if mark.line < len(lines):
        return mark.line, mark.column
    return len(lines) - 1, len(lines[-1])
