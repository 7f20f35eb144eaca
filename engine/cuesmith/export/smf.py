"""The bytes of a Standard MIDI File: variable-length numbers, meta events, chunks, channel events in bulk.

Source: MIDI 1.0 Detailed Specification, Standard MIDI Files 1.0 (RP-001). Channel events are rows of whole
numbers, `(tick, rank, status, data1, data2)`, one numpy array per track: a cue has some ten thousand of
them, so they are sorted and encoded a column, not an event, at a time.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]  # shape (events, 5): tick, rank, status, data1, data2

MAX_TICK = 0x0FFFFFFF  # the largest variable-length number: 28 bits

# At one tick, events of a lower rank come first.
RANK_SETUP = 0
RANK_NOTE_OFF = 1
RANK_CONTROL = 2
RANK_NOTE_ON = 3

META_TEXT = 0x01
META_TRACK_NAME = 0x03
META_INSTRUMENT_NAME = 0x04
META_MARKER = 0x06
META_PORT = 0x21
META_END_OF_TRACK = 0x2F
META_TEMPO = 0x51
META_TIME_SIGNATURE = 0x58
META_KEY_SIGNATURE = 0x59


def vlq(value: int) -> bytes:
    """A number 0..2²⁸−1 in groups of seven bits, the highest first, the top bit set on all but the last."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


def meta(kind: int, data: bytes) -> bytes:
    """A meta event, without the delta time that stands before it."""
    return bytes((0xFF, kind)) + vlq(len(data)) + data


def text_meta(kind: int, text: str) -> bytes:
    """A meta event holding text, in UTF-8: the standard asks for ASCII only, and today's DAWs read UTF-8."""
    return meta(kind, text.encode("utf-8", "replace"))


def track_chunk(body: bytes) -> bytes:
    """A track: its length, then its events."""
    return b"MTrk" + struct.pack(">I", len(body)) + body


def header_chunk(tracks: int, ppq: int) -> bytes:
    """The header of a type 1 file (tracks played together) with `ppq` ticks per quarter note."""
    return b"MThd" + struct.pack(">IHHH", 6, 1, tracks, ppq)


def rows(
    tick: NDArray[np.int64] | int,
    rank: int,
    status: int,
    data1: NDArray[np.int64] | int,
    data2: NDArray[np.int64] | int,
) -> Rows:
    """Events from columns; a single number holds for every row."""
    columns = np.broadcast_arrays(np.atleast_1d(tick), rank, status, data1, data2)
    return np.stack(columns, axis=1).astype(np.int64, copy=False)


def encode(events: Rows) -> tuple[bytes, int]:
    """Channel events in order of (tick, rank, row), with delta times, and the tick of the last one.

    Ticks lie in 0..`MAX_TICK`, data in 0..127. A program change has one data byte; its `data2` is not
    written.
    """
    if not len(events):
        return b"", 0
    ordered = events[np.lexsort((events[:, 1], events[:, 0]))]
    tick = ordered[:, 0]
    delta = np.diff(tick, prepend=0)
    # Each row holds the longest form an event can take; `used` says which of its bytes are written.
    table = np.empty((len(ordered), 7), dtype=np.uint8)
    used = np.ones(table.shape, dtype=np.bool_)
    for column, bits in enumerate((21, 14, 7)):
        table[:, column] = (delta >> bits) & 0x7F | 0x80
        used[:, column] = delta >> bits > 0
    table[:, 3] = delta & 0x7F
    table[:, 4:] = ordered[:, 2:]
    used[:, 6] = ordered[:, 2] & 0xF0 != 0xC0
    return table[used].tobytes(), int(tick[-1])
