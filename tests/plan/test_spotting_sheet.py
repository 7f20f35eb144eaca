"""Hits and beats in one cue, in every style: hits are met, scenes begin in sections, the tempo follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cuesmith.cue.compose import compose, compose_brief
from cuesmith.errors import ComposeError, UsageError
from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan
from cuesmith.plan.model import Plan
from cuesmith.plan.tempo.scene_tempo import PER_BAR, pace_of
from cuesmith.plan.tempo.tempo_map import MOST_PER_BAR, felt_tick
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Beat, Brief, Event, Hit, HitKind
from cuesmith.specs.find import list_names
from cuesmith.specs.load import load_style

BANKS = load_banks()
STYLES = tuple(entry.name for entry in list_names("style"))
TYPES = ("setpiece", "character", "battle", "tender", "mystery", "daily")
KINDS: tuple[HitKind, ...] = ("accent", "stop", "swell", "entry", "key", "silence", "climax")
EVENTS: tuple[Event, ...] = get_args(Event)
FRAME_MS = 1000 / 24
Themes = Callable[[str], Mapping[str, Theme]]


@st.composite
def sheets(draw: st.DrawFn) -> tuple[float, tuple[Beat, ...], tuple[Hit, ...]]:
    """Strategy: (seconds, beats at least eight seconds apart, hits anywhere)."""
    gaps = draw(st.lists(st.floats(8, 20), min_size=2, max_size=5))
    at, beats = 0.0, []
    for gap in gaps:
        feel = draw(st.sampled_from(sorted(BANKS.feelings)))
        beats.append(Beat(at, feel, event=draw(st.sampled_from((None, None, *EVENTS)))))
        at = round(at + gap, 3)
    seconds = max(at, 20.0)
    hits = draw(
        st.lists(
            st.tuples(st.floats(3, seconds - 3), st.sampled_from(KINDS), st.sampled_from((0.4, 0.8, 1.0))), max_size=3
        )
    )
    return seconds, tuple(beats), tuple(Hit(round(sec, 3), kind, weight) for sec, kind, weight in hits)


def planned(
    themes_of: Themes, style: str, type_: str, seconds: float, beats: tuple[Beat, ...], hits: tuple[Hit, ...] = (),
    seed: int = 5,
) -> Plan:  # fmt: skip
    brief = Brief("M-001", "T", type_, style, seed, seconds, themes=("hero", "home"), beats=beats, hits=hits)
    return build_plan(brief, load_style(style), themes_of(style), BANKS)


AMUSED = (24.0, (Beat(0.0, "amused"), Beat(14.0, "amused")), ())  # begins with an introduction that might be jo


@settings(max_examples=60, deadline=None)
@example("taiko-koto", "setpiece", AMUSED, 0)
@given(st.sampled_from(STYLES), st.sampled_from(TYPES), sheets(), st.integers(0, 9))
def test_hits_are_met_and_scenes_begin_in_time(
    themes_of: Themes,
    style: str,
    type_: str,
    sheet: tuple[float, tuple[Beat, ...], tuple[Hit, ...]],
    seed: int,
) -> None:
    seconds, beats, hits = sheet
    try:
        plan = planned(themes_of, style, type_, seconds, beats, hits, seed)
    except ComposeError as refusal:
        named = [hit.at_sec for hit in hits if hit.weight == 1] + [beat.at for beat in beats]
        assert any(f"{second:.3f} s" in str(refusal) or f"{second:g} s" in str(refusal) for second in named)
        return
    assert plan.tempo.seconds(plan.length) == pytest.approx(seconds, abs=1e-4)
    tick = bar = 0
    for section in plan.sections:
        assert (section.start, section.first_bar) == (tick, bar)
        tick, bar = section.end, bar + section.bars
    starts = {section.start for section in plan.sections}
    assert all(point.tick in starts for point in plan.points)
    assert [point.at_sec for point in plan.points] == [beat.at for beat in beats]
    assert [point.tick for point in plan.points] == sorted({point.tick for point in plan.points})
    asked = {(hit.at_sec, hit.kind) for hit in hits}
    assert asked <= {(hit.at_sec, hit.kind) for hit in plan.hits}
    if hits:
        assert all(abs(hit.error_ms) <= FRAME_MS + 0.01 for hit in plan.hits if hit.weight == 1)
    lines = [tick for section in plan.sections for tick in section.bar_ticks()]
    steady = lines[: -3 if len(lines) > 4 else None]  # without what a final ritardando may slow down
    felt = [felt_tick(line, plan.length, (), plan.tempo.fermatas) for line in steady]
    clock = [plan.tempo.seconds(line) for line in steady]
    paces = [(b - a) / (y - x) for (a, b), (x, y) in zip(pairwise(felt), pairwise(clock), strict=True)]
    assert all(abs(math.log(b / a)) <= math.log1p(MOST_PER_BAR) + 1e-3 for a, b in pairwise(paces))


@pytest.mark.parametrize("style", STYLES)
def test_the_tempo_follows_the_feelings(themes_of: Themes, style: str) -> None:
    right = []
    for number, type_ in enumerate(TYPES[::2]):
        for quiet, loud in (("lonely", "heroic"), ("serene", "furious"), ("tender", "excited")):
            for first, second in ((quiet, loud), (loud, quiet)):
                beats = (Beat(0.0, first), Beat(31.0, second))
                plan = planned(themes_of, style, type_, 64.0, beats, seed=number)
                turn = plan.points[1].tick
                paces = [
                    tick / (plan.tempo.seconds(start + tick) - plan.tempo.seconds(start))
                    for start, tick in ((0, turn // 2), (turn, (plan.length - turn) // 2))
                ]
                right.append((paces[1] > paces[0]) == (first == quiet))
    assert sum(right) / len(right) >= 0.95


def test_a_tempo_asked_for_is_kept(themes_of: Themes) -> None:
    brief = Brief("M-001", "T", "battle", "symphonic", 5, 64.0, tempo_bpm=140.0, themes=("hero",),
                  beats=(Beat(0.0, "lonely"), Beat(31.0, "furious")), hits=(Hit(20.3),))  # fmt: skip
    plan = build_plan(brief, load_style("symphonic"), themes_of("symphonic"), BANKS)
    assert all(128 <= plan.tempo.bpm(tick) <= 152 for section in plan.sections[:-1] for tick in section.bar_ticks())


@given(
    st.lists(st.tuples(st.floats(3, 60), st.floats(40, 180)), min_size=1, max_size=6),
    st.sampled_from((2.0, 3.0, 3.5, 4.0, 6.0)),
    st.floats(0, 1),
)
def test_a_scene_tempo_changes_gradually(scenes: list[tuple[float, float]], bar_beats: float, place: float) -> None:
    starts = [0.0]
    for gap, _ in scenes:
        starts.append(starts[-1] + gap)
    pace = pace_of(starts[:-1], [bpm for _, bpm in scenes], starts[-1], bar_beats)
    second = place * starts[-1]
    assert pace.second_at(pace.beats_at(second)) == pytest.approx(second, abs=1e-6)
    beats = pace.beats_at(starts[-1])
    bars = [pace.second_at(bar * bar_beats) for bar in range(int(beats / bar_beats) + 1)]
    lengths = [b - a for a, b in pairwise(bars)]
    assert all(length > 0 for length in lengths)
    assert all(abs(math.log(b / a)) <= math.log1p(PER_BAR) + 1e-6 for a, b in pairwise(lengths))
    slowest, fastest = min(bpm for _, bpm in scenes), max(bpm for _, bpm in scenes)
    assert all(slowest - 1e-6 <= 60 * bar_beats / length <= fastest + 1e-6 for length in lengths)


# -- what a beat is ----------------------------------------------------------------------------------------------------


def test_what_happens_on_a_beat_is_a_hit(themes_of: Themes) -> None:
    beats = (Beat(0.0, "lonely"), Beat(20.0, "hopeful"), Beat(33.3, event="reveal"), Beat(47.0, event="departure"))
    plan = planned(themes_of, "symphonic", "character", 64.0, beats, (Hit(26.2, "stop"),))
    assert [(hit.at_sec, hit.kind, hit.note) for hit in plan.hits] == [
        (26.2, "stop", ""), (33.3, "entry", "beat: reveal"),
    ]  # fmt: skip
    assert all(abs(hit.error_ms) <= FRAME_MS for hit in plan.hits)
    assert plan.hits[1].tick == plan.points[2].tick
    same = planned(themes_of, "symphonic", "character", 64.0, beats, (Hit(33.3, "climax"),))
    assert [hit.kind for hit in same.hits] == ["climax"]


def test_hits_and_beats_that_exclude_one_another_are_both_named(themes_of: Themes) -> None:
    beats = (Beat(0.0, "lonely"), Beat(20.0, "hopeful", event="impact"))
    with pytest.raises(ComposeError, match=r"stop at 19\.900 s \(door\), accent at 20\.000 s \(beat: impact\); 100 ms"):
        planned(themes_of, "synth", "battle", 60.0, beats, (Hit(19.9, "stop", note="door"),))


def test_a_change_of_key_asked_for_begins_a_section(themes_of: Themes) -> None:
    beats = (Beat(0.0, "hopeful"), Beat(30.0, "cheerful"))
    plan = planned(themes_of, "symphonic", "character", 64.0, beats, (Hit(46.0, "key"),))
    section = plan.section_at(plan.hits[0].tick)
    assert section.start == plan.hits[0].tick
    assert section.key == plan.sections[section.index - 1].key.transposed(2)


# -- how the themes come -----------------------------------------------------------------------------------------------

RETURNS = (Beat(0.0, "cheerful", ("hero",)), Beat(18.0, "grieving"), Beat(36.0, recipe="broken"), Beat(52.0, "heroic"))


@pytest.mark.parametrize("style", STYLES)
def test_a_theme_returns_as_the_beat_has_it(themes_of: Themes, style: str) -> None:
    brief = Brief("M-001", "T", "character", style, 5, 72.0, themes=("hero",), beats=RETURNS)
    score = compose_brief(brief, themes_of(style)).score
    plan = score.plan
    worn = [plan.theme_form("hero", plan.section_at(point.tick)).recipe for point in plan.points]
    grieving = BANKS.feelings["grieving"].recipe
    assert worn[2] == "broken" and {worn[0], worn[1], worn[3]} <= {"plain", grieving, "heroic_return", *worn[:1]}
    assert (worn[1] == grieving) or worn[1] == worn[0]
    said = [s for s in score.statements() if plan.section_at(s.start).start >= plan.points[2].tick]
    assert said and max(statement.identity for statement in score.statements()) >= 0.7
    minor = plan.section_at(plan.points[2].tick).key.minor
    assert minor  # broken asks for it


def test_what_the_cue_asks_for_is_kept(themes_of: Themes) -> None:
    made = compose(
        type="character", seconds=72.0, recipe="waltz", beats=(Beat(0.0, "sad"), Beat(30.0, recipe="battle"))
    )
    plan = made.score.plan
    worn = [plan.theme_form("theme", plan.section_at(point.tick)).recipe for point in plan.points]
    assert worn == ["waltz", "battle"]
    with pytest.raises(UsageError, match="unknown recipe 'battel'; did you mean 'battle'"):
        compose(type="character", seconds=72.0, beats=(Beat(0.0, recipe="battel"),))


def test_chords_hits_and_beats_go_together() -> None:
    beats = (Beat(0.0, "lonely", ("anna",)), Beat(20.0, "hopeful", ("anna", "boris")))
    made = compose(type="character", seconds=48.0, chords="IVM7 V7 | iii7 vi7", beats=beats, hits=(Hit(31.5, "entry"),))
    plan = made.score.plan
    assert list(made.themes) == ["anna", "boris"]
    assert plan.section_at(plan.points[1].tick).against == "boris" or plan.section_at(plan.points[1].tick).bars < 4
    assert {span.roman for span in made.score.harmony} & {"IVM7", "iii7"}
    assert [round(hit.reached_sec, 3) for hit in plan.hits] == [31.5]


@pytest.mark.parametrize("kind", ["entry", "climax", "key"])
@pytest.mark.parametrize("at", [18.0, 22.0, 34.0])
def test_a_hit_that_must_be_met_begins_a_section_even_next_to_a_scene(
    themes_of: Themes, kind: HitKind, at: float
) -> None:
    beats = (Beat(0.0, "hopeful"), Beat(16.0, "calm"), Beat(32.0, "hopeful"))
    brief = Brief(
        "M-001", "T", "character", "symphonic", 2, 48.0, tempo_bpm=120.0, themes=("hero",), beats=beats,
        hits=(Hit(at, kind),),
    )  # fmt: skip
    plan = build_plan(brief, load_style("symphonic"), themes_of("symphonic"), BANKS)
    assert plan.hits[0].tick in {section.start for section in plan.sections}
