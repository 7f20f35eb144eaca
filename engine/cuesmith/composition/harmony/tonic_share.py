"""How often the tonic is home: late and rare where the idiom yearns, never absent altogether."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import Bed, Step
from cuesmith.composition.harmony.substitution_devices import QUIET
from cuesmith.music.chord import Roman, parse_roman
from cuesmith.plan.model import Plan

MOST, LEAST = 0.38, 0.12  # share of the bars that begin on a root-position tonic
SHORT_BARS = 12  # shorter cues are what they are
GIVE = {True: 0.3, False: 0.6}  # how much worse the theme may be carried for fewer tonics, and for more
# instead of the tonic, and what the tonic may stand for, by mode
INSTEAD = {False: ("I/3", "vi", "iii7", "IV"), True: ("bVI", "bIII", "iv")}
FOR = {False: ((9, 3), (4, 3), (0, 4), (5, 4), (2, 3)), True: ((8, 4), (3, 4), (0, 3), (5, 3))}  # (root, third)


def _home(roman: Roman) -> bool:
    return roman.root == roman.bass == 0


def _bars(written: Sequence[Sequence[Step]], plan: Plan) -> tuple[int, int]:
    """(bars that begin on the tonic, all bars)."""
    home = total = 0
    for section, steps in zip(plan.sections, written, strict=True):
        number = 0
        for tick in range(0, section.length, section.meter.bar_ticks):
            while steps[number].end <= tick:
                number += 1
            home += _home(steps[number].roman)
            total += 1
    return home, total


def balance(
    written: list[list[Step]], free: Sequence[bool], plan: Plan, beds: Sequence[Bed], late_tonic: bool, draw: Stream
) -> None:
    """Tonics replaced, or brought in, until their share of the bars lies between LEAST and MOST; in place.

    free: the sections that may be changed. late_tonic: whether the cue type has one; the upper bound holds for such
    cues only, in major.
    """
    home, total = _bars(written, plan)
    if total < SHORT_BARS:
        return
    if home > MOST * total and late_tonic and not plan.key.minor:
        surplus = home - int(MOST * total)
    elif home < LEAST * total:
        surplus = home - int(LEAST * total) - 1
    else:
        return
    wanted_fewer = surplus > 0
    places = [
        (index, number)
        for index, steps in enumerate(written)
        for number in range(1 if wanted_fewer else 0, len(steps))
        if free[index] and not steps[number].cadence and steps[number].device in QUIET
    ]
    for index, number in draw.shuffled(places):
        section, steps = plan.sections[index], written[index]
        step, minor = steps[number], section.key.minor
        if step.onset % section.meter.bar_ticks:
            continue
        if wanted_fewer:
            options = tuple(map(parse_roman, INSTEAD[minor])) if _home(step.roman) else ()
        else:
            third = 3 if step.roman.minor_third else 4
            options = (parse_roman("i" if minor else "I"),) if (step.roman.root, third) in FOR[minor] else ()
        around = {steps[near].roman.root for near in (number - 1, number + 1) if 0 <= near < len(steps)}
        worth = beds[index].fit(step.roman, step.onset, step.end) - GIVE[wanted_fewer]
        fits = [
            (beds[index].fit(roman, step.onset, step.end), roman)
            for roman in options
            if not wanted_fewer or roman.root not in around or roman.bass != roman.root
        ]
        best = max(fits, key=lambda one: one[0], default=None)
        if best is None or best[0] < worth:
            continue
        steps[number] = step._replace(roman=best[1], device="")
        bars = max(1, step.length // section.meter.bar_ticks)
        surplus += -bars if wanted_fewer else bars
        if surplus == 0 or (surplus > 0) != wanted_fewer:
            return
