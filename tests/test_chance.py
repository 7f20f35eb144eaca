"""Randomness by name: the same path draws the same everywhere, and no stream changes another."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.chance import stream

PATHS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), max_size=4)
SEEDS = st.integers(0, 2**40)


def test_the_first_draws_of_a_stream_stay_what_they_are() -> None:
    """Golden values: a change here changes the notes of every cue of every user.

    Do not update them without a reason.
    """
    draws = stream(2026, "M-401", "melody", "A'")
    assert [draws.uniform() for _ in range(3)] == [0.5104113574463588, 0.9702256303339016, 0.365129709913636]
    assert draws.integer(0, 99) == 17
    assert draws.choice("abcdef") == "f"
    assert draws.weighted({"x": 1.0, "y": 3.0}) == "y"
    assert draws.gauss() == -1.4711966925524245
    assert draws.shuffled(range(6)) == [4, 1, 2, 3, 0, 5]


def test_draws_do_not_depend_on_the_process() -> None:
    program = (
        "from cuesmith.chance import stream\n"
        "s = stream(7, 'battle', 'drums', 3)\n"
        "print([s.uniform(), s.integer(1, 6), s.weighted({'a': 1, 'b': 2, 'c': 3}), s.shuffled('ABCDEFG')])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    s = stream(7, "battle", "drums", 3)
    here = [s.uniform(), s.integer(1, 6), s.weighted({"a": 1, "b": 2, "c": 3}), s.shuffled("ABCDEFG")]
    assert told == {f"{here}\n"}


@given(SEEDS, PATHS)
def test_the_same_path_draws_the_same(seed: int, path: list[str]) -> None:
    first, second = stream(seed, *path), stream(seed, *path)
    assert [first.uniform() for _ in range(5)] == [second.uniform() for _ in range(5)]


@given(SEEDS, PATHS, PATHS)
def test_different_paths_draw_differently(seed: int, path: list[str], other: list[str]) -> None:
    same = [str(step) for step in path] == other
    assert (stream(seed, *path).uniform() == stream(seed, *other).uniform()) == same


@given(SEEDS, PATHS, st.integers(0, 20))
def test_a_child_neither_takes_from_its_parent_nor_depends_on_it(seed: int, path: list[str], drawn: int) -> None:
    parent, untouched = stream(seed, *path), stream(seed, *path)
    for _ in range(drawn):
        parent.uniform()
        untouched.uniform()
    child = parent.child("drums", 2)
    values = [child.uniform() for _ in range(3)]
    assert parent.uniform() == untouched.uniform()
    fresh = stream(seed, *path, "drums", "2")
    assert values == [fresh.uniform() for _ in range(3)]


@given(SEEDS, st.integers(-50, 50), st.integers(0, 60))
def test_numbers_stay_in_their_range(seed: int, low: int, span: int) -> None:
    draws = stream(seed)
    for _ in range(10):
        assert low <= draws.integer(low, low + span) <= low + span
        assert low <= draws.uniform(low, low + span + 1) < low + span + 1
        assert abs(draws.gauss()) <= 3.5


@given(SEEDS, st.lists(st.integers(), max_size=20))
def test_shuffling_loses_nothing_and_leaves_the_original(seed: int, items: list[int]) -> None:
    before = list(items)
    assert sorted(stream(seed).shuffled(items)) == sorted(before)
    assert items == before


def test_every_number_of_a_range_comes_up_equally_often() -> None:
    draws = stream(1, "dice")
    counts = [0] * 6
    for _ in range(12_000):
        counts[draws.integer(1, 6) - 1] += 1
    assert all(abs(count - 2_000) < 200 for count in counts)  # five standard deviations


def test_weights_are_proportions() -> None:
    draws = stream(1, "weights")
    counts = {"never": 0, "once": 0, "thrice": 0}
    for _ in range(8_000):
        counts[draws.weighted({"never": 0.0, "once": 1.0, "thrice": 3.0})] += 1
    assert counts["never"] == 0
    assert abs(counts["once"] - 2_000) < 200


def test_probabilities_are_kept() -> None:
    draws = stream(1, "coin")
    assert abs(sum(draws.chance(0.3) for _ in range(10_000)) - 3_000) < 230
    assert not any(draws.chance(0.0) for _ in range(100))
    assert all(draws.chance(1.0) for _ in range(100))


def test_gauss_has_its_mean_and_deviation() -> None:
    draws = stream(1, "gauss")
    values = [draws.gauss(10.0, 2.0) for _ in range(10_000)]
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    assert mean == pytest.approx(10.0, abs=0.1)
    assert deviation == pytest.approx(2.0, rel=0.05)


def test_choosing_from_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to choose from"):
        stream(1).choice([])
    with pytest.raises(ValueError, match="all weights are zero"):
        stream(1).weighted({"a": 0.0})
