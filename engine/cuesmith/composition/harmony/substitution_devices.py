"""Conditions of substitution rules, and the devices that compute their chords.

In the table of substitutions, `needs` names CONDITIONS and `change` names CHANGES.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord, divide, half_bar
from cuesmith.music.chord import Roman, applied, roman_on
from cuesmith.music.meter import Meter
from cuesmith.music.scale import MODES
from cuesmith.specs.banks.harmony import ConditionName

QUIET = {"", "relative", "inversion", "pedal", "deceptive"}  # devices whose chords colour may replace
NO_DOMINANT = {False: (0, 11), True: (0, 2)}  # degrees without a secondary dominant, in major and in minor (True)


@dataclass(frozen=True, slots=True)
class Site:
    """A chord in its surroundings: where a rule may be applied."""

    chords: Sequence[TimedChord]
    at: int
    meter: Meter
    mode: str
    outline: MelodyOutline
    after: Roman | None  # the chord that follows the section
    climax: bool
    least: int  # shortest chord in ticks

    @property
    def chord(self) -> TimedChord:
        """The chord itself."""
        return self.chords[self.at]

    @property
    def following(self) -> Roman | None:
        """The next chord, if any."""
        return self.chords[self.at + 1].roman if self.at + 1 < len(self.chords) else self.after

    @property
    def preceding(self) -> Roman | None:
        """The chord before it in the section, if any."""
        return self.chords[self.at - 1].roman if self.at else None

    @property
    def minor(self) -> bool:
        """True when the section is in minor."""
        return MODES[self.mode][2] == 3


def _leads_to(*roots: int) -> Callable[[Site], bool]:
    """Return a condition: the next root is one of these degrees (semitones above the tonic)."""
    return lambda site: site.following is not None and site.following.root in roots


def _phrase_end(site: Site) -> bool:
    """Tell whether the chord ends a phrase of four bars."""
    return site.chord.end % (4 * site.meter.bar_ticks) == 0


def _falls(site: Site) -> bool:
    """Tell whether the root falls a fifth to the next chord."""
    return site.following is not None and (site.chord.roman.root - site.following.root) % 12 == 7


def _bass_leaps(site: Site) -> bool:
    """Tell whether the bass leaps by a fourth, tritone or fifth into the chord."""
    before, after = site.preceding, site.following
    if before is None or after is None:
        return False
    leap = (site.chord.roman.bass - before.bass) % 12
    return 4 < leap < 8


CONDITIONS: dict[ConditionName, Callable[[Site], bool]] = {
    "lasts_half_a_bar": lambda site: site.chord.length >= min(2 * half_bar(site.meter), site.meter.bar_ticks),
    "lasts_a_bar": lambda site: site.chord.length >= site.meter.bar_ticks,
    "lasts_two_bars": lambda site: site.chord.length >= 2 * site.meter.bar_ticks,
    "falls_by_fifth": _falls,
    "to_tonic": _leads_to(0),
    "to_submediant": _leads_to(9),
    "to_dominant": _leads_to(7),
    "to_mixture": _leads_to(7, 10),
    "not_phrase_end": lambda site: not _phrase_end(site),
    "inside": lambda site: site.at > 0,
    "second_half": lambda site: site.chord.onset * 2 >= site.chords[-1].end,
    "climax": lambda site: site.climax,
    "bass_leaps": _bass_leaps,
}  # fmt: skip


def share_time(site: Site, romans: Sequence[Roman], device: str) -> list[TimedChord] | None:
    """Let several chords share the time of one; those that are new get the device."""
    chord = site.chord
    spans = divide(chord.onset, chord.length, len(romans), site.meter)
    if spans is None:
        return None
    return [
        TimedChord(onset, length, roman, "" if is_plain_form(roman, chord.roman) else device)
        for (onset, length), roman in zip(spans, romans, strict=True)
    ]


def same(a: Roman, b: Roman) -> bool:
    """Tell whether two numerals mean the same chord."""
    return (a.root, a.quality, a.bass) == (b.root, b.quality, b.bass)


def is_plain_form(a: Roman, b: Roman) -> bool:
    """Tell whether the first chord is the second, or its plain triad."""
    if a.quality in ("maj", "min"):
        return (a.root, a.bass, a.minor_third) == (b.root, b.bass, b.minor_third)
    return same(a, b)


def _replace_end(site: Site, roman: Roman, device: str) -> list[TimedChord] | None:
    """Keep the chord, and put another into its last bar or last half bar."""
    chord, bar = site.chord, site.meter.bar_ticks
    last = half_bar(site.meter) if chord.length <= 2 * bar else bar
    if chord.length <= last or chord.length < 2 * last - site.meter.unit_ticks:
        return None
    return [
        chord._replace(length=chord.length - last),
        TimedChord(chord.end - last, last, roman, device),
    ]


def _goal(site: Site) -> Roman | None:
    """Return the next chord if a secondary dominant may lead to it: a triad of the mode on a suitable degree."""
    goal = site.following
    if goal is None or goal.bass != goal.root or goal.root in (site.chord.roman.root, *NO_DOMINANT[site.minor]):
        return None
    thirds = {(pc - goal.root) % 12 for pc in goal.classes}
    return goal if thirds & {3, 4} and 7 in thirds and goal.root in MODES[site.mode] else None


def applied_dominant(site: Site, device: str) -> list[TimedChord] | None:
    """Put the dominant seventh of the next chord at the end of this one."""
    goal = _goal(site)
    if goal is None or _falls(site):
        return None
    return _replace_end(site, applied("V7", goal), device)


def applied_diminished(site: Site, device: str) -> list[TimedChord] | None:
    """Put the diminished seventh a semitone below the next chord at the end of this one."""
    goal = _goal(site)
    return None if goal is None else _replace_end(site, applied("viio7", goal), device)


def passing_diminished(site: Site, device: str) -> list[TimedChord] | None:
    """Put a diminished seventh between two bass notes that rise a whole tone."""
    goal, here = site.following, site.chord.roman
    if goal is None or (goal.bass - here.bass) % 12 != 2 or goal.bass != goal.root:
        return None
    return _replace_end(site, roman_on((here.bass + 1) % 12, "dim7"), device)


def tritone(site: Site, device: str) -> list[TimedChord] | None:
    """Replace a dominant that resolves by the dominant seventh a tritone away."""
    here = site.chord.roman
    if 4 not in {(pc - here.root) % 12 for pc in here.classes} or here.quality in ("M7", "M9") or here.root == 0:
        return None
    return [site.chord._replace(roman=roman_on((here.root + 6) % 12, "7"), device=device)]


def hold_bass(site: Site, device: str) -> list[TimedChord] | None:
    """Put the chord over the bass of the chord before, unless they clash by a semitone."""
    before, here = site.preceding, site.chord.roman
    if before is None or before.bass != before.root or here.bass != here.root or before.bass == here.root:
        return None
    if {(before.bass + 1) % 12, (before.bass - 1) % 12} & here.classes:
        return None
    return [site.chord._replace(roman=here.over(before.bass), device=device)]


def inversion(site: Site, device: str) -> list[TimedChord] | None:
    """Put the third into the bass when the bass then moves more smoothly."""
    before, after, here = site.preceding, site.following, site.chord.roman
    if before is None or after is None or here.bass != here.root or here.quality not in ("maj", "min", "7", "m7", "M7"):
        return None

    def distance(bass: int) -> int:
        moves = [min((bass - end) % 12, (end - bass) % 12) for end in (before.bass, after.bass)]
        return sum(moves) + 6 * (0 in moves)

    third = (here.root + (3 if here.minor_third else 4)) % 12
    if distance(third) >= distance(here.root) or min((third - before.bass) % 12, (before.bass - third) % 12) > 2:
        return None
    return [site.chord._replace(roman=here.over(third), device=device)]


def planing(site: Site, device: str) -> list[TimedChord] | None:
    """Play the chord, the same shape a whole tone lower, and (with the next chord) the chord again."""
    here = site.chord.roman
    if here.bass != here.root:
        return None
    below = roman_on((here.root - 2) % 12, here.quality)
    return share_time(site, (here, below), device)


CHANGES: Mapping[str, Callable[[Site, str], list[TimedChord] | None]] = {
    "applied_dominant": applied_dominant,
    "applied_diminished": applied_diminished,
    "passing_diminished": passing_diminished,
    "tritone": tritone,
    "hold_bass": hold_bass,
    "inversion": inversion,
    "planing": planing,
}
