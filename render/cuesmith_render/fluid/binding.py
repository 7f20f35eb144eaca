"""The part of FluidSynth's C interface that Cuesmith uses, as one table of prototypes.

Source: the public headers of FluidSynth 2.x. Functions that return an integer return 0 (`FLUID_OK`) on success and -1
(`FLUID_FAILED`) on failure. Handles are opaque pointers, null on failure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from ctypes import CDLL, c_char_p, c_double, c_float, c_int, c_void_p
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cuesmith.errors import ComponentError
from cuesmith.remedies import pip_install

OLDEST_VERSION = (2, 1, 7)
"""Older versions of `fluid_synth_process` lost the chorus (2.1.0 to 2.1.6) or mixed some block lengths wrongly."""

_LOG_LEVELS = 5

# name                             result     arguments
_PROTOTYPES: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ("fluid_version_str",            c_char_p, ()),
    ("fluid_set_log_function",       c_void_p, (c_int, c_void_p, c_void_p)),
    ("new_fluid_settings",           c_void_p, ()),
    ("delete_fluid_settings",        None,     (c_void_p,)),
    ("fluid_settings_setint",        c_int,    (c_void_p, c_char_p, c_int)),
    ("fluid_settings_setnum",        c_int,    (c_void_p, c_char_p, c_double)),
    ("new_fluid_synth",              c_void_p, (c_void_p,)),
    ("delete_fluid_synth",           None,     (c_void_p,)),
    ("fluid_synth_sfload",           c_int,    (c_void_p, c_char_p, c_int)),
    ("fluid_synth_get_sfont_by_id",  c_void_p, (c_void_p, c_int)),
    ("fluid_synth_add_sfont",        c_int,    (c_void_p, c_void_p)),
    ("fluid_synth_remove_sfont",     c_int,    (c_void_p, c_void_p)),
    ("fluid_sfont_get_preset",       c_void_p, (c_void_p, c_int, c_int)),
    ("fluid_synth_set_interp_method", c_int,   (c_void_p, c_int, c_int)),
    ("fluid_synth_set_channel_type", c_int,    (c_void_p, c_int, c_int)),
    ("fluid_synth_program_select",   c_int,    (c_void_p, c_int, c_int, c_int, c_int)),
    ("fluid_synth_pitch_wheel_sens", c_int,    (c_void_p, c_int, c_int)),
    ("fluid_synth_set_gen",          c_int,    (c_void_p, c_int, c_int, c_float)),
    ("fluid_synth_cc",               c_int,    (c_void_p, c_int, c_int, c_int)),
    ("fluid_synth_pitch_bend",       c_int,    (c_void_p, c_int, c_int)),
    ("fluid_synth_noteon",           c_int,    (c_void_p, c_int, c_int, c_int)),
    ("fluid_synth_noteoff",          c_int,    (c_void_p, c_int, c_int)),
    ("fluid_synth_get_active_voice_count", c_int, (c_void_p,)),
    ("fluid_synth_process",          c_int,    (c_void_p, c_int, c_int, c_void_p, c_int, c_void_p)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class FluidSynth:
    """A loaded FluidSynth library: its functions (they release the GIL) and its version (major, minor, micro)."""

    path: str
    version: tuple[int, int, int]
    calls: CDLL

    @property
    def version_text(self) -> str:
        """The version as text: `2.5.7`."""
        return ".".join(str(part) for part in self.version)

    def new_settings(self, integers: Mapping[str, int], numbers: Mapping[str, float]) -> int:
        """Return a settings handle with every named value set.

        Raises ComponentError when this FluidSynth does not know a setting or rejects its value.
        """
        calls = self.calls
        handle: int = calls.new_fluid_settings()
        set_integer, set_number = calls.fluid_settings_setint, calls.fluid_settings_setnum
        refused = [name for name, value in integers.items() if set_integer(handle, name.encode(), value)]
        refused += [name for name, value in numbers.items() if set_number(handle, name.encode(), value)]
        if refused:
            calls.delete_fluid_settings(handle)
            raise ComponentError(
                f"FluidSynth {self.version_text} ({self.path}) refuses the setting {', '.join(refused)}; "
                f"it was probably built without it. Install the tested library: {pip_install('pygame-ce')}"
            )
        return handle


@lru_cache(maxsize=8)
def load_library(path: str) -> FluidSynth:
    """Load the library at `path` (or with that name, from the system's search path) and declare its prototypes.

    It stays loaded for the life of the process, because a C library can't be unloaded safely. FluidSynth's own log is
    switched off: sharing a soundfont makes it print a warning for every channel, and failures are raised as errors
    here. Raises OSError when the library can't be loaded, ComponentError when it is not FluidSynth or is too old.
    """
    calls = CDLL(path)
    try:
        for name, result, arguments in _PROTOTYPES:
            function = getattr(calls, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError as fault:
        raise ComponentError(f"{path} is not FluidSynth 2 ({fault}). Remedy: {pip_install('pygame-ce')}") from fault
    for level in range(_LOG_LEVELS):
        calls.fluid_set_log_function(level, None, None)
    text = calls.fluid_version_str().decode()
    numbers = [int(part) for part in re.findall(r"\d+", text)[:3]]
    version = (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else (0, 0, 0)
    if version < OLDEST_VERSION:
        wanted = ".".join(str(part) for part in OLDEST_VERSION)
        remedy = pip_install("pygame-ce")
        raise ComponentError(f"{path} is FluidSynth {text}; {wanted} or newer is needed. Remedy: {remedy}")
    return FluidSynth(path, version, calls)


def file_name_argument(path: Path) -> bytes:
    """Return a path as FluidSynth expects file names: UTF-8 on Windows, the bytes of the file system elsewhere."""
    return str(path).encode("utf-8") if sys.platform == "win32" else bytes(path)
