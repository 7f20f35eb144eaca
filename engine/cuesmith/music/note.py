"""Notes and phrases, and their algebra.

Conventions: time is whole ticks, PPQ = 960 to the quarter note (divides by 2, 3 and 5); pitch 60 = C4.
A `Phrase` has a length of its own, so rests and pick-ups need no special case: `rest(n)` is a phrase without
notes, `then` puts phrases one after another, `together` lays them over one another. The laws (associativity,
identity of the empty rest, how transpose and retrograde distribute) are property tests in
tests/music/test_note.py. The normal form follows Hudak's Euterpea (Haskell School of Music), flattened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

PPQ = 960  # ticks per quarter note


class Note(NamedTuple):
    """onset and duration in ticks, pitch 0..127, velocity 1..127. Tuple order is the canonical order."""

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
    """Notes in canonical order, and the length they fill (ticks); notes may ring past the length."""

    notes: tuple[Note, ...]
    length: int

    def __add__(self, other: Phrase) -> Phrase:
        return then(self, other)

    def __or__(self, other: Phrase) -> Phrase:
        return together(self, other)


def phrase(notes: Iterable[Note], length: int) -> Phrase:
    """A phrase of these notes, put in order."""
    return Phrase(tuple(sorted(notes)), length)


def rest(length: int) -> Phrase:
    """Silence of this many ticks."""
    return Phrase((), length)


def then(*phrases: Phrase) -> Phrase:
    """The phrases one after another."""
    out: list[Note] = []
    at = 0
    for item in phrases:
        out.extend(Note(n.onset + at, n.duration, n.pitch, n.velocity) for n in item.notes)
        at += item.length
    out.sort()
    return Phrase(tuple(out), at)


def together(*phrases: Phrase) -> Phrase:
    """The phrases at the same time; as long as the longest."""
    out = sorted(n for item in phrases for n in item.notes)
    return Phrase(tuple(out), max((item.length for item in phrases), default=0))


def map_notes(item: Phrase, change: Callable[[Note], Note]) -> Phrase:
    """Every note changed, order restored, length kept."""
    return Phrase(tuple(sorted(change(n) for n in item.notes)), item.length)


def transpose(item: Phrase, semitones: int) -> Phrase:
    """Chromatic transposition. Diatonic transposition lives where the scale is known: `motif.transform`."""
    return map_notes(item, lambda n: n._replace(pitch=n.pitch + semitones))


def invert(item: Phrase, axis: int) -> Phrase:
    """Mirrored around the pitch `axis`."""
    return map_notes(item, lambda n: n._replace(pitch=2 * axis - n.pitch))


def retrograde(item: Phrase) -> Phrase:
    """Backwards in time. Its own inverse when no note rings past the length."""
    return map_notes(item, lambda n: n._replace(onset=item.length - n.onset - n.duration))


def stretch(item: Phrase, numerator: int, denominator: int = 1) -> Phrase:
    """Times multiplied by numerator/denominator, rounded to ticks."""

    def scaled(ticks: int) -> int:
        return (ticks * numerator + denominator // 2) // denominator

    notes = (Note(scaled(n.onset), max(1, scaled(n.end) - scaled(n.onset)), n.pitch, n.velocity) for n in item.notes)
    return phrase(notes, scaled(item.length))


def cut(item: Phrase, start: int, end: int) -> Phrase:
    """The stretch from start to end; notes that begin inside stay, shortened at the end."""
    notes = (
        Note(n.onset - start, min(n.duration, end - n.onset), n.pitch, n.velocity)
        for n in item.notes
        if start <= n.onset < end
    )
    return phrase(notes, end - start)  # shortening may reorder notes struck together


def shift(item: Phrase, ticks: int) -> Phrase:
    """Later by this many ticks, length kept (for anticipation and echo)."""
    return map_notes(item, lambda n: n._replace(onset=n.onset + ticks))
