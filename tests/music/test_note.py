"""The laws of the operations on notes and phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.note import (
    Note,
    Phrase,
    cut,
    invert,
    map_notes,
    phrase,
    rest,
    retrograde,
    shift,
    stretch,
    then,
    together,
    transpose,
)

NOTES = st.builds(
    Note,
    onset=st.integers(0, 20_000),
    duration=st.integers(1, 8_000),
    pitch=st.integers(0, 127),
    velocity=st.integers(1, 127),
)
PHRASES = st.builds(phrase, st.lists(NOTES, max_size=12), st.integers(0, 20_000))
LENGTHS = st.integers(0, 20_000)
STEPS = st.integers(-48, 48)


def test_what_the_operations_do_to_a_small_phrase() -> None:
    call = phrase([Note(960, 480, 67, 80), Note(0, 960, 60, 90)], 1920)
    assert call.notes == (Note(0, 960, 60, 90), Note(960, 480, 67, 80))
    assert call.notes[1].end == 1440
    assert (call + call).notes[2:] == (Note(1920, 960, 60, 90), Note(2880, 480, 67, 80))
    assert (call | transpose(call, 12)).notes[:2] == (Note(0, 960, 60, 90), Note(0, 960, 72, 90))
    assert invert(call, 60).notes == (Note(0, 960, 60, 90), Note(960, 480, 53, 80))
    assert retrograde(call).notes == (Note(480, 480, 67, 80), Note(960, 960, 60, 90))
    assert stretch(call, 3, 2) == Phrase((Note(0, 1440, 60, 90), Note(1440, 720, 67, 80)), 2880)
    assert cut(call, 480, 1200) == Phrase((Note(480, 240, 67, 80),), 720)
    assert shift(call, 10).notes[0].onset == 10


@given(PHRASES, PHRASES, PHRASES)
def test_then_and_together_are_associative(a: Phrase, b: Phrase, c: Phrase) -> None:
    assert (a + b) + c == a + (b + c) == then(a, b, c)
    assert (a | b) | c == a | (b | c) == together(a, b, c)


@given(PHRASES, PHRASES)
def test_together_is_commutative(a: Phrase, b: Phrase) -> None:
    assert a | b == b | a


@given(PHRASES)
def test_the_empty_rest_changes_nothing(a: Phrase) -> None:
    assert a + rest(0) == rest(0) + a == a
    assert a | rest(0) == rest(0) | a == a
    assert then() == together() == rest(0)


@given(PHRASES, PHRASES)
def test_lengths_add_up_in_sequence_and_the_longest_wins_together(a: Phrase, b: Phrase) -> None:
    assert (a + b).length == a.length + b.length
    assert (a | b).length == max(a.length, b.length)
    assert len((a + b).notes) == len((a | b).notes) == len(a.notes) + len(b.notes)


@given(LENGTHS, LENGTHS)
def test_rests_add_up(a: int, b: int) -> None:
    assert rest(a) + rest(b) == rest(a + b)


@given(PHRASES, LENGTHS, st.integers(-100, 100), st.integers(1, 9), st.integers(1, 9))
def test_every_operation_leaves_notes_in_canonical_order(
    a: Phrase, at: int, ticks: int, numerator: int, denominator: int
) -> None:
    for item in (
        a + a, a | a, transpose(a, ticks), invert(a, ticks), retrograde(a), shift(a, ticks),
        stretch(a, numerator, denominator), cut(a, at // 2, at),
    ):  # fmt: skip
        assert list(item.notes) == sorted(item.notes)


@given(PHRASES, PHRASES, STEPS)
def test_transposing_distributes_over_both(a: Phrase, b: Phrase, semitones: int) -> None:
    assert transpose(a + b, semitones) == transpose(a, semitones) + transpose(b, semitones)
    assert transpose(a | b, semitones) == transpose(a, semitones) | transpose(b, semitones)


@given(PHRASES, STEPS, STEPS)
def test_transpositions_add_up_and_undo_each_other(a: Phrase, first: int, second: int) -> None:
    assert transpose(transpose(a, first), second) == transpose(a, first + second)
    assert transpose(transpose(a, first), -first) == a


@given(PHRASES, PHRASES, st.integers(0, 127), STEPS)
def test_inverting_is_its_own_inverse_and_turns_transposition_around(
    a: Phrase, b: Phrase, axis: int, semitones: int
) -> None:
    assert invert(invert(a, axis), axis) == a
    assert invert(a + b, axis) == invert(a, axis) + invert(b, axis)
    assert invert(transpose(a, semitones), axis) == transpose(invert(a, axis), -semitones)


@given(PHRASES, PHRASES)
def test_retrograde_turns_a_sequence_around(a: Phrase, b: Phrase) -> None:
    assert retrograde(a + b) == retrograde(b) + retrograde(a)


@given(PHRASES)
def test_retrograde_is_its_own_inverse(a: Phrase) -> None:
    assert retrograde(retrograde(a)) == a


@given(PHRASES)
def test_retrograde_keeps_notes_within_the_length_within_it(a: Phrase) -> None:
    within = Phrase(tuple(n for n in a.notes if n.end <= a.length), a.length)
    assert all(n.onset >= 0 and n.end <= a.length for n in retrograde(within).notes)


@given(PHRASES, st.integers(1, 12))
def test_stretching_by_one_and_there_and_back_changes_nothing(a: Phrase, factor: int) -> None:
    assert stretch(a, 1) == stretch(a, factor, factor) == a
    assert stretch(stretch(a, factor), 1, factor) == a


@given(PHRASES, PHRASES, st.integers(1, 6), st.integers(1, 6))
def test_whole_stretches_multiply_and_distribute(a: Phrase, b: Phrase, first: int, second: int) -> None:
    assert stretch(stretch(a, first), second) == stretch(a, first * second)
    assert stretch(a + b, first) == stretch(a, first) + stretch(b, first)


@given(PHRASES, st.integers(1, 7), st.integers(1, 7))
def test_a_stretched_note_is_within_a_tick_of_the_exact_time(a: Phrase, numerator: int, denominator: int) -> None:
    exact = sorted(n.onset * numerator / denominator for n in a.notes)
    for note, wanted in zip(stretch(a, numerator, denominator).notes, exact, strict=True):
        assert abs(note.onset - wanted) <= 0.5
        assert note.duration >= 1


@given(PHRASES, LENGTHS, LENGTHS)
def test_cutting_in_two_loses_no_note_and_joins_to_the_whole(a: Phrase, first: int, second: int) -> None:
    middle, end = sorted((first, second))
    left, right = cut(a, 0, middle), cut(a, middle, end)
    assert (left + right).length == end
    onsets = sorted((n.onset, n.pitch, n.velocity) for n in cut(a, 0, end).notes)
    assert sorted((n.onset, n.pitch, n.velocity) for n in (left + right).notes) == onsets
    assert all(n.onset >= 0 and n.end <= middle for n in left.notes)


@given(PHRASES)
def test_cutting_around_everything_keeps_everything(a: Phrase) -> None:
    end = max((n.end for n in a.notes), default=0)
    assert cut(a, 0, end).notes == a.notes


def test_cutting_restores_the_order_of_notes_struck_together() -> None:
    chord = phrase([Note(0, 5, 70, 1), Note(0, 9, 60, 1)], 10)
    assert cut(chord, 0, 4).notes == (Note(0, 4, 60, 1), Note(0, 4, 70, 1))


@given(PHRASES, st.integers(-500, 500), st.integers(-500, 500))
def test_shifts_add_up_and_keep_the_length(a: Phrase, first: int, second: int) -> None:
    assert shift(shift(a, first), second) == shift(a, first + second)
    assert shift(a, first).length == a.length


def test_mapping_puts_notes_back_in_order() -> None:
    pair = phrase([Note(0, 10, 60, 1), Note(5, 10, 61, 1)], 20)
    swapped = map_notes(pair, lambda n: n._replace(onset=10 - n.onset))
    assert [n.pitch for n in swapped.notes] == [61, 60]


def test_phrases_are_values() -> None:
    with pytest.raises(AttributeError):
        rest(1).length = 2  # type: ignore[misc]
