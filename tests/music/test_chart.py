"""Chord charts: symbols and numerals in their usual notation, compared with music21."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.chart import chart_key, numeral_in, parse_chart, parse_symbol, sounding
from cuesmith.music.chord import QUALITIES, Chord, Roman, in_key, parse_roman
from cuesmith.music.scale import Key

CHORDS = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)), st.integers(0, 11))

# quality → how music21 writes it
MUSIC21 = {
    "maj": "", "min": "m", "dim": "dim", "aug": "+", "5": "power", "sus2": "sus2", "sus4": "sus4", "6": "6", "m6": "m6",
    "add9": "add9", "7": "7", "M7": "maj7", "m7": "m7", "mM7": "mM7", "m7b5": "m7b5", "dim7": "dim7", "7sus4": "7sus4",
    "aug7": "+7", "M9": "M9", "m9": "m9", "9": "9", "7b9": "7b9", "7#9": "7#9",
}  # fmt: skip


@given(CHORDS, st.booleans())
def test_every_symbol_is_read_back(chord: Chord, flats: bool) -> None:
    again = parse_symbol(chord.name(flats))
    assert (again.root, again.quality, again.bass) == (chord.root, chord.quality, chord.bass)


@pytest.mark.parametrize("quality", sorted(MUSIC21))
def test_symbols_name_the_tones_they_name_to_music21(quality: str) -> None:
    harmony = pytest.importorskip("music21.harmony")
    for name in ("C", "F#", "B-"):
        theirs = {pitch.pitchClass for pitch in harmony.ChordSymbol(name + MUSIC21[quality]).pitches}
        ours = parse_symbol(name.replace("-", "b") + QUALITIES[quality][1])
        assert set(ours.classes) == theirs


@pytest.mark.parametrize(
    "numeral",
    ["I", "ii", "iii", "IV", "V", "vi", "bVI", "bVII", "bIII", "bII", "iv", "#ivo7", "ii7", "iii7", "vi7", "V7",
     "V7/ii", "V7/IV", "V7/V", "V7/vi", "viio7/V", "viio7/ii", "viio7/vi"],
)  # fmt: skip
def test_numerals_name_the_tones_they_name_to_music21(numeral: str) -> None:
    roman = pytest.importorskip("music21.roman")
    for tonic, name in ((0, "C"), (9, "A"), (3, "E-")):
        theirs = {pitch.pitchClass for pitch in roman.RomanNumeral(numeral, name).pitches}
        assert set(in_key(parse_roman(numeral), Key(tonic, "ionian")).classes) == theirs


def test_bars_and_beats() -> None:
    chart = parse_chart("| IVM7 V7 | % | GM7 |")
    assert [len(bar) for bar in chart] == [2, 2, 1]
    assert chart[0] == chart[1]
    assert isinstance(chart[0][0], Roman)
    assert isinstance(chart[2][0], Chord)
    assert [len(bar) for bar in parse_chart("vi IV V I")] == [1, 1, 1, 1], "without strokes, a chord is a bar"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("GM7 A77 | F#m7", "column 5: 'A77'.*did you mean 'A7'"),
        ("IVM7 | iiii7", "column 8: 'iiii7'.*did you mean 'iii'"),
        ("I | | V", "column 5: a bar without a chord"),
        ("% | I", "column 1: % repeats"),
        ("  ", "column 1: no chords"),
        ("Am | H", "column 6: 'H' is not a chord"),
        ("I I I I I I I I I | V", "column 17: more than 8"),
    ],
)
def test_faults_are_named_with_their_column(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_chart(text)


@given(st.text(alphabet="IViv7Mmb#/|% ABGsu49()", max_size=30))
def test_any_text_is_a_chart_or_a_fault_with_a_column(text: str) -> None:
    try:
        assert parse_chart(text)
    except ValueError as fault:
        assert str(fault).startswith("column ")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("GM7 A7 | F#m7 Bm7", "D major"),
        ("Dm Bb | Gm A7", "D minor"),
        ("C | F | G7 | C", "C major"),
        ("Em | C | D | Em", "E minor"),
    ],
)
def test_the_key_of_a_chart(text: str, key: str) -> None:
    found = chart_key(parse_chart(text))
    assert found is not None
    assert found.name == key


def test_numerals_have_no_key_of_their_own() -> None:
    assert chart_key(parse_chart("IV V | iii vi")) is None


@given(CHORDS, st.integers(0, 11))
def test_a_symbol_sounds_in_every_key_as_it_says(chord: Chord, tonic: int) -> None:
    key = Key(tonic, "ionian")
    assert set(sounding(chord, key).classes) == set(chord.classes)
    assert in_key(numeral_in(chord, key), key).bass == chord.bass
