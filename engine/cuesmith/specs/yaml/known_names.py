"""Check names in a file against known names; each unknown name becomes a problem with a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
