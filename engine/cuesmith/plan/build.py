"""Brief → plan: the cue bar by bar, before a note is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cuesmith.chance import stream
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter, Meters
from cuesmith.music.scale import Key
from cuesmith.plan.breaths import breathing, slower
from cuesmith.plan.clock import Pacing, clock, met_by_hits, met_by_sheet, ritard_of, tiny_meter
from cuesmith.plan.curves import curve_of, points_of
from cuesmith.plan.dials import felt
from cuesmith.plan.feeling import beat_mood, distance, mood_of, place_of, recipe_of
from cuesmith.plan.fermata import CLOSING
from cuesmith.plan.form import solve_form
from cuesmith.plan.guises import (
    guises_from,
    key_in,
    lift_in,
    lifted,
    meter_in,
    resolve_guises,
    where_they_meet,
)
from cuesmith.plan.hits import place_hits
from cuesmith.plan.keys import home_key, scale_of
from cuesmith.plan.medley import medley
from cuesmith.plan.meters import meters_of, with_jo
from cuesmith.plan.shapes import in_shape
from cuesmith.plan.sheet import late_beat
from cuesmith.plan.slot import BUTTON, with_button
from cuesmith.plan.story import melody_of, opened, told
from cuesmith.score import FORCED_LIMITS, STILL, Brief, Guise, Plan, SectionPlan
from cuesmith.specs.banks import CueType, SectionRow
from cuesmith.specs.library import Banks
from cuesmith.specs.style import CueRules, Style

LEVELS = (0.2, 0.4, 0.65, 0.85)  # energies at which the next layer of the ensemble joins
THEMED = {
    "intro", "statement", "restatement", "contrast", "chorus", "build", "fragments", "coda", "head", "vamp", "link",
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


def _sections(cue: CueType, key: Key, laid: Iterable[tuple[SectionRow, int, str | None, Meter]]) -> list[SectionPlan]:
    """The sections of a cue one after another, of rows with their bars, theme and meter; all of level 0 as yet."""
    out: list[SectionPlan] = []
    bar = tick = 0
    for index, (row, bars, theme, meter) in enumerate(laid):
        out.append(
            SectionPlan(
                index=index, name=row.name, treatment=row.treatment, harmony=row.harmony, bars=bars, first_bar=bar,
                start=tick, length=bars * meter.bar_ticks, meter=meter, energy=row.energy, level=0,
                key=key.transposed(row.lift).with_mode(row.mode or key.mode), theme=theme,
                chords_per_bar=cue.chords_per_bar,
            )
        )  # fmt: skip
        bar += bars
        tick += bars * meter.bar_ticks
    return out


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
    key = home_key(cue, rules, style, brief, themes, draw.child("key"), lighter)
    key = key if brief.key is not None or (lighter and not brief.guises) else key_in(guises, key)
    cue = cue if any(name for name, _ in brief.chords) else in_shape(cue, draw.child("shape"))  # charts name sections
    bpm_range = rules.tempo or cue.bpm
    pair = meters_of(brief, cue, rules, style, draw.child("meter"))
    home = None if brief.meter else meter_in(guises)
    pair = Meters(home, home) if home else pair
    bpm_range = slower(bpm_range, seconds) if pair.home.free else bpm_range
    meter = tiny_meter(seconds, pair.home.bar_beats, bpm_range, pair.home)
    pair = pair if meter == pair.home else Meters(meter, meter)
    place = Pacing(draw.child("tempo").uniform(*bpm_range), bpm_range, own, cue.dialogue_safe)
    usual, bpm_range = place.at(mood, guises)
    cue = medley(cue, brief.themes, themes, key, banks)
    wished = brief.tempo_bpm or usual
    ending = brief.ending or rules.ending or cue.ending
    ritard = ritard_of(style, ending)
    closes = ending in CLOSING
    slot = cue.slot_sec if ending == BUTTON and not (brief.hits or brief.beats) else 0.0
    story = second = timing = None
    worn: list[tuple[Guise, ...]] = []
    if brief.beats:
        sheet = opened(brief)
        late_beat(sheet.beats, seconds)
        feels = [recipe_of(replace(brief, feel=beat.feel), banks.feelings) for beat in sheet.beats]
        worn = guises_from(sheet.beats, feels, sheet, guises, style, themes, banks)
        story, timing = met_by_sheet(sheet, seconds, meter, place, mood, worn, banks, ritard, closes)
        form = timing.form
        rows, assigned = story.rows, list(story.leading)
    else:
        timing = met_by_hits(cue, brief, seconds, meter, bpm_range, wished, ritard, closes)
        form = timing.form if timing else solve_form(
            cue, seconds - slot, meter.bar_beats, bpm_range, wished,
            fixed_tempo=brief.tempo_bpm is not None, meters=pair, closes=closes,
        )  # fmt: skip
        rows, second = _with_room_for_second(form.rows, brief)
        assigned = _assign_themes(rows, brief)
    if second is not None:
        assigned[second] = brief.themes[1]
    rows = rows if story else lifted(rows, lift_in(guises))
    meet, meeting = (None, None) if story else where_they_meet(rows, form.bars, assigned, brief, cue)
    each = form.meters or (meter,) * len(rows)
    if rules.jo:
        rows, each = with_jo(rows, each)
    laid = zip(rows, form.bars, assigned, each, strict=True)
    sections = _sections(cue, key, laid)
    if meet is not None:
        other = next(name for name in brief.themes if name != assigned[meet])
        sections[meet] = replace(sections[meet], against=other, meeting=meeting or "succession")
    tempo = timing.tempo if timing else clock(form, sections, rows, meter, seconds - slot, ritard)
    if slot:
        sections, tempo = with_button(sections, tempo, slot)
    if story is not None:
        sections = told(sections, story, key, own, brief.meeting, worn, draw.child("light"))
    elif pull != STILL:
        sections = [felt(section, mood, own) for section in sections]
    sections = [replace(section, level=level_of(section.energy)) for section in sections]
    plan = Plan(
        brief=brief,
        seconds=seconds,
        tempo=tempo,
        sections=tuple(sections),
        scale=scale_of(key, themes[brief.themes[0]] if brief.themes else None, style, banks, draw.child("scale")),
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
    return breathing(plan, draw)
