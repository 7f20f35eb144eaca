"""Tacet: choose rests so that every section of the ensemble, and every player, is silent for a quarter of the cue.

As an arranger would, rests are given by the phrase: where the music is soft, where a section of the form begins or
ends, next to bars that are silent anyway. Another player may stand in: a left hand or a low wind for the bass, an
instrument with several voices for the chords. The tune always stays with its player, nobody rests at the climax and on
the last chord, and no bar loses all its pitched parts.
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
    protected_bars,
    spans_of,
    windows_of,
    workloads_of,
)
from cuesmith.plan.model import Plan
from cuesmith.score import Passage

PHRASES = (4, 2, 1)  # lengths of rests in bars, tried in this order
CHORDS = ("pad", "ostinato", "impact")  # roles that carry the harmony
CALLS = {"kakegoe", "swell", "roll"}  # gestures of players who play nothing else
SELDOM = 1.0  # cost of a stand-in from the colours
HELPERS = (*CHORDS, "colour", "bass")  # roles that may stand in; lead and counter-line have their own lines
FULL = 4  # level of every section in a score from which intensity levels are cut
LEAST = (1, 2, 2, 3, 3)  # sections of the ensemble that should go on playing, by level
THIN = 0.8  # cost of each section fewer, per bar
BARE, BASELESS = 0.9, 0.7  # cost of a bar that loses its chords, or its bass, without a stand-in
STOOD_IN = 0.15  # the same with a stand-in
CALM = 0.5  # in a section with less energy a drummer returns without a pick-up
FULLNESS = 3.0  # cost of a bar at full energy; it falls with the cube of the energy
CROWDED = 0.15  # cost per bar for each section that rests there already
LONGEST, LONG = 8, 0.6  # longest rest in bars, and the cost of each bar beyond it
ALONE = 2.0  # cost of a bar that leaves no accompaniment, or only a bass
ENTRANCE = 2.0  # cost of every rest
LINKED = 0.4  # gain when a rest adjoins another, or an edge of a section of the form
LOW = 48  # MIDI pitch; an instrument that reaches it can play a bass
HANDS = 3  # an instrument with this many voices can add a part to its own


@dataclass(frozen=True, slots=True)
class Tacet:
    """The rests of a cue.

    rests: player id → spans (ticks) of silence.
    handed_over: (from player, to player, window) where another player stands in.
    pickups: drummer id → ticks of the bar lines at which they return with a pick-up.
    """

    rests: Mapping[str, tuple[Span, ...]]
    handed_over: tuple[tuple[str, str, Window], ...]
    pickups: Mapping[str, frozenset[int]]


def _find_stand_in(ensemble: Ensemble, resting: Sequence[Workload], window: Window, low: bool) -> Workload | None:
    """Find a player for a bass (low) or chords in a window: one with a free hand, else one who is silent there."""
    bits = window.bits
    sections = {workload.section for workload in resting}
    found: list[tuple[float, Workload]] = []
    for workload in ensemble.workloads.values():
        instrument = workload.player.instrument
        if (
            instrument is None
            or workload in resting
            or workload.player.seat.double
            or workload.player.seat.role not in HELPERS
        ):
            continue
        if (
            instrument.family == "percussion"
            or workload.player.seat.gestures.keys() & CALLS
            or not _fits_section(ensemble, workload, window)
        ):
            continue
        if (len(resting) > 1 and workload.section in sections) or workload.player.seat.levels[
            0
        ] > window.section.level + 1:
            continue  # the player's section rests too, or the player is too loud for this level
        if workload.must_play & bits or workload.rests & bits or (low and instrument.range[0] > LOW):
            continue
        if ensemble.layered and workload.player.seat.levels[0] > min(d.player.seat.levels[0] for d in resting):
            continue
        has_voices = instrument.voices >= HANDS
        plays = (workload.plays & bits).bit_count()
        if (plays and not has_voices) or (not low and not has_voices):
            continue
        alike = [d for d in ensemble.workloads.values() if d.section == workload.section]
        new = (bits & ~ensemble.union(alike)).bit_count()
        if (new and ensemble.missing(alike) + new > 0) or (bits & ~workload.plays).bit_count() + ensemble.missing(
            [workload]
        ) > 0:
            continue
        unusual = 0 if "bass" in instrument.roles or not low else 0.5
        found.append(
            (new + unusual + (0.3 if plays else 0) + SELDOM * (workload.player.seat.role == "colour"), workload)
        )
    return min(found, key=lambda one: one[0])[1] if found else None


def _fits_section(ensemble: Ensemble, workload: Workload, window: Window) -> bool:
    """Tell whether a section of the form may have this player, in addition to those who play in it."""
    section = window.section
    inside = bits_of([section])
    if (workload.written | workload.plays) & inside:
        return True
    playing = sum(
        bool((d.written | d.plays) & inside) for d in ensemble.workloads.values() if counts_as_player(d.player)
    )
    return playing < PLAYERS[section.level]


@dataclass(frozen=True, slots=True)
class _Situation:
    """The state of the whole cue when some players are considered for a rest, as bits.

    playing: bars in which they play. must_play: bars in which they may not rest.
    support, company, pitched: bars in which others accompany the tune; in which others than bass and colours play; in
        which others play pitched parts that leave no pause.
    gaps: bars without bass, and bars without chords, once they rest.
    others: the bars of each other section of the ensemble.
    missing: how many silent bars they still need.
    """

    playing: int
    must_play: int
    support: int
    company: int
    pitched: int
    gaps: tuple[int, int]
    others: tuple[int, ...]
    missing: int


def _situation(ensemble: Ensemble, resting: Sequence[Workload], protected: int = 0) -> _Situation:
    """Describe the cue as if these players rested everywhere; `protected` adds bars in which they may not."""
    must_play, support, company, pitched = protected, 0, 0, 0
    before, after = [0, 0], [0, 0]
    others: dict[str, int] = {}
    for workload in ensemble.workloads.values():
        rests, role, plays = workload in resting, workload.player.seat.role, workload.plays
        kind = 0 if role == "bass" else 1 if role in CHORDS else None
        if kind is not None:
            before[kind] |= plays
        if rests:
            must_play |= workload.must_play
            continue
        if kind is not None:
            after[kind] |= plays
        others[workload.section] = others.get(workload.section, 0) | plays
        if role not in ("bass", "colour"):
            company |= plays
        if workload.section != DRUMS and role != "colour":
            pitched |= plays & workload.covers
            support |= plays & ~workload.must_play
    gaps = (before[0] & ~after[0], before[1] & ~after[1])
    playing = ensemble.union(resting)
    return _Situation(
        playing, must_play, support, company, pitched, gaps, tuple(others.values()), ensemble.missing(resting)
    )


def _cost(ensemble: Ensemble, resting: Sequence[Workload], situation: _Situation, window: Window) -> float | None:
    """Return the cost of a rest in a window, per bar of silence gained; None when these players cannot rest there."""
    bits, playing_bits = window.bits, situation.playing
    if bits & situation.must_play or not playing_bits & bits:
        return None
    gain = min(
        (playing_bits & bits).bit_count() - any(_returns(ensemble, d, window) for d in resting), situation.missing
    )
    if gain <= 0:
        return None
    bass, chords = situation.gaps[0] & bits, situation.gaps[1] & bits
    low = bass and _find_stand_in(ensemble, resting, window, low=True)
    high = chords and _find_stand_in(ensemble, resting, window, low=False)
    drummer = resting[0].section == DRUMS
    if playing_bits & bits & ~situation.pitched and not (low or high or drummer):
        return None
    if ensemble.layered and not drummer and not _layer_remains(ensemble, resting, bits):
        return None
    section = window.section
    cost = FULLNESS * section.energy**3 * window.bars
    cost += (STOOD_IN if low else BASELESS) * bass.bit_count()
    cost += (STOOD_IN if high else BARE) * chords.bit_count()
    if not (low or high or drummer):
        cost += ALONE * (playing_bits & bits & ~situation.support).bit_count()
    if not high:
        cost += ALONE * (playing_bits & bits & ~situation.company).bit_count()
    cost += (
        CROWDED
        * (playing_bits & bits).bit_count()
        * len({d.section for d in ensemble.workloads.values() if d.rests & bits})
    )
    sections_left = sum(bool(plays & bits) for plays in situation.others)
    cost += THIN * max(0, LEAST[section.level] - sections_left) * window.bars
    for edge, side in ((window.first, window.first - 1), (window.first + window.bars, window.first + window.bars)):
        at_edge = edge in (section.first_bar, section.first_bar + section.bars)
        silent = 0 <= side < ensemble.bars and not playing_bits >> side & 1
        cost -= LINKED * (at_edge + silent)
    return (cost + LONG * max(0, _run_length(playing_bits, window, ensemble.bars) - LONGEST) + ENTRANCE) / gain


def _run_length(playing: int, window: Window, bars: int) -> int:
    """Return how many bars in a row the players would be silent with a rest in this window."""
    first, last = window.first, window.first + window.bars
    while first > 0 and not playing >> (first - 1) & 1:
        first -= 1
    while last < bars and not playing >> last & 1:
        last += 1
    return last - first


def _layer_remains(ensemble: Ensemble, resting: Sequence[Workload], bits: int) -> bool:
    """Tell whether another player of a layer as low goes on. Intensity levels are cut by layers, so each must sound."""
    others = (d.player.seat.levels[0] for d in ensemble.workloads.values() if d not in resting and d.plays & bits
              and d.section != DRUMS)  # fmt: skip
    return min(others, default=FULL + 1) <= min(d.player.seat.levels[0] for d in resting)


def _apply_rest(ensemble: Ensemble, resting: Sequence[Workload], window: Window) -> None:
    """Let players rest in a window, and others stand in for them."""
    gaps = _situation(ensemble, resting).gaps
    for low, roles, gap in ((True, ("bass",), gaps[0]), (False, CHORDS, gaps[1])):
        stand_in = _find_stand_in(ensemble, resting, window, low) if gap & window.bits else None
        if stand_in is not None:
            sources = [d for d in resting if d.player.seat.role in roles and d.plays & window.bits
                       and d.player.seat.double is None]  # fmt: skip
            if sources:
                source = max(sources, key=lambda d: (d.plays & window.bits).bit_count())
                ensemble.handed_over.append((source.player.id, stand_in.player.id, window))
                stand_in.plays |= source.plays & window.bits
                stand_in.covers |= source.covers & window.bits
                stand_in.must_play |= window.bits
    for workload in resting:
        workload.rests |= window.bits
        workload.plays &= ~window.bits
        if workload.section == DRUMS:
            _update_pickups(ensemble, workload, window)
        for other in ensemble.workloads.values():
            if other.player.seat.double == workload.player.id:
                other.plays &= ~window.bits


def _returns(ensemble: Ensemble, workload: Workload, window: Window) -> bool:
    """Tell whether a drummer returns from a rest with a pick-up: after two bars or more, unless the music is soft."""
    back = window.first + window.bars
    return workload.section == DRUMS and window.bars > 1 and bool((workload.plays & ~ensemble.calm) >> back & 1)


def _update_pickups(ensemble: Ensemble, workload: Workload, window: Window) -> None:
    """Put a pick-up into the last bar of a drummer's rest, and remove the one of an earlier rest it continues."""
    bars = ensemble.pickups.setdefault(workload.player.id, set())
    if window.first in bars:
        bars.remove(window.first)
        workload.plays &= ~(1 << (window.first - 1))
    if _returns(ensemble, workload, window):
        bars.add(window.first + window.bars)
        workload.plays |= 1 << (window.first + window.bars - 1)


