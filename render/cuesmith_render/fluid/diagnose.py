"""Diagnose the audio setup for `cuesmith doctor`: what would be used, why, and what would improve it most."""

from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import dataclass
from pathlib import Path

from cuesmith.errors import ComponentError
from cuesmith.remedies import pip_install, remedy_for_extra
from cuesmith_render.fluid.calibration import calibration_of
from cuesmith_render.fluid.discover import (
    Candidate,
    Library,
    Soundfont,
    find_library,
    find_soundfont,
    library_candidates,
    soundfont_candidates,
    user_soundfont_folder,
)

_PACKAGES = ("numpy", "scipy", "soundfile", "pygame-ce", "pretty_midi")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The state of the audio setup.

    library, soundfont: what a render would use now; None when it would fail.
    candidates: every place that was examined, with the reason why it is usable or not.
    versions: (package, version) of the packages needed for sound; the version is `missing` when one is absent.
    advice: the one command that would improve the setup most; empty when nothing would.
    levels: where the levels of the instruments come from: shipped, measured or unknown.
    """

    library: Library | None
    soundfont: Soundfont | None
    candidates: tuple[Candidate, ...]
    versions: tuple[tuple[str, str], ...]
    advice: str
    levels: str = "unknown"


def diagnose(soundfont: str | Path | None = None, library: str | Path | None = None) -> Diagnosis:
    """Examine everything that a render needs. It never raises an error for what is missing."""
    try:
        found_library = find_library(library)
    except ComponentError:
        found_library = None
    try:
        found_font = find_soundfont(soundfont)
    except ComponentError:
        found_font = None
    versions = tuple((name, _version(name)) for name in _PACKAGES)
    return Diagnosis(
        library=found_library,
        soundfont=found_font,
        candidates=library_candidates(library) + soundfont_candidates(soundfont),
        versions=versions,
        advice=_advice(found_library, found_font, dict(versions)),
        levels=_levels(found_font),
    )


def _advice(library: Library | None, soundfont: Soundfont | None, versions: dict[str, str]) -> str:
    if library is None or "missing" in (versions["scipy"], versions["soundfile"]):
        return remedy_for_extra("audio")
    if soundfont is None:
        return pip_install("--force-reinstall", "pretty_midi")
    if _levels(soundfont) == "unknown":
        return f"cuesmith calibrate '{soundfont.path}'"
    if soundfont.origin == "embedded":
        if sys.platform == "linux" and Path("/etc/debian_version").exists():
            return "sudo apt install musescore-general-soundfont"
        return f"put a General MIDI soundfont (MuseScore_General, FluidR3_GM) into {user_soundfont_folder()}"
    return ""


def _levels(soundfont: Soundfont | None) -> str:
    origin = "none" if soundfont is None else calibration_of(soundfont).origin
    return "unknown" if origin == "none" else origin


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
