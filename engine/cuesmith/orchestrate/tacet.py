"""Tacet: every section of the ensemble, and every player, is silent for a quarter of a cue.

An arranger lets a family rest for a phrase at a time: where the music is light, where a section begins or is about to
end, next to where it is silent anyhow. Somebody else takes over its office: the bass goes to a left hand or a low
wind, the chords to whoever has the voices. The tune is never taken from its player, the crest of the cue and its last
chord are never thinned, and no bar is left without a pitch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from cuesmith.chance import Stream
from cuesmith.music.note import Note
from cuesmith.music.pitch import fold
from cuesmith.orchestrate.cast import Cast
from cuesmith.orchestrate.player import Player
from cuesmith.orchestrate.roster import PLAYERS, counted
from cuesmith.orchestrate.silence import DRUMS, UNCOUNTED, bar_lines, section_of, sounding
from cuesmith.score import ChordSpan, Passage, Plan, SectionPlan, cut_around
from cuesmith.specs.library import Banks

RULE = "Q34s"  # the row of rules.yaml that says how much, and where nobody asks
PHRASES = (4, 2, 1)  # bars of a rest: phrases first, half phrases and stops where those do not do
CHORDS = ("pad", "ostinato", "impact")  # roles that carry the harmony
CALLS = {"kakegoe", "swell", "roll"}  # gestures of players who have nothing else to say
SELDOM = 1.0  # against players of rare colours standing in
HELPERS = (*CHORDS, "colour", "bass")  # roles that stand in for others: nobody who has a line of his own
FULL = 4  # the level of the scores that intensity levels are cut from, throughout
LEAST = (1, 2, 2, 3, 3)  # sections that go on playing, by level
THIN = 1.2  # cost of each section fewer than that
BARE, BASELESS = 0.9, 0.7  # of a bar that loses its chords, or its bass, and nobody takes them over
STOOD_IN = 0.15  # of one where somebody does
CALM = 0.5  # energy of a section under which a drummer comes in without a pick-up
FULLNESS = 2.0  # of a bar of the fullest music; it falls with the square of the energy
CROWDED = 0.15  # of a bar for each section that rests there already
LONGEST, LONG = 8, 0.6  # bars that a rest should last at most, and the cost of each bar over that
ALONE = 2.0  # of one in which nobody is left under the tune
ENTRANCE = 2.0  # of every rest, long or short
LINKED = 0.4  # what it is worth that a rest goes on from another, or ends or begins with a section of the form
CREST = 0.5  # of a cue: where its climax is longer than that, only the second half of it is the crest
HELD = ("stop", "silence", "climax")  # hits that everybody meets
LOW = 48  # MIDI pitch: who reaches down to it can carry a bass
BLOCKS = "blocking"  # what was done to a theme that several play in block chords
STANDS_IN = "stands in"  # the device of what is taken over
HANDS = 3  # notes at once from which on a player can add to what he plays
Span = tuple[int, int]  # ticks: start, end


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of bars, as bits, inside one section of the form."""

    first: int
    bars: int
    section: SectionPlan

    @property
    def bits(self) -> int:
        """Its bars."""
        return ((1 << self.bars) - 1) << self.first

    @property
    def start(self) -> int:
        """Its first tick."""
        return self.section.start + (self.first - self.section.first_bar) * self.section.meter.bar_ticks

    @property
    def end(self) -> int:
        """The tick of the bar line after it."""
        return self.start + self.bars * self.section.meter.bar_ticks


@dataclass(frozen=True, slots=True)
class Tacet:
    """rests: player → spans in which he is silent. handed: (from, to, where) what somebody else takes over there.

    pickups: drummer → the bar lines at which he returns with a pick-up.
    """

    rests: Mapping[str, tuple[Span, ...]]
    handed: tuple[tuple[str, str, Window], ...]
    pickups: Mapping[str, frozenset[int]]


@dataclass(slots=True)
class Desk:
    """A player at work: the bars in which he plays, those in which he must, those for which notes have been written,
    those in which he has been told to rest."""

    player: Player
    section: str
    plays: int
    bound: int
    wrote: int
    rests: int = 0


@dataclass(slots=True)
class _Ensemble:
    """Who plays where, as rests are given out. handed: (from, to, window)."""

    plan: Plan
    desks: dict[str, Desk]
    bars: int
    owed: int  # silent bars that a section owes
    kept: int  # bars in which nobody is told to rest
    core: int  # of these, those in which nobody ever is
    calm: int  # bars of light sections, into which nobody fills
    layered: bool
    windows: Mapping[int, tuple[Window, ...]]
    draw: Stream
    handed: list[tuple[str, str, Window]] = field(default_factory=list)
    pickups: dict[str, set[int]] = field(default_factory=dict)

    def union(self, desks: Iterable[Desk]) -> int:
        """The bars in which any of them plays."""
        found = 0
        for desk in desks:
            found |= desk.plays
        return found

    def missing(self, desks: Sequence[Desk]) -> int:
        """How many bars of silence they still owe."""
        return self.owed - (self.bars - self.union(desks).bit_count())


