"""The roster: who rests where. Fewer players where the music is light, and none who plays all the time for no reason.

Terraced dynamics come from the number of players; a colour that never rests is no colour any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.orchestrate.player import Player, seated
from cuesmith.score import Plan, SectionPlan

PLAYERS = (2, 4, 7, 11, 16)  # pitched players at most, by level of the section, colours not counted
BUSY = 0.75  # share of the bars in which somebody who is not needed all the time may play
LONG_BARS = 24  # in cues shorter than this nobody has to rest
CHANNELS = 16  # of a MIDI port; one of them is the drums'
ROLES = ("lead", "bass", "pad", "ostinato", "counter", "impact", "colour")  # the most needed first


def counted(player: Player) -> bool:
    """Whether a player has a pitch and plays more than touches of colour."""
    return player.instrument is not None and player.instrument.family != "percussion" and player.seat.role != "colour"


def needed(player: Player, at_work: Sequence[Player]) -> tuple[int, int, int]:
    """How much a section needs a player: low is much. First voices of a role come before second ones and doublings."""
    role = player.seat.role
    same = [p.id for p in at_work if p.seat.role == role and p.seat.double is None]
    turn = same.index(player.id) if player.id in same else len(same)
    return (turn if player.seat.double is None else 1 + turn, ROLES.index(role), turn)


def _at_work(plan: Plan, players: Sequence[Player], leads: Sequence[str | None], section: SectionPlan) -> list[Player]:
    """The counted players of a section by level and treatment: of the leads only the leader and who doubles him."""
    leader = leads[section.index]
    out = []
    for player in players:
        if not counted(player) or not seated(player, section):
            continue
        if player.seat.role == "lead" and player.seat.double is None and player.id != leader:
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
        rests.update((section.index, p.id) for p in found[room:])
    total = sum(section.bars for section in plan.sections)
    if total >= LONG_BARS:
        for player in players:
            rests.update(_relief(plan, player, work, total))
    return frozenset(rests)


def _relief(plan: Plan, player: Player, work: dict[int, list[Player]], total: int) -> list[tuple[int, str]]:
    """Sections in which a player rests who would play too much: the lightest in which others do his office."""
    if not counted(player) or player.seat.role in ("lead", "bass"):
        return []
    playing = [s for s in plan.sections if player in work[s.index]]
    bars = sum(section.bars for section in playing)
    out = []
    for section in sorted(playing, key=lambda s: (s.energy, s.index)):
        if bars <= BUSY * total or section is plan.climax:
            break
        others = [p for p in work[section.index] if p is not player and p.seat.role in ("pad", "ostinato")]
        if others and len(work[section.index]) > 2:
            work[section.index].remove(player)
            out.append((section.index, player.id))
            bars -= section.bars
    return out


def closing(plan: Plan, players: Sequence[Player], rests: frozenset[tuple[int, str]],
            leads: Sequence[str | None]) -> frozenset[str]:  # fmt: skip
    """Who joins the last chord if he was still playing: those of the last section, and others while there is room."""
    last = plan.sections[-1]
    there = [p for p in _at_work(plan, players, leads, last) if (last.index, p.id) not in rests]
    if last.treatment != "coda":
        return frozenset(p.id for p in there)
    before = plan.sections[-2] if len(plan.sections) > 1 else last
    others = [p for p in _at_work(plan, players, leads, before) if p.seat.role != "lead" and p not in there]
    ranked = sorted(others, key=lambda p: needed(p, others))
    return frozenset(p.id for p in (*there, *ranked[: max(0, PLAYERS[last.level] - len(there))]))
