"""Write the draft of a score: chords, tune and drums first, then every other seat, which can use all three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from cuesmith.casting.cast import Cast, cast_players
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import Stream, stream
from cuesmith.composition.accompaniment.layers import seat_passages
from cuesmith.composition.accompaniment.section_boundaries import boundary_devices
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.harmony.harmonise import harmonise
from cuesmith.composition.meet_hits import at_hits, strokes_at_hits
from cuesmith.composition.melody.layout import MelodyLayout, lay_out_melody
from cuesmith.composition.melody.lead import lead_passages
from cuesmith.composition.melody.lead_into_theme import with_pickups
from cuesmith.composition.melody.upbeats import with_upbeats
from cuesmith.composition.melody.vocal_guide import answers, as_guide, has_singer, singable
from cuesmith.composition.percussion.groove_parts import bass_drum, finish_strokes, strokes
from cuesmith.motif.model import Theme
from cuesmith.orchestrate.doublings import doubling
from cuesmith.orchestrate.parts import percussion_parts, pitched_part
from cuesmith.orchestrate.rests.staging import AS_WRITTEN, choose_staging
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Part, Passage, Score
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

STRICTER = 0.25  # each further attempt adds this to the cost of foreign notes on strong beats
FEW = 2  # a sparse cue with so few theme sections keeps its theme unchanged
WITHOUT_RESTS = 5  # from this attempt on there are no rests, in case a rest causes the problem
PLAIN_START = 2  # from this attempt on the first melody begins with the theme unchanged


class Draft(NamedTuple):
    """A score as the seats have written it, with its context; the editing steps (`cue.edit_score`) begin here."""

    score: Score
    context: ComposeContext


def write_draft(plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, attempt: int = 0) -> Draft:
    """Write the parts of all seats, in the order of the style. Doublings of other seats than the tune are empty as yet.

    attempt: 0, or the number of a further attempt at the same plan. Each is stricter about foreign notes, from
        PLAIN_START on the melody begins with the theme unchanged, and from WITHOUT_RESTS on nobody rests.
    """
    draw = stream(plan.brief.seed, plan.brief.id)
    draw = draw.child("attempt", attempt) if attempt else draw
    layouts = lay_out_melody(plan, themes, draw.child("melody"), plainly=attempt >= PLAIN_START or _keeps_theme(plan))
    cast = cast_players(plan, style, themes, banks, draw.child("cast"), _tunes(plan, layouts))
    harmony = harmonise(plan, style, layouts, banks, draw.child("harmony"))
    lead_written = lead_passages(plan, harmony, cast, themes, layouts, draw.child("melody"), 1 + STRICTER * attempt)
    lead = _finished_lead(plan, harmony, cast, themes, lead_written, draw)
    staging = choose_staging(
        plan, style.family, banks.stagings, stream(plan.brief.seed, plan.brief.id).child("staging")
    )
    context = ComposeContext(
        plan=plan,
        harmony=harmony,
        cast=cast,
        themes=dict(themes),
        textures=dict(banks.textures),
        lead=tuple(sorted(n for p in lead for n in p.notes)),
        lead_passages=lead,
        draw=draw,
        voicing=style.voicing.over(banks.voicings.families[style.family]),
        layouts=banks.voicings,
        banks=banks,
        leading=boundary_devices(plan, cast, draw.child("boundaries")),
        staging=staging if attempt < WITHOUT_RESTS else AS_WRITTEN,
    )
    drum_strokes = {
        player.id: strokes_at_hits(
            plan, finish_strokes(context, strokes(context, player, banks, style.family)), banks.drums
        )
        for player in cast.players
        if player.instrument is None
    }
    context = replace(context, strokes=drum_strokes, kicks=bass_drum(drum_strokes, banks.drums))
    return Draft(Score(plan, harmony, tuple(_parts(context))), context)


def _tunes(plan: Plan, layouts: Mapping[int, MelodyLayout]) -> dict[int, list[int]]:
    """Return, for each section, the pitches of its melody (MIDI, tonic in octave 4, rising).

    Of a coda only the head of its theme counts, so that the way in which a cue ends does not decide who plays in it.
    """
    tunes = {}
    for index, layout in layouts.items():
        key = plan.sections[index].key
        pieces = (layout.material.head,) if plan.sections[index].coda else layout.pieces
        pitches = sorted(key.pitch(n.step, n.alter, 4) for piece in pieces for n in piece.motif.notes)
        if pitches:
            tunes[index] = pitches
    return tunes


def _keeps_theme(plan: Plan) -> bool:
    """Tell whether the cue states its theme so rarely that the theme must stay unchanged."""
    return plan.melody == "sparse" and sum(section.theme is not None for section in plan.sections) <= FEW


def _finished_lead(
    plan: Plan, harmony: tuple[ChordSpan, ...], cast: Cast, themes: Mapping[str, Theme], passages: tuple[Passage, ...],
    draw: Stream,
) -> tuple[Passage, ...]:  # fmt: skip
    """Finish the melody: lead from theme to theme, meet the hits; for a song, fit the voice and add answers."""
    ranges = {seat: cast.instrument(seat).range for seat in {p.device for p in passages}}
    led_in = with_pickups(plan, harmony, passages, ranges)
    if not has_singer(cast):
        return at_hits(plan, with_upbeats(plan, harmony, led_in, themes, ranges), "lead")
    lead = at_hits(plan, led_in, "lead")
    lead = singable(plan, lead)
    return (*lead, *answers(plan, harmony, cast, themes, lead, draw.child("guide")))


def _parts(context: ComposeContext) -> list[Part]:
    """Build the parts in the order of the seats: drums, doublings, and all others."""
    plan, cast = context.plan, context.cast
    tune = [p for p in context.lead_passages if p.device == cast.leads[p.section] and p.device != GUIDE]
    parts: list[Part] = []
    for player in cast.players:
        if player.instrument is None:
            parts.extend(percussion_parts(plan, player, context.strokes[player.id], context.banks))
        elif player.seat.double == "lead":
            parts.append(pitched_part(player, doubling(plan, cast, player, tune)))
        elif player.seat.double is not None:
            parts.append(pitched_part(player, ()))
        else:
            parts.append(as_guide(pitched_part(player, seat_passages(context, player))))
    return parts
