"""The names of General MIDI, compared with pretty_midi's."""

from __future__ import annotations

import pretty_midi
import pytest

from cuesmith.export.gm import GM_PROGRAMS, instrument_name


def test_the_table_agrees_with_pretty_midi() -> None:
    theirs = [pretty_midi.program_to_instrument_name(program) for program in range(128)]
    # Two spellings and one name differ there from the MIDI Association's list, which we follow.
    theirs[54], theirs[76], theirs[83] = "Synth Voice", "Blown Bottle", "Lead 4 (chiff)"
    assert list(GM_PROGRAMS) == theirs


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (106, "Shamisen"),
        (107, "Koto"),
        (77, "Shakuhachi"),
        (116, "Taiko Drum"),
        (47, "Timpani"),
        (46, "Orchestral Harp"),
    ],
)
def test_the_instruments_most_often_off_by_one(program: int, name: str) -> None:
    assert instrument_name(program, drums=False) == name


@pytest.mark.parametrize(
    ("kit", "name"),
    [
        (0, "Standard Kit"),
        (25, "TR-808 Kit"),
        (26, "TR-808 Kit"),
        (48, "Orchestra Kit"),
        (127, "SFX Kit"),
        (-1, "Standard Kit"),
    ],
)
def test_kits_and_their_variations(kit: int, name: str) -> None:
    assert instrument_name(kit, drums=True) == name
