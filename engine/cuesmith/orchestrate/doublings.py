"""Doublings: parts that copy another part, in unison or at the octave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cuesmith.casting.cast import Cast
from cuesmith.casting.player import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.orchestrate.parts import pitched_part
from cuesmith.plan.model import Plan
from cuesmith.score import DOUBLES, Passage, Score, mute

DEEP = 50  # MIDI pitch; a doubling an octave below the tune stays in unison where it would go below this


def _octave_shift(passage: Passage, player: Player) -> int:
    """Return the semitones, in octaves, by which a passage moves into the range of the doubling player."""
    low, high = player.instrument.range if player.instrument else (0, 127)
    pitches = [note.pitch for note in passage.notes]
    return min((0, -12, 12, -24, 24), key=lambda s: (sum(not low <= p + s <= high for p in pitches), abs(s)))


def doubling(plan: Plan, cast: Cast, player: Player, source: Iterable[Passage]) -> tuple[Passage, ...]:
    """Return what a doubling seat plays: the passages of its model in the sections where it is active.

    A player does not double a section that it leads.
    """
    out = []
    sections = plan.sections
    for passage in source:
        section = sections[passage.section]
        if not cast.active(player, section) or cast.leads[passage.section] == player.id:
            continue
        shift = 12 * player.seat.octave
        if shift == 0 and player.seat.double == "lead":
            shift = _octave_shift(passage, player)
        if shift < 0 and player.seat.double == "lead" and min(n.pitch for n in passage.notes) + shift < DEEP:
            shift = 0  # an octave lower it would muddy the bass
        notes = tuple(n._replace(pitch=n.pitch + shift) for n in passage.notes)
        out.append(
            Passage(
                notes,
                passage.section,
                f"{DOUBLES}{passage.device}",
                player.seat.articulation or passage.articulation,
                passage.statement,
            )
        )
    return tuple(out)


def add_doublings(score: Score, context: ComposeContext) -> Score:
    """Add the parts that double another seat than the tune, copied from the finished part of that seat.

    What the model plays in place of a resting player is not doubled. A doubling player rests where the rests say so.
    """
    parts = {part.id: part for part in score.parts}
    for player in context.cast.players:
        if player.seat.double in (None, "lead") or player.instrument is None:
            continue
        model = parts[player.seat.double].passages if player.seat.double in parts else ()
        copied = doubling(score.plan, context.cast, player, model)
        parts[player.id] = pitched_part(player, mute(copied, score.rests.get(player.id, ()), resume=True))
    order = [part.id for part in score.parts]
    return replace(score, parts=tuple(parts[id_] for id_ in order))
