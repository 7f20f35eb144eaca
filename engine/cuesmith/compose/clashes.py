"""No clash: the parts hear each other before the score is closed.

Every accompanying note that lies a semitone or a minor ninth from another for longer than a passing eighth, where the
chord does not spell both, gives way: it takes a chord tone near by, or stops, or is left out. The tune and what doubles
it never give way; after it come the bass, the counter-line, pads, ostinati, hits and colours, in this order.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cuesmith.compose.setting import Setting
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.cast import Player
from cuesmith.score import Passage, chord_at

PASSING = PPQ // 2  # ticks two notes may rub in passing
RUBS = (1, 13)  # semitones between two notes that clash, whichever is above
OPEN_RUBS = (1, 11, 13, 23, 25, 35, 37)  # those of the bass and the tune, which stand alone in the ear
REACH = 5  # semitones a note may give way by
SHORTEST = PPQ // 2  # what is cut shorter than this is left out instead
ORDER = ("bass", "counter", "pad", "ostinato", "impact", "colour")  # who gives way to those before
CLUSTER = "cluster"  # textures with this tag rub on purpose


class Sounding:
    """The notes placed so far, by pitch. It grows as parts are placed; asked for what rubs against a note."""

    def __init__(self) -> None:
        self._at: dict[int, list[tuple[int, int]]] = {}
        self._longest: dict[int, int] = {}

    def add(self, onset: int, end: int, pitch: int) -> None:
        """Place a note (ticks, MIDI pitch)."""
        insort(self._at.setdefault(pitch, []), (onset, end))
        self._longest[pitch] = max(self._longest.get(pitch, 0), end - onset)

    def near(self, onset: int, end: int, pitches: Iterable[int]) -> Iterable[tuple[int, int, int]]:
        """(from, to, pitch) of every overlap, longer than a passing eighth, with notes of these pitches."""
        for pitch in pitches:
            row = self._at.get(pitch)
            if row is None:
                continue
            for at in range(bisect_left(row, (onset - self._longest[pitch], 0)), len(row)):
                start, stop = row[at]
                if start >= end:
                    break
                first, last = max(start, onset), min(stop, end)
                if last - first > PASSING:
                    yield first, last, pitch


def _rubs(setting: Setting, heard: Sounding, tune: Sounding, note: Note, shifts: tuple[int, ...], low: bool) -> int:
    """Ticks from the note's onset to its first clash; -1 when there is none. low: the note is of the bass."""
    first = -1
    for shift in shifts:
        pitch = note.pitch + shift
        around = [pitch + step for rub in RUBS for step in (-rub, rub)]
        found = list(heard.near(note.onset, note.end, around))
        found += tune.near(note.onset, note.end, [pitch + rub for rub in OPEN_RUBS] if low else around)
        for start, _, other in found:
            classes = chord_at(setting.harmony, start).chord.classes
            if pitch % 12 in classes and other % 12 in classes:
                continue  # the chord's own tension
            if first < 0 or start - note.onset < first:
                first = start - note.onset
    return first


def _yielding(
    setting: Setting, heard: Sounding, tune: Sounding, player: Player, note: Note, shifts: tuple[int, ...]
) -> Note | None:
    """The note, or what it becomes so that it does not clash; None when it is best left out."""
    low = player.seat.role == "bass"
    clash = _rubs(setting, heard, tune, note, shifts, low)
    if clash < 0:
        return note
    assert player.instrument is not None
    bottom, top = player.instrument.range
    span = chord_at(setting.harmony, note.onset)
    later = chord_at(setting.harmony, note.end - 1).chord.classes
    moves = [
        move
        for size in range(1, REACH + 1) for move in (-size, size)
        if bottom <= note.pitch + move <= top and (note.pitch + move) % 12 in span.chord.classes
        and (note.pitch + move) % 12 in later
    ]  # fmt: skip
    for move in moves:
        moved = note._replace(pitch=note.pitch + move)
        if _rubs(setting, heard, tune, moved, shifts, low) < 0:
            return moved
    if clash >= SHORTEST and clash * 2 >= note.duration:
        return note._replace(duration=clash)
    kept = note._replace(duration=PASSING)
    return kept if low else None  # a bass that vanished would be missed more than a short rub is heard


def without_clashes(
    setting: Setting,
    passages: Mapping[str, tuple[Passage, ...]],
    doubled_lead: Iterable[Note],
) -> dict[str, tuple[Passage, ...]]:
    """The passages of all seats by id, the accompaniment cleared of clashes. doubled_lead: notes that double the tune.

    A seat that others double at the octave is judged together with its doubles.
    """
    heard, tune = Sounding(), Sounding()
    for note in (*setting.lead, *doubled_lead):
        tune.add(note.onset, note.end, note.pitch)
    shifts: dict[str, list[int]] = {}
    for player in setting.cast.players:
        if player.seat.double not in (None, "lead"):
            shifts.setdefault(str(player.seat.double), []).append(12 * player.seat.octave)
    out = dict(passages)
    followers = [p for p in setting.cast.players if p.id in passages and p.seat.role in ORDER]
    for player in sorted(followers, key=lambda p: ORDER.index(p.seat.role)):
        together = (0, *shifts.get(player.id, ()))
        own: list[Passage] = []
        for passage in passages[player.id]:
            texture = setting.textures.get(passage.device)
            notes = passage.notes
            if texture is None or CLUSTER not in texture.tags:
                given = (_yielding(setting, heard, tune, player, note, together) for note in notes)
                notes = _once(note for note in given if note is not None)
            if notes:
                own.append(replace(passage, notes=notes))
        for note in (note for passage in own for note in passage.notes):
            for shift in together:
                heard.add(note.onset, note.end, note.pitch + shift)
        out[player.id] = tuple(own)
    return out


def _once(notes: Iterable[Note]) -> tuple[Note, ...]:
    """In order, no pitch struck twice at once, none struck while it still sounds."""
    out: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes):
        at = last.get(note.pitch)
        if at is not None and out[at].end > note.onset:
            if out[at].onset == note.onset:
                continue
            out[at] = out[at]._replace(duration=note.onset - out[at].onset)
        last[note.pitch] = len(out)
        out.append(note)
    return tuple(out)
