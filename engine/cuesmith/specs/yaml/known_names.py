"""Names in a file that must be known: each one that is not becomes a fault with a guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cuesmith.errors import did_you_mean
from cuesmith.specs.yaml.place import KeyPath, Problem


def key_problems(path: KeyPath, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """Keys nobody knows. what: the kind of thing they name."""
    pool = list(known)
    for name in names:
        if name not in pool:
            yield Problem((*path, name), f"unknown {what} '{name}'{did_you_mean(name, pool)}", at_key=True)


def listed_problems(path: KeyPath, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """Items of a list nobody knows. what: the kind of thing they name."""
    pool = list(known)
    for index, name in enumerate(names):
        if name not in pool:
            yield Problem((*path, index), f"unknown {what} '{name}'{did_you_mean(name, pool)}")
