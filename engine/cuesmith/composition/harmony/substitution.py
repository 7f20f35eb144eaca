"""Substitutions: chords for chords, by the table of the bank, where the theme allows it.

A rule names the chords it applies to, what it needs of its place, and either the numerals that stand there instead or a
device that computes them (`composition.harmony.substitution_devices`). In both cases the theme is checked: no rule may
put an avoid note under a strong note, or fit the theme much worse than the chord it replaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import Step
from cuesmith.composition.harmony.progression import kin_weight
from cuesmith.composition.harmony.substitution_devices import CHANGES, CONDITIONS, Site, same, shared
from cuesmith.music.chord import Roman
from cuesmith.music.scale import MODES
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.harmony import Substitution
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

# how much worse a substitute may carry the theme: where it comes by chance, and where colour is lacking
PATIENCE, LONG_PATIENCE = 0.12, 0.35


def _third(roman: Roman) -> int:
    return 3 if roman.minor_third else 4 if (roman.root + 4) % 12 in roman.classes else 0


@dataclass(frozen=True, slots=True)
class SubstitutionRules:
    """The rules of a cue in one mode, by the root and third of the chord they apply to, with their chances."""

    anywhere: tuple[tuple[Substitution, float], ...]
    by_chord: Mapping[tuple[int, int], tuple[tuple[Substitution, float], ...]]

    def at(self, roman: Roman) -> tuple[tuple[Substitution, float], ...]:
        """Those that apply to a chord."""
        return (*self.by_chord.get((roman.root, _third(roman)), ()), *self.anywhere)


def rules_for(plan: Plan, style: Style, banks: Banks, minor: bool) -> SubstitutionRules:
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
    return SubstitutionRules(tuple(anywhere), {key: tuple(found) for key, found in by_chord.items()})


def substituted(row: Substitution, site: Site, patience: float = PATIENCE) -> list[Step] | None:
    """What a rule makes of its place; None where a condition or the theme forbids it.

    patience: how much worse (in fit) the theme may be carried.
    """
    if not all(CONDITIONS[need](site) for need in row.needs):
        return None
    step = site.step
    fresh = shared(site, row.chords, row.device) if row.chords else CHANGES[str(row.change)](site, row.device)
    if fresh is None or all(same(new.roman, step.roman) for new in fresh):
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


def substitute(site: Site, rules: SubstitutionRules, draw: Stream, zeal: float) -> list[Step]:
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
                    here = replace(site, steps=[*out, *steps[i:]], at=len(out))
                    done = substituted(row, here)
                    break
        fresh_before = done is not None
        out.extend(done if done is not None else [step])
    return out


def colour_at(site: Site, rules: SubstitutionRules, draw: Stream) -> list[Step] | None:
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
