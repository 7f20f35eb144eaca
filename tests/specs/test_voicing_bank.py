"""The bank of voicings: complete, extended by styles, and strictly checked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

from cuesmith.errors import SpecError
from cuesmith.music.partwriting import Rules
from cuesmith.specs.banks.library import load_banks, read_banks
from cuesmith.specs.banks.voicings import FamilyName, VoicingRow

BANK = load_banks().voicings
FOLDER = Path(__file__).parents[2] / "styles" / "banks"


def test_every_family_has_its_way_of_leading_voices() -> None:
    assert set(BANK.families) == set(get_args(FamilyName))
    for family, row in BANK.families.items():
        assert row.templates, family
        assert row.bass is not None
        assert row.inner is not None
        assert row.rules() != Rules()


def test_a_style_says_only_what_differs() -> None:
    base = BANK.families["orchestral"]
    changed = VoicingRow(parallels=0, inner=False).over(base)
    assert changed.rules().parallels == 0
    assert changed.inner is False
    assert changed.rules().move == base.rules().move
    assert changed.templates == base.templates
    assert VoicingRow().over(base) == base


def test_inner_figures_start_or_end_in_their_chord() -> None:
    for name, row in BANK.inner.items():
        assert 0 in (row.steps[0], row.steps[-1]), name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("templates: [open_triad,", "templates: [open_triada,", "unknown template 'open_triada'"),
        ("{pitches: [0, 7, 16], ", "{pitches: [0, 16, 7], ", "do not rise from 0"),
        ("{drop: [2], ", "{drop: [2], pitches: [0, 7], ", "either pitches"),
        ("{move: 10,", "{move: -1,", "families.orchestral.move"),
        ("steps: [0, 2, 0],", "steps: [0, 9, 0],", "inner.five_six_five.steps"),
    ],
)
def test_faults_are_told_with_their_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "banks"
    shutil.copytree(FOLDER, folder)
    file = folder / "voicings.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SpecError, match=told.replace("[", r"\[")) as caught:
        read_banks(folder)
    assert "voicings.yaml:" in str(caught.value)
