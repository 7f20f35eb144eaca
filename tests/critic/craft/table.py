"""The table: a line per measure, a column for all cues, for each style and for each type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from tests.critic.craft.columns import COLUMNS, Column, of_people
from tests.critic.craft.groups import GROUP_COLUMNS, GroupColumn
from tests.critic.craft.record import Record


class Line(NamedTuple):
    """A line of the table: its heading, what it is measured by, and a figure per group of cues (None: not asked)."""

    column: Column | GroupColumn
    figures: tuple[float | None, ...]


class Table(NamedTuple):
    """Headings of the groups with how many cues each has, and the lines."""

    heads: tuple[str, ...]
    counts: tuple[int, ...]
    lines: tuple[Line, ...]


def _ordered() -> list[Column | GroupColumn]:
    """All columns, those of one subject together."""
    every: list[Column | GroupColumn] = [*COLUMNS, *GROUP_COLUMNS]
    subjects = list(dict.fromkeys(column.subject for column in every))
    return sorted(every, key=lambda column: subjects.index(column.subject))


def figure(column: Column | GroupColumn, cues: Sequence[Record]) -> float | None:
    """A column over several cues: of a cue's measure the mean over the cues it is asked of."""
    if isinstance(column, GroupColumn):
        return column.measure(cues)
    values = [value for cue in cues if (value := cue.figures.get(column.name)) is not None]
    return float(np.mean(values)) if values else None


def table_of(cues: Sequence[Record]) -> Table:
    """The table of measured cues."""
    chosen = {"all": list(cues)}
    for cue in cues:
        chosen.setdefault(cue.style or "no style", []).append(cue)
    for cue in cues:
        chosen.setdefault(cue.type or "no type", []).append(cue)
    lines = tuple(Line(column, tuple(figure(column, group) for group in chosen.values())) for column in _ordered())
    return Table(tuple(chosen), tuple(len(group) for group in chosen.values()), lines)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def markdown(table: Table) -> str:
    """The table as Markdown."""
    heads = ("subject", "measure", "goal", "people", "earlier", *table.heads)
    out = _row(heads) + _row(["---"] * len(heads))
    out += _row(["", "cues", "", "", "", *map(str, table.counts)])
    for column, figures in table.lines:
        told = (column.subject, column.name, column.goal, of_people(column.human), column.earlier)
        out += _row([*told, *(_shown(value) for value in figures)])
    return out


def compared(before: Table, after: Table) -> str:
    """Both tables as Markdown, `before → after` in each cell; groups that only one of them has are left out."""
    heads = [head for head in after.heads if head in before.heads]
    old = {line.column.name: dict(zip(before.heads, line.figures, strict=True)) for line in before.lines}
    out = _row(("subject", "measure", "goal", "people", *heads)) + _row(["---"] * (4 + len(heads)))
    for column, figures in after.lines:
        new = dict(zip(after.heads, figures, strict=True))
        cells = [_change(old[column.name][head], new[head]) for head in heads]
        out += _row([column.subject, column.name, column.goal, of_people(column.human), *cells])
    return out


def _change(before: float | None, after: float | None) -> str:
    return "" if before is None and after is None else f"{_shown(before) or '–'} → {_shown(after) or '–'}"


def definitions() -> str:
    """Every measure with what it is, its goal and the figure of people's music."""
    out = ""
    for column in _ordered():
        notes = [f"goal {column.goal}"] if column.goal else []
        notes += [f"people {of_people(column.human)}"] if column.human else []
        notes += [f"earlier {column.earlier}"] if column.earlier else []
        out += f"- **{column.name}** ({column.subject}): {column.definition}"
        out += f" [{'; '.join(notes)}]\n" if notes else "\n"
    return out
