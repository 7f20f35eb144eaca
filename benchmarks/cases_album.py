"""An album, on one core and on two."""

from __future__ import annotations

import tempfile
import time
from itertools import count
from pathlib import Path

from benchmarks.measure import Row, side_by_side
from cuesmith.specs.show import CueSpec, Show, ThemeSpec
from cuesmith_render.album import render_album

CUES = 8
TYPES = ("transform", "victory")
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


def short_show() -> Show:
    """Eight cues of some forty seconds, two in each style."""
    cues = tuple(
        CueSpec(id=f"M-{101 + number}", type=TYPES[number % 2], style=STYLES[number // 2], seconds=40)
        for number in range(CUES)
    )
    return Show(title="Benchmark", seed=1, themes={"hero": ThemeSpec(character="heroic")}, cues=cues)


def rows() -> list[Row]:
    """Time on the clock, not of the CPU: what counts is how long one waits. A busy machine spoils it."""
    show = short_show()
    with tempfile.TemporaryDirectory() as name:
        folders = (Path(name, str(number)) for number in count())  # nothing of an earlier run can be reused
        pair = side_by_side(
            lambda: render_album(show, next(folders), jobs=1),
            lambda: render_album(show, next(folders), jobs=2),
            clock=time.perf_counter,
        )
    note = f"{CUES} cues of 40 s, on the clock: {pair.first_sec:.1f} s and {pair.second_sec:.1f} s"
    return [Row("album on 2 cores, against 1", pair.ratio, "x", 1.8, 1.95, more=True, note=note)]
