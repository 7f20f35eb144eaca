"""Reading a cue: a MIDI file (by mido) and the explain JSON beside it become a `Heard`."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import mido
import numpy as np
from tests.critic.craft.heard import STEPS, Floats, Heard, Ints, Section, Span, Statement, Track, Tune, tune_of

from cuesmith.music.chart import parse_symbol
from cuesmith.specs.show import parse_key

PLACES = np.array([0, 2, 3, 4, 6, 8, 9, 10, 12])  # of a quarter note: sixteenths and triplets
DRUM_CHANNEL = 9
EARLIEST_SEC = 0.13  # no track is sent earlier than this
BASS_PROGRAMS = (*range(32, 40), 43, 58)


def read(name: str, midi: bytes, told: Mapping[str, Any] | None = None, as_played: bool = False) -> Heard:
    """A cue from the bytes of its MIDI file and its explain JSON (None: a file of somebody else).

    as_played: tracks that were sent early are left where they are.
    """
    file = mido.MidiFile(file=io.BytesIO(midi))
    told = told or {}
    clock = _clock(file)
    raw = [found for number, track in enumerate(file.tracks) for found in _notes(track, number)]
    parts = list(told.get("parts", ()))
    by_number = {n: parts[n - 1] for n in range(1, len(parts) + 1) if len(parts) == len(file.tracks) - 1}
    tracks = tuple(
        _track(found, by_number.get(found.number, {}), file.ticks_per_beat, None if as_played else clock)
        for found in raw
    )
    end = max((int(track.onset.max()) + 1 for track in tracks if len(track.onset)), default=1)
    bars, beats = _bars(file, int(told.get("bars", 0)), end)
    return Heard(
        name=name, style=str(told.get("style", "")), type=str(told.get("type", "")), known=bool(told), tracks=tracks,
        bars=bars, beats=beats, sections=tuple(_sections(told)), statements=tuple(_statements(told)),
        chords=tuple(_chords(told, bars)), themes=tuple(_themes(told)),
        characters=tuple(theme["character"] for theme in told.get("themes", ())),
        tonic=parse_key(told["sections"][-1]["key"]).tonic if told.get("sections") else None,
        scale=str(told.get("scale", "")), ending=str(told.get("ending", "")), coda=str(told.get("coda", "")),
    )  # fmt: skip


class _Clock(NamedTuple):
    ticks: Floats
    seconds: Floats
    ticks_per_second: Floats


def _clock(file: Any) -> _Clock:
    """Tempo changes: tick, second and speed."""
    changes: dict[int, int] = {0: 500_000}
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "set_tempo":
                changes[now] = message.tempo
    ticks = np.array(sorted(changes), dtype=np.float64)
    speed = np.array([file.ticks_per_beat * 1e6 / changes[int(tick)] for tick in ticks])
    seconds = np.concatenate([[0.0], np.cumsum(np.diff(ticks) / speed[:-1])])
    return _Clock(ticks, seconds, speed)


def _later(ticks: Floats, clock: _Clock, seconds: float) -> Floats:
    """Ticks moved later by so many seconds (at the tempo of the place)."""
    at = np.clip(np.searchsorted(clock.ticks, ticks, side="right") - 1, 0, None)
    found: Floats = ticks + seconds * clock.ticks_per_second[at]
    return found


class _Raw(NamedTuple):
    number: int  # of the track
    drums: bool
    program: int
    rows: list[tuple[int, int, int]]  # on, off (ticks), pitch


def _notes(track: Any, number: int) -> Iterator[_Raw]:
    """The notes of each channel of a track."""
    now = 0
    held: dict[tuple[int, int], int] = {}
    rows: dict[int, list[tuple[int, int, int]]] = {}
    programs: dict[int, int] = {}
    for message in track:
        now += message.time
        if message.type == "program_change":
            programs.setdefault(message.channel, message.program)
        elif message.type in ("note_on", "note_off"):
            start = held.pop((message.channel, message.note), None)
            if start is not None:
                rows.setdefault(message.channel, []).append((start, now, message.note))
            if message.type == "note_on" and message.velocity:
                held[message.channel, message.note] = now
    for channel, found in rows.items():
        yield _Raw(number, channel == DRUM_CHANNEL, programs.get(channel, 0), sorted(found))


def _lag_sec(on: Floats, per_beat: int, clock: _Clock) -> float:
    """How much earlier than the grid of eighths a track was sent: the smallest shift that puts most notes on it."""
    best, lag = -1, 0.0
    for ms in range(0, round(1000 * EARLIEST_SEC), 10):
        eighths = _later(on, clock, ms / 1000) * 2 / per_beat
        near = int((np.abs(eighths - np.rint(eighths)) <= 1 / 12).sum())
        if near > best * 1.1 + 1:
            best, lag = near, ms / 1000
    return lag


def _track(raw: _Raw, part: Mapping[str, Any], per_beat: int, clock: _Clock | None) -> Track:
    """A track on the grid; without a clock it is not moved before."""
    table = np.array(raw.rows, dtype=np.float64).reshape(-1, 3)
    if clock is not None:
        lag = _lag_sec(table[:, 0], per_beat, clock)
        table[:, 0], table[:, 1] = (_later(table[:, column], clock, lag) for column in (0, 1))
    onset = on_grid(table[:, 0] * STEPS / per_beat)
    end = np.maximum(np.rint(table[:, 1] * STEPS / per_beat).astype(np.int64), onset + 1)
    pitch = table[:, 2].astype(np.int64)
    order = np.lexsort((pitch, onset))
    role = str(part.get("role", "")) or ("bass" if raw.program in BASS_PROGRAMS and not raw.drums else "")
    instrument = str(part.get("instrument", f"{'kit' if raw.drums else 'program'} {raw.program}"))
    name = str(part.get("id", f"track {raw.number}"))
    return Track(name, role, instrument, raw.drums, onset[order], end[order], pitch[order])


def on_grid(steps: Floats) -> Ints:
    """The nearest sixteenths or triplets."""
    whole = np.floor(steps)
    beat = np.floor(whole / STEPS)
    inside = steps - beat * STEPS
    nearest = PLACES[np.abs(inside[:, None] - PLACES).argmin(axis=1)]
    found: Ints = np.maximum(0, beat.astype(np.int64) * STEPS + nearest)
    return found


def _bars(file: Any, wanted: int, end: int) -> tuple[Ints, Ints]:
    """Bar lines and felt beats per bar, from the time signatures; `wanted` bars, or (0) as many as there are notes."""
    meters = {0: (4, 4)}
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "time_signature":
                meters[round(now * STEPS / file.ticks_per_beat)] = (message.numerator, message.denominator)
    lines, beats = [0], list[int]()
    while len(beats) < wanted if wanted else lines[-1] < end:
        numerator, denominator = meters[max(step for step in meters if step <= lines[-1])]
        compound = denominator >= 8 and numerator % 3 == 0
        beats.append(max(1, numerator // 3 if compound else numerator * 4 // denominator))
        lines.append(lines[-1] + round(numerator * 4 * STEPS / denominator))
    return np.array(lines, dtype=np.int64), np.array(beats, dtype=np.int64)


def _sections(told: Mapping[str, Any]) -> Iterator[Section]:
    for found in told.get("sections", ()):
        cells = [cell.strip() for cell in found["numerals"].strip("| ").split("|")]
        for index in range(1, len(cells)):
            cells[index] = cells[index - 1] if cells[index] == "%" else cells[index]
        first = found["first_bar"] - 1
        yield Section(found["name"], found["treatment"], first, first + found["bars"], tuple(cells))


def _statements(told: Mapping[str, Any]) -> Iterator[Statement]:
    for found in told.get("statements", ()):
        first, last = found["bars"]
        yield Statement(found["part"], tuple(found["ops"]), float(found["identity"]), first - 1, last)


def _chords(told: Mapping[str, Any], bars: Ints) -> Iterator[Span]:
    units = {}
    for section in told.get("sections", ()):
        lower = section["meter"].partition("(")[0].rpartition("/")[2]
        for bar in range(section["first_bar"], section["first_bar"] + section["bars"]):
            units[bar] = 4 * STEPS // int(lower) if lower.isdigit() else STEPS
    for found in told.get("harmony", ()):
        if found["bar"] < len(bars):
            step = int(bars[found["bar"] - 1]) + round((found["beat"] - 1) * units.get(found["bar"], STEPS))
            yield Span(step, parse_symbol(found["symbol"]))


def _themes(told: Mapping[str, Any]) -> Iterator[Mapping[str, Tune]]:
    for theme in told.get("themes", ()):
        yield {key: tune_of(theme[key]) for key in ("notes", "chorus", "bridge") if theme.get(key)}
