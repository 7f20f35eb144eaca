"""What one player plays, laid together from layers: he plays one thing at a time, and the later layer goes first."""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.counter_line import counter_passages
from cuesmith.composition.accompaniment.endings import last_chord, stops_at
from cuesmith.composition.accompaniment.from_theme import derived_passages
from cuesmith.composition.accompaniment.gestures import colour_passages
from cuesmith.composition.accompaniment.pickups import pickups
from cuesmith.composition.accompaniment.textures import accompany
from cuesmith.composition.accompaniment.vamps import vamp_answers
from cuesmith.composition.context import ComposeContext
from cuesmith.score import Passage, Span, mute, mute_after

Layer = tuple[tuple[Passage, ...], tuple[Span, ...]]  # passages, and the spans in which nothing under them sounds


def seat_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Everything that a player plays, the tune he has been given included, in order of time.

    From the lowest layer up: his own accompaniment, a line made of the theme, pick-ups, the tune, the last chord.
    """
    sung = tuple(p for p in context.lead_passages if p.device == player.id)
    if player.seat.role == "lead":
        return (*sung, *vamp_answers(context, player)) if player.instrument is not None else sung
    written = laid_over(
        (_own(context, player), ()),
        _whole_sections(context, derived_passages(context, player)),
        _while_sounding(pickups(context, player)),
        _while_sounding(sung),
    )
    until_end = mute_after(written, stops_at(context.plan))
    return (*until_end, *last_chord(context, player, written))


def laid_over(*layers: Layer) -> tuple[Passage, ...]:
    """Layers laid over one another, the lowest first: each mutes those under it in its spans."""
    out: tuple[Passage, ...] = ()
    for passages, spans in layers:
        out = (*mute(out, spans), *passages)
    return tuple(sorted(out, key=lambda p: (p.notes[0].onset, p.section)))


def _own(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    if player.seat.role == "colour":
        return colour_passages(context, player)
    if player.seat.role == "counter":
        return (*counter_passages(context, player), *vamp_answers(context, player))
    return accompany(context, player)


def _whole_sections(context: ComposeContext, passages: tuple[Passage, ...]) -> Layer:
    sections = context.plan.sections
    return passages, tuple((sections[p.section].start, sections[p.section].end) for p in passages)


def _while_sounding(passages: tuple[Passage, ...]) -> Layer:
    return passages, tuple((p.notes[0].onset, max(n.end for n in p.notes)) for p in passages)
