"""Chords: roman numerals as people write them, and what they are in a key.

`parse_roman` reads `IVM7`, `bVII`, `#ivo7`, `i(M7)`, `vi(add9)`, `V/IV` (bass on the fourth degree), `I/3`, `Q` and
`i(no3)`. Accidentals count from the major scale, whatever the mode, so `bVI` is the flat sixth in major and in minor;
upper case is a major third, lower case a minor third.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from cuesmith.music.pitch import pitch_name
from cuesmith.music.scale import MODES, Key

# quality: semitones above the root; how a lead sheet writes it
QUALITIES: dict[str, tuple[tuple[int, ...], str]] = {
    "maj":    ((0, 4, 7), ""),
    "min":    ((0, 3, 7), "m"),
    "dim":    ((0, 3, 6), "dim"),
    "aug":    ((0, 4, 8), "aug"),
    "5":      ((0, 7), "5"),
    "sus2":   ((0, 2, 7), "sus2"),
    "sus4":   ((0, 5, 7), "sus4"),
    "6":      ((0, 4, 7, 9), "6"),
    "m6":     ((0, 3, 7, 9), "m6"),
    "69":     ((0, 4, 7, 9, 14), "6/9"),
    "m69":    ((0, 3, 7, 9, 14), "m6/9"),
    "add9":   ((0, 4, 7, 14), "add9"),
    "madd9":  ((0, 3, 7, 14), "m(add9)"),
    "7":      ((0, 4, 7, 10), "7"),
    "M7":     ((0, 4, 7, 11), "M7"),
    "m7":     ((0, 3, 7, 10), "m7"),
    "mM7":    ((0, 3, 7, 11), "m(M7)"),
    "m7b5":   ((0, 3, 6, 10), "m7b5"),
    "dim7":   ((0, 3, 6, 9), "dim7"),
    "7sus4":  ((0, 5, 7, 10), "7sus4"),
    "9sus4":  ((0, 5, 7, 10, 14), "9sus4"),
    "aug7":   ((0, 4, 8, 10), "aug7"),
    "7b5":    ((0, 4, 6, 10), "7b5"),
    "M9":     ((0, 4, 7, 11, 14), "M9"),
    "m9":     ((0, 3, 7, 10, 14), "m9"),
    "9":      ((0, 4, 7, 10, 14), "9"),
    "13":     ((0, 4, 7, 10, 14, 21), "13"),
    "7#9":    ((0, 4, 7, 10, 15), "7#9"),
    "7b9":    ((0, 4, 7, 10, 13), "7b9"),
    "7#11":   ((0, 4, 7, 10, 18), "7#11"),
    "M7#11":  ((0, 4, 7, 11, 18), "M7#11"),
    "m11":    ((0, 3, 7, 10, 14, 17), "m11"),
    "Q":      ((0, 5, 10), "quartal"),
}  # fmt: skip

# what may follow a numeral: suffix → quality for upper case, for lower case
_SUFFIXES: dict[str, tuple[str, str]] = {
    "":        ("maj", "min"),
    "7":       ("7", "m7"),
    "M7":      ("M7", "mM7"),
    "(M7)":    ("M7", "mM7"),
    "m7":      ("m7", "m7"),
    "6":       ("6", "m6"),
    "m6":      ("m6", "m6"),
    "69":      ("69", "m69"),
    "9":       ("9", "m9"),
    "M9":      ("M9", "mM7"),
    "11":      ("9sus4", "m11"),
    "13":      ("13", "m9"),
    "o":       ("dim", "dim"),
    "o7":      ("dim7", "dim7"),
    "+":       ("aug", "aug"),
    "+7":      ("aug7", "aug7"),
    "sus2":    ("sus2", "sus2"),
    "sus4":    ("sus4", "sus4"),
    "7sus4":   ("7sus4", "7sus4"),
    "9sus4":   ("9sus4", "9sus4"),
    "add9":    ("add9", "madd9"),
    "(add9)":  ("add9", "madd9"),
    "5":       ("5", "5"),
    "(no3)":   ("5", "5"),
    "m7b5":    ("m7b5", "m7b5"),
    "7b5":     ("7b5", "m7b5"),
    "7#9":     ("7#9", "7#9"),
    "7b9":     ("7b9", "7b9"),
    "7#11":    ("7#11", "7#11"),
    "M7#11":   ("M7#11", "M7#11"),
    "M7(#11)": ("M7#11", "M7#11"),
    "Q":       ("Q", "Q"),
}  # fmt: skip

_NUMERALS = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_ACCIDENTAL = {"": 0, "b": -1, "#": 1}
_ROMAN = re.compile(r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")
_BASS = re.compile(r"([b#]?)([1-7]|VII|VI|IV|V|III|II|I)")


@dataclass(frozen=True)
class Roman:
    """A chord relative to a tonic: root and bass in semitones above it (0..11), a quality of QUALITIES."""

    text: str
    root: int
    quality: str
    bass: int

    def with_quality(self, quality: str) -> Roman:
        """The same root and bass with another colour."""
        return Roman(self.text, self.root, quality, self.bass)


@dataclass(frozen=True)
class Chord:
    """A sounding chord: root and bass pitch class (0..11), a quality of QUALITIES, and its roman numeral."""

    root: int
    quality: str
    bass: int
    roman: str = ""

    @cached_property
    def intervals(self) -> tuple[int, ...]:
        """Semitones above the root."""
        return QUALITIES[self.quality][0]

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Pitch classes from the root up, each once."""
        return tuple(dict.fromkeys((self.root + interval) % 12 for interval in self.intervals))

    @cached_property
    def core(self) -> frozenset[int]:
        """The pitch classes a strong melody note may rest on: root, third (or sus tone), fifth, seventh or sixth."""
        return frozenset((self.root + interval) % 12 for interval in self.intervals if interval < 12)

    @property
    def symbol(self) -> str:
        """Lead-sheet name without a key, in its usual spelling: `Bbm7`, `C/E`."""
        return self.name(self.root in (1, 3, 5, 8, 10))

    def name(self, flats: bool) -> str:
        """Lead-sheet name with flats or sharps."""
        name = pitch_name(self.root + 60, flats)[:-1] + QUALITIES[self.quality][1]
        return name if self.bass == self.root else f"{name}/{pitch_name(self.bass + 60, flats)[:-1]}"

    @property
    def minor_third(self) -> bool:
        """True when the third is minor."""
        return 3 in self.intervals

    @property
    def dominant(self) -> bool:
        """True for a major third with a minor seventh, or its suspended form."""
        return 10 in self.intervals and (4 in self.intervals or 5 in self.intervals)

    def tones(self) -> dict[int, str]:
        """Chord pitch classes by what they are: R, 3, 5, 7 …"""
        names = {0: "R", 2: "9", 3: "3", 4: "3", 5: "4", 6: "5", 7: "5", 8: "5", 9: "6", 10: "7", 11: "7"}
        out = {}
        for interval in self.intervals:
            out[(self.root + interval) % 12] = "T" if interval > 12 else names.get(interval, "T")
        return out


