"""The largest grids of cases: of a test marked `grid(n)` one case in n is taken, unless --full is given."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


def on_diagonal(places: Sequence[int], every: int) -> bool:
    """Return whether a case stays. places: for each parameter, the place of the case's value among all its values.

    The cases that stay lie on diagonals of the grid. So each value of a parameter stays, where another parameter has
    at least so many values.
    """
    return sum(places) % every == 0


def thinned(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the tests to run, and those that are left out."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    known: dict[tuple[str, str], list[object]] = {}
    for item in items:
        mark = item.get_closest_marker("grid")
        if mark is None or not isinstance(item, pytest.Function):
            kept.append(item)
            continue
        places = []
        for name, value in item.callspec.params.items():
            values = known.setdefault((item.nodeid.partition("[")[0], name), [])
            if value not in values:
                values.append(value)
            places.append(values.index(value))
        (kept if on_diagonal(places, *mark.args) else left_out).append(item)
    return kept, left_out
