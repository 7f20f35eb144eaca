"""Benchmark: an album on one core and on two."""

from __future__ import annotations

import tempfile
import time
from itertools import count
from pathlib import Path

from benchmarks.measure import Row, side_by_side
from cuesmith.specs.show import CueSpec, Show, ThemeSpec
from cuesmith_render.album import render_album

CUES, CUE_SEC = 8, 30
QUIET = 0.93
"""Least share of a core that one job must get; below it the clock time is not reliable."""

TYPES = ("transform", "victory")
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


def short_show() -> Show:
    """Return eight cues of half a minute, two in each style."""
    cues = tuple(
        CueSpec(id=f"M-{101 + number}", type=TYPES[number % 2], style=STYLES[number // 2], seconds=CUE_SEC)
        for number in range(CUES)
    )
    return Show(title="Benchmark", seed=1, themes={"hero": ThemeSpec(character="heroic")}, cues=cues)


def rows() -> list[Row]:
    """Measure clock time, not CPU time, because waiting time matters here.

    When the machine is busy, no figure is given.
    """
    show = short_show()
    held: list[float] = []  # how much of a core one job got, 0..1

    def alone(folder: Path) -> None:
        start_sec, start_cpu_sec = time.perf_counter(), time.process_time()
        render_album(show, folder, jobs=1)
        held.append((time.process_time() - start_cpu_sec) / (time.perf_counter() - start_sec))

    with tempfile.TemporaryDirectory() as name:
        folders = (Path(name, str(number)) for number in count())  # nothing of an earlier run can be reused
        pair = side_by_side(
            lambda: alone(next(folders)),
            lambda: render_album(show, next(folders), jobs=2),
            clock=time.perf_counter,
        )
    quiet = min(held) >= QUIET
    note = f"{CUES} cues of {CUE_SEC} s, on the clock: {pair.first_sec:.1f} s and {pair.second_sec:.1f} s"
    if not quiet:
        note += f"; no figure: other programs held the CPU (one job got {100 * min(held):.0f} % of a core)"
    return [Row("album on 2 cores, against 1", pair.ratio if quiet else None, "x", 1.8, 1.95, more=True, note=note)]
