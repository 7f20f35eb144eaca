"""The harmony of one section while it is being made: steps (chords in time) and the theme they must carry."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cuesmith.compose.treatments import phrase_meter
from cuesmith.motif.model import Theme
from cuesmith.motif.transform import remetre
from cuesmith.music.chord import Roman
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES
from cuesmith.score import Plan, SectionPlan

PLAIN, LEGAL, AVOID = 1.0, 0.3, -0.4  # what a strong note is worth as chord tone, as legal tension, as avoid note
UNSUNG = 0.6  # the fit of a chord under which the theme is silent or not known


class Step(NamedTuple):
    """A chord for a while. onset: ticks from the start of the section; device, cadence: what it is there for."""

    onset: int
    length: int
    roman: Roman
    device: str = ""
    cadence: str = ""

    @property
    def end(self) -> int:
        """The tick at which the next step begins, from the start of the section."""
        return self.onset + self.length


class Sung(NamedTuple):
    """A strong or long note of the theme: ticks from the start of the section, semitones above the tonic, weight."""

    onset: int
    degree: int
    weight: int


@lru_cache(maxsize=256)
def _strong_notes(theme: Theme, phrase: Meter, meter: Meter, mode: str) -> tuple[Sung, ...]:
    """The notes of the whole melody that harmony has to answer for, in a meter and a mode."""
    out = []
    bar = meter.bar_ticks
    for note in remetre(theme.melody, phrase).notes:
        strength = meter.strength(note.onset % bar)
        if strength >= 3 or note.duration >= bar // 4:
            degree = (MODES[mode][note.step % 7] + note.alter) % 12
            out.append(Sung(note.onset, degree, note.duration * (2 if strength == 4 else 1)))
    return tuple(out)


class Bed:
    """The theme as far as it is known where the harmony is made: what is sung when."""

    __slots__ = ("_notes", "_onsets")

    def __init__(self, notes: Sequence[Sung] = ()) -> None:
        self._notes = tuple(notes)
        self._onsets = [note.onset for note in self._notes]

    def __bool__(self) -> bool:
        return bool(self._notes)

    def between(self, start: int, end: int) -> tuple[Sung, ...]:
        """The notes that begin in [start, end) ticks."""
        if not self._notes:
            return ()
        return self._notes[bisect_left(self._onsets, start) : bisect_left(self._onsets, end)]

    def fit(self, roman: Roman, start: int, end: int) -> float:
        """How well a chord carries what is sung over it: 1 all chord tones, below 0 mostly avoid notes."""
        notes = self.between(start, end)
        if not notes:
            return UNSUNG
        core, legal = roman.core, roman.legal
        good = total = 0.0
        for note in notes:
            total += note.weight
            good += note.weight * (PLAIN if note.degree in core else LEGAL if note.degree in legal else AVOID)
        return good / total

    def avoids(self, roman: Roman, start: int, end: int) -> bool:
        """Whether a note over the chord is neither chord tone nor legal tension."""
        legal = roman.legal
        return any(note.degree not in legal for note in self.between(start, end))


def bed_of(section: SectionPlan, plan: Plan, themes: Mapping[str, Theme]) -> Bed:
    """What the section will sing, where its treatment states the theme as it is (see `compose.treatments`)."""
    theme = themes.get(section.theme) if section.theme else None
    if theme is None or plan.melody in ("fragments", "none"):
        return Bed()
    phrase = phrase_meter(theme, section.meter)
    if section.length < phrase.bar_ticks:
        phrase = section.meter
    notes = _strong_notes(theme, phrase, section.meter, section.key.mode)
    bar, bars = phrase.bar_ticks, section.length // phrase.bar_ticks
    treatment = section.treatment
    if treatment == "contrast" and theme.name != plan.brief.themes[0]:
        treatment = "statement"
    out: list[Sung] = []

    def lay(at: int, first: int, count: int) -> None:
        shift = (at - first) * bar
        out.extend(n._replace(onset=n.onset + shift) for n in notes if first * bar <= n.onset < (first + count) * bar)

    at = 0
    if treatment in ("statement", "restatement"):
        while bars - at >= 8:
            lay(at, 0, 8)
            at += 8
        left = bars - at
        if left >= 4:
            lay(at, 4 if treatment == "restatement" else 0, 4)
        elif left:
            lay(at, 0, left)
    elif treatment == "chorus":
        if bars >= 16:
            lay(0, 0, 8)
            at = 8
        while bars - at >= 8:
            lay(at + 4, 4, 4)
            at += 8
    return Bed(out)


def half_bar(meter: Meter) -> int:
    """Ticks from the secondary accent to the bar line: two beats of 4/4, the last beat of 3/4 and 2/4, 3 of 7/8."""
    inner = meter.strong_ticks[1] if len(meter.strong_ticks) > 1 else meter.beats_ticks[-1]
    return meter.bar_ticks - inner if inner else meter.bar_ticks // 2


def divided(onset: int, length: int, count: int, meter: Meter) -> tuple[tuple[int, int], ...] | None:
    """A span shared by `count` chords as a musician would: whole bars, else beats, the longer first; None: too short.

    onset: ticks from a bar line.
    """
    bar = meter.bar_ticks
    if length % bar == 0 and length // bar >= count:
        cuts = [round(i * (length // bar) / count) * bar for i in range(count + 1)]
    elif count == 2 and length <= 2 * bar and length % bar == 0:
        cuts = [0, length - half_bar(meter), length]
    else:
        beats = [
            place + number * bar - onset
            for number in range(onset // bar, (onset + length) // bar + 1)
            for place in meter.beats_ticks
            if onset <= place + number * bar < onset + length
        ]
        if len(beats) < count:
            return None
        cuts = [beats[-(-i * len(beats) // count)] for i in range(count)] + [length]
        cuts[0] = 0
    if any(b - a < PPQ // 2 for a, b in pairwise(cuts)):
        return None
    return tuple((onset + a, b - a) for a, b in pairwise(cuts))
