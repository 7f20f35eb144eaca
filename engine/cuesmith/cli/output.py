"""Printing: results as text, tables or JSON on stdout; everything else on stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer

Progress = Callable[[str, int, int], None]  # name of the finished step, number of finished steps, number of all steps


def say(text: str = "") -> None:
    """Print a line of results on stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """Print a line about the work on stderr."""
    typer.echo(text, err=True)


def say_json(data: object) -> None:
    """Print plain data as JSON on stdout, in ASCII only, so that it is safe for every terminal and pipe."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return text in columns, two spaces apart, for a terminal or for `cut`. The last column may be long.

    Columns with only numbers are right-aligned. Wide characters (kana, kanji) count as two.
    """
    lines = [list(head), *(list(row) for row in rows)]
    wide = [max(_width(line[column]) for line in lines) for column in range(len(head))]
    right = [
        bool(rows) and all(_is_number(row[column]) for row in rows) and column < len(head) - 1
        for column in range(len(head))
    ]
    out = []
    for line in lines:
        cells = []
        for text, width, flush in zip(line, wide, right, strict=True):
            blanks = " " * (width - _width(text))
            cells.append(blanks + text if flush else text + blanks)
        out.append("  ".join(cells).rstrip())
    return "\n".join(out)


def clock(seconds: float) -> str:
    """Return seconds as minutes and seconds: 74.5 is 1:14.5."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Show the progress of a long job: a bar on a terminal, else one line per step; nothing when quiet."""
    if quiet:
        yield lambda what, done, total: None
    elif sys.stderr is not None and sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        what = TextColumn("{task.description}", markup=False)
        with Bar(
            BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), what, console=Console(stderr=True), transient=True
        ) as bar:
            task = bar.add_task("", total=None)
            yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)
    else:
        yield lambda what, done, total: note(f"[{done}/{total}] {what}")


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _is_number(text: str) -> bool:
    return text.replace(":", "").replace(".", "").replace("-", "").isdecimal()
