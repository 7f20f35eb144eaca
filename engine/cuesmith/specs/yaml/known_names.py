"""Check names in a file against known names, and weights of names; each fault becomes a problem with a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cuesmith.errors import did_you_mean
from cuesmith.specs.yaml.place import KeyPath, Problem


def key_problems(path: KeyPath, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each unknown key. what: the kind of thing that the keys name."""
    pool = list(known)
    for name in names:
        if name not in pool:
            yield Problem((*path, name), f"unknown {what} '{name}'{did_you_mean(name, pool)}", at_key=True)


def listed_problems(path: KeyPath, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each unknown item of a list. what: the kind of thing that the items name."""
    pool = list(known)
    for index, name in enumerate(names):
        if name not in pool:
            yield Problem((*path, index), f"unknown {what} '{name}'{did_you_mean(name, pool)}")


def weight_problems(path: KeyPath, weights: Mapping[str, float] | None, *, empty: bool = True) -> Iterator[Problem]:
    """Yield weights below zero, and tables without any weight above zero. empty: an empty table is allowed."""
    if weights is None or (not weights and empty):
        return
    for name, weight in weights.items():
        if weight < 0:
            yield Problem((*path, name), f"a weight of {weight:g}; weights are 0 or more")
    if not weights or all(weight <= 0 for weight in weights.values()):
        yield Problem(path, "nothing to choose from: one weight must be above 0", at_key=True)
