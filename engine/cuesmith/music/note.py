"""Notes and phrases, and the operations that combine them.

Conventions: time is in whole ticks, with PPQ = 960 ticks per quarter note (divisible by 2, 3 and 5); pitch 60 is C4. A
`Phrase` has its own length, so rests and upbeats need no special case: `rest(n)` is a phrase without notes, `then`
joins phrases one after another, `together` plays them at the same time. The laws (associativity, the empty rest as
identity, how transpose and retrograde distribute) are property tests in tests/music/test_note.py.

Source: the normal form follows Hudak's Euterpea (Haskell School of Music), flattened to one list of notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

PPQ = 960  # ticks per quarter note


class Note(NamedTuple):
    """One note: onset and duration in ticks, pitch 0..127, velocity 1..127.

    The tuple order is the canonical order of notes.
    """

    onset: int
    duration: int
    pitch: int
    velocity: int

    @property
    def end(self) -> int:
        """The tick at which the note stops."""
        return self.onset + self.duration


@dataclass(frozen=True, slots=True)
class Phrase:
    """Notes in canonical order, and the length of the phrase in ticks. Notes may sound past that length."""

    notes: tuple[Note, ...]
    length: int

    def __add__(self, other: Phrase) -> Phrase:
        return then(self, other)

    def __or__(self, other: Phrase) -> Phrase:
        return together(self, other)


def phrase(notes: Iterable[Note], length: int) -> Phrase:
    """Make a phrase from notes in any order; `length` in ticks."""
    return Phrase(tuple(sorted(notes)), length)


def rest(length: int) -> Phrase:
    """Make a silent phrase of `length` ticks."""
    return Phrase((), length)


def then(*phrases: Phrase) -> Phrase:
    """Join phrases one after another."""
    out: list[Note] = []
    at = 0
    for item in phrases:
        out.extend(Note(n.onset + at, n.duration, n.pitch, n.velocity) for n in item.notes)
        at += item.length
    out.sort()
    return Phrase(tuple(out), at)


def together(*phrases: Phrase) -> Phrase:
    """Play phrases at the same time; the result is as long as the longest."""
    out = sorted(n for item in phrases for n in item.notes)
    return Phrase(tuple(out), max((item.length for item in phrases), default=0))


def map_notes(item: Phrase, change: Callable[[Note], Note]) -> Phrase:
    """Apply `change` to every note; the length stays and the order is restored."""
    return Phrase(tuple(sorted(change(n) for n in item.notes)), item.length)


def transpose(item: Phrase, semitones: int) -> Phrase:
    """Transpose chromatically. For transposition inside a scale see `motif.transform`."""
    return map_notes(item, lambda n: n._replace(pitch=n.pitch + semitones))


def invert(item: Phrase, axis: int) -> Phrase:
    """Mirror all pitches around the pitch `axis`."""
    return map_notes(item, lambda n: n._replace(pitch=2 * axis - n.pitch))


def retrograde(item: Phrase) -> Phrase:
    """Reverse the phrase in time. Applying it twice gives the original phrase when no note sounds past the length."""
    return map_notes(item, lambda n: n._replace(onset=item.length - n.onset - n.duration))


def stretch(item: Phrase, numerator: int, denominator: int = 1) -> Phrase:
    """Multiply all times by numerator/denominator, rounded to ticks; every note keeps at least one tick."""

    def scaled(ticks: int) -> int:
        return (ticks * numerator + denominator // 2) // denominator

    notes = (Note(scaled(n.onset), max(1, scaled(n.end) - scaled(n.onset)), n.pitch, n.velocity) for n in item.notes)
    return phrase(notes, scaled(item.length))


def cut(item: Phrase, start: int, end: int) -> Phrase:
    """Take the part from `start` to `end` (ticks).

    Notes that begin inside it stay, shortened where they sound past `end`.
    """
    notes = (
        Note(n.onset - start, min(n.duration, end - n.onset), n.pitch, n.velocity)
        for n in item.notes
        if start <= n.onset < end
    )
    return phrase(notes, end - start)  # shortening may change the order of notes with the same onset


def shift(item: Phrase, ticks: int) -> Phrase:
    """Move all notes later by `ticks`; the length stays. Used for anticipations and echoes."""
    return map_notes(item, lambda n: n._replace(onset=n.onset + ticks))
