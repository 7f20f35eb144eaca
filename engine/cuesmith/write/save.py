"""A cue as a file, by the ending of its name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cuesmith.errors import UsageError
from cuesmith.write.atomic import write_bytes, write_text

if TYPE_CHECKING:
    from cuesmith.cue import Cue


def save_cue(cue: Cue, path: Path) -> Path:
    """Write a cue as .mid or .midi, as .json (what is in it) or as .svg (piano-roll) → the path.

    Upper and lower case of the ending are the same. Missing folders are made; the file appears whole or not at all.
    Raises UsageError for another ending or a folder in the way, CuesmithError when the place cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix in (".mid", ".midi"):
        write_bytes(path, cue.midi())
    elif suffix == ".json":
        write_text(path, json_text(cue.explain()))
    elif suffix == ".svg":
        from cuesmith.write.pianoroll import pianoroll_svg

        write_text(path, pianoroll_svg(cue.performance))
    else:
        raise unknown_ending(path)
    return path


def json_text(data: object) -> str:
    """Plain data as the text of a .json file: indented, in UTF-8, keys in the order they are given."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def unknown_ending(path: Path) -> UsageError:
    """What to say about a file whose format its name does not tell."""
    from cuesmith.cue import SOUNDED, WRITTEN

    suffix = path.suffix.lower()
    if suffix in SOUNDED:
        return UsageError(
            f"{path}: a cue is notes and has no sound yet; render it first: cuesmith_render.render(cue).save(path)"
        )
    fault = f"'{suffix}' is not a format Cuesmith writes" if suffix else "the name has no ending to tell the format by"
    return UsageError(f"{path}: {fault}; known: {', '.join((*WRITTEN, *SOUNDED))}")
