"""Check the arguments of `compose` with the record types that also check shows, so that both say the same.

Python checks no types when it calls a function. Without this check a wrong word in a hit would fail deep inside the
plan, with a message that does not name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any, Final

from pydantic import Field, PlainValidator
from pydantic.dataclasses import dataclass

from cuesmith.errors import CuesmithError, UsageError
from cuesmith.music.timecode import parse_rate
from cuesmith.specs.banks.fields import STRICT
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.beats import beat_problems, hit_problems
from cuesmith.specs.brief import Beat, Hit
from cuesmith.specs.load import load_style
from cuesmith.specs.show import BeatSpec, Name
from cuesmith.specs.spotting_list import MOST, HitSpec, RateField
from cuesmith.specs.yaml.document import Document
from cuesmith.specs.yaml.phrases import found_text
from cuesmith.specs.yaml.place import Problem, format_path
from cuesmith.specs.yaml.validate import check

LONGEST_SEED: Final = 200  # digits or characters; Python writes no whole number of more than 4300 digits as text


def _seed(value: object) -> int | str:
    """Check a seed. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{found_text(value)} is not a seed; give a whole number or a word")
    if isinstance(value, int):
        if abs(value) >= 10**LONGEST_SEED:
            raise ValueError(f"a seed has at most {LONGEST_SEED} digits; give a smaller number")
        return value
    if len(value) > LONGEST_SEED:
        raise ValueError(f"a seed has at most {LONGEST_SEED} characters; give a shorter word")
    if not _is_storable(value):
        raise ValueError(f"{found_text(value)} holds half of a character; give another word")
    return value


def _is_storable(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: a lone surrogate, half of a character, can not."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Arguments:
    """The arguments of `compose`, of the right kinds. Ranges and names are checked where they are used."""

    style: str
    type: str
    seconds: Annotated[float, Field(allow_inf_nan=False)] | None
    seed: Annotated[Any, PlainValidator(_seed)]
    key: str | None
    meter: str
    tempo: float | None
    character: str | None
    recipe: str | None
    title: Name | None
    chords: str | dict[str, str] | None
    hits: Annotated[tuple[HitSpec, ...], Field(max_length=MOST)]
    fps: RateField
    force: bool
    feel: str
    valence: float | None
    arousal: float | None
    tension: float | None
    beats: Annotated[tuple[BeatSpec, ...], Field(max_length=60)]
    ensemble: str
    humanize: float

    @property
    def as_hits(self) -> tuple[Hit, ...]:
        """The hits, with their times in seconds."""
        return tuple(hit.hit(parse_rate(self.fps)) for hit in self.hits)

    @property
    def as_beats(self) -> tuple[Beat, ...]:
        """The beats in the form of a brief."""
        return tuple(beat.beat() for beat in self.beats)


def checked_arguments(given: Mapping[str, object], banks: Banks) -> Arguments:
    """Return the arguments of `compose` as a record.

    Raises UsageError with every fault, one `argument: message` per line.
    """
    data = dict(given)
    problems = [*_listed(data, "hits", Hit), *_listed(data, "beats", Beat)]
    _raise(problems)
    arguments, found = check(Document("compose", data, {}, {}), Arguments)
    _raise(found)
    assert arguments is not None
    try:
        hits = arguments.as_hits
    except ValueError as fault:
        raise UsageError(f"hits: {fault}") from None
    row = banks.cue_types.get(arguments.type)
    length = arguments.seconds if arguments.seconds is not None else row.default_seconds if row is not None else None
    recipes = [PLAIN, *banks.recipes, *_recipes_of(arguments.style)]
    _raise([
        *hit_problems(("hits",), [hit.at_sec for hit in hits], length),
        *beat_problems(("beats",), arguments.beats, banks, length, recipes=recipes),
    ])  # fmt: skip
    return arguments


def _recipes_of(style: str) -> list[str]:
    """Return the names of a style's recipes; none when the style cannot be read, which is reported elsewhere."""
    try:
        return list(load_style(style).recipes)
    except CuesmithError:
        return []


def _listed(data: dict[str, Any], name: str, kind: type[Hit] | type[Beat]) -> Iterator[Problem]:
    """Replace the records under a name by mappings, which can be checked; yield items that are no such records."""
    items = data[name]
    if not isinstance(items, list | tuple):
        yield Problem((name,), f"{found_text(items)} is not a list of {kind.__name__}; write it in [ ]")
        return
    plain = []
    for index, item in enumerate(items):
        if not isinstance(item, kind):
            first = fields(kind)[0].name
            yield Problem(
                (name, index), f"{found_text(item)} is not a {kind.__name__}; write {kind.__name__}({first}=12.5)"
            )
            continue
        values = {field.name: getattr(item, field.name) for field in fields(kind)}
        if isinstance(item, Hit):
            values["at"] = values.pop("at_sec")
        else:
            values = {key: value for key, value in values.items() if value not in ("", None, ())}
        plain.append(values)
    data[name] = plain


def _raise(problems: Iterable[Problem]) -> None:
    """Raise UsageError with the problems, one per line; return when there are none."""
    lines = [f"{_shown(problem)}: {problem.message}" for problem in problems]
    if lines:
        raise UsageError("\n".join(dict.fromkeys(lines)))


def _shown(problem: Problem) -> str:
    """Return the place of a problem as Python writes it: the time of a hit is `at_sec`."""
    path = problem.path
    if path[:1] == ("hits",) and path[-1] == "at":
        path = (*path[:-1], "at_sec")
    return format_path(path)
