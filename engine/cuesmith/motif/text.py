"""Motifs as text: `D4:1.5 F#4:.5 | A4:2`, or as degrees: `1:1.5 5:.5 2':2`.

Also the outline of a melody as a text picture.

A word is a pitch, a colon and a length in quarter notes (`1.5`, `.5`, `3/2`). Pitches begin with a capital letter (C4
is middle C). Degrees are 1..7, with `b` or `#` before them and `'` (an octave up) or `,` (an octave down) after them.
`r` is a rest. Bar lines are optional; those that are written are checked. Error messages name the column, counted from
1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.pitch import parse_pitch, pitch_name
from cuesmith.music.scale import Key

MAX_CHARACTERS = 4000
LONGEST_BEATS = 64
SHORTEST_TICKS = PPQ // 16
COMMON_TIME = Meter(4, 4)

_BLOCKS = "▁▂▃▄▅▆▇█"
_WORD = re.compile(r"\S+")
_LENGTH = re.compile(r"\d{0,3}\.\d{1,6}|\d{1,3}(?:\.\d{0,6}|/\d{1,3})?")
_DEGREE = re.compile(r"([b#]{0,2})([1-7])('{0,3}|,{0,3})")
_PITCH_START = re.compile(r"[A-G]")
_FIRST_WORD = re.compile(r"\|?\s*(?:[A-G](?:##|bb|#|b|♯|♭)?-?\d+|[b#]{0,2}[1-7]['|,]{0,3}|[rR]):\.?\d")
_ALTER = {"": 0, "#": 1, "##": 2, "b": -1, "bb": -2}
_EXAMPLE = "write it like D4:1.5, 5:1/2 or r:1"


class WrittenNote(NamedTuple):
    """A note as written.

    It has its onset and duration in ticks, and `pitch` (MIDI). A note given by degree has `step` and `alter` instead.
    """

    onset: int
    duration: int
    pitch: int | None
    step: int = 0
    alter: int = 0


class Written(NamedTuple):
    """The notes of a text in order, their length in ticks, and the ticks of the bar lines.

    by_degree: True when the text has degrees, False when it has pitches.
    """

    sounds: tuple[WrittenNote, ...]
    length: int
    bar_lines: tuple[int, ...]
    by_degree: bool


def looks_like_notes(text: str) -> bool:
    """Whether a text begins like written notes; used to tell notes from a file name."""
    return _FIRST_WORD.match(text.strip()) is not None


def read_notes(text: str, meter: Meter | None = None) -> Written:
    """Read the notes of a text.

    Args:
        text: notes as the module docstring explains, up to 4000 characters.
        meter: when given, the bar lines in the text are checked against it.

    Returns:
        The notes, the length in ticks (960 per quarter note) and the ticks of the bar lines.

    Raises:
        ValueError: a word that is not a note, pitches mixed with degrees, a bar line in the wrong place, or no notes.
            The message names the column.

    Example:
        >>> written = read_notes("D4:1.5 F#4:.5 A4:2 |")
        >>> [note.pitch for note in written.sounds], written.length, written.bar_lines
        ([62, 66, 69], 3840, (3840,))
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{len(text)} characters are too many for a theme; {MAX_CHARACTERS} at most")
    sounds: list[WrittenNote] = []
    lines: list[tuple[int, int]] = []  # tick, column
    begins: list[int] = []
    at = 0
    for column, word in _words(text):
        if word == "|":
            lines.append((at, column))
            continue
        name, colon, length = word.partition(":")
        if not colon:
            raise ValueError(f"column {column}: '{_shortened(word)}' has no length; {_EXAMPLE}")
        ticks = _ticks(length, column + len(name) + 1)
        begins.append(at)
        if name not in ("r", "R"):
            sound = _parse_note(name, column, at, ticks)
            if sounds and (sound.pitch is None) != (sounds[0].pitch is None):
                raise ValueError(f"column {column}: '{name}' mixes degrees with pitches; write all in one way")
            sounds.append(sound)
        at += ticks
    if not sounds:
        raise ValueError("there are no notes; write them like D4:1.5 F#4:.5 A4:2")
    if meter is not None:
        _check_bar_lines(lines, begins, at, meter)
    return Written(tuple(sounds), at, tuple(tick for tick, _ in lines), sounds[0].pitch is None)


