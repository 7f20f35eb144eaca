"""Ticks and seconds: conversion, its inverse, and the array versions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap, constant_tempo, us_per_quarter

TEMPI = st.integers(us_per_quarter(300), us_per_quarter(20))
MAPS = st.builds(
    lambda first, later: TempoMap((TempoChange(0, first), *(TempoChange(t, us) for t, us in sorted(later.items())))),
    TEMPI,
    st.dictionaries(st.integers(1, 400_000), TEMPI, max_size=12),
)
TICKS = st.lists(st.integers(0, 500_000), min_size=1, max_size=30)


def exact_seconds(tempo: TempoMap, tick: int) -> Fraction:
    """The definition: tick by tick of each tempo, in exact arithmetic."""
    ends = [change.tick for change in tempo.changes[1:]] + [tick]
    return sum(
        (
            Fraction(max(min(end, tick) - change.tick, 0) * change.us_per_quarter, PPQ * 1_000_000)
            for change, end in zip(tempo.changes, ends, strict=True)
        ),
        Fraction(0),
    )


def test_a_constant_tempo() -> None:
    tempo = constant_tempo(120)
    assert tempo.changes == (TempoChange(0, 500_000),)
    assert tempo.seconds(4 * PPQ) == 2.0
    assert tempo.bpm(12_345) == 120.0


def test_a_change_of_tempo_by_hand() -> None:
    tempo = TempoMap((TempoChange(0, 500_000), TempoChange(4 * PPQ, 1_000_000)))
    assert tempo.seconds(4 * PPQ) == 2.0
    assert tempo.seconds(6 * PPQ) == 4.0
    assert (tempo.bpm(4 * PPQ - 1), tempo.bpm(4 * PPQ)) == (120.0, 60.0)


@given(MAPS, TICKS)
def test_seconds_follow_the_definition(tempo: TempoMap, ticks: list[int]) -> None:
    for tick in ticks:
        assert tempo.seconds(tick) == pytest.approx(float(exact_seconds(tempo, tick)), rel=1e-12, abs=1e-12)


@given(MAPS, TICKS)
def test_arrays_of_ticks_give_the_same_seconds_to_the_last_bit(tempo: TempoMap, ticks: list[int]) -> None:
    assert tempo.seconds_array(np.array(ticks)).tolist() == [tempo.seconds(tick) for tick in ticks]


@given(MAPS, TICKS)
def test_seconds_back_to_ticks_is_the_identity(tempo: TempoMap, ticks: list[int]) -> None:
    assert tempo.ticks_array(tempo.seconds_array(np.array(ticks))).tolist() == ticks


@given(MAPS, st.lists(st.floats(0, 900), min_size=1, max_size=30))
def test_ticks_are_the_nearest(tempo: TempoMap, seconds: list[float]) -> None:
    clock = np.array(seconds)
    ticks = tempo.ticks_array(clock)
    slowest = max(change.us_per_quarter for change in tempo.changes) / (PPQ * 1e6)
    assert np.all(np.abs(tempo.seconds_array(ticks) - clock) <= slowest / 2 + 1e-9)


@given(MAPS, TICKS)
def test_time_only_goes_forward(tempo: TempoMap, ticks: list[int]) -> None:
    distinct = np.unique(ticks)
    assert np.all(np.diff(tempo.seconds_array(distinct)) > 0)
    clock = np.sort(np.array(ticks) / 600)
    assert np.all(np.diff(tempo.ticks_array(clock)) >= 0)


@given(MAPS)
def test_time_before_the_start_is_the_start(tempo: TempoMap) -> None:
    assert tempo.ticks_array(np.array([-5.0, -1e-9, 0.0])).tolist() == [0, 0, 0]


@given(st.floats(20, 300))
def test_tempi_are_kept_to_half_a_microsecond(bpm: float) -> None:
    assert abs(us_per_quarter(bpm) - 60e6 / bpm) <= 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ((), "starts at tick 0"),
        ((TempoChange(1, 500_000),), "starts at tick 0"),
        ((TempoChange(0, 500_000), TempoChange(960, 1), TempoChange(960, 2)), "rise in time"),
        ((TempoChange(0, 500_000), TempoChange(960, 1), TempoChange(480, 2)), "rise in time"),
    ],
)
def test_a_map_out_of_order_is_refused(changes: tuple[TempoChange, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TempoMap(changes)
