"""The bytes of MIDI: numbers, order, and agreement of the column encoder with a plain one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido.midifiles.meta import encode_variable_int

from cuesmith.export import smf


# The examples of the Standard MIDI File specification.
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0x00, "00"),
        (0x40, "40"),
        (0x7F, "7f"),
        (0x80, "8100"),
        (0x2000, "c000"),
        (0x3FFF, "ff7f"),
        (0x4000, "818000"),
        (0x1FFFFF, "ffff7f"),
        (0x200000, "81808000"),
        (0x0FFFFFFF, "ffffff7f"),
    ],
)
def test_variable_length_numbers_of_the_specification(value: int, expected: str) -> None:
    assert smf.vlq(value).hex() == expected


@given(st.integers(0, smf.MAX_TICK))
def test_variable_length_numbers_read_back(value: int) -> None:
    data = smf.vlq(value)
    read = 0
    for byte in data:
        read = read << 7 | byte & 0x7F
    assert read == value
    assert all(byte & 0x80 for byte in data[:-1]) and not data[-1] & 0x80
    assert data == bytes(encode_variable_int(value))


EVENTS = st.tuples(
    st.integers(0, smf.MAX_TICK),
    st.integers(0, 3),
    st.sampled_from((0x80, 0x93, 0xB5, 0xC9, 0xEF)),
    st.integers(0, 127),
    st.integers(0, 127),
)


@given(st.lists(EVENTS, max_size=40))
def test_columns_encode_as_a_loop_would(events: list[tuple[int, int, int, int, int]]) -> None:
    expected, at = b"", 0
    for tick, _, status, data1, data2 in sorted(events, key=lambda event: event[:2]):
        expected += smf.vlq(tick - at) + bytes((status, data1) if status >> 4 == 0xC else (status, data1, data2))
        at = tick
    assert smf.encode(np.array(events, dtype=np.int64).reshape(-1, 5)) == (expected, at)