def _windows(plan: Plan, size: int) -> Iterator[Window]:
    """The sections of the form cut into stretches of so many bars, from the first bar on."""
    for section in plan.sections:
        for at in range(0, section.bars, size):
            yield Window(section.first_bar + at, min(size, section.bars - at), section)


def kept_bars(plan: Plan, growing: bool = False) -> int:
    """The crest of the cue, its last chord, and what the picture has everybody hold or break off.

    growing: of the climax only the second half is crest.
    """
    last = 1 << (plan.bars - 1)
    climax = plan.climax
    bars = ceil(climax.bars / 2) if growing or climax.bars > CREST * plan.bars else climax.bars
    first = climax.first_bar + climax.bars - bars
    held = sounding((Note(hit.tick, 1, 0, 0) for hit in plan.hits if hit.kind in HELD), bar_lines(plan))
    return last | held | ((1 << bars) - 1) << first


def _stand_in(room: _Ensemble, resting: Sequence[Desk], window: Window, low: bool) -> Desk | None:
    """Who takes over a bass (low) or chords in a window: one who has a hand free, else one who was silent there."""
    bits = window.bits
    sections = {desk.section for desk in resting}
    found: list[tuple[float, Desk]] = []
    for desk in room.desks.values():
        made = desk.player.instrument
        if made is None or desk in resting or desk.player.seat.double or desk.player.seat.role not in HELPERS:
            continue
        if made.family == "percussion" or desk.player.seat.gestures.keys() & CALLS or not _room_for(room, desk, window):
            continue
        if len(resting) > 1 and desk.section in sections:
            continue
        if desk.bound & bits or desk.rests & bits or (low and made.range[0] > LOW):
            continue
        if room.layered and desk.player.seat.levels[0] > min(d.player.seat.levels[0] for d in resting):
            continue
        able = made.voices >= HANDS
        plays = (desk.plays & bits).bit_count()
        if (plays and not able) or (not low and not able):
            continue
        alike = [d for d in room.desks.values() if d.section == desk.section]
        new = (bits & ~room.union(alike)).bit_count()
        if (new and room.missing(alike) + new > 0) or (bits & ~desk.plays).bit_count() + room.missing([desk]) > 0:
            continue
        strange = 0 if "bass" in made.roles or not low else 0.5
        found.append((new + strange + (0.3 if plays else 0) + SELDOM * (desk.player.seat.role == "colour"), desk))
    return min(found, key=lambda one: one[0])[1] if found else None


