"""Where a melody lies on an instrument: the octave in which most of it falls into the register where it sings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import exp, tanh
from typing import NamedTuple

from cuesmith.specs.banks.instruments import Instrument

CLEAR = 50  # under this pitch a tune gets in the way of the bass
OCTAVES = range(0, 10)
CLIMAX_HEIGHT = 0.75  # of the melody of the climax, see `height`

# strain, in semitones away from where a melody lies best
OVER = 3.0  # per semitone above the ceiling
EDGE = 1.0  # per semitone the outermost notes lie outside the good register
OUTSIDE = 60.0  # times the share of the notes outside it: one in ten is half an octave
LOW = 0.5  # per semitone under CLEAR


LEAN = 30.0  # semitones higher times semitones asked for, for which a player is e times as likely
MOST_LEAN = 1.5  # but never more than e to this times: whom the style has stays its choice


class Lie(NamedTuple):
    """How a melody lies on an instrument.

    octave: of the theme's tonic; outside: the share (0..1) of its notes outside the good register; top: its highest
    pitch; over: semitones by which that passes the ceiling; strain: what the octave was chosen by; mean: its
    mean pitch.
    """

    octave: int
    outside: float
    top: int
    over: int
    strain: float
    mean: float = 0.0


def leaning(weights: Mapping[str, float], means: Mapping[str, float], register: float) -> dict[str, float]:
    """Weights of players or instruments, those raised on which a melody lies as high, or as low, as is asked for.

    means: the mean pitch it would have on each. register: semitones by which it should lie higher (0: all as it was).
    """
    known = [mean for mean in means.values() if mean]
    if not register or not known:
        return dict(weights)
    middle = sum(known) / len(known)
    return {
        name: weight * exp(MOST_LEAN * tanh(register * ((means.get(name) or middle) - middle) / LEAN / MOST_LEAN))
        for name, weight in weights.items()
    }


def height(energy: float) -> float:
    """How high in the good register (0 bottom .. 1 top) the middle of a melody lies in a section of this energy."""
    return 0.4 + 0.3 * energy


def lie(
    pitches: Sequence[int], instrument: Instrument, high: float, register: float = 0, ceiling: int | None = None
) -> Lie:
    """The octave in which a melody lies best for an instrument.

    pitches: its notes (MIDI) with the tonic in octave 4, in rising order, not empty. high: as `height` has it.
    register: semitones a recipe moves it by. ceiling: the pitch it should stay under.
    """
    low, top = instrument.sweet
    wished = low + (top - low) * high
    if register:
        wished = min(max(wished + register / 2, low), top)
    mean, count = sum(pitches) / len(pitches), len(pitches)
    best: Lie | None = None
    for octave in OCTAVES:
        shift = 12 * (octave - 4)
        outside = (bisect_left(pitches, low - shift) + count - bisect_right(pitches, top - shift)) / count
        edge = max(0, low - pitches[0] - shift) + max(0, pitches[-1] + shift - top)
        above = 0 if ceiling is None else max(0, pitches[-1] + shift - ceiling + 1)
        deep = max(0, CLEAR - pitches[0] - shift)
        strain = abs(mean + shift - wished) + EDGE * edge + OUTSIDE * outside + OVER * above + LOW * deep
        if best is None or strain < best.strain:
            best = Lie(octave, outside, pitches[-1] + shift, above, strain, mean + shift)
    assert best is not None
    return best
