"""Scales and keys.

A melody is written in steps of a seven-note `parent` mode, so that a theme can change its mode and stay the same theme.
A five-note scale (yonanuki, miyako-bushi …) is given by the parent steps it uses, and by its nuclear tones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cuesmith.music.pitch import sharps, tonic_name

# Semitones above the tonic of the seven-note modes.
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


def is_dark(mode: str) -> bool:
    """True when the mode has a semitone above the tonic, as phrygian and locrian have."""
    return MODES[mode][1] == 1


def is_minor(mode: str) -> bool:
    """True when the mode has a minor third."""
    return MODES[mode][2] == 3


@dataclass(frozen=True)
class Scale:
    """A scale inside a parent mode.

    steps: the parent steps (0..6) that the scale uses, rising.
    nuclear: the steps on which long notes and endings rest.
    """

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

    @property
    def dark(self) -> bool:
        """True with a semitone above the tonic, and for pentatonic scales with both minor third and minor sixth."""
        return 1 in self.semitones or (self.pentatonic and {3, 8} <= set(self.semitones))


@dataclass(frozen=True)
class Key:
    """A key: pitch class of the tonic (0..11) and a seven-note mode."""

    tonic: int
    mode: str

    @property
    def minor(self) -> bool:
        """True for modes with a minor third."""
        return is_minor(self.mode)

    @property
    def name(self) -> str:
        """The name as printed: `D major`, `E minor`, `A dorian`."""
        label = {"ionian": "major", "aeolian": "minor"}.get(self.mode, self.mode.replace("_", " "))
        return f"{tonic_name(self.tonic, self.minor)} {label}"

    @property
    def sharps(self) -> int:
        """Key signature, -7..7: that of the major or minor key on the same tonic."""
        return sharps(self.tonic, self.minor)

    @cached_property
    def classes(self) -> frozenset[int]:
        """Pitch classes of the mode on this tonic."""
        return frozenset((self.tonic + semitone) % 12 for semitone in MODES[self.mode])

    def pitch(self, step: int, alter: int = 0, octave: int = 4) -> int:
        """Return the MIDI pitch of a step of the mode (0 = tonic of `octave`; C4 = 60). Steps may lie outside 0..6.

        alter: chromatic alteration in semitones.
        """
        return 12 * (octave + 1) + self.tonic + 12 * (step // 7) + MODES[self.mode][step % 7] + alter

    def step_of(self, pitch: int, octave: int = 4) -> tuple[int, int]:
        """Return (step, alter) of a pitch; the inverse of `pitch`. A chromatic note is an altered neighbouring step."""
        distance = pitch - 12 * (octave + 1) - self.tonic
        turns, inside = divmod(distance, 12)
        degrees = MODES[self.mode]
        step = min(range(7), key=lambda s: (abs(degrees[s] - inside), degrees[s] > inside))
        return step + 7 * turns, inside - degrees[step]

    def transposed(self, semitones: int) -> Key:
        """Return the same mode on the tonic `semitones` higher."""
        return Key((self.tonic + semitones) % 12, self.mode)

    def with_mode(self, mode: str) -> Key:
        """Return the same tonic in another mode."""
        return Key(self.tonic, mode)


def brightness(mode: str) -> float:
    """Return how bright a mode is, from -1 (locrian) to 1 (lydian); dorian is 0.

    It is the sum of the semitones by which its degrees lie above those of dorian, divided by three.
    """
    return (sum(MODES[mode]) - sum(MODES["dorian"])) / 3
