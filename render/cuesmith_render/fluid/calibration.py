"""How loud each instrument of a soundfont is, so that equal levels in a mix sound equally loud in any font.

At equal velocity the programs of one soundfont differ by up to 21 dB. `calibration.json` holds what was
measured for three General MIDI fonts; its `provenance` says how. A font that was not measured is taken as
it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

# soundfont's name in lower case without spaces, `_` and `-`, as it begins → column of the table
_FONTS = {
    "timgm6mb":         "TimGM6mb",
    "fluidr3gm":        "FluidR3_GM",
    "musescoregeneral": "MuseScore_General",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """Levels of one soundfont; everything not listed is 0.

    programs    : General MIDI program → dB that bring it to the font's median loudness.
    attack50_ms : program → milliseconds until it has reached half of its peak (slow strings, choirs, pads).
    drums       : key of the standard kit → dB that bring it to its usual place beside the programs.
    kits        : kit number → dB to add to `drums`.
    """

    font: str
    programs: Mapping[int, float]
    attack50_ms: Mapping[int, int]
    drums: Mapping[int, float]
    kits: Mapping[int, float]

    def gain_db(self, program: int) -> float:
        """What a melodic program's level lacks (+) or has too much (-)."""
        return self.programs.get(program, 0.0)

    def drum_gain_db(self, kit: int, key: int) -> float:
        """What a drum's level lacks (+) or has too much (-)."""
        return self.drums.get(key, 0.0) + self.kits.get(kit, 0.0)


@lru_cache(maxsize=16)
def calibration_for(soundfont: str) -> Calibration:
    """The calibration of a soundfont by its name (`FluidR3_GM`); neutral when it was never measured."""
    name = soundfont.lower().translate({ord(sign): None for sign in " _-"})
    font = next((column for start, column in _FONTS.items() if name.startswith(start)), None)
    if font is None:
        nothing: Mapping[int, float] = MappingProxyType({})
        return Calibration(soundfont, nothing, MappingProxyType({}), nothing, nothing)
    table = json.loads(files(__package__).joinpath("calibration.json").read_text("utf-8"))
    gain = table["program_columns"].index(f"{font} gain_db")
    drum = table["drum_columns"].index(f"{font} gain_db")
    measured = [row for row in table["programs"] if row[gain] is not None]
    return Calibration(
        font=font,
        programs=MappingProxyType({row[0]: row[gain] for row in measured}),
        attack50_ms=MappingProxyType({row[0]: row[gain + 1] for row in measured}),
        drums=MappingProxyType({row[0]: row[drum] for row in table["drums"]}),
        kits=MappingProxyType({int(kit): gain_db for kit, gain_db in table["kits"][font].items()}),
    )
