"""Viewpoints: a melody as strings of letters, each seen from another side, for counting and for looking up.

Every note after the first has two symbols: the class of the time since the note before (in beats, so that 6/8 and 3/4
compare) and the interval to it in semitones. Time is told first, then pitch. A context is a string with what matters
most at its head, so that a shorter context is a prefix of a longer one. One letter is one thing:

pitch     interval   the last four intervals
          degree     mode, degree of the note before, the last three intervals
          metre      mode, strength of the place, degree before, the last interval
          register   how far the note before lies from the mean so far, the last two intervals
          recall     how long a match of the last intervals earlier in the melody is, and what followed there
rhythm    duration   the last four durations
          place      strength of the place, place in the bar with its meter, the last three durations
          recall     how long a match of place and durations earlier in the melody is, and what followed there
opening   first      mode, strength of the first note; the symbol is its degree

After Conklin & Witten (1995), Journal of New Music Research 24, and Pearce (2005), the IDyOM model.
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

PITCH_VIEWS = ("interval", "degree", "metre", "register", "recall")
RHYTHM_VIEWS = ("duration", "place", "recall")
REACH = 16  # intervals beyond count as this many semitones
INTERVALS = 2 * REACH + 1
TWELFTHS = (1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 20, 24, 30, 32, 36, 42, 48, 60, 72, 96)  # duration classes, of a beat
DURATIONS = len(TWELFTHS)
DEGREES = 12
LONGEST_MATCH = 4
WIDEST = 9  # semitones from the mean of the melody so far
LETTERS = tuple(chr(48 + number) for number in range(160))


def _duration_class(twelfths: int) -> int:
    return min(range(DURATIONS), key=lambda c: abs(math.log(TWELFTHS[c] / max(1, twelfths))))


_CLASSES = tuple(LETTERS[_duration_class(twelfths)] for twelfths in range(TWELFTHS[-1] + 1))


class Views(NamedTuple):
    """A melody seen: letters of its symbols, and one list of contexts per viewpoint, in the order of the notes.

    pitch, rhythm: symbols of the notes from the second on; opening: that of the first note, with its context.
    """

    opening: str
    opening_context: str
    pitch: str
    pitch_contexts: tuple[list[str], ...]
    rhythm: str
    rhythm_contexts: tuple[list[str], ...]


def see(notes: Sequence[Sounding], key: Key, meter: Meter) -> Views:
    """The viewpoints of a melody.

    notes: one voice in order of onset; tick 0 is a bar line. Raises ValueError for notes that begin together, and for
    no notes at all.
    """
    if not notes:
        raise ValueError("a melody without notes has nothing to expect")
    mode = LETTERS[key.minor]
    bar = meter.bar_ticks
    beat = meter.groups[0] * meter.unit_ticks
    # like meters share their places: bars of two and four beats, of three, compound or plain
    kind = len(meter.groups) * 2 + (meter.groups[0] == 3)
    places = [note[0] % bar for note in notes]
    strengths = [LETTERS[meter.strength(place)] for place in places]
    place_letters = [LETTERS[min(place * 12 // beat, 119)] for place in places]
    pitch_contexts, pitch = _pitch_views([note[2] for note in notes], key.tonic, mode, strengths)
    durations = _durations([note[0] for note in notes], beat)
    rhythm_contexts = _rhythm_views(durations, LETTERS[min(kind, 40)], strengths, place_letters)
    first = LETTERS[(notes[0][2] - key.tonic) % 12]
    return Views(first, mode + strengths[0], pitch, pitch_contexts, durations, rhythm_contexts)


def _durations(onsets: list[int], beat: int) -> str:
    """One letter per note after the first: the class of the time since the note before."""
    out = []
    for before, after in itertools.pairwise(onsets):
        if after <= before:
            raise ValueError("notes of one voice begin one after another; two here begin together or out of order")
        out.append(_CLASSES[min(((after - before) * 24 + beat) // (2 * beat), TWELFTHS[-1])])
    return "".join(out)


def _pitch_views(
    pitches: list[int], tonic: int, mode: str, strengths: list[str]
) -> tuple[tuple[list[str], ...], str]:
    interval_view: list[str] = []
    degree_view: list[str] = []
    metre_view: list[str] = []
    register_view: list[str] = []
    recall_view: list[str] = []
    symbols = ""
    back = ""  # the last intervals, the latest first
    total = 0
    for i in range(1, len(pitches)):
        before = pitches[i - 1]
        total += before
        degree = LETTERS[(before - tonic) % 12]
        away = round(before - total / i)
        register = LETTERS[WIDEST + (away if -WIDEST <= away <= WIDEST else WIDEST if away > 0 else -WIDEST)]
        interval_view.append(back)
        degree_view.append(mode + degree + back[:3])
        metre_view.append(mode + strengths[i] + degree + back[:1])
        register_view.append(register + back[:2])
        recall_view.append(_recall(symbols, 1) + back[:1])
        move = pitches[i] - before
        symbol = LETTERS[REACH + (move if -REACH <= move <= REACH else REACH if move > 0 else -REACH)]
        symbols += symbol
        back = symbol + back[:3]
    return (interval_view, degree_view, metre_view, register_view, recall_view), symbols


def _rhythm_views(
    durations: str, kind: str, strengths: list[str], places: list[str]
) -> tuple[list[str], ...]:
    duration_view: list[str] = []
    place_view: list[str] = []
    recall_view: list[str] = []
    back = ""
    seen = places[0]  # place, duration, place, duration … place
    for i, symbol in enumerate(durations):
        duration_view.append(back)
        place_view.append(strengths[i] + kind + places[i] + back[:3])
        recall_view.append(_recall(seen, 2) + strengths[i])
        back = symbol + back[:3]
        seen += symbol + places[i + 1]
    return duration_view, place_view, recall_view


def _recall(seen: str, stride: int) -> str:
    """Two letters: the length of the longest match of the end with an earlier stretch, and what came after that.

    seen: a letter per symbol (stride 1), or places with durations between (stride 2). Nothing matches: one letter.
    """
    end = len(seen)
    for length in range(LONGEST_MATCH, 0, -1):
        size = length if stride == 1 else 2 * length - 1
        if size >= end:
            continue
        at = seen.rfind(seen[end - size :], 0, end - 1)
        while at >= 0 and stride == 2 and at % 2:  # a place, not a duration
            at = seen.rfind(seen[end - size :], 0, at + size - 1)
        if at >= 0:
            return LETTERS[length] + seen[at + size]
    return LETTERS[0]
