"""Substitutions: replace chords by others, from the table of the bank, where the melody allows it.

A rule names the chords it applies to, its conditions, and either replacement numerals or a device that computes them
(`substitution_devices`). In both cases the melody is checked: a substitute may not put an avoid note under a strong
note, nor fit the melody much worse than the chord it replaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import TimedChord
from cuesmith.composition.harmony.progression import kin_weight
from cuesmith.composition.harmony.substitution_devices import CHANGES, CONDITIONS, Site, same, share_time
from cuesmith.music.chord import Roman
from cuesmith.music.scale import MODES
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.harmony import Substitution
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

# how much worse a substitute may fit the melody: for random substitutions, and where colour is missing
PATIENCE, LONG_PATIENCE = 0.12, 0.35


def _third(roman: Roman) -> int:
    """Return the third of a chord in semitones; 0 when it has none."""
    return 3 if roman.minor_third else 4 if (roman.root + 4) % 12 in roman.classes else 0


@dataclass(frozen=True, slots=True)
class SubstitutionRules:
    """The rules of a cue in major or minor with their chances: for any chord, and by (root, third) of the chord."""

    anywhere: tuple[tuple[Substitution, float], ...]
    by_chord: Mapping[tuple[int, int], tuple[tuple[Substitution, float], ...]]

    def at(self, roman: Roman) -> tuple[tuple[Substitution, float], ...]:
        """Return the rules that apply to a chord."""
        return (*self.by_chord.get((roman.root, _third(roman)), ()), *self.anywhere)


def rules_for(plan: Plan, style: Style, banks: Banks, minor: bool) -> SubstitutionRules:
    """Return the rules of the bank with a chance above zero in this cue type, style and mode."""
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


def apply_rule(row: Substitution, site: Site, patience: float = PATIENCE) -> list[TimedChord] | None:
    """Return the chords that a rule puts in place of one; None when a condition or the melody forbids it.

    patience: how much worse the fit may become (see `MelodyOutline.fit`).
    """
    if not all(CONDITIONS[need](site) for need in row.needs):
        return None
    chord = site.chord
    fresh = share_time(site, row.chords, row.device) if row.chords else CHANGES[str(row.change)](site, row.device)
    if fresh is None or all(same(new.roman, chord.roman) for new in fresh):
        return None
    if len(fresh) > 1 and min(new.length for new in fresh) < site.least:
        return None
    if site.outline:
        fit = 0.0
        for new in fresh:
            if new.device and site.outline.avoids(new.roman, new.onset, new.end):
                return None
            fit += site.outline.fit(new.roman, new.onset, new.end) * new.length
        if fit / chord.length < site.outline.fit(chord.roman, chord.onset, chord.end) - patience:
            return None
    return fresh


def substitute(site: Site, rules: SubstitutionRules, draw: Stream, rate: float) -> list[TimedChord]:
    """Give every chord of a section (`site.chords`) one chance of substitution. rate: factor on the chances.

    Cadences and chords with a device stay, and no two chords in a row are replaced.
    """
    chords = list(site.chords)
    out: list[TimedChord] = []
    replaced_before = False
    for i, chord in enumerate(chords):
        chance_left = draw.uniform()
        replaced = None
        if not (chord.cadence or chord.device or replaced_before):
            for row, chance in rules.at(chord.roman):
                chance_left -= chance * rate
                if chance_left < 0:
                    here = replace(site, chords=[*out, *chords[i:]], at=len(out))
                    replaced = apply_rule(row, here)
                    break
        replaced_before = replaced is not None
        out.extend(replaced if replaced is not None else [chord])
    return out


def colour_at(site: Site, rules: SubstitutionRules, draw: Stream) -> list[TimedChord] | None:
    """Add a colour event at a place; return the section's chords, or None when no colour rule is possible there."""
    found = {row.about: (row, chance) for row, chance in rules.at(site.chord.roman) if row.colour}
    weights = {about: chance for about, (_, chance) in found.items()}
    while weights:
        about = draw.weighted(weights)
        fresh = apply_rule(found[about][0], site, LONG_PATIENCE)
        if fresh is not None:
            return [*site.chords[: site.at], *fresh, *site.chords[site.at + 1 :]]
        del weights[about]
    return None


def is_colour(chord: TimedChord, mode: str, devices: frozenset[str]) -> bool:
    """Tell whether a chord counts as colour: by its device, or by tones outside the mode.

    The raised seventh of minor belongs to every minor mode.
    """
    if chord.device in devices:
        return True
    mode_classes = frozenset(MODES[mode]) | (frozenset({11}) if MODES[mode][2] == 3 else frozenset())
    return not chord.roman.classes <= mode_classes


def colour_devices(banks: Banks) -> frozenset[str]:
    """Return the devices that count as colour."""
    return frozenset(row.device for row in banks.substitutions.values() if row.colour)
