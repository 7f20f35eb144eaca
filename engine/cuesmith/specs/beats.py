"""Check the beats and feelings of a cue, and read beats from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from pydantic.dataclasses import dataclass

from cuesmith.errors import SpecError, did_you_mean
from cuesmith.music.timecode import DEFAULT_RATE, RATES, Rate, parse_rate
from cuesmith.specs.banks.feelings import feeling_words, find_feeling
from cuesmith.specs.banks.fields import STRICT
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import Event
from cuesmith.specs.show import BeatSpec, CueSpec, Show
from cuesmith.specs.spotting_list import read_notes_of
from cuesmith.specs.yaml.document import read_document
from cuesmith.specs.yaml.place import KeyPath, Problem
from cuesmith.specs.yaml.validate import raise_problems, validate

MOST = 60  # beats in one cue
EVENT_NAMES: tuple[str, ...] = get_args(Event)


def feel_problems(path: KeyPath, cue: CueSpec, show: Show, banks: Banks, recipes: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown feelings, themes and recipes, beats out of order, and beats and hits after the end of the cue."""
    yield from _unknown_feeling((*path, "feel"), cue.feel, banks)
    length = _length(cue, banks)
    yield from beat_problems((*path, "beats"), cue.beats, banks, length, show.themes, recipes)
    rate = parse_rate(cue.fps)
    yield from hit_problems((*path, "hits"), [hit.hit(rate).at_sec for hit in cue.hits], length)


def hit_problems(path: KeyPath, times_sec: Sequence[float], length: float | None) -> Iterator[Problem]:
    """Yield hits after the end of a cue. times_sec: of the hits. length: seconds of the cue; None: not known."""
    for index, second in enumerate(times_sec):
        if length is not None and second > length:
            yield Problem((*path, index, "at"), f"{second:g} s is beyond the end of the cue at {length:g} s")


def _unknown_feeling(place: KeyPath, word: str | None, banks: Banks) -> Iterator[Problem]:
    """Yield a problem when a word is not a feeling."""
    if word is not None and find_feeling(word, banks.feelings) is None:
        yield Problem(place, f"unknown feeling '{word}'{did_you_mean(word, feeling_words(banks.feelings))}")


def beat_problems(
    path: KeyPath,
    beats: Sequence[BeatSpec],
    banks: Banks,
    length: float | None,
    themes: Iterable[str] | None = None,
    recipes: Iterable[str] | None = None,
) -> Iterator[Problem]:
    """Yield what is wrong with a list of beats.

    length: seconds of the cue. themes, recipes: the existing ones. None: not known, so not checked.
    """
    known_recipes = None if recipes is None else list(recipes)
    known_themes = None if themes is None else list(themes)
    for index, beat in enumerate(beats):
        place = (*path, index)
        yield from _unknown_feeling((*place, "feel"), beat.feel, banks)
        for number, name in enumerate(beat.who):
            if known_themes is not None and name not in known_themes:
                yield Problem((*place, "who", number), f"unknown theme '{name}'{did_you_mean(name, known_themes)}")
        if known_recipes is not None and beat.recipe is not None and beat.recipe not in known_recipes:
            yield Problem(
                (*place, "recipe"), f"unknown recipe '{beat.recipe}'{did_you_mean(beat.recipe, known_recipes)}"
            )
        if index and beat.at <= beats[index - 1].at:
            yield Problem((*place, "at"), f"beats come in order of time; {beat.at:g} s is not after the one before")
        if length is not None and beat.at >= length:
            yield Problem((*place, "at"), f"{beat.at:g} s is beyond the end of the cue at {length:g} s")


def _length(cue: CueSpec, banks: Banks) -> float | None:
    """Return the length of a cue in seconds, or None when its type is unknown."""
    row = banks.cue_types.get(cue.type)
    return cue.seconds if cue.seconds is not None else row.default_seconds if row is not None else None


