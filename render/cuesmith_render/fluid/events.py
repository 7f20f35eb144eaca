"""Turn the tracks of a performance into FluidSynth's event list: columns sorted by time.

FluidSynth handles events only at blocks of 64 frames (1.45 ms at 44.1 kHz), so every time is rounded to a block. Within
a block controllers come first, then note-offs, then note-ons: a new note finds its controllers set, and a repeated
pitch is ended before it starts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cuesmith.perform.model import Curve, Track
from cuesmith_render.fluid.channels import BALANCE, BASE_VOLUME, PAN, VOLUME, Channel, balance

BLOCK_FRAMES = 64
CONTROL, BEND, NOTE_OFF, NOTE_ON = 0, 1, 2, 3

_SOUNDFONT_NRPN_MSB = 120  # NRPN page of the SoundFont generators (SoundFont 2.01)
_NRPN_MSB, _NRPN_LSB, _DATA_LSB, _DATA_MSB = 99, 98, 38, 6
_NRPN_CENTRE = 8192
_KIND_RANK = np.array([0, 0, 1, 2], np.int8)  # same rank for controllers and bends: they keep their order

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class EventList:
    """Events in playing order, as columns of equal length.

    frame: when, a multiple of 64, rising.
    kind: `CONTROL`, `BEND`, `NOTE_OFF` or `NOTE_ON`.
    channel: number of the MIDI channel.
    first: controller, bend value (0..16383) or pitch.
    second: controller value or velocity, else 0.
    """

    frame: Column
    kind: Column
    channel: Column
    first: Column
    second: Column


def events_of(
    tracks: Sequence[Track], channels: Sequence[Channel], sample_rate: int, body_frames: int, loop: bool
) -> EventList:
    """Return the events of all tracks. `body_frames` is the frame of the last bar line.

    Onsets may lie before 0, because instruments with a slow attack start early. They sound at 0; in a loop they sound
    at the end of the round before, which is the same place.
    """
    parts: list[tuple[Column, Column, Column, Column, Column]] = []
    body_blocks = body_frames / BLOCK_FRAMES if loop else 0.0
    for track, channel in zip(tracks, channels, strict=True):
        for block, kind, first, second in (
            *(_curve_events(curve, channel, sample_rate) for curve in track.curves),
            _note_events(track, channel, sample_rate, body_blocks),
        ):
            parts.append((block, kind, np.full(block.size, channel.number), first, second))
    if not parts:
        empty = np.zeros(0, np.int64)
        return EventList(empty, empty, empty, empty, empty)
    block, kind, number, first, second = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((_KIND_RANK[kind], block))  # the sort is stable: events of one kind keep their order
    return EventList(block[order] * BLOCK_FRAMES, kind[order], number[order], first[order], second[order])


def _blocks(times_sec: NDArray[np.float64], sample_rate: int) -> NDArray[np.float64]:
    return np.asarray(times_sec, np.float64) * (sample_rate / BLOCK_FRAMES)


def _note_events(
    track: Track, channel: Channel, sample_rate: int, loop_blocks: float
) -> tuple[Column, Column, Column, Column]:
    """Return note-ons and note-offs.

    A note that repeats a sounding pitch ends the earlier note first. Two notes of one pitch in the same block become
    one.
    """
    start = _blocks(track.onset_sec, sample_rate)
    length = _blocks(track.duration_sec, sample_rate)
    start = np.where(start < 0, start + loop_blocks, start)
    on = np.rint(np.maximum(start, 0)).astype(np.int64)
    off = np.maximum(np.rint(start + length).astype(np.int64), on + 1)
    pitch = np.clip(track.pitch, 0, 127).astype(np.int64)
    velocity = np.clip(track.velocity, 1, 127).astype(np.int64)
    if channel.key_gains_db:
        # Lower the velocity by so many dB: FluidSynth's velocity law is 40·log10, the same as for CC7.
        factor = 10 ** (np.asarray(channel.key_gains_db) / 40)
        velocity = np.clip(np.rint(velocity * factor[pitch]), 1, 127).astype(np.int64)
    order = np.lexsort((on, pitch))
    on, off, pitch, velocity = on[order], off[order], pitch[order], velocity[order]
    first = np.flatnonzero((np.diff(pitch, prepend=-1) != 0) | (np.diff(on, prepend=-1) != 0))
    if first.size:
        on, pitch = on[first], pitch[first]
        off, velocity = np.maximum.reduceat(off, first), np.maximum.reduceat(velocity, first)
    again = np.append(pitch[1:] == pitch[:-1], False) if pitch.size else np.zeros(0, bool)
    off = np.where(again, np.minimum(off, np.roll(on, -1)), off)
    return (
        np.concatenate([off, on]),
        np.repeat(np.array([NOTE_OFF, NOTE_ON]), on.size),
        np.concatenate([pitch, pitch]),
        np.concatenate([np.zeros_like(velocity), velocity]),
    )


def _curve_events(curve: Curve, channel: Channel, sample_rate: int) -> tuple[Column, Column, Column, Column]:
    """Return the events of a curve: at most one per block, and none that repeats the value before it."""
    block = np.rint(np.maximum(_blocks(curve.times_sec, sample_rate), 0)).astype(np.int64)
    value = np.asarray(curve.values).astype(np.int64)
    last = np.append(block[1:] != block[:-1], True) if block.size else np.zeros(0, bool)
    block, value = block[last], value[last]
    number = curve.number
    if curve.kind == "cc" and number == VOLUME:
        value = np.rint(value * (channel.volume / BASE_VOLUME))  # relative to the calibrated level
        value = value.astype(np.int64)
    elif curve.kind == "cc" and number == PAN:
        number, value = BALANCE, np.array([balance((point - 64) / 63) for point in value.tolist()], np.int64)
    changed = np.diff(value, prepend=-(1 << 20)) != 0
    block, value = block[changed], value[changed]
    size = block.size
    if curve.kind == "bend":
        return block, np.full(size, BEND), np.clip(value, 0, 16383), np.zeros(size, np.int64)
    if curve.kind == "cc":
        return block, np.full(size, CONTROL), np.full(size, number), np.clip(value, 0, 127)
    data = np.clip(value + _NRPN_CENTRE, 0, 16383)
    sequence = np.stack([np.full(size, _SOUNDFONT_NRPN_MSB), np.full(size, number), data & 127, data >> 7], axis=1)
    controllers = np.tile(np.array([_NRPN_MSB, _NRPN_LSB, _DATA_LSB, _DATA_MSB]), size)
    return np.repeat(block, 4), np.full(4 * size, CONTROL), controllers, sequence.ravel()
