"""Rows of the banks for themes: scales, rhythm cells, contours, characters, recipes, stages, known tunes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.music.scale import MODES, Scale
from cuesmith.specs.banks.fields import STRICT, MeterField, ModeName, OpsField, Signed, Unit

PLAIN = "plain"  # the recipe that leaves a theme unchanged


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScaleRow:
    """A scale: semitones above the tonic. mode: its seven-note parent. nuclear: semitones on which long notes rest."""

    mode: ModeName
    semitones: tuple[int, ...]
    nuclear: tuple[int, ...]
    use: str = ""

    def __post_init__(self) -> None:
        parent = MODES[self.mode]
        if strange := [s for s in self.semitones if s not in parent]:
            raise ValueError(f"semitones {strange} are not in the parent mode {self.mode} {list(parent)}")
        if strange := [s for s in self.nuclear if s not in self.semitones]:
            raise ValueError(f"nuclear tones {strange} are not in the scale")

    def scale(self, name: str) -> Scale:
        """Return the row as a scale with this name."""
        parent = MODES[self.mode]
        return Scale(
            name,
            self.mode,
            tuple(parent.index(s) for s in self.semitones),
            tuple(parent.index(s) for s in self.nuclear),
        )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RhythmCell:
    """A rhythm. fingerprint: it is easily recognised.

    cell: sixteenths, negative for rests, adding up to 16 (4/4) or 12 (3/4).
    """

    cell: tuple[int, ...]
    character: str
    fingerprint: bool
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Upbeat:
    """Notes that lead into a phrase. notes: (scale steps from the first note of the phrase, length in eighths) each.

    weight: how often it is drawn; calm, lively: factors on it in calm and in lively characters.
    """

    weight: Annotated[float, Field(ge=0, le=100)]
    notes: tuple[tuple[Annotated[int, Field(ge=-7, le=7)], Annotated[int, Field(ge=1, le=4)]], ...]
    calm: Annotated[float, Field(ge=0, le=10)] = 1.0
    lively: Annotated[float, Field(ge=0, le=10)] = 1.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Contour:
    """A melodic contour. weight: its default weight.

    points: seven heights, 0 (tonic) to 1 (top of the range), evenly spaced.
    """

    points: tuple[float, float, float, float, float, float, float]
    weight: float
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Character:
    """What a leitmotif of this character is made from.

    scales, cells, contours: weights by id.
    intervals: target percentages of melodic intervals (repeat, step, third, fourth, fifth, sixth, octave, tritone).
    leaps: number of leaps of five semitones or more. ambitus: range in semitones.
    register: semitones from middle C to the centre of its octave. density: notes per two bars. Ranges are (low, high).
    not_for: cue types that never choose this character by themselves.
    """

    valence: Signed
    arousal: Unit
    scales: dict[str, float]
    cells: dict[str, float]
    contours: dict[str, float]
    intervals: dict[str, float]
    leaps: tuple[int, int] = (1, 1)
    ambitus: tuple[int, int] = (7, 14)
    density: tuple[int, int] = (5, 12)
    form: Literal["sentence", "period", "either"] = "either"
    register: int = 7
    meters: tuple[MeterField, ...] = ()
    words: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Recipe:
    """How a theme comes back for a dramatic purpose; see `cuesmith.themes.recipe`.

    ops: operations on the theme, in order. level: a statement keeps an identity of 0.70, a development 0.45.
    mode: of the theme; `major` and `minor` leave a theme with the right third unchanged.
    register: shift in semitones, in octaves. tempo: factor on the cue's tempo. families: of instruments, the preferred
        first.
    accompaniment: operations that make a second line from the same theme; empty: no such line.
    """

    about: str
    ops: OpsField
    level: Literal["statement", "development"]
    mode: ModeName | Literal["major", "minor"] | None = None
    register: Annotated[int, Field(ge=-24, le=24, multiple_of=12)] = 0
    tempo: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    families: tuple[str, ...] = ()
    articulation: Literal["legato", "normal", "staccato", "accent", "marcato", "detached"] = "normal"
    accompaniment: OpsField = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Stage:
    """A stage of a theme's story. recipe: of the theme; None: by the cue type. absent: the theme does not appear."""

    about: str
    recipe: str | None = None
    fragments: bool = False
    absent: bool = False


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WellKnown:
    """The opening of a well-known tune, which no theme may quote (see `themes.originality`).

    intervals: semitones from note to note. durations: from each onset to the next, in eighths; only ratios count.
    """

    title: str
    origin: str
    intervals: tuple[int, ...]
    durations: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=8, max_length=16)]

    def __post_init__(self) -> None:
        if len(self.intervals) != len(self.durations) - 1:
            raise ValueError(
                f"{len(self.durations)} notes have {len(self.durations) - 1} intervals, not {len(self.intervals)}"
            )
