"""The renderer of Cuesmith: performances in, audio out.

`render(cue)` returns `Audio`, mastered and in stems; `Audio.save` writes a file. Importing this package is fast: NumPy
and SciPy are loaded when the first name is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from cuesmith.errors import ComponentError

if TYPE_CHECKING:
    from cuesmith_render.audio import Audio, AudioReport, render
    from cuesmith_render.calibrating import Calibrated, calibrate, calibration_here
    from cuesmith_render.encode import write_audio
    from cuesmith_render.fluid.diagnose import Diagnosis, diagnose
    from cuesmith_render.fluid.discover import Library, Soundfont, find_library, find_soundfont
    from cuesmith_render.fluid.synth import Bank
    from cuesmith_render.tags import Tags

_HOMES = {
    "Audio":          "audio",
    "AudioReport":    "audio",
    "Bank":           "fluid.synth",
    "Calibrated":     "calibrating",
    "Diagnosis":      "fluid.diagnose",
    "Library":        "fluid.discover",
    "Soundfont":      "fluid.discover",
    "Tags":           "tags",
    "calibrate":      "calibrating",
    "calibration_here": "calibrating",
    "diagnose":       "fluid.diagnose",
    "find_library":   "fluid.discover",
    "find_soundfont": "fluid.discover",
    "render":         "audio",
    "write_audio":    "encode",
}  # fmt: skip

__all__ = [
    "Audio",
    "AudioReport",
    "Bank",
    "Calibrated",
    "Diagnosis",
    "Library",
    "Soundfont",
    "Tags",
    "calibrate",
    "calibration_here",
    "diagnose",
    "find_library",
    "find_soundfont",
    "render",
    "write_audio",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'cuesmith_render' has no attribute '{name}'")
    try:
        value: object = getattr(importlib.import_module(f"cuesmith_render.{_HOMES[name]}"), name)
    except (ModuleNotFoundError, OSError) as fault:
        if isinstance(fault, ModuleNotFoundError) and (fault.name or "").startswith("cuesmith"):
            raise
        from cuesmith.remedies import remedy_for_extra  # here: only who lacks something waits for it

        raise ComponentError(
            f"sound needs a package that is missing ({fault}). Remedy: {remedy_for_extra('audio')}"
        ) from fault
    globals()[name] = value
    return value
