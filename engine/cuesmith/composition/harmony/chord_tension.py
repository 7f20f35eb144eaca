"""Tension in the chords of a section that is moved from the place of its cue type: sharper colours, or plainer ones.

A chord that comes back comes back alike: whether it is changed hangs on its numeral and on how far the dial is turned,
so that a cue turned further keeps what it had and gets more of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_colours import WRITTEN_ENDS, becomes, rubs
from cuesmith.composition.harmony.chord_sequence import Bed, Step
from cuesmith.music.chord import Roman

# fmt: off
RATE   = 1.7   # share of the chords that change per unit of the dial
FREELY = 0.35  # a pull beyond which tones from outside the mode are let in
EAGER  = 0.5   # a pull beyond which a chord is sharpened twice where it can be

# what a quality turns into when tension rises, the first that fits the place; and when it falls
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


def with_tension(steps: Sequence[Step], mood_shift: float, mode: str, bed: Bed, draw: Stream) -> list[Step]:
    """The chords of a section after tension; pull: how far it is turned from the type's own, -1 .. 1.

    Cadences that come to rest are not sharpened, ends that the bank writes stay.
    """
    return [
        _plainer(step, -mood_shift, draw) if mood_shift < 0 else _sharper(step, mood_shift, mode, bed, draw)
        for step in steps
    ]


def _struck(step: Step, mood_shift: float, draw: Stream) -> bool:
    return draw.child(step.roman.text).uniform() < RATE * mood_shift


def _plainer(step: Step, mood_shift: float, draw: Stream) -> Step:
    quality = PLAINER.get(step.roman.quality)
    if quality is None or not _struck(step, mood_shift, draw):
        return step
    fresh = step.roman.with_quality(quality)
    return step._replace(roman=fresh) if fresh.bass % 12 in fresh.classes else step


def _sharper(step: Step, mood_shift: float, mode: str, bed: Bed, draw: Stream) -> Step:
    at_rest = step.cadence and step.roman.root == 0
    if at_rest or step.cadence in WRITTEN_ENDS or not _struck(step, mood_shift, draw):
        return step
    once = _turned(step, step.roman, mood_shift, mode, bed)
    again = mood_shift > EAGER and draw.child(step.roman.text, "again").uniform() < 2 * (mood_shift - EAGER)
    return _turned(once, step.roman, mood_shift, mode, bed) if again else once


def _turned(step: Step, plain: Roman, mood_shift: float, mode: str, bed: Bed) -> Step:
    options = SHARPER.get(step.roman.quality, ())
    for free in (False, True) if mood_shift > FREELY else (False,):
        for roman in becomes(step.roman, options, free, mode):
            if roman.bass % 12 in roman.classes and not rubs(roman, plain, bed, step):
                return step._replace(roman=roman)
    return step
