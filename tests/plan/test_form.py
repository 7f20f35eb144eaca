"""Form and tempo solved together: whole bars, even sections, a tempo in range, and the second asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.music.meter import parse_meter
from cuesmith.music.note import PPQ
from cuesmith.plan.form import Form, solve_form
from cuesmith.plan.tempo import tempo_map
from cuesmith.specs.library import load_banks

CUES = load_banks().cue_types
TYPES = tuple(CUES)


@st.composite
def solved(draw: st.DrawFn) -> tuple[str, float, float, float, Form]:
    """(cue type, seconds, beats per bar, wished tempo, form)."""
    type_ = draw(st.sampled_from(TYPES))
    cue = CUES[type_]
    seconds = round(draw(st.floats(*cue.limits)), 2)
    beats = parse_meter(draw(st.sampled_from(sorted(cue.meters)))).bar_beats
    wished = draw(st.floats(*cue.bpm))
    return type_, seconds, beats, wished, solve_form(cue, seconds, beats, cue.bpm, wished)


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
    kept = list(dict.fromkeys(row.name.rstrip("'") for row in form.rows))
    assert set(kept) <= {name.rstrip("'") for name in source}
    assert {row.treatment for row in form.rows} <= {row.treatment for row in CUES[type_].form_for(seconds)}


@pytest.mark.parametrize("type_", TYPES)
def test_sections_are_even_where_there_is_room(type_: str) -> None:
    """At the usual length most sections of three bars and more have an even number of bars."""
    cue = CUES[type_]
    sizes: list[int] = []
    for step in range(9):
        low, high = cue.seconds
        seconds = low + (high - low) * step / 8
        meter = parse_meter(max(cue.meters, key=lambda text: cue.meters[text]))
        sizes += solve_form(cue, seconds, meter.bar_beats, cue.bpm, sum(cue.bpm) / 2).bars
    big = [bars for bars in sizes if bars >= 3]
    if len(big) >= 9:
        assert sum(bars % 2 == 0 for bars in big) / len(big) >= 0.7


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([t for t in TYPES if CUES[t].limits[0] >= 20]), st.floats(0, 1), st.floats(70, 160))
def test_a_fixed_tempo_moves_only_as_whole_bars_demand(type_: str, place: float, wished: float) -> None:
    cue = CUES[type_]
    seconds = cue.limits[0] + place * (cue.limits[1] - cue.limits[0])
    form = solve_form(cue, seconds, 4.0, cue.bpm, wished, fixed_tempo=True)
    half_a_bar = 0.5 / (wished * seconds / 240)
    assert abs(form.bpm / wished - 1) <= max(0.06, half_a_bar) + 1e-6


@settings(max_examples=150)
@given(
    st.integers(1, 200),
    st.floats(2, 600),
    st.sampled_from([0.0, 0.1, 0.14, 0.2, 0.4]),
    st.sampled_from([2, 4]),
)
def test_a_tempo_map_ends_on_the_second(bars: int, seconds: float, ritard: float, beats: int) -> None:
    """Steady: to half a microsecond a beat. With a ritardando the last beat takes up the rounding."""
    length = bars * 4 * PPQ
    tempo = tempo_map(length, seconds, ritard=ritard, ritard_beats=beats)
    tolerance = 1e-6 if ritard and bars >= 2 else 0.5e-6 * 4 * bars + 1e-9
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
