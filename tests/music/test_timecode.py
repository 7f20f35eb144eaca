"""Timecode and seconds, frame by frame at every rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.timecode import RATES, Rate, frame_number, parse_rate, parse_time, timecode

EVERY_RATE = st.sampled_from(list(RATES.values()))


@given(EVERY_RATE, st.integers(0, 2_000_000))
def test_every_frame_has_a_label_that_leads_back_to_it(rate: Rate, frame: int) -> None:
    label = timecode(float(frame / rate.exact), rate)
    assert parse_time(label, rate) == pytest.approx(float(frame / rate.exact), abs=1e-9)
    assert parse_time(f"{label}@{rate.name}") == pytest.approx(float(frame / rate.exact), abs=1e-9)


@given(EVERY_RATE, st.integers(0, 2_000_000))
def test_labels_rise_with_frames(rate: Rate, frame: int) -> None:
    assert timecode(float(frame / rate.exact), rate) < timecode(float((frame + 1) / rate.exact), rate)


def test_known_labels() -> None:
    assert parse_time("00:01:12:10") == pytest.approx(72 + 10 / 24)
    assert parse_time("00:01:12:10@25") == pytest.approx(72.4)
    assert parse_time("01:00:00:00@23.976") == pytest.approx(3603.6)
    assert parse_time("01:00:00;00@29.97") == pytest.approx(3599.9964)
    assert parse_time("00:01:00;02@29.97") == pytest.approx(1800 * 1001 / 30000)
    assert parse_time("00:10:00;00@29.97") == pytest.approx(17982 * 1001 / 30000)
    assert timecode(1800 * 1001 / 30000, RATES["29.97"]) == "00:01:00;02"
    assert timecode(72.4, RATES["25"]) == "00:01:12:10"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12.4", 12.4), (" 12 ", 12), (12.4, 12.4), (".5", 0.5), ("1:12.4", 72.4), ("0:01:12.4", 72.4), ("2:05", 125)],
)
def test_clock_times(text: str | float, seconds: float) -> None:
    assert parse_time(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noon", "is no time; write seconds"),
        ("", "is no time"),
        ("-3", "is no time"),
        ("1:75", "is no time"),
        ("00:61:00:00", "from 0 to 59"),
        ("00:00:00:24", "no frame 24 at 24"),
        ("00:00:00:25@25", "no frame 25 at 25"),
        ("00:01:00;01@29.97", "does not exist in drop frame"),
        ("00:00:01:00@26", "not a frame rate"),
    ],
)
def test_faults_say_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_time(text)


def test_rates_by_their_names() -> None:
    assert parse_rate(24).name == parse_rate("24.0").name == "24"
    assert parse_rate(23.98) is RATES["23.976"]
    assert parse_rate("29.97df").drop and not parse_rate("29.97nd").drop
    assert frame_number(0, 1, 0, 2, RATES["29.97"]) == 1800
