"""How recognisable a motif stays: limits, changes that must not matter, and changes that must."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cuesmith.motif.identity import STATEMENT, identity
from cuesmith.music.note import PPQ

Shape = list[tuple[int, int]]


def shape(gaps: list[int], pitches: list[int]) -> Shape:
    """Return onsets from gaps in eighths, with these pitches."""
    out, at = [], 0
    for gap, pitch in zip(gaps, pitches, strict=False):
        out.append((at, pitch))
        at += gap * PPQ // 2
    return out


SHAPES = st.builds(
    shape,
    st.lists(st.integers(1, 4), min_size=10, max_size=10),
    st.lists(st.integers(55, 80), min_size=3, max_size=10),
)


@given(SHAPES)
def test_a_motif_is_itself(motif: Shape) -> None:
    assert abs(identity(motif, motif) - 1.0) < 1e-9


@given(SHAPES, SHAPES)
def test_identity_lies_between_nothing_and_all(one: Shape, other: Shape) -> None:
    assert 0.0 <= identity(one, other) <= 1.0 + 1e-9
    assert 0.0 <= identity(other, one) <= 1.0 + 1e-9


@given(SHAPES, st.integers(-24, 24), st.integers(0, 100_000))
def test_neither_key_nor_place_matters(motif: Shape, semitones: int, ticks: int) -> None:
    moved = [(onset + ticks, pitch + semitones) for onset, pitch in motif]
    assert identity(motif, moved) > 1 - 1e-9


@given(SHAPES, st.integers(2, 4))
def test_augmentation_does_not_matter(motif: Shape, factor: int) -> None:
    assert identity(motif, [(onset * factor, pitch) for onset, pitch in motif]) > 1 - 1e-9
    assert identity([(onset * factor, pitch) for onset, pitch in motif], motif) > 1 - 1e-9


@given(SHAPES)
def test_inversion_costs_the_contour_and_keeps_the_rhythm(motif: Shape) -> None:
    mirrored = [(onset, 2 * motif[0][1] - pitch) for onset, pitch in motif]
    moves = [b[1] - a[1] for a, b in pairwise(motif)]
    value = identity(motif, mirrored)
    assert value >= 0.45 - 1e-9
    if 0 not in moves:
        assert value < STATEMENT


@given(SHAPES, st.data())
def test_one_altered_note_leaves_it_recognisable(motif: Shape, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(motif) - 1))
    altered = [(onset, pitch + (1 if i == place else 0)) for i, (onset, pitch) in enumerate(motif)]
    assert identity(motif, altered) >= 0.45 + 0.15 * (len(motif) - 3) / (len(motif) - 1) - 1e-9


def test_a_tune_is_more_like_itself_varied_than_like_another() -> None:
    tunes = [
        shape([2, 2, 2, 2, 4, 4, 1], [60, 62, 64, 65, 67, 67, 69]),
        shape([3, 1, 4, 1, 1, 2, 4], [72, 67, 69, 64, 65, 60, 62]),
        shape([1, 1, 2, 6, 1, 1, 4], [62, 69, 68, 65, 70, 64, 62]),
    ]
    for tune in tunes:
        ornamented = sorted([*tune, (tune[2][0] + PPQ // 4, tune[2][1] + 2)])
        assert identity(tune, ornamented) >= STATEMENT
    for one, other in combinations(tunes, 2):
        assert identity(one, other) < 0.6


def test_a_single_note_says_nothing() -> None:
    assert identity([(0, 60)], [(0, 60)]) == 0.0


@given(SHAPES)
def test_a_short_quotation_is_less_than_the_whole(motif: Shape) -> None:
    if len(motif) >= 6:
        assert identity(motif, motif[:2]) < STATEMENT
