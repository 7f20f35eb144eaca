"""The harmony of a section in progress: chords in time, and the outline of the melody they must support."""

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

PLAIN, LEGAL, AVOID = 1.0, 0.3, -0.4  # value of a strong note as chord tone, as legal tension, as avoid note
NO_MELODY_FIT = 0.6  # fit of a chord under which there is no melody, or it is not known


class TimedChord(NamedTuple):
    """A chord with its time. onset, length: in ticks, from the start of the section.

    device: why the chord is there, if not from the progression. cadence: named on the last chord of a section.
    """

    onset: int
    length: int
    roman: Roman
    device: str = ""
    cadence: str = ""

    @property
    def end(self) -> int:
        """Tick at which the chord ends, from the start of the section."""
        return self.onset + self.length


class OutlineNote(NamedTuple):
    """A strong or long note of the melody: ticks from the start of the section, semitones above the tonic, weight."""

    onset: int
    degree: int
    weight: int


class MelodyOutline:
    """The strong and long notes of a section's melody, as far as they are known when harmony is made."""

    __slots__ = ("_notes", "_onsets")

    def __init__(self, notes: Sequence[OutlineNote] = ()) -> None:
        self._notes = tuple(notes)
        self._onsets = [note.onset for note in self._notes]

    def __bool__(self) -> bool:
        return bool(self._notes)

    def between(self, start: int, end: int) -> tuple[OutlineNote, ...]:
        """Return the notes that begin in [start, end) ticks."""
        if not self._notes:
            return ()
        return self._notes[bisect_left(self._onsets, start) : bisect_left(self._onsets, end)]

    def fit(self, roman: Roman, start: int, end: int) -> float:
        """Return how well a chord supports the melody over it: 1 all chord tones, below 0 mostly avoid notes."""
        notes = self.between(start, end)
        if not notes:
            return NO_MELODY_FIT
        core, legal = roman.core, roman.legal
        good = total = 0.0
        for note in notes:
            total += note.weight
            good += note.weight * (PLAIN if note.degree in core else LEGAL if note.degree in legal else AVOID)
        return good / total

    def repeats(self, ticks: int, later: int) -> bool:
        """Tell whether the first `ticks` of the melody come again from the tick `later` on."""
        first, again = self.between(0, ticks), self.between(later, later + ticks)
        return bool(first) and [(n.onset + later, n.degree) for n in first] == [(n.onset, n.degree) for n in again]

    def avoids(self, roman: Roman, start: int, end: int) -> bool:
        """Tell whether a note over the chord is neither a chord tone nor a legal tension."""
        legal = roman.legal
        return any(note.degree not in legal for note in self.between(start, end))


def outline_of(section: SectionPlan, layout: MelodyLayout | None) -> MelodyOutline:
    """Return the strong and long notes of a section's melody, as degrees of its mode."""
    if layout is None:
        return MelodyOutline()
    meter = section.meter
    bar, mode = meter.bar_ticks, MODES[section.key.mode]
    out = []
    for piece in layout.pieces:
        for note in piece.motif.notes:
            onset = piece.start + note.onset
            strength = meter.strength(onset % bar)
            if strength >= 3 or note.duration >= bar // 4:
                degree = (mode[note.step % 7] + note.alter) % 12
                out.append(OutlineNote(onset, degree, note.duration * (2 if strength == 4 else 1)))
    return MelodyOutline(sorted(out))


def chords_until(chords: Sequence[TimedChord], tick: int) -> list[TimedChord]:
    """Return what sounds before a tick; a chord that lasts longer is cut there."""
    return [chord._replace(length=min(chord.length, tick - chord.onset)) for chord in chords if chord.onset < tick]


def chords_from(chords: Sequence[TimedChord], tick: int) -> list[TimedChord]:
    """Return what sounds from a tick on; a chord that began earlier begins there."""
    return [
        chord._replace(onset=max(chord.onset, tick), length=chord.end - max(chord.onset, tick))
        for chord in chords
        if chord.end > tick
    ]


def half_bar(meter: Meter) -> int:
    """Return the ticks from the secondary accent to the bar line: 2 beats of 4/4, the last beat of 3/4, 3 of 7/8."""
    inner = meter.strong_ticks[1] if len(meter.strong_ticks) > 1 else meter.beats_ticks[-1]
    return meter.bar_ticks - inner if inner else meter.bar_ticks // 2


def divide(onset: int, length: int, count: int, meter: Meter) -> tuple[tuple[int, int], ...] | None:
    """Divide a span between `count` chords: in whole bars, else in beats, longer parts first; None if too short.

    onset: ticks from a bar line. Returns (onset, length) of each part.
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
