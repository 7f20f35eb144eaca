"""The other parts of a song: the bridge (B, eight bars) and the chorus (sixteen), both made of the theme's idea.

The bridge mirrors the idea over its own bars in another order, in another register, and ends open. The chorus follows
the pattern of Japanese songs: a line of four bars, the line again higher, four bars of held notes that rise to the
highest note of the whole theme, and a landing that closes. `song` joins the parts as A B or A A' B A''.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.motif.model import Motif, MotifNote, Theme
from cuesmith.motif.scale_index import (
    moved,
    nearest_scale_index,
    scale_index,
    scale_indexes,
    scale_step,
    with_scale_indexes,
)
from cuesmith.motif.transform import fragment, join
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale
from cuesmith.themes.develop import closing_rest, wide_joins
from cuesmith.themes.judge import AMBITUS
from cuesmith.themes.phrase import IMPERFECT, OPEN, Unit, breath_ticks, cadence, first_bar, held_bar, with_ending

BRIDGE_AMBITUS = 14  # semitones
OTHER_REGISTER = (
    1.5  # least distance in steps of the scale between the average pitch of the bridge and that of the melody
)
FORMS = ("AB", "AABA")
LIFTED = 2 * PPQ  # least length of a note of the lift, when the bar has room for two
MOVES = 2  # how many ways to place the units of a bridge are tried
SUNG = 4  # number of singable bridges (or choruses) to find; the one whose units join best is taken
NOT_CLOSED = (1, 2, 4, 6)  # steps on which a phrase inside a part may end


@dataclass(frozen=True, slots=True)
class Song:
    """The phrases of a theme joined together, and their units: (first bar, number of bars, what it is)."""

    melody: Motif
    units: tuple[Unit, ...]


def song(theme: Theme, form: str = "AABA") -> Song:
    """Join the phrases of a theme into a song form. Only the last A ends on the tonic.

    Args:
        theme: the theme with its bridge.
        form: `AB` (16 bars, open end) or `AABA` (32 bars: A, A' with an imperfect ending, B, A'').

    Raises:
        ValueError: another form.

    Example:
        >>> from cuesmith import load_show
        >>> from cuesmith.specs.banks.library import load_banks
        >>> from cuesmith.specs.load import load_style
        >>> from cuesmith.specs.show import ThemeSpec
        >>> from cuesmith.chance import stream
        >>> from cuesmith.themes.make import make_theme
        >>> theme = make_theme(
        ...     "home", ThemeSpec(character="heroic"), load_style("symphonic"), load_banks(), stream(7, "home")
        ... )
        >>> song(theme, "AABA").melody.bars
        32
    """
    if form not in FORMS:
        raise ValueError(f"unknown song form '{form}'; known: {', '.join(FORMS)}")
    rest = breath_ticks(theme.melody.meter)
    opened = with_ending(theme.melody, IMPERFECT, theme.scale, rest)
    parts = [("A", opened, theme.units), ("B", theme.bridge, theme.bridge_units)]
    if form == "AABA":
        first = with_ending(theme.melody, OPEN, theme.scale, rest)
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
    """Make the B phrase: eight bars in two fours, each with a breath at its end. It ends open, on step 2, 5 or 7.

    It is not higher than the melody, and its range is at most 14 semitones.

    motif, melody: the idea, and the eight bars that the bridge answers.
    """
    places = scale_indexes(motif, scale)
    rhythm, kind = _bridge_rhythm(motif, draw)
    line = _resample([-index for index in places], len(rhythm))
    leaning = draw.choice(((-1, 1), (-1, 2), (-2, 1), (1, 1)))
    ceiling = _pitch_range(melody, key)[1]
    home = sum(scale_indexes(melody, scale)) / len(melody.notes)
    units: tuple[Unit, ...] = (
        (0, 2, kind), (2, 2, f"{kind}'"), (4, 2, f"{kind}, sequence"), (6, 2, "half cadence"),
    )  # fmt: skip
    best: tuple[tuple[int, int, int], Motif] | None = None
    sung = 0
    up = draw.chance(0.6)
    for narrow, away, number in itertools.product(_narrower_lines(line), _up_and_down((4, 3, 5, 2), up), range(MOVES)):
        turn, lift = _rank_unit_moves(narrow, leaning)[number]
        start = round(home + away - sum(narrow) / len(narrow))
        if _pitch(max(narrow) + start, scale, key) > ceiling and best is not None:
            continue
        made = _build_bridge(
            _motif_on_rungs(rhythm, [index + start for index in narrow], motif, scale), turn, lift, away, scale
        )
        low, high = _pitch_range(made, key)
        near = abs(sum(scale_indexes(made, scale)) / len(made.notes) - home) < OTHER_REGISTER
        fault = (
            max(0, high - low - BRIDGE_AMBITUS) + max(0, high - ceiling) + _count_unsingable(made, key),
            int(near),
            wide_joins(made, units, key),
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
    """Make the chorus of sixteen bars: line, line higher, lift, landing. It closes on the tonic.

    The highest note of all parts comes once, in bars 11 to 13. The range is at most 16 semitones.
    """
    others_top = max(_pitch_range(melody, key)[1], _pitch_range(bridge, key)[1])
    lowest_peak = next(i for i in itertools.count(-21) if _pitch(i, scale, key) > others_top)
    shifts = (1, 2) if draw.chance(0.5) else (2, 1)
    units: tuple[Unit, ...] = (
        (0, 2, "idea"), (2, 2, "line"), (4, 2, "idea, higher"), (6, 2, "line, higher"), (8, 4, "lift"),
        (12, 2, "idea"), (14, 2, "cadence"),
    )  # fmt: skip
    best: tuple[tuple[int, int], Motif] | None = None
    sung = 0
    for narrow, base, peak, shift in itertools.product(
        _narrower_lines(scale_indexes(motif, scale)),
        _up_and_down(range(9), True),
        (lowest_peak, lowest_peak + 1),
        shifts,
    ):
        places = [index + base for index in narrow]
        span = _pitch(peak, scale, key) - _pitch(min(places) - 1, scale, key)
        if best is not None and (max(places) + shift >= peak or span > AMBITUS):
            continue
        summit = _pitch(peak, scale, key)
        floor = next(i for i in itertools.count(peak - 12) if summit - _pitch(i, scale, key) <= AMBITUS)
        made = _build_chorus(with_scale_indexes(motif, places, scale), shift, peak, floor, scale, draw)
        low, high = _pitch_range(made, key)
        tops = [n for n in made.notes if key.pitch(n.step) == high]
        faulty = max(0, high - low - AMBITUS) + _count_unsingable(made, key) + 100 * (len(tops) > 1 or high != summit)
        fault = (faulty, wide_joins(made, units, key))
        if best is None or fault < best[0]:
            best = (fault, made)
        sung += not faulty
        if fault == (0, 0) or sung == SUNG:
            break
    assert best is not None
    return best[1], units


def _pitch(index: int, scale: Scale, key: Key) -> int:
    return key.pitch(scale_step(scale, index))


def _pitch_range(motif: Motif, key: Key) -> tuple[int, int]:
    """Return the lowest and the highest pitch."""
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    return min(pitches), max(pitches)


def _count_unsingable(motif: Motif, key: Key) -> int:
    """Count intervals wider than an octave, and runs of five or more repeated notes."""
    pitches = [key.pitch(n.step, n.alter) for n in motif.notes]
    drummed = sum(len(list(group)) > 4 for _, group in itertools.groupby(pitches))
    return drummed + sum(abs(b - a) > 12 for a, b in itertools.pairwise(pitches))


def _resample(line: Sequence[int], count: int) -> list[int]:
    """Return the line with `count` notes: first and last stay, the others are taken at equal distances."""
    if count == 1 or len(line) == 1:
        return [line[0]] * count
    return [line[round(i * (len(line) - 1) / (count - 1))] for i in range(count)]


def _narrower_lines(line: Sequence[int]) -> Iterator[list[int]]:
    """Yield a line of scale indexes, then narrower ones: with smaller moves, then folded into a narrow range."""
    yield list(line)
    for factor in (0.8, 0.65, 0.5):
        moves = [
            int(math.copysign(max(1, round(abs(b - a) * factor)), b - a)) if a != b else 0
            for a, b in itertools.pairwise(line)
        ]
        yield list(itertools.accumulate(moves, initial=line[0]))
    low = min(line)
    for width in (5, 4, 3, 2):  # steps of the scale; notes outside this width are mirrored back inside
        yield [low + width - abs((index - low) % (2 * width) - width) for index in line]


def _up_and_down(distances: Iterable[int], up: bool) -> list[int]:
    """Return every distance with both signs, in order; `up` says which sign comes first."""
    sign = 1 if up else -1
    return list(dict.fromkeys(away for distance in distances for away in (sign * distance, -sign * distance)))


def _rank_unit_moves(line: Sequence[int], leaning: tuple[int, int]) -> list[tuple[int, int]]:
    """Rank the ways to place the units of a bridge, the smoothest joins first.

    Each way is (move of the second unit, move of the third), in steps of the scale.

    line: scale indexes of the first unit.
    leaning: the preferred moves when the joins are equally good.
    """
    back = line[0] - line[-1]

    def cost(way: tuple[int, int]) -> float:
        turn, lift = way
        gaps = (abs(back + turn), abs(back + lift - turn))
        return sum(max(0, gap - 2) for gap in gaps) + 0.4 * (abs(turn - leaning[0]) + abs(lift - leaning[1]))

    return sorted(itertools.product((-3, -2, -1, 1, 2, 3), (-2, -1, 1, 2, 3)), key=lambda way: (cost(way), way))


def _motif_on_rungs(rhythm: Sequence[tuple[int, int]], line: Sequence[int], motif: Motif, scale: Scale) -> Motif:
    notes = tuple(MotifNote(o, d, scale_step(scale, i)) for (o, d), i in zip(rhythm, line, strict=True))
    return Motif(notes, 2 * motif.meter.bar_ticks, motif.meter)


def _bridge_rhythm(motif: Motif, draw: Stream) -> tuple[list[tuple[int, int]], str]:
    """Make two bars of rhythm from the idea: bars swapped, begun late, or broadened.

    Returns (onset, duration) in ticks of every note, and which of the three it is.
    """
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
    if len(swapped) > 2 and [o for o, _ in swapped] == [n.onset for n in motif.notes]:  # equal bars: drop one note
        return swapped[1:], kind
    return swapped, kind


def _build_bridge(x: Motif, answer: int, rise: int, away: int, scale: Scale) -> Motif:
    bar, rest = x.meter.bar_ticks, breath_ticks(x.meter)
    third = moved(x, rise, scale)
    begins = scale_index(scale, third.notes[0].step)
    second = with_ending(moved(x, answer, scale), NOT_CLOSED, scale, rest, towards=begins)
    head = moved(fragment(x, 0, bar), rise + answer, scale)
    so_far = join(x, second, third, head)
    goal = nearest_scale_index(scale_index(scale, so_far.notes[-1].step) - (1 if away > 0 else -1), OPEN, scale)
    return join(so_far, held_bar(x.meter, goal, scale, closing_rest(so_far, 8)))


def _build_chorus(idea: Motif, shift: int, peak: int, floor: int, scale: Scale, draw: Stream) -> Motif:
    """Build the four parts of the chorus from an idea that is already in its register.

    peak: scale index of the highest note.
    floor: scale index of the lowest note allowed.
    """
    bar, rest = idea.meter.bar_ticks, breath_ticks(idea.meter)
    head = fragment(idea, 0, bar)
    first, last = (scale_index(scale, n.step) for n in (idea.notes[0], idea.notes[-1]))
    room = [by for by in (-1, 1, -2, 2, -3) if by < 0 or max(scale_indexes(head, scale)) + by + shift < peak]
    turn = moved(head, min(room, key=lambda by: max(1, abs(first + by - last))), scale)
    end = scale_index(scale, turn.notes[-1].step)
    goal = nearest_scale_index(end + max(-2, min(2, round((first + shift - end) / 3))), NOT_CLOSED, scale)
    long_rest = max(rest, bar // 2 if bar >= 4 * PPQ else rest + rest // 2)
    line = join(idea, turn, held_bar(idea.meter, goal, scale, long_rest))
    higher = moved(line, shift, scale)
    rhythm = _lift_rhythm(idea)
    count = 2 * len(rhythm)
    summit = len(rhythm)  # the first note of bar 11
    from_below = min(summit, 4)
    places = [peak - from_below + max(0, i - summit + from_below) for i in range(summit)]
    landing_head = scale_index(scale, idea.notes[0].step)  # the descent ends where the landing begins
    steps = count - summit - 1
    fall = [peak - max(i, round((peak - landing_head) * i / (steps + 1))) for i in range(1, steps + 1)]
    lift = []
    for half, indexes in ((0, places), (1, [peak, *fall])):
        for (onset, duration), index in zip(rhythm, indexes, strict=True):
            lift.append(MotifNote(2 * half * bar + onset, duration, scale_step(scale, index)))
    rising = with_ending(Motif(tuple(lift), 4 * bar, idea.meter), tuple(scale.steps), scale, rest)
    landing = join(rising, idea)
    last = scale_index(scale, idea.notes[-1].step)
    rest_at_end = closing_rest(landing, 8)
    close = cadence(idea, last, scale, rest_at_end, draw.child("cadence"), lowest=floor, highest=peak - 1)
    return join(line, higher, landing, close)


def _lift_rhythm(idea: Motif) -> list[tuple[int, int]]:
    """Return (onset, duration) of two bars of held notes.

    The onsets are both bar lines, and beats that are also doubled onsets of the idea's first bar. Notes last a half
    note or more.
    """
    bar, beats = idea.meter.bar_ticks, idea.meter.beats_ticks
    onsets = [0]
    for onset in sorted({bar, *(2 * note.onset for note in first_bar(idea))}):
        room = (bar if onset < bar else 2 * bar) - onset
        if onset == bar or (onset % bar in beats and onset - onsets[-1] >= LIFTED and room >= LIFTED):
            onsets.append(onset)
    return [(a, b - a) for a, b in itertools.pairwise([*onsets, 2 * bar])]
