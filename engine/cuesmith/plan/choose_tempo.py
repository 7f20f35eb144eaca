"""The clock of a cue: what its tempo goes by, and the map that ends on the second asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import Fermata, TempoMap
from cuesmith.plan.form.fermata import held_beat
from cuesmith.plan.form.section_lengths import Form, suitable_rows, tempo_limits
from cuesmith.plan.model import SectionPlan
from cuesmith.plan.mood.mood_dials import tempo_at
from cuesmith.plan.mood.mood_place import beat_mood
from cuesmith.plan.picture.hit_points import Timing, solve_hits, turning_rows
from cuesmith.plan.picture.hit_search import SearchLimits
from cuesmith.plan.picture.scenes import Story, story_of
from cuesmith.plan.picture.spotting_sheet import solve_sheet
from cuesmith.plan.tempo.tempo_map import held_tempo_map, ritard_factors, tempo_map
from cuesmith.plan.tempo.tempo_zones import Zone, zoned_map
from cuesmith.plan.theme_forms import tempo_in
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Brief, Mood, ThemeForm
from cuesmith.specs.style import Style


class Ritard(NamedTuple):
    """How much the end slows down (share of the tempo, 0: not), and over how many beats."""

    share: float
    beats: int


def ritard_of(style: Style, ending: str) -> Ritard:
    """The ritardando an ending of this style has."""
    if ending == "allargando":
        return Ritard(max(style.playing.ritard, 0.2), 4)
    return Ritard(style.playing.ritard if ending in ("ring", "unresolved", "fade") else 0.0, 2)


def tiny_meter(seconds: float, bar_beats: float, bpm_range: tuple[float, float], meter: Meter) -> Meter:
    """For cues shorter than a bar at any usual tempo: one bar of as many quarters as fit."""
    if seconds * bpm_range[1] / 60.0 >= bar_beats:
        return meter
    beats = max(1, min(7, round(seconds * sum(bpm_range) / 2 / 60.0)))
    return Meter(beats, 4, free=meter.free)


class Pacing(NamedTuple):
    """What the tempo of a cue goes by: drawn inside the range of its type; own: the type's place in feeling."""

    drawn: float
    bpm_range: tuple[float, float]
    own: Mood
    spoken_over: bool

    def at(self, mood: Mood, theme_forms: Sequence[ThemeForm]) -> tuple[float, tuple[float, float]]:
        """The tempo wished for in a mood, under recipes, and the range it may be found in, quarter notes per minute."""
        low, high = self.bpm_range
        usual = min(max(self.drawn * tempo_in(theme_forms), low), high)
        return tempo_at(usual, self.bpm_range, mood, self.own, spoken_over=self.spoken_over)


def met_by_hits(
    cue: CueType,
    brief: Brief,
    seconds: float,
    meter: Meter,
    bpm_range: tuple[float, float],
    wished: float,
    ritard: Ritard,
    closes: bool,
    treatments: Treatments,
) -> Timing | None:
    """Bars and tempo that meet the hits of the brief; None when it has none that would change anything.

    Ritard: where a hit stands near the end there is none. closes: whether the last bar may be held.
    """
    if not brief.hits:
        return None
    limits = tempo_limits(bpm_range, wished, fixed_tempo=brief.tempo_bpm is not None)
    last = max((hit.at_sec for hit in brief.hits if hit.at_sec < seconds - 0.05), default=0.0)
    room = (seconds - last) * limits[0] / 60.0 >= ritard[1] + 2 * meter.bar_beats
    beats = int(seconds * wished / 60.0)
    stretch = tuple(ritard_factors(beats * PPQ, *ritard)) if room else ()
    rows = suitable_rows(cue, seconds, meter.bar_beats, wished, treatments)
    search = SearchLimits(seconds, meter, limits, wished, stretch, closes=closes)
    timing = solve_hits(brief.hits, search, rows, treatments)
    return timing and replace(timing, form=replace(timing.form, rows=turning_rows(timing, treatments)))


def met_by_sheet(
    brief: Brief,
    seconds: float,
    meter: Meter,
    place: Pacing,
    start: Mood,
    worn: Sequence[Sequence[ThemeForm]],
    banks: Banks,
    ritard: Ritard,
    closes: bool,
) -> tuple[Story, Timing]:
    """The story of a brief with beats, on bars and a tempo that meet them and the hits."""
    moods, mood = [], start
    for beat in brief.beats:
        mood = beat_mood(beat, mood, banks.feelings)
        moods.append(mood)
    found = [place.at(mood, theme_forms) for mood, theme_forms in zip(moods, worn, strict=True)]
    tempi = [bpm for bpm, _ in found]
    limits = min(low for _, (low, _) in found), max(high for _, (_, high) in found)
    wished = sum(tempi) / len(tempi)
    if brief.tempo_bpm is not None:
        wished = brief.tempo_bpm
        limits, tempi = tempo_limits(limits, wished, fixed_tempo=True), [wished] * len(tempi)
    last = max([beat.at for beat in brief.beats] + [hit.at_sec for hit in brief.hits if hit.at_sec < seconds - 0.05])
    room = (seconds - last) * limits[0] / 60.0 >= ritard[1] + 2 * meter.bar_beats
    stretch = tuple(ritard_factors(int(seconds * wished / 60.0) * PPQ, *ritard)) if room else ()
    chosen = SearchLimits(seconds, meter, limits, wished, stretch, closes=closes)
    return solve_sheet(
        brief.beats, brief.hits, chosen, tempi, lambda grid: story_of(brief, grid, start, banks.feelings), ritard,
        banks.treatments,
    )  # fmt: skip


def clock(
    form: Form,
    sections: Sequence[SectionPlan],
    rows: Sequence[SectionRow],
    meter: Meter,
    seconds: float,
    ritard: Ritard,
) -> TempoMap:
    """The tempo of a cue without hits: steady, with a held last bar, or with sections at paces of their own."""
    length = sections[-1].end
    share, beats = ritard
    if form.held:
        last = length - meter.bar_ticks
        fermata = Fermata(last, last + held_beat(meter), form.held)
        return held_tempo_map(length, seconds, fermata, ritard=share, ritard_beats=beats)
    if all(row.tempo == 1.0 for row in rows):
        return tempo_map(length, seconds, ritard=share, ritard_beats=beats)
    zones = [
        Zone(section.start, section.end, section.meter.bar_ticks, row.tempo, section.treatment_row.silent)
        for section, row in zip(sections, rows, strict=True)
    ]
    return zoned_map(zones, seconds, ritard=share, ritard_beats=beats)
