"""Render a show as an album: a folder with every cue as MIDI and audio, a playlist, data and a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cuesmith
import cuesmith_render
from cuesmith.cue.cue import slug
from cuesmith.errors import UsageError
from cuesmith.export.atomic import json_text, write_text
from cuesmith.show.compose_show import CueSet, briefs_of, show_themes
from cuesmith.show.show_json import show_json
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.show import Show
from cuesmith_render.album.page import write_page
from cuesmith_render.album.playlist import m3u8_text
from cuesmith_render.album.pool import make_tracks, worker_count
from cuesmith_render.album.report import AlbumReport
from cuesmith_render.album.track import TrackJob, credits_of


def render_album(
    show: Show,
    out_dir: Path,
    *,
    jobs: int = 0,
    soundfont: Path | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> AlbumReport:
    """Compose and render every cue of a show into a folder, which is created if needed.

    jobs: number of cues to work on at the same time; 0 means one per core, 1 stays in this process.
    soundfont: a file to use instead of the best one found.
    on_progress: called with (`M-401 Duel at the Gate`, number of finished cues, number of all cues) after each cue.

    It writes `<file_stem>.mid` and `<file_stem>.flac` of each cue, `album.m3u8`, `show.json`, `index.html` and, for
    large shows, `pictures/`. Each file appears completely or not at all; other files in the folder are not touched. The
    same show, soundfont and library give the same bytes, for any `jobs`.

    Raises ComposeError, SpecError, ComponentError or CuesmithError. When cues fail, the others are finished first, and
    one error names all that failed; playlist, data and page are then not written. Raises UsageError when `jobs` is
    below 0, a file is in the place of the folder, or two cues have the same id.
    """
    out_dir = Path(out_dir)
    _check(show, out_dir)
    cuesmith_render.find_library()
    font = cuesmith_render.find_soundfont(soundfont)
    themes = show_themes(show)
    briefs = briefs_of(show, themes)
    workers = worker_count(jobs, len(briefs))
    common = credits_of(show, cuesmith.__version__)
    rows = load_banks().cue_types
    track_jobs = []
    for number, brief in enumerate(briefs, start=1):
        expected_sec = brief.seconds or rows[brief.type].default_seconds
        track_jobs.append(TrackJob(number, brief, themes, common, out_dir, font.path, expected_sec))

    done = 0

    def report_progress(job: TrackJob) -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(f"{job.brief.id}{job.brief.variant} {job.brief.title}", done, len(track_jobs))

    made = make_tracks(track_jobs, workers, report_progress)
    tracks = tuple(track.report for track in made)
    cue_set = CueSet(show, themes, tuple(track.cue for track in made))
    write_text(out_dir / "album.m3u8", m3u8_text(show.title, show.album.artist, tracks))
    write_text(out_dir / "show.json", json_text(show_json(cue_set)))
    index = write_page(cue_set, tracks, font.name, out_dir)
    return AlbumReport(out_dir, tracks, index, font.name, sum(track.seconds for track in tracks))


def _check(show: Show, out_dir: Path) -> None:
    """Check what would otherwise fail only after minutes of work."""
    if out_dir.exists() and not out_dir.is_dir():
        raise UsageError(f"{out_dir} is a file, and an album is a folder; name another place")
    seen: dict[str, str] = {}
    for cue in show.cues:
        name = slug(cue.id.replace("-", ""))
        if name in seen:
            raise UsageError(f"two cues have the id {cue.id} ({seen[name]} and {cue.id}); give every cue its own")
        seen[name] = cue.id
