"""Tension in the chords of a section whose mood differs from its cue type: sharper colours, or plainer ones.

The same chord always changes in the same way. Whether it changes depends on its numeral and on the size of the mood
shift: a larger shift keeps all changes of a smaller one and adds more.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_colours import WRITTEN_ENDS, clashes, recoloured
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord
from cuesmith.music.chord import Roman

# fmt: off
RATE   = 1.7   # share of the chords that change, per unit of tension
FREELY = 0.35  # shift above which tones outside the mode are allowed
EAGER  = 0.5   # shift above which a chord may be sharpened twice

# quality → replacements when tension rises (the first that fits is used); and its replacement when tension falls
SHARPER = {
    "maj":  ("M7", "7"),        "min":   ("madd9", "mM7"),      "5":     ("5b9",),        "dim":  ("dim7",),
    "6":    ("M7", "7"),        "69":    ("M9", "M7#11"),       "add9":  ("M7#11", "M9"), "sus2": ("M7", "7"),
    "sus4": ("7", "M7"),        "7sus4": ("7",),                "7":     ("7b9", "7#11"), "9":    ("7b9", "7#11"),
    "M7":   ("M7#11",),         "M9":    ("M9#11",),            "m7":    ("m7b5", "madd9", "mM7"), "m9": ("mM7",),
    "m11":  ("madd9", "mM7"),   "m7add11": ("madd9", "mM7"),    "m7b5":  ("dim7",),       "Q":    ("7",),
    "madd9": ("mM7",),          "13":    ("7b9",),              "m6":    ("dimM7",),
}
PLAINER = {
    "M7": "maj", "7": "maj", "m7": "min", "M9": "add9", "9": "add9", "m9": "min", "madd9": "min", "mM7": "min",
    "m6": "min", "m69": "min", "m11": "min", "m7add11": "min", "M7#11": "maj", "M9#11": "add9", "7b9": "maj",
    "7#9": "maj", "7b13": "maj", "7#11": "maj", "13": "add9", "13#11": "add9", "5b9": "5", "7b5": "maj", "aug7": "maj",
    "9sus4": "sus2", "7sus4": "sus4",
}
# fmt: on


def with_tension(
    chords: Sequence[TimedChord], shift: float, mode: str, outline: MelodyOutline, draw: Stream
) -> list[TimedChord]:
    """Sharpen or simplify the chords of a section. shift: tension above that of the cue type, -1..1.

    Cadences at rest are not sharpened, and endings written in the bank stay.
    """
    return [
        _plainer(chord, -shift, draw) if shift < 0 else _sharper(chord, shift, mode, outline, draw) for chord in chords
    ]


def _changes(chord: TimedChord, shift: float, draw: Stream) -> bool:
    """Tell whether a chord changes at this shift; the draw depends only on its numeral."""
    return draw.child(chord.roman.text).uniform() < RATE * shift


def _plainer(chord: TimedChord, shift: float, draw: Stream) -> TimedChord:
    """Return the chord in a plainer quality."""
    quality = PLAINER.get(chord.roman.quality)
    if quality is None or not _changes(chord, shift, draw):
        return chord
    fresh = chord.roman.with_quality(quality)
    return chord._replace(roman=fresh) if fresh.bass % 12 in fresh.classes else chord


def _sharper(chord: TimedChord, shift: float, mode: str, outline: MelodyOutline, draw: Stream) -> TimedChord:
    """Return the chord in a sharper quality, or in a twice sharpened one when the shift is large."""
    at_rest = chord.cadence and chord.roman.root == 0
    if at_rest or chord.cadence in WRITTEN_ENDS or not _changes(chord, shift, draw):
        return chord
    once = _sharpened(chord, chord.roman, shift, mode, outline)
    again = shift > EAGER and draw.child(chord.roman.text, "again").uniform() < 2 * (shift - EAGER)
    return _sharpened(once, chord.roman, shift, mode, outline) if again else once


def _sharpened(chord: TimedChord, plain: Roman, shift: float, mode: str, outline: MelodyOutline) -> TimedChord:
    """Return the chord in the first sharper quality that fits the place and the melody."""
    options = SHARPER.get(chord.roman.quality, ())
    for free in (False, True) if shift > FREELY else (False,):
        for roman in recoloured(chord.roman, options, free, mode):
            if roman.bass % 12 in roman.classes and not clashes(roman, plain, outline, chord):
                return chord._replace(roman=roman)
    return chord
