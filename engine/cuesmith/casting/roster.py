"""The roster: who plays in which section, and who rests.

Softer music has fewer players (terraced dynamics), and no accompanist plays all the time, so that colours stay fresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cuesmith.casting.player import Player, plays_in
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.library import Banks

PLAYERS = (3, 4, 7, 11, 16)  # most pitched players, by level of the section; colours are not counted
BUSY = 0.75  # largest share of the bars in which an accompanist may play
LEAST = 3  # a section with this many players keeps them all
LONG_BARS = 24  # in shorter cues nobody has to rest
TRACKS = 20  # most tracks in a score, so that it stays readable; more than 16 need a second MIDI port
COLOUR_WORTH = 1.8  # factor on the bars of colours and of doublings of the tune, compared with accompaniment
ROLES = ("lead", "bass", "pad", "ostinato", "counter", "impact", "colour")  # the most important first


def counts_as_player(player: Player) -> bool:
    """Tell whether a player is pitched, not percussion, and plays more than touches of colour."""
    return player.instrument is not None and player.instrument.family != "percussion" and player.seat.role != "colour"


def priority(player: Player, at_work: Sequence[Player]) -> tuple[int, int, int]:
    """Return a sort key for how important a player is to a section; low is important.

    First players of a role come before second ones and doublings. The first of a role is the one who plays from the
    lowest level on.
    """
    role = player.seat.role
    alike = [p for p in at_work if p.seat.role == role and p.seat.double is None]
    same = [p.id for p in sorted(alike, key=lambda p: p.seat.levels[0])]
    rank = same.index(player.id) if player.id in same else max(1, len(same))
    return (rank, ROLES.index(role), player.seat.double is not None)


def drum_tracks(player: Player, banks: Banks) -> int:
    """Count the extra tracks that a kit may need in its grooves, for voices made of melodic sounds."""
    grooves = [row for row in banks.grooves.values() if row.kit == player.seat.kit]
    voices = {voice for row in grooves for voice in (*row.rows, *row.fill)}
    layers = {layer for voice in voices for layer in banks.drums[voice].layers}
    return len({(layer.program, layer.bank) for layer in layers if layer.program is not None})


def left_out(plan: Plan, players: Sequence[Player], leads: Sequence[str | None], banks: Banks) -> frozenset[str]:
    """Return the players that are left out so that the score has at most TRACKS tracks: those with the least to do.

    Bars count by the square of their energy, so that the loudest sections keep their players. Leaders, the first bass
    and the first chord players stay.
    """
    busy = {lead for lead in leads if lead}
    pitched = [p for p in players if p.instrument is not None]
    others = [p for p in pitched if p.id not in busy and (p.seat.role != "lead" or p.seat.double)]
    first = {p.id for p in others if p.seat.role in ("bass", "pad", "ostinato") and priority(p, others)[0] == 0}
    drums = sum(1 + drum_tracks(p, banks) for p in players if p.seat.kit is not None)
    spare = len(others) + len(busy) + drums - TRACKS
    weighted_bars = {p.id: sum(s.bars * s.energy**2 for s in plan.sections if plays_in(p, s)) for p in others}
    by_bars = sorted(
        (p for p in others if p.id not in first),
        key=lambda p: (
            weighted_bars[p.id] * (COLOUR_WORTH if p.seat.role == "colour" or p.seat.double == "lead" else 1.0)
        ),
    )
    return frozenset(p.id for p in by_bars[: max(0, spare)])


def _is_lead(player: Player) -> bool:
    """Tell whether a player is a lead who doubles nobody."""
    return player.seat.role == "lead" and player.seat.double is None


def _playing(plan: Plan, players: Sequence[Player], leads: Sequence[str | None], section: SectionPlan) -> list[Player]:
    """Return the counted players of a section, by level and treatment: of the leads only its leader."""
    leader = leads[section.index]
    plain = section.treatment_row.plain or section.treatment_row.silent
    out = []
    for player in players:
        if not counts_as_player(player) or not plays_in(player, section):
            continue
        if player.seat.double == "lead" and plain and section is not plan.climax:
            continue
        if _is_lead(player) and player.id != leader:
            continue
        out.append(player)
    led = leader is not None and all(p.id != leader for p in out)
    return [*out, *(p for p in players if led and p.id == leader)]


def roster_rests(plan: Plan, players: Sequence[Player], leads: Sequence[str | None]) -> frozenset[tuple[int, str]]:
    """(section index, player) of those who would play there by level and treatment, and rest."""
    rests: set[tuple[int, str]] = set()
    playing_in: dict[int, list[Player]] = {}
    for section in plan.sections:
        there = _playing(plan, players, leads, section)
        found = sorted(there, key=lambda p: priority(p, there))
        allowed = PLAYERS[section.level] - (section.against is not None)
        playing_in[section.index] = found[:allowed]
        at_work = {p.id for p in found[:allowed]}
        rests.update(
            (section.index, p.id) for p in players if counts_as_player(p) and not _is_lead(p) and p.id not in at_work
        )
    total = sum(section.bars for section in plan.sections)
    if total >= LONG_BARS:
        spared: list[tuple[int, str]] = []
        for player in players:
            more = _spare_player(plan, player, playing_in, total, Counter(index for index, _ in spared))
            spared += more
        rests.update(spared)
    return frozenset(rests)


def _spare_player(
    plan: Plan, player: Player, playing_in: dict[int, list[Player]], total: int, resting_there: Counter[int]
) -> list[tuple[int, str]]:
    """Return the sections in which a busy accompanist rests: the softest ones in which others play the same role."""
    if not counts_as_player(player) or player.seat.role in ("lead", "bass"):
        return []
    playing = [s for s in plan.sections if player in playing_in[s.index]]
    bars = sum(section.bars for section in playing)
    out = []
    for section in sorted(playing, key=lambda s: (resting_there[s.index], s.energy, s.index)):
        if bars <= BUSY * total or section is plan.climax:
            break
        others = [p for p in playing_in[section.index] if p is not player and p.seat.role in ("pad", "ostinato")]
        if len(others) >= (2 if section.level > 2 else 1) and len(playing_in[section.index]) > LEAST:
            playing_in[section.index].remove(player)
            out.append((section.index, player.id))
            bars -= section.bars
    return out


STOPPING = frozenset({"ostinato", "pulse", "impact"})  # roles that make the rhythm, and rest where chords are held


def coda_rests(plan: Plan, players: Sequence[Player], leads: Sequence[str | None]) -> frozenset[tuple[int, str]]:
    """(section index, player) of those whom the coda lets rest: all but its leader, or those who make the rhythm."""
    rests: set[tuple[int, str]] = set()
    for section in plan.sections:
        leader = leads[section.index]
        if section.coda_row is None or section.coda_row.players == "all" or leader is None:
            continue
        for player in players:
            if player.id == leader:
                continue
            if section.coda_row.players == "one" or player.seat.role in STOPPING:
                rests.add((section.index, player.id))
    return frozenset(rests)


def joins_last_chord(plan: Plan, players: Sequence[Player], rests: frozenset[tuple[int, str]],
            leads: Sequence[str | None]) -> frozenset[str]:  # fmt: skip
    """Return the players who may join the last chord: those of the last section, and others while there is room."""
    last = plan.sections[-1]
    there = [p for p in _playing(plan, players, leads, last) if (last.index, p.id) not in rests]
    if last.treatment_row.place != "end":
        return frozenset(p.id for p in there)
    before = plan.sections[-2] if len(plan.sections) > 1 else last
    others = [p for p in _playing(plan, players, leads, before) if p.seat.role != "lead" and p not in there]
    ranked = sorted(others, key=lambda p: priority(p, others))
    return frozenset(p.id for p in (*there, *ranked[: max(0, PLAYERS[last.level] - len(there))]))
