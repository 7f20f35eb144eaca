"""Fermatas: when no whole bars end at the requested second the last bar is held, and only that bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.tempo import Fermata, TempoChange, TempoMap
from cuesmith.plan.build import build_plan
from cuesmith.plan.form.fermata import CLOSING, HOLD_COSTS, held_beat
from cuesmith.plan.form.section_lengths import tempo_limits
from cuesmith.plan.model import Plan
from cuesmith.plan.tempo.tempo_map import felt_tick, held_tempo_map, tempo_map
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style

BANKS = load_banks()
HELD = tuple(name for name, cue in BANKS.cue_types.items() if cue.ending in CLOSING and cue.limits[0] <= 16)
Themes = Callable[[str], Mapping[str, Theme]]


def planned(themes: Mapping[str, Theme], type_: str, seconds: float, tempo: float | None, seed: int = 0) -> Plan:
    brief = Brief("M-001", "T", type_, "symphonic", seed, seconds, tempo_bpm=tempo, themes=tuple(themes)[:1])
    return build_plan(brief, load_style("symphonic"), themes, BANKS)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(HELD), st.floats(1.0, 2.0), st.floats(0, 1), st.booleans(), st.integers(0, 9))
def test_short_cues_end_on_the_second_with_a_held_bar_or_none(
    themes_of: Themes, type_: str, longer: float, place: float, fixed: bool, seed: int
) -> None:
    cue = BANKS.cue_types[type_]
    rules = load_style("symphonic").cues.get(type_)
    low, high = (rules and rules.tempo) or cue.bpm
    wished = low + place * (high - low) if fixed else None
    seconds = round(min(cue.limits[0] * longer, cue.limits[1]), 2)
    plan = planned(themes_of("symphonic"), type_, seconds, wished, seed)
    tempo, length = plan.tempo, plan.length
    assert tempo.seconds(length) == pytest.approx(seconds, abs=0.001)
    assert len(tempo.fermatas) <= 1
    limits = tempo_limits((low, high), wished or low, fixed_tempo=fixed)
    for start, end, times in tempo.fermatas:
        meter = plan.sections[-1].meter
        assert (start, end) == (length - meter.bar_ticks, length - meter.bar_ticks + held_beat(meter))
        assert times in HOLD_COSTS and 1.5 <= times <= 3
        assert all(section.meter == meter for section in plan.sections)
        assert plan.bars >= 2
        # no whole number of these bars would have done
        least, most = (bpm * seconds / 60 / meter.bar_beats for bpm in limits)
        assert int(most + 1e-9) < least
        felt_bpm = felt_tick(length, length, (), tempo.fermatas) / PPQ * 60 / seconds
        assert limits[0] - 0.01 <= felt_bpm <= limits[1] + 0.01


@settings(deadline=None)
@given(
    st.integers(2, 40), st.sampled_from(sorted(HOLD_COSTS)), st.floats(40, 180), st.floats(0, 0.4), st.integers(1, 4)
)
def test_a_held_map_ends_on_the_second_and_is_slow_there_alone(
    bars: int, times: float, bpm: float, ritard: float, beats: int
) -> None:
    meter = Meter(4, 4)
    length, seconds = bars * meter.bar_ticks, bars * 240 / bpm
    fermata = Fermata(length - meter.bar_ticks, length - meter.bar_ticks + PPQ, times)
    tempo = held_tempo_map(length, seconds, fermata, ritard=ritard, ritard_beats=beats)
    assert tempo.seconds(length) == pytest.approx(seconds, abs=1e-4)
    assert tempo.fermatas == (fermata,)
    held = tempo.seconds(fermata.end) - tempo.seconds(fermata.start)
    after = tempo.seconds(fermata.end + PPQ) - tempo.seconds(fermata.end)
    assert held / after == pytest.approx(times, rel=1e-3)
    assert tempo.bpm(fermata.start) == pytest.approx(tempo.bpm(fermata.end), rel=1e-3)  # it is no change of tempo
    paces = [tempo.bpm(tick) for tick in range(0, fermata.start, PPQ)]
    assert all(b <= a for a, b in pairwise(paces))


def test_a_held_beat_is_known_by_the_map() -> None:
    changes = (TempoChange(0, 500_000), TempoChange(4 * PPQ, 1_000_000), TempoChange(5 * PPQ, 500_000))
    tempo = TempoMap(changes, (Fermata(4 * PPQ, 5 * PPQ, 2.0),))
    assert [tempo.bpm(beat * PPQ) for beat in range(7)] == [120] * 7
    assert TempoMap(changes).bpm(4 * PPQ) == 60
    assert felt_tick(6 * PPQ, 8 * PPQ, (), tempo.fermatas) == 7 * PPQ
    assert felt_tick(4 * PPQ + PPQ // 2, 8 * PPQ, (), tempo.fermatas) == 5 * PPQ


@pytest.mark.parametrize("type_", ["chase", "tender", "main_theme"])
def test_without_need_no_bar_is_held(type_: str, themes_of: Themes) -> None:
    for seconds in (30.0, 47.3, 90.0):
        plan = planned(themes_of("symphonic"), type_, seconds, None)
        assert not plan.tempo.fermatas
        assert plan.tempo.seconds(plan.length) == pytest.approx(tempo_map(plan.length, seconds).seconds(plan.length))
