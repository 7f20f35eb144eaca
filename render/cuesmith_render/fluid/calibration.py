"""Calibration: the loudness of each instrument of a soundfont, so that equal levels sound equally loud in any font.

At the same velocity the programs of one soundfont differ by up to 21 dB. `calibration.json` has measurements of three
General MIDI fonts; its `provenance` says how they were made. Any other font is measured once on the user's machine
(`fluid.measure`, `cuesmith calibrate`) and the result is kept in the cache folder, by the content of the font. A font
that was never measured is used without correction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import platformdirs

from cuesmith_render.fluid.discover import Soundfont

# Start of the soundfont's name (lower case, without spaces, `_` and `-`) → name in the columns of the table
_FONTS = {
    "timgm6mb":         "TimGM6mb",
    "fluidr3gm":        "FluidR3_GM",
    "musescoregeneral": "MuseScore_General",
}  # fmt: skip

FORMAT = 1
"""Format number of the files in the cache folder; a font with another number is measured again."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The levels of one soundfont; everything not listed is 0.

    programs: General MIDI program → gain in dB that brings it to the median loudness of the font.
    attack50_ms: program → milliseconds until it reaches half of its peak (long for slow strings, choirs, pads).
    drums: key of the standard kit → gain in dB that brings it to its usual level relative to the programs.
    kits: kit number → gain in dB to add to `drums`.
    origin: measured by this user, shipped with Cuesmith, or none.
    silent_keys: program → keys in the range of its instrument for which the font has no sample.
    """

    font: str
    programs: Mapping[int, float]
    attack50_ms: Mapping[int, int]
    drums: Mapping[int, float]
    kits: Mapping[int, float]
    origin: Literal["measured", "shipped", "none"] = "shipped"
    silent_keys: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def gain_db(self, program: int) -> float:
        """Return the gain that corrects the level of a melodic program, in dB."""
        return self.programs.get(program, 0.0)

    def drum_gain_db(self, kit: int, key: int) -> float:
        """Return the gain that corrects the level of a drum, in dB."""
        return self.drums.get(key, 0.0) + self.kits.get(kit, 0.0)


@lru_cache(maxsize=16)
def calibration_for(soundfont: str) -> Calibration:
    """Return the shipped calibration of a soundfont by its name (`FluidR3_GM`); else one without corrections."""
    font = shipped_name(soundfont)
    if font is None:
        nothing: Mapping[int, float] = MappingProxyType({})
        return Calibration(soundfont, nothing, MappingProxyType({}), nothing, nothing, "none")
    return _read(shipped_table(), font, "shipped")


def calibration_of(soundfont: Soundfont) -> Calibration:
    """Return the calibration of a soundfont file: measured by the user, else shipped, else without corrections."""
    table = measured_table(soundfont.path)
    return calibration_for(soundfont.name) if table is None else _read(table, table["font"], "measured")


def shipped_name(soundfont: str) -> str | None:
    """Return the name of a soundfont in the shipped table; None when it is not there."""
    name = soundfont.lower().translate({ord(sign): None for sign in " _-"})
    return next((column for start, column in _FONTS.items() if name.startswith(start)), None)


@lru_cache(maxsize=1)
def shipped_table() -> dict[str, Any]:
    """Return the content of `calibration.json`."""
    table: dict[str, Any] = json.loads(files(__package__).joinpath("calibration.json").read_text("utf-8"))
    return table


def usual_drum_levels() -> dict[int, float]:
    """Return drum key → its usual level at velocity 100, in dB relative to the median of a font's programs."""
    table = shipped_table()
    usual = table["drum_columns"].index("usual_db")
    return {row[0]: row[usual] for row in table["drums"]}


def cache_folder() -> Path:
    """Return the folder with the user's own measurements."""
    return Path(platformdirs.user_cache_dir("cuesmith", appauthor=False)) / "calibration"


def cache_file(font: Path) -> Path:
    """Return the cache file of a soundfont; its name contains the size and the BLAKE2 hash of the font."""
    with font.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
    return cache_folder() / f"{font.stat().st_size}-{digest}.json"


def measured_table(font: Path) -> dict[str, Any] | None:
    """Return earlier measurements of a soundfont; None when there are none in this format.

    The font itself is read only when there is a measurement of a font of the same size.
    """
    try:
        if not any(cache_folder().glob(f"{font.stat().st_size}-*.json")):
            return None
        table: dict[str, Any] = json.loads(cache_file(font).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return table if isinstance(table, dict) and table.get("format") == FORMAT else None


def _read(table: Mapping[str, Any], font: str, origin: Literal["measured", "shipped"]) -> Calibration:
    gain = table["program_columns"].index(f"{font} gain_db")
    drum = table["drum_columns"].index(f"{font} gain_db")
    measured = [row for row in table["programs"] if row[gain] is not None]
    silent = {int(program): tuple(keys) for program, keys in table["silent_keys"][font].items()}
    return Calibration(
        font=font,
        programs=MappingProxyType({row[0]: row[gain] for row in measured}),
        attack50_ms=MappingProxyType({row[0]: row[gain + 1] for row in measured}),
        drums=MappingProxyType({row[0]: row[drum] for row in table["drums"]}),
        kits=MappingProxyType({int(kit): gain_db for kit, gain_db in table["kits"][font].items()}),
        origin=origin,
        silent_keys=MappingProxyType(silent),
    )
