"""Brief → plan: the cue bar by bar, before a note is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cuesmith.chance import Stream, stream
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter, Meters, parse_meters
from cuesmith.music.note import PPQ
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import MODES, Key, Scale, is_minor
from cuesmith.plan.curves import curve_of, points_of
from cuesmith.plan.dials import felt, modes_at, tempo_at
from cuesmith.plan.feeling import beat_mood, distance, mood_of, place_of, recipe_of
from cuesmith.plan.form import solve_form, suitable_rows, tempo_limits
from cuesmith.plan.guises import (
    guises_from,
    key_in,
    lift_in,
    lifted,
    meter_in,
    resolve_guises,
    tempo_in,
    where_they_meet,
)
from cuesmith.plan.hits import Timing, place_hits, solve_hits, turning_rows
from cuesmith.plan.layouts import Frame
from cuesmith.plan.medley import medley
from cuesmith.plan.shapes import in_shape
from cuesmith.plan.sheet import late_beat, solve_sheet
from cuesmith.plan.slot import BUTTON, with_button
from cuesmith.plan.story import Story, melody_of, opened, story_of, told
from cuesmith.plan.tempo import ritard_factors, tempo_map
from cuesmith.plan.zones import Zone, zoned_map
from cuesmith.score import FORCED_LIMITS, STILL, Brief, Guise, Mood, Plan, SectionPlan
from cuesmith.specs.banks import CueType, SectionRow
from cuesmith.specs.library import Banks
from cuesmith.specs.style import CueRules, Style

LEVELS = (0.2, 0.4, 0.65, 0.85)  # energies at which the next layer of the ensemble joins
THEMED = {
    "intro", "statement", "restatement", "contrast", "chorus", "build", "fragments", "coda", "head", "vamp", "link",
}  # fmt: skip
# cue types that stay in the key of their theme
HOME_TYPES = {
    "main_theme", "character", "eyecatch", "preview", "fanfare", "suite", "victory", "overture", "concert", "tv_song",
}  # fmt: skip


def level_of(energy: float) -> int:
    """Energy 0..1 → intensity level 0..4."""
    return sum(energy >= threshold for threshold in LEVELS)


def _length(cue: CueType, brief: Brief) -> float:
    seconds = brief.seconds if brief.seconds is not None else cue.default_seconds
    low, high = FORCED_LIMITS if brief.force else cue.limits
    if not low <= seconds <= high:
        nearest = low if seconds < low else high
        raise ComposeError(
            f"a {brief.type} cue cannot last {seconds:g} s: it takes {low:g} to {high:g} s;"
            f" the nearest is {nearest:g} s" + ("" if brief.force else " (unless it is forced)")
        )
    return float(seconds)


def _key(
    cue: CueType,
    rules: CueRules,
    style: Style,
    brief: Brief,
    themes: Mapping[str, Theme],
    draw: Stream,
    lighter: float = 0.0,
) -> Key:
    """The home key. lighter: by how much the cue is brighter than its type, -2 .. 2."""
    if brief.key is not None:
        return brief.key
    home = themes[brief.themes[0]].key if brief.themes else None
    modes = dict(rules.modes or cue.modes)
    if lighter:
        if home is not None and brief.type in HOME_TYPES:
            modes = modes_at(modes if home.mode in modes else {home.mode: 1.0}, lighter)
            return home.with_mode(draw.weighted(modes))
        modes = modes_at(modes, lighter)
    elif home is not None and (brief.type in HOME_TYPES):
        same = {m: w for m, w in modes.items() if is_minor(m) == home.minor}
        return Key(home.tonic, home.mode if home.mode in same or not same else draw.weighted(same))
    for mode in modes:
        if (MODES[mode][2] == 4) == (style.brightness > 0):
            modes[mode] *= 1.0 + abs(style.brightness)
    mode = draw.weighted(modes)
    tonics = style.keys.minor if is_minor(mode) else style.keys.major
    if home is not None and draw.chance(0.35):
        return Key(home.tonic, mode)
    return Key(parse_pitch_class(draw.choice(tonics)), mode)


def _assign_themes(rows: Sequence[SectionRow], brief: Brief) -> list[str | None]:
    """Which theme each section states: the one its form names, else a second theme takes the contrasting sections."""
    out: list[str | None] = []
    names = brief.themes
    for row in rows:
        if not names or row.treatment not in THEMED:
            out.append(None)
        elif row.theme in names:
            out.append(str(row.theme))
        elif row.treatment == "contrast" and len(names) > 1:
            out.append(names[1])
        else:
            out.append(names[0])
    return out


def _with_room_for_second(rows: tuple[SectionRow, ...], brief: Brief) -> tuple[tuple[SectionRow, ...], int | None]:
    """Rows with a place for a second theme that the form has no contrast for, and which row that is.

    A vamp becomes sparse quotations, else a restatement, quotations or the coda go to the second theme.
    """
    if len(brief.themes) < 2 or any(row.treatment == "contrast" or row.theme for row in rows):
        return rows, None
    for wanted in ("vamp", "restatement", "fragments", "build", "coda", "intro"):
        for index, row in enumerate(rows):
            if row.treatment == wanted and any(r.treatment in ("statement", "head", "chorus") for r in rows):
                change = "fragments" if wanted in ("vamp", "intro") else wanted
                return (*rows[:index], replace(row, treatment=change), *rows[index + 1 :]), index
    return rows, None


def _scale(key: Key, theme: Theme | None, style: Style, banks: Banks, draw: Stream) -> Scale:
    """The scale the melody keeps to: the theme's own steps in the mode of the cue, else one of the style's scales."""
    if theme is not None:
        own = theme.scale
        name = own.name if own.mode == key.mode else f"{own.name} in {key.mode}" if own.pentatonic else key.mode
        return Scale(name, key.mode, own.steps, own.nuclear)
    fitting = {name: w for name, w in style.scales.items() if banks.scales[name].mode == key.mode}
    if fitting:
        return banks.scales[draw.weighted(fitting)]
    return Scale(key.mode, key.mode, tuple(range(7)), (0, 2, 4))


def _tiny_meter(seconds: float, bar_beats: float, bpm_range: tuple[float, float], meter: Meter) -> Meter:
    """For cues shorter than a bar at any usual tempo: one bar of as many quarters as fit."""
    if seconds * bpm_range[1] / 60.0 >= bar_beats:
        return meter
    beats = max(1, min(7, round(seconds * sum(bpm_range) / 2 / 60.0)))
    return Meter(beats, 4)


def _ritard(style: Style, ending: str) -> tuple[float, int]:
    """How much the end slows down, and over how many beats."""
    if ending == "allargando":
        return max(style.playing.ritard, 0.2), 4
    return style.playing.ritard if ending in ("ring", "unresolved", "fade") else 0.0, 2


def _timing(
    cue: CueType,
    brief: Brief,
    seconds: float,
    meter: Meter,
    bpm_range: tuple[float, float],
    wished: float,
    ritard: tuple[float, int],
) -> Timing | None:
    """Bars and tempo that meet the hits of the brief; None when it has none that would change anything.

    ritard: see `_ritard`; where a hit stands near the end there is none.
    """
    if not brief.hits:
        return None
    limits = tempo_limits(bpm_range, wished, fixed_tempo=brief.tempo_bpm is not None)
    last = max((hit.at_sec for hit in brief.hits if hit.at_sec < seconds - 0.05), default=0.0)
    room = (seconds - last) * limits[0] / 60.0 >= ritard[1] + 2 * meter.bar_beats
    beats = int(seconds * wished / 60.0)
    stretch = tuple(ritard_factors(beats * PPQ, *ritard)) if room else ()
    rows = suitable_rows(cue, seconds, meter.bar_beats, wished)
    timing = solve_hits(brief.hits, Frame(seconds, meter, limits, wished, stretch), rows)
    return timing and replace(timing, form=replace(timing.form, rows=turning_rows(timing)))


class Pacing(NamedTuple):
    """What the tempo of a cue goes by: drawn inside the range of its type; own: the type's place in feeling."""

    drawn: float
    bpm_range: tuple[float, float]
    own: Mood
    spoken_over: bool

    def at(self, mood: Mood, guises: Sequence[Guise]) -> tuple[float, tuple[float, float]]:
        """The tempo wished for in a mood, under recipes, and the range it may be found in, quarter notes per minute."""
        low, high = self.bpm_range
        usual = min(max(self.drawn * tempo_in(guises), low), high)
        return tempo_at(usual, self.bpm_range, mood, self.own, spoken_over=self.spoken_over)


