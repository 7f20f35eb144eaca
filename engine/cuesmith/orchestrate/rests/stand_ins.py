"""Rests carried out, and offices handed over: a left hand, a low wind or another choir of the ensemble stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cuesmith.casting.player import Player
from cuesmith.music.note import Note
from cuesmith.music.pitch import fold
from cuesmith.music.voicing import muddy
from cuesmith.orchestrate.rests.tacet import HANDS, Tacet
from cuesmith.orchestrate.rests.workload import Window
from cuesmith.score import ChordSpan, Passage, mute

CLEAR = 60  # MIDI pitch from which on no interval is too close
STANDS_IN = "stands in"  # the device of what is taken over


def _spans(harmony: tuple[ChordSpan, ...], window: Window) -> Iterator[ChordSpan]:
    """The chords of a window, cut at its bar lines."""
    bar = window.section.meter.bar_ticks
    for line in range(window.start, window.end, bar):
        for span in harmony:
            first, last = max(line, span.onset), min(line + bar, span.end)
            if first < last:
                yield replace(span, onset=first, duration=last - first)


def _foot(harmony: tuple[ChordSpan, ...], notes: Sequence[Note], window: Window) -> list[Note]:
    """Of a bass the foot of each chord, bar by bar, as a left hand has it."""
    out = []
    for span in _spans(harmony, window):
        played = [n for n in notes if n.onset < span.end and n.end > span.onset]
        if played:
            near = min(played, key=lambda n: (n.pitch % 12 != span.chord.bass, n.onset))
            pitch = near.pitch + (span.chord.bass - near.pitch + 6) % 12 - 6
            out.append(Note(span.onset, span.duration, pitch, played[0].velocity))
    return out


def _held(harmony: tuple[ChordSpan, ...], notes: Sequence[Note], window: Window) -> list[Note]:
    """Of figures and chords the harmony, held where they lay."""
    middle = sorted(n.pitch for n in notes)[len(notes) // 2]
    loud = sorted(n.velocity for n in notes)[len(notes) // 2]
    return [
        Note(span.onset, span.duration, middle + (pc - middle + 6) % 12 - 6, loud)
        for span in _spans(harmony, window)
        for pc in span.chord.classes[:HANDS]
    ]


def _office(
    harmony: tuple[ChordSpan, ...], passages: Iterable[Passage], source: Player, target: Player, window: Window
) -> list[Note]:
    """What one player takes over of another: the foot of a bass, the harmony if his office is to hold it, or else
    what is written, as it stands."""
    start, end = window.start, window.end
    notes = sorted(n for p in passages for n in p.notes if n.onset < end and n.end > start)
    if not notes:
        return []
    if source.seat.role == "bass":
        return _foot(harmony, notes, window)
    if target.seat.role == "pad":
        return _held(harmony, notes, window)
    cut = ((max(n.onset, start), min(n.end, end), n) for n in notes)
    return [n._replace(onset=first, duration=last - first) for first, last, n in cut]


def _above(passage: Passage, taken: Sequence[Note], high: int) -> tuple[Passage, ...]:
    """What a player had written himself, clear of what he takes over: notes too close to it for so low a register go up
    an octave, or are left out."""
    low = [n for n in taken if n.pitch < CLEAR]
    first, last = min((n.onset for n in low), default=0), max((n.end for n in low), default=0)
    notes = []
    for note in passage.notes:
        if note.onset < last and note.end > first and note.pitch < CLEAR and any(_muddy(note, n) for n in low):
            note = note._replace(pitch=note.pitch + 12)
            over_another = any(_same(note, n) for n in (*passage.notes, *taken))
            if note.pitch > high or over_another:
                continue
        notes.append(note)
    return (replace(passage, notes=tuple(sorted(notes))),) if notes else ()


def _same(note: Note, other: Note) -> bool:
    """Whether two notes are of one pitch and sound together."""
    return note.pitch == other.pitch and note.onset < other.end and note.end > other.onset


def _muddy(note: Note, other: Note) -> bool:
    """Whether two notes that sound together stand too close for their register."""
    low, high = sorted((note.pitch, other.pitch))
    return note.onset < other.end and note.end > other.onset and muddy(low, high)


def with_stand_ins(
    harmony: tuple[ChordSpan, ...],
    passages: Mapping[str, tuple[Passage, ...]],
    found: Tacet,
    players: Mapping[str, Player],
) -> dict[str, tuple[Passage, ...]]:
    """The passages of all seats with their rests, and what others take over in them."""
    out = {name: mute(own, found.rests.get(name, ()), resume=True) for name, own in passages.items()}
    for source, target, window in found.handed:
        start, end = window.start, window.end
        to = players[target].instrument
        assert to is not None
        low, high = to.range
        mine = out.get(target, ())
        if to.voices < HANDS:
            mine = mute(mine, ((start, end),))
        busy = [n for p in mine for n in p.notes if n.onset < end and n.end > start]
        taken = []
        for note in _office(harmony, passages[source], players[source], players[target], window):
            pitch = fold(note.pitch, low, high)
            moved = note._replace(pitch=pitch)
            if pitch <= high and not any(_same(moved, n) for n in busy):
                taken.append(moved)
        if taken:
            mine = tuple(kept for p in mine for kept in _above(p, taken, high))
            mine = (*mine, Passage(tuple(taken), window.section.index, STANDS_IN))
        out[target] = tuple(sorted(mine, key=lambda p: (p.section, p.notes[0].onset)))
    return out
