"""Tempo zones: they end at the requested second, change gradually, and jump only at breaks."""

from __future__ import annotations

from itertools import pairwise
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.cue.compose import compose
from cuesmith.music.note import PPQ
from cuesmith.plan.tempo.tempo_zones import Zone, zoned_map

BAR = 4 * PPQ
SECTIONS = st.lists(st.tuples(st.integers(4, 16), st.floats(0.7, 1.3), st.booleans()), min_size=1, max_size=8)


def zones_of(sections: list[tuple[int, float, bool]]) -> list[Zone]:
    out, at = [], 0
    for bars, factor, free in sections:
        out.append(Zone(at, at + bars * BAR, BAR, factor, free))
        at += bars * BAR
    return out


@settings(max_examples=60)
@given(SECTIONS, st.floats(30, 300), st.sampled_from([0.0, 0.15]))
def test_zones_end_on_the_second_and_keep_their_proportions(
    sections: list[tuple[int, float, bool]], seconds: float, ritard: float
) -> None:
    zones = zones_of(sections)
    tempo = zoned_map(zones, seconds, ritard=ritard)
    assert tempo.seconds(zones[-1].end) == pytest.approx(seconds, abs=2e-6)
    first = tempo.bpm(0)
    for zone in zones:
        assert tempo.bpm(zone.start) / first == pytest.approx(zone.factor / zones[0].factor, rel=0.02) or ritard


@settings(max_examples=60)
@given(SECTIONS)
def test_the_tempo_changes_gradually(sections: list[tuple[int, float, bool]]) -> None:
    zones = [zone._replace(is_break=False) for zone in zones_of(sections)]
    tempo = zoned_map(zones, 120.0)
    for zone, after in pairwise(zones):
        if abs(log(after.factor / zone.factor)) / log(1.055) > (zone.end - zone.start) / BAR:
            return  # no room: a section too short for so great a change
    for bar in range(BAR, zones[-1].end - BAR, BAR):
        assert abs(tempo.bpm(bar + BAR) / tempo.bpm(bar) - 1) <= 0.06


@pytest.mark.parametrize("style", ["symphonic", "synth"])
def test_a_suite_has_three_paces_and_two_keys(style: str) -> None:
    plan = compose(style=style, type="suite", seed=1, seconds=200).score.plan
    paces = {round(plan.tempo.bpm(section.start + PPQ) / 6) for section in plan.sections if section.bars >= 8}
    assert len(paces) >= 3
    assert len({section.key for section in plan.sections}) >= 2
    assert plan.tempo.seconds(plan.length) == pytest.approx(200, abs=1e-4)
