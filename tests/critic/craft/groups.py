"""Measures of many cues together: how alike the cues of a type are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from tests.critic.craft.record import Record

VALENCE_STEP = 0.8


class GroupColumn(NamedTuple):
    """A measure of several cues; subject, goal and earlier as in `Column`."""

    measure: Callable[[Sequence[Record]], float | None]
    subject: str
    goal: str = ""
    earlier: str = ""
    human: str = ""

    @property
    def name(self) -> str:
        """The name of the function that measures it."""
        return self.measure.__name__

    @property
    def definition(self) -> str:
        """What it is, in one paragraph."""
        return " ".join((self.measure.__doc__ or "").split())


def _groups(cues: Sequence[Record], by_style: bool) -> list[list[Record]]:
    """The cues of one type (and style), where there are two and more."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for cue in cues:
        found[cue.type, cue.style if by_style else ""].append(cue)
    return [group for group in found.values() if len(group) > 1]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _commonest(values: Iterable[str]) -> float | None:
    known = [value for value in values if value]
    return Counter(known).most_common(1)[0][1] / len(known) if known else None


def coda_commonest(cues: Sequence[Record]) -> float | None:
    """Share of the commonest kind of coda among the cues of a type, mean over types. A kind is what the explain JSON
    names, else three facts: who plays the last two bars (one, few = up to 3, all); whether notes per bar there rise
    (> 1.1), hold or sink (< .7) against the four bars before; whether the tune's last note comes in the band's last
    bar, up to two bars before, or was gone."""
    return _mean(_commonest(cue.coda for cue in group) for group in _groups(cues, by_style=False))


def _alike(group: Sequence[Record]) -> float | None:
    arcs = [cue.arc for cue in group if cue.arc and np.ptp(cue.arc) > 0]
    return _mean(float(np.corrcoef(a, b)[0, 1]) for a, b in combinations(arcs, 2))


def arc_correlation(cues: Sequence[Record]) -> float | None:
    """Mean correlation of the arcs (notes per quarter at sixteen places) of two cues of one type, mean over types."""
    return _mean(_alike(group) for group in _groups(cues, by_style=False))


def arc_correlation_most(cues: Sequence[Record]) -> float | None:
    """The highest of the types' mean correlations of arcs, within a style."""
    found = [value for group in _groups(cues, by_style=True) if (value := _alike(group)) is not None]
    return max(found, default=None)


def instrument_overlap(cues: Sequence[Record]) -> float | None:
    """Instruments two cues of a style and type share, by those in either (Jaccard), mean over pairs, then groups."""
    return _mean(
        _mean(
            len({*a.instruments} & {*b.instruments}) / len({*a.instruments} | {*b.instruments})
            for a, b in combinations(group, 2)
        )
        for group in _groups(cues, by_style=True)
    )


def leader_commonest(cues: Sequence[Record]) -> float | None:
    """Share of the instrument that most often has the first note of the tune, among the cues of a style and type."""
    return _mean(_commonest(cue.leader for cue in group) for group in _groups(cues, by_style=True))


def order_commonest(cues: Sequence[Record]) -> float | None:
    """Share of the commonest order of sections (by name) among the cues of a type."""
    return _mean(_commonest(cue.order for cue in group) for group in _groups(cues, by_style=False))


def _span(cues: Sequence[Record], column: str) -> float | None:
    values = [value for cue in cues if (value := cue.figures.get(column)) is not None]
    return float(np.subtract(*np.percentile(values, (90, 10)))) if len(values) > 1 else None


def bass_span(cues: Sequence[Record]) -> float | None:
    """Semitones between the 10th and the 90th percentile of the cues' mean bass pitches."""
    return _span(cues, "bass_mean_pitch")


def near_bars_span(cues: Sequence[Record]) -> float | None:
    """Distance of the 10th and the 90th percentile of `near_bars` over the cues: some loop, some never repeat."""
    return _span(cues, "near_bars")


def brightness_step(cues: Sequence[Record]) -> float | None:
    """Gain of `major_minus_minor` per 0.8 of the types' valence: slope of the line fitted over the cues."""
    points = [
        (cue.valence, figure)
        for cue in cues
        if cue.valence is not None and (figure := cue.figures.get("major_minus_minor")) is not None
    ]
    if len({valence for valence, _ in points}) < 3:
        return None
    table = np.array(points)
    return float(VALENCE_STEP * np.polyfit(table[:, 0], table[:, 1], 1)[0])


GROUP_COLUMNS: tuple[GroupColumn, ...] = (
    GroupColumn(coda_commonest, "endings", "<= .25"),
    GroupColumn(arc_correlation, "arc", "<= .60", "up to .91"),
    GroupColumn(arc_correlation_most, "arc", "<= .60", ".91"),
    GroupColumn(near_bars_span, "return", "near .75", "", "bar_near_rep_span"),
    GroupColumn(bass_span, "bass", ">= 10"),
    GroupColumn(instrument_overlap, "casting", "<= .60", ".84 in battle"),
    GroupColumn(leader_commonest, "casting", "<= .40", ".73 in battle"),
    GroupColumn(order_commonest, "casting", "<= .15", ".30 in battle"),
    GroupColumn(brightness_step, "feeling", ">= .20"),
)
