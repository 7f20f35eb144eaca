"""Write the lead: the theme through the form, fitted to the chords, with the theme noted on every passage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from cuesmith.casting.cast import Cast
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import Stream
from cuesmith.composition.melody.climax_note import with_climax_note
from cuesmith.composition.melody.layout import MelodyLayout
from cuesmith.composition.melody.melody_writer import MelodyWriter, velocity_of
from cuesmith.composition.melody.several_voices import in_voices, second_half_to_another, with_second_theme
from cuesmith.motif.model import Theme
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.plan.picture.broadcast_length import BUTTON
from cuesmith.score import ChordSpan, Passage, chord_at, mute_after

NO_CEILING = 127  # MIDI pitch
HANDED_OVER = 0.4  # share of returns whose second half goes to another player
HANDED_BARS = 8  # shortest such section
WHOLE_SHAPE = 5.0  # how much more the intervals of a whole statement count, see `fit_to_chords.fit`
STALE_BARS = 16  # a section at least this long is always shared (critic rule Q73)


def lead_passages(
    plan: Plan,
    harmony: tuple[ChordSpan, ...],
    cast: Cast,
    themes: Mapping[str, Theme],
    layouts: Mapping[int, MelodyLayout],
    draw: Stream,
    strict: float = 1.0,
) -> tuple[Passage, ...]:
    """Write the passages of the lead, section by section; `device` of a passage is the id of its player.

    layouts: the melody of each section, from `layout.lay_out_melody`. strict: see `MelodyWriter`.
    """
    writer = MelodyWriter(plan, harmony, cast, themes, strict=strict)
    written: dict[int, list[Passage]] = {}
    with_melody = [index for index in layouts if cast.leads[index] is not None and layouts[index].pieces]
    climax = _climax(plan, with_melody)
    # the climax first; all others stay below it
    for index in sorted(with_melody, key=lambda index: (index != climax, index)):
        written[index] = _section_passages(writer, plan.sections[index], layouts[index], draw)
        if index == climax and cast.leads[index] != GUIDE:
            seat = cast.leads[index] or ""
            written[index] = with_climax_note(plan, harmony, written[index], seat, cast.instrument(seat))
        if writer.ceiling is None:
            highest = written[index] if index == climax else []
            writer = replace(writer, ceiling=_top(writer, plan.sections[index], highest) if highest else NO_CEILING)
    out = tuple(passage for index in sorted(written) for passage in written[index])
    return close_melody(plan, harmony, cast, out, writer.ceiling or NO_CEILING)


def _climax(plan: Plan, with_melody: Collection[int]) -> int | None:
    """Return the section that should have the highest melody: the climax, else the one with most energy.

    Never an introduction or a coda.
    """
    if plan.climax.index in with_melody and plan.climax.treatment_row.place is None:
        return plan.climax.index
    candidates = [s for s in plan.sections if s.index in with_melody and s.treatment_row.place is None]
    return max(candidates, key=lambda s: (s.energy, s.index)).index if candidates else None


def _top(writer: MelodyWriter, section: SectionPlan, passages: list[Passage]) -> int:
    """Return the highest pitch of a section's melody, including doublings above it."""
    doubles = [
        12 * player.seat.octave
        for player in writer.cast.players
        if player.seat.double == "lead" and writer.cast.active(player, section)
    ]
    return max(n.pitch for p in passages for n in p.notes) + max(0, *doubles, 0)


def _section_passages(writer: MelodyWriter, section: SectionPlan, layout: MelodyLayout, draw: Stream) -> list[Passage]:
    """Write the lead of one section."""
    name, seat = section.theme, writer.cast.leads[section.index]
    assert name is not None and seat is not None
    if layout.whole:
        passages = writer.passages(section, name, seat, layout.pieces, keep_shape=WHOLE_SHAPE)
    else:
        passages = in_voices(writer, section, name, seat, layout.pieces)
    if section.against is not None:
        return with_second_theme(writer, section, seat, passages, layout.material)
    hands_over = section.treatment_row.theme == "again" and section.bars >= HANDED_BARS and not layout.whole
    hands_over = hands_over and draw.child("hand over", section.index).chance(HANDED_OVER)
    whole_fills = layout.whole and section.length < 2 * layout.material.written.length
    if seat != GUIDE and (hands_over or section.bars >= STALE_BARS) and not whole_fills:
        return second_half_to_another(writer, section, seat, passages)
    return passages


def _degrees(plan: Plan) -> tuple[int, ...]:
    """Return the degrees on which the tune may end, in semitones above the tonic, the best first."""
    if plan.coda_row is not None:
        return (7, 2, 9, 5) if plan.coda_row.open else (0,)
    if plan.ending == "unresolved":
        return (2, 9, 5)
    return (0, 7, 3 if plan.sections[-1].key.minor else 4)


def close_melody(
    plan: Plan,
    harmony: tuple[ChordSpan, ...],
    cast: Cast,
    passages: tuple[Passage, ...],
    ceiling: int = NO_CEILING,
) -> tuple[Passage, ...]:
    """Add the last note of the cue: a tone of the last chord that is at rest or, in open endings, one that is not.

    ceiling: the highest pitch of the climax; the note stays below it.
    """
    last = plan.sections[-1]
    seat = cast.leads[last.index] or next((s for s in reversed(cast.leads) if s), None)
    if last.name == BUTTON and passages:
        seat = max(passages, key=lambda p: p.notes[-1].onset).device  # the player of the tune ends it
    if seat is None or plan.ending in ("attacca", "loop", "ma_stop", "fade") or not passages:
        return passages
    if plan.bars == 1:  # there is only room for the theme; its last note ends the cue
        return passages
    bar = last.meter.bar_ticks
    start = plan.length - bar
    chord = chord_at(harmony, start).chord
    tonic = last.key.tonic
    coda = plan.coda_row
    is_open = plan.ending == "unresolved" or (coda is not None and coda.open)
    classes = [(tonic + w) % 12 for w in _degrees(plan) if (tonic + w) % 12 in chord.classes]
    if is_open and not classes:  # any chord tone except the tonic
        classes = [c for c in reversed(chord.classes) if c != tonic]
    classes = classes or [chord.root]
    before = sorted(n for p in passages if p.device == seat for n in p.notes if n.onset < start)
    led_to = [n for p in passages if coda is not None and p.device == seat for n in p.notes if n.onset == start]
    near = (led_to or before)[-1].pitch if led_to or before else sum(cast.instrument(seat).sweet) // 2
    instrument = cast.instrument(seat)
    options = [p for p in range(instrument.range[0], instrument.range[1] + 1) if p % 12 in classes]
    ceiling = max(ceiling, near + 1) if led_to else ceiling
    options = [p for p in options if p < ceiling] or options
    pitch = min(options, key=lambda p: (abs(p - near) + 2 * classes.index(p % 12), p))
    length = PPQ // 2 if plan.ending == "button" else bar
    velocity = min(118, velocity_of(last.energy) + (10 if plan.ending == "button" else 0))
    end = Passage(
        (Note(start, length, pitch, velocity),), last.index, seat, "accent" if plan.ending == "button" else "normal"
    )
    return (*mute_after(passages, start), end)
