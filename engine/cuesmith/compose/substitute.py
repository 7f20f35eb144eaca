"""Substitutions: chords for chords, by the table of the bank, where the theme allows it.

A rule names the chords it applies to, what it needs of its place (CONDITIONS), and either the numerals that stand there
instead or a device that computes them (CHANGES). Whatever it is, the theme is asked: no rule may put an avoid note
under a strong note, nor carry the theme much worse than what it replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.compose.progression import kin_weight
from cuesmith.compose.steps import Bed, Step, divided, half_bar
from cuesmith.music.chord import Roman, applied, roman_on
from cuesmith.music.meter import Meter
from cuesmith.music.scale import MODES
from cuesmith.score import Plan
from cuesmith.specs.harmony_banks import ConditionName, Substitution
from cuesmith.specs.library import Banks
from cuesmith.specs.style import Style

PATIENCE, LONG_PATIENCE = 0.12, 0.35  # how much worse a substitute may carry the theme: by chance, and where colour lacks
TARGETS = {False: (2, 4, 5, 7, 9), True: (3, 5, 7, 8, 10)}  # degrees a secondary dominant leads to, in major, in minor


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
    returning: bool
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
    "lasts_half_a_bar": lambda site: site.step.length >= 2 * half_bar(site.meter) or site.step.length >= site.meter.bar_ticks,
    "lasts_a_bar": lambda site: site.step.length >= site.meter.bar_ticks,
    "lasts_two_bars": lambda site: site.step.length >= 2 * site.meter.bar_ticks,
    "falls_by_fifth": _falls,
    "to_tonic": _leads_to(0),
    "to_submediant": _leads_to(9),
    "to_dominant": _leads_to(7),
    "to_mixture": _leads_to(7, 10),
    "phrase_end": _phrase_end,
    "not_phrase_end": lambda site: not _phrase_end(site),
    "inside": lambda site: site.at > 0,
    "second_half": lambda site: site.step.onset * 2 >= site.steps[-1].end,
    "climax": lambda site: site.climax,
    "returning": lambda site: site.returning,
    "bass_leaps": _bass_leaps,
    "repeated": lambda site: site.preceding == site.step.roman,
    "scale_has_it": lambda site: site.step.roman.classes <= frozenset(MODES[site.mode]),
    "from_tonic": lambda site: site.preceding is not None and site.preceding.root == 0,
}  # fmt: skip


def _shared(site: Site, romans: Sequence[Roman], device: str) -> list[Step] | None:
    """The chords sharing the time of the step; the device is told of those that are new there."""
    step = site.step
    spans = divided(step.onset, step.length, len(romans), site.meter)
    if spans is None:
        return None
    return [
        Step(onset, length, roman, "" if _same(roman, step.roman) else device)
        for (onset, length), roman in zip(spans, romans, strict=True)
    ]


def _same(a: Roman, b: Roman) -> bool:
    return (a.root, a.quality, a.bass) == (b.root, b.quality, b.bass)


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
    if goal is None or goal.root not in TARGETS[site.minor] or goal.bass != goal.root or goal.root == site.step.roman.root:
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
    return _shared(site, (here, below), device)


CHANGES: Mapping[str, Callable[[Site, str], list[Step] | None]] = {
    "applied_dominant": applied_dominant,
    "applied_diminished": applied_diminished,
    "passing_diminished": passing_diminished,
    "tritone": tritone,
    "hold_bass": hold_bass,
    "inversion": inversion,
    "planing": planing,
}


def _third(roman: Roman) -> int:
    return 3 if roman.minor_third else 4 if (roman.root + 4) % 12 in roman.classes else 0


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a cue in one mode, by the root and third of the chord they apply to, with their chances."""

    anywhere: tuple[tuple[Substitution, float], ...]
    by_chord: Mapping[tuple[int, int], tuple[tuple[Substitution, float], ...]]

    def at(self, roman: Roman) -> tuple[tuple[Substitution, float], ...]:
        """Those that apply to a chord."""
        return (*self.by_chord.get((roman.root, _third(roman)), ()), *self.anywhere)


