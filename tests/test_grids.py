"""A thinned grid still has every value of every parameter; what tests share is the same from a file."""

from __future__ import annotations

import pickle
from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Composed
from tests.grids import on_diagonal
from tests.shared import Shared


@given(st.integers(1, 5), st.integers(0, 9), st.integers(0, 9))
def test_every_value_stays(every: int, rows: int, columns: int) -> None:
    grid = list(product(range(every + rows), range(every + columns)))
    kept = [case for case in grid if on_diagonal(case, every)]
    assert {row for row, _ in kept} == set(range(every + rows))
    assert {column for _, column in kept} == set(range(every + columns))
    assert abs(len(kept) - len(grid) / every) < every


def test_what_is_shared_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> list[int]:
        made.append(len(made))
        return [made[-1]]

    here, elsewhere = Shared(tmp_path), Shared(tmp_path)
    assert here("one", make) is here("one", make)
    assert elsewhere("one", make) == [0]
    assert elsewhere("another", make) == [1]
    assert made == [0, 1]


def test_a_cue_from_a_file_is_the_same_cue(composed: Composed) -> None:
    cue = composed("symphonic", "battle", 1)
    again = pickle.loads(pickle.dumps(cue))
    assert again.score == cue.score
    assert again.midi() == cue.midi()
    assert again.explain() == cue.explain()