def _beat_of_note(note: str, at: float, banks: Banks) -> BeatSpec:
    """Return the beat of a note: the first feeling and the first event among its words.

    Raises ValueError when it has neither.
    """
    words = re.findall(r"[a-z_-]+", note.lower())
    feel = next((name for name in (find_feeling(word, banks.feelings) for word in words) if name), None)
    event = next((word for word in words if word in EVENT_NAMES), None)
    if feel is None and event is None:
        raise ValueError(f"'{note}' names no feeling and no event; see cuesmith feelings{_guess(words, banks)}")
    return BeatSpec(at=at, feel=feel, event=event)


def _guess(words: list[str], banks: Banks) -> str:
    """Return the first suggestion for one of the words, or ""."""
    known = [*feeling_words(banks.feelings), *EVENT_NAMES]
    return next((guess for guess in (did_you_mean(word, known) for word in words) if guess), "")


def read_beats(
    file: Path,
    banks: Banks,
    rate: Rate = RATES[DEFAULT_RATE],
    *,
    name: str | None = None,
    recipes: Iterable[str] | None = None,
) -> tuple[BeatSpec, ...]:
    """Read the beats of a file: a table (time, note), the markers of an EDL, or a YAML list as under `beats` in a show.

    rate: frame rate of timecodes that name none. name: the file's name in messages. recipes: existing ones, if known.
    Raises SpecError with every fault, one `file:line:col: message` per line; UsageError when the file cannot be read.
    """
    shown = name or str(file)
    if file.suffix.lower() in (".yaml", ".yml"):
        return _beats_of_yaml(file, shown, banks, recipes)
    faults: list[str] = []
    out: list[BeatSpec] = []
    before: float | None = None
    for number, second, note, column in read_notes_of(file, rate, shown, faults):
        try:
            beat = _beat_of_note(note, second, banks)
            if before is not None and second <= before:
                raise ValueError(f"beats come in order of time; {second:g} s is not after the one before")
        except ValueError as fault:
            faults.append(f"{shown}:{number}:{column}: {fault}")
            continue
        before = second
        out.append(beat)
    if faults:
        raise SpecError("\n".join(faults))
    return _checked_count(out, shown)


def _checked_count(beats: Sequence[BeatSpec], shown: str) -> tuple[BeatSpec, ...]:
    """Return the beats; raise SpecError when there are none or too many."""
    if not beats:
        raise SpecError(f"{shown}: there is no beat in this file; a line is time,note such as 18.5,she is hopeful now")
    if len(beats) > MOST:
        raise SpecError(f"{shown}: {len(beats)} beats; a cue takes up to {MOST}")
    return tuple(beats)


def _beats_of_yaml(file: Path, shown: str, banks: Banks, recipes: Iterable[str] | None) -> tuple[BeatSpec, ...]:
    """Read the beats of a YAML list, which may stand under `beats:`."""
    document = read_document(file, name=shown)
    place: KeyPath = ()
    if isinstance(document.data, dict):
        beats = validate(document, _Sheet).beats
        place = ("beats",)
    else:
        beats = tuple(validate(document, list[BeatSpec]))
    raise_problems(document, beat_problems(place, beats, banks, None, recipes=recipes))
    return _checked_count(beats, shown)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class _Sheet:
    """A file with a list of beats under the key `beats`."""

    beats: tuple[BeatSpec, ...]


def with_beats(cue: CueSpec, folder: Path, banks: Banks) -> CueSpec:
    """Read the beats file of a cue. Raises SpecError for faults of the file, UsageError when it is missing."""
    assert cue.beats_file is not None
    beats = read_beats(folder / cue.beats_file, banks, parse_rate(cue.fps), name=cue.beats_file)
    length = _length(cue, banks)
    late = next((beat for beat in beats if length is not None and beat.at >= length), None)
    if late is not None:
        raise SpecError(f"{cue.beats_file}: {late.at:g} s is beyond the end of cue {cue.id} at {length:g} s")
    return replace(cue, beats=beats, beats_file=None)
