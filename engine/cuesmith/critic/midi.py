"""The view of any MIDI file: what can be inferred, and no more.

A part is a track (of a type 0 file, a channel). Notes are put back on the grid: a slow-speaking track that was sent
early is moved later as a whole, then every note goes to the nearest sixteenth or triplet. The lead is a track named
so, or in every four bars the most melodic part; the bass is named so, or lies lowest. The key comes from a profile of
pitch classes, chords from templates, beat by beat. Sections, statements, plan and cadences the file does not tell.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.templates import chord_spans
from cuesmith.critic.view import Ints, Notes, PartView, View, joined, notes_of, one_at_a_time
from cuesmith.errors import UsageError
from cuesmith.motif.midifile import open_midi
from cuesmith.music.bar_grid import bar_starts
from cuesmith.music.meter import MISURATO, SENZA_MISURA, Meter, MeterChange
from cuesmith.music.note import PPQ, Note
from cuesmith.music.tempo import TempoChange, TempoMap, us_per_quarter
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks

DRUM_CHANNEL = 9
GRIDS = (PPQ // 4, PPQ // 6)  # ticks: sixteenths, and their triplets
FULL_CC7 = 90  # the volume at which a part counts as 0 dB, as our own files have the lead
LEGATO_SEC = 0.18  # a note that overlaps the next by no more is slurred into it
EARLIEST_MS = 130  # no track is sent earlier than this to make up for a slow attack
_LEAD_NAME = re.compile(r"\b(lead|melody|melodie|solo|vocals?|voice|theme)\b", re.IGNORECASE)
_BASS_NAME = re.compile(r"\bbass\b", re.IGNORECASE)
_BASS_PROGRAMS = (*range(32, 40), 43, 58)


class _Raw(NamedTuple):
    """A track as it stands in the file."""

    name: str
    channel: int
    program: int
    bank: int
    volume: int
    notes: list[Note]


def read_view(path: Path, banks: Banks) -> View:
    """The view of a MIDI file. Raises UsageError: no such file, no MIDI file, no notes in it."""
    file = open_midi(path, "cue", "name one that exists")
    scale = PPQ / max(file.ticks_per_beat, 1)
    raw = [track for messages in file.tracks for track in _tracks(messages, scale)]
    if not raw:
        raise UsageError(f"{path}: there are no notes in this file; choose another")
    tempo, meters = _tempo(file.tracks, scale), _meters(file.tracks, scale)
    parts = tuple(_part(track, index, tempo, banks) for index, track in enumerate(raw))
    end = max(int(part.notes.onset.max()) + 1 for part in parts)
    bars = np.array(bar_starts(meters, end), dtype=np.int64)
    lead, bass = _lead(parts, bars), _bass(parts)
    pitched = joined(part.notes for part in parts if not part.unpitched)
    leading = set(np.unique(lead.part).tolist())
    roles = {index: "bass" if index == bass else "lead" if index in leading else "" for index in range(len(parts))}
    named = tuple(replace(part, role=roles[index]) for index, part in enumerate(parts))
    return View(
        id=path.stem, title=path.name, type="", family="", melody="full", ending="", knows=frozenset(),
        tempo=tempo, meters=meters, bars=bars, parts=named,
        lead=lead,
        bass=one_at_a_time(parts[bass].notes, top=False) if bass >= 0 else notes_of(()),
        chords=chord_spans(pitched, int(bars[-1])),
    )  # fmt: skip


def _tracks(messages: Iterable[Any], scale: float) -> list[_Raw]:
    """The parts of one track, one per channel that has notes."""
    at, name = 0, ""
    begun: dict[tuple[int, int], tuple[int, int]] = {}
    notes: dict[int, list[Note]] = {}
    program: dict[int, int] = {}
    bank: dict[int, int] = {}
    volume: dict[int, int] = {}
    for message in messages:
        at += message.time
        if message.type == "track_name":
            name = message.name
        elif message.type == "program_change":
            program.setdefault(message.channel, message.program)
        elif message.type == "control_change" and message.control in (0, 7):
            (bank if message.control == 0 else volume).setdefault(message.channel, message.value)
        elif message.type in ("note_on", "note_off"):
            key = (message.channel, message.note)
            if key in begun:
                start, velocity = begun.pop(key)
                note = Note(round(start * scale), max(1, round((at - start) * scale)), message.note, velocity)
                notes.setdefault(message.channel, []).append(note)
            if message.type == "note_on" and message.velocity > 0:
                begun[key] = (at, message.velocity)
    return [
        _Raw(name, channel, program.get(channel, 0), bank.get(channel, 0), volume.get(channel, FULL_CC7), found)
        for channel, found in sorted(notes.items())
    ]


def _tempo(tracks: Iterable[Any], scale: float) -> TempoMap:
    found = {0: us_per_quarter(120)}
    for messages in tracks:
        at = 0
        for message in messages:
            at += message.time
            if message.type == "set_tempo" and message.tempo > 0:
                found[round(at * scale)] = message.tempo
    return TempoMap(tuple(TempoChange(tick, pace) for tick, pace in sorted(found.items())))


def _meters(tracks: Iterable[Any], scale: float) -> tuple[MeterChange, ...]:
    found, free = {0: Meter(4, 4)}, {0: False}
    for messages in tracks:
        at = 0
        for message in messages:
            at += message.time
            if message.type == "time_signature" and message.denominator in (2, 4, 8, 16) and message.numerator > 0:
                found[round(at * scale)] = Meter(message.numerator, message.denominator)
            elif message.type == "marker" and message.text in (SENZA_MISURA, MISURATO):
                free[round(at * scale)] = message.text == SENZA_MISURA
    words = sorted(free.items())
    return tuple(
        MeterChange(tick, replace(meter, free=[is_free for at, is_free in words if at <= tick][-1]))
        for tick, meter in sorted(found.items())
    )


def _nearest(ticks: Ints) -> Ints:
    """The nearest place of the grids."""
    places = np.stack([np.rint(ticks / grid).astype(np.int64) * grid for grid in GRIDS])
    best = np.abs(places - ticks).argmin(axis=0)
    found: Ints = places[best, np.arange(len(ticks))]
    return found


def _lag_sec(onset_sec: NDArray[np.float64], tempo: TempoMap) -> float:
    """How much earlier than the grid of eighths a track was sent: the smallest shift that puts most notes on it."""
    best, lag = -1, 0.0
    for ms in range(0, EARLIEST_MS, 10):
        ticks = tempo.ticks_array(onset_sec + ms / 1000)
        near = np.abs(ticks - np.rint(ticks / (PPQ // 2)) * (PPQ // 2)) <= PPQ // 24
        if int(near.sum()) > best * 1.1 + 1:
            best, lag = int(near.sum()), ms / 1000
    return lag


def _gridded(notes: Notes, tempo: TempoMap) -> Notes:
    """The notes on the grid; where a legato runs into the next note it ends there."""
    seconds = tempo.seconds_array(notes.onset)
    lag = _lag_sec(seconds, tempo)
    onset = _nearest(tempo.ticks_array(seconds + lag))
    end = tempo.ticks_array(tempo.seconds_array(notes.end) + lag)
    following = np.unique(onset)
    after = np.searchsorted(following, onset, side="right")
    limit = np.append(following, np.iinfo(np.int64).max)[after]
    legato = tempo.ticks_array(tempo.seconds_array(np.minimum(limit, end)) + LEGATO_SEC)
    overlapped = (end > limit) & (end <= legato)
    end = np.maximum(np.where(overlapped, limit, end), onset + 1)
    order = np.lexsort((notes.pitch, onset))
    return Notes(onset, end, notes.pitch, notes.velocity, notes.part).where(order)


def _instrument(track: _Raw, banks: Banks) -> Instrument | None:
    fitting = [i for i in banks.instruments.values() if i.program == track.program]
    exact = [i for i in fitting if i.bank == track.bank]
    return next(iter(exact or fitting), None)


def _part(track: _Raw, index: int, tempo: TempoMap, banks: Banks) -> PartView:
    drums = track.channel == DRUM_CHANNEL
    instrument = None if drums else _instrument(track, banks)
    notes = _gridded(notes_of(track.notes, index), tempo)
    unpitched = drums or (instrument is not None and instrument.family == "percussion") or track.program >= 112
    role = "lead" if _LEAD_NAME.search(track.name) else "bass" if _BASS_NAME.search(track.name) else ""
    name = track.name or (instrument.name if instrument else f"Channel {track.channel + 1}")
    return PartView(
        id=name, name=name, role=role, instrument=instrument, drums=drums, unpitched=unpitched, doubling=False,
        level_db=40 * float(np.log10(max(track.volume, 1) / FULL_CC7)), notes=notes,
    )  # fmt: skip


def _melodic(part: PartView, start: int, end: int) -> float:
    """How much a part sings in a stretch: one line, by small steps, in varied rhythm, high and loud. 0: it rests."""
    notes = part.notes.where((part.notes.onset >= start) & (part.notes.onset < end))
    if len(notes) < 3:
        return 0.0
    _, counts = np.unique(notes.onset, return_counts=True)
    moves = np.abs(np.diff(notes.pitch))
    stepping = float(((moves > 0) & (moves <= 4)).mean())
    rhythm = min(1.0, (len(np.unique(np.diff(notes.onset))) - 1) / 3)
    height = min(1.0, float(notes.pitch.mean()) / 84)
    loud = max(0.0, 1 + (part.level_db + 40 * float(np.log10(notes.velocity.mean() / 127))) / 24)
    return 2 * float((counts == 1).sum() / len(notes)) + stepping + rhythm + height + loud


def _lead(parts: tuple[PartView, ...], bars: Ints) -> Notes:
    """The melody: the parts named so, or in every four bars the most melodic part."""
    pitched = [part for part in parts if not part.unpitched and part.role != "bass"]
    named = [part.notes for part in pitched if part.role == "lead"]
    if named:
        return one_at_a_time(joined(named), top=True)
    found = []
    edges = [*bars[:-1:4].tolist(), int(bars[-1])]
    for start, end in itertools.pairwise(edges):
        best = max(pitched, key=lambda part: _melodic(part, start, end), default=None)
        if best is not None and _melodic(best, start, end) > 0:
            found.append(best.notes.where((best.notes.onset >= start) & (best.notes.onset < end)))
    return one_at_a_time(joined(found), top=True)


def _bass(parts: tuple[PartView, ...]) -> int:
    """The part that is named or sounds as a bass: the lowest of those, or of all below the small octave. -1: none."""
    pitched = [i for i, p in enumerate(parts) if not p.unpitched and p.role != "lead"]
    low = [
        i for i in pitched
        if parts[i].role == "bass" or ((p := parts[i].instrument) is not None and p.program in _BASS_PROGRAMS)
    ] or [i for i in pitched if float(parts[i].notes.pitch.mean()) < 50]  # fmt: skip
    return min(low, key=lambda i: (float(parts[i].notes.pitch.mean()), i), default=-1)
