"""Contracts of the bank of codas."""

from __future__ import annotations

import re

import pytest
from tests.conftest import BANKS_FOLDER, BanksWith

from cuesmith.composition.melody.codas import CODA_DEVICES
from cuesmith.errors import SpecError
from cuesmith.specs.banks.codas import SHORTEST
from cuesmith.specs.banks.library import load_banks

BANKS = load_banks()
ROWS = BANKS.codas
ENOUGH = 4  # kinds that suit a cue, so that none needs to end more than a quarter of them


def test_there_are_codas_and_each_device_lays_one_out() -> None:
    assert len(ROWS) >= 8
    assert {row.device for row in ROWS.values()} == CODA_DEVICES.keys()
    assert len({row.about for row in ROWS.values()}) == len(ROWS)
    assert any(row.open for row in ROWS.values())


def test_open_codas_go_with_open_endings() -> None:
    closing = {"button", "ring", "allargando", "fade"}
    for name, row in ROWS.items():
        assert set(row.endings).isdisjoint(closing) == row.open, name


@pytest.mark.parametrize("type_", BANKS.cue_types)
def test_enough_codas_suit_every_type_with_a_coda(type_: str) -> None:
    row = BANKS.cue_types[type_]
    for form in (row.form, row.long_form):
        if not form or BANKS.treatments[form[-1].treatment].device != "coda" or form[-1].bars < SHORTEST:
            continue
        suiting = [
            name
            for name, coda in ROWS.items()
            if row.ending in coda.endings
            and coda.bars[0] <= SHORTEST
            and coda.valence[0] <= row.valence <= coda.valence[1]
            and coda.arousal[0] <= row.arousal <= coda.arousal[1]
            and coda.cues.get(type_, 1.0) > 0
        ]
        assert len(suiting) >= ENOUGH, suiting


NEW = "about: new, endings: [ring]"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"mine: {{device: last_lin, {NEW}}}\n", r":\+1:16: mine\.device: .*'last_lin'.*did you mean 'last_line'"),
        (f"mine: {{device: echo, playrs: one, {NEW}}}\n", r":\+1:22: mine\.playrs: unknown key.*'players'"),
        ("mine: {device: echo, about: x, endings: [rings]}\n", r":\+1:42: mine\.endings\[0\]: .*'rings'.*'ring'"),
        (f"mine: {{device: echo, {NEW}, cues: {{batle: 2}}}}\n", r":\+1:58: mine\.cues\.batle: .*'batle'.*'battle'"),
        (f"mine: {{device: echo, bars: [1, 4], {NEW}}}\n", r":\+1:28: mine\.bars: a coda has 2 bars at least"),
        (f"mine: {{device: echo, open: true, first_close: half, {NEW}}}\n", r"mine\.first_close: an open coda has no"),
    ],
)  # fmt: skip
def test_a_misspelt_coda_is_reported_with_its_place(row: str, message: str, banks_with: BanksWith) -> None:
    """`+1` is the first line of the added text."""
    last = (BANKS_FOLDER / "codas.yaml").read_text(encoding="utf-8").count("\n")
    found = re.sub(r"\\\+(\d+)", lambda match: str(last + int(match[1])), message)
    with pytest.raises(SpecError, match=rf"^styles/banks/codas\.yaml.*{found}"):
        banks_with({"codas": row})