def parse_roman(text: str) -> Roman:
    """Read one roman numeral. Raises ValueError that names what was not understood."""
    body, _, bass_text = text.strip().partition("/")
    match = _ROMAN.fullmatch(body)
    if not match:
        raise ValueError(f"'{text}' is not a chord; write a roman numeral such as IVM7, bVII or vi(add9)")
    accidental, numeral, suffix = match.groups()
    if suffix not in _SUFFIXES:
        raise ValueError(f"'{text}': unknown chord suffix '{suffix}'; known: {', '.join(s for s in _SUFFIXES if s)}")
    root = (MODES["ionian"][_NUMERALS[numeral.upper()]] + _ACCIDENTAL[accidental]) % 12
    bass = root
    if bass_text:
        slash = _BASS.fullmatch(bass_text)
        if not slash:
            raise ValueError(f"'{text}': the bass after '/' is a degree such as 3, b7 or IV")
        degree = int(slash[2]) - 1 if slash[2].isdigit() else _NUMERALS[slash[2]]
        bass = (MODES["ionian"][degree] + _ACCIDENTAL[slash[1]]) % 12
    return Roman(text.strip(), root, _SUFFIXES[suffix][0 if numeral.isupper() else 1], bass)


def in_key(roman: Roman, key: Key) -> Chord:
    """The sounding chord of a numeral in a key (only the tonic matters: numerals carry their own accidentals)."""
    return Chord((key.tonic + roman.root) % 12, roman.quality, (key.tonic + roman.bass) % 12, roman.text)


def chord_scale(chord: Chord, key: Key) -> frozenset[int]:
    """Pitch classes that sound at home over the chord: the key, where chord tones oust their chromatic rivals.

    A borrowed chord bends the scale: over bVII in major the leading tone gives way to the flat seventh.
    """
    tones = set(chord.classes)
    kept = {pc for pc in key.classes if pc in tones or not ({(pc + 1) % 12, (pc - 1) % 12} & (tones - key.classes))}
    return frozenset(tones | kept)
