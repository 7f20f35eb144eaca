"""Grooves made of cells: every meter has one, it makes the grouping audible, and drums play as much as in 4/4."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import accumulate, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.composition.percussion.grooves_from_cells import bar_groove, felt_beats, fits
from cuesmith.cue.edit_score import edit_score
from cuesmith.cue.write_score import write_draft
from cuesmith.music.meter import Meter, parse_meter
from cuesmith.plan.build import build_plan
from cuesmith.score import Score
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.percussion import GRID_LETTERS, Groove
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.specs.style import CueRules
from cuesmith.themes.make import make_themes

BANKS = load_banks()
CELLS = BANKS.groove_cells
DRUMMED = ("jazz-rock", "synth", "taiko-koto", "symphonic", "mecha-prog", "noir-lounge", "chiptune-hybrid", "gothic",
           "lofi-study", "slice-of-life", "tv-sixties", "festival")  # fmt: skip
ODD = ("9/8", "6/4(3+3)", "5/8", "10/8(3+3+2+2)", "11/8", "13/8", "12/8(2+2+3+2+3)", "7/16(2+2+3)", "8/8(3+3+2)",
       "7/4", "15/8", "9/8(2+2+2+3)")  # fmt: skip


@st.composite
def meters(draw: st.DrawFn) -> Meter:
    denominator = draw(st.sampled_from((4, 8, 16)))
    groups = draw(st.lists(st.integers(1, 5), min_size=1, max_size=6).filter(lambda g: 2 <= sum(g) <= 12))
    return Meter(sum(groups), denominator, tuple(groups))


def weights(groove: Groove, step: int, bar: int = 0) -> int:
    return sum(GRID_LETTERS.get(bars[bar][step], 0) for bars in groove.rows.values())


@given(meters())
def test_felt_beats_fill_the_bar_and_every_group_begins_with_one(meter: Meter) -> None:
    beats = felt_beats(meter)
    starts = {beat.start for beat in beats}
    assert beats[0].start == 0 and beats[0].place == "head" and sum(b.place == "head" for b in beats) == 1
    assert [b.start for b in beats] == [0, *accumulate(b.steps for b in beats)][:-1]
    units = beats[-1].start + beats[-1].steps
    if meter.groups != (1,) * meter.numerator:
        assert {tick * units // meter.bar_ticks for tick in meter.beats_ticks} <= starts
    assert {b.steps for b in beats} <= {2, 4, 6}


@given(meters(), st.sampled_from(sorted(CELLS)))
def test_a_groove_of_cells_makes_the_grouping_audible(meter: Meter, name: str) -> None:
    """Above a plain pulse, a group of one beat has its heaviest stroke first, and a longer group has one there, too."""
    groove = bar_groove(CELLS[name], CELLS[name].kits[0], meter)
    assert meter.bar_ticks % groove.steps == 0 and groove.meter == meter
    assert weights(groove, 0) > 0
    if groove.tier < 2 or meter.groups == (1,) * meter.numerator:
        return
    edges = [tick * groove.steps // meter.bar_ticks for tick in meter.beats_ticks] + [groove.steps]
    single = {beat.start for beat in felt_beats(meter)}
    stride = 2 if meter.denominator == 16 else 1
    bars = len(next(iter(groove.rows.values())))
    for (start, end), bar in product(pairwise(edges), range(bars)):
        found = [weights(groove, step, bar) for step in range(start, end)]
        assert found[0] > 0
        if not single & {step * stride for step in range(start + 1, end)}:
            assert found[0] == max(found), (name, start)


@given(meters(), st.sampled_from(sorted(CELLS)))
def test_fills_of_cells_rise_to_the_bar_line(meter: Meter, name: str) -> None:
    groove = bar_groove(CELLS[name], CELLS[name].kits[0], meter)
    struck = [(step, grid[step]) for grid in groove.fill.values() for step in range(groove.steps) if grid[step] != "."]
    loud = [GRID_LETTERS[letter] for _, letter in sorted(struck)]
    assert loud == sorted(loud) and loud


@pytest.mark.parametrize("kit", sorted(BANKS.kits))
def test_every_kit_has_cells_enough(kit: str) -> None:
    """At every level there are at least three, with voices that the kit has."""
    mine = [row for row in CELLS.values() if kit in row.kits]
    for level in (1, 2, 3, 4):
        gaps = sorted(abs(row.tier - level - 1) + (row.tier > level + 1) for row in mine)
        assert sum(gap <= gaps[0] + 1 for gap in gaps) >= 3
    allowed = {"orchestra": {"orchestral", "hand"}, "taiko": {"taiko"}}.get(kit, {"kit", "hand"})
    for row in mine:
        assert {BANKS.drums[voice].group for voice in (*row.rows, *row.fill)} <= allowed


def test_taiko_cells_need_no_track_their_grooves_do_not() -> None:
    own = {v for row in BANKS.grooves.values() if row.kit == "taiko" for v in (*row.rows, *row.fill)}
    assert {v for row in CELLS.values() if "taiko" in row.kits for v in (*row.rows, *row.fill)} <= own


@pytest.mark.parametrize(
    ("groove", "meter", "goes"),
    [
        ("7/8(2+2+3)", "7/8(3+2+2)", True), ("7/8(2+2+3)", "7/8", True), ("4/4", "4/4(2+2)", True),
        ("5/4(3+2)", "5/4", True), ("12/8", "12/8(2+2+3+2+3)", False), ("6/8", "6/8(2+2+2)", False),
        ("6/8", "3/4", False), ("7/8(2+2+3)", "7/8(3+4)", False),
    ],
)  # fmt: skip
def test_a_groove_fits_only_its_own_meter_and_grouping(groove: str, meter: str, goes: bool) -> None:
    assert fits(parse_meter(groove), parse_meter(meter)) is goes


RESTLESS = replace(BANKS, stagings={})  # nobody is held back


@cache
def written(name: str, type_: str, meter: str, seed: int = 3) -> Score:
    """Return a cue of a style in a meter that the style does not have itself."""
    style = load_style(name)
    rules = style.cues.get(type_, CueRules())
    style = replace(style, cues={**style.cues, type_: replace(rules, meters={meter: 1.0})})
    themes = make_themes({"theme": ThemeSpec(character="heroic")}, style, BANKS, seed)
    brief = Brief(id="M-1", title="Odd", type=type_, style=name, seed=seed, themes=("theme",))
    return edit_score(write_draft(build_plan(brief, style, themes, BANKS), style, themes, RESTLESS))


def drummed(score: Score) -> set[tuple[str, int]]:
    """Return treatment and level of the sections with drums, without the last one."""
    sections = score.plan.sections
    played = {p.section for part in score.parts if part.role == "pulse" for p in part.passages}
    return {(sections[i].treatment, sections[i].level) for i in played if i < len(sections) - 1}


@pytest.mark.parametrize(("number", "name"), tuple(enumerate(DRUMMED)))
def test_drums_sound_in_every_section_that_has_them_in_four(number: int, name: str) -> None:
    asked = drummed(written(name, "battle", "4/4"))
    assert asked
    for meter in (ODD[number], ODD[number - 5]):
        score = written(name, "battle", meter)
        there = drummed(score)
        for section in score.plan.sections[:-1]:
            if (section.treatment, section.level) in asked:
                assert (section.treatment, section.level) in there, (meter, section.name)


def test_the_seed_chooses_among_cells() -> None:
    """Over eight seeds there are at least three different grooves for the same kind of section."""
    found = set()
    for seed in range(8):
        score = written("synth", "chase", "9/8(2+2+2+3)", seed)
        found.add(frozenset(p.device for part in score.parts if part.role == "pulse" for p in part.passages
                            if p.device in CELLS))  # fmt: skip
    assert len(found) >= 3
