"""Encode a Standard MIDI File: variable-length numbers, meta events, chunks, and channel events in bulk.

Source: MIDI 1.0 Detailed Specification, Standard MIDI Files 1.0 (RP-001). Channel events are rows of whole numbers,
`(tick, rank, status, data1, data2)`, one NumPy array per track. A cue has about ten thousand of them, so they are
sorted and encoded column by column, not event by event.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]  # shape (events, 5): tick, rank, status, data1, data2

MAX_TICK = 0x0FFFFFFF  # the largest variable-length number: 28 bits

# Of events at the same tick, those of a lower rank come first.
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
    """Encode a number 0..2²⁸−1 as a variable-length quantity.

    It has groups of seven bits, the highest group first; the top bit is set in all bytes but the last.
    """
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


def meta(kind: int, data: bytes) -> bytes:
    """Return a meta event, without the delta time before it."""
    return bytes((0xFF, kind)) + vlq(len(data)) + data


def text_meta(kind: int, text: str) -> bytes:
    """Return a meta event with text in UTF-8. The standard recommends ASCII, but current DAWs read UTF-8."""
    return meta(kind, text.encode("utf-8", "replace"))


def track_chunk(body: bytes) -> bytes:
    """Return a track chunk: header, length, events."""
    return b"MTrk" + struct.pack(">I", len(body)) + body


def header_chunk(tracks: int, ppq: int) -> bytes:
    """Return the header of a type 1 file (tracks play at the same time) with `ppq` ticks per quarter note."""
    return b"MThd" + struct.pack(">IHHH", 6, 1, tracks, ppq)


def rows(
    tick: NDArray[np.int64] | int,
    rank: int,
    status: int,
    data1: NDArray[np.int64] | int,
    data2: NDArray[np.int64] | int,
) -> Rows:
    """Make events from columns; a single number is used for every row. The result has shape (events, 5)."""
    columns = np.broadcast_arrays(np.atleast_1d(tick), rank, status, data1, data2)
    return np.stack(columns, axis=1).astype(np.int64, copy=False)


def encode(events: Rows) -> tuple[bytes, int]:
    """Encode channel events in order of (tick, rank, row) with delta times; also return the tick of the last event.

    Ticks must lie in 0..`MAX_TICK`, data in 0..127. A program change has one data byte; its `data2` is not written.
    """
    if not len(events):
        return b"", 0
    ordered = events[np.lexsort((events[:, 1], events[:, 0]))]
    tick = ordered[:, 0]
    delta = np.diff(tick, prepend=0)
    # Each row has room for the longest form of an event; `used` says which of its bytes are written.
    table = np.empty((len(ordered), 7), dtype=np.uint8)
    used = np.ones(table.shape, dtype=np.bool_)
    for column, bits in enumerate((21, 14, 7)):
        table[:, column] = (delta >> bits) & 0x7F | 0x80
        used[:, column] = delta >> bits > 0
    table[:, 3] = delta & 0x7F
    table[:, 4:] = ordered[:, 2:]
    used[:, 6] = ordered[:, 2] & 0xF0 != 0xC0
    return table[used].tobytes(), int(tick[-1])
