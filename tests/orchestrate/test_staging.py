"""Staging: who is held back rests, tune and climax stay whole, and every bar keeps something that carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import BanksWith, Composed

from cuesmith.chance import stream
from cuesmith.cue.edit_score import edit_score
from cuesmith.cue.write_score import write_draft
from cuesmith.errors import SpecError
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.rests.bar_sets import bars_from, protected_bars, sounding_bars
from cuesmith.orchestrate.rests.drum_pickups import pickup_strokes
from cuesmith.orchestrate.rests.staging import AS_WRITTEN, bars_of, choose_staging, is_there
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Score, Stroke, mute
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.rules import FAMILIES
from cuesmith.specs.banks.stagings import Staging
from cuesmith.specs.load import load_style

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
CUES = tuple(product(STYLES, ("daily", "battle", "tender")))
DRIVEN = tuple(name for name, row in BANKS.cue_types.items() if row.driven)
CARRIED = 0.9  # share of the bars, once they are in, in which bass and drums of a groove play
LINES = tuple(range(0, 5 * 3840, 3840))


@cache
def _both_ways(style: str, type_: str, name: str, composed: Composed) -> tuple[Score, Score]:
    """Return a cue under one staging, and as it would be if nobody were held back."""
    cue = composed(style, type_, 1)
    plan, seats = cue.score.plan, load_style(style)

    def score(row: Staging) -> Score:
        banks = replace(BANKS, stagings={name: replace(row, families=dict.fromkeys(FAMILIES, 1.0))})
        return edit_score(write_draft(plan, seats, cue.themes, banks))

    return score(BANKS.stagings[name]), score(AS_WRITTEN)


def _playing(score: Score, pitched: bool = False) -> int:
    """Return the bars in which any part plays (`pitched`: any part except drums)."""
    found = 0
    for part in score.parts:
        if not pitched or not part.percussive:
            found |= sounding_bars(part.notes(), score.plan.bar_lines())
    return found


GRID = [(style, type_, name) for style, type_ in CUES for name in BANKS.stagings]


@pytest.mark.grid(8)
@pytest.mark.parametrize(("style", "type_", "name"), GRID)
def test_a_staging_keeps_tune_climax_and_every_bar(style: str, type_: str, name: str, composed: Composed) -> None:
    def tune(score: Score) -> set[tuple[int, int]]:
        leads = [part for part in score.parts if part.role == "lead" and not part.doubles]
        return {(n.onset, n.pitch) for part in leads for p in part.passages if p.statement for n in p.notes}

    held, full = _both_ways(style, type_, name, composed)
    lines, kept = held.plan.bar_lines(), protected_bars(held.plan)
    assert tune(held) == tune(full)
    assert not _playing(full) & ~_playing(held)
    assert (_playing(full, pitched=True) & ~_playing(held, pitched=True)).bit_count() <= 1
    for spans in held.rests.values():
        assert not sounding_bars((Note(start, end - start, 0, 0) for start, end in spans), lines) & kept


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "chase", "march"))))
def test_somebody_always_drives(style: str, type_: str, composed: Composed) -> None:
    """In driven types the rhythm section rests for a bar at most, by staging."""
    score = composed(style, type_, 1).score
    bar = score.plan.sections[0].meter.bar_ticks
    for part in score.parts:
        if part.percussive or part.role == "bass":
            assert all(end - start <= bar for start, end in score.rests.get(part.seat, ())), part.id
    assert set(DRIVEN) >= {"battle", "chase", "march"}


@pytest.mark.parametrize("role", ["bass", "drums"])
def test_the_rhythm_section_carries_its_groove(role: str, composed: Composed) -> None:
    """In jazz-rock: from their first bar on, on average over cues."""
    shares = []
    for type_ in ("battle", "daily", "comedy", "main_theme", "chase", "victory"):
        score = composed("jazz-rock", type_, 1).score
        lines = score.plan.bar_lines()
        parts = [p for p in score.parts if (p.percussive if role == "drums" else p.role == "bass")]
        bars = 0
        for part in parts:
            bars |= sounding_bars(part.notes(), lines)
        first = (bars & -bars).bit_length() - 1
        shares.append(bars.bit_count() / (score.plan.bars - first))
    assert mean(shares) >= CARRIED


def test_who_is_held_back_is_silent_there(composed: Composed) -> None:
    rested = 0
    for style, type_ in CUES:
        score = composed(style, type_, 1).score
        for part in score.parts:
            for start, end in score.rests.get(part.seat, ()):
                own = [p.device for p in part.passages for n in p.notes if n.onset < end and n.end > start]
                assert set(own) <= {"pick-up", "oroshi", "ma", "cymbal swell", "hit"} or not part.percussive
                rested += 1
    assert rested


@pytest.mark.parametrize("family", FAMILIES)
def test_cues_of_a_style_differ_in_staging(family: str, composed: Composed) -> None:
    plan = _plan(composed)
    drawn = {choose_staging(plan, family, BANKS.stagings, stream(seed, family)).about for seed in range(40)}
    assert len(drawn) >= 3


def _plan(composed: Composed) -> Plan:
    return composed("jazz-rock", "battle", 1).score.plan


def test_places_and_bars_of_a_form(composed: Composed) -> None:
    plan = _plan(composed)
    places: Mapping[str, list[int]] = {
        where: [s.index for s in plan.sections if is_there(s, where, plan)]
        for where in ("opening", "first", "returns", "away", "before_climax", "after_climax")
    }
    assert len(places["first"]) == 1
    assert places["before_climax"] == [plan.climax.index - 1]
    assert all(index < places["first"][0] for index in places["opening"])
    for section in plan.sections:
        whole = bars_from(section.first_bar, section.bars)
        assert bars_of(section, "all") == whole
        assert bars_of(section, "first_half") & bars_of(section, "last_half") == 0
        for which in ("first_phrase", "last_phrase", "last_bar"):
            assert bars_of(section, which) & ~whole == 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a: {about: x, families: {orchestrall: 1}}", "did you mean 'orchestral'"),
        ("a: {about: x, rests: [{who: [bras], where: [first]}]}", "did you mean 'brass'"),
        ("a: {about: x, rests: [{who: [brass], where: [frist]}]}", "first"),
        ("a: {about: x, cues: {batle: 2}}", "did you mean 'battle'"),
    ],
)
def test_a_faulty_staging_is_told_with_its_place(row: str, said: str, banks_with: BanksWith) -> None:
    with pytest.raises(SpecError, match=said):
        banks_with({"stagings": row})


def test_a_return_is_led_into_by_four_strokes(composed: Composed) -> None:
    plan = _plan(composed)
    bar = plan.sections[0].meter.bar_ticks
    strokes = tuple(Stroke(tick, "snare", 90, 0, "rock") for tick in range(0, 8 * bar, PPQ))
    found = pickup_strokes(plan, strokes, {6 * bar}, BANKS)
    assert [stroke.onset for stroke in found] == [6 * bar - PPQ + step * PPQ // 4 for step in range(4)]
    assert {stroke.device for stroke in found} == {"pick-up"}
    assert pickup_strokes(plan, strokes, (), BANKS) == ()


def test_a_cymbal_does_not_ring_into_a_rest(composed: Composed) -> None:
    score = composed("jazz-rock", "battle", 1).score
    drums: tuple[Part, ...] = tuple(part for part in score.parts if part.drums)
    start = score.plan.bar_lines()[-3]
    for part in drums:
        for passage in mute(part.passages, ((start, score.plan.length),)):
            assert all(note.end <= start for note in passage.notes)


@given(st.lists(st.tuples(st.integers(0, 4 * 3840 - 1), st.integers(1, 9000)), max_size=12))
def test_a_bar_sounds_if_a_note_begins_in_it_or_lasts_a_quarter_of_it(notes: list[tuple[int, int]]) -> None:
    found = sounding_bars((Note(onset, length, 60, 80) for onset, length in notes), LINES)
    for bar, (start, end) in enumerate(pairwise(LINES)):
        begins = any(start <= onset < end for onset, _ in notes)
        lasts = any(onset < start and min(end, onset + length) - start > 960 for onset, length in notes)
        assert bool(found >> bar & 1) == (begins or lasts)
