"""Beats and feelings of a cue, checked; and beats read from a table, as spotting notes are kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

from cuesmith.errors import SpecError, UsageError, did_you_mean
from cuesmith.score import Event
from cuesmith.specs.feelings import feeling_named, feeling_words
from cuesmith.specs.library import Banks
from cuesmith.specs.place import KeyPath, Problem
from cuesmith.specs.show import BeatSpec, CueSpec, Show

EVENT_NAMES: tuple[str, ...] = get_args(Event)
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")


def feel_problems(path: KeyPath, cue: CueSpec, show: Show, banks: Banks) -> Iterator[Problem]:
    """Feelings nobody knows, beats out of order or past the end, themes that do not exist."""
    words = feeling_words(banks.feelings)

    def unknown(place: KeyPath, word: str | None) -> Iterator[Problem]:
        if word is not None and feeling_named(word, banks.feelings) is None:
            yield Problem(place, f"unknown feeling '{word}'{did_you_mean(word, words)}")

    yield from unknown((*path, "feel"), cue.feel)
    for index, beat in enumerate(cue.beats):
        place = (*path, "beats", index)
        yield from unknown((*place, "feel"), beat.feel)
        for number, name in enumerate(beat.who):
            if name not in show.themes:
                yield Problem((*place, "who", number), f"unknown theme '{name}'{did_you_mean(name, show.themes)}")
        if index and beat.at <= cue.beats[index - 1].at:
            yield Problem((*place, "at"), f"beats come in order of time; {beat.at:g} s is not after the one before")
        length = _length(cue, banks)
        if length is not None and beat.at >= length:
            yield Problem((*place, "at"), f"{beat.at:g} s is beyond the end of the cue at {length:g} s")


def _length(cue: CueSpec, banks: Banks) -> float | None:
    row = banks.cue_types.get(cue.type)
    return cue.seconds if cue.seconds is not None else row.default_seconds if row is not None else None


def seconds_of(text: str) -> float:
    """`31.5`, `1:04` or `0:01:04.5` in seconds. Raises ValueError for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is no time; write seconds or minutes and seconds, such as 31.5 or 1:04")
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


def _beat_of(time: str, note: str, banks: Banks) -> BeatSpec:
    """The beat of a row: the first feeling and the first event that its note names, whatever else it says."""
    words = re.findall(r"[a-z_-]+", note.lower())
    feel = next((name for name in (feeling_named(word, banks.feelings) for word in words) if name), None)
    event = next((word for word in words if word in EVENT_NAMES), None)
    if feel is None and event is None:
        raise ValueError(f"'{note}' names no feeling and no event; see cuesmith feelings{_guess(words, banks)}")
    return BeatSpec(at=seconds_of(time), feel=feel, event=event)


def _guess(words: list[str], banks: Banks) -> str:
    known = [*feeling_words(banks.feelings), *EVENT_NAMES]
    return next((guess for guess in (did_you_mean(word, known) for word in words) if guess), "")


def read_beats(file: Path, banks: Banks) -> tuple[BeatSpec, ...]:
    """The beats of a table with the columns time and note. Raises SpecError naming file and line, UsageError."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"cannot read the beats in {file}: {fault}") from None
    rows = csv.DictReader(lines)
    if rows.fieldnames is None or not {"time", "note"} <= {name.strip() for name in rows.fieldnames}:
        raise SpecError(f"{file.name}:1: a table of beats begins with the line 'time,note'")
    out = []
    for row in rows:
        named = {(key or "").strip(): value or "" for key, value in row.items() if isinstance(value, str)}
        try:
            out.append((rows.line_num, _beat_of(named.get("time", ""), named.get("note", ""), banks)))
        except ValueError as fault:
            raise SpecError(f"{file.name}:{rows.line_num}: {fault}") from None
    for (_, before), (line, beat) in pairwise(out):
        if beat.at <= before.at:
            raise SpecError(f"{file.name}:{line}: beats come in order of time; {beat.at:g} s is too early here")
    if not out:
        raise SpecError(f"{file.name}: the table holds no beats")
    return tuple(beat for _, beat in out)


def with_beats(cue: CueSpec, folder: Path, banks: Banks) -> CueSpec:
    """The cue with the beats of its table. Raises SpecError for faults of the table, UsageError when it is missing."""
    assert cue.beats_file is not None
    beats = read_beats(folder / cue.beats_file, banks)
    length = _length(cue, banks)
    late = next((beat for beat in beats if length is not None and beat.at >= length), None)
    if late is not None:
        raise SpecError(f"{cue.beats_file}: {late.at:g} s is beyond the end of cue {cue.id} at {length:g} s")
    return replace(cue, beats=beats, beats_file=None)
