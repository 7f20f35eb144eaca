"""Contracts of the bank of treatments, and of every place that names a treatment."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
from tests.conftest import BANKS_FOLDER, BanksWith

from cuesmith.errors import SpecError
from cuesmith.specs.banks.library import load_banks, read_banks
from cuesmith.specs.banks.treatments import NEEDED
from cuesmith.specs.find import list_names
from cuesmith.specs.load import load_style, style_from
from cuesmith.specs.yaml.document import parse_document

BANKS = load_banks()
ROWS = BANKS.treatments
ENGINE = Path(__file__).parents[2] / "engine" / "cuesmith"


def test_every_treatment_that_is_named_exists() -> None:
    """In forms, in seats of every style, and in the rows themselves."""
    forms = [form for row in BANKS.cue_types.values() for form in (row.form, row.long_form)]
    named = {section.treatment for form in forms for section in form}
    for entry in list_names("style"):
        style = load_style(entry.name)
        named |= {name for seat in style.seats.values() for name in seat.treatments}
        changes = [change for rules in style.cues.values() for change in rules.seats.values()]
        named |= {name for change in changes for name in change.treatments or ()}
    for row in ROWS.values():
        named |= {row.same_as, row.thin_round, row.rising_round, row.second_theme_as} - {""}
    assert named <= ROWS.keys()


def test_rows_agree_with_themselves() -> None:
    for name, row in ROWS.items():
        assert (row.device == "none") == (row.theme in ("awaited", "absent")), name
        assert not row.silent or row.theme == "absent", name
        assert not row.second_theme_as or row.second_theme, name
        assert row.song_device is None or row.whole, name
        assert not row.same_as or not ROWS[row.same_as].same_as, name
        assert not row.opens or not row.small, name
    turns = [row.second_theme for row in ROWS.values() if row.second_theme]
    assert sorted(turns) == list(range(1, len(turns) + 1)), "one after another"
    assert {row.theme for row in ROWS.values() if row.place == "start"} == {"pieces"}


def test_properties_of_the_shipped_treatments() -> None:
    """An oracle by name for what the engine asks about the treatments that ship with it."""
    whole = {"statement", "restatement", "contrast", "chorus"}
    assert {name for name, row in ROWS.items() if row.whole} == whole
    assert {name for name, row in ROWS.items() if row.states} == whole - {"contrast"} | {"head"}
    assert {name for name, row in ROWS.items() if not row.themed} == {"break", "none"}
    assert {name for name, row in ROWS.items() if row.phrased} == whole | {"head", "coda"}
    assert {name for name, row in ROWS.items() if not row.cadenced} == {"intro", "break", "vamp", "none"}


def test_names_that_planning_writes_itself_are_rows() -> None:
    """`treatment="coda"` in the code of the planner refers to a row that must exist."""
    written = set[str]()
    for file in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "treatment" and isinstance(node.value, ast.Constant):
                written.add(str(node.value.value))
    assert {"coda", "none"} <= written <= set(NEEDED) <= ROWS.keys()


@pytest.mark.parametrize(
    ("table", "rows", "message"),
    [
        (
            "cue_types",
            "ambush:\n  like: battle\n  form:\n    - {name: A, bars: 8, energy: 1, treatment: chrous}\n",
            r":\+4:48: ambush\.form\[0\]\.treatment: unknown treatment 'chrous'; did you mean 'chorus'\?$",
        ),
        (
            "cue_types",
            "ambush:\n  like: battle\n  long_form:\n    - {name: A, bars: 8, energy: 1, treatment: fulll}\n",
            r":\+4:48: ambush\.long_form\[0\]\.treatment: unknown treatment 'fulll'",
        ),
        (
            "treatments",
            "echo: {about: far, theme: pieces, device: fragmnts}\n",
            r":\+1:43: echo\.device: .*'fragmnts'.*did you mean 'fragments'",
        ),
        (
            "treatments",
            "echo: {about: far, theme: pieces, device: head, same_as: statment}\n",
            r":\+1:58: echo\.same_as: unknown treatment 'statment'; did you mean 'statement'\?$",
        ),
        ("treatments", "echo: {about: far, theme: head, device: head, smal: true}\n", r":\+1:47: echo\.smal: unknown"),
    ],
)  # fmt: skip
def test_a_misspelt_treatment_is_reported_with_its_place(
    table: str, rows: str, message: str, banks_with: BanksWith
) -> None:
    """`+1` is the first line of the added text."""
    last = (BANKS_FOLDER / f"{table}.yaml").read_text(encoding="utf-8").count("\n")
    found = re.sub(r"\\\+(\d+)", lambda match: str(last + int(match[1])), message)
    with pytest.raises(SpecError, match=rf"^styles/banks/{table}\.yaml{found}"):
        banks_with({table: rows})


def test_a_missing_row_that_planning_needs_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "banks"
    shutil.copytree(BANKS_FOLDER, folder)
    text = (folder / "treatments.yaml").read_text(encoding="utf-8")
    (folder / "treatments.yaml").write_text(text.replace("\nbuild:", "\nbild:"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"^styles/banks/treatments\.yaml:\d+:1: the row 'build' is missing"):
        read_banks(folder)


def test_a_misspelt_treatment_in_a_style_is_reported_with_its_place() -> None:
    text = "extends: synth\nseats:\n  bell_lead: {treatments: [chorus, statment]}\n"
    place = r"mine\.yaml:3:36: seats\.bell_lead\.treatments\[1\]"
    with pytest.raises(SpecError, match=rf"^{place}: unknown treatment 'statment'; did you mean 'statement'\?$"):
        style_from(parse_document(text, "mine.yaml"))
