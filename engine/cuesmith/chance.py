"""Chance, by name: every decision draws from a stream derived from the seed and the path of what is decided.

`stream(seed, "M-401", "melody", "A'")` gives the same draws on every machine, in every process and in every order of
composing. So a new part never changes the notes of another, and one part can be re-rolled alone.
Only `random.Random.random` is used underneath: its sequence is guaranteed across Python versions; `choice`,
`gauss` and `shuffle` of the standard library are not, so they are built here.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
SQRT_3 = 1.7320508075688772  # four uniforms vary by 1/√3 about their sum


class Stream:
    """A named source of chance. The surface is small on purpose; each method draws a fixed number of times."""

    __slots__ = ("_path", "_random")
    _random: Callable[[], float]

    def __init__(self, path: tuple[str, ...]) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Callable[[], float]:
        """The generator, seeded when it is first drawn from: many streams only have children."""
        if name != "_random":
            raise AttributeError(name)
        digest = hashlib.blake2b("\x1f".join(self._path).encode("utf-8"), digest_size=16).digest()
        self._random = random.Random(int.from_bytes(digest, "big")).random
        return self._random

    def child(self, *path: object) -> Stream:
        """A stream of its own below this one; drawing from it leaves this one untouched."""
        return Stream(self._path + tuple(str(step) for step in path))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._random()

    def integer(self, low: int, high: int) -> int:
        """A whole number in low..high, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability (0..1)."""
        return self._random() < probability

    def choice(self, items: Sequence[T]) -> T:
        """One of the items, all equally likely. Raises ValueError when there are none."""
        if not items:
            raise ValueError("nothing to choose from")
        return items[int(self._random() * len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, in proportion to its weight (order of the mapping matters, so keep it fixed)."""
        total = sum(weights.values())
        if total <= 0:
            raise ValueError("nothing to choose from: all weights are zero")
        at = self._random() * total
        last = next(iter(weights))
        for key, weight in weights.items():
            if weight <= 0:
                continue
            last = key
            at -= weight
            if at < 0:
                break
        return last

    def gauss(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Nearly normal, within ±3.5 sd: the sum of four uniforms, free of any maths library's rounding."""
        draw = self._random
        return mean + sd * SQRT_3 * (draw() + draw() + draw() + draw() - 2.0)

    def gausses(self, count: int, sd: float = 1.0) -> list[float]:
        """As many draws of `gauss` about 0 at once."""
        draw, scale = self._random, sd * SQRT_3
        return [scale * (draw() + draw() + draw() + draw() - 2.0) for _ in range(count)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in a new order (Fisher-Yates)."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            out[last], out[other] = out[other], out[last]
        return out


def stream(seed: int | str, *path: object) -> Stream:
    """The stream of this seed and path; any printable step will do (names, bar numbers)."""
    return Stream((str(seed), *(str(step) for step in path)))
