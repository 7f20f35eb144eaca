"""Chords: read and write roman numerals, and turn a numeral into a sounding chord in a key.

`parse_roman` reads `IVM7`, `bVII`, `#ivo7`, `i(M7)`, `vi(add9)`, `V/IV` (bass on the fourth degree), `I/3`, `Q`,
`i(no3)` and `V7/ii` (the dominant of the second degree). Accidentals count from the major scale in every mode, so `bVI`
is the flat sixth in major and in minor. An upper-case numeral has a major third, a lower-case one a minor third.

After the slash, a figure is always the bass. A numeral after the slash is the target of an applied chord when it is
lower case, or when the chord before the slash is a dominant seventh or a leading-tone seventh (`V7/IV`, `viio7/V`).
Otherwise it is the bass, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cuesmith.music.pitch import degree_name, pitch_name
from cuesmith.music.scale import MODES, Key

# quality: (semitones above the root, suffix on a lead sheet)
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
    "m7add11": ((0, 3, 7, 10, 17), "m7(11)"),
    "M9#11":  ((0, 4, 7, 11, 14, 18), "M9#11"),
    "13#11":  ((0, 4, 7, 10, 18, 21), "13#11"),
    "7b13":   ((0, 4, 7, 10, 20), "7b13"),
    "13sus4": ((0, 5, 7, 10, 14, 21), "13sus4"),
    "dimM7":  ((0, 3, 6, 11), "dim(M7)"),
    "5b9":    ((0, 7, 13), "5(b9)"),
    "Q":      ((0, 5, 10), "quartal"),
    "cluster": ((0, 1, 2), "cluster"),
}  # fmt: skip

# Qualities that contain a semitone clash, and which chord member causes it. No other quality has two pitch classes a
# semitone apart.
RUBS: dict[str, str] = {
    "M7": "M7", "M9": "M7", "mM7": "M7", "dimM7": "M7", "M7#11": "M7, #11", "M9#11": "M7, #11",
    "7#11": "#11", "13": "13 on b7", "13sus4": "13 on b7", "13#11": "#11, 13 on b7",
    "7b9": "b9", "7#9": "#9", "7b13": "b13", "5b9": "b9",
    "madd9": "9 on b3", "m9": "9 on b3", "m69": "9 on b3", "m11": "9 on b3", "cluster": "cluster",
}  # fmt: skip

# Legal tensions: semitones above the root on which a melody may rest, in addition to the chord tones. All other notes
# are avoid notes: the fourth over a major third, the flat sixth over the fifth, the tonic (fourth) over a dominant.
TENSIONS: dict[str, tuple[int, ...]] = {
    "maj": (2, 6, 9, 11), "add9": (6, 9, 11), "6": (2, 6, 11), "69": (6, 11), "M7": (2, 6, 9), "M9": (6, 9),
    "M7#11": (2, 9), "M9#11": (9,), "min": (2, 5, 9, 10), "madd9": (5, 9, 10), "m6": (2, 5, 11), "m69": (5, 11),
    "m7": (2, 5, 9), "m9": (5, 9), "m11": (9,), "m7add11": (2, 9), "mM7": (2, 5, 9), "m7b5": (5, 8),
    "dim": (2, 5, 8, 9), "dim7": (2, 5, 8, 11), "dimM7": (2, 5, 8), "aug": (2, 6, 10), "aug7": (2, 6),
    "7": (2, 6, 9), "9": (6, 9), "13": (6,), "7#11": (2, 9), "13#11": (2,), "7b9": (3, 6, 8), "7#9": (1, 6, 8),
    "7b13": (1, 3), "7b5": (2, 8),
    "sus2": (3, 4, 9), "sus4": (2, 9, 10), "7sus4": (2, 9), "9sus4": (9,), "13sus4": (), "5": (2, 3, 4, 5, 9, 10),
    "5b9": (3, 5, 8, 10), "Q": (2, 3, 7, 9), "cluster": (5, 6, 7),
}  # fmt: skip

# The suffixes of a numeral: suffix → (quality after an upper-case numeral, after a lower-case one)
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
    "m7(11)":  ("m7add11", "m7add11"),
    "M9#11":   ("M9#11", "M9#11"),
    "13#11":   ("13#11", "13#11"),
    "7b13":    ("7b13", "7b13"),
    "13sus4":  ("13sus4", "13sus4"),
    "o(M7)":   ("dimM7", "dimM7"),
    "5(b9)":   ("5b9", "5b9"),
    "cluster": ("cluster", "cluster"),
}  # fmt: skip

# quality → (the suffix that `numeral_name` writes, whether the numeral is lower case)
_WRITTEN: dict[str, tuple[str, bool]] = {
    **{low: (suffix, True) for suffix, (_, low) in reversed(_SUFFIXES.items())},
    **{high: (suffix, False) for suffix, (high, low) in reversed(_SUFFIXES.items()) if high != low},
    **{same: (suffix, False) for suffix, (same, low) in reversed(_SUFFIXES.items()) if same == low},
    "m7": ("7", True), "m6": ("6", True), "dim": ("o", True), "dim7": ("o7", True), "m7b5": ("m7b5", True),
    "dimM7": ("o(M7)", True), "mM7": ("(M7)", True), "m7add11": ("m7(11)", True), "m9": ("9", True),
    "madd9": ("(add9)", True), "add9": ("(add9)", False), "9sus4": ("9sus4", False), "5": ("5", False),
}  # fmt: skip

_NUMERALS = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_ACCIDENTAL = {"": 0, "b": -1, "#": 1}
# Indexed by semitones above the tonic.
_ON_DEGREE = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
_BASS_FIGURES = ("1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7")
# Chords with a dominant function: before a slash they always make an applied chord.
_APPLIED = re.compile(r"V(7|9|13|7b9|7#9|7b13|\+7|7#11|7sus4)|vii(o7|o|m7b5)|bII7")
_ROMAN = re.compile(r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")
_BASS = re.compile(r"([b#]?)([1-7]|VII|VI|IV|V|III|II|I)")
_TARGET = re.compile(r"([b#]?)(vii|vi|iv|v|iii|ii|i)")


@dataclass(frozen=True)
class Roman:
    """A chord relative to a tonic.

    `root` and `bass` are semitones above the tonic (0..11), `quality` is a key of QUALITIES, `text` is the numeral as
    written.
    """

    text: str
    root: int
    quality: str
    bass: int

    def with_quality(self, quality: str) -> Roman:
        """Return the same root and bass with another quality, and a matching numeral.

        V7/ii with quality `9` is V9/ii.
        """
        if quality == self.quality:
            return self
        _, _, target = self.text.partition("/")
        if target and self.bass == self.root:
            fresh = parse_roman(f"V{_WRITTEN[quality][0]}/{target}")
            if (fresh.root, fresh.quality, fresh.bass) == (self.root, quality, self.bass):
                return fresh
        return roman_on(self.root, quality, self.bass)

    def over(self, bass: int) -> Roman:
        """Return the same chord over another bass (semitones above the tonic)."""
        return self if bass == self.bass else roman_on(self.root, self.quality, bass % 12)

    @cached_property
    def classes(self) -> frozenset[int]:
        """Semitones of the chord tones above the tonic (0..11), without the bass."""
        return frozenset((self.root + interval) % 12 for interval in QUALITIES[self.quality][0])

    @cached_property
    def core(self) -> frozenset[int]:
        """Chord tones without extensions (9, 11, 13), in semitones above the tonic.

        A strong melody note may rest on them.
        """
        return frozenset((self.root + interval) % 12 for interval in QUALITIES[self.quality][0] if interval < 12)

    @cached_property
    def legal(self) -> frozenset[int]:
        """Chord tones and legal tensions (see TENSIONS), in semitones above the tonic (0..11)."""
        return self.classes | {(self.root + tension) % 12 for tension in TENSIONS[self.quality]}

    @property
    def minor_third(self) -> bool:
        """True when the chord has a minor third above its root."""
        return 3 in QUALITIES[self.quality][0]


@dataclass(frozen=True)
class Chord:
    """A sounding chord: pitch classes (0..11) of root and bass, a key of QUALITIES, and its roman numeral."""

    root: int
    quality: str
    bass: int
    roman: str = ""

    @cached_property
    def intervals(self) -> tuple[int, ...]:
        """Semitones of the chord tones above the root."""
        return QUALITIES[self.quality][0]

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Pitch classes of the chord tones from the root up, each once."""
        return tuple(dict.fromkeys((self.root + interval) % 12 for interval in self.intervals))

    @cached_property
    def core(self) -> frozenset[int]:
        """Pitch classes on which a strong melody note may rest.

        They are root, third (or sus tone), fifth, and seventh or sixth.
        """
        return frozenset((self.root + interval) % 12 for interval in self.intervals if interval < 12)

    @property
    def symbol(self) -> str:
        """Lead-sheet name in the usual spelling when no key is known: `Bbm7`, `C/E`."""
        return self.name(self.root in (1, 3, 5, 8, 10))

    def name(self, flats: bool) -> str:
        """Return the lead-sheet name, spelled with flats or with sharps."""
        name = pitch_name(self.root + 60, flats)[:-1] + QUALITIES[self.quality][1]
        return name if self.bass == self.root else f"{name}/{pitch_name(self.bass + 60, flats)[:-1]}"

    @property
    def minor_third(self) -> bool:
        """True when the chord has a minor third."""
        return 3 in self.intervals

    @property
    def dominant(self) -> bool:
        """True when the chord has a minor seventh and a major third or a suspended fourth."""
        return 10 in self.intervals and (4 in self.intervals or 5 in self.intervals)

    def tones(self) -> dict[int, str]:
        """Map each pitch class of the chord to its function: R, 3, 4, 5, 6, 7, 9, or T (any other tension)."""
        names = {0: "R", 2: "9", 3: "3", 4: "3", 5: "4", 6: "5", 7: "5", 8: "5", 9: "6", 10: "7", 11: "7"}
        out = {}
        for interval in self.intervals:
            out[(self.root + interval) % 12] = "T" if interval > 12 else names.get(interval, "T")
        return out


