"""Chords: numerals as musicians read them, and the scale that belongs to a chord."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.chord import (
    QUALITIES,
    RUBS,
    TENSIONS,
    Chord,
    applied,
    chord_scale,
    in_key,
    parse_roman,
    roman_on,
    spelled_in,
)
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import MODES, Key
from cuesmith.specs.banks.library import Banks

C_MAJOR = Key(0, "ionian")
KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(MODES)))
CHORDS = st.builds(
    lambda root, quality: Chord(root, quality, root), st.integers(0, 11), st.sampled_from(sorted(QUALITIES))
)


def classes(names: str) -> set[int]:
    return {parse_pitch_class(name) for name in names.split()}


@pytest.mark.parametrize(
    ("numeral", "symbol", "notes"),
    [
        ("I", "C", "C E G"),
        ("ii7", "Dm7", "D F A C"),
        ("IVM7", "FM7", "F A C E"),
        ("V7", "G7", "G B D F"),
        ("V7sus4", "G7sus4", "G C D F"),
        ("vi(add9)", "Am(add9)", "A C E B"),
        ("bVII", "Bb", "Bb D F"),
        ("bVI", "Ab", "Ab C Eb"),
        ("iv", "Fm", "F Ab C"),
        ("ivm6", "Fm6", "F Ab C D"),
        ("viio7", "Bdim7", "B D F Ab"),
        ("#ivo7", "F#dim7", "F# A C Eb"),
        ("iim7b5", "Dm7b5", "D F Ab C"),
        ("III+", "Eaug", "E G# C"),
        ("i(M7)", "Cm(M7)", "C Eb G B"),
        ("I69", "C6/9", "C E G A D"),
        ("V7b9", "G7b9", "G B D F Ab"),
        ("i(no3)", "C5", "C G"),
        ("I5", "C5", "C G"),
        ("Isus2", "Csus2", "C D G"),
        ("V/IV", "G/F", "G B D"),
        ("I/3", "C/E", "C E G"),
    ],
)
def test_numerals_in_c(numeral: str, symbol: str, notes: str) -> None:
    chord = in_key(parse_roman(numeral), C_MAJOR)
    assert chord.symbol == symbol
    assert set(chord.classes) == classes(notes)
    assert chord.roman == numeral


@pytest.mark.parametrize(("numeral", "bass"), [("V/IV", "F"), ("I/3", "E"), ("I/b7", "Bb"), ("vi", "A"), ("IV/V", "G")])
def test_the_bass_after_a_slash(numeral: str, bass: str) -> None:
    assert in_key(parse_roman(numeral), C_MAJOR).bass == parse_pitch_class(bass)


@pytest.mark.parametrize("text", ["", "H", "IIX", "VIII", "V/8", "V/x", "Iadd13", "maj", "Iv"])
def test_text_that_is_no_chord_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}'"):
        parse_roman(text)


@given(st.sampled_from(["I", "bVI", "V7", "ii7", "IV/5", "#ivo7", "i"]), KEYS, st.integers(0, 11))
def test_a_chord_moves_with_its_key_and_not_with_its_mode(numeral: str, key: Key, semitones: int) -> None:
    roman = parse_roman(numeral)
    here, there = in_key(roman, key), in_key(roman, key.transposed(semitones))
    assert there.root == (here.root + semitones) % 12
    assert there.bass == (here.bass + semitones) % 12
    assert set(there.classes) == {(pc + semitones) % 12 for pc in here.classes}
    assert in_key(roman, key.with_mode("aeolian")) == in_key(roman, key.with_mode("ionian"))


@given(CHORDS, KEYS)
def test_the_scale_of_a_chord_holds_the_chord(chord: Chord, key: Key) -> None:
    scale = chord_scale(chord, key)
    assert set(chord.classes) <= scale
    assert scale <= set(chord.classes) | key.classes
    if set(chord.classes) <= key.classes:
        assert scale == key.classes, "a chord of the key bends nothing"


def test_a_borrowed_chord_replaces_its_chromatic_neighbours() -> None:
    scale = chord_scale(in_key(parse_roman("bVII"), C_MAJOR), C_MAJOR)
    assert parse_pitch_class("Bb") in scale
    assert parse_pitch_class("B") not in scale


@given(CHORDS)
def test_parts_of_a_chord_agree(chord: Chord) -> None:
    assert chord.root in chord.classes
    assert chord.core <= set(chord.classes)
    assert set(chord.tones()) == set(chord.classes)
    assert chord.tones()[chord.root] == "R"
    assert len(set(chord.classes)) == len(chord.classes)
    assert chord.minor_third == (3 in QUALITIES[chord.quality][0])


@pytest.mark.parametrize(
    ("numeral", "dominant"),
    [("V7", True), ("V9", True), ("V7sus4", True), ("I", False), ("ii7", False), ("IM7", False)],
)
def test_dominants(numeral: str, dominant: bool) -> None:
    assert in_key(parse_roman(numeral), C_MAJOR).dominant is dominant


def test_every_progression_of_the_bank_sounds(banks: Banks) -> None:
    for row in banks.progressions.values():
        for roman in row.chords:
            chord = in_key(roman, Key(7, "ionian"))
            assert chord.symbol
            assert 2 <= len(chord.classes) <= 6


@given(st.sampled_from(sorted(QUALITIES)), st.integers(0, 11), st.integers(0, 11))
def test_every_chord_has_a_numeral_that_is_read_back(quality: str, root: int, bass: int) -> None:
    roman = roman_on(root, quality, bass)
    again = parse_roman(roman.text)
    assert (again.root, again.quality, again.bass) == (root, quality, bass)


@pytest.mark.parametrize(
    ("numeral", "plain"),
    [("V7/ii", "VI7"), ("V7/IV", "I7"), ("V7/V", "II7"), ("V7/bIII", "bVII7"), ("viio7/V", "#IVo7"), ("V9/vi", "III9")],
)
def test_an_applied_chord_is_that_of_the_other_key(numeral: str, plain: str) -> None:
    one, other = parse_roman(numeral), parse_roman(plain)
    assert (one.root, one.bass) == (other.root, other.root)
    assert one.classes == other.classes


def test_applied_chords_keep_what_they_are_applied_to() -> None:
    dominant = applied("V7", parse_roman("ii7"))
    assert dominant.text == "V7/ii"
    assert dominant.with_quality("7b9").text == "V7b9/ii"
    assert parse_roman("I").with_quality("M7").text == "IM7"
    assert parse_roman("ii").over(7).text == "ii/5"


@pytest.mark.parametrize(
    ("numeral", "key", "name"),
    [
        ("bVI", Key(7, "ionian"), "Eb"), ("bII", Key(9, "aeolian"), "Bb"), ("III7", Key(2, "ionian"), "F#7"),
        ("V7/ii", Key(0, "ionian"), "A7"), ("I/3", Key(4, "ionian"), "E/G#"), ("bVII/2", Key(4, "aeolian"), "D/F#"),
        ("bVI", Key(1, "ionian"), "A"), ("#ivo7", Key(5, "ionian"), "Bdim7"), ("V/7", Key(8, "ionian"), "Eb/G"),
    ],
)  # fmt: skip
def test_names_are_spelled_as_degrees(numeral: str, key: Key, name: str) -> None:
    assert spelled_in(in_key(parse_roman(numeral), key), key) == name


@pytest.mark.parametrize("quality", sorted(QUALITIES))
def test_only_declared_qualities_contain_semitones(quality: str) -> None:
    classes = {interval % 12 for interval in QUALITIES[quality][0]}
    rubs = any((pc + 1) % 12 in classes for pc in classes)
    assert rubs == (quality in RUBS)


@pytest.mark.parametrize("quality", sorted(QUALITIES))
def test_tensions_add_to_the_chord(quality: str) -> None:
    tones = {interval % 12 for interval in QUALITIES[quality][0]}
    assert not tones & set(TENSIONS[quality])
    if 4 in tones and quality not in ("7b9", "7#9", "7b13", "7b5"):
        assert 5 not in TENSIONS[quality], "the fourth over a major third is the avoid note"