def _sheet(
    brief: Brief,
    seconds: float,
    meter: Meter,
    place: Pacing,
    start: Mood,
    worn: Sequence[Sequence[Guise]],
    banks: Banks,
    ritard: tuple[float, int],
) -> tuple[Story, Timing]:
    """The story of a brief with beats, on bars and a tempo that meet them and the hits."""
    moods, mood = [], start
    for beat in brief.beats:
        mood = beat_mood(beat, mood, banks.feelings)
        moods.append(mood)
    found = [place.at(mood, guises) for mood, guises in zip(moods, worn, strict=True)]
    tempi = [bpm for bpm, _ in found]
    limits = min(low for _, (low, _) in found), max(high for _, (_, high) in found)
    wished = sum(tempi) / len(tempi)
    if brief.tempo_bpm is not None:
        wished = brief.tempo_bpm
        limits, tempi = tempo_limits(limits, wished, fixed_tempo=True), [wished] * len(tempi)
    last = max([beat.at for beat in brief.beats] + [hit.at_sec for hit in brief.hits if hit.at_sec < seconds - 0.05])
    room = (seconds - last) * limits[0] / 60.0 >= ritard[1] + 2 * meter.bar_beats
    stretch = tuple(ritard_factors(int(seconds * wished / 60.0) * PPQ, *ritard)) if room else ()
    frame = Frame(seconds, meter, limits, wished, stretch)
    return solve_sheet(
        brief.beats, brief.hits, frame, tempi, lambda grid: story_of(brief, grid, start, banks.feelings), ritard
    )


