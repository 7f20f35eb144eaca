"""Read chord charts in their usual notation: `IVM7 V7 | iii7 vi7` or `GM7 A7 | F#m7 Bm7`, with `|` between bars.

Each word is a roman numeral (see `music.chord`) or a lead-sheet symbol; one chart may mix both. `%` repeats the bar
before it. A chart without any `|` has one chord per bar.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeAlias

from cuesmith.music.chord import QUALITIES, Chord, Roman, in_key, parse_roman, roman_on
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import Key

ChartChord: TypeAlias = Roman | Chord
Chart: TypeAlias = tuple[tuple[ChartChord, ...], ...]

MOST_PER_BAR = 8

# Other spellings of a quality, in addition to the symbols in QUALITIES.
_ALIASES = {
    "M": "maj", "maj": "maj", "min": "min", "mi": "min", "-": "min", "°": "dim", "o": "dim", "+": "aug", "sus": "sus4",
    "maj7": "M7", "Maj7": "M7", "△7": "M7", "Δ7": "M7", "ma7": "M7", "min7": "m7", "mi7": "m7", "-7": "m7",
    "mM7": "mM7", "mmaj7": "mM7", "m(maj7)": "mM7", "ø": "m7b5", "ø7": "m7b5", "m7-5": "m7b5", "m7(b5)": "m7b5",
    "°7": "dim7", "o7": "dim7", "+7": "aug7", "7#5": "aug7", "7sus": "7sus4", "9sus": "9sus4", "13sus": "13sus4",
    "69": "69", "m69": "m69", "add2": "add9", "(add9)": "add9", "madd9": "madd9", "maj9": "M9", "Maj9": "M9",
    "min9": "m9", "M7(#11)": "M7#11", "maj7#11": "M7#11", "7(#9)": "7#9", "7(b9)": "7b9", "7(#11)": "7#11",
    "7-5": "7b5", "7(b5)": "7b5", "7alt": "7#9", "7(b13)": "7b13", "11": "9sus4", "m7add11": "m7add11", "(no3)": "5",
}  # fmt: skip
SUFFIXES: dict[str, str] = {symbol: quality for quality, (_, symbol) in QUALITIES.items()} | _ALIASES

_SYMBOL = re.compile(r"([A-G](?:##|bb|#|b|♯|♭)?)(.*?)(?:/([A-G](?:##|bb|#|b|♯|♭)?))?")
_WORD = re.compile(r"[^\s|]+")
_PLACES = ("I", "ii", "iii", "IV", "V", "vi", "bVII", "bVI", "bIII", "bII", "i", "iv", "v", "V7", "IVM7", "ii7")


@lru_cache(maxsize=1024)
def parse_symbol(text: str) -> Chord:
    """Read a lead-sheet symbol such as `F#m7`, `Bb/D` or `C6/9`.

    Raises ValueError that names the part it cannot read and, where one is similar, a known suffix.
    """
    match = _SYMBOL.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not a chord; write a symbol such as Am7 or F/A, or a numeral such as IVM7")
    name, suffix, bass = match.groups()
    if suffix not in SUFFIXES:
        near = get_close_matches(suffix, [s for s in SUFFIXES if s], n=1, cutoff=0.5)
        hint = f"; did you mean '{name}{near[0]}'?" if near else ""
        raise ValueError(f"'{text}': unknown chord suffix '{suffix}'{hint}")
    root = parse_pitch_class(name)
    return Chord(root, SUFFIXES[suffix], parse_pitch_class(bass) if bass else root)


def parse_word(text: str) -> ChartChord:
    """Read a lead-sheet symbol or a roman numeral, whichever `text` is.

    Raises ValueError, with a similar known chord where there is one.
    """
    if text[:1] in "ABCDEFG":
        return parse_symbol(text)
    try:
        return parse_roman(text)
    except ValueError as fault:
        near = get_close_matches(text, _PLACES, n=1, cutoff=0.5)
        short = str(fault).partition("; known:")[0]
        raise ValueError(f"{short}; did you mean '{near[0]}'?" if near else str(fault)) from None


def parse_chart(text: str) -> Chart:
    """Read a chord chart into bars, each a tuple of chords.

    Raises ValueError that names the column (from 1) and what cannot be read there.
    """
    bars: list[tuple[ChartChord, ...]] = []
    start = 0
    pieces = text.split("|")
    for number, piece in enumerate(pieces):
        words = [(start + m.start() + 1, m.group()) for m in _WORD.finditer(piece)]
        start += len(piece) + 1
        if not words:
            if 0 < number < len(pieces) - 1:
                raise ValueError(f"column {start}: a bar without a chord; write % to repeat the bar before")
            continue
        if len(words) == 1 and words[0][1] == "%":
            if not bars:
                raise ValueError(f"column {words[0][0]}: % repeats the bar before, and there is none")
            bars.append(bars[-1])
            continue
        if len(words) > MOST_PER_BAR and len(pieces) > 1:
            raise ValueError(f"column {words[MOST_PER_BAR][0]}: more than {MOST_PER_BAR} chords in a bar")
        found = tuple(_parse_at_column(column, word) for column, word in words)
        bars.extend([found] if len(pieces) > 1 else [(chord,) for chord in found])
    if not bars:
        raise ValueError("column 1: no chords; write them like 'IVM7 V7 | iii7 vi7' or 'GM7 A7 | F#m7 Bm7'")
    return tuple(bars)


def _parse_at_column(column: int, word: str) -> ChartChord:
    try:
        return parse_word(word)
    except ValueError as fault:
        raise ValueError(f"column {column}: {fault}") from None


def chart_key(chart: Chart) -> Key | None:
    """Find the key that fits the lead-sheet symbols of a chart best; None when the chart has only numerals.

    The fit counts chord tones inside the key. The first and the last chord are also taken as signs of the tonic, and so
    is a dominant seventh on the fifth degree.
    """
    chords = [chord for bar in chart for chord in bar if isinstance(chord, Chord)]
    if not chords:
        return None

    def fit(key: Key) -> float:
        raised_seventh = {(key.tonic + 11) % 12} if key.minor else set()
        key_classes = key.classes | raised_seventh
        value = 2.0 * sum(len(key_classes.intersection(chord.classes)) / len(chord.classes) for chord in chords)
        for chord, worth in ((chords[-1], 0.6), (chords[0], 0.6)):
            value += worth * (chord.root == key.tonic and chord.minor_third == key.minor)
        dominant = any(c.root == (key.tonic + 7) % 12 and c.dominant for c in chords)
        return value + 1.2 * dominant - 0.01 * abs(key.sharps)

    keys = [Key(tonic, mode) for mode in ("ionian", "aeolian") for tonic in range(12)]
    return max(keys, key=fit)


def numeral_in(chord: ChartChord, key: Key) -> Roman:
    """Return the roman numeral of a chart's chord in `key`."""
    if isinstance(chord, Roman):
        return chord
    return roman_on((chord.root - key.tonic) % 12, chord.quality, (chord.bass - key.tonic) % 12)


def sounding(chord: ChartChord, key: Key) -> Chord:
    """Return a chart's chord as a sounding chord in `key`, together with its numeral."""
    return in_key(numeral_in(chord, key), key)
