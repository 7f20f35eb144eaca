"""Staging: who is held back until where in the form, and who drops out for a line (styles/banks/stagings.yaml).

Players are only taken out, never added. Those who have the tune keep it; nobody rests in the climax, in the last bar,
or on hits of the picture; and no rest leaves the tune without accompaniment, or a bar without anything that carries it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cuesmith.casting.player import Player
from cuesmith.chance import Stream
from cuesmith.music.note import Note
from cuesmith.orchestrate.rests.bar_sets import bars_from, protected_bars, sounding_bars
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.stagings import DRUMS, Bars, StagedRest, Staging, Where

LEAST_BARS = 8  # in shorter cues nobody is held back
PHRASE_BARS = 4
LONGEST_PAUSE_SEC = 1.6  # rests leave no silence longer than this
AS_WRITTEN = Staging(about="nobody is held back")
CARRIES = ("bass", "pad", "ostinato", "impact", "counter")  # roles that accompany a tune


def choose_staging(plan: Plan, family: str, rows: Mapping[str, Staging], draw: Stream) -> Staging:
    """Draw the staging of a cue. family: of the style."""
    if plan.bars < LEAST_BARS:
        return AS_WRITTEN
    weights = {name: row.families.get(family, 0.0) * row.cues.get(plan.brief.type, 1.0) for name, row in rows.items()}
    return rows[draw.weighted(weights)] if any(weights.values()) else AS_WRITTEN


def is_there(section: SectionPlan, where: Where, plan: Plan) -> bool:
    """Tell whether a section is one of those that a staging names."""
    use, place = section.treatment_row.theme, section.treatment_row.place
    stated = [s.index for s in plan.sections if s.treatment_row.whole or s.treatment_row.theme == "head"]
    first = stated[0] if stated else next((s.index for s in plan.sections if s.theme), 0)
    match where:
        case "opening":
            return section.index < first
        case "first":
            return section.index == first
        case "returns":
            return use in ("again", "told", "crowned") and section.index > first and place is None
        case "away":
            return use == "away"
        case "vamp":
            return use == "awaited" and section.index > first
        case "rising":
            return use == "rising"
        case "before_climax":
            return section.index == plan.climax.index - 1
        case "after_climax":
            return section.index > plan.climax.index
    raise AssertionError(where)


def bars_of(section: SectionPlan, which: Bars) -> int:
    """Return the bars of a section that a staging names, as bits."""
    count, first = section.bars, section.first_bar
    phrase = min(PHRASE_BARS, count)
    half = count // 2
    start, length = {
        "all": (0, count),
        "first_half": (0, half),
        "last_half": (count - half, half),
        "first_phrase": (0, phrase),
        "last_phrase": (count - phrase, phrase),
        "last_bar": (count - 1, 1),
    }[which]
    return bars_from(first + start, length)


def is_named(player: Player, who: Collection[str]) -> bool:
    """Tell whether a staging names a player: by role, by family of the instrument, or as a drummer.

    A bass is named by its role alone, so that the strings may rest over their own bass.
    """
    role, instrument = player.seat.role, player.instrument
    if instrument is None or role == "pulse":
        return DRUMS in who
    return role in who or (role != "bass" and instrument.family in who)


def asked_rests(
    staging: Staging, plan: Plan, players: Iterable[Player], tunes: Collection[tuple[int, str]], driven: bool
) -> dict[str, int]:
    """Return the bars in which each player should rest.

    tunes: (section, player) with the tune. driven: drums and bass rest for a last bar at most.
    """
    kept = protected_bars(plan)
    out = {}
    for player in players:
        bits = 0
        for rest in staging.rests:
            if not is_named(player, rest.who) or (driven and _carries_beat(player) and rest.bars != "last_bar"):
                continue
            bits |= _bits(rest, plan, player, tunes)
        if bits & ~kept:
            out[player.id] = bits & ~kept
    return out


def _bits(rest: StagedRest, plan: Plan, player: Player, tunes: Collection[tuple[int, str]]) -> int:
    """Return the bars of one rest of a staging for a player who is named in it."""
    bits = 0
    for section in plan.sections:
        if (section.index, player.id) not in tunes and any(is_there(section, where, plan) for where in rest.where):
            bits |= bars_of(section, rest.bars)
    return bits


def _carries_beat(player: Player) -> bool:
    return player.instrument is None or player.seat.role in ("pulse", "bass")


@dataclass(frozen=True, slots=True)
class Played:
    """What a player has written: the player, the notes, and the bars in which they sound."""

    player: Player
    notes: tuple[Note, ...]
    bars: int


def allowed_rests(
    asked: Mapping[str, int], written: Mapping[str, Played], tune: Sequence[Note], plan: Plan
) -> dict[str, int]:
    """Return the rests that leave enough: section by section, players are called back until what is left carries.

    written: by player, without the tune. tune: its notes.
    """
    lines = plan.sheet_lines()
    sung = sounding_bars(tune, lines)
    rests = {id_: bits & written[id_].bars for id_, bits in asked.items() if id_ in written}
    for section in plan.sections:
        here = bars_from(section.first_bar, section.bars)
        while bare := _bare_bars(rests, written, tune, sung, here, plan, lines):
            helpers = [id_ for id_, bits in rests.items() if bits & here and written[id_].bars & bare]
            if not helpers:
                break
            back = max(helpers, key=lambda id_: _use(written[id_], bare))
            rests[back] &= ~here
    return {id_: bits for id_, bits in rests.items() if bits}


def _use(played: Played, bare: int) -> tuple[int, bool, int]:
    """Return how much a player helps in bare bars; the soft ones, who play chords, first."""
    seat = played.player.seat
    return (played.bars & bare).bit_count(), seat.role in ("pad", "ostinato"), -seat.levels[0]


def _bare_bars(
    rests: Mapping[str, int], written: Mapping[str, Played], tune: Sequence[Note], sung: int, here: int, plan: Plan,
    lines: Sequence[int],
) -> int:  # fmt: skip
    """Return the bars of a section in which rests leave too little: a tune alone, less than two without it, a hole."""
    full: list[int] = [0, 0, 0]  # bars with at least one, two … who carry, as written
    left: list[int] = [0, 0, 0]
    for id_, played in written.items():
        role = played.player.seat.role
        if role in CARRIES or played.player.instrument is None:
            _count(full, played.bars & here)
            _count(left, played.bars & here & ~rests.get(id_, 0))
    bare = full[0] & ~left[0] | full[1] & ~left[1] & ~sung
    if not any(bits & here for bits in rests.values()):
        return 0
    return bare | _new_holes(rests, written, tune, here, plan, lines)


def _count(counts: list[int], bars: int) -> None:
    """Add a player's bars: counts[n] are the bars in which more than n play."""
    for number in range(len(counts) - 1, 0, -1):
        counts[number] |= counts[number - 1] & bars
    counts[0] |= bars


