"""The bar lines of a cue, computed from its list of meter changes."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.music.meter import Meter, MeterChange


def bar_starts(meters: Sequence[MeterChange], end_ticks: int) -> list[int]:
    """List the ticks of the bar lines from 0 up to the first one at or after `end_ticks` (included).

    A meter change always begins a new bar, even inside a bar of the old meter. Without a change at tick 0 the cue
    begins in 4/4.
    """
    changes = {change.tick: change.meter for change in meters}
    ahead = sorted(tick for tick in changes if tick > 0)
    meter = changes.get(0, Meter(4, 4))
    starts = [0]
    while starts[-1] < end_ticks:
        at = starts[-1] + meter.bar_ticks
        if ahead and at >= ahead[0]:
            at = ahead.pop(0)
            meter = changes[at]
        starts.append(at)
    return starts


def free_starts(meters: Sequence[MeterChange], starts: Sequence[int]) -> frozenset[int]:
    """Return the bar lines in `starts` (rising ticks) at which the meter is free; there a bar is one breath."""
    found: set[int] = set()
    changes = sorted(meters, key=lambda change: change.tick)
    at, free = 0, False
    for tick in starts:
        while at < len(changes) and changes[at].tick <= tick:
            free = changes[at].meter.free
            at += 1
        if free:
            found.add(tick)
    return frozenset(found)
