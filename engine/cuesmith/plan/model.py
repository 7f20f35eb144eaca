"""The plan of a cue: its sections, bars, keys, tempo and hits, before any note is written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from cuesmith.music.meter import FREE, Meter, MeterChange
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale
from cuesmith.music.tempo import TempoMap
from cuesmith.specs.banks.codas import Coda
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.banks.treatments import Treatment
from cuesmith.specs.brief import NO_SHIFT, Brief, HitKind, Meeting, Mood, ThemeForm

NEARLY_FULL = 0.1  # the climax may have this much less energy than the section that has most


@dataclass(frozen=True, slots=True)
class PlannedHit:
    """Where a hit was placed: its tick, its bar and beat (from 1, beats in units of the meter), and its time.

    `at_sec` is the requested time and `reached_sec` the time in the music.
    """

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
        """Milliseconds by which the music is late at the hit; negative when it is early."""
        return (self.reached_sec - self.at_sec) * 1000.0


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section of the form.

    treatment, harmony: as in the row of the form (see `SectionRow`).
    level: 0..4, how many layers of the ensemble play.
    theme: the leitmotif stated here, if any. against: the one that meets it here, and `meeting` says how.
    mood: set by a beat or a dial; None means the mood of the cue.
    mood_shift: how far `mood` is from the mood of the cue type.
    register: semitones by which the melody should lie higher.
    articulation: of a melody whose recipe does not name one.
    loudness: factor on the written velocities.
    feel: name of the feeling; empty when none was named.
    theme_forms: how themes come back here, where that differs from the rest of the cue.
    coda, coda_row: id and row of the coda by which this section ends the cue; "" and None in all others.
    flow: only in free meter: the tick of every quarter of the section, rising. The section is composed on an even grid
        (the sheet), and `flow` says where each quarter of that grid sounds.
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
    mood_shift: Mood = NO_SHIFT
    register: float = 0.0
    articulation: str = "normal"
    loudness: float = 1.0
    feel: str = ""
    theme_forms: tuple[ThemeForm, ...] = ()
    coda: str = ""
    coda_row: Coda | None = field(default=None, hash=False)  # its row has a table, which has no hash
    flow: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        """Tick of the bar line after the section."""
        return self.start + self.length

    def sheet_ticks(self) -> tuple[int, ...]:
        """List the ticks of its bar lines on the even grid on which music is composed (the sheet)."""
        return tuple(self.start + bar * self.meter.bar_ticks for bar in range(self.bars))

    def bar_ticks(self) -> tuple[int, ...]:
        """List the ticks of its bar lines; in free meter, of the beginnings of its breaths."""
        return self.flow[:: self.meter.numerator] if self.flow else self.sheet_ticks()

    def bar_meters(self) -> tuple[Meter, ...]:
        """List the meter of each bar; in free meter, a free meter with as many quarters as the breath has."""
        if not self.flow:
            return (self.meter,) * self.bars
        lines = (*self.bar_ticks(), self.end)
        return tuple(Meter((after - tick) // PPQ, 4, free=True) for tick, after in pairwise(lines))

    def bar_at(self, tick: int) -> int:
        """Return the bar (from 0, inside the section) that contains `tick`; outside the section, the nearest bar."""
        if self.flow:
            return max(0, bisect_right(self.bar_ticks(), tick) - 1)
        return min(self.bars - 1, max(0, (tick - self.start) // self.meter.bar_ticks))


class BeatPoint(NamedTuple):
    """Where a beat was placed: the requested second, the bar line (tick) where its section begins, and what it is."""

    at_sec: float
    tick: int
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The cue bar by bar, before any note is written.

    `seconds` is the exact time of the last bar line.
    valence, arousal, tension: the mood of the whole cue.
    melody: how much melody the cue has (see `CueType.melody`).
    dialogue_safe: spoken words must stay audible over the cue.
    curve: the mood at every bar; empty when neither beats nor dials ask for one.
    points: where the beats were placed, in order.
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
    vocal: bool = False  # a song: its melody is written for a voice
    hits: tuple[PlannedHit, ...] = ()  # in order of time

    @property
    def hit_error_ms(self) -> float:
        """Mean absolute error of the hits in milliseconds, weighted by their weights; 0 without hits."""
        total = sum(hit.weight for hit in self.hits)
        return sum(hit.weight * abs(hit.error_ms) for hit in self.hits) / total if total else 0.0

    curve: tuple[Mood, ...] = ()
    points: tuple[BeatPoint, ...] = ()

    def mood(self, section: SectionPlan) -> Mood:
        """Return the mood of a section: its own, else the mood of the cue."""
        return section.mood or Mood(self.valence, self.arousal, self.tension)

    def theme_form(self, theme: str, section: SectionPlan | None = None) -> ThemeForm:
        """Return how a theme comes back in this cue, or in one of its sections."""
        known = (*(section.theme_forms if section else ()), *self.theme_forms)
        return next((theme_form for theme_form in known if theme_form.theme == theme), ThemeForm(theme, PLAIN))

    @property
    def length(self) -> int:
        """Tick of the last bar line."""
        return self.sections[-1].end

    @property
    def key(self) -> Key:
        """Key of the first section: the home key."""
        return self.sections[0].key

    @property
    def bars(self) -> int:
        """Number of bars in the cue."""
        return sum(section.bars for section in self.sections)

    def meters(self) -> tuple[MeterChange, ...]:
        """List the meter changes of the cue, from tick 0."""
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
        """True when the whole cue is in free meter. The button, a single closing beat, does not count."""
        return all(section.meter.free for section in self.sections if section.name != "button")

    def bar_lines(self) -> tuple[int, ...]:
        """List the ticks of all bar lines, including the last one."""
        return (*(tick for section in self.sections for tick in section.bar_ticks()), self.length)

    def sheet_lines(self) -> tuple[int, ...]:
        """List the ticks of all bar lines on the even grid on which music is composed."""
        return (*(tick for section in self.sections for tick in section.sheet_ticks()), self.length)

    def contexts(self, family: str) -> tuple[str, ...]:
        """List the words by which critic rules can refer to this cue, the most specific first.

        family: the family of its style.
        """
        return (self.brief.type, self.ending, self.melody, family, *((str(FREE),) if self.free else ()))

    def section_at(self, tick: int) -> SectionPlan:
        """Return the section that contains `tick`; after the end, the last section."""
        for section in self.sections:
            if tick < section.end:
                return section
        return self.sections[-1]

    @property
    def climax(self) -> SectionPlan:
        """The section with the most energy.

        Among sections that have nearly as much (NEARLY_FULL), it is the one nearest to two thirds of the cue.
        """
        return self.climax_of(self.sections)

    @staticmethod
    def climax_of(sections: Sequence[SectionPlan]) -> SectionPlan:
        """Return the climax of some sections that make up a cue; see `climax`."""
        top = max(section.energy for section in sections)
        near = [section for section in sections if section.energy >= top - NEARLY_FULL]
        length = sections[-1].end
        return min(near, key=lambda s: (abs(s.start + s.length / 2 - length * 2 / 3), -s.index))

    @property
    def _ends_in(self) -> SectionPlan | None:
        """The section with the coda, if any; in broadcast lengths a button comes after it."""
        return next((section for section in reversed(self.sections) if section.coda), None)

    @property
    def coda(self) -> str:
        """The coda that ends the cue (a row of styles/banks/codas.yaml); "" when it has none."""
        return self._ends_in.coda if self._ends_in else ""

    @property
    def coda_row(self) -> Coda | None:
        """The row of its coda."""
        return self._ends_in.coda_row if self._ends_in else None
