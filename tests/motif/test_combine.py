"""Forms of a motif for several voices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.motif.combine import (
    CANON_HALF_BARS,
    CANON_STEPS,
    bass_over_pads,
    best_canon,
    blocking,
    canon,
    clash_share,
    dialogue,
    drone_quotation,
    together,
)
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale

C = Key(0, "ionian")
IONIAN = Scale("ionian", "ionian", tuple(range(7)), (0, 2, 4))
STEPS = st.lists(st.integers(-3, 9), min_size=4, max_size=12)


def line(*steps: int) -> Motif:
    """Return quarter notes of these steps in 4/4."""
    notes = tuple(MotifNote(i * PPQ, PPQ, step) for i, step in enumerate(steps))
    return Motif(notes, -(-len(steps) // 4) * 4 * PPQ, Meter(4, 4))


@settings(deadline=None)
@given(STEPS, st.integers(1, 8), st.sampled_from(CANON_STEPS))
def test_the_follower_of_a_canon_has_the_same_melody(steps: list[int], beats: int, away: int) -> None:
    leader, follower = canon(line(*steps), beats * PPQ, away)
    assert leader.length == follower.length == line(*steps).length + beats * PPQ
    assert [(n.onset - beats * PPQ, n.step - away) for n in follower.notes] == [(n.onset, n.step) for n in leader.notes]


def test_a_canon_needs_a_delay() -> None:
    with pytest.raises(ValueError, match="enters later"):
        canon(line(0, 1), 0)


@settings(deadline=None)
@given(STEPS)
def test_the_best_canon_has_the_fewest_clashes(steps: list[int]) -> None:
    motif = line(*steps)
    delay, away = best_canon(motif, C)
    found = clash_share(*canon(motif, delay, away), C)
    others = [clash_share(*canon(motif, 2 * PPQ * h, s), C) for h in CANON_HALF_BARS for s in CANON_STEPS]
    assert found == min(others)


def test_clashes_are_counted_on_strong_beats_only() -> None:
    assert clash_share(line(0, 0, 0, 0), line(1, 0, 2, 0), C) == 0.5  # a second on 1, a third on 3
    assert clash_share(line(0, 0, 0, 0), line(0, 1, 0, 1), C) == 0.0
    assert clash_share(line(3, 0, 3, 0), line(6, 0, 6, 0), C) == 1.0  # the tritone F-B


@settings(deadline=None)
@given(STEPS)
def test_a_dialogue_shares_the_motif_out(steps: list[int]) -> None:
    motif = line(*steps)
    first, second = dialogue(motif)
    assert together((first, second)) == motif
    assert all(n.onset // (4 * PPQ) % 2 == 0 for n in first.notes)
    assert all(n.onset // (4 * PPQ) % 2 == 1 for n in second.notes)


def test_blocking_is_parallel() -> None:
    top, middle, low = blocking(line(4, 5, 7, 4))
    for a, b, c in zip(top.notes, middle.notes, low.notes, strict=True):
        assert (a.onset, a.step - b.step, a.step - c.step) == (b.onset, 2, 4)


def test_pads_stand_still_over_the_bass() -> None:
    bass, *pads = bass_over_pads(line(0, 2, 4, 2), IONIAN)
    assert [n.step for n in bass.notes] == [-14, -12, -10, -12]
    assert bass.length == 8 * PPQ
    assert [[(n.onset, n.duration, n.step) for n in pad.notes] for pad in pads] == [
        [(0, bass.length, step)] for step in (0, 2, 4)
    ]


def test_a_quotation_is_only_the_head_and_slow() -> None:
    head, *drones = drone_quotation(line(0, 4, 2, 1, 0, 0, 0, 0), IONIAN, 3)
    assert [(n.onset, n.step) for n in head.notes] == [(0, 0), (4 * PPQ, 4), (8 * PPQ, 2)]
    assert {voice.length for voice in drones} == {head.length}
    assert [voice.notes[0].step for voice in drones] == [-7, -3]
