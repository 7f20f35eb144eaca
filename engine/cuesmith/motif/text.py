"""Motifs as text: `D4:1.5 F#4:.5 | A4:2`, or in degrees `1:1.5 5:.5 2':2`; and a melody's outline as a picture of text.

A word is a pitch, a colon and a length in quarter notes (`1.5`, `.5`, `3/2`). Pitches begin with a capital letter (C4
is middle C), degrees are 1..7 with `b` or `#` before and `'` (an octave up) or `,` (down) behind; `r` is a rest. Bar
lines may be left out; those that are there are checked. Faults are told with their column, counted from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from cuesmith.motif.model import Motif
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.pitch import parse_pitch, pitch_name
from cuesmith.music.scale import Key

MAX_CHARACTERS = 4000
LONGEST_BEATS = 64
SHORTEST_TICKS = PPQ // 16

_BLOCKS = "▁▂▃▄▅▆▇█"
_WORD = re.compile(r"\S+")
_LENGTH = re.compile(r"\d{0,3}\.\d{1,6}|\d{1,3}(?:\.\d{0,6}|/\d{1,3})?")
_DEGREE = re.compile(r"([b#]{0,2})([1-7])('{0,3}|,{0,3})")
_PITCH_START = re.compile(r"[A-G]")
_FIRST_WORD = re.compile(r"\|?\s*(?:[A-G](?:##|bb|#|b|♯|♭)?-?\d+|[b#]{0,2}[1-7]['|,]{0,3}|[rR]):\.?\d")
_ALTER = {"": 0, "#": 1, "##": 2, "b": -1, "bb": -2}
_EXAMPLE = "write it like D4:1.5, 5:1/2 or r:1"


class Sound(NamedTuple):
    """A note as written: onset and duration in ticks; `pitch` (MIDI), or `step` and `alter` when given by degree."""

    onset: int
    duration: int
    pitch: int | None
    step: int = 0
    alter: int = 0


class Written(NamedTuple):
    """Notes as written: in order, with the ticks they fill and where the bar lines stand (ticks)."""

    sounds: tuple[Sound, ...]
    length: int
    bar_lines: tuple[int, ...]
    by_degree: bool


def looks_like_notes(text: str) -> bool:
    """Whether a text begins as notes do; for telling notes from the name of a file."""
    return _FIRST_WORD.match(text.strip()) is not None


def read_notes(text: str, meter: Meter | None = None) -> Written:
    """The notes of a text. With a meter, its bar lines are checked against it.

    Raises ValueError naming the column: a word that is no note, pitches mixed with degrees, a bar line out of place,
    no notes at all.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{len(text)} characters are too many for a theme; {MAX_CHARACTERS} at most")
    sounds: list[Sound] = []
    lines: list[tuple[int, int]] = []  # tick, column
    begins: list[int] = []
    at = 0
    for column, word in _words(text):
        if word == "|":
            lines.append((at, column))
            continue
        name, colon, length = word.partition(":")
        if not colon:
            raise ValueError(f"column {column}: '{_short(word)}' has no length; {_EXAMPLE}")
        ticks = _ticks(length, column + len(name) + 1)
        begins.append(at)
        if name not in ("r", "R"):
            sound = _sound(name, column, at, ticks)
            if sounds and (sound.pitch is None) != (sounds[0].pitch is None):
                raise ValueError(f"column {column}: '{name}' mixes degrees with pitches; write all in one way")
            sounds.append(sound)
        at += ticks
    if not sounds:
        raise ValueError("there are no notes; write them like D4:1.5 F#4:.5 A4:2")
    if meter is not None:
        _check_lines(lines, begins, at, meter)
    return Written(tuple(sounds), at, tuple(tick for tick, _ in lines), sounds[0].pitch is None)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Column and text of every word; a bar line is a word even without blanks around it."""
    for match in _WORD.finditer(text):
        start = match.start() + 1
        for piece in re.finditer(r"\||[^|]+", match[0]):
            yield start + piece.start(), piece[0]


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"


def _ticks(length: str, column: int) -> int:
    if not _LENGTH.fullmatch(length):
        raise ValueError(f"column {column}: '{_short(length)}' is not a length in beats; {_EXAMPLE}")
    try:
        ticks = round(Fraction(length) * PPQ)
    except ZeroDivisionError:
        raise ValueError(f"column {column}: '{length}' divides by zero; {_EXAMPLE}") from None
    if not SHORTEST_TICKS <= ticks <= LONGEST_BEATS * PPQ:
        raise ValueError(f"column {column}: {length} beats are out of range; 1/16 to {LONGEST_BEATS}")
    return ticks


def _sound(name: str, column: int, onset: int, duration: int) -> Sound:
    if _PITCH_START.match(name):
        try:
            return Sound(onset, duration, parse_pitch(name))
        except ValueError as fault:
            raise ValueError(f"column {column}: {fault}") from None
    degree = _DEGREE.fullmatch(name)
    if degree:
        octaves = len(degree[3]) * (-1 if degree[3].startswith(",") else 1)
        return Sound(onset, duration, None, int(degree[2]) - 1 + 7 * octaves, _ALTER.get(degree[1], 0))
    if re.fullmatch(r"[a-g](?:##|bb|#|b)?-?\d+", name):
        raise ValueError(f"column {column}: '{name}': the letter of a pitch is a capital: {name[0].upper()}{name[1:]}")
    if re.match(r"[b#]*[089]|[b#]*\d\d", name):
        raise ValueError(f"column {column}: '{_short(name)}': degrees go from 1 to 7; 1' is the octave")
    raise ValueError(f"column {column}: '{_short(name)}' is neither a pitch, a degree nor a rest; {_EXAMPLE}")


def _check_lines(lines: list[tuple[int, int]], begins: list[int], length: int, meter: Meter) -> None:
    """A bar line stands where its bar is full; what is held over the line stands whole before it."""
    number = 1
    for place, (tick, column) in enumerate(lines):
        last = max((begin for begin in begins if begin < tick), default=-1)
        if tick == 0 or (place == len(lines) - 1 and tick == length):
            continue  # before the first note and after the last, a line may stand for itself
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
    """A motif at pitch as text, as `read_notes` takes it: `D4:1.5 F#4:.5 | A4:2 r:2`; flats in keys with flats.

    A note held over the bar line stands whole before it; rests are written bar by bar.
    """
    flats = key.sharps < 0
    return _text(motif, [pitch_name(n.pitch, flats) for n in motif.realise(key, octave)])


def degrees_text(motif: Motif) -> str:
    """A motif as degrees, as `read_notes` takes them: `1:1.5 5:.5 | 2':2`."""
    names = []
    for note in motif.notes:
        octaves, degree = divmod(note.step, 7)
        sign = "#" * note.alter if note.alter > 0 else "b" * -note.alter
        names.append(f"{sign}{degree + 1}" + ("'" * octaves if octaves > 0 else "," * -octaves))
    return _text(motif, names)


def _text(motif: Motif, names: Sequence[str]) -> str:
    """Names with their lengths, rests and bar lines between."""
    words: list[str] = []
    bar_ticks = motif.meter.bar_ticks
    at, bar = 0, 1

    def advance(to: int) -> None:
        """Write rests and bar lines from `at` up to the next note, or up to the end."""
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
    """Quarter notes, exactly: 2, 1.5, .5, 1/3."""
    value = Fraction(ticks, PPQ)
    if 1000 % value.denominator == 0:
        return f"{float(value):g}".removeprefix("0")
    return str(value)


def contour_text(motif: Motif, key: Key) -> str:
    """One block per note, low to high, blanks between bars: `▁▃▅█ ▆▄`; how the melody goes, at a glance."""
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
