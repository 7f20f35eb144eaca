"""Benchmark: composing (time per minute of music, eight bars) and importing."""

from __future__ import annotations

import sys
from functools import partial
from statistics import median
from typing import NamedTuple

from benchmarks.measure import Row, median_of_runs, timed
from cuesmith.cue.compose import compose, compose_brief
from cuesmith.cue.cue import Cue
from cuesmith.music.scale import Key
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("battle", "chase", "main_theme", "march", "setpiece", "transform")
ROUNDS = 3
FEWEST_PARTS, MOST_PARTS = 12, 16
GAME_BARS, GAME_TEMPO_BPM = 8, 120.0


class Sample(NamedTuple):
    """One composed cue: its number of parts, and the CPU time per minute of its music."""

    parts: int
    sec_per_minute: float


def _sample(style: str, type_: str, seed: int) -> Sample:
    made: list[Cue] = []

    def work() -> None:
        made.append(compose(style=style, type=type_, seed=seed))
        made[0].midi()

    spent_sec = timed(work)
    return Sample(len(made[0].performance.tracks), spent_sec * 60 / made[0].seconds)


def _per_minute() -> list[Row]:
    """Compose every seed only once, so that no cache of one cue speeds up the next."""
    for style in STYLES:
        for type_ in TYPES:
            _sample(style, type_, seed=1000)
    samples = [_sample(style, type_, seed) for seed in range(ROUNDS) for style in STYLES for type_ in TYPES]
    usual = [one.sec_per_minute for one in samples if FEWEST_PARTS <= one.parts <= MOST_PARTS]
    every = [one.sec_per_minute for one in samples]
    most = max(one.parts for one in samples)
    what = f"compose + MIDI bytes, per minute of {FEWEST_PARTS}–{MOST_PARTS}-part music"
    return [
        Row(what, median(usual), "s", 0.10, 0.03, note=f"median of {len(usual)} cues; slowest {max(usual):.3f} s"),
        Row(
            "the same, whatever the number of parts", median(every), "s",
            note=f"median of {len(every)} cues of up to {most} parts; slowest {max(every):.3f} s",
        ),
    ]  # fmt: skip


def _game_bars() -> Row:
    """Measure a whole cue of this size, planned and performed, because single sections can't be composed yet."""
    style, banks = load_style("symphonic"), load_banks()
    themes = make_themes({"hero": ThemeSpec(character="heroic")}, style, banks, seed=1)
    seconds = GAME_BARS * 4 * 60 / GAME_TEMPO_BPM

    def brief(seed: int) -> Brief:
        return Brief(
            id="M-401", title="Next", type="transform", style="symphonic", seed=seed, seconds=seconds,
            key=Key(2, "aeolian"), tempo_bpm=GAME_TEMPO_BPM, themes=("hero",),
        )  # fmt: skip

    first = compose_brief(brief(100), themes)
    spent = [timed(partial(compose_brief, brief(seed), themes)) for seed in range(15)]
    note = f"a whole cue of {first.score.plan.bars} bars, {len(first.performance.tracks)} parts, stands for it"
    return Row(f"next {GAME_BARS} bars for a running game", 1000 * median(spent), "ms", 30, 5, note=note)


def _imports() -> list[Row]:
    """Measure CPU time in a fresh interpreter, without the start of the interpreter itself."""
    clock = "import time; start = time.process_time(); {}; print(time.process_time() - start)"
    package = median_of_runs([sys.executable, "-c", clock.format("import cuesmith")])
    function = median_of_runs([sys.executable, "-c", clock.format("from cuesmith import compose")])
    cold = median_of_runs([sys.executable, "-c", clock.format("import cuesmith; cuesmith.compose(seconds=60).midi()")])
    return [
        Row("import cuesmith", package, "s", 0.25, 0.10, note="in a fresh interpreter; names load at first use"),
        Row("from cuesmith import compose", function, "s", note="numpy and pydantic with it"),
        Row("import, read style and banks, compose a minute", cold, "s", note="in a fresh interpreter, nothing cached"),
    ]


def rows() -> list[Row]:
    """Return all measurements of this module."""
    return [*_per_minute(), _game_bars(), *_imports()]
