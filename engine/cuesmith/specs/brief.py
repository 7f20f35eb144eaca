"""The brief: everything that is asked of one cue, with its hits, beats and themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from cuesmith.music.scale import Key

if TYPE_CHECKING:
    from cuesmith.specs.banks.themes import Recipe

Meeting = Literal["succession", "dialogue", "counterpoint"]  # how a second theme meets the first one
FORCED_LIMITS = (1.5, 900.0)  # shortest and longest cue with `force`, in seconds
HitKind = Literal["accent", "stop", "swell", "entry", "key", "silence", "climax"]  # what the music does at a hit point


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment of the picture that the music must meet.

    One on the last bar line is answered by the end of the music: nothing is struck there.

    Attributes:
        at_sec: seconds from the first bar line, up to the length of the cue.
        kind: what the music does: `accent`, `stop`, `swell`, `entry`, `key`, `silence` or `climax`.
        weight: 0 (optional, may be missed) to 1 (must be met).
        note: what happens there.

    Example:
        >>> from cuesmith import Hit, compose
        >>> cue = compose(type="eyecatch", seconds=6, hits=[Hit(4.0, "accent", note="door slams")])
        >>> [hit.kind for hit in cue.score.plan.hits]
        ['accent']
    """

    at_sec: float
    kind: HitKind = "accent"
    weight: float = 1.0
    note: str = ""


# what a beat may be; see plan.picture.scenes
Event = Literal["reveal", "impact", "entrance", "turn", "departure", "silence"]


class Mood(NamedTuple):
    """A mood: valence -1 (dark) to 1 (bright), arousal 0 (still) to 1 (excited), tension 0 (at ease) to 1 (on edge)."""

    valence: float
    arousal: float
    tension: float


NO_SHIFT = Mood(0.0, 0.0, 0.0)  # no difference between two moods


@dataclass(frozen=True, slots=True)
class ThemeForm:
    """How a theme comes back in a cue.

    recipe: name of a recipe, PLAIN, or "" (the cue type chooses). row: that recipe, filled in by the plan.
    stage: of the theme's story over the show. fragments: only fragments of it are used.
    """

    theme: str
    recipe: str = ""
    stage: str = ""
    fragments: bool = False
    row: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A moment of the picture to which the music responds. It says at least one thing besides its time.

    Attributes:
        at: seconds from the first bar line, before the end of the cue.
        feel: name of a feeling (`cuesmith feelings` lists them); "": unchanged.
        who: names of the themes from here on; the second is set against the first.
        event: what happens: `reveal`, `impact`, `entrance`, `turn`, `departure` or `silence`; None: nothing.
        intensity: 0 (a hint) to 1 (full); None: as the feeling has it.
        recipe: how the themes come back from here on; "": as the feeling has it.

    Example:
        >>> from cuesmith import Beat, compose
        >>> beats = [Beat(0, "calm", who=("hero",)), Beat(20, "hope", event="reveal")]
        >>> compose(type="ambient", seconds=40, beats=beats).seconds
        40.0
    """

    at: float
    feel: str = ""
    who: tuple[str, ...] = ()
    event: Event | None = None
    intensity: float | None = None
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that is asked of one cue; the plan decides only what is left open here."""

    id: str
    title: str
    type: str
    style: str
    seed: int | str
    seconds: float | None = None
    key: Key | None = None
    meter: str = ""  # `3/4`, `free`, `7/8+4/4`; "": drawn from the style or type
    tempo_bpm: float | None = None
    themes: tuple[str, ...] = ()
    variant: str = ""  # "", or a variant cut from this cue (see cue.variants)
    theme_forms: tuple[ThemeForm, ...] = ()  # of themes with a requested form; others: by the cue type
    meeting: Meeting | None = None  # of the first two themes; None: by the cue type
    recipes: tuple[tuple[str, Recipe], ...] = ()  # of the show; they override those of style and banks
    chords: tuple[tuple[str, str], ...] = ()  # (section name or "", chart), see music.chart
    hits: tuple[Hit, ...] = ()  # in any order
    fps: str = "24"  # frame rate in which times are shown
    force: bool = False  # allow lengths outside the limits of the type
    feel: str = ""  # name of a feeling; the numbers below override it, and it overrides the mood of the type
    valence: float | None = None  # -1 dark .. 1 bright
    arousal: float | None = None  # 0 still .. 1 excited
    tension: float | None = None  # 0 at ease .. 1 on edge
    beats: tuple[Beat, ...] = ()  # in order of time; they decide the form
    ensemble: str = ""  # solo, chamber, studio or full; "": the style as it is
    humanize: float = 1.0  # 0 on the grid .. 1 as the style plays
    ending: str = ""  # kind of ending; "": by the cue type
