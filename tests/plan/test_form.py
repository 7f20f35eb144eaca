"""Form and tempo solved together: whole bars, even sections, a tempo in range, and the second asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.music.meter import Meters, parse_meters
from cuesmith.music.note import PPQ
from cuesmith.plan.form.meters import odd_bars
from cuesmith.plan.form.section_lengths import ROUNDS, Form, solve_form
from cuesmith.plan.tempo.tempo_map import tempo_map
from cuesmith.specs.banks.library import load_banks

BANKS = load_banks()
CUES, TREATMENTS = BANKS.cue_types, BANKS.treatments
TYPES = tuple(CUES)


@st.composite
def solved(draw: st.DrawFn) -> tuple[str, float, float, float, Form]:
    """(cue type, seconds, beats per bar, wished tempo, form)."""
    type_ = draw(st.sampled_from(TYPES))
    cue = CUES[type_]
    seconds = round(draw(st.floats(*cue.limits)), 2)
    beats = parse_meters(draw(st.sampled_from(sorted(cue.meters)))).home.bar_beats
    wished = draw(st.floats(*cue.bpm))
    return type_, seconds, beats, wished, solve_form(cue, seconds, beats, cue.bpm, wished, TREATMENTS)


@settings(max_examples=120, deadline=None)
@given(solved())
def test_bars_times_tempo_are_the_seconds(case: tuple[str, float, float, float, Form]) -> None:
    _, seconds, beats, _, form = case
    assert form.total == sum(form.bars)
    assert form.total * beats * 60 / form.bpm == pytest.approx(seconds, abs=1e-6)
    assert len(form.rows) == len(form.bars) >= 1
    assert min(form.bars) >= 1


@settings(max_examples=120, deadline=None)
@given(solved())
def test_the_tempo_is_in_range_where_whole_bars_allow(case: tuple[str, float, float, float, Form]) -> None:
    type_, seconds, beats, _, form = case
    low, high = CUES[type_].bpm
    per_bpm = seconds / 60 / beats
    if any(low * per_bpm <= bars <= high * per_bpm for bars in range(1, 2000)):
        assert low - 1e-6 <= form.bpm <= high + 1e-6


@settings(max_examples=80, deadline=None)
@given(solved())
def test_sections_keep_their_order_and_their_kind(case: tuple[str, float, float, float, Form]) -> None:
    type_, seconds, _, _, form = case
    source = [row.name for row in CUES[type_].form_for(seconds)]
    rounds = [row.name.partition(" (")[2] for row in form.rows]
    assert rounds == sorted(rounds, key=lambda text: int(text.rstrip(")") or 0)) or rounds[-1] == ""
    assert {row.name.partition(" (")[0] for row in form.rows} <= set(source)
    usual = {row.treatment for row in CUES[type_].form_for(seconds)}
    changed = {round_.treatment(name, TREATMENTS) for round_ in ROUNDS for name in usual}
    assert {row.treatment for row in form.rows} <= usual | changed


@pytest.mark.parametrize("type_", TYPES)
def test_sections_are_even_where_there_is_room(type_: str) -> None:
    """At the usual length most sections of three bars and more have an even number of bars."""
    cue = CUES[type_]
    sizes: list[int] = []
    for step in range(9):
        low, high = cue.seconds
        seconds = low + (high - low) * step / 8
        meter = parse_meters(max(cue.meters, key=lambda text: cue.meters[text])).home
        sizes += solve_form(cue, seconds, meter.bar_beats, cue.bpm, sum(cue.bpm) / 2, TREATMENTS).bars
    big = [bars for bars in sizes if bars >= 3]
    if len(big) >= 9:
        assert sum(bars % 2 == 0 for bars in big) / len(big) >= 0.7


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([t for t in TYPES if CUES[t].limits[0] >= 20]), st.floats(0, 1), st.floats(70, 160))
def test_a_fixed_tempo_moves_only_as_whole_bars_demand(type_: str, place: float, wished: float) -> None:
    cue = CUES[type_]
    seconds = cue.limits[0] + place * (cue.limits[1] - cue.limits[0])
    form = solve_form(cue, seconds, 4.0, cue.bpm, wished, TREATMENTS, fixed_tempo=True)
    half_a_bar = 0.5 / (wished * seconds / 240)
    assert abs(form.bpm / wished - 1) <= max(0.06, half_a_bar) + 1e-6


@given(st.sampled_from([t for t in TYPES if CUES[t].limits[0] <= 3]), st.floats(1.5, 6), st.floats(60, 170))
def test_a_cue_of_one_bar_keeps_the_tempo_asked_for(type_: str, seconds: float, wished: float) -> None:
    """Its bar is as long as it has to be, to half a quarter note."""
    cue, meters = CUES[type_], parse_meters("4/4")
    form = solve_form(cue, seconds, 4.0, cue.bpm, wished, TREATMENTS, fixed_tempo=True, meters=meters)
    quarters = wished * seconds / 60
    if form.total == 1 and 1.0 <= quarters <= 7.0 and not form.held:
        bar = form.meters[0] if form.meters else meters.home
        assert form.bpm == pytest.approx(bar.bar_beats * 60 / seconds)
        assert abs(bar.bar_beats - quarters) <= max(0.3, 0.065 * quarters)


@settings(max_examples=150)
@given(
    st.integers(1, 200),
    st.floats(2, 600),
    st.sampled_from([0.0, 0.1, 0.14, 0.2, 0.4]),
    st.sampled_from([2, 4]),
)
def test_a_tempo_map_ends_on_the_second(bars: int, seconds: float, ritard: float, beats: int) -> None:
    """A steady tempo to the fiftieth of a millisecond; with a ritardando the last beat takes up the rounding."""
    length = bars * 4 * PPQ
    tempo = tempo_map(length, seconds, ritard=ritard, ritard_beats=beats)
    tolerance = 1e-6 if ritard and bars >= 2 else 21e-6
    assert tempo.seconds(length) == pytest.approx(seconds, abs=tolerance)


@given(st.integers(8, 100), st.floats(20, 300), st.sampled_from([0.1, 0.2, 0.4]))
def test_a_ritardando_slows_and_only_slows(bars: int, seconds: float, ritard: float) -> None:
    length = bars * 4 * PPQ
    tempo = tempo_map(length, seconds, ritard=ritard, ritard_beats=4)
    paces = [change.us_per_quarter for change in tempo.changes]
    assert len(paces) == 5
    assert all(a < b for a, b in pairwise(paces))
    assert tempo.changes[1].tick == length - 4 * PPQ
    assert paces[0] / paces[-1] == pytest.approx(1 - ritard, abs=0.01)


def test_no_ritardando_is_one_tempo() -> None:
    assert len(tempo_map(64 * PPQ, 30.0).changes) == 1


@pytest.mark.parametrize("type_", [name for name in TYPES if CUES[name].limits[1] == 600 and len(CUES[name].form) > 3])
def test_ten_minutes_are_no_loop(type_: str) -> None:
    """Rounds of a long cue differ in energy, in treatment or in key, and its height comes in the last of them."""
    cue = CUES[type_]
    form = solve_form(cue, 600.0, 4.0, cue.bpm, sum(cue.bpm) / 2, TREATMENTS)
    rounds: dict[str, list[tuple[float, str, int]]] = {}
    for row in form.rows:
        if row.treatment not in ("intro", "coda", "break"):
            rounds.setdefault(row.name.partition(" (")[2], []).append((row.energy, row.treatment, row.lift))
    heard = [tuple(rows) for rows in rounds.values()]
    assert len(heard) >= 2
    assert all(a != b for a, b in pairwise(heard))
    highest = max(range(len(form.rows)), key=lambda i: (form.rows[i].energy, i))
    assert highest >= len(form.rows) // 2


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([t for t in TYPES if CUES[t].limits[1] >= 60]),
    st.floats(30, 600),
    st.sampled_from(["7/8(2+2+3)+4/4", "4/4+3/4", "5/4(3+2)+4/4", "12/8+4/4", "6/8+3/4"]),
)
def test_two_meters_take_turns_and_end_on_the_second(type_: str, seconds: float, text: str) -> None:
    cue, meters = CUES[type_], parse_meters(text)
    wished = sum(cue.bpm) / 2
    form = solve_form(cue, seconds, meters.home.bar_beats, cue.bpm, wished, TREATMENTS, meters=meters)
    own = form.meters or (meters.home,) * len(form.rows)
    ticks = sum(bars * meter.bar_ticks for bars, meter in zip(form.bars, own, strict=True))
    assert ticks / PPQ * 60 / form.bpm == pytest.approx(seconds, abs=1e-6)
    assert cue.bpm[0] - 1e-6 <= form.bpm <= cue.bpm[1] + 1e-6
    if len(set(own)) > 1:
        assert all(meter == meters.of(row.harmony) for row, meter in zip(form.rows, own, strict=True))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(TYPES), st.floats(3.0, 12.0), st.sampled_from(["4/4", "3/4", "7/8(2+2+3)", "12/8"]))
def test_short_cues_hold_their_last_bar_rather_than_leave_the_tempo(type_: str, seconds: float, text: str) -> None:
    cue, meters = CUES[type_], parse_meters(text)
    form = solve_form(cue, seconds, meters.home.bar_beats, cue.bpm, sum(cue.bpm) / 2, TREATMENTS, meters=meters)
    own = form.meters or (meters.home,) * len(form.rows)
    ticks = sum(bars * meter.bar_ticks for bars, meter in zip(form.bars, own, strict=True))
    assert ticks / PPQ * 60 / form.bpm == pytest.approx(seconds, abs=1e-6)
    assert [meter for meter in own[:-1] if meter != meters.home] == []
    sizes = [meter.bar_ticks for meter in (meters.home, *(bar.meter for bar in odd_bars(meters.home)))]
    low, high = (bpm * seconds / 60 * PPQ for bpm in cue.bpm)
    able = any(low <= k * sizes[0] + (size if k or size else 0) <= high for size in (0, *sizes[1:]) for k in range(12))
    if able and high >= sizes[0]:
        assert cue.bpm[0] - 1e-6 <= form.bpm <= cue.bpm[1] + 1e-6


def test_two_meters_as_text() -> None:
    one, two = parse_meters("7/8(2+2+3)"), parse_meters("7/8(2+2+3)+4/4")
    assert not one.mixed and two.mixed
    assert (str(two.of("main")), str(two.of("contrast"))) == ("7/8", "4/4")
    assert two.home.groups == (2, 2, 3)
    assert Meters(one.home, one.home) == one
    with pytest.raises(ValueError, match="not a meter"):
        parse_meters("7/8+")
