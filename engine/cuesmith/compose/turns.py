"""Turns: the bars that lead from one theme of a medley to the next.

Their chords make the way to the dominant of the key that comes: first the chord of the new key that keeps most tones of
the last one sounding, then the dominant, suspended and resolved. Whoever sings next leads over with a pick-up.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.compose.steps import Step, half_bar
from cuesmith.music.chord import Chord, Roman, chord_scale, in_key, parse_roman, roman_on
from cuesmith.music.note import PPQ, Note
from cuesmith.score import ChordSpan, Passage, Plan, SectionPlan, chord_at, cut_around

DEVICE = "modulation: dominant preparation"
#             the chords that may come first, in the key that comes: the best liked first
APPROACHES = {
    False: "ii7 IVM7 vi7 ivm6 bVIM7 iii7",
    True:  "iv7 bVIM7 iim7b5 bIIM7 i bIIIM7",
}  # fmt: skip
SUSPENDED, DOMINANT = "V7sus4", "V7"
LIKED = 0.3  # of a common tone: what a place earlier in the row is worth
PICKUP = 3  # notes
PICKUP_UNIT = PPQ // 2
QUIETER = 8  # velocity of a pick-up under the note it leads to


def _first(before: Chord, section: SectionPlan) -> list[Roman]:
    """The chords that may come first: those that keep most of the chord before."""
    rows = [parse_roman(text) for text in APPROACHES[section.key.minor].split()]
    held = frozenset(before.classes)

    def worth(place: int) -> float:
        chord = in_key(rows[place], section.key)
        return len(held & frozenset(chord.classes)) - LIKED * place - (chord.root == before.root)

    return [rows[place] for place in sorted(range(len(rows)), key=lambda place: (-worth(place), place))]


def turn_steps(section: SectionPlan, before: Chord) -> list[Step]:
    """The chords of a section that leads into the one after it. before: the chord it comes from.

    A build stands on the dominant as a pedal; a link of one bar has no time for the suspension.
    """
    bar, half = section.meter.bar_ticks, half_bar(section.meter)
    first, second = _first(before, section)[:2]
    suspended, dominant = parse_roman(SUSPENDED), parse_roman(DOMINANT)
    if section.treatment == "build":
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


def led_over(
    plan: Plan, harmony: tuple[ChordSpan, ...], passages: Sequence[Passage], low_high: dict[str, tuple[int, int]]
) -> tuple[Passage, ...]:
    """The melody with a pick-up in the last beats of every turn, by whoever sings next; the old tune makes way.

    low_high: lowest and highest pitch of each player who leads.
    """
    out = tuple(passages)
    for section in plan.sections[:-1]:
        if section.harmony != "turn":
            continue
        after = sorted((p.notes[0], p.device) for p in out if p.section == section.index + 1)
        if not after or after[0][0].onset != section.end:
            continue
        first, seat = after[0]
        notes = _pickup(first, section, chord_at(harmony, section.end - 1), low_high[seat])
        if notes:
            fresh = Passage(notes, section.index, seat, "normal")
            own = tuple(p for p in out if p.section == section.index)
            others = tuple(p for p in out if p.section != section.index)
            out = (*others, *cut_around(own, notes[0].onset, section.end), fresh)
    return tuple(sorted(out, key=lambda p: (p.section, p.notes[0].onset)))


def _pickup(goal: Note, section: SectionPlan, span: ChordSpan, room: tuple[int, int]) -> tuple[Note, ...]:
    """Steps of the scale that run into a note, from below where there is room, else from above."""
    pool = chord_scale(span.chord, span.key)
    below = [p for p in range(goal.pitch - 1, goal.pitch - 8, -1) if p % 12 in pool and p >= room[0]][:PICKUP]
    above = [p for p in range(goal.pitch + 1, goal.pitch + 8) if p % 12 in pool and p <= room[1]][:PICKUP]
    way = below if len(below) == PICKUP else above
    velocity = max(20, goal.velocity - QUIETER)
    return tuple(
        Note(section.end - (number + 1) * PICKUP_UNIT, PICKUP_UNIT, pitch, velocity) for number, pitch in enumerate(way)
    )[::-1]
