"""Groups of the ensemble rest for a quarter of a cue, and nothing else is lost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.cue.edit_score import edit_score
from cuesmith.cue.write_score import write_draft
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.rests.drum_rests import pickup_strokes
from cuesmith.orchestrate.rests.silent_bars import DRUMS, section_of, silence_of, silences, sounding_bars
from cuesmith.orchestrate.rests.stand_ins import STANDS_IN
from cuesmith.orchestrate.rests.workload import RULE, protected_bars
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Score, Stroke, mute
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.load import load_style

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
OTHERS = (
    ("ambient-scifi", "tension"), ("chamber-piano", "love"), ("chiptune-hybrid", "daily"), ("festival", "comedy"),
    ("gothic", "march"), ("lofi-study", "character"), ("mecha-prog", "chase"), ("noir-lounge", "suspense"),
    ("slice-of-life", "training"), ("tv-sixties", "overture"),
)  # fmt: skip
LEAST = BANKS.rules[RULE].limits["least"]
MOST_SHORT = 0.02  # of all sections and players: where a cue is short, tutti, or the tune cannot be passed on
LINES = tuple(range(0, 5 * 3840, 3840))
CUES = tuple(product(STYLES, ("daily", "battle")))


@cache
def _both_ways(style: str, type_: str, composed: Composed) -> tuple[Score, Score]:
    """Return a cue as it is composed, and as it would be if no player had to rest."""
    cue = composed(style, type_, 1)
    silent = replace(BANKS.rules[RULE], exempt=(type_,))
    restless = replace(BANKS, rules={**BANKS.rules, RULE: silent})
    plan, seats = cue.score.plan, load_style(style)
    resting, playing = (write_draft(plan, seats, cue.themes, banks) for banks in (BANKS, restless))
    return edit_score(resting), edit_score(playing)


def _section(part: Part) -> str:
    return section_of(part.role, None if part.drums else BANKS.instruments.get(part.instrument))


def _playing(score: Score, pitched: bool = False) -> int:
    """Return the bars in which any part plays (`pitched`: any part except drums)."""
    found = 0
    for part in score.parts:
        if not pitched or _section(part) != DRUMS:
            found |= sounding_bars(part.notes(), score.plan.bar_lines())
    return found


def test_every_section_and_player_is_silent_for_a_quarter(composed: Composed) -> None:
    judged, short = 0, []
    for style, type_ in (*product(STYLES, ("main_theme", "battle", "daily")), *OTHERS):
        score = composed(style, type_, 1).score
        found = silence_of(score, BANKS, LEAST)
        if len(found.sections) >= BANKS.rules[RULE].limits["sections"]:
            judged += len(found.sections) + len(found.players)
            short += [f"{style} {type_} {name} {share:.0%}" for name, share in found.short(LEAST).items()]
    assert len(short) <= MOST_SHORT * judged, short


@pytest.mark.parametrize(("style", "type_"), CUES)
def test_nobody_rests_at_the_climax_or_in_the_last_bar(style: str, type_: str, composed: Composed) -> None:
    resting, restless = _both_ways(style, type_, composed)
    kept = protected_bars(resting.plan, only_growing=True)
    lines = resting.plan.bar_lines()
    before = {part.id: sounding_bars(part.notes(), lines) & kept for part in restless.parts}
    after = {part.id: sounding_bars(part.notes(), lines) & kept for part in resting.parts}
    assert sum(map(int.bit_count, after.values())) >= 0.97 * sum(map(int.bit_count, before.values()))


@pytest.mark.parametrize(("style", "type_"), CUES)
def test_the_tune_is_all_there(style: str, type_: str, composed: Composed) -> None:
    def tune(score: Score) -> set[tuple[int, int]]:
        leads = [part for part in score.parts if part.role == "lead"]
        return {(n.onset, n.pitch % 12) for part in leads for p in part.passages if p.statement for n in p.notes}

    resting, restless = _both_ways(style, type_, composed)
    assert tune(resting) == tune(restless)


@pytest.mark.parametrize(("style", "type_"), CUES)
def test_no_bar_falls_silent(style: str, type_: str, composed: Composed) -> None:
    resting, restless = _both_ways(style, type_, composed)
    assert not _playing(restless) & ~_playing(resting)
    assert (_playing(restless, pitched=True) & ~_playing(resting, pitched=True)).bit_count() <= 1


@pytest.mark.parametrize(("style", "type_"), CUES)
def test_stand_ins_play_what_they_can(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    for part in score.parts:
        taken = [p for p in part.passages if p.device == STANDS_IN]
        low, high = BANKS.instruments[part.instrument].range if taken else (0, 0)
        for passage in taken:
            assert part.role != "lead"
            assert all(low <= note.pitch <= high for note in passage.notes)


def test_somebody_stands_in_somewhere(composed: Composed) -> None:
    devices = {p.device for s, t in CUES for part in composed(s, t, 1).score.parts for p in part.passages}
    assert STANDS_IN in devices


def test_a_drummer_who_comes_back_loud_leads_in(composed: Composed) -> None:
    heard = 0
    for style, type_ in CUES:
        score = composed(style, type_, 1).score
        for part in score.parts:
            ends = [max(n.end for n in p.notes) for p in part.passages if p.device == "pick-up"]
            heard += len(ends)
            onsets = {n.onset for p in part.passages for n in p.notes}
            bars = {b for a, b in pairwise(score.plan.bar_lines())}
            assert all(any(line in onsets for line in bars if 0 <= line - end + PPQ * 8 <= PPQ * 16) for end in ends)
    assert heard


def _plan(composed: Composed) -> Plan:
    return composed("jazz-rock", "battle", 1).score.plan


def test_a_return_is_led_into_by_four_strokes(composed: Composed) -> None:
    plan = _plan(composed)
    bar = plan.sections[0].meter.bar_ticks
    strokes = tuple(Stroke(tick, "snare", 90, 0, "rock") for tick in range(0, 8 * bar, PPQ))
    found = pickup_strokes(plan, strokes, {6 * bar}, BANKS)
    assert [stroke.onset for stroke in found] == [6 * bar - PPQ + step * PPQ // 4 for step in range(4)]
    assert {stroke.device for stroke in found} == {"pick-up"}
    assert pickup_strokes(plan, strokes, (), BANKS) == ()


def test_a_drummer_rests_where_he_is_told_to(composed: Composed) -> None:
    for style, type_ in CUES:
        score = composed(style, type_, 1).score
        for part in score.parts:
            for start, end in score.rests.get(part.seat, ()) if part.percussive else ():
                own = [p.device for p in part.passages for n in p.notes if n.onset < end and n.end > start]
                assert set(own) <= {"pick-up"}


def test_a_cymbal_does_not_ring_into_a_rest(composed: Composed) -> None:
    score = composed("jazz-rock", "battle", 1).score
    drums = tuple(part for part in score.parts if part.drums)
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


def test_a_player_alone_with_the_tune_is_a_soloist() -> None:
    workloads = {"flute": ("woodwind", 0b1111), "violins": ("strings", 0b0111), "drums": ("drums", 0b1111)}
    alone = silences(workloads, {"flute": 0b1111}, 4, LEAST)
    assert alone.soloists == {"flute", "woodwind"}
    assert alone.short(LEAST) == {"drums": 0.0}
    shared = silences(workloads, {"flute": 0b0111, "violins": 0b1100}, 4, LEAST)
    assert set(shared.short(LEAST)) == {"woodwind", "flute", "drums"}
