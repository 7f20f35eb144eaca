"""Every command in the documents exists: `cuesmith …` is parsed as on the command line, the others name real files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from tests.documents import DOCUMENTS, ROOT, Document
from typer.main import get_command

from cuesmith.cli.app import app
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.find import list_names

BANKS = load_banks()
COMMAND = get_command(app)
LEFT_OUT = "…"
# What options of one name may say; names that a document tells the reader to make are added.
KNOWN = {
    "--style": {entry.name for entry in list_names("style")} | {"harbour-town"},
    "--from": {entry.name for entry in list_names("style")},
    "--type": {*BANKS.cue_types, "skirmish"},
    "--character": set(BANKS.characters),
    "--recipe": {*BANKS.recipes, "plain", "on_the_quay"},
    "--scale": set(BANKS.scales),
    "--ensemble": {"solo", "chamber", "studio", "full"},
    "--feel": {*BANKS.feelings, *(word for row in BANKS.feelings.values() for word in row.words)},
}
OPTIONS_OF_OTHERS = {"--learn", "--import-mode=importlib", "--full"}  # of our scripts and of pytest


class Said(NamedTuple):
    """A command line as a document says it."""

    document: str
    line: str


def lines_of(document: Document) -> Iterator[str]:
    """The lines of shell blocks, and code spans."""
    for block in document.blocks:
        if block.language == "sh":
            yield from block.text.splitlines()
    yield from document.spans


LINES = tuple(Said(document.name, line.strip()) for document in DOCUMENTS for line in lines_of(document))
COMMANDS = tuple(dict.fromkeys(said for said in LINES if re.match(r"cuesmith( |$)", said.line)))


def words_of(line: str) -> list[str]:
    """The words after `cuesmith`, comments and redirections left out."""
    words = shlex.split(line, comments=True)[1:]
    return words[: words.index(">")] if ">" in words else words


def path_of(words: list[str]) -> tuple[object, list[str]]:
    """The command that the first words name, and what is left for it."""
    command: object = COMMAND
    left = list(words)
    while left and left[0] in (inner := getattr(command, "commands", {})):
        command = inner[left.pop(0)]
    return command, left


def options_of(command: object) -> set[str]:
    """Every option of a command and of those under it."""
    own = {option for param in getattr(command, "params", ()) for option in getattr(param, "opts", ())}
    return own.union({"--help", "-h"}, *(options_of(inner) for inner in getattr(command, "commands", {}).values()))


@pytest.mark.parametrize("said", COMMANDS, ids=lambda said: f"{said.document}: {said.line[:60]}")
def test_commands_are_understood(said: Said) -> None:
    """Nothing is run. Where words are left out (…) the command and its options must exist."""
    words = words_of(said.line)
    command, left = path_of(words)
    assert left != words or not words or words[0].startswith("--"), "no such command"
    if LEFT_OUT in words:
        assert {word for word in left if word.startswith("-")} <= options_of(command)
    elif left and left != ["--version"]:
        command.make_context("cuesmith", list(left))  # type: ignore[attr-defined]  # raises what the command line would
    for option, value in pairwise(words):
        if option in KNOWN and value != LEFT_OUT and not value.isupper():  # FILE, NAME and the like
            assert value in KNOWN[option], f"{option} {value}"


def test_a_wrong_command_is_seen() -> None:
    for line in ("cuesmith cue --stile synth", "cuesmith motif compare one", "cuesmith cue --tempo"):
        command, left = path_of(words_of(line))
        with pytest.raises(Exception, match=r"No such option|Missing argument|Missing parameter|requires an argument"):
            command.make_context("cuesmith", left)  # type: ignore[attr-defined]  # as above
    assert path_of(["sing"])[1] == ["sing"]
    assert len(COMMANDS) > 40


def test_options_exist() -> None:
    known = options_of(COMMAND) | OPTIONS_OF_OTHERS
    unknown = {said for said in LINES if said.line.startswith("--") and said.line.split()[0] not in known}
    assert not unknown


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = {name for head in re.findall(r"^([\w -]+):(?!=)", makefile, re.MULTILINE) for name in head.split()}
    asked = {said: match[1] for said in LINES if (match := re.match(r"make ([\w-]+)", said.line))}
    assert {"demo", "test"} <= set(asked.values())
    assert not {said for said, target in asked.items() if target not in targets}


def test_scripts_exist() -> None:
    """`python tests/….py` and `python -m tools.…`, with or without the path of Python."""
    found = 0
    for said in LINES:
        match = re.match(r"(?:\.venv/bin/)?python (-m )?([\w./]+)", said.line)
        if match is None or match[2] in ("pip", "pytest", "venv"):
            continue
        found += 1
        name = match[2].replace(".", "/") if match[1] else match[2].removesuffix(".py")
        assert (ROOT / f"{name}.py").exists() or (ROOT / name / "__main__.py").exists(), said
    assert found > 5
