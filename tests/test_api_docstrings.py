"""The docstrings of the public names are complete, and the examples in them run in an empty folder."""

from __future__ import annotations

import doctest
import inspect
import re
from functools import reduce
from pathlib import Path

import pytest

import cuesmith

NAMES = (
    "compose", "compose_show", "load_show", "load_style",
    "Cue", "Cue.title", "Cue.seconds", "Cue.file_stem", "Cue.midi", "Cue.explain", "Cue.save",
    "CueSet.stage", "Hit", "Beat",
)  # fmt: skip
TAKING_NOTHING = ("Cue", "CueSet", "Hit", "Beat")  # their fields are told as attributes


def documented(name: str) -> object:
    found: object = reduce(getattr, name.split("."), cuesmith)
    return found


def documented_names(doc: str, heading: str) -> list[str]:
    """Return the names that a docstring section documents.

    They are lines `name: text` at the first indentation under the heading.
    """
    section = re.search(rf"^{heading}:\n((?:    .*\n|\n)+)", inspect.cleandoc(doc) + "\n", re.MULTILINE)
    return [] if section is None else re.findall(r"^    (\w+):", section[1], re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(inspect.getdoc(documented(name)) or "", {}, name, None, None)
    assert test.examples, "the docstring has no example"
    report: list[str] = []
    assert not doctest.DocTestRunner().run(test, out=report.append).failed, "".join(report)


@pytest.mark.parametrize("name", [name for name in NAMES if callable(documented(name)) and name not in TAKING_NOTHING])
def test_every_parameter_is_documented(name: str) -> None:
    doc = inspect.getdoc(documented(name)) or ""
    taken = [parameter for parameter in inspect.signature(documented(name)).parameters if parameter != "self"]  # type: ignore[arg-type]  # it is callable
    assert documented_names(doc, "Args") == taken


@pytest.mark.parametrize("name", TAKING_NOTHING)
def test_every_field_is_documented(name: str) -> None:
    told = documented_names(inspect.getdoc(documented(name)) or "", "Attributes")
    assert told == list(documented(name).__dataclass_fields__)  # type: ignore[attr-defined]  # it is a dataclass


@pytest.mark.parametrize("name", NAMES)
def test_every_documented_error_is_a_cuesmith_error(name: str) -> None:
    family = {name for name in cuesmith.__all__ if name.endswith("Error")}
    assert set(documented_names(inspect.getdoc(documented(name)) or "", "Raises")) <= family


def test_every_public_function_and_every_member_of_cue_is_listed() -> None:
    public = {name for name in cuesmith.__all__ if inspect.isfunction(getattr(cuesmith, name))}
    fields = set(cuesmith.Cue.__dataclass_fields__)
    members = {f"Cue.{name}" for name in vars(cuesmith.Cue) if not name.startswith("_") and name not in fields}
    assert set(NAMES) >= public | members
