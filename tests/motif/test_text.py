"""Motifs as text: reading, writing, and the column of each fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.text import contour_text, degrees_text, looks_like_notes, notes_text, read_notes
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key

FOUR = Meter(4, 4)


def test_pitches_rests_and_bar_lines() -> None:
    read = read_notes("D4:1.5 F#4:.5 A4:2 | Bb4:1 r:1/2 C5:5/2 |", FOUR)
    assert [(s.onset / PPQ, s.duration / PPQ, s.pitch) for s in read.sounds] == [
        (0, 1.5, 62), (1.5, 0.5, 66), (2, 2, 69), (4, 1, 70), (5.5, 2.5, 72),
    ]  # fmt: skip
    assert (read.length, read.bar_lines, read.by_degree) == (8 * PPQ, (4 * PPQ, 8 * PPQ), False)


def test_degrees_octaves_and_accidentals() -> None:
    read = read_notes("1:1 b3:1 #4':1 5,:1 bb7,,:1")
    assert [(s.step, s.alter, s.pitch) for s in read.sounds] == [
        (0, 0, None), (2, -1, None), (10, 1, None), (-3, 0, None), (-8, -2, None),
    ]  # fmt: skip
    assert read.by_degree


def test_triplets_are_exact_however_they_are_written() -> None:
    for third in ("1/3", ".3333", "0.333333"):
        read = read_notes(f"C4:{third} D4:{third} E4:{third} F4:3 | G4:4", FOUR)
        assert [s.onset for s in read.sounds] == [0, 320, 640, 960, 4 * PPQ]


def test_bar_lines_need_no_blanks_and_may_stand_at_both_ends() -> None:
    assert read_notes("|C4:4|D4:4|", FOUR) == read_notes("C4:4 | D4:4", FOUR)._replace(bar_lines=(0, 3840, 7680))


def test_a_note_held_over_the_line_stands_whole_before_it() -> None:
    assert len(read_notes("C4:3 D4:2 | E4:3", FOUR).sounds) == 3
    assert len(read_notes("C4:9 | | E4:3", FOUR).sounds) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("D4:1.5 H4:2", "column 8: 'H4' is neither a pitch, a degree nor a rest"),
        ("D4:1  E4", "column 7: 'E4' has no length"),
        ("D4:1 e4:1", "column 6: 'e4': the letter of a pitch is a capital: E4"),
        ("D4:1 5:1", "column 6: '5' mixes degrees with pitches"),
        ("8:1", "column 1: '8': degrees go from 1 to 7; 1' is the octave"),
        ("D4:1 E4:x", "column 9: 'x' is not a length"),
        ("D4:1/0", "column 4: '1/0' divides by zero"),
        ("D4:0", "column 4: 0 beats are out of range"),
        ("D4:65", "out of range"),
        ("D12:1", "column 1: 'D12' lies outside"),
        ("D4:1 Q" + "x" * 90 + ":1", "column 6: 'Qxxx"),
        ("D4:3 | E4:1", "column 6: bar 1 has 3 beats, but a 4/4 bar 4; an upbeat begins with a rest: r:1"),
        ("D4:4 | D4:2|E4:4", "column 12: bar 2 has 2 beats, but a 4/4 bar 4"),
        ("D4:4 E4:1 | F4:4", "column 11: bar 1 is overfull: a 4/4 bar has 4 beats, and a note begins at beat 5"),
        ("", "there are no notes"),
        ("r:4 | r:4", "there are no notes"),
        ("C4:1 " * 1000, "characters are too many"),
    ],
)
def test_a_fault_is_told_with_its_column(text: str, says: str) -> None:
    with pytest.raises(ValueError) as fault:
        read_notes(text, FOUR)
    assert says in str(fault.value)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert read_notes(text, FOUR).sounds
    except ValueError as fault:
        assert str(fault)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from([80, 240, 320, 480, 960, 1440]), st.integers(-14, 20),
                  st.integers(-2, 2)),
        min_size=1, max_size=10,
    )
)  # fmt: skip
def test_degrees_are_read_as_they_were_written(rows: list[tuple[int, int, int, int]]) -> None:
    notes: list[MotifNote] = []
    at = 0
    for gap, duration, step, alter in rows:
        at += gap // 240 * 240
        notes.append(MotifNote(at, duration, step, alter))
        at += duration
    motif = Motif(tuple(notes), -(-at // 3840) * 3840, FOUR)
    read = read_notes(degrees_text(motif), FOUR)
    assert [MotifNote(s.onset, s.duration, s.step, s.alter) for s in read.sounds] == notes
    assert read.length == motif.length
    at_pitch = read_notes(notes_text(motif, Key(10, "dorian"), 5), FOUR)
    assert [s.pitch for s in at_pitch.sounds] == [n.pitch for n in motif.realise(Key(10, "dorian"), 5)]


def test_rests_are_written_bar_by_bar_and_flats_in_flat_keys() -> None:
    motif = Motif((MotifNote(0, 4 * PPQ, 0), MotifNote(10 * PPQ, PPQ, 3)), 12 * PPQ, FOUR)
    assert notes_text(motif, Key(10, "ionian")) == "Bb4:4 | r:4 | r:2 Eb5:1 r:1"


def test_the_outline_has_a_block_per_note() -> None:
    motif = Motif(tuple(MotifNote(i * 2 * PPQ, PPQ, step) for i, step in enumerate((0, 7, 4))), 8 * PPQ, FOUR)
    assert contour_text(motif, Key(0, "ionian")) == "▁█ ▅"


@pytest.mark.parametrize("text", ["D4:1.5 F#4:.5", "1:1 5:.5", "b3':1", "r:1 C4:2", "| C4:1", "C-1:1"])
def test_notes_are_distinguished_from_file_names(text: str) -> None:
    assert looks_like_notes(text)


@pytest.mark.parametrize("text", ["demo:hero", "themes.yaml", "C4:hero", "a.mid", "my-show.yaml:1", "demo"])
def test_file_names_are_distinguished_from_notes(text: str) -> None:
    assert not looks_like_notes(text)
