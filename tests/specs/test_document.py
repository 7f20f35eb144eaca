"""Reading YAML: values, positions, and the exact words of every error message."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.errors import SpecError, UsageError
from cuesmith.specs.yaml import document as document_module
from cuesmith.specs.yaml.builder import Builder
from cuesmith.specs.yaml.document import (
    MAX_BYTES,
    Document,
    KeyPath,
    Position,
    fault_line,
    format_path,
    parse_document,
    read_document,
)
from cuesmith.specs.yaml.syntax import syntax_fault

LOADERS = (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader)


def refusal(text: str) -> str:
    """Return the message for a text that must be rejected."""
    with pytest.raises(SpecError) as caught:
        parse_document(text, "x.yaml")
    return str(caught.value)


# --- values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("null", None), ("~", None), ("", None), ("Null", None),
        ("true", True), ("false", False), ("True", True), ("FALSE", False),
        ("0", 0), ("-12", -12), ("+7", 7), ("0012", 12), ("0o17", 15), ("0x1F", 31),
        ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("2.5E-2", 0.025),
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("n", "n"), ("NO", "NO"),
        ("12:30", "12:30"), ("1:30:00.5", "1:30:00.5"), ("1_000", "1_000"), ("2026-01-31", "2026-01-31"),
        ("2026-01-31 12:00:00", "2026-01-31 12:00:00"), ("0b11", "0b11"), ("0o8", "0o8"), ("=", "="),
        ("I", "I"), ("bVI", "bVI"), ("IV/5", "IV/5"), ("4/4", "4/4"), ("M-401", "M-401"),
        ("D3:1.5", "D3:1.5"),
        ("-", "-"), (".", "."), ("1.2.3", "1.2.3"), ("-x", "-x"), ("+", "+"), ("inf", "inf"), ("nan", "nan"),
        ("'12'", "12"), ('"true"', "true"), ("'~'", "~"), ('".inf"', ".inf"), ("''", ""),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema_of_yaml_1_2(written: str, value: object) -> None:
    if written == "-":
        written = "'-'"  # alone it would begin a list
    data = parse_document(f"key: {written}\n", "x.yaml").data
    assert data == {"key": value}
    assert isinstance(data, dict) and type(data["key"]) is type(value)


def test_whole_number_keys_are_text_as_written() -> None:
    data = parse_document("12: a\n0x1F: b\n007: c\n'1.5': d\n'null': e\n'<<': f\n", "x.yaml").data
    assert data == {"12": "a", "0x1F": "b", "007": "c", "1.5": "d", "null": "e", "<<": "f"}


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes("\ufefftitle: Épée\r\ncues: [a]\r\n".encode())
    read = read_document(file, name="x.yaml")
    assert read.data == {"title": "Épée", "cues": ["a"]}
    assert read.position(("title",)) == Position("x.yaml", 1, 8)
    assert read.position(("cues", 0)) == Position("x.yaml", 2, 8)


def test_document_markers_and_the_yaml_directive_are_fine() -> None:
    assert parse_document("%YAML 1.2\n---\na: 1\n...\n", "x.yaml").data == {"a": 1}


# --- positions ---------------------------------------------------------------------------------------------

CORE_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)


class CoreDumper(yaml.SafeDumper):
    """PyYAML's dumper, which writes YAML 1.1, changed to quote what only YAML 1.2 reads as a number."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if CORE_NUMBER.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


CoreDumper.add_representer(str, _text)