def _room_for(room: _Ensemble, desk: Desk, window: Window) -> bool:
    """Whether a section of the form bears one player more, where he would be one."""
    section = window.section
    inside = _bits([section])
    if (desk.wrote | desk.plays) & inside:
        return True
    playing = sum(bool((d.wrote | d.plays) & inside) for d in room.desks.values() if counted(d.player))
    return playing < PLAYERS[section.level]


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is true of the whole cue when some players consider to rest, in bits: where they play and may not rest,
    where others support the tune; who falls silent with them: the bass, the chords, all. others: section → its bars."""

    own: int
    bound: int
    support: int
    pitched: int
    gaps: tuple[int, int]
    others: tuple[int, ...]
    missing: int


def _considered(room: _Ensemble, resting: Sequence[Desk], kept: int = 0) -> _Rest:
    bound, support, pitched = kept, 0, 0
    before, after = [0, 0], [0, 0]
    others: dict[str, int] = {}
    for desk in room.desks.values():
        rests, role, plays = desk in resting, desk.player.seat.role, desk.plays
        kind = 0 if role == "bass" else 1 if role in CHORDS else None
        if kind is not None:
            before[kind] |= plays
        if rests:
            bound |= desk.bound
            continue
        if kind is not None:
            after[kind] |= plays
        others[desk.section] = others.get(desk.section, 0) | plays
        if desk.section != DRUMS:
            pitched |= plays
            support |= plays & ~desk.bound
    gaps = (before[0] & ~after[0], before[1] & ~after[1])
    own = room.union(resting)
    return _Rest(own, bound, support, pitched, gaps, tuple(others.values()), room.missing(resting))


def _cost(room: _Ensemble, resting: Sequence[Desk], rest: _Rest, window: Window) -> float | None:
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
    cost = FULLNESS * section.energy**2 * window.bars
    cost += (STOOD_IN if low else BASELESS) * bass.bit_count()
    cost += (STOOD_IN if high else BARE) * chords.bit_count()
    if not (low or high or drummer):
        cost += ALONE * (own & bits & ~rest.support).bit_count()
    cost += CROWDED * (own & bits).bit_count() * len({d.section for d in room.desks.values() if d.rests & bits})
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


def _grounded(room: _Ensemble, resting: Sequence[Desk], bits: int) -> bool:
    """Whether somebody of a layer as low goes on: intensity levels are cut by layers, and none may fall silent."""
    others = (d.player.seat.levels[0] for d in room.desks.values() if d not in resting and d.plays & bits
              and d.section != DRUMS)  # fmt: skip
    return min(others, default=FULL + 1) <= min(d.player.seat.levels[0] for d in resting)


def _rest(room: _Ensemble, resting: Sequence[Desk], window: Window) -> None:
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
                stand_in.bound |= window.bits
    for desk in resting:
        desk.rests |= window.bits
        desk.plays &= ~window.bits
        if desk.section == DRUMS:
            _led_back(room, desk, window)
        for other in room.desks.values():
            if other.player.seat.double == desk.player.id:
                other.plays &= ~window.bits


def _returns(room: _Ensemble, desk: Desk, window: Window) -> bool:
    """Whether a drummer leads back from a rest with a pick-up: from one of two bars and more, where he goes on, unless
    what he goes on to is calm."""
    back = window.first + window.bars
    return desk.section == DRUMS and window.bars > 1 and bool((desk.plays & ~room.calm) >> back & 1)


def _led_back(room: _Ensemble, desk: Desk, window: Window) -> None:
    """The last bar of a drummer's rest has the pick-up in it; a rest that goes on from another takes its pick-up away."""
    own = room.pickups.setdefault(desk.player.id, set())
    if window.first in own:
        own.remove(window.first)
        desk.plays &= ~(1 << (window.first - 1))
    if _returns(room, desk, window):
        own.add(window.first + window.bars)
        desk.plays |= 1 << (window.first + window.bars - 1)


def _settle(room: _Ensemble, resting: Sequence[Desk]) -> None:
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


def _bits(sections: Iterable[SectionPlan]) -> int:
    """The bars of some sections of the form."""
    found = 0
    for section in sections:
        found |= ((1 << section.bars) - 1) << section.first_bar
    return found


def _desks(
    plan: Plan, cast: Cast, played: Mapping[str, Sequence[Note]], lead: Sequence[Passage],
    needed: Mapping[str, Sequence[Note]],
) -> dict[str, Desk]:  # fmt: skip
    """Every player who plays at all, at his desk."""
    lines = bar_lines(plan)
    desks: dict[str, Desk] = {}
    for player in cast.players:
        model = player.seat.double
        if player.seat.role in UNCOUNTED:
            continue
        if model is None or model == "lead":
            plays = sounding(played.get(player.id, ()), lines)
        else:
            plays = desks[model].plays & _bits(s for s in plan.sections if cast.active(player, s)) if model in desks else 0
        if plays:
            own = (n for p in lead if p.device == player.id and _leads(cast, p) for n in p.notes)
            bound = sounding(own, lines) | sounding(needed.get(player.id, ()), lines)
            desks[player.id] = Desk(player, section_of(player.seat.role, player.instrument), plays, bound, plays)
    return desks


def _leads(cast: Cast, passage: Passage) -> bool:
    """Whether a passage is the tune, and not a lower voice of a tune in block chords, without which it is still heard."""
    below = passage.statement is not None and BLOCKS in passage.statement.ops
    return not below or cast.leads[passage.section] == passage.device


def owed_bars(plan: Plan, cast: Cast, contexts: tuple[str, ...], banks: Banks) -> int:
    """The silent bars that every section of the ensemble owes; 0 where the rule does not hold.

    contexts: of the cue, as rules name them.
    """
    rule = banks.rules[RULE]
    limits = rule.limits_for(contexts)
    sections = {section_of(p.seat.role, p.instrument) for p in cast.players if p.seat.role not in UNCOUNTED}
    if not rule.speaks(contexts) or plan.bars < limits["bars"] or len(sections) < limits["sections"]:
        return 0
    return ceil(limits["least"] * plan.bars - 1e-9)


