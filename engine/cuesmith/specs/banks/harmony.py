"""The banks of harmony: spellings, cadences, substitutions, modulations, harmonic rhythm and palettes.

Each record is one row of a table under styles/banks. Weights are relative; `cues` and `styles` multiply them by cue
type and style (1 where absent), `kin` styles included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from cuesmith.errors import did_you_mean
from cuesmith.music.chord import QUALITIES, Roman
from cuesmith.specs.banks.fields import STRICT, ChordsField, RangeField
from cuesmith.specs.yaml.place import Problem

Weight = Annotated[float, Field(ge=0, le=1000)]
Chance = Annotated[float, Field(ge=0, le=1)]


def _quality(value: str) -> str:
    if value not in QUALITIES:
        raise ValueError(f"unknown chord quality '{value}'; known: {', '.join(QUALITIES)}")
    return value


QualityName = Annotated[str, AfterValidator(_quality)]

# what may be asked of the place where a substitution is made; see composition.harmony.substitution.CONDITIONS
ConditionName = Literal[
    "lasts_a_bar", "lasts_half_a_bar", "lasts_two_bars", "falls_by_fifth", "to_tonic", "to_submediant", "to_dominant",
    "to_mixture", "not_phrase_end", "inside", "second_half", "climax", "bass_leaps",
]  # fmt: skip
# what is done where numerals alone cannot say it; see composition.harmony.substitution.CHANGES
ChangeName = Literal[
    "applied_dominant", "applied_diminished", "passing_diminished", "tritone", "hold_bass", "inversion", "planing",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Spelling:
    """A colour of chords: what a plain chord becomes in it.

    becomes: quality → qualities, the first that fits is taken. free: tones outside the key are welcome (else they must
    lie in it). resolves: only for a chord whose root falls a fifth to the next. adds: weight the colour has in a cue
    type whatever the style gives it.
    """

    about: str
    becomes: dict[QualityName, tuple[QualityName, ...]] = Field(default_factory=dict)
    free: bool = False
    resolves: bool = False
    cues: dict[str, Weight] = Field(default_factory=dict)
    adds: dict[str, Weight] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Cadence:
    """How a section closes. chords: the last chords. final, inner, open, attacca, loop: weight at such an end.

    final ends a cue that closes; inner ends a section inside the cue; open ends a cue that is left open. Inner cadences
    of `kind` authentic, plagal, modal and mixture close; the others leave the section open.
    """

    about: str
    kind: Literal["authentic", "plagal", "modal", "mixture", "half", "deceptive", "open"]
    mode: Literal["major", "minor"]
    chords: ChordsField
    final: Weight = 0
    inner: Weight = 0
    open: Weight = 0
    attacca: Weight = 0
    loop: Weight = 0
    cues: dict[str, Weight] = Field(default_factory=dict)
    styles: dict[str, Weight] = Field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether the section comes to rest."""
        return self.kind in ("authentic", "plagal", "modal", "mixture")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Substitution:
    """One chord for another. of: the numerals it applies to (root and third count, not the colour; empty: any).

    chords: what stands there instead, sharing the time, or change: a device that computes it. needs: conditions, all of
    which must hold. chance: per eligible chord. colour: an event that is heard as colour, not only as movement.
    """

    about: str
    device: str
    mode: Literal["major", "minor", "any"] = "any"
    of: ChordsField = ()
    chords: ChordsField = ()
    change: ChangeName | None = None
    needs: tuple[ConditionName, ...] = ()
    chance: Chance
    colour: bool = True
    cues: dict[str, Weight] = Field(default_factory=dict)
    elsewhere: Weight = 1  # in cue types that `cues` does not name
    styles: dict[str, Weight] = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if bool(self.chords) == (self.change is not None):
            raise ValueError("a substitution has either chords or a change that computes them")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Modulation:
    """How a change of key is prepared. moves: semitones up, 0..11, to which it suits (empty: any)."""

    about: str
    tactic: Literal["dominant", "flat_seventh", "diminished", "pivot", "common_tone", "relative", "parallel", "cold"]
    device: str
    moves: tuple[Annotated[int, Field(ge=0, le=11)], ...] = ()
    weight: Weight
    styles: dict[str, Weight] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class HarmonicRhythm:
    """How long a chord lasts: seconds, shortest and longest, in these cue types."""

    about: str
    seconds: RangeField
    cues: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Palette:
    """Chords a returning theme may be set to, of one mood. gain: what such a chord is worth in the search."""

    about: str
    major: ChordsField
    minor: ChordsField
    gain: float = 0.0
    cues: dict[str, Weight] = Field(default_factory=dict)

    def chords(self, minor: bool) -> tuple[Roman, ...]:
        """Those of the mode."""
        return self.minor if minor else self.major


def cue_problems(
    rows: Mapping[str, Spelling | Cadence | Substitution | HarmonicRhythm | Palette], cue_types: Iterable[str]
) -> Iterator[Problem]:
    """One problem for each cue type named in a table that does not exist."""
    known = list(cue_types)
    for id_, row in rows.items():
        named: list[tuple[str, str | int, str]] = [
            *(("cues", index, name) for index, name in enumerate(row.cues) if isinstance(row, HarmonicRhythm)),
            *(("cues", name, name) for name in row.cues if not isinstance(row, HarmonicRhythm)),
            *(("adds", name, name) for name in (row.adds if isinstance(row, Spelling) else ())),
        ]
        for field, place, name in named:
            if name not in known:
                message = f"unknown cue type '{name}'{did_you_mean(name, known)}"
                yield Problem((id_, field, place), message, at_key=isinstance(place, str))


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Progression:
    """mode: major, minor or modal; chords: roman numerals, one per change of harmony; cues: weight by cue type."""

    name: str
    mode: Literal["major", "minor", "modal"]
    chords: ChordsField
    colour: str = ""
    cues: dict[str, float] = Field(default_factory=dict)
    styles: dict[str, float] = Field(default_factory=dict)
    closes: bool = False  # ends with its own cadence: kept for last phrases
    static: bool = False  # a drone or pedal: chords may last 2-4 times longer
