"""Meter: bars, beats, metrical strength, and notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.meter import Meter, parse_meter
from cuesmith.music.note import PPQ

METERS = st.builds(
    lambda groups, denominator: Meter(sum(groups), denominator, tuple(groups)),
    st.lists(st.integers(1, 4), min_size=1, max_size=8),
    st.sampled_from((2, 4, 8, 16)),
)


# fmt: off
TEXTBOOK = [
    #              groups        quarters  beats                strong places, in quarters
    ("2/4",        (1, 1),          2.0,   (0, 1),               (0,)),
    ("3/4",        (1, 1, 1),       3.0,   (0, 1, 2),            (0,)),
    ("4/4",        (1, 1, 1, 1),    4.0,   (0, 1, 2, 3),         (0, 2)),
    ("5/4(3+2)",   (3, 2),          5.0,   (0, 3),               (0, 3)),
    ("6/8",        (3, 3),          3.0,   (0, 1.5),             (0, 1.5)),
    ("12/8",       (3, 3, 3, 3),    6.0,   (0, 1.5, 3, 4.5),     (0, 3)),
    ("7/8(2+2+3)", (2, 2, 3),       3.5,   (0, 1, 2),            (0, 2)),
    ("7/8(3+2+2)", (3, 2, 2),       3.5,   (0, 1.5, 2.5),        (0, 1.5)),
    ("2/2",        (1, 1),          4.0,   (0, 2),               (0,)),
    ("3/8",        (3,),            1.5,   (0,),                 (0,)),
    ("5/16",       (1,) * 5,        1.25,  (0, .25, .5, .75, 1), (0, .5)),
]
# fmt: on


@pytest.mark.parametrize(("text", "groups", "bar_beats", "beats", "strong"), TEXTBOOK)
def test_textbook_meters(
    text: str, groups: tuple[int, ...], bar_beats: float, beats: tuple[float, ...], strong: tuple[float, ...]
) -> None:
    meter = parse_meter(text)
    assert meter.groups == groups
    assert meter.bar_beats == bar_beats
    assert meter.bar_ticks == bar_beats * PPQ
    assert meter.beats_ticks == tuple(beat * PPQ for beat in beats)
    assert meter.strong_ticks == tuple(beat * PPQ for beat in strong)


def test_strength_in_common_time() -> None:
    meter = Meter(4, 4)
    places = [meter.strength(eighth * PPQ // 2) for eighth in range(8)]
    assert places == [4, 1, 2, 1, 3, 1, 2, 1]
    assert meter.strength(PPQ // 4) == 0


def test_strength_in_an_additive_meter() -> None:
    meter = parse_meter("7/8(2+2+3)")
    assert [meter.strength(eighth * PPQ // 2) for eighth in range(7)] == [4, 1, 2, 1, 3, 1, 1]


@given(METERS)
def test_laws_of_every_meter(meter: Meter) -> None:
    assert sum(meter.groups) * meter.unit_ticks == meter.bar_ticks
    assert len(meter.beats_ticks) == len(meter.groups)
    assert set(meter.strong_ticks) <= set(meter.beats_ticks)
    strengths = [meter.strength(tick) for tick in range(0, meter.bar_ticks, meter.unit_ticks)]
    assert strengths[0] == 4 and strengths.count(4) == 1 and strengths.count(3) <= 1
    assert sum(strength >= 2 for strength in strengths) == len(meter.groups)


@given(METERS)
def test_a_meter_is_read_as_it_is_written(meter: Meter) -> None:
    assert parse_meter(f" {meter}({'+'.join(str(group) for group in meter.groups)}) ") == meter


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "4/",
        "four/four",
        "4/4/4",
        "0/4",
        "-3/4",
        "33/8",
        "4/3",
        "7/8(2+2",
        "7/8()",
        "6/8(3+3))",
        "6/8(a)",
    ],
)
def test_what_is_not_a_meter_is_refused_with_the_form_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a meter.*write it like 4/4 or 7/8\(2\+2\+3\)"):
        parse_meter(text)


@pytest.mark.parametrize("text", ["7/8(2+2)", "4/4(5+-1)", "3/4(3+0)"])
def test_groups_that_do_not_fit_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"groups .* do not sum to"):
        parse_meter(text)
