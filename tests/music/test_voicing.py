"""Voicing: in range, with its third and seventh, clear in the bass, and moving little."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.music.chord import QUALITIES, Chord, in_key, parse_roman
from cuesmith.music.partwriting import voice_lead
from cuesmith.music.scale import Key
from cuesmith.music.voicing import LOW_LIMITS, candidates, muddy
from cuesmith.specs.library import load_banks

LOW, HIGH = 50, 74
COMMON = ("maj", "min", "dim", "sus4", "sus2", "7", "M7", "m7", "m7b5", "add9", "madd9", "6", "9", "M9", "m9", "7sus4")
PROGRESSIONS = st.lists(
    st.builds(lambda root, quality: Chord(root, quality, root), st.integers(0, 11), st.sampled_from(COMMON)),
    min_size=1,
    max_size=8,
).map(tuple)


@settings(max_examples=60)
@given(PROGRESSIONS, st.integers(3, 4))
def test_voicings_lie_in_range_rise_and_hold_chord_tones(chords: tuple[Chord, ...], voices: int) -> None:
    found = voice_lead(chords, voices, LOW, HIGH)
    assert len(found) == len(chords)
    for chord, voicing in zip(chords, found, strict=True):
        assert voicing[0] >= LOW
        assert voicing[-1] <= HIGH
        assert all(a < b for a, b in pairwise(voicing))
        assert {p % 12 for p in voicing} <= set(chord.classes)
        assert len(voicing) >= 3


@settings(max_examples=60)
@given(PROGRESSIONS, st.integers(3, 4))
def test_third_and_seventh_are_there_and_nothing_is_mud(chords: tuple[Chord, ...], voices: int) -> None:
    for chord, voicing in zip(chords, voice_lead(chords, voices, LOW, HIGH), strict=True):
        sounding = {p % 12 for p in voicing}
        for interval in QUALITIES[chord.quality][0]:
            if interval in (3, 4, 10, 11):
                assert (chord.root + interval) % 12 in sounding, chord.symbol
        assert not any(muddy(a, b) for a, b in pairwise(voicing))
        assert not any(b - a <= 1 for a, b in pairwise(voicing)), "no bare semitones"


@settings(max_examples=60)
@given(st.integers(30, 60), st.sampled_from(COMMON), st.integers(0, 11))
def test_no_candidate_breaks_a_low_interval_limit(low: int, quality: str, root: int) -> None:
    chord = Chord(root, quality, root)
    for voicing in candidates(chord.classes, 3, low, low + 24, frozenset())[:400]:
        for a, b in pairwise(voicing):
            assert b - a >= 12 or a >= LOW_LIMITS[b - a]


@pytest.mark.parametrize(
    ("low", "high", "mud"), [(40, 44, True), (48, 52, False), (33, 40, True), (36, 43, False), (28, 40, False)]
)
def test_mud(low: int, high: int, mud: bool) -> None:
    assert muddy(low, high) is mud


def test_voices_move_little() -> None:
    """Over every progression of the bank: a voice moves less than a whole tone and a half, on average."""
    moves: list[int] = []
    for row in load_banks().progressions.values():
        chords = tuple(in_key(roman, Key(2, "ionian")) for roman in row.chords)
        for before, after in pairwise(voice_lead(chords, 3, LOW, HIGH)):
            if len(before) == len(after):
                moves += [abs(a - b) for a, b in zip(before, after, strict=True)]
    assert len(moves) > 300
    assert sum(moves) / len(moves) <= 2.5


@settings(max_examples=40)
@given(PROGRESSIONS)
def test_the_same_chord_stays_where_it_is(chords: tuple[Chord, ...]) -> None:
    voiced = voice_lead((*chords, chords[-1]), 3, LOW, HIGH)
    assert voiced[-1] == voiced[-2]


def test_the_top_stays_under_the_melody() -> None:
    chords = tuple(in_key(parse_roman(n), Key(0, "ionian")) for n in ("I", "vi", "IV", "V"))
    free = voice_lead(chords, 3, 48, 79)
    capped = voice_lead(chords, 3, 48, 79, melody=((63, 70),) * 4)
    assert max(v[-1] for v in capped) <= 60
    assert max(v[-1] for v in free) > 60


def test_an_impossible_range_still_sounds_the_chord() -> None:
    chord = in_key(parse_roman("V7"), Key(0, "ionian"))
    voicing = voice_lead((chord,), 4, 60, 62)[0]
    assert voicing
    assert {p % 12 for p in voicing} <= set(chord.classes)
