"""Choose the tempo of a cue, and build a tempo map that ends on the requested second."""

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
from cuesmith.plan.picture.hit_points import Timing, rows_for_hits, solve_hits
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
    """A closing ritardando: `share` of the tempo by which the last beat is slower (0: none), over `beats` beats."""

    share: float
    beats: int


def ritard_of(style: Style, ending: str) -> Ritard:
    """Return the ritardando that an ending has in this style."""
    if ending == "allargando":
        return Ritard(max(style.playing.ritard, 0.2), 4)
    return Ritard(style.playing.ritard if ending in ("ring", "unresolved", "fade") else 0.0, 2)


def tiny_meter(seconds: float, bar_beats: float, bpm_range: tuple[float, float], meter: Meter) -> Meter:
    """Return a meter for one bar of as many quarters (1..7) as fit, when `seconds` is shorter than a bar at any tempo.

    Otherwise return `meter`. `bar_beats` is quarter notes per bar, `bpm_range` quarter notes per minute.
    """
    if seconds * bpm_range[1] / 60.0 >= bar_beats:
        return meter
    beats = max(1, min(7, round(seconds * sum(bpm_range) / 2 / 60.0)))
    return Meter(beats, 4, free=meter.free)


class Pacing(NamedTuple):
    """How the tempo of a cue follows its mood.

    drawn: the tempo drawn from `bpm_range` for this cue, in quarter notes per minute.
    type_mood: the usual mood of the cue type, at which `drawn` holds.
    spoken_over: words must stay audible, so the tempo stays moderate.
    """

    drawn: float
    bpm_range: tuple[float, float]
    type_mood: Mood
    spoken_over: bool

    def at(self, mood: Mood, theme_forms: Sequence[ThemeForm]) -> tuple[float, tuple[float, float]]:
        """Return (target, (lowest, highest)) tempo for a mood, in quarter notes per minute; recipes may change it."""
        low, high = self.bpm_range
        usual = min(max(self.drawn * tempo_in(theme_forms), low), high)
        return tempo_at(usual, self.bpm_range, mood, self.type_mood, spoken_over=self.spoken_over)


def timing_for_hits(
    cue: CueType,
    brief: Brief,
    seconds: float,
    meter: Meter,
    bpm_range: tuple[float, float],
    target_bpm: float,
    ritard: Ritard,
    closes: bool,
    treatments: Treatments,
) -> Timing | None:
    """Find bars and a tempo that meet the hits of the brief.

    bpm_range, target_bpm: quarter notes per minute.
    ritard: left out when a hit is too near the end.
    closes: the last bar may be held under a fermata.
    Returns None when the brief has no hits, or none that must be met in a cue too short to adapt.
    """
    if not brief.hits:
        return None
    limits = tempo_limits(bpm_range, target_bpm, fixed_tempo=brief.tempo_bpm is not None)
    last = max((hit.at_sec for hit in brief.hits if hit.at_sec < seconds - 0.05), default=0.0)
    has_room = (seconds - last) * limits[0] / 60.0 >= ritard[1] + 2 * meter.bar_beats
    beats = int(seconds * target_bpm / 60.0)
    stretch = tuple(ritard_factors(beats * PPQ, *ritard)) if has_room else ()
    rows = suitable_rows(cue, seconds, meter.bar_beats, target_bpm, treatments)
    search = SearchLimits(seconds, meter, limits, target_bpm, stretch, closes=closes)
    timing = solve_hits(brief.hits, search, rows, treatments)
    return timing and replace(timing, form=replace(timing.form, rows=rows_for_hits(timing, treatments)))


def timing_for_beats(
    brief: Brief,
    seconds: float,
    meter: Meter,
    pacing: Pacing,
    start: Mood,
    theme_forms_by_beat: Sequence[Sequence[ThemeForm]],
    banks: Banks,
    ritard: Ritard,
    closes: bool,
) -> tuple[Story, Timing]:
    """Turn the beats of a brief into a story, on bars and a tempo that meet the beats and the hits.

    start: the mood before the first beat.
    theme_forms_by_beat: for each beat, how the themes come back from it on.
    Raises ComposeError naming hits and beats that cannot be met together.
    """
    moods, mood = [], start
    for beat in brief.beats:
        mood = beat_mood(beat, mood, banks.feelings)
        moods.append(mood)
    paces = [pacing.at(mood, theme_forms) for mood, theme_forms in zip(moods, theme_forms_by_beat, strict=True)]
    tempi = [bpm for bpm, _ in paces]
    limits = min(low for _, (low, _) in paces), max(high for _, (_, high) in paces)
    target_bpm = sum(tempi) / len(tempi)
    if brief.tempo_bpm is not None:
        target_bpm = brief.tempo_bpm
        limits, tempi = tempo_limits(limits, target_bpm, fixed_tempo=True), [target_bpm] * len(tempi)
    last = max([beat.at for beat in brief.beats] + [hit.at_sec for hit in brief.hits if hit.at_sec < seconds - 0.05])
    has_room = (seconds - last) * limits[0] / 60.0 >= ritard[1] + 2 * meter.bar_beats
    stretch = tuple(ritard_factors(int(seconds * target_bpm / 60.0) * PPQ, *ritard)) if has_room else ()
    search = SearchLimits(seconds, meter, limits, target_bpm, stretch, closes=closes)
    return solve_sheet(
        brief.beats, brief.hits, search, tempi, lambda grid: story_of(brief, grid, start, banks.feelings), ritard,
        banks.treatments,
    )  # fmt: skip


def section_tempo_map(
    form: Form,
    sections: Sequence[SectionPlan],
    rows: Sequence[SectionRow],
    meter: Meter,
    seconds: float,
    ritard: Ritard,
) -> TempoMap:
    """Build the tempo map of a cue without hits or beats.

    The tempo is steady, or has a held last bar (`form.held`), or follows the tempo factors of the sections.
    """
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
