"""Places for a substitution, what may be asked of them, and the devices that compute their chords.

The table of substitutions names both: `needs` the CONDITIONS, `change` the CHANGES.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cuesmith.composition.harmony.chord_sequence import Bed, Step, divided, half_bar
from cuesmith.music.chord import Roman, applied, roman_on
from cuesmith.music.meter import Meter
from cuesmith.music.scale import MODES
from cuesmith.specs.banks.harmony import ConditionName

QUIET = {"", "relative", "inversion", "pedal", "deceptive"}  # devices that may give way to colour
UNLED = {False: (0, 11), True: (0, 2)}  # degrees no secondary dominant leads to, in major and in minor


@dataclass(frozen=True, slots=True)
class Site:
    """A place a rule may be applied at: the steps of a section, which of them, and what is around them."""

    steps: Sequence[Step]
    at: int
    meter: Meter
    mode: str
    bed: Bed
    after: Roman | None  # the chord that follows the section
    climax: bool
    least: int  # ticks: no chord is made shorter

    @property
    def step(self) -> Step:
        """The chord in question."""
        return self.steps[self.at]

    @property
    def following(self) -> Roman | None:
        """The chord after it."""
        return self.steps[self.at + 1].roman if self.at + 1 < len(self.steps) else self.after

    @property
    def preceding(self) -> Roman | None:
        """The chord before it, in the section."""
        return self.steps[self.at - 1].roman if self.at else None

    @property
    def minor(self) -> bool:
        """Whether the section stands in minor."""
        return MODES[self.mode][2] == 3


def _leads_to(*roots: int) -> Callable[[Site], bool]:
    return lambda site: site.following is not None and site.following.root in roots


def _phrase_end(site: Site) -> bool:
    return site.step.end % (4 * site.meter.bar_ticks) == 0


def _falls(site: Site) -> bool:
    return site.following is not None and (site.step.roman.root - site.following.root) % 12 == 7


def _bass_leaps(site: Site) -> bool:
    before, after = site.preceding, site.following
    if before is None or after is None:
        return False
    leap = (site.step.roman.bass - before.bass) % 12
    return 4 < leap < 8


CONDITIONS: dict[ConditionName, Callable[[Site], bool]] = {
    "lasts_half_a_bar": lambda site: site.step.length >= min(2 * half_bar(site.meter), site.meter.bar_ticks),
    "lasts_a_bar": lambda site: site.step.length >= site.meter.bar_ticks,
    "lasts_two_bars": lambda site: site.step.length >= 2 * site.meter.bar_ticks,
    "falls_by_fifth": _falls,
    "to_tonic": _leads_to(0),
    "to_submediant": _leads_to(9),
    "to_dominant": _leads_to(7),
    "to_mixture": _leads_to(7, 10),
    "not_phrase_end": lambda site: not _phrase_end(site),
    "inside": lambda site: site.at > 0,
    "second_half": lambda site: site.step.onset * 2 >= site.steps[-1].end,
    "climax": lambda site: site.climax,
    "bass_leaps": _bass_leaps,
}  # fmt: skip


def shared(site: Site, romans: Sequence[Roman], device: str) -> list[Step] | None:
    """The chords sharing the time of the step; the device is told of those that are new there."""
    step = site.step
    spans = divided(step.onset, step.length, len(romans), site.meter)
    if spans is None:
        return None
    return [
        Step(onset, length, roman, "" if plainly(roman, step.roman) else device)
        for (onset, length), roman in zip(spans, romans, strict=True)
    ]


def same(a: Roman, b: Roman) -> bool:
    """The same chord, however it is written."""
    return (a.root, a.quality, a.bass) == (b.root, b.quality, b.bass)


def plainly(a: Roman, b: Roman) -> bool:
    """Whether the first chord is the second as a plain triad (or the very same)."""
    if a.quality in ("maj", "min"):
        return (a.root, a.bass, a.minor_third) == (b.root, b.bass, b.minor_third)
    return same(a, b)


def _tail(site: Site, roman: Roman, device: str) -> list[Step] | None:
    """The chord kept, another one in its last bar, or last half bar."""
    step, bar = site.step, site.meter.bar_ticks
    last = half_bar(site.meter) if step.length <= 2 * bar else bar
    if step.length <= last or step.length < 2 * last - site.meter.unit_ticks:
        return None
    return [
        step._replace(length=step.length - last),
        Step(step.end - last, last, roman, device),
    ]


def _goal(site: Site) -> Roman | None:
    """The next chord where it can be led to: a triad of the mode on a degree that takes a secondary dominant."""
    goal = site.following
    if goal is None or goal.bass != goal.root or goal.root in (site.step.roman.root, *UNLED[site.minor]):
        return None
    thirds = {(pc - goal.root) % 12 for pc in goal.classes}
    return goal if thirds & {3, 4} and 7 in thirds and goal.root in MODES[site.mode] else None


def applied_dominant(site: Site, device: str) -> list[Step] | None:
    """The dominant seventh of the next chord, at the end of this one."""
    goal = _goal(site)
    if goal is None or _falls(site):
        return None
    return _tail(site, applied("V7", goal), device)


def applied_diminished(site: Site, device: str) -> list[Step] | None:
    """The diminished seventh a semitone below the next chord, at the end of this one."""
    goal = _goal(site)
    return None if goal is None else _tail(site, applied("viio7", goal), device)


def passing_diminished(site: Site, device: str) -> list[Step] | None:
    """The diminished seventh between two basses that rise a whole tone."""
    goal, here = site.following, site.step.roman
    if goal is None or (goal.bass - here.bass) % 12 != 2 or goal.bass != goal.root:
        return None
    return _tail(site, roman_on((here.bass + 1) % 12, "dim7"), device)


def tritone(site: Site, device: str) -> list[Step] | None:
    """The dominant seventh a tritone away, for a dominant that resolves."""
    here = site.step.roman
    if 4 not in {(pc - here.root) % 12 for pc in here.classes} or here.quality in ("M7", "M9") or here.root == 0:
        return None
    return [site.step._replace(roman=roman_on((here.root + 6) % 12, "7"), device=device)]


def hold_bass(site: Site, device: str) -> list[Step] | None:
    """The chord over the bass of the one before it, which it must not rub against by a semitone."""
    before, here = site.preceding, site.step.roman
    if before is None or before.bass != before.root or here.bass != here.root or before.bass == here.root:
        return None
    if {(before.bass + 1) % 12, (before.bass - 1) % 12} & here.classes:
        return None
    return [site.step._replace(roman=here.over(before.bass), device=device)]


def inversion(site: Site, device: str) -> list[Step] | None:
    """The third or fifth of the chord in the bass, where the bass then moves by step on both sides or nearly."""
    before, after, here = site.preceding, site.following, site.step.roman
    if before is None or after is None or here.bass != here.root or here.quality not in ("maj", "min", "7", "m7", "M7"):
        return None

    def way(bass: int) -> int:
        moves = [min((bass - end) % 12, (end - bass) % 12) for end in (before.bass, after.bass)]
        return sum(moves) + 6 * (0 in moves)

    third = (here.root + (3 if here.minor_third else 4)) % 12
    if way(third) >= way(here.root) or min((third - before.bass) % 12, (before.bass - third) % 12) > 2:
        return None
    return [site.step._replace(roman=here.over(third), device=device)]


def planing(site: Site, device: str) -> list[Step] | None:
    """The chord, the same shape a whole tone below, and the chord again."""
    here = site.step.roman
    if here.bass != here.root:
        return None
    below = roman_on((here.root - 2) % 12, here.quality)
    return shared(site, (here, below), device)


CHANGES: Mapping[str, Callable[[Site, str], list[Step] | None]] = {
    "applied_dominant": applied_dominant,
    "applied_diminished": applied_diminished,
    "passing_diminished": passing_diminished,
    "tritone": tritone,
    "hold_bass": hold_bass,
    "inversion": inversion,
    "planing": planing,
}
