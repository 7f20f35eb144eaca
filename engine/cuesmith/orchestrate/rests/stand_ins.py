"""Carry out the rests: mute the resting players, and write what others play in their place."""

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

CLEAR = 60  # MIDI pitch; above it no interval is too close
STANDS_IN = "stands in"  # device name of passages played in place of a resting player


def _spans(harmony: tuple[ChordSpan, ...], window: Window) -> Iterator[ChordSpan]:
    """Yield the chords of a window, split at bar lines."""
    bar = window.section.meter.bar_ticks
    for line in range(window.start, window.end, bar):
        for span in harmony:
            first, last = max(line, span.onset), min(line + bar, span.end)
            if first < last:
                yield replace(span, onset=first, duration=last - first)


def _bass_notes(harmony: tuple[ChordSpan, ...], notes: Sequence[Note], window: Window) -> list[Note]:
    """Simplify a bass line to the bass note of each chord, held for the chord or the bar."""
    out = []
    for span in _spans(harmony, window):
        played = [n for n in notes if n.onset < span.end and n.end > span.onset]
        if played:
            near = min(played, key=lambda n: (n.pitch % 12 != span.chord.bass, n.onset))
            pitch = near.pitch + (span.chord.bass - near.pitch + 6) % 12 - 6
            out.append(Note(span.onset, span.duration, pitch, played[0].velocity))
    return out


def _held_chords(harmony: tuple[ChordSpan, ...], notes: Sequence[Note], window: Window) -> list[Note]:
    """Turn figures and chords into held chords near the same pitch."""
    middle = sorted(n.pitch for n in notes)[len(notes) // 2]
    loud = sorted(n.velocity for n in notes)[len(notes) // 2]
    return [
        Note(span.onset, span.duration, middle + (pc - middle + 6) % 12 - 6, loud)
        for span in _spans(harmony, window)
        for pc in span.chord.classes[:HANDS]
    ]


def _taken_over(
    harmony: tuple[ChordSpan, ...], passages: Iterable[Passage], source: Player, target: Player, window: Window
) -> list[Note]:
    """Return what one player takes over from another in a window.

    From a bass it is one note per chord; for a pad player, held chords; otherwise the written notes.
    """
    start, end = window.start, window.end
    notes = sorted(n for p in passages for n in p.notes if n.onset < end and n.end > start)
    if not notes:
        return []
    if source.seat.role == "bass":
        return _bass_notes(harmony, notes, window)
    if target.seat.role == "pad":
        return _held_chords(harmony, notes, window)
    cut = ((max(n.onset, start), min(n.end, end), n) for n in notes)
    return [n._replace(onset=first, duration=last - first) for first, last, n in cut]


def _raised(passage: Passage, taken: Sequence[Note], high: int) -> tuple[Passage, ...]:
    """Raise the stand-in's own notes an octave where they would muddy the notes taken over.

    taken: the notes taken over. high: highest pitch of the instrument. Notes that cannot be raised are left out.
    """
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
    """Tell whether two notes have the same pitch and overlap in time."""
    return note.pitch == other.pitch and note.onset < other.end and note.end > other.onset


def _muddy(note: Note, other: Note) -> bool:
    """Tell whether two overlapping notes are too close together for their register."""
    low, high = sorted((note.pitch, other.pitch))
    return note.onset < other.end and note.end > other.onset and muddy(low, high)


def with_stand_ins(
    harmony: tuple[ChordSpan, ...],
    passages: Mapping[str, tuple[Passage, ...]],
    tacet: Tacet,
    players: Mapping[str, Player],
) -> dict[str, tuple[Passage, ...]]:
    """Return the passages of all seats with the rests applied, and with the notes that stand-ins take over."""
    out = {name: mute(written, tacet.rests.get(name, ()), resume=True) for name, written in passages.items()}
    for source, target, window in tacet.handed_over:
        start, end = window.start, window.end
        instrument = players[target].instrument
        assert instrument is not None
        low, high = instrument.range
        kept = out.get(target, ())
        if instrument.voices < HANDS:
            kept = mute(kept, ((start, end),))
        sounding = [n for p in kept for n in p.notes if n.onset < end and n.end > start]
        taken = []
        for note in _taken_over(harmony, passages[source], players[source], players[target], window):
            pitch = fold(note.pitch, low, high)
            moved = note._replace(pitch=pitch)
            if pitch <= high and not any(_same(moved, n) for n in sounding):
                taken.append(moved)
        if taken:
            kept = tuple(raised for p in kept for raised in _raised(p, taken, high))
            kept = (*kept, Passage(tuple(taken), window.section.index, STANDS_IN))
        out[target] = tuple(sorted(kept, key=lambda p: (p.section, p.notes[0].onset)))
    return out