def tacet(
    plan: Plan, cast: Cast, played: Mapping[str, Sequence[Note]], lead: Sequence[Passage],
    needed: Mapping[str, Sequence[Note]], owed: int, draw: Stream,
) -> Tacet:  # fmt: skip
    """Who rests where, and who stands in.

    played: what every player plays, by id, those who double other seats than the tune left out. lead: the passages of
    the tune, by who plays them. needed: what drummers play that leads over a boundary. owed: see `owed_bars`.
    """
    if not owed:
        return Tacet({}, (), {})
    desks = _desks(plan, cast, played, lead, needed)
    layered = all(section.level == FULL or section.treatment == "break" for section in plan.sections)
    calm = _bits(s for s in plan.sections if s.energy < CALM)
    windows = {size: tuple(_windows(plan, size)) for size in PHRASES}
    room = _Ensemble(plan, desks, plan.bars, owed, kept_bars(plan), kept_bars(plan, growing=True), calm, layered, windows, draw)
    sections = [[d for d in desks.values() if d.section == name] for name in dict.fromkeys(d.section for d in desks.values())]
    sections.sort(key=lambda group: _free(room, group))
    for group in sections:
        _settle(room, group)
    for desk in desks.values():
        if desk.player.seat.double in (None, "lead"):
            _settle(room, [desk])
    rests = {name: _spans(plan, desk.rests) for name, desk in desks.items() if desk.rests}
    lines = bar_lines(plan)
    pickups = {name: frozenset(lines[bar] for bar in bars) for name, bars in room.pickups.items() if bars}
    return Tacet(rests, tuple(room.handed), pickups)


def _free(room: _Ensemble, group: Sequence[Desk]) -> int:
    """How many bars could be rests of a section."""
    bound = room.kept
    for desk in group:
        bound |= desk.bound
    return room.bars - bound.bit_count()


def _spans(plan: Plan, bits: int) -> tuple[Span, ...]:
    """Bars as stretches of time."""
    lines = bar_lines(plan)
    out: list[Span] = []
    for bar in range(plan.bars):
        if bits >> bar & 1:
            start, end = lines[bar], lines[bar + 1]
            out = [*out[:-1], (out[-1][0], end)] if out and out[-1][1] == start else [*out, (start, end)]
    return tuple(out)


def silenced(passages: tuple[Passage, ...], spans: Iterable[Span]) -> tuple[Passage, ...]:
    """The passages with rests; a statement of which some is lost is none any more."""
    for start, end in spans:
        passages = cut_around(passages, start, end)
        passages = tuple(
            replace(p, statement=None) if p.statement and p.statement.start < end and start < p.statement.end else p
            for p in passages
        )
    return passages


def _office(
    plan: Plan, harmony: Sequence[ChordSpan], passages: Iterable[Passage], player: Player, window: Window
) -> list[Note]:
    """What is taken over: chords as they stand; of a bass the foot of each chord, bar by bar, as a left hand plays it."""
    start, end = window.start, window.end
    notes = sorted(n for p in passages for n in p.notes if start <= n.onset < end)
    if player.seat.role != "bass":
        return [n._replace(duration=min(n.end, end) - n.onset) for n in notes]
    bar = window.section.meter.bar_ticks
    out = []
    for line in range(start, end, bar):
        for span in harmony:
            first, last = max(line, span.onset), min(line + bar, span.end)
            played = [n for n in notes if first <= n.onset < last] if first < last else []
            if played:
                near = min(played, key=lambda n: (n.pitch % 12 != span.chord.bass, n.onset))
                pitch = near.pitch + (span.chord.bass - near.pitch + 6) % 12 - 6
                out.append(Note(first, last - first, pitch, played[0].velocity))
    return out


def handed_over(
    plan: Plan, harmony: Sequence[ChordSpan], passages: Mapping[str, tuple[Passage, ...]], found: Tacet,
    players: Mapping[str, Player],
) -> dict[str, tuple[Passage, ...]]:
    """The passages of all seats with their rests, and what others take over in them."""
    out = {name: silenced(own, found.rests.get(name, ())) for name, own in passages.items()}
    for source, target, window in found.handed:
        start, end = window.start, window.end
        to = players[target].instrument
        assert to is not None
        low, high = to.range
        mine = out.get(target, ())
        if to.voices < HANDS:
            mine = cut_around(mine, start, end)
        busy = [n for p in mine for n in p.notes if n.onset < end and n.end > start]
        free = [note for note in _office(plan, harmony, passages[source], players[source], window) if note.pitch <= high]
        taken = []
        for note in free:
            pitch = fold(note.pitch, low, high)
            if pitch <= high and not any(n.pitch == pitch and n.onset < note.end and n.end > note.onset for n in busy):
                taken.append(note._replace(pitch=pitch))
        if taken:
            mine = (*mine, Passage(tuple(taken), window.section.index, STANDS_IN))
        out[target] = tuple(sorted(mine, key=lambda p: (p.section, p.notes[0].onset)))
    return out
