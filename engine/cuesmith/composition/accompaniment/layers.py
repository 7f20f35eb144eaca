"""Combine what one player plays from layers; a higher layer mutes those below it."""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.counter_line import counter_passages
from cuesmith.composition.accompaniment.endings import accompaniment_end, last_chord
from cuesmith.composition.accompaniment.from_theme import derived_passages
from cuesmith.composition.accompaniment.gestures import colour_passages
from cuesmith.composition.accompaniment.pickups import pickups
from cuesmith.composition.accompaniment.textures import accompany
from cuesmith.composition.accompaniment.vamps import vamp_answers
from cuesmith.composition.context import ComposeContext
from cuesmith.score import Passage, Span, mute, mute_after

Layer = tuple[tuple[Passage, ...], tuple[Span, ...]]  # passages, and the spans in which they mute lower layers


def seat_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write everything a player plays, including the tune if they have it, in order of time.

    Layers from the lowest up: accompaniment, a line made from the theme, pick-ups, the tune, the last chord.
    """
    tune = tuple(p for p in context.lead_passages if p.device == player.id)
    if player.seat.role == "lead":
        return (*tune, *vamp_answers(context, player)) if player.instrument is not None else tune
    written = stack_layers(
        (_accompaniment(context, player), ()),
        _whole_sections(context, derived_passages(context, player)),
        _while_sounding(pickups(context, player)),
        _while_sounding(tune),
    )
    until_end = mute_after(written, accompaniment_end(context.plan))
    return (*until_end, *last_chord(context, player, written))


def stack_layers(*layers: Layer) -> tuple[Passage, ...]:
    """Combine layers, the lowest first: each mutes those before it in its spans."""
    out: tuple[Passage, ...] = ()
    for passages, spans in layers:
        out = (*mute(out, spans), *passages)
    return tuple(sorted(out, key=lambda p: (p.notes[0].onset, p.section)))


def _accompaniment(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write the player's own accompaniment, by role."""
    if player.seat.role == "colour":
        return colour_passages(context, player)
    if player.seat.role == "counter":
        return (*counter_passages(context, player), *vamp_answers(context, player))
    return accompany(context, player)


def _whole_sections(context: ComposeContext, passages: tuple[Passage, ...]) -> Layer:
    """Return a layer whose passages mute lower layers through their whole sections."""
    sections = context.plan.sections
    return passages, tuple((sections[p.section].start, sections[p.section].end) for p in passages)


def _while_sounding(passages: tuple[Passage, ...]) -> Layer:
    """Return a layer whose passages mute lower layers while they sound."""
    return passages, tuple((p.notes[0].onset, max(n.end for n in p.notes)) for p in passages)
