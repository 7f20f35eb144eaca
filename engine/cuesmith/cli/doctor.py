"""`cuesmith doctor`: which FluidSynth and soundfont are used here, why, and the most useful remedy."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Annotated

import typer

from cuesmith.cli.output import note, say, say_json, table
from cuesmith.errors import ComponentError

if TYPE_CHECKING:
    from cuesmith_render.fluid.diagnose import Diagnosis

_NEEDED = ("numpy", "scipy", "soundfile")  # mastering and writing audio need all of them


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Show which FluidSynth and soundfont would be used, which were rejected and why, and what would help."""
    from cuesmith_render import diagnose

    found = diagnose()
    possible = can_sound(found)
    if as_json:
        say_json(_data(found, possible))
    else:
        say(_report(found))
        say(f"sound: {'possible' if possible else 'not possible'}")
        if found.advice:
            say(f"{'would help' if possible else 'remedy'}: {found.advice}")
    if not possible:
        if as_json:
            note(f"cuesmith: no sound is possible here; remedy: {found.advice}")
        raise typer.Exit(ComponentError.exit_code)


def can_sound(found: Diagnosis) -> bool:
    """Whether rendering would work on this machine."""
    versions = dict(found.versions)
    here = all(versions.get(name, "missing") != "missing" for name in _NEEDED)
    return here and found.library is not None and found.soundfont is not None


def _report(found: Diagnosis) -> str:
    library, font = found.library, found.soundfont
    used = [
        ("python", platform.python_version(), "", ""),
        ("fluidsynth", library.version, library.origin, library.path) if library else ("fluidsynth", "missing", "", ""),
        ("soundfont", font.name, font.origin, str(font.path)) if font else ("soundfont", "missing", "", ""),
        ("levels", found.levels, "", ""),
        *((name, version, "", "") for name, version in found.versions),
    ]
    looked_at = [
        (item.kind, "yes" if item.usable else "no", item.origin, item.path, item.reason) for item in found.candidates
    ]
    parts = [table(("what", "version", "from", "where"), used)]
    if looked_at:
        parts.append(table(("looked at", "usable", "from", "where", "why"), looked_at))
    return "\n\n".join(parts) + "\n"


def _data(found: Diagnosis, possible: bool) -> dict[str, object]:
    library, font = found.library, found.soundfont
    return {
        "sound": possible,
        "python": platform.python_version(),
        "library": {"path": library.path, "origin": library.origin, "version": library.version} if library else None,
        "soundfont": {"path": str(font.path), "origin": font.origin, "name": font.name} if font else None,
        "levels": found.levels,
        "versions": dict(found.versions),
        "candidates": [
            {
                "kind": item.kind,
                "path": item.path,
                "origin": item.origin,
                "usable": item.usable,
                "reason": item.reason,
            }
            for item in found.candidates
        ],
        "advice": found.advice,
    }