def build_plan(brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks) -> Plan:
    """The plan of a cue. Raises ComposeError when the length asked for cannot be had."""
    cue = banks.cue_types[brief.type]
    rules = style.cues.get(brief.type, CueRules())
    draw = stream(brief.seed, brief.id, "plan")
    seconds = _length(cue, brief)
    own, mood = place_of(cue), mood_of(brief, cue, banks.feelings)
    pull = distance(own, mood)
    first = beat_mood(opened(brief).beats[0], mood, banks.feelings) if brief.beats else mood
    lighter = first.valence - own.valence
    guises = resolve_guises(brief, style, themes, banks, draw.child("guise"), recipe_of(brief, banks.feelings))
    key = _key(cue, rules, style, brief, themes, draw.child("key"), lighter)
    key = key if brief.key is not None or (lighter and not brief.guises) else key_in(guises, key)
    cue = medley(cue, brief.themes, themes, key, banks)
    cue = cue if any(name for name, _ in brief.chords) else in_shape(cue, draw.child("shape"))  # charts name sections
    meters = rules.meters or cue.meters
    bpm_range = rules.tempo or cue.bpm
    drawn = parse_meters(draw.child("meter").weighted(dict(meters)))
    home = meter_in(guises)
    pair = Meters(home, home) if home else drawn
    meter = _tiny_meter(seconds, pair.home.bar_beats, bpm_range, pair.home)
    pair = pair if meter == pair.home else Meters(meter, meter)
    place = Pacing(draw.child("tempo").uniform(*bpm_range), bpm_range, own, cue.dialogue_safe)
    usual, bpm_range = place.at(mood, guises)
    wished = brief.tempo_bpm or usual
    ending = brief.ending or rules.ending or cue.ending
    ritard, ritard_beats = _ritard(style, ending)
    slot = cue.slot_sec if ending == BUTTON and not (brief.hits or brief.beats) else 0.0
    story = second = timing = None
    worn: list[tuple[Guise, ...]] = []
    if brief.beats:
        sheet = opened(brief)
        late_beat(sheet.beats, seconds)
        feels = [recipe_of(replace(brief, feel=beat.feel), banks.feelings) for beat in sheet.beats]
        worn = guises_from(sheet.beats, feels, sheet, guises, style, themes, banks)
        story, timing = _sheet(sheet, seconds, meter, place, mood, worn, banks, (ritard, ritard_beats))
        form = timing.form
        rows, assigned = story.rows, list(story.leading)
    else:
        timing = _timing(cue, brief, seconds, meter, bpm_range, wished, (ritard, ritard_beats))
        form = timing.form if timing else solve_form(
            cue, seconds - slot, meter.bar_beats, bpm_range, wished,
            fixed_tempo=brief.tempo_bpm is not None, meters=pair,
        )  # fmt: skip
        rows, second = _with_room_for_second(form.rows, brief)
        assigned = _assign_themes(rows, brief)
    if second is not None:
        assigned[second] = brief.themes[1]
    rows = rows if story else lifted(rows, lift_in(guises))
    meet, meeting = (None, None) if story else where_they_meet(rows, form.bars, assigned, brief, cue)
    sections: list[SectionPlan] = []
    bar = tick = 0
    in_meters = form.meters or (meter,) * len(rows)
    for index, (row, bars, theme, in_meter) in enumerate(zip(rows, form.bars, assigned, in_meters, strict=True)):
        sections.append(
            SectionPlan(
                index=index, name=row.name, treatment=row.treatment, harmony=row.harmony, bars=bars, first_bar=bar,
                start=tick, length=bars * in_meter.bar_ticks, meter=in_meter, energy=row.energy, level=0,
                key=key.transposed(row.lift).with_mode(row.mode or key.mode), theme=theme,
                chords_per_bar=cue.chords_per_bar,
                against=next(n for n in brief.themes if n != theme) if index == meet else None,
                meeting=meeting if meeting and index == meet else "succession",
            )
        )  # fmt: skip
        bar += bars
        tick += bars * in_meter.bar_ticks
    zones = [
        Zone(s.start, s.end, s.meter.bar_ticks, row.tempo, row.treatment == "break")
        for s, row in zip(sections, rows, strict=True)
    ]
    if timing:
        tempo = timing.tempo
    elif all(zone.factor == 1.0 for zone in zones):
        tempo = tempo_map(tick, seconds - slot, ritard=ritard, ritard_beats=ritard_beats)
    else:
        tempo = zoned_map(zones, seconds - slot, ritard=ritard, ritard_beats=ritard_beats)
    if slot:
        sections, tempo = with_button(sections, tempo, slot)
    if story is not None:
        sections = told(sections, story, key, own, brief.meeting, worn, draw.child("light"))
    elif pull != STILL:
        sections = [felt(section, mood, own) for section in sections]
    sections = [replace(section, level=level_of(section.energy)) for section in sections]
    return Plan(
        brief=brief,
        seconds=seconds,
        tempo=tempo,
        sections=tuple(sections),
        scale=_scale(key, themes[brief.themes[0]] if brief.themes else None, style, banks, draw.child("scale")),
        ending=ending,
        valence=mood.valence,
        arousal=mood.arousal,
        tension=mood.tension,
        melody=cue.melody if story is None else melody_of(story, cue),
        guises=guises,
        dialogue_safe=cue.dialogue_safe,
        vocal=cue.vocal,
        hits=timing.hits if timing else place_hits(brief.hits, form, tempo, meter),
        curve=() if story is None and pull == STILL else curve_of(sections),
        points=() if story is None else points_of(story, sections),
    )
