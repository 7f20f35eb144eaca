"""The plan of a cue: sections, bars, keys, tempo, hits, before a note is written."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from cuesmith.music.meter import FREE, Meter, MeterChange
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale
from cuesmith.music.tempo import TempoMap
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.banks.treatments import Treatment
from cuesmith.specs.brief import STILL, Brief, HitKind, Meeting, Mood, ThemeForm

NEARLY_FULL = 0.1  # energy by which a section may be less full than the fullest, and be the climax


@dataclass(frozen=True, slots=True)
class PlannedHit:
    """Where a hit came to stand: its tick, bar and beat (from 1, in units of the meter), and when it is reached."""

    at_sec: float
    kind: HitKind
    weight: float
    tick: int
    bar: int
    beat: float
    reached_sec: float
    note: str = ""

    @property
    def error_ms(self) -> float:
        """How late the music is; negative: early."""
        return (self.reached_sec - self.at_sec) * 1000.0


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section of the form.

    treatment: what it does with its theme, by name; treatment_row: the same as a row of the bank. level: 0..4, how many
    layers play. theme: the leitmotif it states, if any; against: the one that meets it there, and how they meet. mood:
    where a beat or a dial puts it, and pull, how far that is from the place of the cue type.
    register: semitones by which its melody should lie higher. articulation: of a melody whose recipe asks for none.
    loudness: share of the velocities written. feel: its feeling, by name. theme_forms: how themes come
    here, where that is not as in the rest of the cue. flow: in free meter where its beats fall (ticks, rising), one for
    every quarter of the even sheet on which it is written; empty elsewhere.
    """

    index: int
    name: str
    treatment: str
    treatment_row: Treatment
    harmony: str
    bars: int
    first_bar: int
    start: int  # ticks
    length: int  # ticks
    meter: Meter
    energy: float
    level: int
    key: Key
    theme: str | None
    chords_per_bar: float
    against: str | None = None
    meeting: Meeting = "succession"
    mood: Mood | None = None
    pull: Mood = STILL
    register: float = 0.0
    articulation: str = "normal"
    loudness: float = 1.0
    feel: str = ""
    theme_forms: tuple[ThemeForm, ...] = ()
    flow: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        """The tick of the bar line after the section."""
        return self.start + self.length

    def sheet_ticks(self) -> tuple[int, ...]:
        """The ticks of its bar lines on the even sheet on which music is composed."""
        return tuple(self.start + bar * self.meter.bar_ticks for bar in range(self.bars))

    def bar_ticks(self) -> tuple[int, ...]:
        """The ticks of its bar lines; in free meter of the beginnings of its breaths."""
        return self.flow[:: self.meter.numerator] if self.flow else self.sheet_ticks()

    def bar_meters(self) -> tuple[Meter, ...]:
        """The meter of each bar; in free meter as many quarters as the breath has."""
        if not self.flow:
            return (self.meter,) * self.bars
        lines = (*self.bar_ticks(), self.end)
        return tuple(Meter((after - tick) // PPQ, 4, free=True) for tick, after in pairwise(lines))

    def bar_at(self, tick: int) -> int:
        """Which of its bars (from 0) a tick falls in; the nearest, outside."""
        if self.flow:
            return max(0, bisect_right(self.bar_ticks(), tick) - 1)
        return min(self.bars - 1, max(0, (tick - self.start) // self.meter.bar_ticks))


class BeatPoint(NamedTuple):
    """Where a beat landed: the second asked for, the bar line (ticks) at which its section begins, what it is."""

    at_sec: float
    tick: int
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The cue bar by bar, before a note is written.

    `seconds` is the time of the last bar line, exactly. dialogue_safe: words must be heard over it. curve: the mood at
    every bar, where beats or dials ask for one. points: where its beats landed, in order.
    """

    brief: Brief
    seconds: float
    tempo: TempoMap
    sections: tuple[SectionPlan, ...]
    scale: Scale
    ending: str
    valence: float
    arousal: float
    tension: float
    melody: str
    theme_forms: tuple[ThemeForm, ...] = ()
    dialogue_safe: bool = False
    vocal: bool = False  # a song, whose tune is written for a voice
    hits: tuple[PlannedHit, ...] = ()  # in order of time: asked for and reached

    @property
    def hit_error_ms(self) -> float:
        """Mean distance of the hits from the picture, by weight; 0 without hits."""
        total = sum(hit.weight for hit in self.hits)
        return sum(hit.weight * abs(hit.error_ms) for hit in self.hits) / total if total else 0.0

    curve: tuple[Mood, ...] = ()
    points: tuple[BeatPoint, ...] = ()

    def mood(self, section: SectionPlan) -> Mood:
        """The mood of a section: its own, else that of the cue."""
        return section.mood or Mood(self.valence, self.arousal, self.tension)

    def theme_form(self, theme: str, section: SectionPlan | None = None) -> ThemeForm:
        """How a theme comes in this cue, or in one of its sections."""
        known = (*(section.theme_forms if section else ()), *self.theme_forms)
        return next((theme_form for theme_form in known if theme_form.theme == theme), ThemeForm(theme, PLAIN))

    @property
    def length(self) -> int:
        """Ticks up to the last bar line."""
        return self.sections[-1].end

    @property
    def key(self) -> Key:
        """The home key."""
        return self.sections[0].key

    @property
    def bars(self) -> int:
        """How many bars the cue has."""
        return sum(section.bars for section in self.sections)

    def meters(self) -> tuple[MeterChange, ...]:
        """Where the meter changes, from tick 0."""
        out: list[MeterChange] = []
        for section in self.sections:
            if not section.flow:
                if not out or out[-1].meter != section.meter:
                    out.append(MeterChange(section.start, section.meter))
                continue
            for tick, meter in zip(section.bar_ticks(), section.bar_meters(), strict=True):
                if not out or out[-1].meter != meter:
                    out.append(MeterChange(tick, meter))
        return tuple(out)

    @property
    def free(self) -> bool:
        """Whether the whole cue is in free meter; sections without a beat of their own apart (a button)."""
        return all(section.meter.free for section in self.sections if section.name != "button")

    def bar_lines(self) -> tuple[int, ...]:
        """The ticks of all bar lines, the last one too."""
        return (*(tick for section in self.sections for tick in section.bar_ticks()), self.length)

    def sheet_lines(self) -> tuple[int, ...]:
        """The same on the even sheet on which music is composed."""
        return (*(tick for section in self.sections for tick in section.sheet_ticks()), self.length)

    def contexts(self, family: str) -> tuple[str, ...]:
        """What rules may name of the cue, the most telling first. family: of its style."""
        return (self.brief.type, self.ending, self.melody, family, *((str(FREE),) if self.free else ()))

    def section_at(self, tick: int) -> SectionPlan:
        """The section a tick falls in; past the end, the last."""
        for section in self.sections:
            if tick < section.end:
                return section
        return self.sections[-1]

    @property
    def climax(self) -> SectionPlan:
        """The fullest section; of those that are nearly so, the one nearest to two thirds of the cue."""
        top = max(section.energy for section in self.sections)
        near = [section for section in self.sections if section.energy >= top - NEARLY_FULL]
        return min(near, key=lambda s: (abs(s.start + s.length / 2 - self.length * 2 / 3), -s.index))
