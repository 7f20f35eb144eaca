"""How loud each instrument of a soundfont is, so that equal levels in a mix sound equally loud in any font.

At equal velocity the programs of one soundfont differ by up to 21 dB. `calibration.json` holds what was
measured for three General MIDI fonts; its `provenance` says how. Any other font is measured once on the
user's machine (`fluid.measure`, `cuesmith calibrate`) and kept in his cache folder, by the font's content.
A font that was never measured is taken as it is.
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

# soundfont's name in lower case without spaces, `_` and `-`, as it begins → column of the table
_FONTS = {
    "timgm6mb":         "TimGM6mb",
    "fluidr3gm":        "FluidR3_GM",
    "musescoregeneral": "MuseScore_General",
}  # fmt: skip

FORMAT = 1
"""Of the files in the cache folder; others are measured again."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Levels of one soundfont; everything not listed is 0.

    programs    : General MIDI program → dB that bring it to the font's median loudness.
    attack50_ms : program → milliseconds until it has reached half of its peak (slow strings, choirs, pads).
    drums       : key of the standard kit → dB that bring it to its usual place beside the programs.
    kits        : kit number → dB to add to `drums`.
    silent_keys : program → keys of its instrument's range for which the font has no sample.
    origin      : measured by this user, shipped with Cuesmith, or none of both.
    """

    font: str
    programs: Mapping[int, float]
    attack50_ms: Mapping[int, int]
    drums: Mapping[int, float]
    kits: Mapping[int, float]
    origin: Literal["measured", "shipped", "none"] = "shipped"
    silent_keys: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def gain_db(self, program: int) -> float:
        """What a melodic program's level lacks (+) or has too much (-)."""
        return self.programs.get(program, 0.0)

    def drum_gain_db(self, kit: int, key: int) -> float:
        """What a drum's level lacks (+) or has too much (-)."""
        return self.drums.get(key, 0.0) + self.kits.get(kit, 0.0)


@lru_cache(maxsize=16)
def calibration_for(soundfont: str) -> Calibration:
    """The shipped calibration of a soundfont by its name (`FluidR3_GM`); neutral when there is none."""
    font = shipped_name(soundfont)
    if font is None:
        nothing: Mapping[int, float] = MappingProxyType({})
        return Calibration(soundfont, nothing, MappingProxyType({}), nothing, nothing, "none")
    return _read(shipped_table(), font, "shipped")


def calibration_of(soundfont: Soundfont) -> Calibration:
    """The calibration of the soundfont in a file: what the user measured, else what is shipped, else neutral."""
    table = measured_table(soundfont.path)
    return calibration_for(soundfont.name) if table is None else _read(table, table["font"], "measured")


def shipped_name(soundfont: str) -> str | None:
    """The name under which the shipped table has a soundfont; None when it has not."""
    name = soundfont.lower().translate({ord(sign): None for sign in " _-"})
    return next((column for start, column in _FONTS.items() if name.startswith(start)), None)


@lru_cache(maxsize=1)
def shipped_table() -> dict[str, Any]:
    """`calibration.json` as it stands."""
    table: dict[str, Any] = json.loads(files(__package__).joinpath("calibration.json").read_text("utf-8"))
    return table


def usual_drum_levels() -> dict[int, float]:
    """Drum key → where it usually stands against the median of a font's programs, dB, at velocity 100."""
    table = shipped_table()
    usual = table["drum_columns"].index("usual_db")
    return {row[0]: row[usual] for row in table["drums"]}


def cache_folder() -> Path:
    """Where the user's own measurements are kept."""
    return Path(platformdirs.user_cache_dir("cuesmith", appauthor=False)) / "calibration"


def cache_file(font: Path) -> Path:
    """The cache file of a soundfont, by the size and the BLAKE2 hash of its content."""
    with font.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
    return cache_folder() / f"{font.stat().st_size}-{digest}.json"


def measured_table(font: Path) -> dict[str, Any] | None:
    """What was measured of a soundfont earlier; None when nothing was, or not in this format.

    The file's content is read only where something of its size has been measured.
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