@lru_cache(maxsize=4096)
def roman_on(root: int, quality: str, bass: int | None = None) -> Roman:
    """Return the numeral of a chord. `root` and `bass` (default: the root) are semitones above the tonic, 0..11."""
    low = root if bass is None else bass
    return Roman(numeral_name(root, quality, low), root, quality, low)


def numeral_name(root: int, quality: str, bass: int) -> str:
    """Write a chord as a numeral such as `bVIM7` or `I/3`; `parse_roman` reads it back."""
    suffix, lower = _WRITTEN[quality]
    numeral = _ON_DEGREE[root]
    name = (numeral.lower() if lower else numeral) + suffix
    return name if bass == root else f"{name}/{_BASS_FIGURES[bass]}"


@lru_cache(maxsize=4096)
def parse_roman(text: str) -> Roman:
    """Read one roman numeral (the module docstring explains the notation).

    Raises ValueError that names the part it cannot read.
    """
    body, _, after = text.strip().partition("/")
    match = _ROMAN.fullmatch(body)
    if not match:
        raise ValueError(f"'{text}' is not a chord; write a roman numeral such as IVM7, bVII or vi(add9)")
    accidental, numeral, suffix = match.groups()
    if suffix not in _SUFFIXES:
        raise ValueError(f"'{text}': unknown chord suffix '{suffix}'; known: {', '.join(s for s in _SUFFIXES if s)}")
    root = (MODES["ionian"][_NUMERALS[numeral.upper()]] + _ACCIDENTAL[accidental]) % 12
    quality = _SUFFIXES[suffix][0 if numeral.isupper() else 1]
    bass = root
    if after:
        target = _BASS.fullmatch(after) or _TARGET.fullmatch(after)
        if not target:
            raise ValueError(f"'{text}': the bass after '/' is a degree such as 3, b7 or IV")
        degree = int(target[2]) - 1 if target[2].isdigit() else _NUMERALS[target[2].upper()]
        above = (MODES["ionian"][degree] + _ACCIDENTAL[target[1]]) % 12
        if not target[2].isdigit() and (target[2].islower() or _APPLIED.fullmatch(body)):
            root = bass = (root + above) % 12
        else:
            bass = above
    return Roman(text.strip(), root, quality, bass)


