"""Hit points: the music accents, swells and stops where the picture does."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from statistics import mean
from typing import Any

import pytest

from cuesmith.composition.meet_hits import HIT_SHAPES, LONGEST_SILENCE_SEC, at_hits
from cuesmith.composition.melody.vocal_guide import answers
from cuesmith.critic.view import view_of
from cuesmith.cue.compose import compose, compose_brief
from cuesmith.cue.cue import Cue
from cuesmith.export.pianoroll import pianoroll_svg
from cuesmith.motif.model import Theme
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.build import build_plan
from cuesmith.plan.model import PlannedHit
from cuesmith.score import Passage
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief, Hit
from cuesmith.specs.load import load_style

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
def test_an_accent_is_played_by_many_and_loudly(style: str, type_: str, kind: str) -> None:
    made = cue(style, type_)
    at = hit(made, kind).tick
    struck = [n.velocity for n in notes(made) if n.onset == at]
    around = [n.velocity for n in notes(made) if at - 8 * PPQ <= n.onset < at - 2 * PPQ]
    assert len(struck) >= 3
    assert mean(struck) >= mean(around) + 5


@pytest.mark.parametrize(("style", "type_"), EVERY)
@pytest.mark.parametrize("kind", ["stop", "silence"])
def test_at_a_stop_nothing_begins_or_continues(style: str, type_: str, kind: str) -> None:
    made = cue(style, type_)
    plan, at = made.score.plan, hit(made, kind).tick
    dry = PPQ // 2 if HIT_SHAPES[kind].strike else 0
    pitched = notes(made, drums=False)
    assert not [n for n in notes(made) if at < n.onset < at + PPQ + dry]
    assert not [n for n in pitched if n.onset <= at and n.end > at + dry]
    after = min(n.onset for n in notes(made) if n.onset > at)
    assert plan.tempo.seconds(after) - plan.tempo.seconds(at) <= LONGEST_SILENCE_SEC + 1.2


def test_two_hits_at_the_same_time_leave_no_empty_note() -> None:
    plan = cue("symphonic", "tension", (Hit(22.7, "swell"), Hit(22.7, "key"))).score.plan
    assert len({h.tick for h in plan.hits}) == 1
    for role in ("lead", "bass", "pad", "ostinato"):
        held = Passage((Note(0, plan.length, 40, 80),), 0, "drone")
        assert all(n.duration > 0 for p in at_hits(plan, (held,), role) for n in p.notes)


@pytest.mark.parametrize("style", STYLES)
def test_without_hits_nothing_changes(style: str) -> None:
    with_none = compose(style=style, type="battle", seconds=40, seed=1)
    assert with_none.score == compose(style=style, type="battle", seconds=40, seed=1, hits=()).score


@pytest.mark.parametrize("style", STYLES)
def test_a_light_hit_is_played_by_fewer(style: str) -> None:
    def struck(weight: float) -> float:
        made = cue(style, "battle", (Hit(20.0, "climax", weight),))
        at = made.score.plan.hits[0].tick
        return mean(n.velocity for n in notes(made) if n.onset == at)

    assert struck(0.8) <= struck(1.0) + 1e-9


@pytest.mark.parametrize("style", ["symphonic", "jazz-rock", "tv-sixties"])
def test_no_answer_to_the_singer_in_a_bar_with_a_hit(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the answers in a song, then put a hit on the last beat of the bar in which the first one begins."""
    asked: list[tuple[Any, ...]] = []
    said: list[tuple[Passage, ...]] = []

    def overheard(*given: Any) -> tuple[Passage, ...]:
        asked.append(given)
        said.append(answers(*given))
        return said[-1]

    monkeypatch.setattr(sys.modules["cuesmith.cue.write_score"], "answers", overheard)
    compose(style=style, type="tv_song", seed=2)
    (plan, *rest), found = asked[0], said[0]
    assert len(found) >= 2
    section = plan.section_at(found[0].notes[0].onset)
    bar = next(tick for tick in reversed(section.bar_ticks()) if tick <= found[0].notes[0].onset)
    end = bar + section.meter.bar_ticks
    left = answers(replace(plan, hits=(PlannedHit(0.0, "accent", 1.0, end - PPQ, 1, 4.0, 0.0),)), *rest)
    assert left
    assert not [n for p in left for n in p.notes if n.end > bar and n.onset < end]


# -- fermatas ----------------------------------------------------------------------------------------------------------


@cache
def stopped(style: str) -> Cue:
    """Return a cue with a fermata on a stop: the hits are moved closer together until one is needed."""
    themes: dict[str, Theme] = {}
    banks = load_banks()
    for tenth in range(120):
        hits = (Hit(11.3, "stop"), Hit(14.0 + tenth / 10, "entry"), Hit(29.9, "accent"))
        brief = Brief("M-401", "T", "battle", style, 4, 40.0, themes=(), hits=hits, tempo_bpm=132.0)
        plan = build_plan(brief, load_style(style), themes, banks)
        if any(f.start == plan.hits[0].tick for f in plan.tempo.fermatas):
            return compose_brief(brief, themes)
    raise AssertionError("no cue holds its stop")


@pytest.mark.parametrize("style", STYLES)
def test_at_a_fermata_all_parts_hold_and_then_rest(style: str) -> None:
    made = stopped(style)
    tempo = made.score.plan.tempo
    fermata = tempo.fermatas[0]
    pitched = notes(made, drums=False)
    struck = [n for n in pitched if n.onset == fermata.start]
    assert len({n.pitch for n in struck}) >= 3
    assert not [n for n in notes(made) if fermata.start < n.onset < fermata.end + PPQ // 2]
    release = {n.end for n in pitched if n.onset <= fermata.start < n.end}
    assert len(release) == 1
    after = min(n.onset for n in notes(made) if n.onset > fermata.start)
    assert fermata.end <= max(release) < after
    assert 0.2 < tempo.seconds(after) - tempo.seconds(max(release)) < LONGEST_SILENCE_SEC


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("type_", "seconds", "bpm"), [("fanfare", 5.3, 111.0), ("tender", 13.6, 76.0)])
def test_no_new_note_during_the_last_fermata(style: str, type_: str, seconds: float, bpm: float) -> None:
    for seed in range(6):  # the tempo of a style may allow whole bars
        made = compose(style=style, type=type_, seconds=seconds + seed / 5, tempo=bpm, seed=seed)
        for fermata in made.score.plan.tempo.fermatas:
            assert [n for n in notes(made, drums=False) if n.onset == fermata.start]
            assert not [n for n in notes(made) if n.onset > fermata.start]
            break
        else:
            continue
        return
    raise AssertionError("no length needs a fermata")


def test_a_fermata_is_marked_everywhere_and_again_the_same() -> None:
    made = stopped("symphonic")
    fermata = made.score.plan.tempo.fermatas[0]
    assert [m.tick for m in made.performance.markers if m.kind == "fermata"] == [fermata.start]
    assert b"fermata" in made.midi()
    plain = replace(made.performance, markers=tuple(m for m in made.performance.markers if m.kind != "fermata"))
    assert pianoroll_svg(made.performance).count("<circle") == pianoroll_svg(plain).count("<circle") + 1
    rows = made.explain()["fermatas"]
    assert isinstance(rows, list)
    assert [row["times"] for row in rows] == [fermata.times]
    assert compose_brief(made.brief, made.themes).midi() == made.midi()
    view = view_of(made.score, load_banks())
    assert all(abs(view.tempo.bpm(b) / view.tempo.bpm(a) - 1) < 0.07 for a, b in pairwise(view.bars[:-3].tolist()))