def _assign_rests(ensemble: Ensemble, resting: Sequence[Workload]) -> None:
    """Give rests to a section of the ensemble, or a player, until they have enough; the cheapest first."""
    if ensemble.missing(resting) <= 0:
        return
    name = resting[0].section if len(resting) > 1 else resting[0].player.id
    draw = ensemble.draw.child(name)
    for size, protected in (
        *((size, ensemble.protected) for size in PHRASES),
        *((size, ensemble.always_protected) for size in PHRASES[1:]),
    ):
        windows = [(window, draw.uniform(0, 0.1)) for window in ensemble.windows[size]]
        while ensemble.missing(resting) > 0:
            situation = _situation(ensemble, resting, protected)
            costs = ((_cost(ensemble, resting, situation, window), noise, window) for window, noise in windows)
            found = [(cost + noise, window) for cost, noise, window in costs if cost is not None]
            if not found:
                break
            _apply_rest(ensemble, resting, min(found, key=lambda one: one[0])[1])


def tacet(
    plan: Plan, cast: Cast, played: Mapping[str, Sequence[Note]], lead: Sequence[Passage],
    needed: Mapping[str, Sequence[Note]], owed: int, draw: Stream,
) -> Tacet:  # fmt: skip
    """Choose who rests where, and who stands in.

    played, lead, needed: see `workloads_of`. owed: bars of silence per section and player, see `owed_bars`.
    """
    if not owed:
        return Tacet({}, (), {})
    workloads = workloads_of(plan, cast, played, lead, needed)
    layered = all(section.level == FULL or section.treatment_row.silent for section in plan.sections)
    calm = bits_of(s for s in plan.sections if s.energy < CALM)
    windows = {size: tuple(windows_of(plan, size)) for size in PHRASES}
    kept, core = protected_bars(plan), protected_bars(plan, only_growing=True)
    ensemble = Ensemble(plan, workloads, plan.bars, owed, kept, core, calm, layered, windows, draw)
    names = dict.fromkeys(d.section for d in workloads.values())
    sections = [[d for d in workloads.values() if d.section == name] for name in names]
    sections.sort(key=lambda group: _possible_rests(ensemble, group))
    for group in sections:
        _assign_rests(ensemble, group)
    for workload in workloads.values():
        if workload.player.seat.double in (None, "lead"):
            _assign_rests(ensemble, [workload])
    rests = {name: spans_of(plan, workload.rests) for name, workload in workloads.items() if workload.rests}
    lines = plan.sheet_lines()
    pickups = {name: frozenset(lines[bar] for bar in bars) for name, bars in ensemble.pickups.items() if bars}
    return Tacet(rests, tuple(ensemble.handed_over), pickups)


def _possible_rests(ensemble: Ensemble, group: Sequence[Workload]) -> int:
    """Return the number of bars in which all of a section could rest."""
    must_play = ensemble.protected
    for workload in group:
        must_play |= workload.must_play
    return ensemble.bars - must_play.bit_count()