def applied(body: str, target: Roman) -> Roman:
    """Return a chord in the key of another chord: `applied("V7", ii)` is V7/ii."""
    degree = _ON_DEGREE[target.root]
    return parse_roman(f"{body}/{degree.lower() if target.minor_third else degree}")


@lru_cache(maxsize=8192)
def in_key(roman: Roman, key: Key) -> Chord:
    """Return the sounding chord of a numeral in a key.

    Only the tonic matters, since numerals carry their own accidentals.
    """
    return Chord((key.tonic + roman.root) % 12, roman.quality, (key.tonic + roman.bass) % 12, roman.text)


@lru_cache(maxsize=8192)
def spelled_in(chord: Chord, key: Key) -> str:
    """Return the lead-sheet name with root and bass spelled as degrees of the key: bVI of G is Eb, VI of D is B.

    Where that would need a double accidental, the plain name is used.
    """
    body, _, after = chord.roman.partition("/")
    target = _TARGET.fullmatch(after) or _BASS.fullmatch(after) if after else None
    found = _ROMAN.match(body)
    if found is None:
        return chord.name(key.sharps < 0)
    steps = _NUMERALS[found[2].upper()]
    on_target = chord.bass == chord.root and target is not None
    if target is not None and on_target and not target[2].isdigit():
        steps += _NUMERALS[target[2].upper()]
    root = degree_name(chord.root, steps, key.tonic, key.minor)
    if chord.bass == chord.root:
        return root + QUALITIES[chord.quality][1]
    low = chord.bass
    if target is not None:
        degree = int(target[2]) - 1 if target[2].isdigit() else _NUMERALS[target[2].upper()]
        return f"{root}{QUALITIES[chord.quality][1]}/{degree_name(low, degree, key.tonic, key.minor)}"
    return f"{root}{QUALITIES[chord.quality][1]}/{degree_name(low, steps + 2, key.tonic, key.minor)}"


def chord_scale(chord: Chord, key: Key) -> frozenset[int]:
    """Return the pitch classes of the scale over a chord: the key, adjusted to the chord.

    A note of the key is dropped when it lies a semitone from a chord tone that is outside the key. For example, over
    bVII in major the leading tone gives way to the flat seventh.
    """
    return _adjusted_scale(chord.classes, key.classes)


@lru_cache(maxsize=4096)
def _adjusted_scale(classes: tuple[int, ...], scale: frozenset[int]) -> frozenset[int]:
    tones = set(classes)
    kept = {pc for pc in scale if pc in tones or not ({(pc + 1) % 12, (pc - 1) % 12} & (tones - scale))}
    return frozenset(tones | kept)
