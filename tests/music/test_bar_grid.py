"""Bar lines."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.bar_grid import bar_starts
from cuesmith.music.meter import Meter, MeterChange


def test_bars_of_two_meters() -> None:
    meters = [MeterChange(0, Meter(4, 4)), MeterChange(7_680, Meter(7, 8))]
    assert bar_starts(meters, 14_400) == [0, 3_840, 7_680, 11_040, 14_400]
    assert bar_starts(meters, 14_401)[-1] == 17_760


def test_without_a_meter_it_is_common_time() -> None:
    assert bar_starts([], 3_841) == [0, 3_840, 7_680]
    assert bar_starts([], 0) == [0]


def test_a_change_inside_a_bar_begins_a_bar() -> None:
    assert bar_starts([MeterChange(0, Meter(4, 4)), MeterChange(1_000, Meter(3, 4))], 4_000) == [
        0,
        1_000,
        3_880,
        6_760,
    ]


@given(
    st.dictionaries(st.integers(0, 60_000), st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8)]), max_size=6),
    st.integers(0, 80_000),
)
def test_bars_rise_cover_the_end_and_hold_every_change(changes: dict[int, Meter], end: int) -> None:
    starts = bar_starts([MeterChange(*item) for item in sorted(changes.items())], end)
    assert starts == sorted(set(starts))
    assert starts[0] == 0 and starts[-1] >= end
    assert all(start < end for start in starts[:-1])
    assert {tick for tick in changes if tick <= starts[-1]} <= set(starts)
    assert all(later - before <= 3_840 for before, later in pairwise(starts))
