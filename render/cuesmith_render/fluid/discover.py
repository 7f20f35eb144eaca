"""Find the two things needed for sound: a FluidSynth library and a soundfont.

Every place examined is a `Candidate`, usable or not, so that `cuesmith doctor` can explain the choice. The order for
libraries is: named explicitly, from a Python wheel, from the system. The wheel comes before the system because it is
the same build on every machine of a platform; two builds of FluidSynth do not give the same samples.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from ctypes.util import find_library as find_system_library
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

import platformdirs

from cuesmith.errors import ComponentError
from cuesmith.remedies import pip_install, remedy_for_extra
from cuesmith_render.fluid.binding import load_library

LIBRARY_VARIABLE = "CUESMITH_FLUIDSYNTH"
SOUNDFONT_VARIABLE = "CUESMITH_SOUNDFONT"
Origin = Literal["argument", "environment", "wheel", "user folder", "system", "embedded"]

# The places of libraries inside the wheels of pygame-ce and pygame, relative to site-packages.
_WHEEL_PATTERNS = (
    "pygame_ce.libs/libfluidsynth*",  # Linux, pygame-ce
    "pygame.libs/libfluidsynth*",  # Linux, pygame
    "pygame/.dylibs/libfluidsynth*",  # macOS, both
    "pygame/*fluidsynth*.dll",  # Windows, both
    "pygame_ce.libs/*fluidsynth*.dll",
)
_SYSTEM_LIBRARIES = {
    "linux": ("libfluidsynth.so.3", "libfluidsynth.so.2"),
    "darwin": (
        "/opt/homebrew/lib/libfluidsynth.dylib",
        "/usr/local/lib/libfluidsynth.dylib",
        "/opt/local/lib/libfluidsynth.dylib",
    ),
    "win32": ("libfluidsynth-3.dll", r"C:\tools\fluidsynth\bin\libfluidsynth-3.dll", "fluidsynth.dll"),
}
_SYSTEM_FONT_FOLDERS = {
    "linux": (
        "/usr/share/sounds/sf3",
        "/usr/share/sounds/sf2",
        "/usr/share/soundfonts",
        "/usr/local/share/soundfonts",
    ),
    "darwin": (
        "~/Library/Audio/Sounds/Banks",
        "/Library/Audio/Sounds/Banks",
        "/opt/homebrew/share/soundfonts",
        "/opt/homebrew/share/fluid-synth/sf2",
    ),
    "win32": (r"C:\soundfonts", r"C:\ProgramData\soundfonts"),
}
# Good soundfonts, the best first: start of the file name in lower case, without spaces, `_` and `-`.
_GOOD_FONTS = ("musescoregeneral", "fluidr3gm", "generaluser")
EMBEDDED_FONT = "TimGM6mb.sf2"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that was examined. `reason`: why it is usable or not, as a sentence for users."""

    kind: Literal["library", "soundfont"]
    path: str
    origin: Origin
    usable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Library:
    """The chosen FluidSynth library: its path, the kind of place it comes from, its version (`2.5.7`)."""

    path: str
    origin: Origin
    version: str


@dataclass(frozen=True, slots=True)
class Soundfont:
    """The chosen soundfont: its path, the kind of place it comes from, its name (file name without suffix)."""

    path: Path
    origin: Origin
    name: str


def library_candidates(explicit: str | Path | None = None) -> tuple[Candidate, ...]:
    """Return every FluidSynth library in order of preference; each was tested by loading it."""
    return tuple(_try_library(path, origin) for path, origin in _library_places(explicit))


def soundfont_candidates(explicit: str | Path | None = None) -> tuple[Candidate, ...]:
    """Return every soundfont in order of preference; each was tested by reading its header."""
    return tuple(_try_soundfont(path, origin) for path, origin in _soundfont_places(explicit))


def find_library(explicit: str | Path | None = None) -> Library:
    """Return the first usable library. If one is named explicitly and not usable, no other is tried.

    Raises ComponentError with a command that solves the problem.
    """
    for path, origin in _library_places(explicit):
        candidate = _try_library(path, origin)
        if candidate.usable:
            return Library(path, origin, load_library(path).version_text)
        if origin in ("argument", "environment"):
            how = f"unset {LIBRARY_VARIABLE}" if origin == "environment" else "name an existing libfluidsynth"
            raise ComponentError(f"{path}: {candidate.reason}. Remedy: {how}, or: {pip_install('pygame-ce')}")
    raise ComponentError(
        "no FluidSynth library was found, so nothing can sound; the audio extra is probably not installed. "
        f"Remedy: {remedy_for_extra('audio')}"
    )


