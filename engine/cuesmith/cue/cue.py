"""A finished cue, and the files it is written to."""

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
    """A finished cue: what was asked for, what was written, what is played. Frozen.

    Attributes:
        brief: everything that was asked for (`cuesmith.specs.brief.Brief`).
        themes: the leitmotifs of the cue by name.
        score: the written music on the grid, 960 ticks to the quarter note: `score.plan` (form, keys, tempo map),
            `score.harmony`, `score.parts`, `score.statements()` (where a leitmotif is heard), `score.steps`.
        performance: the same as it is played, in seconds, with velocities, controllers and pitch bends.
            `cuesmith_render.render(cue)` makes sound of it.

    Example:
        >>> from cuesmith import compose
        >>> cue = compose(type="eyecatch", seconds=5, seed=11)
        >>> sorted({part.role for part in cue.score.parts})[:3]
        ['bass', 'impact', 'lead']
    """

    brief: Brief
    themes: Mapping[str, Theme]
    score: Score
    performance: Performance

    @property
    def title(self) -> str:
        """The title, as it stands in tags and in the MIDI file.

        Example:
            >>> from cuesmith import compose
            >>> compose(type="eyecatch", title="Blade drawn").title
            'Blade drawn'
        """
        return self.brief.title

    @property
    def seconds(self) -> float:
        """Time of the last bar line, in seconds from the start. Sound may ring on after it.

        Example:
            >>> from cuesmith import compose
            >>> compose(type="stinger", seconds=3.5).seconds
            3.5
        """
        return self.score.plan.seconds

    @property
    def file_stem(self) -> str:
        """A name for the files of the cue, without ending: its id, then its title in ASCII.

        Example:
            >>> from cuesmith import compose
            >>> compose(type="eyecatch", title="Lantern Duel").file_stem
            'm501_lantern-duel'
        """
        return f"{self.brief.id.replace('-', '').lower()}_{slug(self.brief.title)}"

    def midi(self) -> bytes:
        """Return the cue as the bytes of a Standard MIDI File, type 1: one track per part, tempo map, markers.

        Example:
            >>> from cuesmith import compose
            >>> compose(type="eyecatch").midi()[:4]
            b'MThd'
        """
        from cuesmith.export.midi import midi_bytes

        return midi_bytes(self.performance)

    def explain(self) -> dict[str, object]:
        """Return what is in the cue and why, as plain data ready for JSON.

        The keys are described in `cuesmith.export.explain.explain`: `sections`, `harmony`, `statements`, `parts`,
        `themes`, `hits`, `beats`, `steps` (what each editing step changed) and more. Seconds count from the start,
        bars and beats from 1.

        Example:
            >>> from cuesmith import compose
            >>> told = compose(type="eyecatch", seconds=5, key="D major").explain()
            >>> told["schema_version"], told["key"], told["seconds"]
            (2, 'D major', 5.0)
        """
        from cuesmith.export.explain import explain

        return explain(self.score, self.themes)

    def save(self, path: str | Path) -> Path:
        """Write the cue to a file. Missing folders are made; the file appears whole or not at all.

        Args:
            path: its ending says what is written: `.mid` or `.midi` (the music), `.json` (see `explain`) or `.svg` (a
                piano-roll). Upper and lower case are the same. A file that exists is replaced.

        Returns:
            The path.

        Raises:
            UsageError: another ending, or the path is a folder. Sound is written by
                `cuesmith_render.render(cue).save(path)`.
            CuesmithError: the file cannot be written.

        Example:
            >>> from cuesmith import compose
            >>> compose(type="eyecatch").save("out/eyecatch.mid").name
            'eyecatch.mid'
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
    """Return the error for a file that `Cue.save` does not write, with what can be done instead."""
    suffix = path.suffix.lower()
    render = "cuesmith_render.render(cue).save(path)"
    if suffix in SOUNDED:
        return UsageError(f"{path}: a cue is notes and has no sound yet; render it first: {render}")
    fault = f"'{suffix}' is not a format Cuesmith writes" if suffix else "the name has no ending to tell the format by"
    return UsageError(
        f"{path}: {fault}; a cue is saved as {', '.join(WRITTEN)}; for {', '.join(SOUNDED)} render it: {render}"
    )