def read_degrees(text: str, meter: Meter = COMMON_TIME) -> Motif:
    """Read a motif that is written as degrees.

    Args:
        text: degrees as the module docstring explains, such as `1:1.5 b3:.5 2':2`.
        meter: the meter of the motif. The text is filled with silence up to a whole bar.

    Raises:
        ValueError: as `read_notes`, and when the text has pitches instead of degrees.

    Example:
        >>> motif = read_degrees("1:1 3:1 5:2 | 1':4")
        >>> [note.step for note in motif.notes], motif.bars
        ([0, 2, 4, 7], 2)
    """
    written = read_notes(text, meter)
    if not written.by_degree:
        raise ValueError("write the notes as degrees 1 to 7, such as 1:1 3:1 5:2")
    notes = tuple(MotifNote(n.onset, n.duration, n.step, n.alter) for n in written.sounds)
    return Motif(notes, -(-written.length // meter.bar_ticks) * meter.bar_ticks, meter)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield column and text of every word. A bar line is a word, even without spaces around it."""
    for match in _WORD.finditer(text):
        start = match.start() + 1
        for piece in re.finditer(r"\||[^|]+", match[0]):
            yield start + piece.start(), piece[0]


def _shortened(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"


def _ticks(length: str, column: int) -> int:
    if not _LENGTH.fullmatch(length):
        raise ValueError(f"column {column}: '{_shortened(length)}' is not a length in beats; {_EXAMPLE}")
    try:
        ticks = round(Fraction(length) * PPQ)
    except ZeroDivisionError:
        raise ValueError(f"column {column}: '{length}' divides by zero; {_EXAMPLE}") from None
    if not SHORTEST_TICKS <= ticks <= LONGEST_BEATS * PPQ:
        raise ValueError(f"column {column}: {length} beats are out of range; 1/16 to {LONGEST_BEATS}")
    return ticks


def _parse_note(name: str, column: int, onset: int, duration: int) -> WrittenNote:
    if _PITCH_START.match(name):
        try:
            return WrittenNote(onset, duration, parse_pitch(name))
        except ValueError as fault:
            raise ValueError(f"column {column}: {fault}") from None
    degree = _DEGREE.fullmatch(name)
    if degree:
        octaves = len(degree[3]) * (-1 if degree[3].startswith(",") else 1)
        return WrittenNote(onset, duration, None, int(degree[2]) - 1 + 7 * octaves, _ALTER.get(degree[1], 0))
    if re.fullmatch(r"[a-g](?:##|bb|#|b)?-?\d+", name):
        raise ValueError(f"column {column}: '{name}': the letter of a pitch is a capital: {name[0].upper()}{name[1:]}")
    if re.match(r"[b#]*[089]|[b#]*\d\d", name):
        raise ValueError(f"column {column}: '{_shortened(name)}': degrees go from 1 to 7; 1' is the octave")
    raise ValueError(f"column {column}: '{_shortened(name)}' is neither a pitch, a degree nor a rest; {_EXAMPLE}")


def _check_bar_lines(lines: list[tuple[int, int]], begins: list[int], length: int, meter: Meter) -> None:
    """Check that each bar line stands where its bar is full.

    A note held over the bar line is written whole before it.
    """
    number = 1
    for place, (tick, column) in enumerate(lines):
        last = max((begin for begin in begins if begin < tick), default=-1)
        if tick == 0 or (place == len(lines) - 1 and tick == length):
            continue  # a bar line before the first note or after the last one is always allowed
        due = number * meter.bar_ticks
        if tick < due:
            have, upbeat = (tick - due + meter.bar_ticks) / PPQ, ""
            if number == 1:
                upbeat = f"; an upbeat begins with a rest: r:{(due - tick) / PPQ:g}"
            raise ValueError(
                f"column {column}: bar {number} has {have:g} beats, but a {meter} bar {meter.bar_beats:g}{upbeat}"
            )
        if last >= due:
            raise ValueError(
                f"column {column}: bar {number} is overfull: a {meter} bar has {meter.bar_beats:g} beats,"
                f" and a note begins at beat {(last - due + meter.bar_ticks) / PPQ + 1:g} of it"
            )
        number += 1


def notes_text(motif: Motif, key: Key, octave: int = 4) -> str:
    """Write a motif as pitches in a key; `read_notes` reads it back.

    A note held over a bar line is written whole before it. Rests are written bar by bar.

    Args:
        motif: the melody.
        key: the key; its signature decides between flats and sharps.
        octave: the octave of step 0 (4 is the octave of middle C).

    Example:
        >>> notes_text(read_degrees("1:1.5 3:.5 5:2 | 7,:2 r:2"), Key(2, "ionian"))
        'D4:1.5 F#4:.5 A4:2 | C#4:2 r:2'
    """
    flats = key.sharps < 0
    return _text(motif, [pitch_name(n.pitch, flats) for n in motif.realise(key, octave)])


def degrees_text(motif: Motif) -> str:
    """Write a motif as degrees; `read_notes` and `read_degrees` read it back.

    Example:
        >>> degrees_text(read_degrees("1:3/2 b3:.5 2':2"))
        "1:1.5 b3:.5 2':2"
    """
    names = []
    for note in motif.notes:
        octaves, degree = divmod(note.step, 7)
        sign = "#" * note.alter if note.alter > 0 else "b" * -note.alter
        names.append(f"{sign}{degree + 1}" + ("'" * octaves if octaves > 0 else "," * -octaves))
    return _text(motif, names)


def _text(motif: Motif, names: Sequence[str]) -> str:
    """Join note names with their lengths; add rests and bar lines."""
    words: list[str] = []
    bar_ticks = motif.meter.bar_ticks
    at, bar = 0, 1

    def advance(to: int) -> None:
        """Write rests and bar lines from `at` up to the tick `to`."""
        nonlocal at, bar
        while True:
            while bar * bar_ticks <= min(at, motif.length - 1):
                words.append("|")
                bar += 1
            if at >= to:
                return
            end = min(to, bar * bar_ticks)
            words.append(f"r:{_beats(end - at)}")
            at = end

    for note, name in zip(motif.notes, names, strict=True):
        advance(note.onset)
        words.append(f"{name}:{_beats(note.duration)}")
        at = note.end
    advance(motif.length)
    return " ".join(words)


def _beats(ticks: int) -> str:
    """Write ticks as quarter notes, exactly: 2, 1.5, .5, 1/3."""
    value = Fraction(ticks, PPQ)
    if 1000 % value.denominator == 0:
        return f"{float(value):g}".removeprefix("0")
    return str(value)


def contour_text(motif: Motif, key: Key) -> str:
    """Draw the outline of a melody: one block per note, the higher the taller, with a space between bars.

    Args:
        motif: the melody.
        key: the key in which the pitches are compared.

    Example:
        >>> contour_text(read_degrees("1:1 3:1 5:2 | 1':4"), Key(0, "ionian"))
        '▁▃▅ █'
    """
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    low, reach = min(pitches, default=0), max(max(pitches, default=0) - min(pitches, default=0), 1)
    out: list[str] = []
    bar = 0
    for note, pitch in zip(motif.notes, pitches, strict=True):
        if note.onset // motif.meter.bar_ticks > bar and out:
            out.append(" ")
        bar = note.onset // motif.meter.bar_ticks
        out.append(_BLOCKS[round((pitch - low) * (len(_BLOCKS) - 1) / reach)])
    return "".join(out)
