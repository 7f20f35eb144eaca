"""A show: its themes and its list of cues, as users write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from cuesmith.motif.text import read_notes
from cuesmith.music.chart import parse_chart
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import Key
from cuesmith.music.timecode import DEFAULT_RATE, parse_rate
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.fields import STRICT, Ending, MeterField, ModeName, Signed, Unit, check_meters
from cuesmith.specs.banks.themes import Recipe
from cuesmith.specs.brief import Beat, Event, Meeting
from cuesmith.specs.spotting_list import HitSpec, RateField, clock_seconds

_MODE_WORDS = {"major": "ionian", "minor": "aeolian"}


def parse_key(text: str) -> Key:
    """Read a key such as `D major`, `F# minor`, `A dorian` or `Eb`. Raises ValueError with the expected form."""
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


MetersText = Annotated[str, AfterValidator(check_meters), Field(examples=["3/4", "7/8(2+2+3)+4/4", "free"])]
KeyText = Annotated[str, AfterValidator(_key_text), Field(examples=["D major", "A dorian"])]
Name = Annotated[str, Field(min_length=1, max_length=120)]
CueId = Annotated[str, Field(pattern=r"^M-?\d{1,4}[A-Z]?$", examples=["M-401", "M-401B"])]


def _notes_text(value: str) -> str:
    read_notes(value)
    return value


def _chords_text(value: str) -> str:
    parse_chart(value)
    return value


ChordsText = Annotated[str, AfterValidator(_chords_text), Field(examples=["IVM7 V7 | iii7 vi7", "GM7 A7 | F#m7 Bm7"])]


def _bars(value: tuple[int, int]) -> tuple[int, int]:
    first, last = value
    if last < first:
        raise ValueError(f"bars are the first and the last, such as [1, 4]; {last} comes before {first}")
    return value


NotesText = Annotated[
    str, AfterValidator(_notes_text), Field(examples=["D4:1.5 F#4:.5 A4:2 | E4:1 r:1 C#5:2", "1:1.5 5:.5 2':2"])
]
Ensemble = Literal["solo", "chamber", "studio", "full"]
BarNumber = Annotated[int, Field(ge=1, le=9999)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MidiSource:
    """A melody in a MIDI file.

    path: relative to the folder of the show. track: number among the tracks with notes, from 1.
    bars: first and last, from 1; None: from the bar of the first note.
    """

    path: Annotated[str, Field(min_length=1)]
    track: Annotated[int, Field(ge=1, le=999)] = 1
    bars: Annotated[tuple[BarNumber, BarNumber], AfterValidator(_bars)] | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ThemeSpec:
    """A leitmotif: its character or its notes, and optional details.

    notes, midi: the theme itself (1 to 8 bars), as text or in a file; the character may then be empty.
    mode, meter: of given notes, when the notes alone do not tell.
    arc: its story over the cues that name it: stages (or recipes) in order, spread evenly.
    valence (-1 dark to 1 bright), arousal (0 still to 1 excited): the character as numbers, in place of a name or
    together with it; a missing number is that of the named character, else a medium one.
    """

    character: str = ""
    valence: Annotated[float, Field(ge=-1, le=1)] | None = None
    arousal: Annotated[float, Field(ge=0, le=1)] | None = None
    notes: NotesText | None = None
    midi: MidiSource | None = None
    key: KeyText | None = None
    mode: ModeName | None = None
    scale: str | None = None
    meter: MeterField | None = None
    instrument: str | None = None
    arc: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.notes is not None and self.midi is not None:
            raise ValueError("a theme has notes or midi, not both; leave one out")
        if self.given and self.numbered:
            raise ValueError("valence and arousal are of invented themes; leave them out where notes or midi are given")
        if not self.given:
            if not self.character and not self.numbered:
                raise ValueError("a theme needs a character (such as heroic), valence and arousal, or notes, or midi")
            if self.mode is not None or self.meter is not None:
                raise ValueError("mode and meter belong to given notes; an invented theme takes key or scale")
        if self.notes is not None:
            read_notes(self.notes, self.meter)
        if self.mode is not None and self.key is not None and len(self.key.split()) > 1:
            key_mode = parse_key(self.key).mode
            if key_mode != self.mode:
                raise ValueError(f"the key '{self.key}' is {key_mode}, but mode says {self.mode}; leave one out")

    @property
    def given(self) -> bool:
        """True when the user gives the theme, as notes or in a MIDI file."""
        return self.notes is not None or self.midi is not None

    @property
    def numbered(self) -> bool:
        """True when the character is given as numbers, at least in part."""
        return self.valence is not None or self.arousal is not None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class BeatSpec:
    """A moment of the picture to which the music responds, as the music editor writes it.

    at: seconds (also as text: `1:12.4`). feel: a feeling (banks/feelings.yaml). who: themes from here on. event: what
        happens.
    intensity: 0 (a hint) to 1 (full). recipe: how the themes come back from here on. Both follow the feeling when left
        out.
    """

    at: Annotated[Annotated[float, Field(ge=0, le=900)], BeforeValidator(clock_seconds)]
    feel: str | None = None
    who: tuple[str, ...] = ()
    event: Event | None = None
    intensity: Unit | None = None
    recipe: str | None = None

    def __post_init__(self) -> None:
        if all(said is None or said == () for said in (self.feel, self.who, self.event, self.intensity, self.recipe)):
            raise ValueError("a beat says at least one of feel, who, event, intensity and recipe")

    def beat(self) -> Beat:
        """Return the beat in the form of a brief."""
        return Beat(self.at, self.feel or "", self.who, self.event, self.intensity, self.recipe or "")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CueSpec:
    """One cue of a show.

    seconds: time of its last bar line (also as text: `1:12.4`, `00:01:12:10@24`). force: allow any length.
    variants: B no melody, C soft, D ending, I0 to I4 intensity levels; `levels: true` asks for all levels.
    recipe: how its themes come back, for the first of them or by name; it overrides their arcs.
    meeting: how the first two themes meet.
    meter: `3/4`, `7/8+4/4`, `free`; left out: by type and style.
    hits: moments of the picture. hits_file: more of them, in a CSV or EDL file next to the show. fps: frame rate of
        timecodes.
    chords: a chart for the whole cue, which is repeated, or section name → chart; see `music.chart`.
    feel: name of a feeling. valence, arousal, tension: numbers that override it.
    beats: of the picture, in order of time; they decide the form. beats_file: beats in a CSV, EDL or YAML file next to
        the show.
    ensemble, humanize (0 on the grid to 1 as the style plays), ending: left out: by the show, or by the type.
    pair: an eyecatch before a break, with an open end, and one after it with the same beginning, which closes.
    """

    id: CueId
    title: Name | None = None
    type: str
    style: str | None = None
    themes: tuple[str, ...] = ()
    seconds: Annotated[Annotated[float, Field(ge=1, le=900)] | None, BeforeValidator(clock_seconds)] = None
    variants: tuple[Literal["B", "C", "D", "I0", "I1", "I2", "I3", "I4"], ...] = ()
    key: KeyText | None = None
    meter: MetersText | None = None
    tempo: Annotated[float, Field(ge=30, le=260)] | None = None
    seed: int | None = None
    recipe: str | dict[str, str] | None = None
    meeting: Meeting | None = None
    chords: ChordsText | dict[str, ChordsText] | None = None
    hits: Annotated[tuple[HitSpec, ...], Field(max_length=200)] = ()
    hits_file: Annotated[str, Field(min_length=1)] | None = None
    fps: RateField = DEFAULT_RATE
    force: bool = False
    feel: str | None = None
    valence: Signed | None = None
    arousal: Unit | None = None
    tension: Unit | None = None
    beats: Annotated[tuple[BeatSpec, ...], Field(max_length=60)] = ()
    beats_file: Annotated[str, Field(min_length=1)] | None = None
    levels: bool = False
    ensemble: Ensemble | None = None
    humanize: Unit | None = None
    ending: Ending | None = None
    pair: bool = False

    def __post_init__(self) -> None:
        if self.pair and self.ending is not None:
            raise ValueError("a pair has its endings: the first leads out, the second in; leave ending out")
        if self.beats and self.beats_file is not None:
            raise ValueError("a cue has beats or beats_file, not both; leave one out")
        for number, hit in enumerate(self.hits):
            try:
                hit.hit(parse_rate(self.fps))
            except ValueError as fault:
                raise ValueError(f"hits[{number}]: {fault}") from None

    @property
    def all_variants(self) -> tuple[str, ...]:
        """The variants it asks for, each once; the second cue of a pair comes first."""
        levels = ("I0", "I1", "I2", "I3", "I4") if self.levels else ()
        return tuple(dict.fromkeys((*(("IN",) if self.pair else ()), *self.variants, *levels)))


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AlbumSpec:
    """Tags of the audio files, and the layout of the album.

    order: of the tracks: `file`, or `auto` to arrange them as an album.
    keys: `free`, or `auto` to plan keys and tempi so that neighbouring tracks are related but differ; left out: as
        `order`.
    """

    artist: str = "Cuesmith"
    year: Annotated[int, Field(ge=1900, le=2999)] | None = None
    genre: str = "Soundtrack"
    comment: str = ""
    order: Literal["file", "auto"] = "file"
    keys: Literal["free", "auto"] | None = None

    @property
    def planned(self) -> bool:
        """True when keys and tempi are planned over the album."""
        return (self.keys or ("auto" if self.order == "auto" else "free")) == "auto"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Show:
    """A set of cues with shared themes.

    recipes: ways in which a theme comes back, added to those of style and banks or replacing them.
    ensemble, humanize: of every cue without its own.
    """

    schema_version: Literal[1] = 1
    title: Name
    seed: int | str = 0
    style: str = "symphonic"
    about: str = ""
    themes: dict[str, ThemeSpec] = field(default_factory=dict)
    cues: Annotated[tuple[CueSpec, ...], Field(min_length=1, max_length=200)]
    recipes: dict[str, Recipe] = field(default_factory=dict)
    ensemble: Ensemble | None = None
    humanize: Unit = 1.0
    album: AlbumSpec = field(default_factory=AlbumSpec)

    def themes_of(self, cue: CueSpec, cue_types: Mapping[str, CueType]) -> tuple[str, ...]:
        """Return the names of a cue's themes. A cue that names none has the first theme of the show; a medley has all.

        cue_types: the bank of cue types, which says which types are medleys.
        """
        named = tuple(dict.fromkeys((*cue.themes, *(name for beat in cue.beats for name in beat.who))))
        if named or not self.themes:
            return named
        medley = cue.type in cue_types and cue_types[cue.type].medley
        return tuple(self.themes) if medley else (next(iter(self.themes)),)
