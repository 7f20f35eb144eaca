"""The rest of a song: the bridge (B, eight bars) and the chorus (sixteen), both made of the theme's idea.

The bridge turns the idea upside down over its own bars in another order, in another register, and stays open. The
chorus is that of a Japanese song: a line of four bars, the line again higher, four bars of held notes that rise to the
highest note of the whole theme, and a landing that closes. `song` lays the parts out as A B or A A' B A''.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.motif.ladder import moved, nearest_rung, on_rungs, rungs, scale_index, scale_step
from cuesmith.motif.model import Motif, MotifNote, Theme
from cuesmith.motif.transform import fragment, join
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale
from cuesmith.themes.develop import closing_rest, seams
from cuesmith.themes.judge import AMBITUS
from cuesmith.themes.phrase import IMPERFECT, OPEN, Unit, breath_ticks, cadence, ended, first_bar, held

BRIDGE_AMBITUS = 14  # semitones
OTHER_REGISTER = 1.5  # rungs the middle of the bridge lies above or below that of the melody
FORMS = ("AB", "AABA")
LIFTED = 2 * PPQ  # the least length of a note of the lift, where the bar has room for two
MOVES = 2  # ways of setting the units of a bridge against one another that are tried
SUNG = 4  # bridges, or choruses, that can be sung; of them the one whose units join best is taken
NOT_CLOSED = (1, 2, 4, 6)  # steps a phrase inside a part may end on


@dataclass(frozen=True, slots=True)
class Song:
    """Phrases of a theme one after another, and what they are made of: (first bar, bars, what)."""

    melody: Motif
    units: tuple[Unit, ...]


def song(theme: Theme, form: str = "AABA") -> Song:
    """The theme as a song form. form: `AB` (16 bars, open), `AABA` (32 bars: A, A' ending imperfectly, B, A'').

    Only the last A comes to rest on the tonic. Raises ValueError for another form.
    """
    if form not in FORMS:
        raise ValueError(f"unknown song form '{form}'; known: {', '.join(FORMS)}")
    rest = breath_ticks(theme.melody.meter)
    opened = ended(theme.melody, IMPERFECT, theme.scale, rest)
    parts = [("A", opened, theme.units), ("B", theme.bridge, theme.bridge_units)]
    if form == "AABA":
        first = ended(theme.melody, OPEN, theme.scale, rest)
        parts = [
            ("A", first, theme.units), ("A'", opened, theme.units), ("B", theme.bridge, theme.bridge_units),
            ("A''", theme.melody, theme.units),
        ]  # fmt: skip
    units: list[Unit] = []
    at = 0
    for letter, melody, own in parts:
        units += [(at + start, bars, f"{letter}: {what}") for start, bars, what in own]
        at += melody.bars
    return Song(join(*(melody for _, melody, _ in parts)), tuple(units))


def bridge(motif: Motif, melody: Motif, scale: Scale, key: Key, draw: Stream) -> tuple[Motif, tuple[Unit, ...]]:
    """The B phrase: eight bars in two fours, each with a breath at its end; it ends open on 2, 5 or 7.

    motif, melody: the idea and the eight bars it answers. Not above the melody's top; ambitus 14 semitones at most.
    """
    places = rungs(motif, scale)
    rhythm, kind = _bridge_rhythm(motif, draw)
    line = _resampled([-index for index in places], len(rhythm))
    leaning = draw.choice(((-1, 1), (-1, 2), (-2, 1), (1, 1)))
    ceiling = _ends(melody, key)[1]
    home = sum(rungs(melody, scale)) / len(melody.notes)
    units: tuple[Unit, ...] = (
        (0, 2, kind), (2, 2, f"{kind}'"), (4, 2, f"{kind}, sequence"), (6, 2, "half cadence"),
    )  # fmt: skip
    best: tuple[tuple[int, int, int], Motif] | None = None
    sung = 0
    up = draw.chance(0.6)
    for narrow, away, number in itertools.product(_narrowings(line), _both_ways((4, 3, 5, 2), up), range(MOVES)):
        turn, lift = _joining(narrow, leaning)[number]
        start = round(home + away - sum(narrow) / len(narrow))
        if _pitch(max(narrow) + start, scale, key) > ceiling and best is not None:
            continue
        made = _bridge_from(_phrase(rhythm, [index + start for index in narrow], motif, scale), turn, lift, away, scale)
        low, high = _ends(made, key)
        near = abs(sum(rungs(made, scale)) / len(made.notes) - home) < OTHER_REGISTER
        fault = (
            max(0, high - low - BRIDGE_AMBITUS) + max(0, high - ceiling) + _awkward(made, key),
            int(near),
            seams(made, units, key),
        )
        if best is None or fault < best[0]:
            best = (fault, made)
        sung += fault[:2] == (0, 0)
        if fault == (0, 0, 0) or sung == SUNG:
            break
    assert best is not None
    return best[1], units


def chorus(
    motif: Motif, melody: Motif, bridge: Motif, scale: Scale, key: Key, draw: Stream
) -> tuple[Motif, tuple[Unit, ...]]:
    """Sixteen bars: line, line higher, lift, landing. The top note of all parts stands once, in bars 11 to 13.

    Ambitus 16 semitones at most; it closes on the tonic.
    """
    others_top = max(_ends(melody, key)[1], _ends(bridge, key)[1])
    lowest_peak = next(i for i in itertools.count(-21) if _pitch(i, scale, key) > others_top)
    shifts = (1, 2) if draw.chance(0.5) else (2, 1)
    units: tuple[Unit, ...] = (
        (0, 2, "idea"), (2, 2, "line"), (4, 2, "idea, higher"), (6, 2, "line, higher"), (8, 4, "lift"),
        (12, 2, "idea"), (14, 2, "cadence"),
    )  # fmt: skip
    best: tuple[tuple[int, int], Motif] | None = None
    sung = 0
    for narrow, base, peak, shift in itertools.product(
        _narrowings(rungs(motif, scale)), _both_ways(range(9), True), (lowest_peak, lowest_peak + 1), shifts
    ):
        places = [index + base for index in narrow]
        span = _pitch(peak, scale, key) - _pitch(min(places) - 1, scale, key)
        if best is not None and (max(places) + shift >= peak or span > AMBITUS):
            continue
        summit = _pitch(peak, scale, key)
        floor = next(i for i in itertools.count(peak - 12) if summit - _pitch(i, scale, key) <= AMBITUS)
        made = _chorus_from(on_rungs(motif, places, scale), shift, peak, floor, scale, draw)
        low, high = _ends(made, key)
        tops = [n for n in made.notes if key.pitch(n.step) == high]
        faulty = max(0, high - low - AMBITUS) + _awkward(made, key) + 100 * (len(tops) > 1 or high != summit)
        fault = (faulty, seams(made, units, key))
        if best is None or fault < best[0]:
            best = (fault, made)
        sung += not faulty
        if fault == (0, 0) or sung == SUNG:
            break
    assert best is not None
    return best[1], units


def _pitch(index: int, scale: Scale, key: Key) -> int:
    return key.pitch(scale_step(scale, index))


def _ends(motif: Motif, key: Key) -> tuple[int, int]:
    """Lowest and highest pitch."""
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    return min(pitches), max(pitches)


def _awkward(motif: Motif, key: Key) -> int:
    """How many intervals are wider than an octave, and how many notes stand five or more times in a row."""
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    drummed = sum(len(list(group)) > 4 for _, group in itertools.groupby(pitches))
    return drummed + sum(abs(b - a) > 12 for a, b in itertools.pairwise(pitches))


def _resampled(line: Sequence[int], count: int) -> list[int]:
    """The line with so many notes: its ends kept, the others at even distances."""
    if count == 1 or len(line) == 1:
        return [line[0]] * count
    return [line[round(i * (len(line) - 1) / (count - 1))] for i in range(count)]


def _narrowings(line: Sequence[int]) -> Iterator[list[int]]:
    """The line of rungs itself, then ever narrower: every move but none below a step, then turned back at its edges."""
    yield list(line)
    for factor in (0.8, 0.65, 0.5):
        moves = [
            int(math.copysign(max(1, round(abs(b - a) * factor)), b - a)) if a != b else 0
            for a, b in itertools.pairwise(line)
        ]
        yield list(itertools.accumulate(moves, initial=line[0]))
    low = min(line)
    for width in (5, 4, 3, 2):  # rungs; what lies beyond is mirrored inside
        yield [low + width - abs((index - low) % (2 * width) - width) for index in line]


def _both_ways(distances: Iterable[int], up: bool) -> list[int]:
    """Every distance upward and downward, in order; up: which comes first."""
    sign = 1 if up else -1
    return list(dict.fromkeys(away for distance in distances for away in (sign * distance, -sign * distance)))


def _joining(line: Sequence[int], leaning: tuple[int, int]) -> list[tuple[int, int]]:
    """Ways to move the second unit against the first and the third against it, in rungs; those that join best first.

    line: scale indexes of the unit. leaning: the moves that are wanted, where there is nothing to choose.
    """
    back = line[0] - line[-1]

    def cost(way: tuple[int, int]) -> float:
        turn, lift = way
        gaps = (abs(back + turn), abs(back + lift - turn))
        return sum(max(0, gap - 2) for gap in gaps) + 0.4 * (abs(turn - leaning[0]) + abs(lift - leaning[1]))

    return sorted(itertools.product((-3, -2, -1, 1, 2, 3), (-2, -1, 1, 2, 3)), key=lambda way: (cost(way), way))


def _phrase(rhythm: Sequence[tuple[int, int]], line: Sequence[int], motif: Motif, scale: Scale) -> Motif:
    notes = tuple(MotifNote(o, d, scale_step(scale, i)) for (o, d), i in zip(rhythm, line, strict=True))
    return Motif(notes, 2 * motif.meter.bar_ticks, motif.meter)


def _bridge_rhythm(motif: Motif, draw: Stream) -> tuple[list[tuple[int, int]], str]:
    """(onset, duration) of two bars made of the idea's: the bars swapped, begun late, or broadened."""
    bar = motif.meter.bar_ticks
    bars = [[(n.onset - at * bar, min(n.duration, (at + 1) * bar - n.onset)) for n in motif.notes
             if at * bar <= n.onset < (at + 1) * bar] for at in (0, 1)]  # fmt: skip
    first, second = bars[0] or bars[1], bars[1] or bars[0]
    kinds = {"bars swapped": 3.0}
    if first[0][0] == 0 and len(first) > 2 and first[1][0] >= PPQ // 2:
        kinds["late start"] = 3.0
    if len(first) >= 4 and min(duration for _, duration in first) >= PPQ // 2:
        kinds["broadened"] = 2.0
    kind = draw.weighted(kinds)
    if kind == "late start":
        return [*first[1:], *((o + bar, d) for o, d in second)], kind
    if kind == "broadened":
        return [(2 * o, 2 * d) for o, d in first], kind
    swapped = [*second, *((o + bar, d) for o, d in first)]
    if len(swapped) > 2 and [o for o, _ in swapped] == [n.onset for n in motif.notes]:  # equal bars: the head left out
        return swapped[1:], kind
    return swapped, kind


def _bridge_from(x: Motif, answer: int, rise: int, away: int, scale: Scale) -> Motif:
    bar, rest = x.meter.bar_ticks, breath_ticks(x.meter)
    third = moved(x, rise, scale)
    begins = scale_index(scale, third.notes[0].step)
    second = ended(moved(x, answer, scale), NOT_CLOSED, scale, rest, towards=begins)
    head = moved(fragment(x, 0, bar), rise + answer, scale)
    so_far = join(x, second, third, head)
    goal = nearest_rung(scale_index(scale, so_far.notes[-1].step) - (1 if away > 0 else -1), OPEN, scale)
    return join(so_far, held(x.meter, goal, scale, closing_rest(so_far, 8)))


def _chorus_from(idea: Motif, shift: int, peak: int, floor: int, scale: Scale, draw: Stream) -> Motif:
    """The four fours over an idea that lies where it should; peak: the scale index of the highest
    note; floor: that of the lowest there may be."""
    bar, rest = idea.meter.bar_ticks, breath_ticks(idea.meter)
    head = fragment(idea, 0, bar)
    first, last = (scale_index(scale, n.step) for n in (idea.notes[0], idea.notes[-1]))
    room = [by for by in (-1, 1, -2, 2, -3) if by < 0 or max(rungs(head, scale)) + by + shift < peak]
    turn = moved(head, min(room, key=lambda by: max(1, abs(first + by - last))), scale)
    end = scale_index(scale, turn.notes[-1].step)
    goal = nearest_rung(end + max(-2, min(2, round((first + shift - end) / 3))), NOT_CLOSED, scale)
    long_rest = max(rest, bar // 2 if bar >= 4 * PPQ else rest + rest // 2)
    line = join(idea, turn, held(idea.meter, goal, scale, long_rest))
    higher = moved(line, shift, scale)
    rhythm = _lift_rhythm(idea)
    count = 2 * len(rhythm)
    summit = len(rhythm)  # the first note of bar 11
    from_below = min(summit, 4)
    places = [peak - from_below + max(0, i - summit + from_below) for i in range(summit)]
    landing_head = scale_index(scale, idea.notes[0].step)  # the fall leads to where the landing begins
    steps = count - summit - 1
    fall = [peak - max(i, round((peak - landing_head) * i / (steps + 1))) for i in range(1, steps + 1)]
    lift = []
    for half, indexes in ((0, places), (1, [peak, *fall])):
        for (onset, duration), index in zip(rhythm, indexes, strict=True):
            lift.append(MotifNote(2 * half * bar + onset, duration, scale_step(scale, index)))
    rising = ended(Motif(tuple(lift), 4 * bar, idea.meter), tuple(scale.steps), scale, rest)
    landing = join(rising, idea)
    last = scale_index(scale, idea.notes[-1].step)
    rest_at_end = closing_rest(landing, 8)
    close = cadence(idea, last, scale, rest_at_end, draw.child("cadence"), lowest=floor, highest=peak - 1)
    return join(line, higher, landing, close)


def _lift_rhythm(idea: Motif) -> list[tuple[int, int]]:
    """Two bars of held notes: the beats among the doubled onsets of the first bar; both bar lines; halves or longer."""
    bar, beats = idea.meter.bar_ticks, idea.meter.beats_ticks
    onsets = [0]
    for onset in sorted({bar, *(2 * note.onset for note in first_bar(idea))}):
        room = (bar if onset < bar else 2 * bar) - onset
        if onset == bar or (onset % bar in beats and onset - onsets[-1] >= LIFTED and room >= LIFTED):
            onsets.append(onset)
    return [(a, b - a) for a, b in itertools.pairwise([*onsets, 2 * bar])]
