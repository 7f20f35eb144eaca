"""Hit points: met within a frame, on beats, with small tempo changes; or rejected by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.cue.compose import compose, compose_brief
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter, parse_meters
from cuesmith.music.note import PPQ
from cuesmith.plan.build import build_plan
from cuesmith.plan.form.fermata import LEAST_WEIGHT, MOST, ON_HITS
from cuesmith.plan.form.meters import ODD_BARS, odd_bars
from cuesmith.plan.form.section_lengths import suitable_rows
from cuesmith.plan.model import Plan
from cuesmith.plan.picture.hit_points import FRAME_SEC, Timing, solve_hits
from cuesmith.plan.picture.hit_search import SearchLimits
from cuesmith.plan.tempo.tempo_map import MOST_PER_BAR, curve_through, felt_tick, ritard_factors
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief, Hit, HitKind
from cuesmith.specs.load import load_style

BANKS = load_banks()
CUES = BANKS.cue_types
TREATMENTS = BANKS.treatments
LONG = tuple(name for name in CUES if CUES[name].limits[1] >= 120)
KINDS: tuple[HitKind, ...] = ("accent", "stop", "swell", "entry", "key", "silence", "climax")
Themes = Callable[[str], Mapping[str, Theme]]


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, SearchLimits, tuple[Hit, ...]]:
    """Strategy: (cue type, limits of the search, hits at least a second from one another and from both ends)."""
    type_ = draw(st.sampled_from(LONG))
    cue = CUES[type_]
    seconds = round(draw(st.floats(max(20.0, cue.limits[0]), 150.0)), 3)
    meter = parse_meters(draw(st.sampled_from(sorted(cue.meters)))).home
    times = draw(st.lists(st.integers(1, int(seconds) - 2), max_size=7, unique=True))
    hits = tuple(
        Hit(
            round(second + draw(st.floats(0, 0.9)), 3),
            draw(st.sampled_from(KINDS)),
            draw(st.sampled_from([0.2, 0.5, 0.8, 1.0, 1.0])),
        )
        for second in times
    )
    ritard = draw(st.sampled_from([0.0, 0.2]))
    stretch = ritard_factors(100 * PPQ, ritard, 2) if all(h.at_sec < seconds - 8 for h in hits) else []
    closes = draw(st.booleans())
    return type_, SearchLimits(seconds, meter, cue.bpm, draw(st.floats(*cue.bpm)), tuple(stretch), closes=closes), hits


def solved(type_: str, search: SearchLimits, hits: tuple[Hit, ...]) -> Timing | None:
    rows = suitable_rows(CUES[type_], search.seconds, search.meter.bar_beats, search.target_bpm, TREATMENTS)
    return solve_hits(hits, search, rows, TREATMENTS)


def bars_of(timing: Timing) -> tuple[list[int], list[Meter]]:
    """Return the ticks of all bar lines, and the meter of every bar."""
    pairs = zip(timing.form.meters, timing.form.bars, strict=True)
    meters = [meter for meter, count in pairs for _ in range(count)]
    return [0, *accumulate(meter.bar_ticks for meter in meters)], meters


def solved_if_it_can_be(case: tuple[str, SearchLimits, tuple[Hit, ...]]) -> Timing | None:
    """Return None for a set of hits that is rejected or has nothing to solve."""
    try:
        return solved(*case)
    except ComposeError:
        return None


@settings(max_examples=120, deadline=None)
@given(asked())
def test_every_promise_to_the_picture_is_kept(case: tuple[str, SearchLimits, tuple[Hit, ...]]) -> None:
    type_, search, hits = case
    try:
        timing = solved(type_, search, hits)
    except ComposeError as refusal:
        assert any(f"{hit.at_sec:.3f} s" in str(refusal) for hit in hits if hit.weight == 1)
        return
    if timing is None:
        assert all(hit.weight < 1 for hit in hits)
        return
    lines, meters = bars_of(timing)
    beats = {line + beat for line, meter in zip(lines, meters, strict=False) for beat in meter.beats_ticks}
    assert timing.tempo.seconds(lines[-1]) == pytest.approx(search.seconds, abs=1e-5)
    assert [hit.at_sec for hit in timing.hits] == sorted(hit.at_sec for hit in hits)
    for hit in timing.hits:
        assert hit.tick in beats or hit.tick == lines[-1]
        assert hit.reached_sec == timing.tempo.seconds(hit.tick)
        assert lines[hit.bar - 1] + (hit.beat - 1) * (meters[hit.bar - 1].unit_ticks if hit.beat > 1 else 0) == hit.tick
        if hit.weight == 1:
            assert abs(hit.error_ms) <= FRAME_SEC * 1000
    odd = [index for index, meter in enumerate(meters) if meter != search.meter]
    assert all(b - a > 1 for a, b in pairwise(odd))
    assert {meters[index] for index in odd} <= {bar.meter for bar in odd_bars(search.meter)}


@settings(max_examples=80, deadline=None)
@given(asked())
def test_the_tempo_changes_little_and_stays_near_its_range(case: tuple[str, SearchLimits, tuple[Hit, ...]]) -> None:
    _, search, _ = case
    timing = solved_if_it_can_be(case)
    if timing is None:
        return
    lines, _ = bars_of(timing)
    steady = [line for line in lines if line <= lines[-1] - len(search.stretch) * PPQ]
    felt = [felt_tick(line, lines[-1], (), timing.tempo.fermatas) for line in steady]
    clock = [timing.tempo.seconds(line) for line in steady]
    paces = [(b - a) / (y - x) for (a, b), (x, y) in zip(pairwise(felt), pairwise(clock), strict=True)]
    for before, after in pairwise(paces):
        assert abs(after / before - 1) <= MOST_PER_BAR + 0.001
    for pace in paces:
        assert search.limits[0] / 1.16 <= pace * 60 / PPQ <= search.limits[1] * 1.16


@settings(max_examples=60, deadline=None)
@given(asked())
def test_fermatas_are_few_and_only_in_allowed_places(case: tuple[str, SearchLimits, tuple[Hit, ...]]) -> None:
    _, search, _hits = case
    timing = solved_if_it_can_be(case)
    if timing is None:
        return
    tempo, (lines, meters) = timing.tempo, bars_of(timing)
    assert len(tempo.fermatas) <= MOST
    for start, end, times in tempo.fermatas:
        assert 1.5 <= times <= 3
        line = max(line for line in lines if line <= start)
        assert end <= line + meters[lines.index(line)].bar_ticks
        assert not any(start < hit.tick < end + PPQ for hit in timing.hits if hit.weight == 1)
        after = tempo.seconds(end + PPQ) - tempo.seconds(end) if end < lines[-1] else 60 / tempo.bpm(start)
        held = (tempo.seconds(end) - tempo.seconds(start)) * PPQ / (end - start)
        assert held / after == pytest.approx(times, rel=0.08)
        standing = [hit for hit in timing.hits if hit.tick == start and hit.kind in ON_HITS]
        assert any(hit.weight >= LEAST_WEIGHT for hit in standing) or (search.closes and start == lines[-2])


@settings(max_examples=60, deadline=None)
@given(asked())
def test_sections_end_at_odd_bars(case: tuple[str, SearchLimits, tuple[Hit, ...]]) -> None:
    type_, search, _ = case
    timing = solved_if_it_can_be(case)
    if timing is None:
        return
    for row, bars, meter in zip(timing.form.rows, timing.form.bars, timing.form.meters, strict=True):
        if row.name in ("link", "last bar"):
            assert bars == 1
        else:
            assert meter == search.meter
    assert timing.form.rows[-1].treatment not in ("break", "none") or CUES[type_].form[-1].treatment == "none"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LONG), st.floats(0.15, 0.85), st.sampled_from(KINDS), st.floats(40, 120))
def test_a_single_hit_is_always_met_to_the_millisecond(type_: str, place: float, kind: HitKind, seconds: float) -> None:
    cue = CUES[type_]
    meter = parse_meters(next(iter(cue.meters))).home
    hit = Hit(round(place * seconds, 3), kind)
    timing = solved(type_, SearchLimits(seconds, meter, cue.bpm, sum(cue.bpm) / 2), (hit,))
    assert timing is not None
    assert abs(timing.hits[0].error_ms) < 1


@pytest.mark.parametrize("type_", LONG)
def test_a_single_hit_in_the_middle_is_on_a_bar_line(type_: str) -> None:
    """For these times. There are a few for which another beat is cheaper."""
    cue = CUES[type_]
    meter = parse_meters(next(iter(cue.meters))).home
    for kind, (place, seconds) in product(KINDS, ((0.23, 47.3), (0.5, 83.1), (0.77, 118.7))):
        search = SearchLimits(seconds, meter, cue.bpm, sum(cue.bpm) / 2)
        timing = solved(type_, search, (Hit(round(place * seconds, 3), kind),))
        assert timing is not None
        assert timing.hits[0].beat == 1


def test_sections_begin_on_entries() -> None:
    cue = CUES["battle"]
    search = SearchLimits(90.0, Meter(4, 4), cue.bpm, 150.0)
    timing = solved("battle", search, (Hit(21.85, "entry"), Hit(47.3, "climax"), Hit(70.1, "key")))
    assert timing is not None
    starts = [0, *accumulate(b * m.bar_ticks for b, m in zip(timing.form.bars, timing.form.meters, strict=True))]
    assert all(hit.tick in starts for hit in timing.hits)


def test_impossible_sets_are_refused_by_name() -> None:
    search = SearchLimits(90.0, Meter(4, 4), (132.0, 176.0), 150.0)
    with pytest.raises(ComposeError, match=r"accent at 20\.000 s, stop at 20\.150 s \(door\); 150 ms lie between"):
        solved("battle", search, (Hit(10.0), Hit(20.0), Hit(20.15, "stop", note="door"), Hit(60.0)))
    with pytest.raises(ComposeError, match="outside the cue"):
        solved("battle", search, (Hit(91.0),))
    with pytest.raises(ComposeError, match="falls on no beat"):
        solved("battle", search, (Hit(0.2),))


def test_light_hits_are_dropped_first() -> None:
    search = SearchLimits(90.0, Meter(4, 4), (132.0, 176.0), 150.0)
    timing = solved("battle", search, (Hit(20.0), Hit(20.15, "stop", 0.3)))
    assert timing is not None
    assert abs(timing.hits[0].error_ms) < 1 < abs(timing.hits[1].error_ms) < 240


def test_odd_bars_have_known_meters() -> None:
    for text in ODD_BARS:
        found = odd_bars(parse_meters(text).home)
        assert [bar.cost for bar in found] == sorted(bar.cost for bar in found)
        assert str(parse_meters(text).home) not in {str(bar.meter) for bar in found}


@given(st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 9000)), min_size=1, max_size=8))
def test_the_curve_passes_its_knots(steps: list[tuple[int, int]]) -> None:
    ticks, seconds = accumulate(float(t) for t, _ in steps), accumulate(s / 1000 for _, s in steps)
    knots = [(0.0, 0.0), *zip(ticks, seconds, strict=True)]
    curve = curve_through(knots)
    for tick, second in knots:
        assert curve.at(tick) == pytest.approx(second, abs=1e-9 + 1e-9 * second)


def test_two_knots_are_a_steady_tempo() -> None:
    curve = curve_through([(0.0, 0.0), (960.0, 1.0)])
    assert curve.at(240.0) == pytest.approx(0.25)


HITS = (Hit(12.4, "accent", note="door"), Hit(30.0, "entry"), Hit(41.5, "silence", 0.6), Hit(52.25, "climax"))


def planned(type_: str, style: str, themes_of: Themes) -> Plan:
    brief = Brief(
        id="M-001", title="T", type=type_, style=style, seed=5, seconds=64.0, themes=("hero", "home"), hits=HITS
    )
    return build_plan(brief, load_style(style), themes_of(style), BANKS)


@pytest.mark.parametrize("type_", [name for name in LONG if CUES[name].limits[0] <= 64])
def test_plans_of_every_long_type_meet_hits(type_: str, themes_of: Themes) -> None:
    plan = planned(type_, "symphonic", themes_of)
    assert [hit.at_sec for hit in plan.hits] == [12.4, 30.0, 41.5, 52.25]
    assert all(abs(hit.error_ms) <= 41.7 for hit in plan.hits if hit.weight == 1)
    assert plan.tempo.seconds(plan.length) == pytest.approx(64.0, abs=1e-4)
    assert planned(type_, "symphonic", themes_of) == plan
    ticks = {tick for section in plan.sections for tick in section.bar_ticks()} | {plan.length}
    assert all((hit.tick in ticks) == (hit.beat == 1) for hit in plan.hits)


def test_cues_with_hits_say_so_in_midi_and_json() -> None:
    cue = compose(type="chase", seconds=64.0, seed=3, hits=HITS, fps="25")
    said = [marker.text for marker in cue.performance.markers if marker.kind == "hit"]
    assert said[0] == "HIT accent 12.400 (00:00:12:10) door"
    assert b"HIT climax 52.250" in cue.midi()
    rows = cue.explain()["hits"]
    assert isinstance(rows, list)
    assert [row["at_sec"] for row in rows] == [12.4, 30.0, 41.5, 52.25]
    assert cue.score.plan.hit_error_ms < 100


def test_a_hit_every_two_seconds_still_has_a_form() -> None:
    hits = tuple(Hit(2.0 + 2.2 * number + 0.13 * (number * 7 % 3), "accent") for number in range(36))
    timing = solved("battle", SearchLimits(90.0, Meter(4, 4), CUES["battle"].bpm, 150.0), hits)
    assert timing is not None
    assert all(abs(hit.error_ms) <= FRAME_SEC * 1000 for hit in timing.hits)


def test_the_ending_alone_keeps_its_hits(themes_of: Themes) -> None:
    brief = Brief(
        id="M-001", title="T", type="chase", style="symphonic", seed=5, seconds=64.0, themes=("hero",),
        hits=(*HITS, Hit(60.0, "accent")), variant="D",
    )  # fmt: skip
    plan = compose_brief(brief, themes_of("symphonic")).score.plan
    assert plan.seconds < 20
    assert [hit.kind for hit in plan.hits][-1] == "accent"
    lines = {tick: section.first_bar + n + 1 for section in plan.sections for n, tick in enumerate(section.bar_ticks())}
    for hit in plan.hits:
        assert hit.reached_sec == pytest.approx(plan.tempo.seconds(hit.tick), abs=1e-6)
        assert hit.at_sec == pytest.approx(hit.reached_sec, abs=FRAME_SEC)
        assert hit.beat > 1 or lines[hit.tick] == hit.bar
