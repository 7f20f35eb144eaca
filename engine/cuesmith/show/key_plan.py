"""The plan of keys and tempi over an album: neighbours that are related and yet differ.

Both are shortest paths through the tracks in their order: for every track what it may take, what each costs, and what
each costs after the one before it. What a person asked for, and what belongs to a theme, is not moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cuesmith.music.scale import Key

# what it costs to go from a tonic to another, by semitones up or down (0 with another mode: the parallel key)
RELATED = {0: 1.2, 1: 0.9, 2: 0.6, 3: 0.0, 4: 0.0, 5: 0.3, 6: 6.0}
SAME_KEY = 8.0  # two neighbours in one key and mode
MOVED = 0.8  # a key other than the one the track has by itself
MOVED_SETTLED = 4.0  # the same for a track that stands in the key of its theme
STRANGE = 0.5  # and one its style does not care for
HOME = 2.5  # for the show's key missing where it belongs
ANCHORS = (0.0, 0.67, 1.0)  # where it belongs, as shares of the album: the beginning, the last third, the end

NEAR_BPM = 9.0  # tempi that differ by less are alike: the band of the ear, and a bit for the bars to come out even
ALIKE, THREE_ALIKE = 20.0, 4.0  # what neighbours of like tempo cost, and the third of them
CHANGED = 6.0  # a tempo doubled; small changes cost little

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A track: the key it has by itself, the tonics its style likes, whether its key has to stay, or rather should."""

    own: Key
    liked: frozenset[int]
    fixed: bool = False
    settled: bool = False


def _path(
    options: Sequence[Sequence[State]], cost: Callable[[int, State], float], step: Callable[[int, State, State], float]
) -> list[State]:
    """The way through all columns that costs least: `cost` of each state, `step` from one to the next."""
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
    """What it costs that a track in one key follows a track in the other; 0 for a third apart."""
    if a == b:
        return SAME_KEY
    away = (b.tonic - a.tonic) % 12
    return RELATED[min(away, 12 - away)]


def anchors(count: int) -> frozenset[int]:
    """The tracks that should stand in the key of the show."""
    return frozenset(round(share * (count - 1)) for share in ANCHORS)


def key_plan(tracks: Sequence[KeyChoice], home: int) -> tuple[Key, ...]:
    """A key for every track, in order: modes stay, tonics move so that neighbours are related and never alike.

    home: the tonic of the show, which the first track, one in the last third and the last should have.
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

    return tuple(_path(options, cost, lambda _, before, key: distance(before, key)))


def tempo_plan(tracks: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """Which of its tempi (quarter notes per minute) each track takes, so that neighbours differ.

    tracks: for each the tempi it may have, its own first.
    """
    if not tracks:
        return ()
    # a state: index of the tempo, and whether the track before is alike
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

    return tuple(index for index, _ in _path(options, cost, step))
