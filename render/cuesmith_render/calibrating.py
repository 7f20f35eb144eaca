"""`calibrate(font)`: measure a soundfont once, store the result, and use it whenever this font plays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cuesmith.export.atomic import write_text
from cuesmith.specs.banks.library import load_banks
from cuesmith_render.fluid.calibration import (
    FORMAT,
    Calibration,
    cache_file,
    calibration_of,
    measured_table,
    usual_drum_levels,
)
from cuesmith_render.fluid.discover import Soundfont, find_library, find_soundfont
from cuesmith_render.fluid.measure import Keys, OnProgress, measure
from cuesmith_render.fluid.synth import Bank


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The measurements of a soundfont.

    table: the measurements, in the format of `calibration.json`.
    path: the cache file.
    fresh: True when measured just now, False when read from the cache.
    """

    soundfont: Soundfont
    table: Mapping[str, Any]
    path: Path
    fresh: bool


def calibrate(
    soundfont: str | Path | None = None,
    *,
    force: bool = False,
    on_progress: OnProgress = lambda what, done, total: None,
) -> Calibrated:
    """Measure a soundfont and store the result in the user's cache folder.

    soundfont: a .sf2 or .sf3 file; by default the one that a render would use.
    force: measure again even when there is a stored result.
    on_progress: called with (name, number done, number of steps).

    Raises ComponentError when the file is not a soundfont, is damaged or has no General MIDI programs, or when
    FluidSynth is missing.
    """
    font = find_soundfont(soundfont)
    known = None if force else measured_table(font.path)
    if known is not None:
        return Calibrated(font, known, cache_file(font.path), False)
    library = find_library()
    with Bank(library, font) as bank:
        table = measure(bank, known_programs(), known_kits(), usual_drum_levels(), on_progress)
    table = {"format": FORMAT, "fluidsynth": library.version, **table}
    path = cache_file(font.path)
    write_text(path, json.dumps(table, indent=1) + "\n")
    return Calibrated(font, table, path, True)


def calibration_here(soundfont: str | Path | None = None) -> Calibration:
    """Return the calibration that a render with this soundfont would use.

    Raises ComponentError when there is no such font.
    """
    return calibration_of(find_soundfont(soundfont))


def known_programs() -> dict[int, tuple[str, Keys, Keys]]:
    """Return every General MIDI program that an instrument uses: its name, range and best register."""
    out: dict[int, tuple[str, Keys, Keys]] = {}
    for row in load_banks().instruments.values():
        out.setdefault(row.program, (row.name, row.range, row.sweet))
    return out


def known_kits() -> tuple[int, ...]:
    """Return every drum kit that a style can use."""
    return tuple(sorted({kit.program for kit in load_banks().kits.values()}))
