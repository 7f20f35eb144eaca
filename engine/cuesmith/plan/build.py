"""Brief → plan: the cue bar by bar, before a note is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cuesmith.chance import stream
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.plan.choose_form import frame_of
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
from cuesmith.plan.resolve_brief import Ground, ground_of
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import STILL, Brief
from cuesmith.specs.style import Style

LEVELS = (0.2, 0.4, 0.65, 0.85)  # energies at which the next layer of the ensemble joins


def level_of(energy: float) -> int:
    """Energy 0..1 → intensity level 0..4."""
    return sum(energy >= threshold for threshold in LEVELS)


def _sections(ground: Ground, laid: Iterable[tuple[SectionRow, int, str | None, Meter]]) -> list[SectionPlan]:
    """The sections of a cue one after another, of rows with their bars, theme and meter; all of level 0 as yet."""
    out: list[SectionPlan] = []
    bar = tick = 0
    for index, (row, bars, theme, meter) in enumerate(laid):
        out.append(
            SectionPlan(
                index=index, name=row.name, treatment=row.treatment, harmony=row.harmony, bars=bars, first_bar=bar,
                start=tick, length=bars * meter.bar_ticks, meter=meter, energy=row.energy, level=0,
                key=ground.key.transposed(row.lift).with_mode(row.mode or ground.key.mode), theme=theme,
                chords_per_bar=ground.cue.chords_per_bar,
            )
        )  # fmt: skip
        bar += bars
        tick += bars * meter.bar_ticks
    return out


def build_plan(brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks) -> Plan:
    """The plan of a cue. Raises ComposeError when the length asked for cannot be had."""
    draw = stream(brief.seed, brief.id, "plan")
    ground = ground_of(brief, style, themes, banks, draw)
    frame = frame_of(ground, brief, style, themes, banks)
    form, timing, story = frame.form, frame.timing, frame.story
    meter = ground.meters.home
    sections = _sections(ground, zip(frame.rows, form.bars, frame.themes, frame.meters, strict=True))
    if frame.meet is not None:
        other = next(name for name in brief.themes if name != frame.themes[frame.meet])
        sections[frame.meet] = replace(sections[frame.meet], against=other, meeting=frame.meeting or "succession")
    tempo = timing.tempo if timing else clock(
        form, sections, frame.rows, meter, ground.seconds - ground.slot_sec, ground.ritard
    )  # fmt: skip
    if ground.slot_sec:
        sections, tempo = with_button(sections, tempo, ground.slot_sec)
    pull = distance(ground.own, ground.mood)
    if story is not None:
        sections = told(sections, story, ground.key, ground.own, brief.meeting, frame.worn, draw.child("light"))
    elif pull != STILL:
        sections = [felt(section, ground.mood, ground.own) for section in sections]
    sections = [replace(section, level=level_of(section.energy)) for section in sections]
    lead = themes[brief.themes[0]] if brief.themes else None
    plan = Plan(
        brief=brief,
        seconds=ground.seconds,
        tempo=tempo,
        sections=tuple(sections),
        scale=scale_of(ground.key, lead, style, banks, draw.child("scale")),
        ending=ground.ending,
        valence=ground.mood.valence,
        arousal=ground.mood.arousal,
        tension=ground.mood.tension,
        melody=ground.cue.melody if story is None else melody_of(story, ground.cue),
        guises=ground.guises,
        dialogue_safe=ground.cue.dialogue_safe,
        vocal=ground.cue.vocal,
        hits=timing.hits if timing else place_hits(brief.hits, form, tempo, meter),
        curve=() if story is None and pull == STILL else curve_of(sections),
        points=() if story is None else points_of(story, sections),
    )
    return breathing(plan, draw)
