"""Tacet: every section of the ensemble, and every player, is silent for a quarter of a cue.

An arranger lets a family rest for a phrase at a time: where the music is light, where a section begins or is about to
end, next to where it is silent anyhow. Somebody else takes over its office: the bass goes to a left hand or a low
wind, the chords to whoever has the voices. The tune is never taken from its player, the crest of the cue and its last
chord are never thinned, and no bar is left without a pitch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuesmith.casting.cast import Cast
from cuesmith.casting.roster import PLAYERS, counts_as_player
from cuesmith.chance import Stream
from cuesmith.music.note import Note
from cuesmith.orchestrate.rests.silent_bars import DRUMS
from cuesmith.orchestrate.rests.workload import (
    Ensemble,
    Span,
    Window,
    Workload,
    bits_of,
    kept_bars,
    spans_of,
    windows_of,
    workloads_of,
)
from cuesmith.plan.model import Plan
from cuesmith.score import Passage

PHRASES = (4, 2, 1)  # bars of a rest: phrases first, half phrases and stops where those do not do
CHORDS = ("pad", "ostinato", "impact")  # roles that carry the harmony
CALLS = {"kakegoe", "swell", "roll"}  # gestures of players who have nothing else to say
SELDOM = 1.0  # against players of rare colours standing in
HELPERS = (*CHORDS, "colour", "bass")  # roles that stand in for others: nobody who has a line of his own
FULL = 4  # the level of the scores that intensity levels are cut from, throughout
LEAST = (1, 2, 2, 3, 3)  # sections that go on playing, by level
THIN = 0.8  # cost of each section fewer than that
BARE, BASELESS = 0.9, 0.7  # of a bar that loses its chords, or its bass, and nobody takes them over
STOOD_IN = 0.15  # of one where somebody does
CALM = 0.5  # energy of a section under which a drummer comes in without a pick-up
FULLNESS = 3.0  # of a bar of the fullest music; it falls with the cube of the energy
CROWDED = 0.15  # of a bar for each section that rests there already
LONGEST, LONG = 8, 0.6  # bars that a rest should last at most, and the cost of each bar over that
ALONE = 2.0  # of one in which nobody is left under the tune, or nobody but a bass
ENTRANCE = 2.0  # of every rest, long or short
LINKED = 0.4  # what it is worth that a rest goes on from another, or ends or begins with a section of the form
LOW = 48  # MIDI pitch: who reaches down to it can carry a bass
HANDS = 3  # notes at once from which on a player can add to what he plays


@dataclass(frozen=True, slots=True)
class Tacet:
    """rests: player → spans in which he is silent. handed: (from, to, where) what somebody else takes over there.

    pickups: drummer → the bar lines at which he returns with a pick-up.
    """

    rests: Mapping[str, tuple[Span, ...]]
    handed: tuple[tuple[str, str, Window], ...]
    pickups: Mapping[str, frozenset[int]]


def _stand_in(room: Ensemble, resting: Sequence[Workload], window: Window, low: bool) -> Workload | None:
    """Who takes over a bass (low) or chords in a window: one who has a hand free, else one who was silent there."""
    bits = window.bits
    sections = {work.section for work in resting}
    found: list[tuple[float, Workload]] = []
    for work in room.workloads.values():
        made = work.player.instrument
        if made is None or work in resting or work.player.seat.double or work.player.seat.role not in HELPERS:
            continue
        if made.family == "percussion" or work.player.seat.gestures.keys() & CALLS or not _room_for(room, work, window):
            continue
        if (len(resting) > 1 and work.section in sections) or work.player.seat.levels[0] > window.section.level + 1:
            continue  # his family rests too, or he is too loud a guest
        if work.bound & bits or work.rests & bits or (low and made.range[0] > LOW):
            continue
        if room.layered and work.player.seat.levels[0] > min(d.player.seat.levels[0] for d in resting):
            continue
        able = made.voices >= HANDS
        plays = (work.plays & bits).bit_count()
        if (plays and not able) or (not low and not able):
            continue
        alike = [d for d in room.workloads.values() if d.section == work.section]
        new = (bits & ~room.union(alike)).bit_count()
        if (new and room.missing(alike) + new > 0) or (bits & ~work.plays).bit_count() + room.missing([work]) > 0:
            continue
        strange = 0 if "bass" in made.roles or not low else 0.5
        found.append((new + strange + (0.3 if plays else 0) + SELDOM * (work.player.seat.role == "colour"), work))
    return min(found, key=lambda one: one[0])[1] if found else None


def _room_for(room: Ensemble, work: Workload, window: Window) -> bool:
    """Whether a section of the form bears one player more, where he would be one."""
    section = window.section
    inside = bits_of([section])
    if (work.wrote | work.plays) & inside:
        return True
    playing = sum(bool((d.wrote | d.plays) & inside) for d in room.workloads.values() if counts_as_player(d.player))
    return playing < PLAYERS[section.level]


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is true of the whole cue when some players consider to rest, in bits.

    own, bound: where they play, and may not rest. support, company, pitched: where others go on under the tune, beside
    a bass, or with more than touches of colour. gaps: where the bass, and where the chords fall silent with them.
    others: the bars of each other section. missing: how many bars they owe.
    """

    own: int
    bound: int
    support: int
    company: int
    pitched: int
    gaps: tuple[int, int]
    others: tuple[int, ...]
    missing: int


