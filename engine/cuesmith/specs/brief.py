"""What is asked of one cue, complete: the brief, its hits, beats and themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from cuesmith.music.scale import Key

if TYPE_CHECKING:
    from cuesmith.specs.banks.themes import Recipe

Meeting = Literal["succession", "dialogue", "counterpoint"]  # how a second theme meets the first
FORCED_LIMITS = (1.5, 900.0)  # seconds of any cue at all
HitKind = Literal["accent", "stop", "swell", "entry", "key", "silence", "climax"]  # what the music does at a hit point


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment of the picture that the music must meet.

    at_sec: clock seconds from the first bar line. weight: 0 would be nice .. 1 must be. note: what happens there.
    """

    at_sec: float
    kind: HitKind = "accent"
    weight: float = 1.0
    note: str = ""


Event = Literal["reveal", "impact", "entrance", "turn", "departure", "silence"]  # see plan.picture.mood_curve


class Mood(NamedTuple):
    """A point of feeling: valence -1 dark .. 1 bright, arousal 0 still .. 1 excited, tension 0 at ease .. 1 on edge."""

    valence: float
    arousal: float
    tension: float


STILL = Mood(0.0, 0.0, 0.0)  # as a distance: none


@dataclass(frozen=True, slots=True)
class ThemeForm:
    """How a theme comes back in a cue.

    recipe: name of a recipe, PLAIN, or empty (the cue type chooses). row: that recipe, once the plan has looked it up.
    stage: of the theme's story over the show. fragments: only pieces of it are heard.
    """

    theme: str
    recipe: str = ""
    stage: str = ""
    fragments: bool = False
    row: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A moment of the picture that the music answers to.

    at: seconds. feel: a feeling by name (empty: as it was). who: themes heard from here on, the second against the
    first. event: what happens. intensity: 0 a hint .. 1 everything; None: as the feeling has it. recipe: how the themes
    come from here on (empty: as the feeling has it).
    """

    at: float
    feel: str = ""
    who: tuple[str, ...] = ()
    event: Event | None = None
    intensity: float | None = None
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked of one cue, complete: the planner adds nothing that the person could have said."""

    id: str
    title: str
    type: str
    style: str
    seed: int | str
    seconds: float | None = None
    key: Key | None = None
    meter: str = ""  # `3/4`, `free`, `7/8+4/4`; empty: one of its type's or style's
    tempo_bpm: float | None = None
    themes: tuple[str, ...] = ()
    variant: str = ""  # "", or B (no melody), C (soft), D (ending): cut from the cue of this id
    theme_forms: tuple[ThemeForm, ...] = ()  # of themes whose form is asked for; the others as the cue type has them
    meeting: Meeting | None = None  # of the first two themes; None: as the cue type has it
    recipes: tuple[tuple[str, Recipe], ...] = ()  # the show's own, which hide those of style and banks
    chords: tuple[tuple[str, str], ...] = ()  # (section name, or "" for the whole cue; chart) as music.chart reads it
    hits: tuple[Hit, ...] = ()  # in any order
    fps: str = "24"  # the frame rate in which times are shown
    force: bool = False  # take lengths beyond the type's limits
    feel: str = ""  # a feeling by name; the numbers beside it go before it, and the type's own place stands behind both
    valence: float | None = None  # -1 dark .. 1 bright
    arousal: float | None = None  # 0 still .. 1 excited
    tension: float | None = None  # 0 at ease .. 1 on edge
    beats: tuple[Beat, ...] = ()  # in order of time; they make the form
    ensemble: str = ""  # solo, chamber, studio or full; "": as the style has it
    humanize: float = 1.0  # 0 on the grid .. 1 as the style plays
    ending: str = ""  # how it ends; empty: as its type does
