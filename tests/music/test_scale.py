"""Scales and keys: conversion between steps and pitches in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.scale import MODES, Key, is_minor
from cuesmith.specs.banks.library import Banks

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(MODES)))


@given(KEYS, st.integers(-21, 28), st.integers(2, 6))
def test_step_of_inverts_pitch(key: Key, step: int, octave: int) -> None:
    assert key.step_of(key.pitch(step, 0, octave), octave) == (step, 0)


@given(KEYS, st.integers(24, 108))
def test_every_pitch_has_a_step_and_comes_back(key: Key, pitch: int) -> None:
    step, alter = key.step_of(pitch)
    assert abs(alter) <= 1
    assert key.pitch(step, alter) == pitch
    assert (alter == 0) == (pitch % 12 in key.classes)


@given(KEYS, st.integers(-14, 14))
def test_seven_steps_are_an_octave_and_pitches_rise(key: Key, step: int) -> None:
    assert key.pitch(step + 7) == key.pitch(step) + 12
    assert 1 <= key.pitch(step + 1) - key.pitch(step) <= 3


@given(KEYS, st.integers(-24, 24), st.integers(-24, 24))
def test_transposition_composes_and_keeps_the_mode(key: Key, first: int, second: int) -> None:
    assert key.transposed(first).transposed(second) == key.transposed(first + second)
    assert key.transposed(first).mode == key.mode
    assert key.transposed(first).classes == {(pc + first) % 12 for pc in key.classes}


@given(KEYS, st.sampled_from(sorted(MODES)))
def test_another_mode_on_the_same_tonic(key: Key, mode: str) -> None:
    other = key.with_mode(mode)
    assert other.tonic == key.tonic
    assert other.minor == is_minor(mode)


@pytest.mark.parametrize(
    ("tonic", "mode", "name", "signature"),
    [(2, "ionian", "D major", 2), (4, "aeolian", "E minor", 1), (9, "dorian", "A dorian", 0),
     (7, "phrygian_dominant", "G phrygian dominant", 1), (1, "ionian", "Db major", -5), (1, "aeolian", "C# minor", 4)],
)  # fmt: skip
def test_names_and_signatures(tonic: int, mode: str, name: str, signature: int) -> None:
    assert Key(tonic, mode).name == name
    assert Key(tonic, mode).sharps == signature


def test_modes_are_seven_rising_notes_of_the_octave() -> None:
    for semitones in MODES.values():
        assert len(semitones) == 7
        assert semitones[0] == 0
        assert sorted(set(semitones)) == list(semitones)
        assert semitones[-1] < 12


def test_scales_of_the_bank_lie_in_their_mode(banks: Banks) -> None:
    for scale in banks.scales.values():
        assert set(scale.semitones) <= set(MODES[scale.mode])
        assert set(scale.nuclear) <= set(scale.steps)
        assert sorted(set(scale.steps)) == list(scale.steps)
        assert scale.pentatonic == (len(scale.steps) < 7)
