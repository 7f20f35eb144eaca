"""Give every section of the ensemble its rests, with others standing in where needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cuesmith.casting.player import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.orchestrate.parts import in_range, percussion_parts
from cuesmith.orchestrate.rests.drum_rests import NEVER_REST, pickup_strokes
from cuesmith.orchestrate.rests.stand_ins import with_stand_ins
from cuesmith.orchestrate.rests.tacet import Tacet, tacet
from cuesmith.score import Part, Passage, Score, mute


def give_rests(score: Score, context: ComposeContext) -> Score:
    """Apply the rests that every section of the ensemble needs (`context.owed_bars`; 0: none)."""
    if not context.owed_bars:
        return score
    players = {player.id: player for player in context.cast.players}
    played = {id_: [n for p in score.parts if p.seat == id_ for n in p.notes()] for id_ in players}
    needed = {
        id_: [n for p in score.parts if p.seat == id_ for q in p.passages if q.device in NEVER_REST
              for n in q.notes]
        for id_, player in players.items() if player.instrument is None
    }  # fmt: skip
    draw = context.draw.child("tacet")
    silent = tacet(score.plan, context.cast, played, context.lead_passages, needed, context.owed_bars, draw)
    passages = {p.id: p.passages for p in score.parts if players[p.seat].instrument is not None and not p.doubles}
    remaining = with_stand_ins(context.harmony, passages, silent, players)
    parts = [_rested(part, remaining, silent, players, context) for part in score.parts]
    return replace(score, parts=tuple(_with_pickups(parts, silent, players, context)), rests=silent.rests)


def _rested(
    part: Part, remaining: dict[str, tuple[Passage, ...]], silent: Tacet, players: dict[str, Player],
    context: ComposeContext,
) -> Part:  # fmt: skip
    """Return a part with its rests. remaining: what pitched seats play, including what they take over."""
    player = players[part.seat]
    if part.id in remaining:
        return replace(part, passages=in_range(remaining[part.id], player))
    spans = silent.rests.get(part.seat, ())
    return replace(part, passages=mute(part.passages, spans, resume=player.instrument is not None))


def _with_pickups(
    parts: list[Part], silent: Tacet, players: dict[str, Player], context: ComposeContext
) -> Iterator[Part]:
    """Yield the parts, with the pick-ups of returning drummers added."""
    added = {
        part.id: part
        for id_, returns in silent.pickups.items()
        for part in percussion_parts(
            context.plan, players[id_], pickup_strokes(context.plan, context.strokes[id_], returns, context.banks),
            context.banks,
        )
    }  # fmt: skip
    for part in parts:
        more = added.pop(part.id, None)
        yield part if more is None else replace(part, passages=_in_order((*part.passages, *more.passages)))
    yield from added.values()


def _in_order(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Sort passages by section and first onset."""
    return tuple(sorted(passages, key=lambda p: (p.section, p.notes[0].onset)))
