"""Build the plan of a cue from its brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cuesmith.chance import stream
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.plan.choose_form import choose_form_and_tempo
from cuesmith.plan.choose_tempo import section_tempo_map
from cuesmith.plan.coda import with_coda
from cuesmith.plan.free_meter.breaths import with_breaths
from cuesmith.plan.keys import scale_of
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.plan.mood.mood_dials import apply_mood
from cuesmith.plan.mood.mood_place import difference
from cuesmith.plan.picture.broadcast_length import with_button
from cuesmith.plan.picture.hit_points import place_hits
from cuesmith.plan.picture.mood_curve import curve_of, points_of
from cuesmith.plan.picture.scenes import story_melody, story_sections
from cuesmith.plan.resolve_brief import CueChoices, resolve_brief
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import NO_SHIFT, Brief
from cuesmith.specs.style import Style

LEVELS = (0.2, 0.4, 0.65, 0.85)  # at each of these energies one more layer of the ensemble plays


def level_of(energy: float) -> int:
    """Convert energy (0..1) to an intensity level (0..4)."""
    return sum(energy >= threshold for threshold in LEVELS)


def _sections(
    choices: CueChoices, parts: Iterable[tuple[SectionRow, int, str | None, Meter]], treatments: Treatments
) -> list[SectionPlan]:
    """Place the sections one after another; `parts` gives row, bars, theme and meter of each. All get level 0."""
    out: list[SectionPlan] = []
    bar = tick = 0
    for index, (row, bars, theme, meter) in enumerate(parts):
        out.append(
            SectionPlan(
                index=index, name=row.name, treatment=row.treatment, treatment_row=treatments[row.treatment],
                harmony=row.harmony, bars=bars, first_bar=bar, start=tick, length=bars * meter.bar_ticks, meter=meter,
                energy=row.energy, level=0,
                key=choices.key.transposed(row.lift).with_mode(row.mode or choices.key.mode), theme=theme,
                chords_per_bar=choices.cue.chords_per_bar,
            )
        )  # fmt: skip
        bar += bars
        tick += bars * meter.bar_ticks
    return out


def build_plan(brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks) -> Plan:
    """Plan a cue: resolve the brief, choose form and tempo, then apply the mood and free meter.

    Raises ComposeError when the requested length or the hits are impossible, UsageError when the brief names an unknown
    feeling or recipe or asks for free meter in a style with a fixed pulse.
    """
    draw = stream(brief.seed, brief.id, "plan")
    choices = resolve_brief(brief, style, themes, banks, draw)
    chosen = choose_form_and_tempo(choices, brief, style, themes, banks)
    form, timing, story = chosen.form, chosen.timing, chosen.story
    meter = choices.meters.home
    parts = zip(chosen.rows, form.bars, chosen.themes, chosen.meters, strict=True)
    sections = _sections(choices, parts, banks.treatments)
    if chosen.meet is not None:
        other = next(name for name in brief.themes if name != chosen.themes[chosen.meet])
        sections[chosen.meet] = replace(sections[chosen.meet], against=other, meeting=chosen.meeting or "succession")
    tempo = timing.tempo if timing else section_tempo_map(
        form, sections, chosen.rows, meter, choices.seconds - choices.slot_sec, choices.ritard
    )  # fmt: skip
    if choices.slot_sec:
        sections, tempo = with_button(sections, tempo, choices.slot_sec, banks.treatments)
    mood_shift = difference(choices.type_mood, choices.mood)
    if story is not None:
        sections = story_sections(
            sections,
            story,
            choices.key,
            choices.type_mood,
            brief.meeting,
            chosen.scene_theme_forms,
            draw.child("light"),
        )
    elif mood_shift != NO_SHIFT:
        sections = [apply_mood(section, choices.mood, choices.type_mood) for section in sections]
    sections = with_coda(sections, brief, choices.cue, choices.ending, choices.mood, banks.codas)
    sections = [replace(section, level=level_of(section.energy)) for section in sections]
    lead = themes[brief.themes[0]] if brief.themes else None
    plan = Plan(
        brief=brief,
        seconds=choices.seconds,
        tempo=tempo,
        sections=tuple(sections),
        scale=scale_of(choices.key, lead, style, banks, draw.child("scale")),
        ending=choices.ending,
        valence=choices.mood.valence,
        arousal=choices.mood.arousal,
        tension=choices.mood.tension,
        melody=choices.cue.melody if story is None else story_melody(story, choices.cue),
        theme_forms=choices.theme_forms,
        dialogue_safe=choices.cue.dialogue_safe,
        vocal=choices.cue.vocal,
        hits=timing.hits if timing else place_hits(brief.hits, form, tempo, meter),
        curve=() if story is None and mood_shift == NO_SHIFT else curve_of(sections),
        points=() if story is None else points_of(story, sections),
    )
    return with_breaths(plan, draw)
