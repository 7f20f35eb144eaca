"""Scales and keys.

A melody is written in steps of a seven-note `parent` mode, so that a theme can change mode and stay itself. A
five-note scale (yonanuki, miyako-bushi …) is the set of parent steps it allows, plus its nuclear tones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cuesmith.music.pitch import sharps, tonic_name

# Semitones of the seven-note modes above the tonic.
#                      1  2  3  4  5  6   7
MODES = {
    "lydian":         (0, 2, 4, 6, 7, 9, 11),
    "ionian":         (0, 2, 4, 5, 7, 9, 11),
    "mixolydian":     (0, 2, 4, 5, 7, 9, 10),
    "dorian":         (0, 2, 3, 5, 7, 9, 10),
    "aeolian":        (0, 2, 3, 5, 7, 8, 10),
    "phrygian":       (0, 1, 3, 5, 7, 8, 10),
    "locrian":        (0, 1, 3, 5, 6, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic_minor":  (0, 2, 3, 5, 7, 9, 11),
    "phrygian_dominant": (0, 1, 4, 5, 7, 8, 10),
    "lydian_dominant":   (0, 2, 4, 6, 7, 9, 10),
}  # fmt: skip


def is_minor(mode: str) -> bool:
    """True when the third of the mode is minor."""
    return MODES[mode][2] == 3


@dataclass(frozen=True)
class Scale:
    """steps: which parent steps (0..6) the scale uses, rising; nuclear: the steps long notes and endings rest on."""

    name: str
    mode: str
    steps: tuple[int, ...]
    nuclear: tuple[int, ...]

    @cached_property
    def semitones(self) -> tuple[int, ...]:
        """Semitones above the tonic, rising."""
        return tuple(MODES[self.mode][step] for step in self.steps)

    @property
    def pentatonic(self) -> bool:
        """True for scales of fewer than seven notes."""
        return len(self.steps) < 7


@dataclass(frozen=True)
class Key:
    """A tonic pitch class (0..11) and a seven-note mode."""

    tonic: int
    mode: str

    @property
    def minor(self) -> bool:
        """True for modes with a minor third."""
        return is_minor(self.mode)

    @property
    def name(self) -> str:
        """`D major`, `E minor`, `A dorian`."""
        label = {"ionian": "major", "aeolian": "minor"}.get(self.mode, self.mode.replace("_", " "))
        return f"{tonic_name(self.tonic, self.minor)} {label}"

    @property
    def sharps(self) -> int:
        """Key signature, -7..7: that of the mode's major or minor."""
        return sharps(self.tonic, self.minor)

    @cached_property
    def classes(self) -> frozenset[int]:
        """Pitch classes of the mode."""
        return frozenset((self.tonic + semitone) % 12 for semitone in MODES[self.mode])

    def pitch(self, step: int, alter: int = 0, octave: int = 4) -> int:
        """MIDI pitch of a step of the mode counted from the tonic of `octave` (C4 = 60); steps may run past 0..6."""
        return 12 * (octave + 1) + self.tonic + 12 * (step // 7) + MODES[self.mode][step % 7] + alter

    def step_of(self, pitch: int, octave: int = 4) -> tuple[int, int]:
        """(step, alter) of a pitch, inverse of `pitch`; chromatic notes are raised or lowered neighbours."""
        distance = pitch - 12 * (octave + 1) - self.tonic
        turns, inside = divmod(distance, 12)
        degrees = MODES[self.mode]
        step = min(range(7), key=lambda s: (abs(degrees[s] - inside), degrees[s] > inside))
        return step + 7 * turns, inside - degrees[step]

    def transposed(self, semitones: int) -> Key:
        """The same mode on another tonic."""
        return Key((self.tonic + semitones) % 12, self.mode)

    def with_mode(self, mode: str) -> Key:
        """The same tonic in another mode."""
        return Key(self.tonic, mode)


def brightness(mode: str) -> float:
    """How bright a mode is: semitones its degrees lie above those of dorian, in thirds; -1 locrian .. 1 lydian."""
    return (sum(MODES[mode]) - sum(MODES["dorian"])) / 3
