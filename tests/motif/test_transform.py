"""The laws of the transformations."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import (
    augmentation,
    breathe,
    change_meter,
    diminution,
    expansion,
    fragment,
    inversion,
    join,
    retrograde,
    sequence,
    tail_swap,
)
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ

METERS = (Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(5, 4), Meter(7, 8, (2, 2, 3)), Meter(2, 4), Meter(12, 8))


@st.composite
def motifs(draw: st.DrawFn, meters: tuple[Meter, ...] = METERS[:3], grid: int = PPQ // 2) -> Motif:
    """Two bars of notes on a grid, one after another, with rests."""
    meter = draw(st.sampled_from(meters))
    slots = 2 * meter.bar_ticks // grid
    starts = sorted(draw(st.sets(st.integers(0, slots - 1), min_size=1, max_size=8)))
    ends = [*starts[1:], slots]
    notes = []
    for start, end in zip(starts, ends, strict=True):
        length = draw(st.integers(1, end - start))
        notes.append(MotifNote(start * grid, length * grid, draw(st.integers(-5, 9)), draw(st.integers(-1, 1))))
    return Motif(tuple(notes), 2 * meter.bar_ticks, meter)


def rhythm(motif: Motif) -> list[tuple[int, int]]:
    return [(n.onset, n.duration) for n in motif.notes]


def signs(motif: Motif) -> list[int]:
    return [(b.step > a.step) - (b.step < a.step) for a, b in pairwise(motif.notes)]


@given(motifs())
def test_inversion_undoes_itself(motif: Motif) -> None:
    mirrored = inversion(motif)
    assert inversion(mirrored) == motif
    assert rhythm(mirrored) == rhythm(motif)
    assert signs(mirrored) == [-sign for sign in signs(motif)]
    assert mirrored.notes[0].step == motif.notes[0].step


@given(motifs())
def test_retrograde_undoes_itself_over_one_rhythm(motif: Motif) -> None:
    assert retrograde(retrograde(motif)) == motif
    assert rhythm(retrograde(motif)) == rhythm(motif)
    assert signs(retrograde(motif)) == [-sign for sign in reversed(signs(motif))]


@given(motifs(), st.integers(2, 4))
def test_diminution_undoes_augmentation(motif: Motif, factor: int) -> None:
    broad = augmentation(motif, factor)
    assert broad.length == factor * motif.length
    assert signs(broad) == signs(motif)
    assert diminution(broad, factor) == motif


@given(motifs(), st.integers(-7, 7), st.integers(-7, 7))
def test_sequences_add_up(motif: Motif, first: int, second: int) -> None:
    assert sequence(sequence(motif, first), second) == sequence(motif, first + second)
    assert sequence(motif, 0) == motif
    assert signs(sequence(motif, first)) == signs(motif)


@given(motifs(), st.integers(-7, 7))
def test_inversion_and_sequence_commute(motif: Motif, steps: int) -> None:
    assert inversion(sequence(motif, steps)) == sequence(inversion(motif), steps)


@given(motifs(), st.integers(1, 15))
def test_joined_fragments_are_the_whole(motif: Motif, place: int) -> None:
    cut = place * motif.length // 16
    assume(0 < cut < motif.length)
    assume(not any(n.onset < cut < n.end for n in motif.notes))
    whole = join(fragment(motif, 0, cut), fragment(motif, cut, motif.length))
    assert whole == motif


@given(motifs(), st.integers(0, 7), st.integers(1, 8))
def test_a_fragment_lies_inside_its_length(motif: Motif, first: int, eighths: int) -> None:
    start, end = first * PPQ // 2, (first + eighths) * PPQ // 2
    part = fragment(motif, start, end)
    assert part.length == end - start
    assert all(0 <= n.onset < n.end <= part.length for n in part.notes)
    assert len(part.notes) == sum(start <= n.onset < end for n in motif.notes)


@given(motifs(), motifs(), motifs())
def test_join_is_associative(a: Motif, b: Motif, c: Motif) -> None:
    assert join(join(a, b), c).notes == join(a, join(b, c)).notes
    assert join(a, b, c).length == a.length + b.length + c.length


@given(motifs(), st.floats(0.5, 2.5))
def test_expansion_keeps_the_signs_and_the_head(motif: Motif, factor: float) -> None:
    wide = expansion(motif, factor)
    assert wide.notes[0] == motif.notes[0]
    assert rhythm(wide) == rhythm(motif)
    for before, after in zip(signs(motif), signs(wide), strict=True):
        assert before == 0 or after == before


@given(motifs())
def test_expansion_by_one_changes_nothing(motif: Motif) -> None:
    assert expansion(motif, 1.0) == motif


@given(motifs(), st.integers(-7, 9))
def test_a_swapped_tail_changes_one_note(motif: Motif, step: int) -> None:
    answer = tail_swap(motif, step)
    assert answer.notes[:-1] == motif.notes[:-1]
    assert answer.notes[-1].step == step
    assert rhythm(answer) == rhythm(motif)


@given(motifs(), st.integers(0, 4))
def test_a_breath_is_silent(motif: Motif, eighths: int) -> None:
    rest = eighths * PPQ // 2
    breathing = breathe(motif, rest)
    assert breathing.length == motif.length
    assert all(n.end <= motif.length - rest for n in breathing.notes)
    assert [n.step for n in breathing.notes] == [n.step for n in motif.notes if n.onset < motif.length - rest]


@given(motifs(), st.sampled_from(METERS))
def test_another_meter_keeps_order_and_bars(motif: Motif, meter: Meter) -> None:
    there = change_meter(motif, meter)
    assert there.meter == meter
    assert there.length == motif.bars * meter.bar_ticks
    assert all(a.onset < b.onset for a, b in pairwise(there.notes))
    assert all(a.end <= b.onset for a, b in pairwise(there.notes))
    assert all(0 <= n.onset < n.end <= there.length for n in there.notes)
    counts = [sum(n.onset // motif.meter.bar_ticks == bar for n in motif.notes) for bar in range(motif.bars)]
    if max(counts) <= meter.bar_ticks // (PPQ // 4):  # a note for every sixteenth, at most
        assert len(there.notes) == len(motif.notes)
        assert [n.step for n in there.notes] == [n.step for n in motif.notes]


@given(motifs(), st.sampled_from(METERS))
def test_downbeats_stay_downbeats(motif: Motif, meter: Meter) -> None:
    before = {n.onset // motif.meter.bar_ticks for n in motif.notes if n.onset % motif.meter.bar_ticks == 0}
    after = {n.onset // meter.bar_ticks for n in change_meter(motif, meter).notes if n.onset % meter.bar_ticks == 0}
    assert before <= after


@given(motifs())
def test_the_same_meter_changes_nothing(motif: Motif) -> None:
    assert change_meter(motif, motif.meter) == motif
