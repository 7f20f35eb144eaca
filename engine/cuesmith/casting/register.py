"""Choose the octave of a melody on an instrument, so that most of it lies in the good register."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import exp, tanh
from typing import NamedTuple

from cuesmith.specs.banks.instruments import Instrument

CLEAR = 50  # MIDI pitch; a tune below it covers the bass
OCTAVES = range(0, 10)
CLIMAX_HEIGHT = 0.75  # for the melody of the climax, see `height`

# parts of the cost of an octave, in semitones from the best position
OVER = 3.0  # per semitone above the ceiling
EDGE = 1.0  # per semitone the outermost notes lie outside the good register
OUTSIDE = 60.0  # times the share of notes outside it: one in ten costs half an octave
LOW = 0.5  # per semitone under CLEAR


REGISTER_SCALE = 30.0  # (semitones higher) x (semitones asked for) at which a player is e times as likely
MOST_LOG_FACTOR = 1.5  # the factor is never above e to this power, so that the weights of the style still count


class Lie(NamedTuple):
    """How a melody lies on an instrument.

    octave: of the theme's tonic.
    outside: share (0..1) of its notes outside the good register.
    top: highest pitch. over: semitones by which it passes the ceiling. mean: mean pitch.
    cost: by which the octave was chosen; lower is better.
    """

    octave: int
    outside: float
    top: int
    over: int
    cost: float
    mean: float = 0.0


def weights_by_register(weights: Mapping[str, float], means: Mapping[str, float], register: float) -> dict[str, float]:
    """Raise the weights of players or instruments on which a melody lies as high, or as low, as requested.

    means: mean pitch of the melody on each. register: semitones by which it should lie higher (0: weights unchanged).
    """
    known = [mean for mean in means.values() if mean]
    if not register or not known:
        return dict(weights)
    middle = sum(known) / len(known)
    return {
        name: weight
        * exp(
            MOST_LOG_FACTOR * tanh(register * ((means.get(name) or middle) - middle) / REGISTER_SCALE / MOST_LOG_FACTOR)
        )
        for name, weight in weights.items()
    }


def height(energy: float) -> float:
    """Return the target height of a melody's mean pitch in the good register (0 bottom, 1 top), by energy (0..1)."""
    return 0.4 + 0.3 * energy


def lie(
    pitches: Sequence[int], instrument: Instrument, high: float, register: float = 0, ceiling: int | None = None
) -> Lie:
    """Choose the octave in which a melody lies best on an instrument.

    pitches: MIDI, tonic in octave 4, rising, not empty.
    high: target height as from `height`.
    register: semitones by which a recipe moves the melody.
    ceiling: the pitch it should not exceed.
    """
    low, top = instrument.sweet
    target = low + (top - low) * high
    if register:
        target = min(max(target + register / 2, low), top)
    mean, count = sum(pitches) / len(pitches), len(pitches)
    best: Lie | None = None
    for octave in OCTAVES:
        shift = 12 * (octave - 4)
        outside = (bisect_left(pitches, low - shift) + count - bisect_right(pitches, top - shift)) / count
        edge = max(0, low - pitches[0] - shift) + max(0, pitches[-1] + shift - top)
        above = 0 if ceiling is None else max(0, pitches[-1] + shift - ceiling + 1)
        deep = max(0, CLEAR - pitches[0] - shift)
        cost = abs(mean + shift - target) + EDGE * edge + OUTSIDE * outside + OVER * above + LOW * deep
        if best is None or cost < best.cost:
            best = Lie(octave, outside, pitches[-1] + shift, above, cost, mean + shift)
    assert best is not None
    return best
