"""Originality: find out whether a melody quotes a well-known tune.

Two melodies count as the same when seven notes in a row have the same six intervals (exactly) and the same six duration
ratios (within 10 %). Intervals do not depend on the key, ratios not on the tempo, so a quotation is found when it is
transposed, augmented or diminished, and anywhere in the melody. A second search ties repeated notes on both sides, so a
quotation is also found when a held note is struck twice. A query costs one look-up per note.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cuesmith.music.note import Note

if TYPE_CHECKING:
    from cuesmith.specs.banks.library import Banks

NOTES = 7  # shorter matches mean nothing: every melody may use scales and broken triads
RATIO_TOLERANCE = 0.10


class Gram(NamedTuple):
    """Seven notes: six intervals in semitones, and six ratios of a duration to the one before it."""

    intervals: tuple[int, ...]
    ratios: tuple[float, ...]


class Tune(Protocol):
    """A row of the deny-list: title, intervals in semitones, durations in any unit."""

    @property
    def title(self) -> str:
        """The usual title of the tune."""

    @property
    def intervals(self) -> tuple[int, ...]:
        """Semitones from note to note."""

    @property
    def durations(self) -> tuple[float, ...]:
        """One duration per note, in any unit."""


@dataclass(frozen=True, slots=True)
class DenyIndex:
    """The deny-list as an index: intervals of a gram → (ratios, title) of each tune with these intervals.

    plain: every note for itself.
    merged: repeated notes tied into one.
    """

    plain: Mapping[tuple[int, ...], tuple[tuple[tuple[float, ...], str], ...]]
    merged: Mapping[tuple[int, ...], tuple[tuple[tuple[float, ...], str], ...]]


def ngrams(intervals: Sequence[int], durations: Sequence[float], notes: int = NOTES) -> Iterator[Gram]:
    """Yield every run of `notes` notes, in order; nothing when the melody is shorter.

    intervals: semitones from note to note.
    durations: one per note, in any unit, above 0.

    Raises ValueError unless there is one interval fewer than durations.
    """
    if durations and len(intervals) != len(durations) - 1:
        raise ValueError(f"{len(durations)} notes have {len(durations) - 1} intervals, not {len(intervals)}")
    ratios = [after / before for before, after in itertools.pairwise(durations)]
    size = notes - 1
    for start in range(len(ratios) - size + 1):
        yield Gram(tuple(intervals[start : start + size]), tuple(ratios[start : start + size]))


def build_deny_index(tunes: Mapping[str, Tune]) -> DenyIndex:
    """Build the index of a deny-list (`Banks.deny_list`)."""
    plain: dict[tuple[int, ...], dict[tuple[tuple[float, ...], str], None]] = {}
    merged: dict[tuple[int, ...], dict[tuple[tuple[float, ...], str], None]] = {}
    for tune in tunes.values():
        tied = _tie_repeated(tune.intervals, tune.durations)
        for table, (intervals, durations) in ((plain, (tune.intervals, tune.durations)), (merged, tied)):
            for gram in ngrams(intervals, durations):
                table.setdefault(gram.intervals, {})[gram.ratios, tune.title] = None
    return DenyIndex({k: tuple(v) for k, v in plain.items()}, {k: tuple(v) for k, v in merged.items()})


@cache
def deny_index(banks: Banks) -> DenyIndex:
    """Return the index of the deny-list in `banks`; it is built once for each `banks` object."""
    return build_deny_index(banks.deny_list)


def quotes(notes: Sequence[Note], index: DenyIndex) -> tuple[str, ...]:
    """Return the titles of the tunes that a melody quotes, in order; empty when the melody is original.

    notes: one voice as MIDI pitches, in order of onset.

    Raises ValueError when two notes begin together.
    """
    if len(notes) < NOTES:
        return ()
    intervals = tuple(after.pitch - before.pitch for before, after in itertools.pairwise(notes))
    # Time to the next onset, so that articulation and short rests do not hide a quotation.
    durations = (*(after.onset - before.onset for before, after in itertools.pairwise(notes)), notes[-1].duration)
    if min(durations) <= 0:
        raise ValueError("notes of one voice begin one after another; two here begin together or out of order")
    found: dict[str, None] = {}
    for gram in ngrams(intervals, durations):
        found.update(_matches(gram, index.plain))
    for gram in ngrams(*_tie_repeated(intervals, durations)):
        found.update(_matches(gram, index.merged))
    return tuple(found)


def is_original(notes: Sequence[Note], index: DenyIndex) -> bool:
    """Whether a melody (one voice as MIDI pitches, in order of onset) quotes no tune of the deny-list."""
    return not quotes(notes, index)


def any_known_intervals(notes: Sequence[Note], index: DenyIndex) -> bool:
    """Whether seven notes in a row move as in a tune of the deny-list, whatever their durations. It takes little time.

    Where a melody gets another rhythm but keeps its pitches, only such melodies need a closer look.
    """
    moves = [after.pitch - before.pitch for before, after in itertools.pairwise(notes)]
    tied = [move for move in moves if move]
    return any(
        tuple(line[start : start + NOTES - 1]) in table
        for line, table in ((moves, index.plain), (tied, index.merged))
        for start in range(len(line) - NOTES + 2)
    )


def _tie_repeated(intervals: Sequence[int], durations: Sequence[float]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Tie each run of repeated notes into one note."""
    moves: list[int] = []
    lengths = [durations[0]]
    for move, duration in zip(intervals, durations[1:], strict=True):
        if move:
            moves.append(move)
            lengths.append(duration)
        else:
            lengths[-1] += duration
    return tuple(moves), tuple(lengths)


def _matches(gram: Gram, table: Mapping[tuple[int, ...], tuple[tuple[tuple[float, ...], str], ...]]) -> dict[str, None]:
    return {
        title: None
        for ratios, title in table.get(gram.intervals, ())
        if all(abs(a - b) <= RATIO_TOLERANCE * b for a, b in zip(gram.ratios, ratios, strict=True))
    }