def rules_for(plan: Plan, style: Style, banks: Banks, minor: bool) -> Rules:
    """The rules of the bank with a chance above zero in this cue type, style and mode."""
    anywhere: list[tuple[Substitution, float]] = []
    by_chord: dict[tuple[int, int], list[tuple[Substitution, float]]] = {}
    for row in banks.substitutions.values():
        if row.mode not in ("any", "minor" if minor else "major"):
            continue
        chance = row.chance * row.cues.get(plan.brief.type, row.elsewhere)
        chance *= kin_weight(row.styles, plan.brief.style, style.kin)
        if chance <= 0:
            continue
        for roman in row.of:
            by_chord.setdefault((roman.root, _third(roman)), []).append((row, chance))
        if not row.of:
            anywhere.append((row, chance))
    return Rules(tuple(anywhere), {key: tuple(found) for key, found in by_chord.items()})


def substituted(row: Substitution, site: Site, patience: float = PATIENCE) -> list[Step] | None:
    """What a rule makes of its place; None where a condition or the theme forbids it.

    patience: how much worse (in fit) the theme may be carried.
    """
    if not all(CONDITIONS[need](site) for need in row.needs):
        return None
    step = site.step
    fresh = _shared(site, row.chords, row.device) if row.chords else CHANGES[str(row.change)](site, row.device)
    if fresh is None or all(_same(new.roman, step.roman) for new in fresh):
        return None
    if len(fresh) > 1 and min(new.length for new in fresh) < site.least:
        return None
    if site.bed:
        worth = 0.0
        for new in fresh:
            if new.device and site.bed.avoids(new.roman, new.onset, new.end):
                return None
            worth += site.bed.fit(new.roman, new.onset, new.end) * new.length
        if worth / step.length < site.bed.fit(step.roman, step.onset, step.end) - patience:
            return None
    return fresh


def substitute(site: Site, rules: Rules, draw: Stream, zeal: float) -> list[Step]:
    """The steps of a section (`site.steps`) after the rules have had their chance once each. zeal scales the chances.

    Cadences and what has a device already are left alone, and no two chords in a row are replaced.
    """
    steps = list(site.steps)
    out: list[Step] = []
    fresh_before = False
    for i, step in enumerate(steps):
        dice = draw.uniform()
        done = None
        if not (step.cadence or step.device or fresh_before):
            for row, chance in rules.at(step.roman):
                dice -= chance * zeal
                if dice < 0:
                    here = Site(
                        [*out, *steps[i:]], len(out), site.meter, site.mode, site.bed, site.after, site.climax,
                        site.returning, site.least,
                    )
                    done = substituted(row, here)
                    break
        fresh_before = done is not None
        out.extend(done if done is not None else [step])
    return out


def colour_at(site: Site, rules: Rules, draw: Stream) -> list[Step] | None:
    """The section with one more colour event at a place, if any rule of colour allows it there."""
    found = {row.about: (row, chance) for row, chance in rules.at(site.step.roman) if row.colour}
    weights = {about: chance for about, (_, chance) in found.items()}
    while weights:
        about = draw.weighted(weights)
        fresh = substituted(found[about][0], site, LONG_PATIENCE)
        if fresh is not None:
            return [*site.steps[: site.at], *fresh, *site.steps[site.at + 1 :]]
        del weights[about]
    return None


def is_colour(step: Step, mode: str, devices: frozenset[str]) -> bool:
    """Whether a chord is heard as colour: a device of colour, or tones that the mode does not have.

    The raised seventh of minor belongs to every minor mode.
    """
    if step.device in devices:
        return True
    home = frozenset(MODES[mode]) | (frozenset({11}) if MODES[mode][2] == 3 else frozenset())
    return not step.roman.classes <= home


def colour_devices(banks: Banks) -> frozenset[str]:
    """The devices that count as colour."""
    return frozenset(row.device for row in banks.substitutions.values() if row.colour)