def find_soundfont(explicit: str | Path | None = None) -> Soundfont:
    """Return the first usable soundfont. If one is named explicitly and not usable, no other is tried.

    Raises ComponentError with a command that solves the problem.
    """
    for path, origin in _soundfont_places(explicit):
        candidate = _try_soundfont(path, origin)
        if candidate.usable:
            return Soundfont(path, origin, path.stem)
        if origin in ("argument", "environment"):
            how = f"unset {SOUNDFONT_VARIABLE}" if origin == "environment" else "name no soundfont"
            raise ComponentError(
                f"{path}: {candidate.reason}. Remedy: name an existing .sf2 or .sf3 file, "
                f"or {how} for the best one found here"
            )
    raise ComponentError(
        f"no soundfont was found, not even the embedded {EMBEDDED_FONT} of the pretty_midi wheel; "
        f"that package is probably damaged. Remedy: {pip_install('--force-reinstall', 'pretty_midi')}"
    )


def user_soundfont_folder() -> Path:
    """Return the folder for the user's own soundfonts (*.sf2, *.sf3)."""
    return Path(platformdirs.user_data_dir("cuesmith", appauthor=False)) / "soundfonts"


def _library_places(explicit: str | Path | None) -> Iterator[tuple[str, Origin]]:
    if explicit is not None:
        yield str(explicit), "argument"
        return
    if named := os.environ.get(LIBRARY_VARIABLE):
        yield named, "environment"
        return
    if site := _site_of("pygame"):
        for path in chain.from_iterable(sorted(site.glob(pattern)) for pattern in _WHEEL_PATTERNS):
            yield str(path), "wheel"
    for name in _SYSTEM_LIBRARIES.get(sys.platform, ()):
        yield name, "system"
    if found := find_system_library("fluidsynth"):
        yield found, "system"


def _soundfont_places(explicit: str | Path | None) -> Iterator[tuple[Path, Origin]]:
    if explicit is not None:
        yield Path(explicit).expanduser(), "argument"
        return
    if named := os.environ.get(SOUNDFONT_VARIABLE):
        yield Path(named).expanduser(), "environment"
        return
    for path in _fonts_in([user_soundfont_folder()]):
        yield path, "user folder"
    folders = [Path(name).expanduser() for name in _SYSTEM_FONT_FOLDERS.get(sys.platform, ())]
    for path in _fonts_in(folders):
        if _font_rank(path) < len(_GOOD_FONTS):
            yield path, "system"
    if site := _site_of("pretty_midi"):
        yield site / "pretty_midi" / EMBEDDED_FONT, "embedded"


def _site_of(package: str) -> Path | None:
    """Return the folder that contains a package, without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent.parent if spec is not None and spec.origin else None


def _fonts_in(folders: Sequence[Path]) -> list[Path]:
    """Return the soundfonts in the folders: the good ones first, best first, then by name."""
    files = (path for folder in folders if folder.is_dir() for path in folder.iterdir())
    fonts = [path for path in files if path.suffix.lower() in (".sf2", ".sf3")]
    return sorted(fonts, key=lambda path: (_font_rank(path), path.name.lower(), str(path)))


def _font_rank(path: Path) -> int:
    name = path.stem.lower().translate({ord(sign): None for sign in " _-"})
    return next((rank for rank, good in enumerate(_GOOD_FONTS) if name.startswith(good)), len(_GOOD_FONTS))


def _try_library(path: str, origin: Origin) -> Candidate:
    try:
        version = load_library(path).version_text
    except OSError as fault:
        absent = Path(path).is_absolute() and not Path(path).exists()
        reason = "no such file" if absent else f"cannot be loaded ({fault})"
        return Candidate("library", path, origin, False, reason)
    except ComponentError as fault:
        return Candidate("library", path, origin, False, str(fault))
    return Candidate("library", path, origin, True, f"FluidSynth {version}")


def _try_soundfont(path: Path, origin: Origin) -> Candidate:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as fault:
        return Candidate("soundfont", str(path), origin, False, fault.strerror or str(fault))
    if head[:4] != b"RIFF" or head[8:] != b"sfbk":
        return Candidate("soundfont", str(path), origin, False, "not a SoundFont 2 or 3 file")
    kind = "SoundFont 3 (compressed)" if path.suffix.lower() == ".sf3" else "SoundFont 2"
    return Candidate("soundfont", str(path), origin, True, f"{kind}, {path.stat().st_size / 1e6:.1f} MB")
