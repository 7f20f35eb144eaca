"""Write a performance as a Standard MIDI File for DAWs. The same performance always gives the same bytes.

Layout: type 1, 960 ticks per quarter note. Track 0 has every tempo, meter, key, marker and fact about the cue (see
`perform.facts`), and no notes. Then comes one track per instrument, each on its own channel. Bank select comes before
the program change, and both before the controllers, because some sequencers separate events at the same tick by one
tick each. Note-offs are explicit (0x80), no pitch is struck again while it sounds, and every track ends on a bar line,
so that regions snap to the grid. Text is UTF-8.

Loops are marked by the markers `loopStart` and `loopEnd`. There is no standard for loops, and the controllers in use
(CC110, CC111, CC116…119) mean different things in different players.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.export import smf
from cuesmith.export.atomic import write_bytes
from cuesmith.export.gm import instrument_name
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoMap
from cuesmith.perform.model import Curve, Performance, Track

DRUM_CHANNEL = 9
_PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)

_NOTE_OFF, _NOTE_ON, _CONTROL, _PROGRAM, _BEND = 0x80, 0x90, 0xB0, 0xC0, 0xE0

GUIDE_TEXT = "guide melody for the singer: mute it where the voice is"
_CC_BANK_MSB, _CC_BANK_LSB = 0, 32
_CC_DATA_MSB, _CC_DATA_LSB = 6, 38
_CC_NRPN_LSB, _CC_NRPN_MSB = 98, 99
_CC_RPN_LSB, _CC_RPN_MSB = 100, 101
_CC_VOLUME, _CC_BALANCE, _CC_PAN, _CC_EXPRESSION = 7, 8, 10, 11
_CC_REVERB, _CC_CHORUS = 91, 93

_NRPN_SOUNDFONT = 120  # the NRPN page of SoundFont 2.04, section 9.6
_BEND_CENTRE = 8192
_CC7_AT_0_DB = 90  # volume of the lead (0 dB); leaves 6 dB of headroom


class ChannelSlot(NamedTuple):
    """Where a track plays: MIDI port (from 0) and channel (0..15)."""

    port: int
    channel: int


class _Control(NamedTuple):
    """A controller curve on the grid: ticks rising, values in range, only changes kept."""

    kind: str
    number: int
    tick: NDArray[np.int64]
    value: NDArray[np.int64]


def assign_channels(tracks: Sequence[Track]) -> tuple[ChannelSlot, ...]:
    """Return the port and channel of each track, in order.

    Pitched tracks use channels 0..15 without 9, so fifteen per port. Drum tracks with the same kit share channel 9 of
    one port; each further kit uses channel 9 of the next port.
    """
    slots: list[ChannelSlot] = []
    kits: dict[tuple[int, int], int] = {}
    pitched = 0
    for track in tracks:
        if track.drums:
            port = kits.setdefault((track.bank, track.program), len(kits))
            slots.append(ChannelSlot(port, DRUM_CHANNEL))
        else:
            port, place = divmod(pitched, len(_PITCHED_CHANNELS))
            slots.append(ChannelSlot(port, _PITCHED_CHANNELS[place]))
            pitched += 1
    return tuple(slots)


def midi_bytes(performance: Performance) -> bytes:
    """Return the performance as the bytes of a Standard MIDI File.

    Seconds are converted to ticks with the tempo map of the performance. Values out of range are clipped. A level in dB
    becomes CC7 by FluidSynth's volume law, 40·log10(cc7/127) dB, with the lead (0 dB) at 90.

    Drum tracks that share a channel also share its controllers. They get the CC7 of the loudest one and pan and effects
    of the first one; the quieter ones are balanced by velocity, which follows the same law. A note that repeats a
    sounding pitch ends the earlier note at least one tick before; a note without any length left is dropped.
    """
    slots = assign_channels(performance.tracks)
    several_ports = any(slot.port for slot in slots)
    members: dict[ChannelSlot, list[int]] = {}
    for index, slot in enumerate(slots):
        members.setdefault(slot, []).append(index)
    chunks: dict[int, bytes] = {}
    for slot, indices in members.items():
        sharing = [performance.tracks[index] for index in indices]
        notes = _channel_notes(sharing, performance.tempo)
        for index, track, played in zip(indices, sharing, notes, strict=True):
            setup, controls = _setup(sharing, _controls(track.curves, performance.tempo), slot.channel)
            moving = [_control_rows(control, slot.channel) for control in controls]
            events = np.concatenate([setup, *_note_rows(played, slot.channel), *moving])
            chunks[index] = _close_track(_name_events(track, slot.port if several_ports else None), events, performance)
    body = [_conductor_track(performance), *(chunks[index] for index in range(len(slots)))]
    return smf.header_chunk(len(body), PPQ) + b"".join(body)


def save_midi(performance: Performance, path: str | Path) -> None:
    """Write `midi_bytes` to a file, completely or not at all. Raises CuesmithError when the file can't be written."""
    write_bytes(path, midi_bytes(performance))


