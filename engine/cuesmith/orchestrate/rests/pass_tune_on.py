"""The tune passed on: where one family of instruments would lead so long that it could never rest, another goes on.

The tune changes hands at the end of a phrase, where nobody's notes are cut, and rather late in the cue than where a
theme is heard first; it keeps its notes and takes the octave in which it lies well for whoever takes it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.casting.cast import Cast
from cuesmith.casting.player import Player
from cuesmith.orchestrate.rests.silent_bars import section_of, sounding
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import Passage

PHRASE = 4  # bars; the tune changes hands where one ends
OUTSIDE = 0.04  # share of a phrase that may lie outside the good register of who takes it
FIRST = 0.6  # cost of taking away the first statement of a theme
STRANGE = 0.25  # cost of each level by which a section lies away from those of a seat
OCTAVES = (0, -12, 12, -24, 24)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Passages of one player that are passed on together: their places among the lead's, and their bars as bits."""

    player: str
    places: tuple[int, ...]
    bars: int
    section: SectionPlan


def _phrases(plan: Plan, lead: Sequence[Passage], lines: Sequence[int]) -> list[_Phrase]:
    """What every player leads, cut at the ends of phrases over which no passage goes."""
    out: list[_Phrase] = []
    by_place: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for place, passage in enumerate(lead):
        if passage.notes:
            by_place.setdefault((passage.section, passage.device), []).append((passage.notes[0].onset, place))
    for (index, player), found in by_place.items():
        section = plan.sections[index]
        step = PHRASE * section.meter.bar_ticks
        group: list[int] = []
        until = 0
        for onset, place in sorted(found):
            edge = (until - section.start + step - 1) // step  # the phrase in which the notes so far end
            if group and onset >= until and (onset - section.start) // step >= edge:
                out.append(_phrase(player, group, section, lead, lines))
                group = []
            group.append(place)
            until = max(until, *(n.end for n in lead[place].notes))
        out.append(_phrase(player, group, section, lead, lines))
    return out


def _phrase(
    player: str, places: Sequence[int], section: SectionPlan, lead: Sequence[Passage], lines: Sequence[int]
) -> _Phrase:
    return _Phrase(player, tuple(places), sounding((n for p in places for n in lead[p].notes), lines), section)


def _shift(phrase: _Phrase, lead: Sequence[Passage], player: Player, ceiling: int) -> int | None:
    """Semitones, in octaves, by which a phrase lies well for a player; None where it does not."""
    made = player.instrument
    assert made is not None
    pitches = [n.pitch for place in phrase.places for n in lead[place].notes]
    for shift in OCTAVES:
        low, high = min(pitches) + shift, max(pitches) + shift
        inside = made.range[0] <= low and high <= min(made.range[1], ceiling)
        if inside and sum(not made.sweet[0] <= p + shift <= made.sweet[1] for p in pitches) <= OUTSIDE * len(pitches):
            return shift
    return None


def pass_tune_on(plan: Plan, cast: Cast, lead: Sequence[Passage], owed: int, kept: int) -> tuple[Passage, ...]:
    """The lead's passages, some in other hands, so that no family leads in more bars than leave it `owed` silent ones.

    kept: bars, as bits, in which nobody rests. The same where nothing has to change, or nobody else can.
    """
    leaders = {p.id: p for p in cast.players if p.seat.role == "lead" and p.seat.double is None and p.instrument}
    of = {id_: section_of("lead", p.instrument) for id_, p in leaders.items()}
    lines = plan.sheet_lines()
    bound = _bound(lead, of, lines)
    free = {name: plan.bars - (bits | kept).bit_count() for name, bits in bound.items()}
    if not owed or all(bars >= owed for bars in free.values()):
        return tuple(lead)
    out = list(lead)
    ceiling = max(n.pitch for p in lead for n in p.notes)
    phrases = [p for p in _phrases(plan, lead, lines) if p.player in leaders]
    for name in bound:
        while plan.bars - (bound[name] | kept).bit_count() < owed:
            found = [
                (cost, phrase, to, shift)
                for phrase in phrases
                if of[phrase.player] == name and phrase.bars & ~kept
                for to, player in leaders.items()
                if of[to] != name and not _sings(to, phrase, phrases)
                and plan.bars - (bound.get(of[to], 0) | phrase.bars | kept).bit_count() >= owed
                and (shift := _shift(phrase, out, player, ceiling)) is not None
                for cost in (_cost(phrase, player, kept),)
            ]  # fmt: skip
            if not found:
                break
            _, phrase, to, shift = min(found, key=lambda one: one[0])
            for place in phrase.places:
                notes = tuple(n._replace(pitch=n.pitch + shift) for n in out[place].notes)
                out[place] = replace(out[place], notes=notes, device=to)
            phrases[phrases.index(phrase)] = replace(phrase, player=to)
            bound = {**bound, **_bound(out, of, lines)}
            if not any(of[p.player] == name for p in phrases):
                break
    return tuple(out)


def _bound(lead: Iterable[Passage], of: Mapping[str, str], lines: Sequence[int]) -> dict[str, int]:
    """The bars in which each family leads, as bits."""
    found: dict[str, int] = dict.fromkeys(of.values(), 0)
    for passage in lead:
        if passage.device in of:
            found[of[passage.device]] |= sounding(passage.notes, lines)
    return found


def _sings(player: str, phrase: _Phrase, phrases: Iterable[_Phrase]) -> bool:
    """Whether a player has a tune of his own in the bars of a phrase."""
    return any(p.player == player and p.bars & phrase.bars for p in phrases)


def _cost(phrase: _Phrase, player: Player, kept: int) -> float:
    """What it costs that a player takes over a phrase: by place in the cue, level, and what of it is kept anyway."""
    low, high = player.seat.levels
    section = phrase.section
    off = max(low - section.level, section.level - high, 0)
    first = section.treatment_row.theme == "told" and bool(phrase.bars >> section.first_bar & 1)
    return section.energy + FIRST * first + STRANGE * off + (phrase.bars & kept).bit_count()
