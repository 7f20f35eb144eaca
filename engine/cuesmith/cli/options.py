"""Check option values beyond their type. Each function returns the value to use or raises UsageError."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, cast, get_args

import typer

from cuesmith.errors import CuesmithError, UsageError, did_you_mean, with_article
from cuesmith.music.timecode import Rate, parse_rate, parse_time

Ensemble: TypeAlias = Literal["solo", "chamber", "studio", "full"]
EnsembleOption = Annotated[
    str | None, typer.Option("--ensemble", metavar="E", help="How many play: solo, chamber, studio or full.")
]
HumanizeOption = Annotated[
    float | None,
    typer.Option("--humanize", metavar="N", help="0 on the grid to 1 as the style plays; the notes are the same."),
]

MAX_TITLE = 120
EXAMPLE = "cuesmith cue --style symphonic --type battle -o battle.mid"
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def seed_of(text: str) -> int | str:
    """Return a whole number (it may be negative) as int; any other text is also a seed."""
    if not text.strip():
        raise UsageError("--seed is empty; give a number or a word, such as --seed 7")
    return int(text) if _WHOLE.fullmatch(text) else plain(text, "--seed")


def plain(text: str, option: str) -> str:
    """Check that text is safe in every file: no control characters, only valid Unicode."""
    if any(ord(sign) < 32 or 127 <= ord(sign) < 160 or 0xD800 <= ord(sign) < 0xE000 for sign in text):
        raise UsageError(f"{option} {text!a}: it holds control characters or broken text; write it in UTF-8")
    return text


def title_of(text: str) -> str:
    """Check a title: 1..120 characters."""
    if not text.strip() or len(text) > MAX_TITLE:
        raise UsageError(f"--title has {len(text.strip())} characters; a title has 1 to {MAX_TITLE}")
    return plain(text, "--title")


def rate_of(text: str) -> Rate:
    """Read a frame rate of timecode."""
    try:
        return parse_rate(text)
    except ValueError as fault:
        raise UsageError(f"--fps: {fault}") from None


def ensemble_of(text: str | None) -> Ensemble | None:
    """Check the size of an ensemble."""
    for known in get_args(Ensemble):
        if text == known:
            return cast(Ensemble, known)
    if text is None:
        return None
    raise UsageError(f"--ensemble: unknown ensemble '{text}'{did_you_mean(text, get_args(Ensemble))}")


def humanize_of(share: float) -> float:
    """Check how strongly players leave the grid, 0..1."""
    if not 0 <= share <= 1:  # written this way to reject NaN, too
        raise UsageError(f"--humanize {share:g}: choose 0 (on the grid) to 1 (as the style plays)")
    return share


def time_of(text: str, rate: Rate) -> float:
    """Read seconds from a number, from minutes and seconds, or from a timecode at this rate."""
    try:
        return float(text)  # any number; `seconds_in` checks the limits
    except ValueError:
        pass
    try:
        return parse_time(text, rate)
    except ValueError as fault:
        raise UsageError(f"--seconds: {fault}") from None


def seconds_in(seconds: float, type_: str, limits: tuple[float, float], *, force: bool = False) -> float:
    """Check a length against the limits of the cue type, or, with `force`, against the limits of any cue."""
    from cuesmith.specs.brief import FORCED_LIMITS

    low, high = FORCED_LIMITS if force else limits
    if not low <= seconds <= high:  # written this way to reject NaN, too
        nearest = "" if math.isnan(seconds) else f"; the nearest is {low if seconds < low else high:g}"
        able = not force and FORCED_LIMITS[0] <= seconds <= FORCED_LIMITS[1]
        hint = " (--force takes it all the same)" if able else ""
        raise UsageError(f"--seconds {seconds:g}: {with_article(type_)} cue lasts {low:g} to {high:g} s{nearest}{hint}")
    return seconds


def output_files(paths: Sequence[Path], endings: Sequence[str]) -> tuple[Path, ...]:
    """Check the files to write before any work is done: known endings, and places that can be written.

    Raises UsageError when there are none, an ending is unknown, one is a folder or is named twice; CuesmithError when
    there is no permission to write.
    """
    if not paths:
        raise UsageError(f"nothing to write; name a file with -o, for example: {EXAMPLE}")
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            raise UsageError(f"-o {path}: this is a folder; name a file in it, such as {path / 'cue.mid'}")
        if path.suffix.lower() not in endings:
            fault = f"'{path.suffix}' is not a format Cuesmith writes" if path.suffix else "the name has no ending"
            raise UsageError(f"-o {path}: {fault}; known: {', '.join(endings)}; for example: {EXAMPLE}")
        if path.resolve() in seen:
            raise UsageError(f"-o {path}: this file is named twice; leave one out")
        seen.add(path.resolve())
        _check_place(path, path.parent)
    return tuple(paths)


def output_folder(path: Path) -> Path:
    """Check the folder to write into; it need not exist. Raises UsageError or CuesmithError when it can't be used."""
    _check_place(path, path)
    return path


def _check_place(path: Path, folder: Path) -> None:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise UsageError(f"-o {path}: {folder} is a file, not a folder; choose another folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CuesmithError(f"cannot write {path}: no permission to write in {folder}; choose a folder of your own")