def _ticks(tempo: TempoMap, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum(tempo.ticks_array(seconds), smf.MAX_TICK - 1)


def _channel_notes(tracks: Sequence[Track], tempo: TempoMap) -> list[NDArray[np.int64]]:
    """Return the notes of each track as rows (on, off, pitch, velocity). Over all tracks no pitch overlaps itself."""
    loudest = max(track.level_db for track in tracks)
    balance = [10 ** ((track.level_db - loudest) / 40) for track in tracks]
    owner = np.repeat(np.arange(len(tracks)), [len(track.onset_sec) for track in tracks])
    onset_sec = np.concatenate([track.onset_sec for track in tracks])
    end_sec = onset_sec + np.concatenate([track.duration_sec for track in tracks])
    on = _ticks(tempo, onset_sec)
    off = np.maximum(_ticks(tempo, end_sec), on + 1)
    pitch = np.clip(np.concatenate([track.pitch for track in tracks]).astype(np.int64), 0, 127)
    played = [track.velocity * factor for track, factor in zip(tracks, balance, strict=True)]
    velocity = np.clip(np.rint(np.concatenate(played)), 1, 127).astype(np.int64)
    # Sort by pitch, then time. Of two notes with the same onset the louder (or longer) comes last and is kept.
    order = np.lexsort((off, velocity, on, pitch))
    owner, notes = owner[order], np.stack((on, off, pitch, velocity), axis=1)[order]
    struck_again = notes[1:, 2] == notes[:-1, 2]
    notes[:-1, 1][struck_again] = np.minimum(notes[:-1, 1], notes[1:, 0] - 1)[struck_again]
    sounding = notes[:, 1] > notes[:, 0]
    return [notes[sounding & (owner == index)] for index in range(len(tracks))]


def _note_rows(notes: NDArray[np.int64], channel: int) -> list[smf.Rows]:
    on, off, pitch, velocity = notes.T
    return [
        smf.rows(off, smf.RANK_NOTE_OFF, _NOTE_OFF | channel, pitch, 0),
        smf.rows(on, smf.RANK_NOTE_ON, _NOTE_ON | channel, pitch, velocity),
    ]


def _controls(curves: Sequence[Curve], tempo: TempoMap) -> list[_Control]:
    """Put the curves on the grid: one value per tick (the last one), and only where the value changes."""
    together: dict[tuple[str, int], list[Curve]] = {}
    for curve in curves:
        together.setdefault((curve.kind, 0 if curve.kind == "bend" else curve.number), []).append(curve)
    out = []
    for (kind, number), parts in together.items():
        tick = _ticks(tempo, np.concatenate([part.times_sec for part in parts]))
        value = np.concatenate([part.values for part in parts]).astype(np.int64)
        value = np.clip(value + (_BEND_CENTRE if kind == "nrpn" else 0), 0, 127 if kind == "cc" else 16383)
        order = np.argsort(tick, kind="stable")
        tick, value = tick[order], value[order]
        last = np.append(tick[1:] != tick[:-1], True)[: len(tick)]
        tick, value = tick[last], value[last]
        new = np.append(True, value[1:] != value[:-1])[: len(tick)]
        out.append(_Control(kind, min(max(number, 0), 127), tick[new], value[new]))
    return out


def _control_rows(control: _Control, channel: int) -> smf.Rows:
    low, high = control.value & 0x7F, control.value >> 7
    if control.kind == "bend":
        return smf.rows(control.tick, smf.RANK_CONTROL, _BEND | channel, low, high)
    if control.kind == "cc":
        return smf.rows(control.tick, smf.RANK_CONTROL, _CONTROL | channel, control.number, control.value)
    # Every value selects its generator again, because several may move at once. The high byte takes effect: it is last.
    numbers = np.tile([_CC_NRPN_MSB, _CC_NRPN_LSB, _CC_DATA_LSB, _CC_DATA_MSB], len(control.tick))
    page = np.full_like(low, _NRPN_SOUNDFONT)
    values = np.stack((page, np.full_like(low, control.number), low, high), axis=1).ravel()
    return smf.rows(np.repeat(control.tick, 4), smf.RANK_CONTROL, _CONTROL | channel, numbers, values)


def _name_events(track: Track, port: int | None) -> bytes:
    """Return the events that name a track: its name, its instrument, texts, and the port when there are several."""
    items = [smf.text_meta(smf.META_TRACK_NAME, track.name)]
    items.append(smf.text_meta(smf.META_INSTRUMENT_NAME, instrument_name(track.program, drums=track.drums)))
    if track.role == "guide":
        items.append(smf.text_meta(smf.META_TEXT, GUIDE_TEXT))
    if track.text:
        items.append(smf.text_meta(smf.META_TEXT, track.text))
    if port is not None:
        items.append(smf.meta(smf.META_PORT, bytes((min(port, 127),))))
    return b"".join(b"\x00" + item for item in items)


def _setup(sharing: Sequence[Track], controls: Sequence[_Control], channel: int) -> tuple[smf.Rows, list[_Control]]:
    """Return the events of a channel before its first note, and the remaining curves.

    The events are bank, program, bend range and controllers.

    A curve that begins at tick 0 gives its first value to the setup and continues without it.
    """
    first = sharing[0]
    level_db = max(track.level_db for track in sharing)
    levels = {
        _CC_VOLUME: round(min(max(_CC7_AT_0_DB * 10 ** (level_db / 40), 1), 127)),
        _CC_PAN: _seven_bits(64 + 63 * first.pan),
        _CC_BALANCE: _seven_bits(64 + 63 * first.pan),
        **({_CC_EXPRESSION: 127} if any(_is_cc(item, _CC_EXPRESSION) for item in controls) else {}),
        _CC_REVERB: _seven_bits(127 * first.reverb),
        _CC_CHORUS: _seven_bits(127 * first.chorus),
    }
    remaining = []
    for control in controls:
        if control.kind == "cc" and control.number in levels and len(control.tick) and control.tick[0] == 0:
            levels[control.number] = int(control.value[0])
            remaining.append(control._replace(tick=control.tick[1:], value=control.value[1:]))
        else:
            remaining.append(control)
    bank = ((_CC_BANK_MSB, _seven_bits(first.bank)), (_CC_BANK_LSB, 0))
    bend_range = (  # then select the null parameter, so that later data entry events change nothing
        (_CC_RPN_MSB, 0), (_CC_RPN_LSB, 0), (_CC_DATA_MSB, _seven_bits(first.bend_range)), (_CC_DATA_LSB, 0),
        (_CC_RPN_MSB, 127), (_CC_RPN_LSB, 127),
    )  # fmt: skip
    status = _CONTROL | channel
    program = (0, smf.RANK_SETUP, _PROGRAM | channel, _seven_bits(first.program), 0)
    before = [(0, smf.RANK_SETUP, status, number, value) for number, value in bank]
    after = [(0, smf.RANK_SETUP, status, number, value) for number, value in (*bend_range, *levels.items())]
    return np.array([*before, program, *after], dtype=np.int64), remaining


def _is_cc(control: _Control, number: int) -> bool:
    return control.kind == "cc" and control.number == number


def _seven_bits(value: float) -> int:
    return round(min(max(value, 0), 127))


def _close_track(head: bytes, events: smf.Rows, performance: Performance) -> bytes:
    """Make a track chunk of these names and events.

    It ends on the last bar line, or with the last note that sounds longer.
    """
    body, last = smf.encode(events)
    end = max(performance.length_ticks, last)
    return smf.track_chunk(head + body + smf.vlq(end - last) + smf.meta(smf.META_END_OF_TRACK, b""))


def _conductor_track(performance: Performance) -> bytes:
    """Return track 0: title, comment, tempi, meters, keys, markers and texts."""
    events = [(0, smf.text_meta(smf.META_TRACK_NAME, performance.title))]
    if performance.comment:
        events.append((0, smf.text_meta(smf.META_TEXT, performance.comment)))
    for tempo in performance.tempo.changes:
        data = min(max(tempo.us_per_quarter, 1), 0xFFFFFF).to_bytes(3, "big")
        events.append((tempo.tick, smf.meta(smf.META_TEMPO, data)))
    events += [(change.tick, _time_signature(change.meter)) for change in performance.meters]
    for key in performance.keys:
        sharps = min(max(key.sharps, -7), 7) & 0xFF
        events.append((key.tick, smf.meta(smf.META_KEY_SIGNATURE, bytes((sharps, key.minor)))))
    events += [(tick, smf.text_meta(smf.META_MARKER, text)) for tick, text in _markers(performance)]
    events += [(tick, smf.text_meta(smf.META_TEXT, text)) for tick, text in performance.texts]
    events.sort(key=lambda event: event[0])  # the sort is stable: at the same tick the order above is kept
    body, at = bytearray(), 0
    for tick, data in events:
        body += smf.vlq(tick - at) + data
        at = tick
    body += smf.vlq(max(performance.length_ticks - at, 0)) + smf.meta(smf.META_END_OF_TRACK, b"")
    return smf.track_chunk(bytes(body))


def _time_signature(meter: Meter) -> bytes:
    """Return the meter as printed.

    The metronome (24 clocks per quarter note) clicks on the first felt beat's length.
    """
    clocks = min(24 * meter.groups[0] * meter.unit_ticks // PPQ, 255)
    power = meter.denominator.bit_length() - 1
    return smf.meta(smf.META_TIME_SIGNATURE, bytes((meter.numerator, power, clocks, 8)))


def _markers(performance: Performance) -> list[tuple[int, str]]:
    """Return every marker; for a loop also its two ends, unless the performance has loop markers of its own."""
    out = [(marker.tick, marker.text) for marker in performance.markers]
    if performance.loop:
        named = {marker.text for marker in performance.markers if marker.kind == "loop"}
        ends = ((0, "loopStart"), (performance.length_ticks, "loopEnd"))
        out += [end for end in ends if end[1] not in named]
    return out
