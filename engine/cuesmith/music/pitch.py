"""Names of pitches and tonics, and key signatures."""

from __future__ import annotations

import re

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "##": 2, "bb": -2}

# The usual spelling of a tonic, indexed by pitch class, for major keys and for minor keys.
MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

# Number of sharps (positive) or flats (negative) of the major key on each pitch class.
MAJOR_SHARPS = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)

_PITCH = re.compile(r"([A-Ga-g])(##|bb|#|b|♯|♭)?(-?\d+)")
_CLASS = re.compile(r"([A-Ga-g])(##|bb|#|b|♯|♭)?")


def parse_pitch_class(text: str) -> int:
    """Read a note name (`F#`, `Bb`, `e`) as a pitch class 0..11. Raises ValueError with the expected form."""
    match = _CLASS.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not a note name; write it like C, F# or Bb")
    return (LETTERS[match[1].upper()] + ACCIDENTALS[match[2] or ""]) % 12


def parse_pitch(text: str) -> int:
    """Read a pitch: `C4` is 60, `Bb3` is 58. Raises ValueError when it is not a pitch or lies outside 0..127."""
    match = _PITCH.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not a pitch; write it like C4, F#3 or Bb5 (C4 is middle C)")
    value = LETTERS[match[1].upper()] + ACCIDENTALS[match[2] or ""] + 12 * (int(match[3]) + 1)
    if not 0 <= value <= 127:
        raise ValueError(f"'{text}' lies outside the MIDI range C-1 to G9")
    return value


def fold(pitch: int, low: int, high: int) -> int:
    """Move a pitch by octaves to `high` or below, then to `low` or above. In a range under an octave `low` wins."""
    while pitch > high:
        pitch -= 12
    while pitch < low:
        pitch += 12
    return pitch


def tonic_name(pitch_class: int, minor: bool) -> str:
    """Return the usual spelling of a tonic: 10 is Bb; 1 is Db in major, C# in minor."""
    return (MINOR_NAMES if minor else MAJOR_NAMES)[pitch_class % 12]


def degree_name(pitch_class: int, degree: int, tonic: int, minor: bool) -> str:
    """Spell a pitch class as a degree above a tonic (0 is the tonic's own letter): 3 as the sixth of G is Eb.

    Where the degree would need more than one accidental, the plain name is used, with sharps or flats as in the tonic's
    key signature.
    """
    letters = tuple(LETTERS)
    letter = letters[(letters.index(tonic_name(tonic, minor)[0]) + degree) % 7]
    accidental = (pitch_class - LETTERS[letter] + 6) % 12 - 6
    if abs(accidental) > 1:
        return pitch_name(pitch_class + 60, sharps(tonic, minor) < 0)[:-1]
    return letter + ("b" if accidental < 0 else "#" if accidental else "")


def sharps(pitch_class: int, minor: bool) -> int:
    """Return the key signature of a tonic: sharps positive, flats negative, -7..7."""
    return MAJOR_SHARPS[(pitch_class + (3 if minor else 0)) % 12]


def pitch_name(pitch: int, flats: bool = False) -> str:
    """Return the name of a MIDI pitch: 60 is C4; 61 is C#4, or Db4 with `flats`."""
    names = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B") if flats else (
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"
    )  # fmt: skip
    return f"{names[pitch % 12]}{pitch // 12 - 1}"
