"""A cue from brief to performance: the whole way of the data, in one place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cuesmith.errors import UsageError
from cuesmith.export.atomic import json_text, write_bytes, write_text
from cuesmith.motif.model import Theme
from cuesmith.perform.model import Performance
from cuesmith.score import Score
from cuesmith.specs.brief import Brief

WRITTEN = (".mid", ".midi", ".json", ".svg")
SOUNDED = (".wav", ".flac", ".ogg")


@dataclass(frozen=True, slots=True)
class Cue:
    """A finished cue: what was asked (brief), what was written (score), what is played (performance)."""

    brief: Brief
    themes: Mapping[str, Theme]
    score: Score
    performance: Performance

    @property
    def title(self) -> str:
        """As it stands in the tags."""
        return self.brief.title

    @property
    def seconds(self) -> float:
        """Time of the last bar line; sound may ring after it."""
        return self.score.plan.seconds

    @property
    def file_stem(self) -> str:
        """`m401_lantern-duel`: the name of its files without ending."""
        return f"{self.brief.id.replace('-', '').lower()}_{slug(self.brief.title)}"

    def midi(self) -> bytes:
        """The cue as a Standard MIDI File, type 1."""
        from cuesmith.export.midi import midi_bytes

        return midi_bytes(self.performance)

    def explain(self) -> dict[str, object]:
        """What is in the cue, as plain data: plan, chords, statements, parts."""
        from cuesmith.export.explain import explain

        return explain(self.score, self.themes)

    def save(self, path: str | Path) -> Path:
        """Write the cue, by the ending of the path: .mid, .json (what is in it) or .svg (piano-roll).

        Raises UsageError for other endings; sound is written by `cuesmith_render.render(cue).save(path)`.
        """

        return save_cue(self, Path(path))


def slug(title: str) -> str:
    """A title as a file name: ASCII, lower case, hyphens; `untitled` when nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "untitled"


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
        from cuesmith.export.pianoroll import pianoroll_svg

        write_text(path, pianoroll_svg(cue.performance))
    else:
        raise unknown_ending(path)
    return path


def unknown_ending(path: Path) -> UsageError:
    """What to say about a file whose format its name does not tell."""

    suffix = path.suffix.lower()
    if suffix in SOUNDED:
        return UsageError(
            f"{path}: a cue is notes and has no sound yet; render it first: cuesmith_render.render(cue).save(path)"
        )
    fault = f"'{suffix}' is not a format Cuesmith writes" if suffix else "the name has no ending to tell the format by"
    return UsageError(f"{path}: {fault}; known: {', '.join((*WRITTEN, *SOUNDED))}")
