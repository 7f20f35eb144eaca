"""How each operation on motifs is made from the text of its argument: `+2`, `3/2`, `phrygian`, `4@-7`.

Every function here takes the argument's text and returns the operation, or raises ValueError with what is wrong about
the argument; `motif.ops` adds the name and the form. An operation is a pure function of a motif and its setting.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from cuesmith.errors import did_you_mean
from cuesmith.motif import combine, transform
from cuesmith.motif.model import Motif
from cuesmith.motif.ornament import ORNAMENTS
from cuesmith.motif.ornament import ornament as add_ornament
from cuesmith.music.meter import parse_meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES, Key, Scale

MAX_DIGITS = 12  # of a number; a longer one is a slip of the hand, and may be slow to convert
WIDEST = 19  # semitones from lowest to highest note an expansion may reach


class OpContext(NamedTuple):
    """Where a motif is transformed: its key, and the scale it belongs to."""

    key: Key
    scale: Scale


class Made(NamedTuple):
    """What an operation makes: the motif, the key it now stands in, and its voices when there are several."""

    motif: Motif
    key: Key
    voices: tuple[Motif, ...] = ()


Apply = Callable[[Motif, OpContext], Made]


def _whole(text: str, low: int, high: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a whole number") from None
    if not low <= value <= high:
        raise ValueError(f"{value} is out of range: {low} to {high}")
    return value


def _fraction(text: str, low: Fraction, high: Fraction) -> Fraction:
    try:
        value = Fraction(text if len(text) <= MAX_DIGITS else "")
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"'{text}' is not a number; write it like 2, 1.5 or 3/2") from None
    if not low <= value <= high:
        raise ValueError(f"{text} is out of range: {low} to {high}")
    return value


def _ticks(text: str, low: Fraction, high: Fraction) -> int:
    return round(_fraction(text, low, high) * PPQ)


def _voiced(make: Callable[[Motif, OpContext], combine.Voices]) -> Apply:
    """An operation that makes several voices, the first of which is the line."""

    def apply(motif: Motif, context: OpContext) -> Made:
        voices = make(motif, context)
        return Made(voices[0], context.key, voices)

    return apply


def _plain(change: Callable[[Motif], Motif]) -> Apply:
    return lambda motif, context: Made(change(motif), context.key)


def simple(change: Callable[[Motif], Motif]) -> Callable[[str], Apply]:
    """An operation without an argument."""
    return lambda text: _plain(change)


def sequence(text: str) -> Apply:
    """Steps of the mode, and how many copies: `+2`, `-1x3`."""
    steps, _, copies = text.partition("x")
    by, times = _whole(steps, -14, 14), _whole(copies or "1", 1, 3)
    return _plain(lambda motif: transform.sequences(motif, by, times))


def transpose(text: str) -> Apply:
    """Semitones: `+3`; the key goes along."""
    semitones = _whole(text, -24, 24)
    return lambda motif, context: Made(*transform.real_transposition(motif, context.key, semitones))


def retrograde(motif: Motif) -> Motif:
    """Pitches backwards; bar by bar for more than six notes: a longer line backwards is not heard as such."""
    if len(motif.notes) <= 6:
        return transform.retrograde(motif)
    bar = motif.meter.bar_ticks
    bars = (motif.with_notes(tuple(n for n in motif.notes if n.onset // bar == i)) for i in range(motif.bars))
    return motif.with_notes(tuple(n for part in bars for n in transform.retrograde(part).notes))


def augmentation(text: str) -> Apply:
    """A factor 1..8 by which all times grow: `2`, `3/2`."""
    factor = _fraction(text, Fraction(1), Fraction(8))
    return _plain(lambda motif: transform.augmentation(motif, factor.numerator, factor.denominator))


def diminution(text: str) -> Apply:
    """A factor 1..8 by which all times shrink."""
    factor = _fraction(text, Fraction(1), Fraction(8))
    return _plain(lambda motif: transform.augmentation(motif, factor.denominator, factor.numerator))


def fragmentation(text: str) -> Apply:
    """How many notes of the head stay."""
    count = _whole(text, 1, 64)
    return _plain(lambda motif: transform.fragmentation(motif, count))


def liquidation(text: str) -> Apply:
    """How many notes the first, longest fragment has."""
    count = _whole(text, 1, 16)
    return _plain(lambda motif: transform.liquidation(motif, count))


def displacement(text: str) -> Apply:
    """Beats later, or earlier below zero: `+1/2`, `-1`."""
    ticks = _ticks(text, Fraction(-8), Fraction(8))
    return _plain(lambda motif: transform.displacement(motif, ticks))


def expansion(text: str) -> Apply:
    """A factor 1..4 for the intervals; less of it where the notes would be more than `WIDEST` apart."""
    factor = float(_fraction(text, Fraction(1), Fraction(4)))

    def apply(motif: Motif, context: OpContext) -> Made:
        for less in range(11):  # ten smaller and smaller factors, the last leaves the motif as it is
            wide = transform.expansion(motif, 1 + (factor - 1) * (10 - less) / 10)
            if less == 10 or _ambitus(wide, context.key) <= WIDEST:
                break
        return Made(wide, context.key)

    return apply


def _ambitus(motif: Motif, key: Key) -> int:
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    return max(pitches, default=0) - min(pitches, default=0)


def compression(text: str) -> Apply:
    """A factor 0.1..1 for the intervals."""
    factor = float(_fraction(text, Fraction(1, 10), Fraction(1)))
    return lambda motif, context: Made(transform.compression(motif, context.key, factor), context.key)


def mode(text: str) -> Apply:
    """A mode of `MODES`, or major, minor."""
    mode = {"major": "ionian", "minor": "aeolian"}.get(text, text)
    if mode not in MODES:
        raise ValueError(f"unknown mode '{text}'{did_you_mean(text, ('major', 'minor', *MODES))}")
    return lambda motif, context: Made(transform.mode_change(motif, mode)[0], context.key.with_mode(mode))


def meter(text: str) -> Apply:
    """A meter: `3/4`."""
    meter = parse_meter(text)
    if meter.free:
        raise ValueError("a theme is written in bars, such as 3/4; only a cue can be in free meter")
    return _plain(lambda motif: transform.remetre(motif, meter))


def register(text: str) -> Apply:
    """Octaves: `+1`, `-2`."""
    octaves = _whole(text, -4, 4)
    return _plain(lambda motif: transform.register(motif, octaves))


def canon(text: str) -> Apply:
    """`best`, or delay in beats and steps: `4@-7`."""
    if text == "best":
        entry = None
    else:
        delay, at, steps = text.partition("@")
        entry = (_ticks(delay, Fraction(1, 4), Fraction(32)), _whole(steps if at else "-7", -21, 21))

    def apply(motif: Motif, context: OpContext) -> Made:
        voices = combine.canon(motif, *(entry or combine.best_canon(motif, context.key)))
        return Made(motif, context.key, voices)

    return apply


def ostinato(text: str) -> Apply:
    """Notes, then the beats each lasts: `8@1/2`."""
    count, at, unit = text.partition("@")
    notes, ticks = _whole(count, 2, 16), _ticks(unit if at else "1/2", Fraction(1, 8), Fraction(4))
    return _plain(lambda motif: transform.ostinato(motif, notes, ticks, motif.bars))


def bass(text: str) -> Apply:
    """How many times slower the bass goes: 1..4."""
    factor = _whole(text, 1, 4)
    return _voiced(lambda motif, context: combine.bass_over_pads(motif, context.scale, factor))


def blocking(text: str) -> Apply:
    """Steps below the motif at which the other voices go: `2+4`."""
    below = tuple(_whole(word, 1, 14) for word in text.split("+"))
    return lambda motif, context: Made(motif, context.key, combine.blocking(motif, below))


def ornament(text: str) -> Apply:
    """A kind of `ORNAMENTS`."""
    if text not in ORNAMENTS:
        raise ValueError(f"unknown ornament '{text}'{did_you_mean(text, ORNAMENTS)}")
    return _plain(lambda motif: add_ornament(motif, text))


def tail(text: str) -> Apply:
    """The degree 1..7 the motif ends on, in the octave nearest to where it ended."""
    degree = _whole(text, 1, 7) - 1

    def change(motif: Motif) -> Motif:
        if not motif.notes:
            return motif
        last = motif.notes[-1].step
        return transform.tail_swap(motif, degree + 7 * round((last - degree) / 7))

    return _plain(change)


def dialogue(text: str) -> Apply:
    """Without an argument."""
    return lambda motif, context: Made(motif, context.key, combine.dialogue(motif))


def drone(text: str) -> Apply:
    """How many notes are quoted."""
    count = _whole(text, 1, 16)
    return _voiced(lambda motif, context: combine.drone_quotation(motif, context.scale, count))
