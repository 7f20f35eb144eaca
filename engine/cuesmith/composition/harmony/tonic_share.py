"""Keep the share of bars on the tonic within limits: rare in cue types with a late tonic, never absent."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord
from cuesmith.composition.harmony.substitution_devices import QUIET
from cuesmith.music.chord import Roman, parse_roman
from cuesmith.plan.model import Plan

MOST, LEAST = 0.38, 0.12  # share of the bars that begin on a root-position tonic
SHORT_BARS = 12  # shorter cues are left unchanged
GIVE = {True: 0.3, False: 0.6}  # how much worse the melody may fit, to get fewer tonics (True) or more
# replacements of the tonic, and chords (root, third) that the tonic may replace; by minor or not
INSTEAD = {False: ("I/3", "vi", "iii7", "IV"), True: ("bVI", "bIII", "iv")}
FOR = {False: ((9, 3), (4, 3), (0, 4), (5, 4), (2, 3)), True: ((8, 4), (3, 4), (0, 3), (5, 3))}  # (root, third)


def _is_tonic(roman: Roman) -> bool:
    """Tell whether a chord is the tonic in root position."""
    return roman.root == roman.bass == 0


def _count_bars(written: Sequence[Sequence[TimedChord]], plan: Plan) -> tuple[int, int]:
    """Return (bars that begin on the tonic, all bars)."""
    on_tonic = total = 0
    for section, chords in zip(plan.sections, written, strict=True):
        number = 0
        for tick in range(0, section.length, section.meter.bar_ticks):
            while chords[number].end <= tick:
                number += 1
            on_tonic += _is_tonic(chords[number].roman)
            total += 1
    return on_tonic, total


def balance_tonic(
    written: list[list[TimedChord]],
    free: Sequence[bool],
    plan: Plan,
    outlines: Sequence[MelodyOutline],
    late_tonic: bool,
    draw: Stream,
) -> None:
    """Replace or add tonics until their share of the bars lies between LEAST and MOST (changes `written`).

    free: for each section, whether it may be changed. late_tonic: of the cue type; the upper limit holds only for such
        types, in major.
    """
    on_tonic, total = _count_bars(written, plan)
    if total < SHORT_BARS:
        return
    if on_tonic > MOST * total and late_tonic and not plan.key.minor:
        surplus = on_tonic - int(MOST * total)
    elif on_tonic < LEAST * total:
        surplus = on_tonic - int(LEAST * total) - 1
    else:
        return
    wanted_fewer = surplus > 0
    places = [
        (index, number)
        for index, chords in enumerate(written)
        for number in range(1 if wanted_fewer else 0, len(chords))
        if free[index] and not chords[number].cadence and chords[number].device in QUIET
    ]
    for index, number in draw.shuffled(places):
        section, chords = plan.sections[index], written[index]
        chord, minor = chords[number], section.key.minor
        if chord.onset % section.meter.bar_ticks:
            continue
        if wanted_fewer:
            options = tuple(map(parse_roman, INSTEAD[minor])) if _is_tonic(chord.roman) else ()
        else:
            third = 3 if chord.roman.minor_third else 4
            options = (parse_roman("i" if minor else "I"),) if (chord.roman.root, third) in FOR[minor] else ()
        around = {chords[near].roman.root for near in (number - 1, number + 1) if 0 <= near < len(chords)}
        least_fit = outlines[index].fit(chord.roman, chord.onset, chord.end) - GIVE[wanted_fewer]
        fits = [
            (outlines[index].fit(roman, chord.onset, chord.end), roman)
            for roman in options
            if not wanted_fewer or roman.root not in around or roman.bass != roman.root
        ]
        best = max(fits, key=lambda one: one[0], default=None)
        if best is None or best[0] < least_fit:
            continue
        chords[number] = chord._replace(roman=best[1], device="")
        bars = max(1, chord.length // section.meter.bar_ticks)
        surplus += -bars if wanted_fewer else bars
        if surplus == 0 or (surplus > 0) != wanted_fewer:
            return
