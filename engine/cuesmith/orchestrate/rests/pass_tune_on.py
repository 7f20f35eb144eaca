"""Pass the tune on: give phrases of the lead to another family, where one would lead too long to rest.

The tune changes players between phrases, where no note is cut, and preferably late in the cue, not where a theme is
heard first. It keeps its notes, in the octave that suits the new player.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.casting.cast import Cast
from cuesmith.casting.player import Player
from cuesmith.orchestrate.rests.silent_bars import section_of, sounding_bars
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import Passage

PHRASE = 4  # bars; the tune changes players between phrases
OUTSIDE = 0.04  # share of a phrase that may lie outside the good register of the new player
FIRST = 0.6  # cost of moving the first statement of a theme
LEVEL_COST = 0.25  # cost per level between the section and the levels of the seat
OCTAVES = (0, -12, 12, -24, 24)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Passages of one player that are passed on together.

    places: their indexes among the passages of the lead. bars: as bits.
    """

    player: str
    places: tuple[int, ...]
    bars: int
    section: SectionPlan


def _phrases(plan: Plan, lead: Sequence[Passage], lines: Sequence[int]) -> list[_Phrase]:
    """Divide what every player leads into phrases, between which no note is held."""
    out: list[_Phrase] = []
    by_place: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for place, passage in enumerate(lead):
        if passage.notes:
            by_place.setdefault((passage.section, passage.device), []).append((passage.notes[0].onset, place))
    for (index, player), passages in by_place.items():
        section = plan.sections[index]
        step = PHRASE * section.meter.bar_ticks
        group: list[int] = []
        until = 0
        for onset, place in sorted(passages):
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
    """Build a phrase from the passages at `places`."""
    return _Phrase(player, tuple(places), sounding_bars((n for p in places for n in lead[p].notes), lines), section)


def _shift(phrase: _Phrase, lead: Sequence[Passage], player: Player, ceiling: int) -> int | None:
    """Return the semitones, in octaves, by which a phrase suits a player; None when it does not suit them."""
    instrument = player.instrument
    assert instrument is not None
    pitches = [n.pitch for place in phrase.places for n in lead[place].notes]
    for shift in OCTAVES:
        low, high = min(pitches) + shift, max(pitches) + shift
        inside = instrument.range[0] <= low and high <= min(instrument.range[1], ceiling)
        if inside and sum(
            not instrument.sweet[0] <= p + shift <= instrument.sweet[1] for p in pitches
        ) <= OUTSIDE * len(pitches):
            return shift
    return None


def pass_tune_on(plan: Plan, cast: Cast, lead: Sequence[Passage], owed: int, protected: int) -> tuple[Passage, ...]:
    """Return the passages of the lead, some given to other players, so that every family can rest for `owed` bars.

    protected: bars (bits) in which nobody rests. Unchanged where nothing has to change, or nobody else can take over.
    """
    leaders = {p.id: p for p in cast.players if p.seat.role == "lead" and p.seat.double is None and p.instrument}
    family_of = {id_: section_of("lead", p.instrument) for id_, p in leaders.items()}
    lines = plan.sheet_lines()
    lead_bars = _lead_bars(lead, family_of, lines)
    free = {name: plan.bars - (bits | protected).bit_count() for name, bits in lead_bars.items()}
    if not owed or all(bars >= owed for bars in free.values()):
        return tuple(lead)
    out = list(lead)
    ceiling = max(n.pitch for p in lead for n in p.notes)
    phrases = [p for p in _phrases(plan, lead, lines) if p.player in leaders]
    for name in lead_bars:
        while plan.bars - (lead_bars[name] | protected).bit_count() < owed:
            found = [
                (cost, phrase, to, shift)
                for phrase in phrases
                if family_of[phrase.player] == name and phrase.bars & ~protected
                for to, player in leaders.items()
                if family_of[to] != name and not _has_tune(to, phrase, phrases)
                and plan.bars - (lead_bars.get(family_of[to], 0) | phrase.bars | protected).bit_count() >= owed
                and (shift := _shift(phrase, out, player, ceiling)) is not None
                for cost in (_cost(phrase, player, protected),)
            ]  # fmt: skip
            if not found:
                break
            _, phrase, to, shift = min(found, key=lambda one: one[0])
            for place in phrase.places:
                notes = tuple(n._replace(pitch=n.pitch + shift) for n in out[place].notes)
                out[place] = replace(out[place], notes=notes, device=to)
            phrases[phrases.index(phrase)] = replace(phrase, player=to)
            lead_bars = {**lead_bars, **_lead_bars(out, family_of, lines)}
            if not any(family_of[p.player] == name for p in phrases):
                break
    return tuple(out)


def _lead_bars(lead: Iterable[Passage], family_of: Mapping[str, str], lines: Sequence[int]) -> dict[str, int]:
    """Return the bars in which each family leads, as bits."""
    found: dict[str, int] = dict.fromkeys(family_of.values(), 0)
    for passage in lead:
        if passage.device in family_of:
            found[family_of[passage.device]] |= sounding_bars(passage.notes, lines)
    return found


def _has_tune(player: str, phrase: _Phrase, phrases: Iterable[_Phrase]) -> bool:
    """Tell whether a player already has a tune in the bars of a phrase."""
    return any(p.player == player and p.bars & phrase.bars for p in phrases)


def _cost(phrase: _Phrase, player: Player, protected: int) -> float:
    """Return the cost of giving a phrase to a player: energy, level, and bars in which nobody rests anyway."""
    low, high = player.seat.levels
    section = phrase.section
    off = max(low - section.level, section.level - high, 0)
    first = section.treatment_row.theme == "told" and bool(phrase.bars >> section.first_bar & 1)
    return section.energy + FIRST * first + LEVEL_COST * off + (phrase.bars & protected).bit_count()
