"""Plan → draft of a score: chords, the tune, drums, then every other seat, which hears all three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from cuesmith.casting.cast import Cast, cast_players
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import Stream, stream
from cuesmith.composition.accompaniment.layers import seat_passages
from cuesmith.composition.accompaniment.section_boundaries import devices
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.harmony.harmonise import harmonise
from cuesmith.composition.meet_hits import at_hits, strokes_at_hits
from cuesmith.composition.melody.layout import MelodyLayout, lay_out
from cuesmith.composition.melody.lead import lead_passages
from cuesmith.composition.melody.lead_into_theme import led_over
from cuesmith.composition.melody.vocal_guide import answers, as_guide, is_song, singable
from cuesmith.composition.percussion.groove_parts import bass_drum, finish_strokes, strokes
from cuesmith.motif.model import Theme
from cuesmith.orchestrate.doublings import doubling
from cuesmith.orchestrate.parts import percussion_parts, pitched_part
from cuesmith.orchestrate.rests.pass_tune_on import pass_tune_on
from cuesmith.orchestrate.rests.workload import owed_bars, protected_bars
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Part, Passage, Score
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

STRICTER = 0.25  # by how much every further attempt shuns foreign notes on strong places
FEW = 2  # sections with a theme
RESTLESS = 5  # from this attempt on nobody owes a silence: it may be the rests that leave a hole
PLAINLY = 2  # from this attempt on the first to sing begins with the idea as it was written


class Draft(NamedTuple):
    """A score as its seats have written it, and what they knew: where the editing steps begin (`cue.edit_score`)."""

    score: Score
    context: ComposeContext


def write_draft(plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, attempt: int = 0) -> Draft:
    """The parts of all seats, in the order of the style's seats; those who double other seats than the tune are empty.

    attempt: 0, or the number of another way of writing the same plan: stricter about foreign notes each time, from the
    second on with the idea as it was written at the start, from the fifth on with nobody told to rest.
    """
    draw = stream(plan.brief.seed, plan.brief.id)
    draw = draw.child("attempt", attempt) if attempt else draw
    planned = lay_out(plan, themes, draw.child("melody"), plainly=attempt >= PLAINLY or _brief(plan))
    cast = cast_players(plan, style, themes, banks, draw.child("cast"), _tunes(plan, planned))
    harmony = harmonise(plan, style, planned, banks, draw.child("harmony"))
    owed = owed_bars(plan, cast, plan.contexts(style.family), banks) if attempt < RESTLESS else 0
    sung = lead_passages(plan, harmony, cast, themes, planned, draw.child("melody"), 1 + STRICTER * attempt)
    lead = _finished(plan, harmony, cast, themes, pass_tune_on(plan, cast, sung, owed, protected_bars(plan)), draw)
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
        leading=devices(plan, cast, draw.child("boundaries")),
        owed_bars=owed,
    )
    played = {
        player.id: strokes_at_hits(
            plan, finish_strokes(context, strokes(context, player, banks, style.family)), banks.drums
        )
        for player in cast.players
        if player.instrument is None
    }
    context = replace(context, strokes=played, kicks=bass_drum(played, banks.drums))
    return Draft(Score(plan, harmony, tuple(_parts(context))), context)


def _tunes(plan: Plan, planned: Mapping[int, MelodyLayout]) -> dict[int, list[int]]:
    """What each section sings, as pitches with the tonic in octave 4, in rising order."""
    sung = {}
    for index, one in planned.items():
        key = plan.sections[index].key
        pitches = sorted(key.pitch(n.step, n.alter, 4) for piece in one.pieces for n in piece.motif.notes)
        if pitches:
            sung[index] = pitches
    return sung


def _brief(plan: Plan) -> bool:
    """Whether a cue says so little that its theme has to be itself whenever it comes."""
    return plan.melody == "sparse" and sum(section.theme is not None for section in plan.sections) <= FEW


def _finished(
    plan: Plan, harmony: tuple[ChordSpan, ...], cast: Cast, themes: Mapping[str, Theme], sung: tuple[Passage, ...],
    draw: Stream,
) -> tuple[Passage, ...]:  # fmt: skip
    """The melody with what leads from theme to theme and meets the picture; of a song as it is sung, and answered."""
    ranges = {seat: cast.instrument(seat).range for seat in {p.device for p in sung}}
    lead = at_hits(plan, led_over(plan, harmony, sung, ranges), "lead")
    if not is_song(cast):
        return lead
    lead = singable(plan, lead)
    return (*lead, *answers(plan, harmony, cast, themes, lead, draw.child("guide")))


def _parts(context: ComposeContext) -> list[Part]:
    """The parts in the order of the seats: drums, who doubles, and everybody else."""
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
