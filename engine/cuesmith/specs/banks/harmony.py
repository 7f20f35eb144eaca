"""Rows of the harmony banks: progressions, spellings, cadences, substitutions, modulations, rhythm, palettes.

Weights are relative. `cues` and `styles` multiply them by cue type and style (1 when absent); related styles (`kin`)
count, too.
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
    """Check the name of a chord quality."""
    if value not in QUALITIES:
        raise ValueError(f"unknown chord quality '{value}'; known: {', '.join(QUALITIES)}")
    return value


QualityName = Annotated[str, AfterValidator(_quality)]

# conditions of a substitution; see CONDITIONS in composition.harmony.substitution_devices
ConditionName = Literal[
    "lasts_a_bar", "lasts_half_a_bar", "lasts_two_bars", "falls_by_fifth", "to_tonic", "to_submediant", "to_dominant",
    "to_mixture", "not_phrase_end", "inside", "second_half", "climax", "bass_leaps",
]  # fmt: skip
# computed substitutions; see CHANGES in composition.harmony.substitution_devices
ChangeName = Literal[
    "applied_dominant", "applied_diminished", "passing_diminished", "tritone", "hold_bass", "inversion", "planing",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Spelling:
    """A chord colour: what a plain chord becomes in it.

    becomes: quality → qualities, of which the first that fits is used. free: tones outside the key are allowed.
    resolves: only for chords whose root falls a fifth to the next chord.
    adds: weight of the colour in a cue type, in addition to the style's.
    """

    about: str
    becomes: dict[QualityName, tuple[QualityName, ...]] = Field(default_factory=dict)
    free: bool = False
    resolves: bool = False
    cues: dict[str, Weight] = Field(default_factory=dict)
    adds: dict[str, Weight] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Cadence:
    """How a section closes. chords: its last chords. final, inner, open, attacca, loop: weights by kind of ending.

    final: a cue that closes. inner: a section inside the cue. open: a cue with an open end. Inner cadences of `kind`
        authentic, plagal, modal and mixture close; the others leave the section open.
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
        """True when the section ends at rest."""
        return self.kind in ("authentic", "plagal", "modal", "mixture")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Substitution:
    """Chords in place of a chord.

    of: numerals it applies to (root and third, not the colour); empty: any.
    chords: the replacement, which shares the time; or change: a device that computes it.
    needs: conditions, all of which must hold. chance: per possible chord.
    colour: it counts as harmonic colour, not only as movement.
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
    """How a change of key is prepared. moves: semitones up (0..11) for which it is suitable; empty: any."""

    about: str
    tactic: Literal["dominant", "flat_seventh", "diminished", "pivot", "common_tone", "relative", "parallel", "cold"]
    device: str
    moves: tuple[Annotated[int, Field(ge=0, le=11)], ...] = ()
    weight: Weight
    styles: dict[str, Weight] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class HarmonicRhythm:
    """How long a chord lasts in these cue types: shortest and longest, in seconds."""

    about: str
    seconds: RangeField
    cues: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Palette:
    """Chords of one mood, to which a returning theme may be set. gain: added value of such a chord in the search."""

    about: str
    major: ChordsField
    minor: ChordsField
    gain: float = 0.0
    cues: dict[str, Weight] = Field(default_factory=dict)

    def chords(self, minor: bool) -> tuple[Roman, ...]:
        """Return the chords for major or minor."""
        return self.minor if minor else self.major


def cue_problems(
    rows: Mapping[str, Spelling | Cadence | Substitution | HarmonicRhythm | Palette], cue_types: Iterable[str]
) -> Iterator[Problem]:
    """Yield a problem for each unknown cue type that is named in a table."""
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
    """A chord progression. chords: roman numerals, one per change of harmony. cues: weight by cue type."""

    name: str
    mode: Literal["major", "minor", "modal"]
    chords: ChordsField
    colour: str = ""
    cues: dict[str, float] = Field(default_factory=dict)
    styles: dict[str, float] = Field(default_factory=dict)
    closes: bool = False  # ends with its own cadence; for last phrases only
    static: bool = False  # a drone or pedal, with longer chords