def _new_holes(
    rests: Mapping[str, int], written: Mapping[str, Played], tune: Sequence[Note], here: int, plan: Plan,
    lines: Sequence[int],
) -> int:  # fmt: skip
    """Return the bars of a section touched by a silence that is too long, and was not there before."""
    first = (here & -here).bit_length() - 1
    start, end = lines[first], lines[here.bit_length()]
    before: list[Note] = list(tune)
    after: list[Note] = list(tune)
    for id_, played in written.items():
        resting = rests.get(id_, 0) & here
        notes = [n for n in played.notes if n.onset < end and n.end > start]
        before += notes
        after += [n for n in notes if not resting or not sounding_bars((n,), lines) & resting]
    return _holes(after, start, end, plan, lines) & ~_holes(before, start, end, plan, lines)


def _holes(notes: Sequence[Note], start: int, end: int, plan: Plan, lines: Sequence[int]) -> int:
    """Return the bars touched by silences longer than LONGEST_PAUSE_SEC between two ticks."""
    played = sorted(n for n in notes if n.onset < end and n.end > start)
    starts = np.array([*(max(n.onset, start) for n in played), end])
    reached = np.maximum.accumulate(np.array([start, *(n.end for n in played)]))
    long = plan.tempo.seconds_array(starts) - plan.tempo.seconds_array(reached) > LONGEST_PAUSE_SEC
    pauses = zip(reached[long].tolist(), starts[long].tolist(), strict=True)
    return sounding_bars([Note(low, high - low, 0, 0) for low, high in pauses], lines)
