"""The page of an album: one HTML file that needs no network and works from disk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cuesmith.cue.cue import Cue
from cuesmith.export.atomic import write_text
from cuesmith.export.pianoroll import pianoroll_svg
from cuesmith.show.compose_show import CueSet
from cuesmith_render.album.facts import clock, decibels, drawn, engraved, heard, matrix_cell, minutes
from cuesmith_render.album.report import TrackReport

INLINE_LIMIT_BYTES = 2_500_000
"""Piano-rolls that take more than this together are files beside the page, which stays below 3 MB."""

PICTURES = "pictures"
ROLL_WIDTH, ROLL_HEIGHT = 1200, 360
ROLL_LEFT, ROLL_RIGHT = 40, 10
"""Where `pianoroll_svg` begins and ends its time axis, pixels from the edges; a click is read against them."""


class Picture(NamedTuple):
    """A cue's piano-roll: its SVG to stand in the page, or the relative path of its file."""

    svg: Markup | None
    src: str


def write_page(
    cue_set: CueSet,
    tracks: Sequence[TrackReport],
    soundfont: str,
    out_dir: Path,
    *,
    inline_limit_bytes: int = INLINE_LIMIT_BYTES,
) -> Path:
    """Write `index.html` → its path, and `pictures/<file_stem>.svg` when they would take more than the limit.

    tracks: one for each cue of the set, in the same order, their files in `out_dir`.
    Raises CuesmithError when a file cannot be written.
    """
    rolls = [_roll(cue) for cue in cue_set.cues]
    if sum(len(roll.encode()) for roll in rolls) <= inline_limit_bytes:
        pictures = [Picture(Markup(roll), "") for roll in rolls]
    else:
        pictures = [Picture(None, f"{PICTURES}/{cue.file_stem}.svg") for cue in cue_set.cues]
        for picture, roll in zip(pictures, rolls, strict=True):
            write_text(out_dir / picture.src, roll)
    index = out_dir / "index.html"
    write_text(index, page_html(cue_set, tracks, soundfont, pictures))
    return index


def page_html(cue_set: CueSet, tracks: Sequence[TrackReport], soundfont: str, pictures: Sequence[Picture]) -> str:
    """The text of the page; tracks and pictures: one for each cue, in order."""
    shown = []
    for cue, track, picture in zip(cue_set.cues, tracks, pictures, strict=True):
        statements = heard(cue)
        shown.append(
            {
                "cue": cue,
                "track": track,
                "picture": picture,
                "facts": cue.explain(),
                "heard": statements,
                "matrix": {name: matrix_cell(statements, name, cue_set.stage(cue, name)) for name in cue_set.themes},
                "clock": clock(cue.score.plan),
                "bounds": _section_bounds(cue),
                "anchor": cue.file_stem.partition("_")[0],
            }
        )
    return _environment().get_template("page.html.j2").render(
        show=cue_set.show,
        themes=[(theme, drawn(theme)) for theme in cue_set.themes.values()],
        items=shown,
        has_stages=any(theme.arc for theme in cue_set.show.themes.values()),
        soundfont=soundfont,
        seconds=sum(track.seconds for track in tracks),
        roll_left=ROLL_LEFT / ROLL_WIDTH,
        roll_right=1 - ROLL_RIGHT / ROLL_WIDTH,
    )  # fmt: skip


def _roll(cue: Cue) -> str:
    # The heading of the page names the cue; the picture need not.
    return pianoroll_svg(cue.performance, width=ROLL_WIDTH, height=ROLL_HEIGHT, title="")


def _section_bounds(cue: Cue) -> tuple[tuple[float, float], ...]:
    """Start and end of each section in seconds."""
    plan = cue.score.plan
    return tuple((plan.tempo.seconds(s.start), plan.tempo.seconds(s.end)) for s in plan.sections)


@cache
def _environment() -> Environment:
    # autoescape for every template: titles come from people, and a page of theirs must not run what they contain
    environment = Environment(
        loader=PackageLoader("cuesmith_render.album", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(minutes=minutes, decibels=decibels, engraved=engraved)
    return environment