def _considered(room: Ensemble, resting: Sequence[Workload], kept: int = 0) -> _Rest:
    bound, support, company, pitched = kept, 0, 0, 0
    before, after = [0, 0], [0, 0]
    others: dict[str, int] = {}
    for work in room.workloads.values():
        rests, role, plays = work in resting, work.player.seat.role, work.plays
        kind = 0 if role == "bass" else 1 if role in CHORDS else None
        if kind is not None:
            before[kind] |= plays
        if rests:
            bound |= work.bound
            continue
        if kind is not None:
            after[kind] |= plays
        others[work.section] = others.get(work.section, 0) | plays
        if role not in ("bass", "colour"):
            company |= plays
        if work.section != DRUMS and role != "colour":
            pitched |= plays & work.carries
            support |= plays & ~work.bound
    gaps = (before[0] & ~after[0], before[1] & ~after[1])
    own = room.union(resting)
    return _Rest(own, bound, support, company, pitched, gaps, tuple(others.values()), room.missing(resting))


def _cost(room: Ensemble, resting: Sequence[Workload], rest: _Rest, window: Window) -> float | None:
    """What it costs, by bar of silence gained, that these players rest in a window; None: they cannot."""
    bits, own = window.bits, rest.own
    if bits & rest.bound or not own & bits:
        return None
    gain = min((own & bits).bit_count() - any(_returns(room, d, window) for d in resting), rest.missing)
    if gain <= 0:
        return None
    bass, chords = rest.gaps[0] & bits, rest.gaps[1] & bits
    low = bass and _stand_in(room, resting, window, low=True)
    high = chords and _stand_in(room, resting, window, low=False)
    drummer = resting[0].section == DRUMS
    if own & bits & ~rest.pitched and not (low or high or drummer):
        return None
    if room.layered and not drummer and not _grounded(room, resting, bits):
        return None
    section = window.section
    cost = FULLNESS * section.energy**3 * window.bars
    cost += (STOOD_IN if low else BASELESS) * bass.bit_count()
    cost += (STOOD_IN if high else BARE) * chords.bit_count()
    if not (low or high or drummer):
        cost += ALONE * (own & bits & ~rest.support).bit_count()
    if not high:
        cost += ALONE * (own & bits & ~rest.company).bit_count()
    cost += CROWDED * (own & bits).bit_count() * len({d.section for d in room.workloads.values() if d.rests & bits})
    playing = sum(bool(plays & bits) for plays in rest.others)
    cost += THIN * max(0, LEAST[section.level] - playing) * window.bars
    for edge, side in ((window.first, window.first - 1), (window.first + window.bars, window.first + window.bars)):
        at_edge = edge in (section.first_bar, section.first_bar + section.bars)
        silent = 0 <= side < room.bars and not own >> side & 1
        cost -= LINKED * (at_edge + silent)
    return (cost + LONG * max(0, _run(own, window, room.bars) - LONGEST) + ENTRANCE) / gain


def _run(own: int, window: Window, bars: int) -> int:
    """How many bars on end players would be silent with a rest in a window."""
    first, last = window.first, window.first + window.bars
    while first > 0 and not own >> (first - 1) & 1:
        first -= 1
    while last < bars and not own >> last & 1:
        last += 1
    return last - first


def _grounded(room: Ensemble, resting: Sequence[Workload], bits: int) -> bool:
    """Whether somebody of a layer as low goes on: intensity levels are cut by layers, and none may fall silent."""
    others = (d.player.seat.levels[0] for d in room.workloads.values() if d not in resting and d.plays & bits
              and d.section != DRUMS)  # fmt: skip
    return min(others, default=FULL + 1) <= min(d.player.seat.levels[0] for d in resting)


