"""Describe YAML syntax errors in words for people who do not know the grammar."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

# Everything except YAML's printable characters (1.2.2, 5.1); a byte order mark inside a file counts as an error, too.
_CONTROL: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # all line ends that libyaml recognises
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

# A part of a message of libyaml or PyYAML → our message; the first match is used.
# {at} is the character at the error, {line} the line of the open bracket.
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
# These errors are noticed later than they begin, so their beginning is shown.
_SHOWN_AT_BEGINNING: Final = (_QUOTES, _NO_COLON, _START)


def control_character(text: str) -> tuple[int, str] | None:
    """Return the index of the first character that YAML does not allow, and a message; None when there is none."""
    found = _CONTROL.search(text)
    if not found:
        return None
    message = f"control character U+{ord(found[0]):04X} in the text; is this a text file? remove it"
    return found.start(), message


def place_at(before: str) -> tuple[int, int]:
    """Return line and column (from 1) of what follows a text."""
    lines = _BREAK.split(before)
    return len(lines), len(lines[-1]) + 1


def syntax_fault(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """Return line, column (from 1) and message for an error of the scanner or parser."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if mark is None:
        return 1, 1, f"this is not YAML: {' '.join(problem.split())}"
    opened = getattr(error, "context_mark", None) or mark
    phrase = next((phrase for part, phrase in _PHRASES if part in problem), f"this is not YAML: {problem}")
    lines = _BREAK.split(text)
    line, column = _mark_place(mark, lines)
    tab = _LEADING_TAB.match(lines[line])
    if tab:
        return line + 1, tab.end(), _TAB
    if phrase in _SHOWN_AT_BEGINNING:
        line, column = _mark_place(opened, lines)
    at = lines[line][column : column + 1]
    message = phrase.replace("{at}", f"'{at}'" if at else "the end of the line")
    return line + 1, column + 1, message.replace("{line}", str(opened.line + 1))


def _mark_place(mark: Any, lines: list[str]) -> tuple[int, int]:
    """Return line and column (from 0) of a mark, kept inside the text (libyaml may point one line after the last)."""
    if mark.line < len(lines):
        return mark.line, mark.column
    return len(lines) - 1, len(lines[-1])
