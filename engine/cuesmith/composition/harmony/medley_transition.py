"""Transitions of a medley: the bars that lead from one theme to the next.

Their chords lead to the dominant of the next key: first the chord of the new key that shares most tones with the last
chord, then the dominant, suspended and resolved.
"""

from __future__ import annotations

from cuesmith.composition.harmony.chord_sequence import TimedChord, half_bar
from cuesmith.music.chord import Chord, Roman, in_key, parse_roman, roman_on
from cuesmith.plan.model import SectionPlan

DEVICE = "modulation: dominant preparation"
# minor?      possible first chords in the next key, the preferred first
APPROACHES = {
    False: "ii7 IVM7 vi7 ivm6 bVIM7 iii7",
    True:  "iv7 bVIM7 iim7b5 bIIM7 i bIIIM7",
}  # fmt: skip
SUSPENDED, DOMINANT = "V7sus4", "V7"
PLACE_VALUE = 0.3  # value of each place earlier in the row, compared with one common tone


def _first_chords(before: Chord, section: SectionPlan) -> list[Roman]:
    """Return the possible first chords, those that share most tones with the chord before first."""
    rows = [parse_roman(text) for text in APPROACHES[section.key.minor].split()]
    held = frozenset(before.classes)

    def value(place: int) -> float:
        chord = in_key(rows[place], section.key)
        return len(held & frozenset(chord.classes)) - PLACE_VALUE * place - (chord.root == before.root)

    return [rows[place] for place in sorted(range(len(rows)), key=lambda place: (-value(place), place))]


def transition_chords(section: SectionPlan, before: Chord) -> list[TimedChord]:
    """Return the chords of a section that leads into the next one. before: the last chord before it.

    A build has the dominant in the bass as a pedal; a link of one bar has no suspension.
    """
    bar, half = section.meter.bar_ticks, half_bar(section.meter)
    first, second = _first_chords(before, section)[:2]
    suspended, dominant = parse_roman(SUSPENDED), parse_roman(DOMINANT)
    if section.treatment_row.theme == "rising":
        first, second = (roman_on(r.root, r.quality, dominant.root) for r in (first, second))
    if section.bars == 1:
        parts = [(first, bar - half), (dominant, half)]
    elif section.bars == 2:
        parts = [(first, bar), (suspended, bar - half), (dominant, half)]
    else:
        last = max(1, section.bars // 4) * bar
        rest = section.length - 2 * last
        opening = (rest // bar + 1) // 2 * bar
        parts = [(first, opening), (second, rest - opening), (suspended, last), (dominant, last)]
    out, at = [], 0
    for roman, length in parts:
        if length:
            out.append(TimedChord(at, length, roman, DEVICE))
            at += length
    out[-1] = out[-1]._replace(cadence="half")
    return out
