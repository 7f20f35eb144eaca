"""The lead line: the theme through the form, fitted to the chords, with provenance on every passage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from cuesmith.casting.cast import Cast
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import Stream
from cuesmith.composition.melody.climax_note import apexed
from cuesmith.composition.melody.layout import MelodyLayout
from cuesmith.composition.melody.melody_writer import MelodyWriter, velocity_of
from cuesmith.composition.melody.several_voices import met, second_half_to_another, voiced
from cuesmith.motif.model import Theme
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.plan.picture.broadcast_length import BUTTON
from cuesmith.score import ChordSpan, Passage, chord_at, mute_after

NO_CEILING = 127
HANDED_OVER = 0.4  # share of returns whose second half another player takes up
HANDED_BARS = 8
STALE_BARS = 16  # a section as long as this is always shared: no colour stays fresh for longer (Q73)


def lead_passages(
    plan: Plan,
    harmony: tuple[ChordSpan, ...],
    cast: Cast,
    themes: Mapping[str, Theme],
    planned: Mapping[int, MelodyLayout],
    draw: Stream,
    strict: float = 1.0,
) -> tuple[Passage, ...]:
    """Passages of the lead, section by section. Each states a theme; `device` names the seat that plays it.

    laid: what each section sings, as `layout.lay_out` has it. strict: see `MelodyWriter`.
    """
    writer = MelodyWriter(plan, harmony, cast, themes, strict=strict)
    written: dict[int, list[Passage]] = {}
    singing = [index for index in planned if cast.leads[index] is not None and planned[index].pieces]
    climax = _climax(plan, singing)
    for index in sorted(singing, key=lambda index: (index != climax, index)):  # first the climax: the rest keeps below
        written[index] = _section_passages(writer, plan.sections[index], planned[index], draw)
        if index == climax and cast.leads[index] != GUIDE:
            seat = cast.leads[index] or ""
            written[index] = apexed(plan, harmony, written[index], seat, cast.instrument(seat))
        if writer.ceiling is None:
            sung = written[index] if index == climax else []
            writer = replace(writer, ceiling=_top(writer, plan.sections[index], sung) if sung else NO_CEILING)
    out = tuple(passage for index in sorted(written) for passage in written[index])
    return close_melody(plan, harmony, cast, out, writer.ceiling or NO_CEILING)


def _climax(plan: Plan, singing: Collection[int]) -> int | None:
    """The section whose melody should reach highest: that of the climax, or the fullest that sings; no introduction
    and no coda, however full."""
    if plan.climax.index in singing and plan.climax.treatment_row.place is None:
        return plan.climax.index
    able = [s for s in plan.sections if s.index in singing and s.treatment_row.place is None]
    return max(able, key=lambda s: (s.energy, s.index)).index if able else None


def _top(writer: MelodyWriter, section: SectionPlan, passages: list[Passage]) -> int:
    """The highest note that sounds in a section's melody, doublings above it included."""
    doubles = [
        12 * player.seat.octave
        for player in writer.cast.players
        if player.seat.double == "lead" and writer.cast.active(player, section)
    ]
    return max(n.pitch for p in passages for n in p.notes) + max(0, *doubles, 0)


def _section_passages(writer: MelodyWriter, section: SectionPlan, planned: MelodyLayout, draw: Stream) -> list[Passage]:
    name, seat = section.theme, writer.cast.leads[section.index]
    assert name is not None and seat is not None
    passages = voiced(writer, section, name, seat, planned.pieces)
    if section.against is not None:
        return met(writer, section, seat, passages, planned.material)
    handing = section.treatment_row.theme == "again" and section.bars >= HANDED_BARS
    handing = handing and draw.child("hand over", section.index).chance(HANDED_OVER)
    if seat != GUIDE and (handing or section.bars >= STALE_BARS):
        return second_half_to_another(writer, section, seat, passages)
    return passages


def close_melody(
    plan: Plan,
    harmony: tuple[ChordSpan, ...],
    cast: Cast,
    passages: tuple[Passage, ...],
    ceiling: int = NO_CEILING,
) -> tuple[Passage, ...]:
    """The last note of the cue: a tone of the last chord that settles or, in open endings, one that does not.

    ceiling: the highest note of the climax, which it stays below.
    """
    last = plan.sections[-1]
    seat = cast.leads[last.index] or next((s for s in reversed(cast.leads) if s), None)
    if last.name == BUTTON and passages:
        seat = max(passages, key=lambda p: p.notes[-1].onset).device  # who has the tune ends it
    if seat is None or plan.ending in ("attacca", "loop", "ma_stop", "fade") or not passages:
        return passages
    if plan.bars == 1:  # the theme itself is all there is room for: its last note is the last
        return passages
    bar = last.meter.bar_ticks
    start = plan.length - bar
    chord = chord_at(harmony, start).chord
    tonic = last.key.tonic
    wanted = (2, 9, 5) if plan.ending == "unresolved" else (0, 7, 4 if not last.key.minor else 3)
    classes = [(tonic + w) % 12 for w in wanted if (tonic + w) % 12 in chord.classes]
    if plan.ending == "unresolved" and not classes:  # anything but home
        classes = [c for c in reversed(chord.classes) if c != tonic]
    classes = classes or [chord.root]
    before = sorted(n for p in passages if p.device == seat for n in p.notes if n.onset < start)
    near = before[-1].pitch if before else sum(cast.instrument(seat).sweet) // 2
    instrument = cast.instrument(seat)
    options = [p for p in range(instrument.range[0], instrument.range[1] + 1) if p % 12 in classes]
    options = [p for p in options if p < ceiling] or options
    pitch = min(options, key=lambda p: (abs(p - near) + 2 * classes.index(p % 12), p))
    length = PPQ // 2 if plan.ending == "button" else bar
    velocity = min(118, velocity_of(last.energy) + (10 if plan.ending == "button" else 0))
    end = Passage(
        (Note(start, length, pitch, velocity),), last.index, seat, "accent" if plan.ending == "button" else "normal"
    )
    return (*mute_after(passages, start), end)
