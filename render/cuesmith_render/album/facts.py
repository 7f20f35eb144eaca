"""What the album page shows, gathered from scores and reports, so that the template only has to lay it out."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby

from cuesmith.cue.cue import Cue
from cuesmith.motif.model import Theme
from cuesmith.music.bar_grid import bar_starts
from cuesmith.plan.model import Plan
from cuesmith.score import Statement

PLAIN = "plain"
"""How a statement without any operation is called on the page."""

_ACCIDENTAL = re.compile(r"\b([A-G])([b#])")
_SIGNS = {"b": "♭", "#": "♯"}


@dataclass(frozen=True, slots=True)
class DrawnNote:
    """A note of a theme's picture: left edge and width 0..1 of the melody's length, row from the top (semitones)."""

    left: float
    width: float
    row: int


@dataclass(frozen=True, slots=True)
class DrawnTheme:
    """A theme's melody as a small picture. rows: semitones it spans; bars: where bar lines stand, 0..1.

    units: (left, width, name) of what the melody is made of, 0..1.
    """

    notes: tuple[DrawnNote, ...]
    rows: int
    bars: tuple[float, ...]
    units: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A theme stated once, by one part or several. bars: first and last, from 1; identity 0..1."""

    theme: str
    how: str
    identity: float
    section: str
    bars: tuple[int, int]
    start_sec: float
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How a cue states one theme: how often (0: not), how recognisable at best, in which ways, at which stage."""

    count: int
    identity: float
    ways: tuple[str, ...]
    stage: str = ""


def drawn(theme: Theme) -> DrawnTheme:
    """The picture of a theme's melody, in its own key."""
    melody = theme.melody
    notes = melody.realise(theme.key, theme.octave)
    top, bottom = max(note.pitch for note in notes), min(note.pitch for note in notes)
    bar = melody.meter.bar_ticks / melody.length
    return DrawnTheme(
        notes=tuple(
            DrawnNote(note.onset / melody.length, note.duration / melody.length, top - note.pitch) for note in notes
        ),
        rows=top - bottom + 1,
        bars=tuple(index * bar for index in range(1, melody.bars)),
        units=tuple((first * bar, bars * bar, name) for first, bars, name in theme.units),
    )


def heard(cue: Cue) -> tuple[Heard, ...]:
    """The statements of a cue in order of time; what several parts play together is one statement."""
    plan = cue.score.plan
    starts = bar_starts(plan.meters(), plan.length)
    names = {part.id: part.name for part in cue.score.parts}

    def together(statement: Statement) -> tuple[int, int, str, tuple[str, ...]]:
        return statement.start, statement.end, statement.theme, statement.ops

    out = []
    for _, group in groupby(sorted(cue.score.statements(), key=together), key=together):
        voices = tuple(group)
        first = voices[0]
        last_tick = max(first.start, first.end - 1)
        out.append(
            Heard(
                theme=first.theme,
                how=" + ".join(first.ops) or PLAIN,
                identity=max(voice.identity for voice in voices),
                section=first.section,
                bars=(bisect_right(starts, first.start), min(bisect_right(starts, last_tick), plan.bars)),
                start_sec=plan.tempo.seconds(first.start),
                parts=tuple(dict.fromkeys(names.get(voice.part, voice.part) for voice in voices)),
            )
        )
    return tuple(out)


def matrix_cell(statements: tuple[Heard, ...], theme: str, stage: str = "") -> MatrixCell:
    """One field of the motif matrix. stage: where the theme stands in its story."""
    found = [statement for statement in statements if statement.theme == theme]
    ways = tuple(dict.fromkeys(statement.how for statement in found))
    return MatrixCell(len(found), max((statement.identity for statement in found), default=0.0), ways, stage)


def clock(plan: Plan) -> tuple[tuple[float, float], ...]:
    """Points (place 0..1 on the musical grid, seconds) between which time runs evenly, from start to end."""
    ticks = [*(change.tick for change in plan.tempo.changes if change.tick < plan.length), plan.length]
    return tuple((round(tick / plan.length, 5), round(plan.tempo.seconds(tick), 3)) for tick in ticks)


def minutes(seconds: float) -> str:
    """74.5 → `1:14`; hours are minutes too."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def decibels(value: float, unit: str) -> str:
    """`-16.0 LUFS` with a true minus sign; `silent` for -inf."""
    return f"{value:.1f} {unit}".replace("-", "\N{MINUS SIGN}") if math.isfinite(value) else "silent"


def engraved(text: str) -> str:
    """Names of keys and chords with printed accidentals: `Bb minor` → `B♭ minor`."""
    return _ACCIDENTAL.sub(lambda match: match[1] + _SIGNS[match[2]], text)