def _rest(room: Ensemble, resting: Sequence[Workload], window: Window) -> None:
    """Tell players to rest in a window, and others to stand in for them."""
    gaps = _considered(room, resting).gaps
    for low, roles, gap in ((True, ("bass",), gaps[0]), (False, CHORDS, gaps[1])):
        stand_in = _stand_in(room, resting, window, low) if gap & window.bits else None
        if stand_in is not None:
            sources = [d for d in resting if d.player.seat.role in roles and d.plays & window.bits
                       and d.player.seat.double is None]  # fmt: skip
            if sources:
                source = max(sources, key=lambda d: (d.plays & window.bits).bit_count())
                room.handed.append((source.player.id, stand_in.player.id, window))
                stand_in.plays |= source.plays & window.bits
                stand_in.carries |= source.carries & window.bits
                stand_in.bound |= window.bits
    for work in resting:
        work.rests |= window.bits
        work.plays &= ~window.bits
        if work.section == DRUMS:
            _led_back(room, work, window)
        for other in room.workloads.values():
            if other.player.seat.double == work.player.id:
                other.plays &= ~window.bits


def _returns(room: Ensemble, work: Workload, window: Window) -> bool:
    """Whether a drummer leads back from a rest with a pick-up: from one of two bars and more, where he goes on, unless
    what he goes on to is calm."""
    back = window.first + window.bars
    return work.section == DRUMS and window.bars > 1 and bool((work.plays & ~room.calm) >> back & 1)


def _led_back(room: Ensemble, work: Workload, window: Window) -> None:
    """The last bar of a drummer's rest has the pick-up in it; one that goes on from another takes its pick-up away."""
    own = room.pickups.setdefault(work.player.id, set())
    if window.first in own:
        own.remove(window.first)
        work.plays &= ~(1 << (window.first - 1))
    if _returns(room, work, window):
        own.add(window.first + window.bars)
        work.plays |= 1 << (window.first + window.bars - 1)


def _settle(room: Ensemble, resting: Sequence[Workload]) -> None:
    """Rests for a section, or a player, until nothing is owed: the cheapest first."""
    if room.missing(resting) <= 0:
        return
    name = resting[0].section if len(resting) > 1 else resting[0].player.id
    draw = room.draw.child(name)
    for size, kept in (*((size, room.kept) for size in PHRASES), *((size, room.core) for size in PHRASES[1:])):
        windows = [(window, draw.uniform(0, 0.1)) for window in room.windows[size]]
        while room.missing(resting) > 0:
            rest = _considered(room, resting, kept)
            costs = ((_cost(room, resting, rest, window), taste, window) for window, taste in windows)
            found = [(cost + taste, window) for cost, taste, window in costs if cost is not None]
            if not found:
                break
            _rest(room, resting, min(found, key=lambda one: one[0])[1])


def tacet(
    plan: Plan, cast: Cast, played: Mapping[str, Sequence[Note]], lead: Sequence[Passage],
    needed: Mapping[str, Sequence[Note]], owed: int, draw: Stream,
) -> Tacet:  # fmt: skip
    """Who rests where, and who stands in.

    played, lead, needed: see `workloads_of`. owed: bars, see `owed_bars`.
    """
    if not owed:
        return Tacet({}, (), {})
    workloads = workloads_of(plan, cast, played, lead, needed)
    layered = all(section.level == FULL or section.treatment_row.silent for section in plan.sections)
    calm = bits_of(s for s in plan.sections if s.energy < CALM)
    windows = {size: tuple(windows_of(plan, size)) for size in PHRASES}
    kept, core = kept_bars(plan), kept_bars(plan, growing=True)
    room = Ensemble(plan, workloads, plan.bars, owed, kept, core, calm, layered, windows, draw)
    names = dict.fromkeys(d.section for d in workloads.values())
    sections = [[d for d in workloads.values() if d.section == name] for name in names]
    sections.sort(key=lambda group: _free(room, group))
    for group in sections:
        _settle(room, group)
    for work in workloads.values():
        if work.player.seat.double in (None, "lead"):
            _settle(room, [work])
    rests = {name: spans_of(plan, work.rests) for name, work in workloads.items() if work.rests}
    lines = plan.sheet_lines()
    pickups = {name: frozenset(lines[bar] for bar in bars) for name, bars in room.pickups.items() if bars}
    return Tacet(rests, tuple(room.handed), pickups)


def _free(room: Ensemble, group: Sequence[Workload]) -> int:
    """How many bars could be rests of a section."""
    bound = room.kept
    for work in group:
        bound |= work.bound
    return room.bars - bound.bit_count()
