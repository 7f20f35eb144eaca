"""Cue types that are `like` another: missing fields come from the other row, and tables by type apply to them, too."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from tests.conftest import BANKS_FOLDER, BanksWith

from cuesmith.errors import SpecError
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.library import Banks

OWN_FORM = """
ambush:
  like: battle
  bpm: [150, 190]
  grooves: [chase]
  form:
    - {name: wait, bars: 4, energy: 0.2, treatment: none, harmony: pedal}
    - {name: A, bars: 8, energy: 0.9, treatment: statement}
"""


def kept_by_type(banks: Banks, type_: str) -> dict[str, object]:
    """Return everything the tables say about a cue type, except its own row."""
    out: dict[str, object] = {}
    for table in fields(banks):
        rows = getattr(banks, table.name)
        if table.name in ("cue_types", "voicings"):
            continue
        for name, row in rows.items():
            for field in ("cues", "adds", "exempt", "only", "instead"):
                said = getattr(row, field, ())
                if type_ in said:
                    out[f"{table.name}.{name}.{field}"] = said[type_] if isinstance(said, dict) else True
    return out


@pytest.mark.parametrize("model", ["battle", "tender", "suite", "eyecatch", "horror"])
def test_a_row_of_one_word_is_the_whole_of_the_other(model: str, banks_with: BanksWith) -> None:
    banks = banks_with({"cue_types": f"\nambush: {{like: {model}}}\n"})
    assert banks.cue_types["ambush"] == replace(banks.cue_types[model], like=model, name="Ambush")
    kept = kept_by_type(banks, "ambush")
    assert kept == kept_by_type(banks, model)
    assert len(kept) > 3


def test_a_row_without_a_name_is_named_after_its_id(banks_with: BanksWith) -> None:
    banks = banks_with({"cue_types": "\nnight_raid: {like: battle}\nlast_duel: {like: battle, name: The Last Duel}\n"})
    assert [banks.cue_types[id_].name for id_ in ("night_raid", "last_duel")] == ["Night raid", "The Last Duel"]


def test_what_the_row_says_goes_first_and_shapes_stay_with_their_form(banks_with: BanksWith) -> None:
    banks = banks_with({"cue_types": OWN_FORM})
    row, battle = banks.cue_types["ambush"], banks.cue_types["battle"]
    assert (row.bpm, row.grooves, [section.name for section in row.form]) == ((150, 190), ("chase",), ["wait", "A"])
    assert battle.shapes and not row.shapes and not row.long_form
    own = {"name", "bpm", "grooves", "form", "shapes", "like"}
    for field in fields(CueType):
        if field.name not in own:
            assert getattr(row, field.name) == getattr(battle, field.name), field.name


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("ambush: {like: batle}", 16, "ambush.like: unknown cue type 'batle'; did you mean 'battle'?"),
        ("ambush: {like: tv_song}", 16, "ambush.like: 'tv_song' is itself like another; name that one"),
        ("ambush: {like: battle, grooves: [chsae]}", 34, "ambush.grooves[0]: unknown use of grooves 'chsae'; did"),
        ("ambush: {like: battle, grooves: [taiko]}", 34, "ambush.grooves[0]: unknown use of grooves 'taiko'"),
        ("ambush: {like: battle, form: []}", 30, "ambush.form: "),
        ("ambush: {bpm: [150, 190]}", 9, "ambush.name: this key is needed, but missing"),
    ],
)
def test_faults_in_such_rows_are_reported_with_their_place(
    text: str, column: int, message: str, banks_with: BanksWith
) -> None:
    line = (BANKS_FOLDER / "cue_types.yaml").read_text(encoding="utf-8").count("\n") + 2
    with pytest.raises(SpecError, match=re.escape(f"styles/banks/cue_types.yaml:{line}:{column}: {message}")):
        banks_with({"cue_types": f"\n{text}\n"})
