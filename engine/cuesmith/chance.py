"""Randomness by name: every decision draws from a stream that depends on the seed and the path of what is decided.

`stream(seed, "M-401", "melody", "A'")` gives the same numbers on every machine, in every process, and in any order of
composing. So a new part never changes the notes of another part, and one part can be drawn again alone. Only
`random.Random.random` is used, because its sequence is guaranteed for all Python versions. `choice`, `gauss` and
`shuffle` of the standard library are not, so they are implemented here.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
SQRT_3 = 1.7320508075688772  # the sum of four uniform numbers has a standard deviation of 1/√3


class Stream:
    """A named source of random numbers.

    It has few methods on purpose. Each one draws a fixed number of times, so that the following numbers do not depend
    on the result.
    """

    __slots__ = ("_path", "_random")
    _random: Callable[[], float]

    def __init__(self, path: tuple[str, ...]) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Callable[[], float]:
        """Create the generator when it is first used; many streams only have children and never need one."""
        if name != "_random":
            raise AttributeError(name)
        digest = hashlib.blake2b("\x1f".join(self._path).encode("utf-8"), digest_size=16).digest()
        self._random = random.Random(int.from_bytes(digest, "big")).random
        return self._random

    def child(self, *path: object) -> Stream:
        """Return an independent stream below this one; drawing from it does not change this one."""
        return Stream(self._path + tuple(str(step) for step in path))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self._random()

    def integer(self, low: int, high: int) -> int:
        """Return a whole number in low..high, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return True with this probability (0..1)."""
        return self._random() < probability

    def choice(self, items: Sequence[T]) -> T:
        """Return one of the items, all equally likely. Raises ValueError when there are none."""
        if not items:
            raise ValueError("nothing to choose from")
        return items[int(self._random() * len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Return one of the keys with a probability in proportion to its weight.

        The order of the mapping affects the result, so keep it fixed. Raises ValueError when all weights are zero.
        """
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
        """Return a nearly normal random number, within ±3.5 sd.

        It is a sum of four uniform numbers, so it does not depend on the rounding of any maths library.
        """
        draw = self._random
        return mean + sd * SQRT_3 * (draw() + draw() + draw() + draw() - 2.0)

    def gausses(self, count: int, sd: float = 1.0) -> list[float]:
        """Return `count` draws of `gauss` with mean 0."""
        draw, scale = self._random, sd * SQRT_3
        return [scale * (draw() + draw() + draw() + draw() - 2.0) for _ in range(count)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a random order (Fisher-Yates)."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            out[last], out[other] = out[other], out[last]
        return out


def stream(seed: int | str, *path: object) -> Stream:
    """Return the stream of this seed and path. A step of the path may be anything printable (names, bar numbers)."""
    return Stream((str(seed), *(str(step) for step in path)))
