"""Apply the staging of a cue: mute who rests, and let drummers lead back in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cuesmith.casting.player import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.orchestrate.parts import percussion_parts
from cuesmith.orchestrate.rests.bar_sets import sounding_bars, spans_of
from cuesmith.orchestrate.rests.drum_pickups import NEVER_REST, pickup_strokes
from cuesmith.orchestrate.rests.staging import Played, allowed_rests, asked_rests
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Score, Span, in_order, mute

CALM = 0.5  # in a section with less energy a drummer returns without a pick-up


def give_rests(score: Score, context: ComposeContext) -> Score:
    """Let players rest as the staging of the cue says (`context.staging`)."""
    if not context.staging.rests:
        return score
    plan = score.plan
    players = {player.id: player for player in context.cast.players}
    tunes = {(p.section, p.device) for p in context.lead_passages}
    driven = context.banks.cue_types[plan.brief.type].driven
    asked = asked_rests(context.staging, plan, players.values(), tunes, driven)
    rests = allowed_rests(asked, _written(score, players), context.lead, plan)
    spans = {id_: spans_of(plan, bits) for id_, bits in rests.items()}
    parts = [_rested(part, spans.get(part.seat, ()), players[part.seat]) for part in score.parts]
    pickups = {id_: _returns(plan, bits, score, id_) for id_, bits in rests.items() if players[id_].instrument is None}
    return replace(score, parts=tuple(_with_pickups(parts, pickups, players, context)), rests=spans)


def _written(score: Score, players: Mapping[str, Player]) -> dict[str, Played]:
    """Return what each player has written, those who double the tune included, without its leaders."""
    lines = score.plan.sheet_lines()
    out = {}
    for id_, player in players.items():
        if player.seat.role == "lead" and player.seat.double is None:
            continue
        notes = tuple(note for part in score.parts if part.seat == id_ for note in part.notes())
        if notes:
            out[id_] = Played(player, notes, sounding_bars(notes, lines))
    return out


def _rested(part: Part, spans: tuple[Span, ...], player: Player) -> Part:
    """Return a part with its rests. Rolls and swells that lead over a boundary, and hits of the picture, stay."""
    if not spans:
        return part
    kept = tuple(p for p in part.passages if p.device in NEVER_REST)
    others = tuple(p for p in part.passages if p.device not in NEVER_REST)
    return replace(part, passages=in_order((*mute(others, spans, resume=player.instrument is not None), *kept)))


def _returns(plan: Plan, rests: int, score: Score, id_: str) -> frozenset[int]:
    """Return the ticks of bar lines at which a drummer comes back with a pick-up: after two bars, and not softly."""
    lines = plan.sheet_lines()
    plays = sounding_bars((n for part in score.parts if part.seat == id_ for n in part.notes()), lines)
    found = set()
    for bar in range(2, plan.bars):
        rested = rests >> (bar - 2) & 0b11 == 0b11 and not plan.section_at(lines[bar] - 1).flow
        if rested and not rests >> bar & 1 and plays >> bar & 1 and plan.section_at(lines[bar]).energy >= CALM:
            found.add(lines[bar])
    return frozenset(found)


def _with_pickups(
    parts: list[Part], pickups: Mapping[str, frozenset[int]], players: Mapping[str, Player], context: ComposeContext
) -> Iterator[Part]:
    """Yield the parts, with the pick-ups of returning drummers added."""
    added = {
        part.id: part
        for id_, returns in pickups.items()
        for part in percussion_parts(
            context.plan, players[id_], pickup_strokes(context.plan, context.strokes[id_], returns, context.banks),
            context.banks,
        )
    }  # fmt: skip
    for part in parts:
        more = added.pop(part.id, None)
        yield part if more is None else replace(part, passages=in_order((*part.passages, *more.passages)))
    yield from added.values()
