"""Breaths: different lengths that add up, in order, exact at sections, hits and the end, without a steady tempo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.chance import stream
from cuesmith.errors import UsageError
from cuesmith.motif.model import Theme
from cuesmith.music.meter import FREE, Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.build import build_plan
from cuesmith.plan.form.meters import ODD_BREATHS, odd_bars
from cuesmith.plan.free_meter.breath_lengths import SHEET_BEATS, breath_plan
from cuesmith.plan.free_meter.breaths import flow_of
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief, Hit, HitKind
from cuesmith.specs.load import load_style

Themes = Callable[[str], Mapping[str, Theme]]
TYPES = ("horror", "despair", "ceremony", "ambient")
STYLES = ("symphonic", "synth", "taiko-koto")
FRAME_SEC = 1 / 24
BANKS = load_banks()


def planned(themes: Mapping[str, Theme], style: str, type_: str, seed: int, *hits: Hit, seconds: float = 80.0) -> Plan:
    """Return a plan in free meter."""
    brief = Brief("M-601", "T", type_, style, seed, seconds, meter="free", themes=("hero",), hits=hits)
    return build_plan(brief, load_style(style), themes, BANKS)


@given(units=st.lists(st.sampled_from((1, 2)), min_size=1, max_size=16), energy=st.floats(0, 1), seed=st.integers(0))
def test_breaths_add_up_and_differ(units: list[int], energy: float, seed: int) -> None:
    breaths = breath_plan(units, energy, stream(seed))
    quarters = [sum(beats) for beats in breaths]
    assert len(breaths) == sum(units)
    assert sum(quarters) == SHEET_BEATS * sum(units)
    assert all(q == int(q) and 2 <= q <= 8 for q in quarters) and all(min(beats) >= 0.5 for beats in breaths)
    alike = sum(a == b for a, b in pairwise(quarters))
    assert alike <= 1  # only the last, which has to make up the length, may be like the one before


@pytest.mark.parametrize("size", [2, 4])
def test_a_phrase_keeps_its_rhythm(size: int) -> None:
    """In all breaths of a phrase every beat but the last has the same length, so that only the end is held."""
    for seed in range(40):
        breaths = breath_plan([size] * 4, 0.4, stream(seed))
        assert sum(map(sum, breaths)) == SHEET_BEATS * size * 4
        for at in range(0, len(breaths), size):
            *first, second = breaths[at : at + size]
            assert len({*chain(*first), *second[:-1]}) == 1 and second[-1] > second[0]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("type_", TYPES)
def test_plans_flow_and_end_on_the_second(style: str, type_: str, themes_of: Themes) -> None:
    for seed in range(3):
        plan = planned(themes_of(style), style, type_, seed)
        assert abs(plan.tempo.seconds(plan.length) - 80.0) < 1e-3
        for section in plan.sections:
            lines = (*section.bar_ticks(), section.end)
            assert len(section.bar_ticks()) == section.bars and lines[0] == section.start
            assert all(a < b for a, b in pairwise((*section.flow, section.end)))
            if section.bars >= 3:
                assert len({b - a for a, b in pairwise(lines)}) >= 2
        flow = flow_of(plan)
        assert flow is not None
        ticks = range(0, plan.length + PPQ, PPQ // 3)
        heard = [flow.played(tick) for tick in ticks]
        assert heard == sorted(heard)
        assert all(abs(flow.written(flow.played(tick)) - tick) <= 2 for tick in ticks)
        lengths = [plan.tempo.seconds(b) - plan.tempo.seconds(a) for a, b in pairwise(range(0, plan.length, PPQ))]
        near = sum(abs(a / b - 1) < 0.02 for a, b in pairwise(lengths)) / len(lengths)
        assert near < 0.35, f"{near:.0%} of the beats last as long as the one before"


def test_the_same_cues_in_4_4_are_steady(themes_of: Themes) -> None:
    """What the tests of free plans measure does not occur in 4/4."""
    brief = Brief("M-601", "T", "ceremony", "symphonic", 1, 80.0, meter="4/4", themes=("hero",))
    plan = build_plan(brief, load_style("symphonic"), themes_of("symphonic"), BANKS)
    assert flow_of(plan) is None and not plan.free
    lengths = [plan.tempo.seconds(b) - plan.tempo.seconds(a) for a, b in pairwise(range(0, plan.length, PPQ))]
    assert sum(abs(a / b - 1) < 0.02 for a, b in pairwise(lengths)) / len(lengths) > 0.9


KINDS: tuple[HitKind, ...] = ("accent", "entry", "stop", "silence", "climax")


@pytest.mark.parametrize("style", STYLES)
def test_hits_land(style: str, themes_of: Themes) -> None:
    for seed in range(6):
        draw = stream(seed, "hits")
        at = [8 + 14 * number + draw.uniform(0, 9) for number in range(4)]
        hits = [Hit(second, draw.choice(KINDS)) for second in at]
        plan = planned(themes_of(style), style, TYPES[seed % len(TYPES)], seed, *hits, seconds=72.5)
        assert abs(plan.tempo.seconds(plan.length) - 72.5) < 1e-3
        assert [hit.at_sec for hit in plan.hits] == at
        for hit in plan.hits:
            assert abs(plan.tempo.seconds(hit.tick) - hit.at_sec) <= FRAME_SEC
            assert abs(hit.reached_sec - plan.tempo.seconds(hit.tick)) < 1e-9
            section = plan.section_at(hit.tick)
            line = section.bar_ticks()[hit.bar - 1 - section.first_bar]
            assert hit.tick == line + round((hit.beat - 1) * PPQ)


def test_meters_of_breaths(themes_of: Themes) -> None:
    plan = planned(themes_of("symphonic"), "symphonic", "ceremony", 2)
    changes = plan.meters()
    assert all(change.meter.free for change in changes)
    starts = {tick: meter for s in plan.sections for tick, meter in zip(s.bar_ticks(), s.bar_meters(), strict=True)}
    assert all(starts[tick] == meter for tick, meter in changes)
    assert {bar.meter.numerator for bar in odd_bars(FREE)} == set(ODD_BREATHS)
    assert all(bar.meter.free for bar in odd_bars(FREE)) and odd_bars(Meter(4, 4)) != odd_bars(FREE)


def test_a_style_with_a_pulse_declines(themes_of: Themes) -> None:
    style = "lofi-study"
    with pytest.raises(UsageError, match="keeps a pulse"):
        planned(themes_of(style), style, "ambient", 1)
    for seed in range(12):
        for type_ in TYPES:
            brief = Brief("M-601", "T", type_, style, seed, 80.0, themes=("hero",))
            plan = build_plan(brief, load_style(style), themes_of(style), BANKS)
            assert not any(section.meter.free for section in plan.sections)


def test_the_introduction_of_a_taiko_battle_is_free_and_slow(themes_of: Themes) -> None:
    """The introduction (jo) has no meter; the rest has one."""
    found = 0
    for seed in range(8):
        brief = Brief("M-401", "T", "battle", "taiko-koto", seed, 100.0, meter="4/4", themes=("hero",))
        plan = build_plan(brief, load_style("taiko-koto"), themes_of("taiko-koto"), BANKS)
        free = [section for section in plan.sections if section.meter.free]
        assert abs(plan.tempo.seconds(plan.length) - 100.0) < 1e-3
        if plan.sections[0].treatment != "intro":
            assert not free
            continue
        found += 1
        assert free == [plan.sections[0]] and not plan.free
        jo, ha = (
            (plan.tempo.seconds(s.end) - plan.tempo.seconds(s.start)) / s.length for s in (free[0], plan.sections[2])
        )
        assert jo > 1.25 * ha, jo / ha
    assert found
