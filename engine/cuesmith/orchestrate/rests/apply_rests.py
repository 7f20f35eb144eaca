"""Rests: who falls silent when, done to what everybody has written, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cuesmith.composition.context import ComposeContext
from cuesmith.composition.meet_hits import strokes_at_hits
from cuesmith.orchestrate.parts import percussion_parts
from cuesmith.orchestrate.rests.drum_rests import BOUNDARY_DRUM_DEVICES, as_notes, damped, without_notes_in
from cuesmith.orchestrate.rests.stand_ins import silenced, with_stand_ins
from cuesmith.orchestrate.rests.tacet import tacet
from cuesmith.orchestrate.rests.workload import Span
from cuesmith.score import Part, Passage, Stroke
from cuesmith.specs.banks.library import Banks


@dataclass(frozen=True, slots=True)
class Rested:
    """What is left with the rests, by player. passages: of every seat; echoes: parts that double the tune; drums: the
    parts of each drummer; spans: when he is silent.
    """

    passages: Mapping[str, tuple[Passage, ...]]
    echoes: Mapping[str, Part]
    drums: Mapping[str, tuple[Part, ...]]
    spans: Mapping[str, tuple[Span, ...]]


def rested(
    context: ComposeContext, passages: Mapping[str, tuple[Passage, ...]], echoes: Mapping[str, Part],
    strikes: Mapping[str, tuple[Stroke, ...]], owed: int, banks: Banks,
) -> Rested:  # fmt: skip
    """What everybody has written with the silences that each section of the ensemble owes.

    strikes: of each drummer. owed: bars, as `desks.owed_bars` has it.
    """
    plan, cast = context.plan, context.cast
    played = {
        **{id_: [n for p in own for n in p.notes] for id_, own in passages.items()},
        **{id_: list(echo.notes()) for id_, echo in echoes.items()},
        **{id_: as_notes(found, banks) for id_, found in strikes.items()},
    }
    leading = {
        id_: as_notes([s for s in found if s.device in BOUNDARY_DRUM_DEVICES], banks) for id_, found in strikes.items()
    }
    silent = tacet(plan, cast, played, context.lead_passages, leading, owed, context.draw.child("tacet"))
    drums = {}
    for player in (p for p in cast.players if p.instrument is None):
        spans, back = silent.rests.get(player.id, ()), silent.pickups.get(player.id, ())
        left = strokes_at_hits(plan, without_notes_in(plan, strikes[player.id], spans, back, banks))
        drums[player.id] = damped(percussion_parts(plan, player, left, banks), spans)
    return Rested(
        with_stand_ins(context.harmony, passages, silent, {p.id: p for p in cast.players}),
        {id_: replace(e, passages=silenced(e.passages, silent.rests.get(id_, ()))) for id_, e in echoes.items()},
        drums,
        silent.rests,
    )
