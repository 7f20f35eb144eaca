"""Add ornaments to the long notes of a melody, as players of the koto, the shakuhachi or the saxophone do."""

from __future__ import annotations

from typing import NamedTuple

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import SIXTEENTH
from cuesmith.music.note import PPQ

GRACE_TICKS = PPQ // 8  # a thirty-second note: heard as an ornament up to about 160 quarter notes per minute


class Ornament(NamedTuple):
    """One kind of ornament.

    before: True when the figure comes before its note and takes time from the note before. False when it comes at the
        end of its note and takes time from that note.
    figure: its notes as (step, alter) relative to the ornamented note.
    bars: one ornament in this many bars. The longer the figure, the rarer it is; else it would hide the melody.
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
    """Add an ornament to the longest notes of a motif.

    At most a quarter of the notes get one (but one at least), and at most one note in `Ornament.bars` bars. Of notes
    with the same length the last is taken. Every original note keeps its onset.

    Args:
        motif: the melody.
        kind: a name in `ORNAMENTS`: grace, scoop, turn or neighbour.

    Raises:
        ValueError: `kind` is not in the table.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> degrees_text(ornament(read_degrees("1:1 3:1 5:2"), "turn"))
        '1:1 3:1 5:1 6:.25 5:.25 4:.25 5:.25'
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

    longest: dict[int, int] = {}  # number of a span of `row.bars` bars → index of its longest note
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
