"""Build a view of any MIDI file, from what it tells and what can be inferred.

A file of Cuesmith tells roles, sections, chords and scale in text events (see `perform.facts`). For any other file:

A part is a track (in a type 0 file, a channel). Notes are quantised: a track that was sent early because of a slow
attack is first moved later as a whole, then every note goes to the nearest sixteenth or triplet. The lead is a track
with a name such as `lead`; else, in every four bars, the most melodic part. The bass is a track with that name, else
the lowest part. Key and chords come from pitch classes. No file tells plan, statements and passages.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.midi_facts import Told, read_told
from cuesmith.critic.templates import chord_spans
from cuesmith.critic.view import Ints, Notes, PartView, View, joined, notes_of, one_at_a_time
from cuesmith.errors import UsageError
from cuesmith.motif.midifile import open_midi
from cuesmith.music.bar_grid import bar_starts
from cuesmith.music.meter import FREE, MISURATO, SENZA_MISURA, Meter, MeterChange
from cuesmith.music.note import PPQ, Note
from cuesmith.music.tempo import TempoChange, TempoMap, us_per_quarter
from cuesmith.orchestrate.loudness.role_table import STRUCK_DB
from cuesmith.perform.facts import EARLY_END_SEC, CueFact, MeterFact, PartFact, fact_in
from cuesmith.score import ChordSpan
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks

DRUM_CHANNEL = 9
GRIDS = (PPQ // 4, PPQ // 6)  # ticks: sixteenths, and sixteenth triplets
RUN_TICKS = PPQ // 16  # notes of a chord are not spread wider than this
ARTICULATED_TICKS = (-PPQ // 32, PPQ // 10)  # an end this near to a sixteenth is written on it
FULL_CC7 = 90  # the volume that counts as 0 dB; Cuesmith's own files give it to the lead
LEGATO_SEC = 0.18  # an overlap with the next note up to this length is legato
EARLIEST_MS = 130  # no track is sent earlier than this to compensate for a slow attack
_LEAD_NAME = re.compile(r"\b(lead|melody|melodie|solo|vocals?|voice|theme)\b", re.IGNORECASE)
_BASS_NAME = re.compile(r"\bbass\b", re.IGNORECASE)
_BASS_PROGRAMS = (*range(32, 40), 43, 58)


class _Raw(NamedTuple):
    """A track as it is in the file."""

    name: str
    channel: int
    program: int
    bank: int
    volume: int
    notes: list[Note]
    fact: PartFact | None


def read_view(path: Path, banks: Banks) -> View:
    """Return the view of a MIDI file. Raises UsageError when it is missing, not a MIDI file, or without notes."""
    file = open_midi(path, "cue", "name one that exists")
    scale = PPQ / max(file.ticks_per_beat, 1)
    raw = [track for messages in file.tracks for track in _tracks(messages, scale)]
    if not raw:
        raise UsageError(f"{path}: there are no notes in this file; choose another")
    tempo, meters = _tempo(file.tracks, scale), _meters(file.tracks, scale)
    told = read_told(file.tracks, scale, meters, banks)
    parts = tuple(_part(track, index, tempo, told, banks) for index, track in enumerate(raw))
    if told.cue is None or not any(track.fact for track in raw):
        return _guessed_view(path, tempo, meters, parts)
    return _told_view(path, tempo, meters, parts, raw, told, told.cue)


def _told_view(
    path: Path,
    tempo: TempoMap,
    meters: tuple[MeterChange, ...],
    parts: tuple[PartView, ...],
    raw: Sequence[_Raw],
    told: Told,
    cue: CueFact,
) -> View:
    """Return the view of a file of Cuesmith. `raw`: the tracks of `parts`."""
    added = dict.fromkeys(part.name for part, track in zip(parts, raw, strict=True) if track.fact is None)
    tune = "guide" if any(part.role == "guide" for part in parts) else "lead"
    free = (str(FREE),) if any(change.meter.free for change in meters) else ()
    return View(
        id=path.stem, title=path.name, type=cue.type, family=cue.family, melody=cue.melody, ending=cue.ending,
        knows=told.knows | {"parts"}, tempo=tempo, meters=meters, bars=told.bars, parts=parts,
        lead=one_at_a_time(joined(p.notes for p in parts if p.role == tune and not p.doubling), top=True),
        bass=one_at_a_time(joined(p.notes for p in parts if p.role == "bass" and not p.doubling), top=False),
        chords=told.chords or _chords_of(parts, told.bars), sections=told.sections, scale=told.scale,
        dialogue_safe=cue.dialogue_safe, contexts=(cue.type, cue.ending, cue.melody, cue.family, *free),
        guessed=(f"parts added to the file of Cuesmith, roles guessed: {', '.join(added)}",) if added else (),
    )  # fmt: skip


def _guessed_view(path: Path, tempo: TempoMap, meters: tuple[MeterChange, ...], parts: tuple[PartView, ...]) -> View:
    """Return the view of a file that tells only its notes."""
    end = max(int(part.notes.onset.max()) + 1 for part in parts)
    bars = np.array(bar_starts(meters, end), dtype=np.int64)
    lead, bass = _lead(parts, bars), _bass(parts)
    leading = set(np.unique(lead.part).tolist())
    roles = {index: "bass" if index == bass else "lead" if index in leading else "" for index in range(len(parts))}
    names = ", ".join(dict.fromkeys(parts[i].name for i in sorted(leading))) or "none"
    how = "by the track's name" if any(part.role == "lead" for part in parts) else "from the notes"
    guesses = (f"lead guessed: {names} ({how})", "chords guessed from the notes")
    return View(
        id=path.stem, title=path.name, type="", family="", melody="full", ending="", knows=frozenset(),
        tempo=tempo, meters=meters, bars=bars,
        parts=tuple(replace(part, role=roles[index]) for index, part in enumerate(parts)),
        lead=lead,
        bass=one_at_a_time(parts[bass].notes, top=False) if bass >= 0 else notes_of(()),
        chords=_chords_of(parts, bars), guessed=guesses,
    )  # fmt: skip


def _chords_of(parts: Iterable[PartView], bars: Ints) -> tuple[ChordSpan, ...]:
    return chord_spans(joined(part.notes for part in parts if not part.unpitched), int(bars[-1]))


def _tracks(messages: Iterable[Any], scale: float) -> list[_Raw]:
    """Return the parts of one track: one for each channel that has notes."""
    at, name = 0, ""
    fact: PartFact | None = None
    begun: dict[tuple[int, int], tuple[int, int]] = {}
    notes: dict[int, list[Note]] = {}
    program: dict[int, int] = {}
    bank: dict[int, int] = {}
    volume: dict[int, int] = {}
    for message in messages:
        at += message.time
        if message.type == "track_name":
            name = message.name
        elif message.type == "text":
            told = fact_in(message.text)
            fact = told if isinstance(told, PartFact) else fact
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
        _Raw(name, channel, program.get(channel, 0), bank.get(channel, 0), volume.get(channel, FULL_CC7), found, fact)
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
    groups: dict[int, tuple[int, ...]] = {}
    for messages in tracks:
        at = 0
        for message in messages:
            at += message.time
            if message.type == "time_signature" and message.denominator in (2, 4, 8, 16) and message.numerator > 0:
                found[round(at * scale)] = Meter(message.numerator, message.denominator)
            elif message.type == "marker" and message.text in (SENZA_MISURA, MISURATO):
                free[round(at * scale)] = message.text == SENZA_MISURA
            elif message.type == "text" and isinstance(fact := fact_in(message.text), MeterFact):
                groups[round(at * scale)] = fact.groups
    for tick, grouping in groups.items():
        if tick in found and sum(grouping) == found[tick].numerator and min(grouping) > 0:
            found[tick] = replace(found[tick], groups=grouping)
    words = sorted(free.items())
    return tuple(
        MeterChange(tick, replace(meter, free=[is_free for at, is_free in words if at <= tick][-1]))
        for tick, meter in sorted(found.items())
    )


def _nearest(ticks: Ints) -> Ints:
    """Return the nearest place on one of the grids for each tick."""
    places = np.stack([np.rint(ticks / grid).astype(np.int64) * grid for grid in GRIDS])
    best = np.abs(places - ticks).argmin(axis=0)
    found: Ints = places[best, np.arange(len(ticks))]
    return found


def _kept_apart(places: Ints, played: Ints) -> Ints:
    """Return the places on the grid, but not where notes of a run, finer than the grid, would begin together."""
    order = np.argsort(played, kind="stable")
    same = (np.diff(places[order]) == 0) & (np.diff(played[order]) > RUN_TICKS)
    merged = np.zeros(len(places), dtype=bool)
    merged[order[:-1][same]] = merged[order[1:][same]] = True
    return np.where(merged, played, places)


def _lag_sec(onset_sec: NDArray[np.float64], tempo: TempoMap) -> float:
    """Estimate how much earlier than the grid a track was sent: the smallest delay that puts most notes on eighths."""
    best, lag = -1, 0.0
    for ms in range(0, EARLIEST_MS, 10):
        ticks = tempo.ticks_array(onset_sec + ms / 1000)
        near = np.abs(ticks - np.rint(ticks / (PPQ // 2)) * (PPQ // 2)) <= PPQ // 24
        if int(near.sum()) > best * 1.1 + 1:
            best, lag = int(near.sum()), ms / 1000
    return lag


def _quantise(notes: Notes, tempo: TempoMap, fact: PartFact | None, told: Told) -> Notes:
    """Quantise the notes; where a legato note overlaps the next one, it ends there.

    fact: how early and late the part plays; None: it is estimated.
    """
    seconds, end_sec = tempo.seconds_array(notes.onset), tempo.seconds_array(notes.end)
    if fact is None:
        start_lag = _lag_sec(seconds, tempo)
        end_lag = np.full(len(seconds), start_lag)
    else:
        early, late = fact.early_ms / 1000, fact.late_ms / 1000
        start_lag = early - late
        end_lag = np.where(end_sec - seconds - early > EARLY_END_SEC, 0.0, early) - late
    played = told.without_swing(tempo.ticks_array(np.maximum(seconds + start_lag, 0.0)))
    onset = _nearest(played)
    if fact is not None:
        onset = _kept_apart(onset, played)
    onset[notes.onset == 0] = 0  # no note can be sent before the file begins
    end = told.without_swing(tempo.ticks_array(np.maximum(end_sec + end_lag, 0.0)))
    following = np.unique(onset)
    after = np.searchsorted(following, onset, side="right")
    limit = np.append(following, np.iinfo(np.int64).max)[after]
    legato = tempo.ticks_array(tempo.seconds_array(np.minimum(limit, end)) + LEGATO_SEC)
    overlapped = (end > limit) & (end <= legato)
    end = np.where(overlapped, limit, end)
    if fact is not None:  # articulation shortens notes: they are written to the end of their sixteenth
        low, high = ARTICULATED_TICKS
        written = np.ceil((end + low) / GRIDS[0]).astype(np.int64) * GRIDS[0]
        end = np.where((end < limit) & (written - end <= high), np.minimum(written, limit), end)
    end = np.maximum(end, onset + 1)
    order = np.lexsort((notes.pitch, onset))
    return Notes(onset, end, notes.pitch, notes.velocity, notes.part).where(order)


def _instrument(track: _Raw, banks: Banks) -> Instrument | None:
    fitting = [i for i in banks.instruments.values() if i.program == track.program]
    exact = [i for i in fitting if i.bank == track.bank]
    return next(iter(exact or fitting), None)


def _part(track: _Raw, index: int, tempo: TempoMap, told: Told, banks: Banks) -> PartView:
    drums, fact = track.channel == DRUM_CHANNEL, track.fact
    instrument = (
        None if drums else (banks.instruments.get(fact.instrument) if fact else None) or _instrument(track, banks)
    )
    notes = _quantise(notes_of(track.notes, index), tempo, fact, told)
    unpitched = drums or (instrument is not None and instrument.family == "percussion") or track.program >= 112
    role = "lead" if _LEAD_NAME.search(track.name) else "bass" if _BASS_NAME.search(track.name) else ""
    name = track.name or (instrument.name if instrument else f"Channel {track.channel + 1}")
    level_db = 40 * float(np.log10(max(track.volume, 1) / FULL_CC7))
    if fact and instrument is not None and not instrument.sustained:
        level_db -= STRUCK_DB  # the file has it added (see `perform.play`); the critic compares levels without it
    return PartView(
        id=fact.id if fact else name, name=name, role=fact.role if fact else role, instrument=instrument, drums=drums,
        unpitched=unpitched, doubling=fact.doubling if fact else False, level_db=level_db, notes=notes,
    )  # fmt: skip


def _melodic_score(part: PartView, start: int, end: int) -> float:
    """Score how melodic a part is between two ticks; 0 when it has fewer than three notes.

    Single notes, small steps, varied rhythm, high and loud notes count.
    """
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
    """Return the melody: the parts named so, or in every four bars the most melodic part."""
    pitched = [part for part in parts if not part.unpitched and part.role != "bass"]
    named = [part.notes for part in pitched if part.role == "lead"]
    if named:
        return one_at_a_time(joined(named), top=True)
    found = []
    edges = [*bars[:-1:4].tolist(), int(bars[-1])]
    for start, end in itertools.pairwise(edges):
        best = max(pitched, key=lambda part: _melodic_score(part, start, end), default=None)
        if best is not None and _melodic_score(best, start, end) > 0:
            found.append(best.notes.where((best.notes.onset >= start) & (best.notes.onset < end)))
    return one_at_a_time(joined(found), top=True)


def _bass(parts: tuple[PartView, ...]) -> int:
    """Return the index of the bass part, or -1.

    It is the lowest part with a bass name or program; without one, the lowest part with a mean pitch below 50.
    """
    pitched = [i for i, p in enumerate(parts) if not p.unpitched and p.role != "lead"]
    low = [
        i for i in pitched
        if parts[i].role == "bass" or ((p := parts[i].instrument) is not None and p.program in _BASS_PROGRAMS)
    ] or [i for i in pitched if float(parts[i].notes.pitch.mean()) < 50]  # fmt: skip
    return min(low, key=lambda i: (float(parts[i].notes.pitch.mean()), i), default=-1)
