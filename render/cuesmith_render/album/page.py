"""The page of an album: one HTML file that works from disk and needs no network."""

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
from cuesmith_render.album.facts import (
    clock,
    decibels,
    draw_theme,
    matrix_cell,
    minutes,
    statements_of,
    with_accidental_signs,
)
from cuesmith_render.album.report import TrackReport

INLINE_LIMIT_BYTES = 2_500_000
"""When all piano-rolls together are larger than this they become separate files, so that the page stays below 3 MB."""

PICTURES = "pictures"
ROLL_WIDTH, ROLL_HEIGHT = 1200, 360
ROLL_LEFT, ROLL_RIGHT = 40, 10
"""Margins of the time axis of `pianoroll_svg` in pixels; the page needs them to turn a click into a time."""


class Picture(NamedTuple):
    """The piano-roll of a cue: its SVG text for the page, or the relative path of its file."""

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
    """Write `index.html`, and `pictures/<file_stem>.svg` when the pictures are larger than the limit.

    Returns the page's path.

    tracks: one for each cue of the set, in the same order, with their files in `out_dir`.

    Raises CuesmithError when a file can't be written.
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
    """Return the text of the page. `tracks` and `pictures` have one entry per cue, in order."""
    shown = []
    for cue, track, picture in zip(cue_set.cues, tracks, pictures, strict=True):
        statements = statements_of(cue)
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
        themes=[(theme, draw_theme(theme)) for theme in cue_set.themes.values()],
        items=shown,
        has_stages=any(theme.arc for theme in cue_set.show.themes.values()),
        soundfont=soundfont,
        seconds=sum(track.seconds for track in tracks),
        roll_left=ROLL_LEFT / ROLL_WIDTH,
        roll_right=1 - ROLL_RIGHT / ROLL_WIDTH,
    )  # fmt: skip


def _roll(cue: Cue) -> str:
    # The page has a heading with the name of the cue, so the picture needs no title.
    return pianoroll_svg(cue.performance, width=ROLL_WIDTH, height=ROLL_HEIGHT, title="")


def _section_bounds(cue: Cue) -> tuple[tuple[float, float], ...]:
    """Return start and end of each section in seconds."""
    plan = cue.score.plan
    return tuple((plan.tempo.seconds(s.start), plan.tempo.seconds(s.end)) for s in plan.sections)


@cache
def _environment() -> Environment:
    # Escape everything: titles come from users, and the page must not execute what they contain.
    environment = Environment(
        loader=PackageLoader("cuesmith_render.album", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(minutes=minutes, decibels=decibels, with_accidental_signs=with_accidental_signs)
    return environment
