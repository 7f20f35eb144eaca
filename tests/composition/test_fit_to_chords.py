"""Fit a melody to chords: the rhythm stays, strong notes are chord tones, and the melody is still recognisable."""

from __future__ import annotations

from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.chance import stream
from cuesmith.composition.melody.fit_to_chords import REACH, fit
from cuesmith.motif.identity import STATEMENT, identity
from cuesmith.music.chord import chord_scale, in_key
from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Key
from cuesmith.score import ChordSpan, chord_at
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.themes.invent import invent
from cuesmith.themes.make import ingredients

COMMON = Meter(4, 4)
BAR = COMMON.bar_ticks
PROGRESSIONS = tuple(row for row in load_banks().progressions.values() if row.mode == "major" and not row.static)


def harmony(choice: int, key: Key, bars: int = 2) -> tuple[ChordSpan, ...]:
    """Return one chord per bar from a progression of the bank."""
    chords = PROGRESSIONS[choice % len(PROGRESSIONS)].chords
    return tuple(ChordSpan(bar * BAR, BAR, in_key(chords[bar % len(chords)], key), key) for bar in range(bars))


def tune(seed: int, key: Key, banks: Banks) -> tuple[Note, ...]:
    """Return a motif of two bars as pitches."""
    row = banks.characters[sorted(banks.characters)[seed % len(banks.characters)]]
    return invent(ingredients(row, banks), banks.scales["ionian"], key, COMMON, stream(seed), count=4)[0].realise(key)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 500), st.integers(0, 11))
def test_only_pitches_move_and_not_far(seed: int, choice: int, tonic: int) -> None:
    key = Key(tonic, "ionian")
    raw = tune(seed, key, load_banks())
    fitted = fit(raw, harmony(choice, key), COMMON, 0)
    assert [(n.onset, n.duration, n.velocity) for n in fitted] == [(n.onset, n.duration, n.velocity) for n in raw]
    assert max(abs(a.pitch - b.pitch) for a, b in zip(raw, fitted, strict=True)) <= REACH


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 500), st.integers(55, 62))
def test_the_range_is_kept(seed: int, choice: int, low: int) -> None:
    key = Key(2, "ionian")
    fitted = fit(tune(seed, key, load_banks()), harmony(choice, key), COMMON, 0, low=low, high=low + 14)
    assert all(low <= n.pitch <= low + 14 for n in fitted)


def test_strong_notes_are_chord_tones_and_the_tune_stays_recognisable(banks: Banks) -> None:
    strong: list[bool] = []
    likeness: list[float] = []
    outside = 0
    for seed in range(150):
        key = Key(seed % 12, "ionian")
        raw, spans = tune(seed, key, banks), harmony(7 * seed, key)
        fitted = fit(raw, spans, COMMON, 0)
        likeness.append(identity([(n.onset, n.pitch) for n in raw], [(n.onset, n.pitch) for n in fitted]))
        for note in fitted:
            span = chord_at(spans, note.onset)
            outside += note.pitch % 12 not in chord_scale(span.chord, span.key)
            if COMMON.strength(note.onset % BAR) >= 3:
                strong.append(note.pitch % 12 in span.chord.core)
    assert mean(strong) >= 0.85
    assert mean(value >= STATEMENT for value in likeness) >= 0.9
    assert outside <= 3


def test_a_tune_that_fits_is_not_changed() -> None:
    key = Key(0, "ionian")
    spans = (ChordSpan(0, 2 * BAR, in_key(PROGRESSIONS[0].chords[0].with_quality("maj"), key), key),)
    chord = sorted(60 + (pc - 60) % 12 for pc in spans[0].chord.classes)
    raw = tuple(Note(i * 960, 960, pitch, 80) for i, pitch in enumerate([*chord, *reversed(chord)]))
    assert fit(raw, spans, COMMON, 0) == raw


@pytest.mark.parametrize("classes", [frozenset({0, 2, 4, 7, 9}), frozenset({0, 2, 5, 7, 9})])
def test_a_five_note_scale_is_kept_beside_the_chords(classes: frozenset[int], banks: Banks) -> None:
    key = Key(0, "ionian")
    inside = count = 0
    for seed in range(40):
        raw, spans = tune(seed, key, banks), harmony(seed, key)
        for note in fit(raw, spans, COMMON, 0, classes=classes):
            count += 1
            inside += note.pitch % 12 in classes | set(chord_at(spans, note.onset).chord.classes)
    assert inside / count >= 0.98


def test_an_empty_melody_stays_empty() -> None:
    assert fit((), harmony(0, Key(0, "ionian")), COMMON, 0) == ()
