"""Viewpoints: describe a melody as strings of letters, from several sides, for counting and for looking up.

Every note after the first has two symbols: the class of the time since the previous note (in beats, so that 6/8 and 3/4
can be compared) and the interval from it in semitones. Time is predicted first, then pitch. A context is a string with
the most important letter first, so a shorter context is a prefix of a longer one. One letter stands for one thing:

pitch     interval   the last four intervals
          degree     mode, degree of the previous note, the last three intervals
          metre      mode, metrical strength, degree of the previous note, the last interval
          register   distance of the previous note from the mean so far, the last two intervals
rhythm    duration   the last four durations
          place      metrical strength, place in the bar with its meter, the last three durations
step      step       the last three moves, counted in notes of the scale that the melody itself uses
opening   first      mode, metrical strength of the first note; the symbol is its degree

In addition, the melody is compared with itself: where its last intervals (or its last durations, from the same place in
the bar) occurred before, and what came next there.

Source: Conklin & Witten (1995), Journal of New Music Research 24, and Pearce (2005), the IDyOM model.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Key

Sounding = tuple[int, int, int] | Note  # onset, duration in ticks, pitch; a velocity may follow

PITCH_VIEWS = ("interval", "degree", "metre", "register")
RHYTHM_VIEWS = ("duration", "place")
REACH = 16  # semitones; wider intervals count as this wide
STEP_REACH = 9  # notes of the scale; wider moves count as this wide
STEPS = 2 * STEP_REACH + 1
INTERVALS = 2 * REACH + 1
TWELFTHS = (1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 20, 24, 30, 32, 36, 42, 48, 60, 72, 96)  # duration classes, 12 = a beat
DURATIONS = len(TWELFTHS)
DEGREES = 12
LONGEST_MATCH = 4
WIDEST = 9  # greatest distance in semitones from the mean of the melody so far that has a letter of its own
LETTERS = tuple(chr(48 + number) for number in range(160))
_NUMBER = {letter: number for number, letter in enumerate(LETTERS)}


def _duration_class(twelfths: int) -> int:
    return min(range(DURATIONS), key=lambda c: abs(math.log(TWELFTHS[c] / max(1, twelfths))))


_CLASSES = tuple(_duration_class(twelfths) for twelfths in range(TWELFTHS[-1] + 1))


class Recall(NamedTuple):
    """A match with an earlier place in the melody: its length in symbols (0..LONGEST_MATCH) and the symbol after it."""

    length: int
    symbol: int


NOTHING = Recall(0, 0)


class EventSeries(NamedTuple):
    """One property of every note in order: symbols, contexts for each viewpoint, and matches with earlier places."""

    symbols: list[int]
    contexts: tuple[list[str], ...]
    recalls: list[Recall]


class MelodyViews(NamedTuple):
    """All views of a melody: its first note; pitch (in semitones and in scale steps) and rhythm of all other notes."""

    opening: EventSeries
    pitch: EventSeries
    step: EventSeries
    rhythm: EventSeries


def view_melody(notes: Sequence[Sounding], key: Key, meter: Meter) -> MelodyViews:
    """Compute the viewpoints of a melody.

    notes: one voice in order of onset; tick 0 is a bar line.

    Raises ValueError when there are no notes or two begin together.
    """
    if not notes:
        raise ValueError("a melody without notes has nothing to expect")
    mode = LETTERS[key.minor]
    bar = meter.bar_ticks
    beat = meter.groups[0] * meter.unit_ticks
    # Meters with the same number of beats, divided alike (in two or in three), share one letter.
    kind = LETTERS[min(len(meter.groups) * 2 + (meter.groups[0] == 3), 40)]
    places = [note[0] % bar for note in notes]
    strengths = [LETTERS[meter.strength(place)] for place in places]
    twelfths = [LETTERS[min(place * 12 // beat, len(LETTERS) - 1)] for place in places]
    first = EventSeries([(notes[0][2] - key.tonic) % 12], ([mode + strengths[0]],), [NOTHING])
    pitches = [note[2] for note in notes]
    pitch = _pitch_series(pitches, key.tonic, mode, strengths)
    rhythm = _rhythm_series(_durations([note[0] for note in notes], beat), kind, strengths, twelfths)
    return MelodyViews(first, pitch, _step_series(pitches), rhythm)


def _durations(onsets: list[int], beat: int) -> list[int]:
    """Return the class of the time since the previous note, for every note after the first."""
    out = []
    for before, after in itertools.pairwise(onsets):
        if after <= before:
            raise ValueError("notes of one voice begin one after another; two here begin together or out of order")
        out.append(_CLASSES[min(((after - before) * 24 + beat) // (2 * beat), TWELFTHS[-1])])
    return out


def _pitch_series(pitches: list[int], tonic: int, mode: str, strengths: list[str]) -> EventSeries:
    contexts: tuple[list[str], ...] = ([], [], [], [])
    interval_view, degree_view, metre_view, register_view = contexts
    symbols: list[int] = []
    recalls: list[Recall] = []
    heard = back = ""  # heard: all intervals so far; back: the last four, the latest first
    total = 0
    for i in range(1, len(pitches)):
        before = pitches[i - 1]
        total += before
        degree = LETTERS[(before - tonic) % 12]
        away = (2 * (before * i - total) + i) // (2 * i)  # rounded, the same in every key
        register = LETTERS[WIDEST + (away if -WIDEST <= away <= WIDEST else WIDEST if away > 0 else -WIDEST)]
        interval_view.append(back)
        degree_view.append(mode + degree + back[:3])
        metre_view.append(mode + strengths[i] + degree + back[:1])
        register_view.append(register + back[:2])
        recalls.append(_recall(heard, 1))
        move = pitches[i] - before
        symbol = REACH + (move if -REACH <= move <= REACH else REACH if move > 0 else -REACH)
        symbols.append(symbol)
        heard += LETTERS[symbol]
        back = LETTERS[symbol] + back[:3]
    return EventSeries(symbols, contexts, recalls)


def _step_series(pitches: list[int]) -> EventSeries:
    used = {pitch % 12 for pitch in pitches}
    below = list(itertools.accumulate((number in used for number in range(12)), initial=0))
    places = [pitch // 12 * below[12] + below[pitch % 12] for pitch in pitches]
    symbols = [STEP_REACH + max(-STEP_REACH, min(STEP_REACH, b - a)) for a, b in itertools.pairwise(places)]
    text = "".join(LETTERS[symbol] for symbol in symbols)
    return EventSeries(
        symbols, ([text[max(0, i - 3) : i][::-1] for i in range(len(symbols))],), [NOTHING] * len(symbols)
    )


def _rhythm_series(durations: list[int], kind: str, strengths: list[str], places: list[str]) -> EventSeries:
    contexts: tuple[list[str], ...] = ([], [])
    duration_view, place_view = contexts
    recalls: list[Recall] = []
    back = ""
    heard = places[0]  # place, duration, place, duration … place
    for i, symbol in enumerate(durations):
        duration_view.append(back)
        place_view.append(strengths[i] + kind + places[i] + back[:3])
        recalls.append(_recall(heard, 2))
        back = LETTERS[symbol] + back[:3]
        heard += LETTERS[symbol] + places[i + 1]
    return EventSeries(durations, contexts, recalls)


def _recall(heard: str, stride: int) -> Recall:
    """Find the longest match of the end of `heard` with an earlier place; of equal matches the latest.

    heard: one letter per symbol (stride 1), or places with durations between them, ending with a place (stride 2).
    """
    end = len(heard)
    for length in range(LONGEST_MATCH, 0, -1):
        size = length if stride == 1 else 2 * length - 1
        if size >= end:
            continue
        tail = heard[end - size :]
        at = heard.rfind(tail, 0, end - 1)
        while stride == 2 and at >= 0 and at % 2:  # a place cannot match a duration
            at = heard.rfind(tail, 0, at + size - 1)
        if at >= 0:
            return Recall(length, _NUMBER[heard[at + size]])
    return NOTHING
