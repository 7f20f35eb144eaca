"""Build each operation on motifs from the text of its argument: `+2`, `3/2`, `phrygian`, `4@-7`.

Most functions here take the argument text and return the operation. They raise ValueError that says what is wrong with
the argument; `motif.ops` adds the name and the expected form. An operation is a pure function of a motif and its
context.
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

MAX_DIGITS = 12  # length of a number; a longer one is a mistake, and may be slow to convert
WIDEST = 19  # semitones between lowest and highest note after an expansion


class OpContext(NamedTuple):
    """The context of an operation: the key of the motif and the scale it uses."""

    key: Key
    scale: Scale


class Made(NamedTuple):
    """What an operation returns: the motif, its key now, and its voices when there are several."""

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


def _make_voices(make: Callable[[Motif, OpContext], combine.Voices]) -> Apply:
    """Return an operation that makes several voices; the first one is the melody."""

    def apply(motif: Motif, context: OpContext) -> Made:
        voices = make(motif, context)
        return Made(voices[0], context.key, voices)

    return apply


def _change_notes(change: Callable[[Motif], Motif]) -> Apply:
    return lambda motif, context: Made(change(motif), context.key)


def simple(change: Callable[[Motif], Motif]) -> Callable[[str], Apply]:
    """Return the reader of an operation that takes no argument."""
    return lambda text: _change_notes(change)


def sequence(text: str) -> Apply:
    """Read the steps of the mode and the number of copies (1..3): `+2`, `-1x3`."""
    steps, _, copies = text.partition("x")
    by, times = _whole(steps, -14, 14), _whole(copies or "1", 1, 3)
    return _change_notes(lambda motif: transform.sequences(motif, by, times))


def transpose(text: str) -> Apply:
    """Read the semitones, -24..24: `+3`. The key moves, too."""
    semitones = _whole(text, -24, 24)
    return lambda motif, context: Made(*transform.real_transposition(motif, context.key, semitones))


def retrograde(motif: Motif) -> Motif:
    """Reverse the pitches; bar by bar for more than six notes, because a longer reversed line is not heard as such."""
    if len(motif.notes) <= 6:
        return transform.retrograde(motif)
    bar = motif.meter.bar_ticks
    bars = (motif.with_notes(tuple(n for n in motif.notes if n.onset // bar == i)) for i in range(motif.bars))
    return motif.with_notes(tuple(n for part in bars for n in transform.retrograde(part).notes))


def augmentation(text: str) -> Apply:
    """Read the factor 1..8 by which all times are multiplied: `2`, `3/2`."""
    factor = _fraction(text, Fraction(1), Fraction(8))
    return _change_notes(lambda motif: transform.augmentation(motif, factor.numerator, factor.denominator))


def diminution(text: str) -> Apply:
    """Read the factor 1..8 by which all times are divided."""
    factor = _fraction(text, Fraction(1), Fraction(8))
    return _change_notes(lambda motif: transform.augmentation(motif, factor.denominator, factor.numerator))


def fragmentation(text: str) -> Apply:
    """Read the number of notes to keep, 1..64."""
    count = _whole(text, 1, 64)
    return _change_notes(lambda motif: transform.fragmentation(motif, count))


def liquidation(text: str) -> Apply:
    """Read the number of notes of the first, longest fragment, 1..16."""
    count = _whole(text, 1, 16)
    return _change_notes(lambda motif: transform.liquidation(motif, count))


def displacement(text: str) -> Apply:
    """Read the beats by which the motif starts later (negative: earlier), -8..8: `+1/2`, `-1`."""
    ticks = _ticks(text, Fraction(-8), Fraction(8))
    return _change_notes(lambda motif: transform.displacement(motif, ticks))


def expansion(text: str) -> Apply:
    """Read the factor 1..4 for the intervals. A smaller one is used when the range would be wider than `WIDEST`."""
    factor = float(_fraction(text, Fraction(1), Fraction(4)))

    def apply(motif: Motif, context: OpContext) -> Made:
        for less in range(11):  # smaller and smaller factors; the last one, 1, changes nothing
            wide = transform.expansion(motif, 1 + (factor - 1) * (10 - less) / 10)
            if less == 10 or _ambitus(wide, context.key) <= WIDEST:
                break
        return Made(wide, context.key)

    return apply


def _ambitus(motif: Motif, key: Key) -> int:
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    return max(pitches, default=0) - min(pitches, default=0)


def compression(text: str) -> Apply:
    """Read the factor 0.1..1 for the intervals."""
    factor = float(_fraction(text, Fraction(1, 10), Fraction(1)))
    return lambda motif, context: Made(transform.compression(motif, context.key, factor), context.key)


def mode(text: str) -> Apply:
    """Read a mode of `MODES`, or major, or minor."""
    mode = {"major": "ionian", "minor": "aeolian"}.get(text, text)
    if mode not in MODES:
        raise ValueError(f"unknown mode '{text}'{did_you_mean(text, ('major', 'minor', *MODES))}")
    return lambda motif, context: Made(transform.mode_change(motif, mode)[0], context.key.with_mode(mode))


def meter(text: str) -> Apply:
    """Read a meter such as `3/4`."""
    meter = parse_meter(text)
    if meter.free:
        raise ValueError("a theme is written in bars, such as 3/4; only a cue can be in free meter")
    return _change_notes(lambda motif: transform.change_meter(motif, meter))


def register(text: str) -> Apply:
    """Read the octaves, -4..4: `+1`, `-2`."""
    octaves = _whole(text, -4, 4)
    return _change_notes(lambda motif: transform.register(motif, octaves))


def canon(text: str) -> Apply:
    """Read `best`, or the delay in beats and the distance in steps of the second voice: `4@-7`."""
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
    """Read the number of notes (2..16) and the beats of each: `8@1/2`."""
    count, at, unit = text.partition("@")
    notes, ticks = _whole(count, 2, 16), _ticks(unit if at else "1/2", Fraction(1, 8), Fraction(4))
    return _change_notes(lambda motif: transform.ostinato(motif, notes, ticks, motif.bars))


def bass(text: str) -> Apply:
    """Read how many times slower the bass is, 1..4."""
    factor = _whole(text, 1, 4)
    return _make_voices(lambda motif, context: combine.bass_over_pads(motif, context.scale, factor))


def blocking(text: str) -> Apply:
    """Read the distances of the other voices below the motif in steps (1..14): `2+4`."""
    below = tuple(_whole(word, 1, 14) for word in text.split("+"))
    return lambda motif, context: Made(motif, context.key, combine.blocking(motif, below))


def ornament(text: str) -> Apply:
    """Read a name in `ORNAMENTS`."""
    if text not in ORNAMENTS:
        raise ValueError(f"unknown ornament '{text}'{did_you_mean(text, ORNAMENTS)}")
    return _change_notes(lambda motif: add_ornament(motif, text))


def tail(text: str) -> Apply:
    """Read the degree 1..7 on which the motif ends, in the octave nearest to its old last note."""
    degree = _whole(text, 1, 7) - 1

    def change(motif: Motif) -> Motif:
        if not motif.notes:
            return motif
        last = motif.notes[-1].step
        return transform.tail_swap(motif, degree + 7 * round((last - degree) / 7))

    return _change_notes(change)


def dialogue(text: str) -> Apply:
    """Return the operation; it takes no argument."""
    return lambda motif, context: Made(motif, context.key, combine.dialogue(motif))


def drone(text: str) -> Apply:
    """Read the number of notes to quote, 1..16."""
    count = _whole(text, 1, 16)
    return _make_voices(lambda motif, context: combine.drone_quotation(motif, context.scale, count))
