"""Turns: the bars that lead from one theme of a medley to the next.

Their chords make the way to the dominant of the key that comes: first the chord of the new key that keeps most tones of
the last one sounding, then the dominant, suspended and resolved. Whoever sings next leads over with a pick-up.
"""

from __future__ import annotations

from cuesmith.composition.harmony.chord_sequence import Step, half_bar
from cuesmith.music.chord import Chord, Roman, in_key, parse_roman, roman_on
from cuesmith.plan.model import SectionPlan

DEVICE = "modulation: dominant preparation"
#             the chords that may come first, in the key that comes: the best liked first
APPROACHES = {
    False: "ii7 IVM7 vi7 ivm6 bVIM7 iii7",
    True:  "iv7 bVIM7 iim7b5 bIIM7 i bIIIM7",
}  # fmt: skip
SUSPENDED, DOMINANT = "V7sus4", "V7"
LIKED = 0.3  # of a common tone: what a place earlier in the row is worth


def _first(before: Chord, section: SectionPlan) -> list[Roman]:
    """The chords that may come first: those that keep most of the chord before."""
    rows = [parse_roman(text) for text in APPROACHES[section.key.minor].split()]
    held = frozenset(before.classes)

    def worth(place: int) -> float:
        chord = in_key(rows[place], section.key)
        return len(held & frozenset(chord.classes)) - LIKED * place - (chord.root == before.root)

    return [rows[place] for place in sorted(range(len(rows)), key=lambda place: (-worth(place), place))]


def transition_chords(section: SectionPlan, before: Chord) -> list[Step]:
    """The chords of a section that leads into the one after it. before: the chord it comes from.

    A build stands on the dominant as a pedal; a link of one bar has no time for the suspension.
    """
    bar, half = section.meter.bar_ticks, half_bar(section.meter)
    first, second = _first(before, section)[:2]
    suspended, dominant = parse_roman(SUSPENDED), parse_roman(DOMINANT)
    if section.treatment_row.theme == "rising":
        first, second = (roman_on(r.root, r.quality, dominant.root) for r in (first, second))
    if section.bars == 1:
        found = [(first, bar - half), (dominant, half)]
    elif section.bars == 2:
        found = [(first, bar), (suspended, bar - half), (dominant, half)]
    else:
        last = max(1, section.bars // 4) * bar
        rest = section.length - 2 * last
        opening = (rest // bar + 1) // 2 * bar
        found = [(first, opening), (second, rest - opening), (suspended, last), (dominant, last)]
    out, at = [], 0
    for roman, length in found:
        if length:
            out.append(Step(at, length, roman, DEVICE))
            at += length
    out[-1] = out[-1]._replace(cadence="half")
    return out
