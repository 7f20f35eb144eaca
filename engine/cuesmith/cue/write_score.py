"""Plan → score: every seat of the cast writes its part, the melody first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuesmith.casting.cast import Cast, cast_players
from cuesmith.casting.player import Player
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import Stream, stream
from cuesmith.composition.accompaniment.counter_line import counter_passages
from cuesmith.composition.accompaniment.endings import close_part
from cuesmith.composition.accompaniment.from_theme import derived_passages
from cuesmith.composition.accompaniment.gestures import colour_passages
from cuesmith.composition.accompaniment.pickups import pickups
from cuesmith.composition.accompaniment.section_boundaries import devices
from cuesmith.composition.accompaniment.textures import accompany
from cuesmith.composition.accompaniment.vamps import vamp_answers
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.harmony.harmonise import harmonise
from cuesmith.composition.meet_hits import at_hits, strokes_at_hits, struck_chords
from cuesmith.composition.melody.layout import MelodyLayout, lay_out
from cuesmith.composition.melody.lead import lead_passages
from cuesmith.composition.melody.lead_into_theme import led_over
from cuesmith.composition.melody.vocal_guide import answers, as_guide, is_song, singable
from cuesmith.composition.percussion.groove_parts import bass_drum, finish_strokes, strokes
from cuesmith.motif.model import Theme
from cuesmith.orchestrate.clashes import without_clashes
from cuesmith.orchestrate.free_meter import place_in_free_meter
from cuesmith.orchestrate.loudness.role_levels import levelled
from cuesmith.orchestrate.loudness.under_the_tune import balanced
from cuesmith.orchestrate.parts import breathes, doubled, pitched_part
from cuesmith.orchestrate.rests.apply_rests import Rested, rested
from cuesmith.orchestrate.rests.pass_tune_on import pass_tune_on
from cuesmith.orchestrate.rests.stand_ins import STANDS_IN, silenced
from cuesmith.orchestrate.rests.workload import kept_bars, owed_bars
from cuesmith.plan.model import Plan
from cuesmith.score import ChordSpan, Part, Passage, Score, cut_around
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

STRICTER = 0.25  # by how much every further attempt shuns foreign notes on strong places
FEW = 2  # sections with a theme
RESTLESS = 5  # from this attempt on nobody owes a silence: it may be the rests that leave a hole
PLAINLY = 2  # from this attempt on the first to sing begins with the idea as it was written


def _seat_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    role = player.seat.role
    sung = tuple(p for p in context.lead_passages if p.device == player.id)
    if role == "lead":
        return (*sung, *vamp_answers(context, player)) if player.instrument is not None else sung
    if role == "colour":
        return close_part(context, player, colour_passages(context, player))
    if role == "counter":
        own = (*counter_passages(context, player), *vamp_answers(context, player))
    else:
        own = accompany(context, player)
    derived = derived_passages(context, player)
    if derived:
        sections = {passage.section for passage in derived}
        own = (*(p for p in own if p.section not in sections), *derived)
    own = pickups(context, player, own)
    for theme in sung:  # what the seat would have played gives way to the theme it has been given
        own = cut_around(own, theme.notes[0].onset, theme.notes[-1].end)
    return close_part(context, player, (*own, *sung))


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


def write_score(plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, attempt: int = 0) -> Score:
    """The whole score of a cue. Parts without a note are left out; parts stand in the order of the style's seats.

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
    lead = _led(plan, harmony, cast, themes, pass_tune_on(plan, cast, sung, owed, kept_bars(plan)), draw)
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
        leading=devices(plan, cast, draw.child("boundaries")),
    )
    strikes = {
        player.id: finish_strokes(context, strokes(context, player, banks, style.family))
        for player in cast.players
        if player.instrument is None
    }
    context = replace(context, kicks=bass_drum({id_: strokes_at_hits(plan, found) for id_, found in strikes.items()}))
    passages = {
        player.id: _seat_passages(context, player)
        for player in cast.players
        if player.seat.double is None and player.instrument is not None
    }
    led = tuple(p for p in lead if p.device == cast.leads[p.section] and p.device != GUIDE)
    echoes = {p.id: pitched_part(p, doubled(plan, cast, p, led), plan) for p in cast.players if p.seat.double == "lead"}
    left = rested(context, passages, echoes, strikes, owed, banks)
    cleared = without_clashes(context, left.passages, [n for echo in left.echoes.values() for n in echo.notes()])
    found = balanced([part for part in _parts(context, _arrived(context, cleared), left) if any(part.notes())])
    lungs = {p.id: p.instrument.breath_sec for p in cast.players if p.instrument is not None and breathes(p)}
    return place_in_free_meter(Score(plan, harmony, levelled(found, plan, banks)), lungs)


def _led(
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


def _arrived(context: ComposeContext, passages: Mapping[str, tuple[Passage, ...]]) -> Mapping[str, tuple[Passage, ...]]:
    """What everybody but the lead plays, meeting the picture."""
    roles = {player.id: player.seat.role for player in context.cast.players}
    met = {
        id_: at_hits(context.plan, own, roles[id_]) if roles[id_] != "lead" else own for id_, own in passages.items()
    }
    return struck_chords(context, met)


def _parts(context: ComposeContext, passages: Mapping[str, tuple[Passage, ...]], left: Rested) -> list[Part]:
    """The parts in the order of the seats: drums, who doubles, and everybody else."""
    plan, cast = context.plan, context.cast
    parts: list[Part] = []
    for player in cast.players:
        if player.instrument is None:
            parts.extend(left.drums[player.id])
        elif player.id in left.echoes:
            parts.append(left.echoes[player.id])
        elif player.seat.double is not None:
            model = (p for p in passages.get(player.seat.double, ()) if p.device != STANDS_IN)
            own = doubled(plan, cast, player, model)
            parts.append(pitched_part(player, silenced(own, left.spans.get(player.id, ())), plan))
        else:
            parts.append(as_guide(pitched_part(player, passages[player.id], plan)))
    return parts
