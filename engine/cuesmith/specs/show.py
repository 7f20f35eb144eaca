"""A show: its themes and its list of cues, as people write it."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import Key
from cuesmith.specs.banks import STRICT

_MODE_WORDS = {"major": "ionian", "minor": "aeolian"}


def parse_key(text: str) -> Key:
    """`D major`, `F# minor`, `A dorian`, `Eb`. Raises ValueError naming the form it expects."""
    from cuesmith.music.scale import MODES

    words = text.replace("_", " ").split(maxsplit=1)
    if not words:
        raise ValueError("a key is a tonic and a mode, such as 'D major' or 'A dorian'")
    mode = words[1].strip().lower().replace(" ", "_") if len(words) > 1 else "major"
    mode = _MODE_WORDS.get(mode, mode)
    if mode not in MODES:
        raise ValueError(f"'{text}': unknown mode '{mode}'; known: major, minor, {', '.join(MODES)}")
    return Key(parse_pitch_class(words[0]), mode)


def _key_text(value: str) -> str:
    parse_key(value)
    return value


KeyText = Annotated[str, AfterValidator(_key_text), Field(examples=["D major", "A dorian"])]
Name = Annotated[str, Field(min_length=1, max_length=120)]
CueId = Annotated[str, Field(pattern=r"^M-?\d{1,4}[A-Z]?$", examples=["M-401", "M-401B"])]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ThemeSpec:
    """A leitmotif: its character, and as much of the rest as the person cares to say."""

    character: str
    key: KeyText | None = None
    scale: str | None = None
    instrument: str | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CueSpec:
    """One cue of a show. seconds: where its last bar line stands."""

    id: CueId
    title: Name | None = None
    type: str
    style: str | None = None
    themes: tuple[str, ...] = ()
    seconds: Annotated[float, Field(ge=1, le=900)] | None = None
    key: KeyText | None = None
    tempo: Annotated[float, Field(ge=30, le=260)] | None = None
    seed: int | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AlbumSpec:
    """What the tags of the audio files say."""

    artist: str = "Cuesmith"
    year: Annotated[int, Field(ge=1900, le=2999)] | None = None
    genre: str = "Soundtrack"
    order: Literal["auto", "listed"] = "listed"
    comment: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Show:
    """A cue set."""

    schema_version: Literal[1] = 1
    title: Name
    seed: int | str = 0
    style: str = "symphonic"
    about: str = ""
    themes: dict[str, ThemeSpec] = field(default_factory=dict)
    cues: Annotated[tuple[CueSpec, ...], Field(min_length=1, max_length=200)]
    album: AlbumSpec = field(default_factory=AlbumSpec)
