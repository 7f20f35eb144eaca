"""Devices of codas: how the tune ends a cue.

A device is a function of the material, the number of bars, a random stream, and the steps on which the tune may end. It
lays out everything up to the last bar, leads to the last note by step, and places that note on the last bar line.
styles/banks/codas.yaml says which device a coda uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from cuesmith.chance import Stream
from cuesmith.composition.melody.material import Material, Piece, cut
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import augmentation, breathe, fragment, fragmentation, sequence, tail_swap
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.codas import CodaDeviceName

OCTAVE = 7  # scale steps
CLOSED, OPEN = (0,), (4, 1)  # steps of the scale on which the tune ends: the tonic; the fifth, the second
THIRD = 2  # scale steps
WIDEST = 8  # scale steps; a line that rises or falls again and again spans no more, where a shorter unit can help it
LINE_BARS = 4  # bars of the theme that a closing line takes at most
LEAST_LINE_NOTES = 2  # notes of a line; where the theme rests, more of it is taken
Ends: TypeAlias = tuple[int, ...]  # steps on which the tune may end, in any octave


def material_in(m: Material, bar: int) -> Material:
    """Return the material counted in bars of `bar` ticks: those of the section, not those of the theme."""
    return replace(m, bar=bar)


def _half(m: Material) -> int:
    """Return half a bar in ticks, in whole eighths."""
    eighth = PPQ // 2
    return max(eighth, m.bar // 2 // eighth * eighth)


def _goal(step: int, ends: Ends) -> int:
    """Return the step nearest to `step` on which the tune may end; of two equally near, the lower one."""
    octave = step // OCTAVE * OCTAVE
    options = [octave + up + end for end in ends for up in (-OCTAVE, 0, OCTAVE)]
    return min(options, key=lambda goal: (abs(goal - step), goal))


def _last_onset(pieces: Sequence[Piece]) -> int:
    """Return the tick at which the last note of some pieces begins."""
    return max(piece.start + note.onset for piece in pieces for note in piece.motif.notes)


def _before(pieces: Sequence[Piece], end: int, ticks: int, bar: int) -> list[Piece]:
    """Return the `ticks` before the bar line `end` of some pieces, moved to the start.

    Where the theme has hardly a note there, what comes a bar or more earlier is taken.
    """
    ticks = min(ticks, end)
    ends = range(end, ticks - 1, -bar)
    found = [[piece for piece in cut(pieces, to - ticks, ticks, 1) if piece.motif.notes] for to in ends]
    counts = [sum(len(piece.motif.notes) for piece in line) for line in found]
    least = min(LEAST_LINE_NOTES, max(counts))
    return next(line for line, count in zip(found, counts, strict=True) if count >= least)


def _line(m: Material, ticks: int, *, half: bool = False) -> list[Piece]:
    """Return the last `ticks` of the theme (of its first half) before its last note, which the device places itself."""
    theme = cut(m.melody, 0, m.bars // 2 * m.melody[0].motif.meter.bar_ticks, 1) if half else []
    theme = [piece for piece in theme if piece.motif.notes] or [p for p in m.melody if p.motif.notes]
    onset = _last_onset(theme)
    end = max(onset // m.bar * m.bar, min(ticks, onset // m.bar * m.bar + m.bar))
    return _before(theme, end, ticks, m.bar)


def _led(pieces: list[Piece], goal: int, onset: int) -> list[Piece]:
    """Let the last note of some pieces lead to `goal` by step, and sound until `onset` if it is not far."""
    if not pieces:
        return pieces
    *front, last = pieces
    notes = last.motif.notes
    end = notes[-1]
    if abs(end.step - goal) != 1:
        earlier = notes[-2].step if len(notes) > 1 else end.step
        last = replace(last, motif=tail_swap(last.motif, goal + 1 if earlier > goal else goal - 1))
    return [*front, replace(last, motif=_tied(last.motif, onset - last.start))]


def _tied(motif: Motif, end: int) -> Motif:
    """Lengthen the last note up to the tick `end` of the motif, if less than two beats are missing."""
    last = motif.notes[-1]
    if not last.end < end <= last.end + 2 * PPQ:
        return motif
    return replace(motif.with_notes((*motif.notes[:-1], last._replace(duration=end - last.onset))), length=end)


def _last_step(pieces: Sequence[Piece]) -> int:
    """Return the step of the last note."""
    return pieces[-1].motif.notes[-1].step


def _landing(m: Material, at: int, step: int) -> Piece:
    """Return the last note: a bar long, on a step."""
    note = Motif((MotifNote(0, m.bar, step),), m.bar, m.head.motif.meter)
    return Piece(at, note, note, ("cadence",))


def _at(pieces: Sequence[Piece], start: int) -> list[Piece]:
    """Return the pieces later by `start` ticks."""
    return [piece.at(start) for piece in pieces]


def _with_op(pieces: Sequence[Piece], name: str) -> list[Piece]:
    """Note an operation on some pieces."""
    return [replace(piece, ops=(*piece.ops, name)) for piece in pieces]


def _head(m: Material, ticks: int) -> list[Piece]:
    """Return the head for the free bars before a closing line, augmented where it has room; [] where it has none."""
    length = m.head.motif.length
    if ticks >= 2 * length:
        return [replace(m.head, motif=augmentation(m.head.motif, 2), ops=(*m.head.ops, "augmentation"))]
    return _with_op([m.head], "fragmentation") if ticks >= length else []


def _close(m: Material, line: list[Piece], start: int, end: int, ends: Ends) -> list[Piece]:
    """Place a line at `start`, let it lead to the last note, and place that at `end`."""
    if not line:
        return [_landing(m, end, ends[0])]
    goal = _goal(_last_step(line), ends)
    return [*_led(_at(line, start), goal, end), _landing(m, end, goal)]


def last_line(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the end of the theme; in long codas its head goes before."""
    room = (bars - 1) * m.bar
    ticks = min(room, LINE_BARS * m.bar)
    return [*_head(m, room - ticks), *_close(m, _line(m, ticks), room - ticks, room, ends)]


