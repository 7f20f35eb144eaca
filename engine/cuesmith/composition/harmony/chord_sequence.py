"""The harmony of one section while it is being made: steps (chords in time) and the theme they must carry."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cuesmith.composition.melody.layout import MelodyLayout
from cuesmith.music.chord import Roman
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES
from cuesmith.plan.model import SectionPlan

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


def bed_of(section: SectionPlan, written: MelodyLayout | None) -> Bed:
    """The strong and long notes of what a section will sing, in its mode."""
    if written is None:
        return Bed()
    meter = section.meter
    bar, mode = meter.bar_ticks, MODES[section.key.mode]
    out = []
    for piece in written.pieces:
        for note in piece.motif.notes:
            onset = piece.start + note.onset
            strength = meter.strength(onset % bar)
            if strength >= 3 or note.duration >= bar // 4:
                degree = (mode[note.step % 7] + note.alter) % 12
                out.append(Sung(onset, degree, note.duration * (2 if strength == 4 else 1)))
    return Bed(sorted(out))


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
