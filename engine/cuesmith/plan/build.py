"""Brief → plan: the cue bar by bar, before a note is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cuesmith.chance import stream
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.plan.choose_form import choose_form_and_tempo
from cuesmith.plan.choose_tempo import clock
from cuesmith.plan.free_meter.breaths import breathing
from cuesmith.plan.keys import scale_of
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.plan.mood.mood_dials import felt
from cuesmith.plan.mood.mood_place import distance
from cuesmith.plan.picture.broadcast_length import with_button
from cuesmith.plan.picture.hit_points import place_hits
from cuesmith.plan.picture.mood_curve import curve_of, points_of
from cuesmith.plan.picture.scenes import melody_of, told
from cuesmith.plan.resolve_brief import CueChoices, resolve_brief
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import STILL, Brief
from cuesmith.specs.style import Style

LEVELS = (0.2, 0.4, 0.65, 0.85)  # energies at which the next layer of the ensemble joins


def level_of(energy: float) -> int:
    """Energy 0..1 → intensity level 0..4."""
    return sum(energy >= threshold for threshold in LEVELS)


def _sections(
    choices: CueChoices, laid: Iterable[tuple[SectionRow, int, str | None, Meter]], treatments: Treatments
) -> list[SectionPlan]:
    """The sections of a cue one after another, of rows with their bars, theme and meter; all of level 0 as yet."""
    out: list[SectionPlan] = []
    bar = tick = 0
    for index, (row, bars, theme, meter) in enumerate(laid):
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
    """The plan of a cue. Raises ComposeError when the length asked for cannot be had."""
    draw = stream(brief.seed, brief.id, "plan")
    choices = resolve_brief(brief, style, themes, banks, draw)
    chosen = choose_form_and_tempo(choices, brief, style, themes, banks)
    form, timing, story = chosen.form, chosen.timing, chosen.story
    meter = choices.meters.home
    laid = zip(chosen.rows, form.bars, chosen.themes, chosen.meters, strict=True)
    sections = _sections(choices, laid, banks.treatments)
    if chosen.meet is not None:
        other = next(name for name in brief.themes if name != chosen.themes[chosen.meet])
        sections[chosen.meet] = replace(sections[chosen.meet], against=other, meeting=chosen.meeting or "succession")
    tempo = timing.tempo if timing else clock(
        form, sections, chosen.rows, meter, choices.seconds - choices.slot_sec, choices.ritard
    )  # fmt: skip
    if choices.slot_sec:
        sections, tempo = with_button(sections, tempo, choices.slot_sec, banks.treatments)
    pull = distance(choices.own, choices.mood)
    if story is not None:
        sections = told(sections, story, choices.key, choices.own, brief.meeting, chosen.worn, draw.child("light"))
    elif pull != STILL:
        sections = [felt(section, choices.mood, choices.own) for section in sections]
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
        melody=choices.cue.melody if story is None else melody_of(story, choices.cue),
        theme_forms=choices.theme_forms,
        dialogue_safe=choices.cue.dialogue_safe,
        vocal=choices.cue.vocal,
        hits=timing.hits if timing else place_hits(brief.hits, form, tempo, meter),
        curve=() if story is None and pull == STILL else curve_of(sections),
        points=() if story is None else points_of(story, sections),
    )
    return breathing(plan, draw)
