"""Tools for the benchmarks: CPU time, medians, comparison of two things, and a table of rows with targets."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

Clock = Callable[[], float]


class Row(NamedTuple):
    """One line of the table.

    what: what was measured.
    value: None when it could not be measured; `note` says why.
    unit: `s`, `ms`, `x` (a ratio) or `%`.
    bar, moonshot: the target and the ambitious target, in the same unit; None when there is none.
    more: True when a larger value is better.
    """

    what: str
    value: float | None
    unit: str
    bar: float | None = None
    moonshot: float | None = None
    more: bool = False
    note: str = ""


class Pair(NamedTuple):
    """Two things measured alternately: the median of each in seconds, and the median of the ratios."""

    first_sec: float
    second_sec: float
    ratio: float


def cpu_sec() -> float:
    """Return the CPU time in seconds of this process and its finished children (for children in steps of 10 ms)."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def timed(action: Callable[[], object], clock: Clock = cpu_sec) -> float:
    """Return the seconds that one call takes."""
    start = clock()
    action()
    return clock() - start


def side_by_side(
    first: Callable[[], object], second: Callable[[], object], rounds: int = 3, clock: Clock = cpu_sec
) -> Pair:
    """Measure two things alternately, `rounds` (at least 1) times, so that a slow moment of the machine affects both.

    The ratio is first divided by second, the median over all rounds. Each is called once before, without measuring.
    """
    first()
    second()
    pairs = [(timed(first, clock), timed(second, clock)) for _ in range(rounds)]
    return Pair(median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs))


def median_of_runs(command: Sequence[str], rounds: int = 7) -> float:
    """Return the median of the number (seconds) that a program prints, run as a new process each time.

    The first run is not counted.
    """
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(rounds + 1)]
    return median(float(run.stdout) for run in runs[1:])


def verdict(row: Row) -> str:
    """Return `moonshot`, `met` or `missed`; empty when there is no target or no value."""
    if row.value is None or row.bar is None:
        return ""
    sign = -1 if row.more else 1
    if row.moonshot is not None and sign * row.value <= sign * row.moonshot:
        return "moonshot"
    return "met" if sign * row.value <= sign * row.bar else "missed"


def shown(value: float | None, unit: str) -> str:
    """Return a value with its unit, with at most three digits after the point; `-` for None."""
    if value is None:
        return "-"
    digits = 1 if unit in ("ms", "%") else 2 if unit == "x" else 3
    return f"{value:.{digits}f}{'' if unit == 'x' else ' '}{'×' if unit == 'x' else unit}"


HEAD = ("what", "measured", "bar", "moonshot", "verdict", "note")


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as text, in the columns of `HEAD`."""
    figures = (shown(value, row.unit) for value in (row.value, row.bar, row.moonshot))
    return (row.what, *figures, verdict(row), row.note)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table with aligned columns."""
    return markdown([HEAD, *(cells(row) for row in rows)])


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table with aligned columns. The first line is the head."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    body = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([body[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *body[1:]])
