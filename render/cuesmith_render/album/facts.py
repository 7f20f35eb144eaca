"""Collect what the album page shows from scores and reports, so that the template only arranges it."""

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
"""The name, on the page, of a statement without any operation."""

_ACCIDENTAL = re.compile(r"\b([A-G])([b#])")
_SIGNS = {"b": "♭", "#": "♯"}


@dataclass(frozen=True, slots=True)
class DrawnNote:
    """A note in the picture of a theme.

    left, width: 0..1 of the length of the melody.
    row: semitones below the highest note.
    """

    left: float
    width: float
    row: int


@dataclass(frozen=True, slots=True)
class DrawnTheme:
    """A theme's melody as a small picture.

    rows: range in semitones.
    bars: places of the bar lines, 0..1.
    units: (left, width, name) of the parts of the melody, 0..1.
    """

    notes: tuple[DrawnNote, ...]
    rows: int
    bars: tuple[float, ...]
    units: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class ThemeStatement:
    """One statement of a theme, by one part or several together.

    identity: 0..1.
    bars: first and last bar, from 1.
    """

    theme: str
    how: str
    identity: float
    section: str
    bars: tuple[int, int]
    start_sec: float
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How a cue states one theme: how often (0: never), best identity, operations, and stage of the theme's arc."""

    count: int
    identity: float
    ways: tuple[str, ...]
    stage: str = ""


def draw_theme(theme: Theme) -> DrawnTheme:
    """Return the picture of a theme's melody, in its own key."""
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


def statements_of(cue: Cue) -> tuple[ThemeStatement, ...]:
    """Return the statements of a cue in order of time; what several parts play together is one statement."""
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
            ThemeStatement(
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


def matrix_cell(statements: tuple[ThemeStatement, ...], theme: str, stage: str = "") -> MatrixCell:
    """Return one cell of the motif matrix. `stage`: the stage of the theme's arc in this cue."""
    found = [statement for statement in statements if statement.theme == theme]
    ways = tuple(dict.fromkeys(statement.how for statement in found))
    return MatrixCell(len(found), max((statement.identity for statement in found), default=0.0), ways, stage)


def clock(plan: Plan) -> tuple[tuple[float, float], ...]:
    """Return points (place 0..1 on the musical grid, seconds) between which time is linear, from start to end."""
    ticks = [*(change.tick for change in plan.tempo.changes if change.tick < plan.length), plan.length]
    return tuple((round(tick / plan.length, 5), round(plan.tempo.seconds(tick), 3)) for tick in ticks)


def minutes(seconds: float) -> str:
    """Return seconds as minutes and seconds: 74.5 is `1:14`. Hours are shown as minutes, too."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def decibels(value: float, unit: str) -> str:
    """Return a level such as `-16.0 LUFS`, with a real minus sign; `silent` for -inf."""
    return f"{value:.1f} {unit}".replace("-", "\N{MINUS SIGN}") if math.isfinite(value) else "silent"


def with_accidental_signs(text: str) -> str:
    """Replace b and # in names of keys and chords by accidental signs: `Bb minor` becomes `B♭ minor`."""
    return _ACCIDENTAL.sub(lambda match: match[1] + _SIGNS[match[2]], text)