# the breaks that YAML 1.1 knows and 1.2 does not are left out: PyYAML writes them as they are
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"), max_size=12
) | st.sampled_from(
    [
        "no",
        "1e3",
        "0o17",
        "12:30",
        "2026-01-31",
        "a: b",
        "# x",
        "- y",
        "'",
        '"',
        "😀 x",
        "two\nlines",
        "<<",
        "~",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(TEXT, v, max_size=4), max_leaves=15)
ROOTS = st.lists(VALUES, max_size=5) | st.dictionaries(TEXT, VALUES, max_size=5)


@settings(max_examples=150, deadline=None)
@given(
    data=ROOTS,
    flow=st.sampled_from([True, False, None]),
    width=st.sampled_from([20, 1000]),
    allow_unicode=st.booleans(),
)
def test_what_is_dumped_is_read_back_with_its_positions(
    data: object, flow: bool | None, width: int, allow_unicode: bool
) -> None:
    text = yaml.dump(
        data,
        Dumper=CoreDumper,
        default_flow_style=flow,
        width=width,
        allow_unicode=allow_unicode,
        sort_keys=False,
    )
    read = parse_document(text, "x.yaml")
    assert read.data == data
    node = yaml.compose(text, Loader=yaml.SafeLoader)  # another scanner, in Python, is the oracle of the marks
    values: dict[KeyPath, Position] = {}
    keys: dict[KeyPath, Position] = {}
    _collect(node, (), values, keys)
    assert read.positions == values
    assert read.key_positions == keys
    for path, value in _leaves(data, ()):
        _assert_points_at(text, read.positions[path], value)


def _collect(node: Any, path: KeyPath, values: dict[KeyPath, Position], keys: dict[KeyPath, Position]) -> None:
    values[path] = Position("x.yaml", node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _collect(item, (*path, index), values, keys)
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            below = (*path, key.value)
            keys[below] = Position("x.yaml", key.start_mark.line + 1, key.start_mark.column + 1)
            _collect(item, below, values, keys)


def _leaves(data: object, path: KeyPath) -> list[tuple[KeyPath, object]]:
    if isinstance(data, dict):
        return [leaf for key, value in data.items() for leaf in _leaves(value, (*path, key))]
    if isinstance(data, list):
        return [leaf for index, value in enumerate(data) for leaf in _leaves(value, (*path, index))]
    return [(path, data)]


def _assert_points_at(text: str, position: Position, value: object) -> None:
    """Assert that the text at the position is the value as written."""
    line = text.split("\n")[position.line - 1]
    token = re.split(r"[ ,\]}]", line[position.column - 1 :])[0]
    if isinstance(value, str):
        assert token[:1] in ("'", '"') or (token and value.startswith(token))
    elif isinstance(value, float):
        assert float(token) == value
    else:
        assert token == json.dumps(value)


def test_positions_of_keys_values_and_what_is_missing() -> None:
    read = parse_document("title: 'T'\ncues:\n  - id: M-1\n    hits: [{at: 3}, {}]\nempty:\n", "show.yaml")
    assert str(read.position(("title",))) == "show.yaml:1:8"
    assert str(read.position(("title",), key=True)) == "show.yaml:1:1"
    assert str(read.position(("cues", 0))) == "show.yaml:3:5"
    assert str(read.position(("cues", 0, "hits", 0, "at"))) == "show.yaml:4:17"
    assert str(read.position(("cues", 0, "hits", 0, "at"), key=True)) == "show.yaml:4:13"
    assert str(read.position(("cues", 0, "hits", 1, "at"))) == "show.yaml:4:21"
    assert str(read.position(("cues", 7, "type"))) == "show.yaml:3:3"
    assert str(read.position(("empty",))) == "show.yaml:5:7"
    assert str(read.position(())) == "show.yaml:1:1"
    assert str(Document("made.yaml", {}, {}, {}).position(("a",))) == "made.yaml:1:1"


def test_select_walks_values_that_are_there() -> None:
    read = parse_document("cues: [{style: a}, {type: x}, 3, {style: [b]}]\nthemes: {hero: {key: C}}\n", "x.yaml")
    assert list(read.select("cues", "*", "style")) == [
        (("cues", 0, "style"), "a"),
        (("cues", 3, "style"), ["b"]),
    ]
    assert list(read.select("cues", 1)) == [(("cues", 1), {"type": "x"})]
    assert list(read.select("themes", "*", "*")) == [(("themes", "hero", "key"), "C")]
    for pattern in (("cues", 9), ("nothing", "*"), ("cues", "x"), ("themes", 0)):
        assert list(read.select(*pattern)) == []


def test_paths_are_printed_as_people_write_them() -> None:
    assert format_path(("cues", 3, "type")) == "cues[3].type"
    assert format_path((0, "M-401", "a b", "ü")) == '[0].M-401["a b"].ü'
    assert fault_line(Position("f", 1, 2), (), "m") == "f:1:2: m"


# --- refusals ----------------------------------------------------------------------------------------------

TAGS = "tags are not read: write the value alone; text that begins with ! needs quotes"
NO_NUMBER = "is not a number a score can hold; write a finite number, or put text in quotes"
COLON = "a ':' is not allowed here; indent the line as its neighbours are, or quote text with ': ' in it"
KEY = "a key or '- ' belongs here; is the line indented wrongly, or do quotes end too early?"
REST = "nothing may follow here; is the line indented wrongly, or do quotes end too early?"
DEEP = "nested deeper than 40 levels; is a bracket left open?"
REWRITE = "write the value out, or use extends; text that begins with"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: the file is empty; write key: value lines"),
        ("# only a remark\n", "1:1: the file is empty; write key: value lines"),
        ("---\n", "1:1: the file is empty; write key: value lines"),
        ("a: 1\nb: 2\na: 3\n", "3:1: a: this key is written twice (first on line 1); keep one"),
        ("a: {b: 1, 'b': 2}\n", "1:11: a.b: this key is written twice (first on line 1); keep one"),
        ("1: x\n'1': y\n", "2:1: 1: this key is written twice (first on line 1); keep one"),
        ("a: &x [1]\n", f"1:4: a: anchor &x: anchors are not read: {REWRITE} & needs quotes"),
        ("b: {a: *x}\n", f"1:8: b.a: alias *x: aliases are not read: {REWRITE} * needs quotes"),
        ("*x : 1\n", f"1:1: alias *x: aliases are not read: {REWRITE} * needs quotes"),
        ("a: !mine b\n", f"1:4: a: tag !mine: {TAGS}"),
        ("a: !!python/object:os.system {}\n", f"1:4: a: tag !!python/object:os.system: {TAGS}"),
        ("a: !!str 5\n", f"1:4: a: tag !!str: {TAGS}"),
        ("a:\n  <<: {b: 1}\n", "2:3: a: merge keys (<<) are not read: write the keys out, or use extends"),
        ("a: {1.5: x}\n", "1:5: a: a key must be text or a whole number; put quotes around it: '1.5'"),
        ("true: x\n", "1:1: a key must be text or a whole number; put quotes around it: 'true'"),
        (".inf: x\n", "1:1: a key must be text or a whole number; put quotes around it: '.inf'"),
        ("null: x\n", "1:1: a key must be text or a whole number; put quotes around it: 'null'"),
        ("?\n: x\n", "1:2: a ':' has no key before it"),
        ("a: 1\n[b]: x\n", "2:1: a list or mapping cannot be a key; write text before the ':'"),
        ("? {a: 1}\n: 2\n", "1:3: a list or mapping cannot be a key; write text before the ':'"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here (---); write one per file"),
        ("a: .inf\n", f"1:4: a: .inf {NO_NUMBER}"),
        ("- -.Inf\n", f"1:3: [0]: -.Inf {NO_NUMBER}"),
        ("a: .nan\n", f"1:4: a: .nan {NO_NUMBER}"),
        ("a: 1e999\n", "1:4: a: 1e999 is too large for a number; put text in quotes"),
        (f"a: {'9' * 5000}\n", "1:4: a: a number of 5000 characters is too long; put text in quotes"),
        ("a:\n\tb: 1\n", "2:1: a tab in the indentation; YAML is indented with spaces"),
        ("a:\n  b: 1\n  \tc: 2\n", "3:3: a tab in the indentation; YAML is indented with spaces"),
        ("a: b: c\n", f"1:5: {COLON}"),
        ("a: 1\nfoo\nb: 2\n", "2:1: this line has no ':'; write key: value"),
        ("a: [1, 2\nb: 3\n", "2:2: the '[' opened on line 1 goes wrong here; is a ',' or ']' missing?"),
        ("a: {x: 1\nb: 3\n", "2:2: the '{' opened on line 1 goes wrong here; is a ',' or '}' missing?"),
        ("a: 1\nb: \"abc\nc: 3\n", "2:4: these quotes are never closed"),
        ("a: @foo\n", "1:4: text cannot begin with '@'; put it in quotes"),
        ("a: * x\n", "1:4: text cannot begin with '*'; put it in quotes"),
        ("a: & x\n", "1:4: text cannot begin with '&'; put it in quotes"),
        ("a: - b\n", "1:4: a '- ' is not allowed here; begin the list on a line of its own"),
        ("'a' b\n", f"1:5: {REST}"),
        ("a: 'it's'\n", f"1:8: {KEY}"),
        ("a:\n   b: 1\n  c: 2\n", f"3:3: {KEY}"),
        ("a: [1,,2]\n", "1:7: a value is missing before ','"),
        ("a: [#x\n", "2:1: a value is missing before the end of the line"),
        ("a: |x\n  b\n", "1:5: nothing may follow the | or > on its line; begin the text on the next"),
        ("a: !x!y z\n", "1:4: tags (!) are not read; put text that begins with ! in quotes"),
        ("%YAML 2.0\n---\na: 1\n", "1:1: only YAML 1.1 and 1.2 are read; remove the %YAML line"),
        ("a: 1\nb: \x00\n", "2:4: control character U+0000 in the text; is this a text file? remove it"),
        ("a: \x1b[0m\n", "1:4: control character U+001B in the text; is this a text file? remove it"),
        ("a: \ud800\n", "1:4: control character U+D800 in the text; is this a text file? remove it"),
        ("a: x\ufeff\n", "1:5: control character U+FEFF in the text; is this a text file? remove it"),
        ("[" * 200_000, f"1:41: {'[0]' * 40}: {DEEP}"),
        ("- " * 200_000, f"1:81: {'[0]' * 40}: {DEEP}"),
        ("{a: " * 200_000, f"1:161: {'.'.join('a' * 40)}: {DEEP}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
def test_refusals_say_where_what_and_what_to_do(
    text: str, message: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_module, "_LOADER", loader)
    assert refusal(text) == f"x.yaml:{message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a: "\\q"\n', "1:5: a \\ in double quotes begins an escape, and this is none; use single quotes"),
        ("- a\nb: 1\n", "2:1: a list item ('- ') belongs here; is the line indented wrongly?"),
        ("%FOO bar\n---\na: 1\n", "1:5: a line may not begin with %; put the text in quotes"),
    ],
)
@pytest.mark.skipif(LOADERS[0] is LOADERS[1], reason="libyaml's own findings")
def test_refusals_only_libyaml_makes_there(text: str, message: str) -> None:
    assert refusal(text) == f"x.yaml:{message}"


def test_unknown_syntax_errors_use_the_words_of_the_scanner() -> None:
    assert syntax_fault(yaml.YAMLError("odd\n thing"), "a: 1") == (1, 1, "this is not YAML: odd thing")
    mark = yaml.Mark("x", 0, 1, 3, "", 0)
    odd = yaml.scanner.ScannerError(problem="odd thing", problem_mark=mark)
    assert syntax_fault(odd, "a: 1\nb: 2\n") == (2, 4, "this is not YAML: odd thing")


class _EarlyLoader(yaml.SafeLoader):
    """A loader that stops at a depth limit of its own while it looks ahead, before it returns an event."""

    def fetch_more_tokens(self) -> None:
        if self.flow_level > 60 or len(self.indents) > 60:
            raise yaml.scanner.ScannerError("while scanning", None, "too deep for me", self.get_mark())
        super().fetch_more_tokens()


@pytest.mark.parametrize("text", ["[" * 2000, "- " * 2000, "{a: " * 2000])
def test_the_refusal_is_ours_whatever_the_library_says_first(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = set()
    for loader in (*LOADERS, _EarlyLoader):
        monkeypatch.setattr(document_module, "_LOADER", loader)
        said.add(refusal(text))
    assert len(said) == 1 and said.pop().endswith(f"{DEEP}")


def test_a_text_too_deep_is_given_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []
    take = Builder.take

    def counted(self: Builder, event: object) -> None:
        taken.append(event)
        take(self, event)

    monkeypatch.setattr(Builder, "take", counted)
    for text in ("[" * 200_000, "- " * 200_000, "{a: " * 200_000):
        refusal(text)
    assert len(taken) < 1000


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_document("[" * 40 + "]" * 40, "x.yaml").positions[(0,) * 39] == Position("x.yaml", 1, 40)


def test_all_faults_are_listed_in_order_up_to_the_syntax_error() -> None:
    lines = refusal("a: 1\na: 2\nb: .inf\nc: !t &u x\nd: [\n").splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "x.yaml:2:1:", "x.yaml:3:4:", "x.yaml:4:4:", "x.yaml:4:4:", "x.yaml:6:1:",
    ]  # fmt: skip
    # faults of keys name the mapping they stand in, not the value before them
    assert refusal("a:\n  b: 1\n  !t c: 2\n").startswith("x.yaml:3:3: a: tag !t")


def test_a_mistake_made_thousands_of_times_is_listed_two_hundred_times() -> None:
    lines = refusal("a: 1\n" * 100_000).splitlines()
    assert len(lines) == 201
    assert lines[-1] == "x.yaml:201:1: a: there may be more faults; mend those above first"


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab1:-?[]{},&*!|>'\"%@`# \t\n~.é\x00\x85\u2028😀"), max_size=30))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        read = parse_document(text, "x.yaml")
    except SpecError as error:
        for line in str(error).split("\n"):
            match = re.match(r"x\.yaml:(\d+):(\d+): .", line)
            assert match and 1 <= int(match[1]) <= len(re.split("[\n\x85\u2028]", text))
    else:
        assert read.data is not None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(data)
    try:
        assert read_document(file).data is not None
    except SpecError as error:
        assert str(error).startswith(f"{file}:1:") or str(error).startswith(f"{file}:")


# --- files -------------------------------------------------------------------------------------------------


def file_refusal(file: Path, kind: type[Exception], name: str | None = None) -> str:
    with pytest.raises(kind) as caught:
        read_document(file, name=name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a: 1\n".encode("utf-16"), "1:1: this is UTF-16 (or no text at all); save the file as UTF-8"),
        ("a: 1\n".encode("utf-16-be"), "1:1: this is UTF-16 (or no text at all); save the file as UTF-8"),
        ("a: 1\n".encode("utf-16-le"), "1:1: this is UTF-16 (or no text at all); save the file as UTF-8"),
        ("a: 1\nb: é\n".encode("latin-1"), "2:4: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("\ufeffü: é".encode() + b"\xff", "1:5: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: \0\n", "2:4: control character U+0000 in the text; is this a text file? remove it"),
        (b"", "1:1: the file is empty; write key: value lines"),
    ],
)
def test_bytes_that_are_not_utf_8_text(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    assert file_refusal(file, SpecError, "given/x.yaml") == f"given/x.yaml:{message}"


def test_a_large_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_bytes(b"a: 1\n" * 2_000_000)
    message = ": larger than 1 MB, which no style or show needs; is it the right file?"
    assert file_refusal(file, SpecError) == f"{file}{message}"
    if Path("/dev/zero").exists():  # never ends: only a bounded read comes back
        assert file_refusal(Path("/dev/zero"), SpecError) == f"/dev/zero{message}"
    file.write_bytes(b"a: 1\n" + b"#" * (MAX_BYTES - 5))
    assert read_document(file).data == {"a": 1}
    assert refusal("#" * (MAX_BYTES + 1)) == f"x.yaml{message}"


def test_missing_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "symphonic.yaml").write_text("a: 1\n")
    (tmp_path / "notes.txt").write_text("")
    missing = tmp_path / "symphonik.yaml"
    assert file_refusal(missing, UsageError) == f"{missing}: no such file; did you mean 'symphonic.yaml'?"
    assert file_refusal(missing, UsageError, "s.yaml") == "s.yaml: no such file; did you mean 'symphonic.yaml'?"
    other = tmp_path / "qqq.yml"
    assert file_refusal(other, UsageError) == f"{other}: no such file; known: symphonic.yaml"
    lost = tmp_path / "no" / "x.yaml"
    assert file_refusal(lost, UsageError) == f"{lost}: no such file; there is no folder {tmp_path / 'no'} either"
    assert file_refusal(tmp_path, UsageError) == f"{tmp_path}: this is a folder; give a .yaml file inside it"
    endless = tmp_path / ("x" * 5000)
    assert file_refusal(endless, UsageError) == f"{endless}: the file cannot be read: file name too long"
    assert "the file cannot be read" in file_refusal(Path("a\0b"), UsageError)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read here")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.touch(mode=0o000)
    assert file_refusal(file, UsageError) == f"{file}: the file cannot be read: permission denied"


def test_files_inside_an_archive_are_read_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("styles/a.yaml", "a: 1\n")
    folder = zipfile.Path(tmp_path / "z.zip", "styles/")
    read = read_document(folder / "a.yaml")
    assert (read.source, read.data) == ("a.yaml", {"a": 1})
    with pytest.raises(UsageError, match=r"^b\.yaml: no such file$"):
        read_document(folder / "b.yaml")


def test_reading_does_not_load_pydantic() -> None:
    modules = "find, schema, yaml.document, yaml.extend"
    imports = "; ".join(f"import cuesmith.specs.{name}" for name in modules.split(", "))
    program = f"import sys; {imports}; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_numbers_keep_their_value() -> None:
    data = parse_document("[0.1, 1e-300, 123456789012345678901234567890, -0.0]", "x.yaml").data
    assert data == [0.1, 1e-300, 123456789012345678901234567890, 0.0]
    assert isinstance(data, list) and math.copysign(1, data[3]) == -1
