"""Quotations of well-known tunes are found in every form; invented themes are not taken for them."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.chance import stream
from cuesmith.errors import SpecError
from cuesmith.music.note import PPQ, Note
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.specs.banks.themes import WellKnown
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.specs.yaml.document import parse_document
from cuesmith.specs.yaml.validate import validate
from cuesmith.themes.make import make_theme
from cuesmith.themes.originality import NOTES, build_deny_index, is_original, ngrams, quotes

TUNES = load_banks().deny_list
DENIED = build_deny_index(TUNES)
EIGHTH = PPQ // 2
IDS = tuple(TUNES)
THEMES = 500  # with --full; else 100
FALSE_ALARMS = 0.01  # share of invented themes; measured 0 of 500

tunes = st.sampled_from(IDS)


def sung(tune: WellKnown, start: int = 60, stretch: Fraction = Fraction(1), at: int = 0) -> list[Note]:
    """Return a row of the deny-list as notes, from a pitch on, with its times stretched."""
    out = [start]
    for move in tune.intervals:
        out.append(out[-1] + move)
    notes = []
    for pitch, duration in zip(out, tune.durations, strict=True):
        ticks = int(Fraction(duration) * EIGHTH * stretch)
        notes.append(Note(at, ticks, pitch, 80))
        at += ticks
    return notes


def test_the_list_is_long_and_every_tune_is_there_once() -> None:
    assert len(TUNES) >= 40
    assert len({tune.title for tune in TUNES.values()}) == len(TUNES)
    assert sum("Japan" in tune.origin for tune in TUNES.values()) >= 5
    assert all(-12 <= move <= 12 for tune in TUNES.values() for move in tune.intervals)
    for tune in TUNES.values():
        pitches = [note.pitch for note in sung(tune)]
        assert max(pitches) - min(pitches) <= 19, "an opening a voice can sing"


@pytest.mark.parametrize("id_", IDS)
def test_every_tune_is_caught_in_every_key_and_tempo(id_: str) -> None:
    for semitones, stretch in itertools.product(range(-6, 6), (Fraction(1, 2), Fraction(1), Fraction(3, 2))):
        assert TUNES[id_].title in quotes(sung(TUNES[id_], 60 + semitones, stretch), DENIED)


@given(id_=tunes, before=st.integers(-9, 9), after=st.integers(-9, 9), up=st.integers(1, 11))
def test_notes_before_and_after_do_not_hide_a_tune(id_: str, before: int, after: int, up: int) -> None:
    notes = sung(TUNES[id_], at=3 * EIGHTH)
    first, last = notes[0], notes[-1]
    melody = [
        Note(0, 3 * EIGHTH, first.pitch + before, 80),
        *notes,
        Note(last.end, EIGHTH, last.pitch + after, 80),
        Note(last.end + EIGHTH, EIGHTH, last.pitch + up, 80),
    ]
    assert TUNES[id_].title in quotes(melody, DENIED)


@given(id_=tunes, change=st.sampled_from([-3, -2, -1, 1, 2, 3]))
def test_another_first_or_last_note_does_not_hide_a_tune(id_: str, change: int) -> None:
    notes = sung(TUNES[id_])
    first = [notes[0]._replace(pitch=notes[0].pitch + change), *notes[1:]]
    last = [*notes[:-1], notes[-1]._replace(pitch=notes[-1].pitch + change)]
    assert not is_original(first, DENIED)
    assert not is_original(last, DENIED)


@given(id_=tunes, data=st.data())
def test_a_note_struck_twice_does_not_hide_a_tune(id_: str, data: st.DataObject) -> None:
    notes = sung(TUNES[id_])
    moving = 1 + sum(move != 0 for move in TUNES[id_].intervals)
    at = data.draw(st.integers(0, len(notes) - 1))
    note = notes[at]
    half = note.duration // 2
    twice = [note._replace(duration=half), note._replace(onset=note.onset + half, duration=note.duration - half)]
    if moving >= NOTES:
        assert TUNES[id_].title in quotes([*notes[:at], *twice, *notes[at + 1 :]], DENIED)


@given(id_=tunes, gate=st.floats(0.3, 1.0))
def test_articulation_does_not_hide_a_tune(id_: str, gate: float) -> None:
    notes = [n._replace(duration=max(1, int(n.duration * gate))) for n in sung(TUNES[id_])]
    assert not is_original(notes, DENIED)


def test_six_notes_are_no_quotation() -> None:
    for tune in TUNES.values():
        notes = sung(tune)
        for start in range(len(notes) - NOTES + 2):
            six = notes[start : start + NOTES - 1]
            first, last = six[0], six[-1]
            before = Note(first.onset - EIGHTH, EIGHTH, first.pitch - 13, 80)
            after = Note(last.end, EIGHTH, last.pitch + 13, 80)
            assert is_original([before, *six, after], DENIED)


@pytest.mark.parametrize(("percent", "caught"), [(8, True), (-8, True), (12, False), (-12, False)])
def test_a_tenth_is_the_tolerance_of_rhythm(percent: int, caught: bool) -> None:
    tune = WellKnown(title="x", origin="", intervals=(2, 2, 1, 2, -7, 4, 5), durations=(2, 2, 2, 2, 2, 2, 2, 2))
    longer = 2 * (100 + percent) / 100
    played = WellKnown(title="y", origin="", intervals=tune.intervals, durations=(2, 2, 2, longer, 2, 2, 2, 2))
    assert (quotes(sung(played), build_deny_index({"x": tune})) == ("x",)) is caught


def test_the_same_pitches_in_another_rhythm_are_another_tune() -> None:
    ode = sung(TUNES["ode_to_joy"])
    lengths = itertools.cycle((3 * EIGHTH, EIGHTH, 2 * EIGHTH))
    at, notes = 0, []
    for note, length in zip(ode, lengths, strict=False):
        notes.append(Note(at, length, note.pitch, 80))
        at += length
    assert is_original(notes, DENIED)


@given(
    intervals=st.lists(st.integers(-12, 12), max_size=30),
    start=st.integers(30, 80),
    data=st.data(),
)
def test_grams_do_not_depend_on_key_and_tempo(intervals: list[int], start: int, data: st.DataObject) -> None:
    count = len(intervals) + 1
    durations = data.draw(st.lists(st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 4.0]), min_size=count, max_size=count))
    grams = list(ngrams(intervals, durations))
    assert grams == list(ngrams(intervals, [2 * d for d in durations]))
    assert len(grams) == max(0, count - NOTES + 1)
    for place, gram in enumerate(grams):
        assert gram.intervals == tuple(intervals[place : place + 6])
        assert gram.ratios == tuple(durations[place + k + 1] / durations[place + k] for k in range(6))


def test_figures_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="3 notes have 2 intervals, not 3"):
        list(ngrams([1, 2, 3], [1, 1, 1]))
    chord = [Note(0, PPQ, 60 + k, 80) for k in range(NOTES)]
    with pytest.raises(ValueError, match="one voice"):
        quotes(chord, DENIED)
    text = "x: {title: X, origin: Y, intervals: [2, 2], durations: [1, 1, 1, 1, 1, 1, 1, 1]}\n"
    with pytest.raises(SpecError, match="8 notes have 7 intervals, not 2"):
        validate(parse_document(text, name="deny_list.yaml"), dict[str, WellKnown])


def test_invented_themes_are_not_taken_for_tunes(banks: Banks, full: bool) -> None:
    characters = list(banks.characters)
    alarms, count = 0, THEMES if full else THEMES // 5
    for number in range(count):
        spec = ThemeSpec(character=characters[number % len(characters)])
        theme = make_theme("x", spec, load_style("symphonic"), banks, stream("originality", number))
        alarms += not is_original(theme.melody.realise(theme.key), DENIED)
    assert alarms <= FALSE_ALARMS * count
