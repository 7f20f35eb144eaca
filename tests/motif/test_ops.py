"""Every operation on motifs keeps what the table says; texts are read, and faults are reported."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.motif import combine, transform
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.ops import OPS, apply_ops, parse_op, parse_ops
from cuesmith.motif.ornament import ORNAMENTS, ornament
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES, Key, Scale

SIXTEENTH = PPQ // 4
IONIAN = Scale("ionian", "ionian", tuple(range(7)), (0, 2, 4))


@st.composite
def motifs(draw: st.DrawFn) -> Motif:
    """Two bars of 4/4 in sixteenths, 2 to 12 notes, with or without rests, no chromatic notes."""
    cuts = draw(st.lists(st.integers(1, 31), min_size=1, max_size=11, unique=True).map(sorted))
    ends = [*cuts[1:], 32]
    first = MotifNote(0, cuts[0] * SIXTEENTH, draw(st.integers(-4, 9)))
    notes = [first]
    for start, end in zip(cuts, ends, strict=True):
        length = draw(st.integers(1, end - start))
        notes.append(MotifNote(start * SIXTEENTH, length * SIXTEENTH, draw(st.integers(-4, 9))))
    return Motif(tuple(notes), 32 * SIXTEENTH, Meter(4, 4))


KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(MODES)))


def onsets(motif: Motif) -> list[int]:
    return [n.onset - motif.notes[0].onset for n in motif.notes]


def moves(motif: Motif, key: Key) -> list[int]:
    return [b - a for (_, a), (_, b) in itertools.pairwise(motif.shape(key))]


def signs(values: Sequence[int]) -> list[int]:
    return [(v > 0) - (v < 0) for v in values]


def proportional(a: Sequence[int], b: Sequence[int]) -> bool:
    return all(x * b[-1] == y * a[-1] for x, y in zip(a, b, strict=True))


def kept(name: str, before: Motif, key: Key, after: Motif, new_key: Key) -> bool:
    """Return whether the law of this name holds between two forms."""
    count = min(len(before.notes), len(after.notes))
    match name:
        case "rhythm":
            return onsets(before) == onsets(after)
        case "proportions":
            return proportional(onsets(before), onsets(after))
        case "contour":
            return signs(moves(before, key)) == signs(moves(after, new_key))
        case "intervals":
            return moves(before, key) == moves(after, new_key)
        case "degrees":
            return [n.step % 7 for n in before.notes] == [n.step % 7 for n in after.notes]
        case "head":
            head = min(3, count - 1) or 1
            return [n.step for n in before.notes[:head]] == [n.step for n in after.notes[:head]]
        case _:
            return {(n.onset, n.step) for n in before.notes} <= {(n.onset, n.step) for n in after.notes}


@pytest.mark.parametrize("name", [name for name in OPS if name != "meter"])
@settings(max_examples=40, deadline=None)
@given(motif=motifs(), key=KEYS)
def test_every_operation_keeps_what_it_says(name: str, motif: Motif, key: Key) -> None:
    result = apply_ops(motif, [name], key, IONIAN)
    for law in OPS[name].keeps:
        assert kept(law, motif, key, result.motif, result.key), law
    assert 0.0 <= result.identity <= 1.0
    for voice in result.voices:
        assert all(n.onset >= 0 and n.duration > 0 and n.end <= voice.length for n in voice.notes)
        assert all(a.onset < b.onset for a, b in itertools.pairwise(voice.notes))


@pytest.mark.parametrize("meter", ["3/4", "7/8(2+2+3)", "12/8", "5/4"])
@settings(max_examples=30, deadline=None)
@given(motif=motifs())
def test_a_change_of_meter_keeps_the_line_of_what_it_has_room_for(meter: str, motif: Motif) -> None:
    key = Key(2, "ionian")
    made = apply_ops(motif, [f"meter:{meter}"], key, IONIAN).motif
    assert made.length == 2 * made.meter.bar_ticks and str(made.meter) == meter.partition("(")[0]
    if len(made.notes) == len(motif.notes):
        assert signs(moves(made, key)) == signs(moves(motif, key))
    steps = iter(n.step for n in motif.notes)
    assert all(any(step == n.step for step in steps) for n in made.notes)  # nothing new, in order


@settings(max_examples=60, deadline=None)
@given(motif=motifs(), key=KEYS, semitones=st.integers(-13, 13))
def test_real_transposition_moves_every_pitch_alike(motif: Motif, key: Key, semitones: int) -> None:
    moved, new_key = transform.real_transposition(motif, key, semitones)
    assert [p + semitones for _, p in motif.shape(key)] == [p for _, p in moved.shape(new_key)]


@settings(max_examples=60, deadline=None)
@given(motif=motifs(), key=KEYS)
def test_operations_that_undo_each_other(motif: Motif, key: Key) -> None:
    assert transform.inversion(transform.inversion(motif)) == motif
    assert transform.retrograde(transform.retrograde(motif)) == motif
    assert transform.diminution(transform.augmentation(motif)) == motif
    assert transform.sequence(transform.sequence(motif, 3), -3) == motif
    back, home = transform.real_transposition(*transform.real_transposition(motif, key, 5), -5)
    assert (back, home) == (motif, key)


@settings(max_examples=60, deadline=None)
@given(motif=motifs(), key=KEYS, factor=st.sampled_from([0.25, 0.5, 0.75]))
def test_compression_narrows_and_never_flattens(motif: Motif, key: Key, factor: float) -> None:
    for wide, narrow in zip(moves(motif, key), moves(transform.compression(motif, key, factor), key), strict=True):
        assert abs(narrow) <= max(1, abs(wide) * factor + 0.5)
        assert (narrow == 0) == (wide == 0)


@settings(max_examples=60, deadline=None)
@given(motif=motifs(), ticks=st.integers(-9, 9).map(lambda n: n * SIXTEENTH))
def test_displacement_goes_by_what_is_asked(motif: Motif, ticks: int) -> None:
    moved = transform.displacement(motif, ticks)
    bar = motif.meter.bar_ticks
    assert (moved.notes[0].onset - motif.notes[0].onset - ticks) % bar == 0
    assert moved.length % bar == 0 and moved.length >= motif.length


@settings(max_examples=60, deadline=None)
@given(motif=motifs(), kind=st.sampled_from(sorted(ORNAMENTS)))
def test_ornaments_are_few(motif: Motif, kind: str) -> None:
    added = len(ornament(motif, kind).notes) - len(motif.notes)
    assert added <= max(1, len(motif.notes) // 4) * len(ORNAMENTS[kind].figure)


def test_expansion_stays_singable() -> None:
    leaping = Motif(tuple(MotifNote(i * PPQ, PPQ, s) for i, s in enumerate((0, 9, 0, 9))), 4 * PPQ, Meter(4, 4))
    wide = apply_ops(leaping, ["expansion:4"], Key(0, "ionian"), IONIAN).motif
    pitches = [p for _, p in wide.shape(Key(0, "ionian"))]
    assert max(pitches) - min(pitches) <= 19


def test_liquidation_loses_a_note_each_time() -> None:
    motif = Motif(tuple(MotifNote(i * PPQ, PPQ, i) for i in range(8)), 8 * PPQ, Meter(4, 4))
    made = transform.liquidation(motif, 4)
    bar = motif.meter.bar_ticks
    assert [sum(n.onset // bar == i for n in made.notes) for i in range(made.bars)] == [4, 3, 2, 1]


def test_sequences_alter_only_the_end_of_the_last_copy() -> None:
    motif = Motif(tuple(MotifNote(i * PPQ, PPQ, s) for i, s in enumerate((0, 4, 2, 1))), 4 * PPQ, Meter(4, 4))
    assert [n.step for n in transform.sequences(motif, 2, 3).notes] == [0, 4, 2, 1, 2, 6, 4, 3, 4, 8, 6, 6]


def test_an_ostinato_of_five_runs_against_the_bar() -> None:
    motif = Motif(tuple(MotifNote(i * PPQ, PPQ, i) for i in range(8)), 8 * PPQ, Meter(4, 4))
    made = apply_ops(motif, ["ostinato:5@1/2"], Key(0, "ionian"), IONIAN).motif
    assert [n.step for n in made.notes] == [i % 5 for i in range(16)]
    assert {n.duration for n in made.notes} == {PPQ // 2}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("inversoin", "did you mean 'inversion'"),
        ("inversion:2", "takes no argument"),
        ("sequence:", "nothing stands after the colon"),
        ("sequence:up", "'up' is not a whole number; write sequence:STEPSxTIMES, such as sequence:+1"),
        ("sequence:+1x9", "9 is out of range: 1 to 3"),
        ("augmentation:3/0", "is not a number"),
        ("augmentation:" + "9" * 5000, "is not a number"),
        ("mode:dorain", "did you mean 'dorian'"),
        ("meter:4/5", "is not a meter"),
        ("ornament:trun", "did you mean 'turn'"),
        ("tail_swap:8", "out of range: 1 to 7"),
        ("canon:0@7", "out of range"),
    ],
)
def test_a_bad_operation_is_explained(text: str, says: str) -> None:
    with pytest.raises(ValueError) as fault:
        parse_op(text)
    assert says in str(fault.value)


def test_at_most_two_strong_operations() -> None:
    assert len(parse_ops(["inversion", "retrograde", "augmentation", "mode"])) == 4
    with pytest.raises(ValueError, match="inversion, retrograde, displacement"):
        parse_ops(["inversion", "retrograde", "displacement"])


def test_voices_come_last() -> None:
    with pytest.raises(ValueError, match="canon makes several voices"):
        parse_ops(["canon", "inversion"])


def test_every_default_and_its_form_can_be_written() -> None:
    for name, row in OPS.items():
        assert bool(row.form) == bool(row.default)
        if row.form:
            assert str(parse_op(f"{name}:{row.default}")) == f"{name}:{row.default}"


def test_operations_go_in_order_and_the_mode_goes_along() -> None:
    motif = Motif(tuple(MotifNote(i * PPQ, PPQ, s) for i, s in enumerate((0, 2, 4, 2))), 4 * PPQ, Meter(4, 4))
    made = apply_ops(motif, ["mode:minor", "transpose:+2", "augmentation:2"], Key(0, "ionian"), IONIAN)
    assert made.key == Key(2, "aeolian")
    assert made.names == ("mode", "transpose", "augmentation")
    assert [p for _, p in made.motif.shape(made.key)] == [62, 65, 69, 65]
    assert made.voices == (made.motif,)
    assert made.identity == pytest.approx(1.0)


def test_identity_falls_with_what_is_lost() -> None:
    motif = Motif(
        tuple(MotifNote(i * PPQ, PPQ, s) for i, s in enumerate((0, 4, 2, 5, 1, 6, 3, 0))), 8 * PPQ, Meter(4, 4)
    )
    key = Key(0, "ionian")
    assert apply_ops(motif, ["inversion"], key, IONIAN).identity == pytest.approx(0.45, abs=0.06)
    assert apply_ops(motif, ["sequence:+2"], key, IONIAN).identity >= 0.95
    assert combine.clash_share(motif, motif, key) == 0.0