def repeated_line(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the last phrase two or three times; all but the last time it turns away from its goal."""
    room = (bars - 1) * m.bar
    unit = 2 * m.bar if bars >= 5 else m.bar if bars >= 3 else _half(m)
    times = min(3, room // unit)
    start = room - times * unit
    line = _line(m, unit)
    if not line:
        return last_line(m, bars, draw, ends)
    goal = _goal(_last_step(line), ends)
    turned = replace(line[-1], motif=tail_swap(line[-1].motif, goal + 2))
    out = _head(m, start)
    for number in range(times - 1):
        out += _at([*line[:-1], turned], start + number * unit)
    return _with_op(out, "repetition") + _close(m, line, room - unit, room, ends)


def two_closes(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the last bars twice: up to the close in the middle of the coda, and up to the end."""
    first, room = (bars // 2 - 1) * m.bar, (bars - 1) * m.bar
    second = room - first - m.bar
    once = _close(m, _line(m, first), 0, first, ends)
    return [*once, *_close(m, _line(m, second), first + m.bar, room, ends)]


def _span(piece: Piece) -> int:
    """Return the range of a piece in scale steps."""
    steps = [note.step for note in piece.motif.notes]
    return max(steps) - min(steps)


def _way_to_goal(unit: Piece, ends: Ends, way: int) -> int:
    """Return the steps by which a unit moves up (1) or down (-1) until its last note is next to a goal.

    The goal is the first step from its outermost note on that the tune may end on.
    """
    steps = [note.step for note in unit.motif.notes]
    outer = max(steps) if way > 0 else min(steps)
    goals = (step for step in range(outer, outer + way * 2 * OCTAVE, way) if step % OCTAVE in ends)
    return next(step - way - steps[-1] for step in goals if way * (step - way - steps[-1]) > 0)


def _moving(m: Material, bars: int, ends: Ends, way: int) -> list[Piece]:
    """Lay out the head again and again, in its direction (1 up, -1 down), to the goal beyond its outermost note."""
    room = (bars - 1) * m.bar
    unit = _fitting(m.head, m.bar if bars >= 3 else _half(m))
    if _span(unit) + abs(_way_to_goal(unit, ends, way)) > WIDEST:
        unit = _fitting(m.head, _half(m))
    farthest = _way_to_goal(unit, ends, way)
    count = min(LINE_BARS, room // unit.motif.length)
    moves = [round(farthest * number / (count - 1)) for number in range(count)] if count > 1 else [farthest]
    start = room - count * unit.motif.length
    out = _head(m, start)
    for number, move in enumerate(moves):
        copy = replace(unit, motif=sequence(unit.motif, move), ops=(*unit.ops, "fragmentation", "sequence"))
        out.append(copy.at(start + number * unit.motif.length))
    goal = _last_step(out) + way
    goal = goal if goal % OCTAVE in ends else _goal(goal, ends)
    return [*_led(out, goal, room), _landing(m, room, goal)]


def _fitting(piece: Piece, ticks: int) -> Piece:
    """Return `ticks` of a piece: the first in which a note begins."""
    if piece.motif.length <= ticks:
        return piece
    start = piece.motif.notes[0].onset // ticks * ticks
    inside = start, start + ticks
    return replace(piece, motif=fragment(piece.motif, *inside), original=fragment(piece.original, *inside))


def rising_line(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the head, higher each time, up to the goal above it."""
    return _moving(m, bars, ends, 1)


def falling_line(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the head, lower each time, down to the goal below it."""
    return _moving(m, bars, ends, -1)


def broad_line(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the end of the theme in notes of double length; in long codas its head goes before."""
    room = (bars - 1) * m.bar
    ticks = min(room, LINE_BARS * m.bar) // 2
    line = [
        replace(p, start=2 * p.start, motif=augmentation(p.motif, 2), ops=(*p.ops, "augmentation"))
        for p in _line(m, ticks)
    ]
    return [*_head(m, room - 2 * ticks), *_close(m, line, room - 2 * ticks, room, ends)]


def echo(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the last bars of the theme, and the same a third lower."""
    room = (bars - 1) * m.bar
    unit = m.bar * 2 if bars >= 5 else m.bar if bars >= 3 else _half(m)
    start = room - 2 * unit
    line = _line(m, unit)
    low = [replace(p, motif=sequence(p.motif, -THIRD), ops=(*p.ops, "sequence")) for p in line]
    return [*_head(m, start), *_at(line, start), *_close(m, low, start + unit, room, ends)]


def dissolving(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the head with fewer notes each time; the note that is left is held."""
    room = (bars - 1) * m.bar
    unit = _fitting(m.head, m.bar if bars >= 3 else _half(m))
    length = -(-unit.motif.length // _half(m)) * _half(m)
    times = max(1, room // length)
    notes = len(unit.motif.notes)
    out: list[Piece] = []
    for number in range(times):
        left = max(1, notes - -(-number * notes // times))
        motif = fragmentation(unit.motif, left)
        last = motif.notes[-1]
        last = last._replace(duration=min(max(last.duration, length // 2), length - last.onset))
        out.append(replace(unit, motif=motif.with_notes((*motif.notes[:-1], last)), ops=(*unit.ops, "liquidation"))
                   .at(number * length))  # fmt: skip
    goal = _goal(_last_step(out) - 1, ends)  # rather down than up
    if times > 1 and len(out[-1].motif.notes) > 1:
        out = _led(out, goal, room)
    return [*out, _landing(m, room, goal)]


def pickup(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the end of the theme, broken off before its last bar line, and an upbeat from the fifth below."""
    room = (bars - 1) * m.bar
    ticks = min(room, LINE_BARS * m.bar)
    start = room - ticks
    line = _line(m, ticks)
    goal = _goal(_last_step(line), ends) if line else ends[0]
    upbeat = PPQ if m.bar > 2 * PPQ else PPQ // 2
    off = [p for p in _at([_cut_off(p, ticks - upbeat) for p in line], start) if p.motif.notes]
    notes = (MotifNote(0, upbeat // 2, goal - 3), MotifNote(upbeat // 2, upbeat // 2, goal - draw.choice((3, 1))))
    motif = Motif(notes, upbeat, m.head.motif.meter)
    return [*_head(m, start), *off, Piece(room - upbeat, motif, motif, ("upbeat",)), _landing(m, room, goal)]


def _cut_off(piece: Piece, end: int) -> Piece:
    """Return a piece without what sounds after the tick `end`, counted like its start."""
    over = piece.start + piece.motif.length - end
    return replace(piece, motif=breathe(piece.motif, over)) if over > 0 else piece


def last_word(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out nothing for the first half; then the last bars of the theme."""
    room = (bars - 1) * m.bar
    ticks = m.bar * max(1, (bars - 1) // 2)
    return _close(m, _line(m, ticks), room - ticks, room, ends)


def alone(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the idea (or as much of it as fits in notes of double length) without a gap, and the last note."""
    room = (bars - 1) * m.bar
    wide = room >= 2 * m.head.motif.length
    source = m.head if wide else _fitting(m.head, room)
    motif = augmentation(source.motif, 2) if wide else source.motif
    piece = replace(source, motif=motif, ops=(*source.ops, "augmentation") if wide else source.ops)
    left = room - motif.length
    line = _line(m, left) if left >= m.bar else []
    pieces = [piece, *_at(line, room - left)]
    goal = _goal(_last_step(pieces), ends)
    led = _led(pieces, goal, room)
    return [*_without_gaps(led, room), _landing(m, room, goal)]


def _without_gaps(pieces: Sequence[Piece], end: int) -> list[Piece]:
    """Hold every note until the next one begins, at most for two bars."""
    onsets = sorted(piece.start + note.onset for piece in pieces for note in piece.motif.notes)
    until = dict(zip(onsets, [*onsets[1:], end], strict=True))
    out = []
    for piece in pieces:
        longest = 2 * piece.motif.meter.bar_ticks
        notes = tuple(
            note._replace(duration=min(until[piece.start + note.onset] - piece.start - note.onset, longest))
            for note in piece.motif.notes
        )
        out.append(
            replace(piece, motif=replace(piece.motif, notes=notes, length=max(piece.motif.length, notes[-1].end)))
        )
    return out


def half_line(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the end of the first half of the theme."""
    room = (bars - 1) * m.bar
    ticks = min(room, LINE_BARS * m.bar)
    return [*_head(m, room - ticks), *_close(m, _line(m, ticks, half=True), room - ticks, room, ends)]


def rising_question(m: Material, bars: int, draw: Stream, ends: Ends) -> list[Piece]:
    """Lay out the head, and the head again two or three steps higher."""
    room = (bars - 1) * m.bar
    unit = _fitting(m.head, max(_half(m), room // 2 // _half(m) * _half(m)))
    at = max(unit.motif.length, room // 2 // m.bar * m.bar)
    higher = replace(unit, motif=sequence(unit.motif, draw.choice((2, 3))), ops=(*unit.ops, "sequence"))
    pieces = [unit, higher.at(at)] if at + unit.motif.length <= room else [unit]
    goal = _goal(_last_step(pieces), ends)
    return [*_led(pieces, goal, room), _landing(m, room, goal)]


CodaDevice: TypeAlias = Callable[[Material, int, Stream, Ends], list[Piece]]

CODA_DEVICES: dict[CodaDeviceName, CodaDevice] = {
    "last_line": last_line,
    "repeated_line": repeated_line,
    "two_closes": two_closes,
    "rising_line": rising_line,
    "falling_line": falling_line,
    "broad_line": broad_line,
    "echo": echo,
    "dissolving": dissolving,
    "pickup": pickup,
    "last_word": last_word,
    "alone": alone,
    "half_line": half_line,
    "rising_question": rising_question,
}


def coda_pieces(
    m: Material, bars: int, bar: int, device: CodaDeviceName, draw: Stream, *, is_open: bool
) -> list[Piece]:
    """Lay out the tune of a coda. bars: of the section, each of `bar` ticks, at least two."""
    return CODA_DEVICES[device](material_in(m, bar), bars, draw, OPEN if is_open else CLOSED)
