"""The roster: who rests where. Fewer players where the music is light, and none who plays all the time for no reason.

Terraced dynamics come from the number of players; a colour that never rests is no colour any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cuesmith.casting.player import Player, seated
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.library import Banks

PLAYERS = (3, 4, 7, 11, 16)  # pitched players at most, by level of the section, colours not counted
BUSY = 0.75  # share of the bars in which somebody who is not needed all the time may play
LEAST = 3  # players of a section from which nobody more is taken
LONG_BARS = 24  # in cues shorter than this nobody has to rest
TRACKS = 20  # that a reader of the score still takes in; beyond 16 the file takes a second MIDI port
COLOUR_WORTH = 1.8  # what a bar with a roll in it, or the tune in octaves, is worth against one of accompaniment
ROLES = ("lead", "bass", "pad", "ostinato", "counter", "impact", "colour")  # the most needed first


def counted(player: Player) -> bool:
    """Whether a player has a pitch and plays more than touches of colour."""
    return player.instrument is not None and player.instrument.family != "percussion" and player.seat.role != "colour"


def needed(player: Player, at_work: Sequence[Player]) -> tuple[int, int, int]:
    """How much a section needs a player: low is much. First voices of a role come before second ones and doublings;
    the first of a role is who plays from the lowest level on."""
    role = player.seat.role
    alike = [p for p in at_work if p.seat.role == role and p.seat.double is None]
    same = [p.id for p in sorted(alike, key=lambda p: p.seat.levels[0])]
    turn = same.index(player.id) if player.id in same else max(1, len(same))
    return (turn, ROLES.index(role), player.seat.double is not None)


def drum_tracks(player: Player, banks: Banks) -> int:
    """Tracks beside the drums' own that a kit may need, for voices made of melodic sounds, by its grooves."""
    grooves = [row for row in banks.grooves.values() if row.kit == player.seat.kit]
    voices = {voice for row in grooves for voice in (*row.rows, *row.fill)}
    layers = {layer for voice in voices for layer in banks.drums[voice].layers}
    return len({(layer.program, layer.bank) for layer in layers if layer.program is not None})


def leaving(plan: Plan, players: Sequence[Player], leads: Sequence[str | None], banks: Banks) -> frozenset[str]:
    """Who is left out so that the tracks fit a MIDI port: those with the least to do.

    Bars count by the square of their energy, so that the tutti keeps its players. Leaders stay, the first bass and
    the first chords too; colours and octaves of the tune are worth more.
    """
    busy = {lead for lead in leads if lead}
    pitched = [p for p in players if p.instrument is not None]
    others = [p for p in pitched if p.id not in busy and (p.seat.role != "lead" or p.seat.double)]
    first = {p.id for p in others if p.seat.role in ("bass", "pad", "ostinato") and needed(p, others)[0] == 0}
    drums = sum(1 + drum_tracks(p, banks) for p in players if p.seat.kit is not None)
    spare = len(others) + len(busy) + drums - TRACKS
    work = {p.id: sum(s.bars * s.energy**2 for s in plan.sections if seated(p, s)) for p in others}
    by_work = sorted(
        (p for p in others if p.id not in first),
        key=lambda p: work[p.id] * (COLOUR_WORTH if p.seat.role == "colour" or p.seat.double == "lead" else 1.0),
    )
    return frozenset(p.id for p in by_work[: max(0, spare)])


def _solo(player: Player) -> bool:
    return player.seat.role == "lead" and player.seat.double is None


def _at_work(plan: Plan, players: Sequence[Player], leads: Sequence[str | None], section: SectionPlan) -> list[Player]:
    """The counted players of a section by level and treatment: of the leads only the leader and who doubles him."""
    leader = leads[section.index]
    plain = section.treatment_row.plain or section.treatment_row.silent
    out = []
    for player in players:
        if not counted(player) or not seated(player, section):
            continue
        if player.seat.double == "lead" and plain and section is not plan.climax:
            continue
        if _solo(player) and player.id != leader:
            continue
        out.append(player)
    led = leader is not None and all(p.id != leader for p in out)
    return [*out, *(p for p in players if led and p.id == leader)]


def resting(plan: Plan, players: Sequence[Player], leads: Sequence[str | None]) -> frozenset[tuple[int, str]]:
    """(section index, player) of those who would play there by level and treatment, and rest."""
    rests: set[tuple[int, str]] = set()
    work: dict[int, list[Player]] = {}
    for section in plan.sections:
        there = _at_work(plan, players, leads, section)
        found = sorted(there, key=lambda p: needed(p, there))
        room = PLAYERS[section.level] - (section.against is not None)
        work[section.index] = found[:room]
        at_work = {p.id for p in found[:room]}
        rests.update((section.index, p.id) for p in players if counted(p) and not _solo(p) and p.id not in at_work)
    total = sum(section.bars for section in plan.sections)
    if total >= LONG_BARS:
        spared: list[tuple[int, str]] = []
        for player in players:
            relieved = _relief(plan, player, work, total, Counter(index for index, _ in spared))
            spared += relieved
        rests.update(spared)
    return frozenset(rests)


def _relief(
    plan: Plan, player: Player, work: dict[int, list[Player]], total: int, resting_there: Counter[int]
) -> list[tuple[int, str]]:
    """Sections in which a player rests who would play too much: the lightest in which others do his office."""
    if not counted(player) or player.seat.role in ("lead", "bass"):
        return []
    playing = [s for s in plan.sections if player in work[s.index]]
    bars = sum(section.bars for section in playing)
    out = []
    for section in sorted(playing, key=lambda s: (resting_there[s.index], s.energy, s.index)):
        if bars <= BUSY * total or section is plan.climax:
            break
        others = [p for p in work[section.index] if p is not player and p.seat.role in ("pad", "ostinato")]
        if len(others) >= (2 if section.level > 2 else 1) and len(work[section.index]) > LEAST:
            work[section.index].remove(player)
            out.append((section.index, player.id))
            bars -= section.bars
    return out


def closing(plan: Plan, players: Sequence[Player], rests: frozenset[tuple[int, str]],
            leads: Sequence[str | None]) -> frozenset[str]:  # fmt: skip
    """Who joins the last chord if he was still playing: those of the last section, and others while there is room."""
    last = plan.sections[-1]
    there = [p for p in _at_work(plan, players, leads, last) if (last.index, p.id) not in rests]
    if last.treatment_row.place != "end":
        return frozenset(p.id for p in there)
    before = plan.sections[-2] if len(plan.sections) > 1 else last
    others = [p for p in _at_work(plan, players, leads, before) if p.seat.role != "lead" and p not in there]
    ranked = sorted(others, key=lambda p: needed(p, others))
    return frozenset(p.id for p in (*there, *ranked[: max(0, PLAYERS[last.level] - len(there))]))
