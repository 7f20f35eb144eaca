"""`python -m benchmarks [compose] [render] [album]`: measure, and print a table of the figures and their targets.

With `--base COMMIT` it compares this checkout with another commit instead.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from importlib import import_module, metadata

from benchmarks.against import against
from benchmarks.measure import Row, table
from cuesmith_render.fluid.discover import find_library, find_soundfont

GROUPS = ("compose", "render", "album")


def _rows_of(group: str) -> list[Row]:
    """Run one group. It is imported only now, so that a group works when the dependencies of another are missing."""
    measure: Callable[[], list[Row]] = import_module(f"benchmarks.cases_{group}").rows
    return measure()


def _surroundings() -> str:
    return (
        f"Python {platform.python_version()}, numpy {metadata.version('numpy')}, {os.cpu_count()} cores, "
        f"FluidSynth {find_library().version}, soundfont {find_soundfont().name}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure the named groups (all when none is named), or compare with a commit; print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Cuesmith against its budgets.")
    parser.add_argument("groups", nargs="*", metavar="group", help=f"any of: {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--base", metavar="COMMIT", help="measure this checkout against a commit instead")
    parser.add_argument("--rounds", type=int, default=5, help="how often --base measures each case (default: 5)")
    asked = parser.parse_args(arguments)
    if asked.base:
        print(_surroundings(), against(asked.base, max(1, asked.rounds)), sep="\n\n")
        return
    chosen: list[str] = asked.groups or list(GROUPS)
    if unknown := [group for group in chosen if group not in GROUPS]:
        parser.error(f"unknown group '{unknown[0]}'; known: {', '.join(GROUPS)}")
    rows: list[Row] = []
    for group in GROUPS:
        if group in chosen:
            print(f"measuring: {group}", file=sys.stderr)
            rows += _rows_of(group)
    print(_surroundings(), table(rows), sep="\n\n")


if __name__ == "__main__":
    main()
