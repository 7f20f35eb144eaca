"""Voicings: in range, with third and seventh, clear in the bass, and with little movement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.music.chord import QUALITIES, Chord, in_key, parse_roman
from cuesmith.music.partwriting import VoiceLeading, _move_costs, _own_costs, _table, voice_lead, voice_leading
from cuesmith.music.scale import Key
from cuesmith.music.voicing import LOW_LIMITS, candidates, muddy
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.voicings import FamilyName

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
def test_low_interval_limits(low: int, high: int, mud: bool) -> None:
    assert muddy(low, high) is mud


def test_voices_move_little() -> None:
    """Over every progression of the bank a voice moves, on average, less than three semitones."""
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


# -- part-writing ----------------------------------------------------------------------------------------------

BANK = load_banks().voicings
FAMILIES: list[FamilyName] = sorted(BANK.families)


def leading_of(family: FamilyName) -> VoiceLeading:
    """Return the voice-leading of a family for pads."""
    row = BANK.families[family]
    names = [name for name in row.templates or () if "pad" in BANK.templates[name].roles]
    return voice_leading(row.rules(), tuple(BANK.templates[name].template(name) for name in names))


def changes(family: FamilyName, voices: int = 4) -> Iterator[tuple[Chord, tuple[int, ...], Chord, tuple[int, ...]]]:
    """Yield every change of chord in the bank of progressions, voiced as the family does."""
    for row in load_banks().progressions.values():
        key = Key(2, "ionian" if row.mode == "major" else "aeolian")
        chords = tuple(in_key(roman, key) for roman in row.chords)
        voiced = voice_lead(chords, voices, LOW, HIGH, leading=leading_of(family))
        for (a, v), (b, w) in pairwise(zip(chords, voiced, strict=True)):
            if a != b and len(v) == len(w):
                yield a, v, b, w


@settings(max_examples=30)
@given(PROGRESSIONS, st.sampled_from(FAMILIES), st.integers(0, 7), st.integers(0, 35))
def test_no_other_voicing_of_one_chord_would_cost_less(
    chords: tuple[Chord, ...], family: FamilyName, at: int, other: int
) -> None:
    """The result has the lowest cost: changing any one chord never makes it cheaper."""
    leading, at = leading_of(family), at % len(chords)
    tables = [_table(chord, 4, LOW, HIGH, leading) for chord in chords]
    found = voice_lead(chords, 4, LOW, HIGH, leading=leading)
    path = [table.tolist().index(list(v)) for table, v in zip(tables, found, strict=True)]

    def cost(chosen: list[int]) -> int:
        alone = sum(int(_own_costs(chord, 4, LOW, HIGH, leading)[k]) for chord, k in zip(chords, chosen, strict=True))
        steps = zip(pairwise(chords), pairwise(chosen), strict=True)
        return alone + sum(int(_move_costs(a, b, 4, LOW, HIGH, leading)[i, j]) for (a, b), (i, j) in steps)

    changed = [*path[:at], other % len(tables[at]), *path[at + 1 :]]
    assert cost(path) <= cost(changed)


def test_an_orchestra_keeps_the_rules_of_four_parts() -> None:
    inner: list[int] = []
    parallels = total = resolved = sevenths = 0
    for a, v, b, w in changes("orchestral"):
        inner += [abs(p - q) for p, q in zip(v[:-1], w[:-1], strict=True)]
        total += 1
        step = (b.bass - a.bass + 5) % 12 - 5
        same_way = step * (w[-1] - v[-1]) > 0
        parallels += same_way and (v[-1] - a.bass) % 12 == (w[-1] - b.bass) % 12 in (0, 7)
        for p, q in zip(v, w, strict=True):
            if a.tones()[p % 12] == "7":
                sevenths += 1
                resolved += q - p in (0, -1, -2)
    assert total > 200
    assert sum(inner) / len(inner) <= 3.5
    assert sum(move <= 4 for move in inner) >= 0.93 * len(inner)
    assert parallels <= 0.04 * total
    assert resolved >= 0.8 * sevenths > 0


def test_jazz_moves_its_guide_tones_by_a_tone_at_most() -> None:
    near = guides = 0
    for a, v, _, w in changes("jazzrock"):
        for p, q in zip(v, w, strict=True):
            if a.tones()[p % 12] in ("3", "7"):
                guides += 1
                near += abs(p - q) <= 2
    assert guides > 200
    assert near >= 0.85 * guides


def test_a_synthesiser_hardly_moves_its_top() -> None:
    tops = [abs(v[-1] - w[-1]) for _, v, _, w in changes("synth")]
    assert sum(top <= 2 for top in tops) >= 0.8 * len(tops)


def test_taiko_music_stands_on_open_fifths() -> None:
    lowest = [w[1] - w[0] for _, _, _, w in changes("taiko", 3)]
    assert sum(gap not in (3, 4) for gap in lowest) >= 0.7 * len(lowest)


@settings(max_examples=60)
@given(st.integers(0, 11), st.sampled_from(COMMON), st.sampled_from(sorted(BANK.templates)), st.integers(2, 4))
def test_a_template_lays_out_the_chord_it_is_for(root: int, quality: str, name: str, voices: int) -> None:
    chord = Chord(root, quality, root)
    row = BANK.templates[name]
    for laid in row.template(name).lay_out(chord, voices, 36, 84):
        assert len(laid) == voices
        assert {p % 12 for p in laid} <= set(chord.classes)
        assert row.lowest[0] <= laid[0] <= row.lowest[1]
        assert not row.qualities or quality in row.qualities
        assert 36 <= laid[0] <= laid[-1] <= 84


def test_drop_two_is_close_position_with_its_second_voice_an_octave_down() -> None:
    chord = Chord(0, "M7", 0)
    laid = BANK.templates["drop_2"].template("drop_2").lay_out(chord, 4, 45, 79)
    assert laid
    for voicing in laid:
        close = sorted((*voicing[1:], voicing[0] + 12))
        assert close[-1] - close[0] < 12
        assert close.index(voicing[0] + 12) == 2


def test_every_template_is_used_by_some_chord() -> None:
    for name, row in BANK.templates.items():
        template = row.template(name)
        qualities = row.qualities or tuple(QUALITIES)
        sizes = (2, 3, 4)
        assert any(
            template.lay_out(Chord(root, quality, root), voices, 28, 96)
            for root in range(12) for quality in qualities for voices in sizes
        ), name  # fmt: skip


def test_a_low_melody_is_left_alone() -> None:
    """Where the melody is inside the range of the chord, the chord keeps its distance."""
    chords = tuple(in_key(parse_roman(n), Key(0, "ionian")) for n in ("I", "vi", "IV", "V"))
    for voicing in voice_lead(chords, 3, 48, 79, melody=((52, 57),) * 4):
        assert all(p <= 49 or p >= 60 for p in voicing)
