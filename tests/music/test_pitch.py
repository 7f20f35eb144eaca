"""Pitch names and key signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.pitch import parse_pitch, parse_pitch_class, pitch_name, sharps, tonic_name


@pytest.mark.parametrize(
    ("text", "pitch"),
    [("C4", 60), ("A4", 69), ("Bb3", 58), ("B♭3", 58), ("F#5", 78), ("F♯5", 78), ("C-1", 0), ("G9", 127),
     ("Cb4", 59), ("B#3", 60), ("F##4", 67), ("Ebb4", 62), (" e4 ", 64)],
)  # fmt: skip
def test_pitches_are_read(text: str, pitch: int) -> None:
    assert parse_pitch(text) == pitch


@pytest.mark.parametrize("text", ["", "H4", "C", "4", "C4x", "C###4", "G#9", "Cb-1", "C10"])
def test_text_that_is_no_pitch_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}'"):
        parse_pitch(text)


@pytest.mark.parametrize("text", ["", "H", "C4", "Cis", "#"])
def test_text_that_is_no_note_name_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="write it like C"):
        parse_pitch_class(text)


@given(st.integers(0, 127), st.booleans())
def test_a_name_reads_back_as_its_pitch(pitch: int, flats: bool) -> None:
    assert parse_pitch(pitch_name(pitch, flats)) == pitch


@given(st.integers(0, 11), st.booleans())
def test_a_tonic_reads_back_as_its_class(pitch_class: int, minor: bool) -> None:
    assert parse_pitch_class(tonic_name(pitch_class, minor)) == pitch_class


@pytest.mark.parametrize(
    ("tonic", "minor", "signature"),
    [("C", False, 0), ("A", True, 0), ("D", False, 2), ("B", True, 2), ("Eb", False, -3), ("C", True, -3),
     ("F#", False, 6), ("Db", False, -5), ("G#", True, 5), ("F", True, -4), ("Eb", True, -6)],
)  # fmt: skip
def test_key_signatures(tonic: str, minor: bool, signature: int) -> None:
    if tonic == "Eb" and minor:
        assert sharps(parse_pitch_class(tonic), minor) in (signature, 6), "six flats or six sharps"
        return
    assert sharps(parse_pitch_class(tonic), minor) == signature


@given(st.integers(0, 11), st.booleans())
def test_a_signature_holds_the_notes_of_the_key(pitch_class: int, minor: bool) -> None:
    """Independent oracle: the key signature counted along the circle of fifths."""
    count = sharps(pitch_class, minor)
    sharpened = [(5 + 7 * i) % 12 for i in range(7)]  # F C G D A E B
    flattened = sharpened[::-1]
    moved = dict.fromkeys(sharpened[: max(0, count)], 1) | dict.fromkeys(flattened[: max(0, -count)], -1)
    natural = (0, 2, 4, 5, 7, 9, 11)
    mode = (0, 2, 3, 5, 7, 8, 10) if minor else natural
    assert {(pc + moved.get(pc, 0)) % 12 for pc in natural} == {(pitch_class + s) % 12 for s in mode}
