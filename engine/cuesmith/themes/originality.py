"""Originality: a theme that quotes a well-known tune is thrown away.

Two melodies are taken for the same when seven notes in a row agree in their six intervals (exactly) and in their six
ratios of duration (within 10 %). Intervals do not know the key and ratios do not know the tempo, so a quotation is
found transposed, augmented or diminished, and wherever in the melody it stands. Notes that only repeat their pitch are
also merged, on both sides: a quotation is still one when a held note is struck twice. Time per query: one look-up per
note.
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

NOTES = 7  # a shorter match says nothing: scales and broken triads belong to everybody
RATIO_TOLERANCE = 0.10


class Gram(NamedTuple):
    """Seven notes: six intervals in semitones, six ratios of each duration to the one before."""

    intervals: tuple[int, ...]
    ratios: tuple[float, ...]


class Tune(Protocol):
    """What is needed of a row of the deny-list: a title, intervals in semitones, durations in any unit."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def intervals(self) -> tuple[int, ...]:
        """Semitones from note to note."""

    @property
    def durations(self) -> tuple[float, ...]:
        """One per note, in any unit."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The deny-list ready for looking up: intervals of a gram → (ratios, title) of the tunes that have them.

    plain: note by note; merged: with repeated notes tied.
    """

    plain: Mapping[tuple[int, ...], tuple[tuple[tuple[float, ...], str], ...]]
    merged: Mapping[tuple[int, ...], tuple[tuple[tuple[float, ...], str], ...]]


def ngrams(intervals: Sequence[int], durations: Sequence[float], notes: int = NOTES) -> Iterator[Gram]:
    """Every run of `notes` notes, in order; none when there are fewer.

    intervals: semitones from note to note; durations: of each note, any unit, above 0. Raises ValueError when there is
    not exactly one interval fewer than durations.
    """
    if durations and len(intervals) != len(durations) - 1:
        raise ValueError(f"{len(durations)} notes have {len(durations) - 1} intervals, not {len(intervals)}")
    ratios = [after / before for before, after in itertools.pairwise(durations)]
    size = notes - 1
    for start in range(len(ratios) - size + 1):
        yield Gram(tuple(intervals[start : start + size]), tuple(ratios[start : start + size]))


def deny(tunes: Mapping[str, Tune]) -> Denied:
    """The look-up of a deny-list (`Banks.deny_list`). Built once, asked often."""
    plain: dict[tuple[int, ...], dict[tuple[tuple[float, ...], str], None]] = {}
    merged: dict[tuple[int, ...], dict[tuple[tuple[float, ...], str], None]] = {}
    for tune in tunes.values():
        tied = _tied(tune.intervals, tune.durations)
        for table, (intervals, durations) in ((plain, (tune.intervals, tune.durations)), (merged, tied)):
            for gram in ngrams(intervals, durations):
                table.setdefault(gram.intervals, {})[gram.ratios, tune.title] = None
    return Denied({k: tuple(v) for k, v in plain.items()}, {k: tuple(v) for k, v in merged.items()})


@cache
def denied_by(banks: Banks) -> Denied:
    """The look-up of a bank's deny-list, made once for each bank."""
    return deny(banks.deny_list)


def quotes(notes: Sequence[Note], denied: Denied) -> tuple[str, ...]:
    """Titles of the tunes that a melody quotes, in the order it quotes them; empty when it is original.

    notes: one voice at pitch, in order of onset. A note's duration is the time to the next onset, so that neither
    articulation nor short rests hide a quotation.
    """
    if len(notes) < NOTES:
        return ()
    intervals = tuple(after.pitch - before.pitch for before, after in itertools.pairwise(notes))
    durations = (*(after.onset - before.onset for before, after in itertools.pairwise(notes)), notes[-1].duration)
    if min(durations) <= 0:
        raise ValueError("notes of one voice begin one after another; two here begin together or out of order")
    found: dict[str, None] = {}
    for gram in ngrams(intervals, durations):
        found.update(_matches(gram, denied.plain))
    for gram in ngrams(*_tied(intervals, durations)):
        found.update(_matches(gram, denied.merged))
    return tuple(found)


def is_original(notes: Sequence[Note], denied: Denied) -> bool:
    """Whether a melody (one voice at pitch, in order of onset) quotes no tune of the deny-list."""
    return not quotes(notes, denied)


def _tied(intervals: Sequence[int], durations: Sequence[float]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The same melody with each run of one pitch tied into one note."""
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
