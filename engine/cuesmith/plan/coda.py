"""Choose the coda: how the last section of a cue ends it, by the ending, the mood and the length of the section.

Cues with neighbouring seeds are dealt codas like cards: the seed chooses a card of a shuffled deck in which every coda
has its share of the cards. So a set of cues with seeds in a row has the codas in their proportions, not only on
average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cuesmith.chance import Stream, stream
from cuesmith.plan.model import NEARLY_FULL, Plan, SectionPlan
from cuesmith.plan.picture.broadcast_length import BUTTON
from cuesmith.specs.banks.codas import SHORTEST, Coda, Codas
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.brief import Brief, Mood

DECK = 24  # cards
MOST = 4  # cards of one coda, where enough others suit the cue
LEAST_ENERGY = 0.1
BELOW_CLIMAX = 0.95  # the loudest coda, compared with the climax


def with_coda(
    sections: Sequence[SectionPlan], brief: Brief, cue: CueType, ending: str, mood: Mood, codas: Codas
) -> list[SectionPlan]:
    """Give the last section its coda, with the energy, register and harmony of that coda.

    cue: the row of its type. mood: of the whole cue.

    Unchanged where the last section is no coda, has no theme, or no row of `codas` suits it.
    """
    out = list(sections)
    at = len(out) - 1 - (out[-1].name == BUTTON)
    section = out[at] if at >= 0 else out[-1]
    row = section.treatment_row
    if section.theme is None or row.device != "coda" or row.place != "end" or section.bars < SHORTEST:
        return out
    weights = _weights(codas, brief.type, ending, section.mood or mood, section.bars)
    if not any(weights.values()):
        return out
    name = deal(weights, brief, cue.like or brief.type)
    out[at] = _in_coda(section, out[:at], name, codas[name], Plan.climax_of(out))
    return out


def _weights(codas: Codas, type_: str, ending: str, mood: Mood, bars: int) -> dict[str, float]:
    """Map the codas that suit a cue to their weights."""
    return {
        name: row.weight * row.cues.get(type_, 1.0)
        for name, row in codas.items()
        if ending in row.endings
        and row.bars[0] <= bars <= row.bars[1]
        and row.valence[0] <= mood.valence <= row.valence[1]
        and row.arousal[0] <= mood.arousal <= row.arousal[1]
    }


def deal(weights: Mapping[str, float], brief: Brief, kind: str) -> str:
    """Return the coda of a cue: the card of its seed. A seed that is not a number takes any card.

    kind: the cue type, or the one that it is like; both are dealt the same cards.
    """
    text = str(brief.seed)
    number = int(text) if text.isdecimal() else None
    draw = stream(text if number is None else number // DECK, brief.id, kind, "coda")
    cards = _deck(weights, draw)
    return cards[number % DECK] if number is not None else draw.child("card").choice(cards)


def _deck(weights: Mapping[str, float], draw: Stream) -> list[str]:
    """Return a shuffled deck in which the codas have their shares, as near as whole cards allow."""
    counts = dict.fromkeys((name for name, weight in weights.items() if weight > 0), 0)
    most = max(MOST, -(-DECK // len(counts)))
    for _ in range(DECK):
        free = [name for name, count in counts.items() if count < most]
        taken = max(free, key=lambda name: weights[name] / (2 * counts[name] + 1))
        counts[taken] += 1
    return list(draw.shuffled([name for name, count in counts.items() for _ in range(count)]))


def _in_coda(
    section: SectionPlan, before: Sequence[SectionPlan], name: str, row: Coda, climax: SectionPlan
) -> SectionPlan:
    """Return the section as its coda asks.

    Its energy lies between that of the form and that of the section before it, and never moves the climax.
    """
    sounding = [other for other in before if not other.treatment_row.silent]
    energy = section.energy
    if sounding and climax is not section:
        top = (
            BELOW_CLIMAX * climax.energy
            if section.energy >= climax.energy - NEARLY_FULL
            else climax.energy - 1.1 * NEARLY_FULL
        )
        wanted = row.energy * (section.energy + sounding[-1].energy) / 2
        energy = max(min(wanted, top), min(LEAST_ENERGY, section.energy))
    return replace(
        section, coda=name, coda_row=row, energy=energy, register=section.register + row.register / 2,
        harmony="pedal" if row.pedal else section.harmony,
    )  # fmt: skip
