"""The cues that are measured: composed here, or read from files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.critic.craft.reading import read
from tests.critic.craft.record import Record, measure

from cuesmith.cue.compose import compose
from cuesmith.specs.banks.library import load_banks

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = (
    "battle", "daily", "sad", "tender", "chase", "main_theme", "comedy", "mystery", "suspense", "victory",
)  # fmt: skip


class Wish(NamedTuple):
    """A cue to be composed and kept in a folder."""

    style: str
    type: str
    seed: int
    seconds: float
    folder: str
    as_played: bool


def names_of(wish: str, known: Sequence[str]) -> list[str]:
    """`4` → the first four names known; `battle,sad` → those. Raises ValueError for anything else."""
    if wish.isdigit():
        return list(known[: int(wish)])
    names = [name.strip() for name in wish.split(",")]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    return names


def types_known() -> list[str]:
    """The ten commonest cue types, then all others."""
    return [*TYPES, *(name for name in load_banks().cue_types if name not in TYPES)]


def composed(wish: Wish) -> Record:
    """Compose a cue, keep its two files, and measure them: on the grid, or as it is played.

    The seed differs from style to style and type to type, so that no two cues have a theme or a form in common.
    """
    cue = compose(
        style=wish.style, type=wish.type, seed=f"{wish.type} {wish.style} {wish.seed}", seconds=wish.seconds,
        force=True, humanize=float(wish.as_played),
    )  # fmt: skip
    path = Path(wish.folder) / f"{wish.style}_{wish.type}_{wish.seed}.mid"
    cue.save(path)
    cue.save(path.with_suffix(".json"))
    return measured(path, wish.as_played)


def measured(path: Path, as_played: bool = False) -> Record:
    """Measure a MIDI file, with the explain JSON of the same name beside it where there is one."""
    beside = path.with_suffix(".json")
    told = json.loads(beside.read_text("utf-8")) if beside.exists() else None
    return measure(read(path.stem, path.read_bytes(), told, as_played))


def midi_files(paths: Iterable[Path]) -> list[Path]:
    """The MIDI files named, and those in folders named."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in (".mid", ".midi"))
        found += inside if path.is_dir() else [path]
    return found


def all_composed(wishes: Sequence[Wish], jobs: int) -> Iterator[Record]:
    """Compose and measure, on so many processes."""
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(composed, wishes)


def all_measured(paths: Sequence[Path], jobs: int, as_played: bool) -> Iterator[Record]:
    """Measure files, on so many processes."""
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(measured, as_played=as_played), paths)
