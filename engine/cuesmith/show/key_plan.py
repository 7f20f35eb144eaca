"""Plan keys and tempi over an album, so that neighbours are related and yet differ.

Both are shortest paths through the tracks in order. For every track there are options, a cost for each option, and a
cost for each option after the option of the track before. What the user set, and what belongs to a theme, does not
change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cuesmith.music.scale import Key

# Cost of going from one tonic to another, by semitones up or down. 0 is the parallel key: same tonic, other mode.
RELATED = {0: 1.2, 1: 0.9, 2: 0.6, 3: 0.0, 4: 0.0, 5: 0.3, 6: 6.0}
SAME_KEY = 8.0  # cost of two neighbours in the same key and mode
MOVED = 0.8  # cost of changing the key of a track
MOVED_SETTLED = 4.0  # the same for a track in the key of its theme
STRANGE = 0.5  # cost of a key that is not in the list of the style
HOME = 2.5  # cost when a track of ANCHORS is not in the key of the show
ANCHORS = (0.0, 0.67, 1.0)  # tracks that should be in the key of the show, as shares of the album

NEAR_BPM = 9.0  # tempi with a smaller difference sound the same; a small margin for rounding to whole bars is included
ALIKE, THREE_ALIKE = 20.0, 4.0  # cost of two neighbours with the same tempo; cost of a third one in addition
CHANGED = 6.0  # cost of a doubled tempo; smaller changes cost less in proportion

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """The key of a track.

    own: the key it has by itself.
    liked: tonics that its style prefers.
    fixed: whether the key must stay.
    settled: whether it should stay if possible.
    """

    own: Key
    liked: frozenset[int]
    fixed: bool = False
    settled: bool = False


def _cheapest_path(
    options: Sequence[Sequence[State]], cost: Callable[[int, State], float], step: Callable[[int, State, State], float]
) -> list[State]:
    """Choose one option per column with the least total of `cost` (each option) and `step` (from one to the next)."""
    table: list[list[tuple[float, int]]] = [[(cost(0, s), -1) for s in options[0]]]
    for at in range(1, len(options)):
        column = []
        for state in options[at]:
            ways = [table[-1][i][0] + step(at, before, state) for i, before in enumerate(options[at - 1])]
            best = min(range(len(ways)), key=ways.__getitem__)
            column.append((ways[best] + cost(at, state), best))
        table.append(column)
    index = min(range(len(table[-1])), key=lambda i: table[-1][i][0])
    out = []
    for at in range(len(options) - 1, -1, -1):
        out.append(options[at][index])
        index = table[at][index][1]
    return out[::-1]


def distance(a: Key, b: Key) -> float:
    """Return the cost of a track in key `b` after one in key `a`; 0 for keys a third apart."""
    if a == b:
        return SAME_KEY
    away = (b.tonic - a.tonic) % 12
    return RELATED[min(away, 12 - away)]


def anchors(count: int) -> frozenset[int]:
    """Return the indexes of the tracks that should be in the key of the show."""
    return frozenset(round(share * (count - 1)) for share in ANCHORS)


def key_plan(tracks: Sequence[KeyChoice], home: int) -> tuple[Key, ...]:
    """Choose a key for every track. Modes stay; tonics move so that neighbours are related but never the same.

    home: the tonic of the show, which the first track, one in the last third, and the last one should have.
    """
    if not tracks:
        return ()
    options = [[t.own] if t.fixed else [Key((t.own.tonic + up) % 12, t.own.mode) for up in range(12)] for t in tracks]
    held = anchors(len(tracks))

    def cost(at: int, key: Key) -> float:
        track = tracks[at]
        strange = 0.0 if key.tonic in track.liked else STRANGE
        moved = MOVED_SETTLED if track.settled else MOVED
        return moved * (key != track.own) + strange + HOME * (at in held and key.tonic != home)

    return tuple(_cheapest_path(options, cost, lambda _, before, key: distance(before, key)))


def tempo_plan(tracks: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """Choose one of the possible tempi for every track so that neighbours differ; returns its index.

    tracks: for each track its possible tempi in quarter notes per minute, its own first.
    """
    if not tracks:
        return ()
    # One option: (index of the tempo, whether the track before has a similar tempo)
    options = [[(i, alike) for i in range(len(tempi)) for alike in (False, True)] for tempi in tracks]

    def cost(at: int, state: tuple[int, bool]) -> float:
        tempi = tracks[at]
        away = max(tempi[state[0]], tempi[0]) / min(tempi[state[0]], tempi[0]) - 1
        return CHANGED * away + (100.0 if at == 0 and state[1] else 0.0)

    def step(at: int, before: tuple[int, bool], state: tuple[int, bool]) -> float:
        alike = abs(tracks[at][state[0]] - tracks[at - 1][before[0]]) < NEAR_BPM
        if alike != state[1]:
            return 1000.0
        return ALIKE * alike + THREE_ALIKE * (alike and before[1])

    return tuple(index for index, _ in _cheapest_path(options, cost, step))
