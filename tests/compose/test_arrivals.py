"""The music arrives at the hits of the picture: it strikes, swells, and breaks off where the picture does."""

from __future__ import annotations

from functools import cache
from itertools import product
from statistics import mean

import pytest

from cuesmith.compose.arrivals import ARRIVALS, LONGEST_HUSH_SEC
from cuesmith.cue import Cue, compose
from cuesmith.music.note import PPQ, Note
from cuesmith.score import Hit, PlannedHit

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("battle", "tension", "tender")
HITS = (Hit(12.4, "accent"), Hit(23.1, "stop"), Hit(34.0, "swell"), Hit(41.0, "silence"), Hit(51.25, "climax"))
EVERY = tuple(product(STYLES, TYPES))


@cache
def cue(style: str, type_: str, hits: tuple[Hit, ...] = HITS) -> Cue:
    return compose(style=style, type=type_, seconds=64, seed="arrivals", hits=hits)


def notes(made: Cue, drums: bool = True) -> list[Note]:
    return sorted(n for part in made.score.parts if drums or part.role != "pulse" for n in part.notes())


def hit(made: Cue, kind: str) -> PlannedHit:
    return next(h for h in made.score.plan.hits if h.kind == kind)


@pytest.mark.parametrize(("style", "type_"), EVERY)
@pytest.mark.parametrize("kind", ["accent", "climax"])
def test_a_strike_is_struck_by_many_and_loudly(style: str, type_: str, kind: str) -> None:
    made = cue(style, type_)
    at = hit(made, kind).tick
    struck = [n.velocity for n in notes(made) if n.onset == at]
    around = [n.velocity for n in notes(made) if at - 8 * PPQ <= n.onset < at - 2 * PPQ]
    assert len(struck) >= 3
    assert mean(struck) >= mean(around) + 5


@pytest.mark.parametrize(("style", "type_"), EVERY)
@pytest.mark.parametrize("kind", ["stop", "silence"])
def test_where_the_picture_stops_nothing_begins_or_goes_on(style: str, type_: str, kind: str) -> None:
    made = cue(style, type_)
    plan, at = made.score.plan, hit(made, kind).tick
    dry = PPQ // 2 if ARRIVALS[kind].strike else 0
    pitched = notes(made, drums=False)
    assert not [n for n in notes(made) if at < n.onset < at + PPQ + dry]
    assert not [n for n in pitched if n.onset <= at and n.end > at + dry]
    after = min(n.onset for n in notes(made) if n.onset > at)
    assert plan.tempo.seconds(after) - plan.tempo.seconds(at) <= LONGEST_HUSH_SEC + 1.2


@pytest.mark.parametrize("style", STYLES)
def test_without_hits_nothing_changes(style: str) -> None:
    with_none = compose(style=style, type="battle", seconds=40, seed=1)
    assert with_none.score == compose(style=style, type="battle", seconds=40, seed=1, hits=()).score


@pytest.mark.parametrize("style", STYLES)
def test_a_light_hit_is_met_more_lightly(style: str) -> None:
    def struck(weight: float) -> float:
        made = cue(style, "battle", (Hit(20.0, "climax", weight),))
        at = made.score.plan.hits[0].tick
        return mean(n.velocity for n in notes(made) if n.onset == at)

    assert struck(0.8) <= struck(1.0) + 1e-9
