"""Hits anywhere in a cue, up to its last bar line, leave every note inside it."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith import Cue, Hit, compose
from cuesmith.specs.brief import HitKind

KINDS: tuple[HitKind, ...] = get_args(HitKind)
TYPES = (("eyecatch", 8.0), ("ambient", 40.0), ("stinger", 4.0), ("battle", 45.0))


def late_notes(cue: Cue) -> list[tuple[int, int]]:
    end = cue.score.plan.length
    notes = [note for part in cue.score.parts for note in part.notes()]
    return [(note.onset, note.end) for note in notes if note.onset >= end or note.end > end]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("type_", "seconds"), TYPES)
def test_a_hit_on_the_last_bar_line_is_answered_by_the_end(type_: str, seconds: float, kind: HitKind) -> None:
    cue = compose(type=type_, seconds=seconds, force=True, hits=[Hit(seconds, kind, 0.8)])
    assert not late_notes(cue)
    assert [hit.tick for hit in cue.score.plan.hits] == [cue.score.plan.length]


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    type_=st.sampled_from(TYPES), share=st.one_of(st.floats(0, 1), st.floats(0.97, 1)), kind=st.sampled_from(KINDS),
    weight=st.sampled_from((0.0, 0.5, 0.95)), seed=st.integers(0, 9),
)  # fmt: skip
def test_no_note_lies_beyond_the_end(
    type_: tuple[str, float], share: float, kind: HitKind, weight: float, seed: int
) -> None:
    name, seconds = type_
    assert not late_notes(
        compose(type=name, seconds=seconds, seed=seed, force=True, hits=[Hit(share * seconds, kind, weight)])
    )
