"""Ornaments of a melody, from a table: what a player of the koto, the shakuhachi or a saxophone adds to long notes."""

from __future__ import annotations

from typing import NamedTuple

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import SIXTEENTH
from cuesmith.music.note import PPQ

GRACE_TICKS = PPQ // 8  # a thirty-second: heard as an ornament up to some 160 quarter notes a minute


class Ornament(NamedTuple):
    """An ornament: does it stand before its note, its figure as (step, alter) against the note, and how rare it is.

    Before: the figure takes its time from the end of the note before. Else it takes the end of the ornamented note.
    bars: of the tune to one ornament; four sixteenths on every long note would bury it.
    """

    before: bool
    figure: tuple[tuple[int, int], ...]
    bars: int


ORNAMENTS = {
    "grace":     Ornament(True,  ((1, 0),),                          1),
    "scoop":     Ornament(True,  ((0, -1),),                         1),
    "turn":      Ornament(False, ((1, 0), (0, 0), (-1, 0), (0, 0)),  4),
    "neighbour": Ornament(False, ((1, 0), (0, 0)),                   2),
}  # fmt: skip


def ornament(motif: Motif, kind: str) -> Motif:
    """An ornament of `ORNAMENTS` on the longest notes, at most a quarter of them (one at least) and one in so many
    bars as it takes; keeps every onset. Of notes as long as each other the last is taken: a phrase blooms as it ends.

    Raises ValueError for a kind that is not in the table.
    """
    if kind not in ORNAMENTS:
        raise ValueError(f"unknown ornament '{kind}'; known: {', '.join(ORNAMENTS)}")
    row = ORNAMENTS[kind]
    notes = motif.notes
    size = len(row.figure) * (GRACE_TICKS if row.before else SIXTEENTH)

    def has_room(index: int) -> bool:
        if not row.before:
            return 2 * notes[index].duration >= 3 * size
        return index > 0 and notes[index].onset - notes[index - 1].onset >= 2 * size

    longest: dict[int, int] = {}  # span of so many bars → its note
    for i in filter(has_room, range(len(notes))):
        span = notes[i].onset // (row.bars * motif.meter.bar_ticks)
        if span not in longest or notes[i].duration >= notes[longest[span]].duration:
            longest[span] = i
    chosen = set(sorted(longest.values(), key=lambda i: -notes[i].duration)[: max(1, len(notes) // 4)])
    out: list[MotifNote] = []
    for i, note in enumerate(notes):
        if i not in chosen:
            out.append(note)
            continue
        start = note.onset - size if row.before else note.end - size
        each = size // len(row.figure)
        figure = [
            MotifNote(start + k * each, each, note.step + step, note.alter + alter)
            for k, (step, alter) in enumerate(row.figure)
        ]
        if row.before:
            out[-1] = out[-1]._replace(duration=min(out[-1].duration, start - out[-1].onset))
            out += [*figure, note]
        else:
            out += [note._replace(duration=note.duration - size), *figure]
    return motif.with_notes(tuple(out))
