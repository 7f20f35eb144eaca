"""Variation of grooves: sections grow, fills come at phrase ends, odd meters keep their grouping."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.chance import stream
from cuesmith.composition.accompaniment.patterns import grouped_texture, tokens_by_bar
from cuesmith.composition.percussion.grid_strings import fill_variant
from cuesmith.composition.percussion.groove_variation import (
    NEAR,
    PHRASE,
    PhraseEnding,
    bar_rows,
    choose_manner,
    ending_rows,
    fill_bars,
    group_of,
    oroshi,
    regrouped,
    swell,
)
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key
from cuesmith.plan.model import SectionPlan
from cuesmith.score import chord_at
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.percussion import Groove

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
GROOVES = st.sampled_from(sorted(BANKS.grooves))
SEVEN, FIVE, SIX = Meter(7, 8, (2, 2, 3)), Meter(5, 4, (3, 2)), Meter(6, 8)
LOW = (28, 29, 36)  # kick and gran cassa, o-daiko
TURNS: tuple[PhraseEnding, ...] = ("fill", "half", "settle", "break", "oroshi", "ma")


def section(groove: Groove, bars: int = 8, level: int = 3, treatment: str = "statement") -> SectionPlan:
    """Return a section in the meter of the groove, in a cue that exists only for this test."""
    length = bars * groove.meter.bar_ticks
    return SectionPlan(
        1, "A", treatment, BANKS.treatments[treatment], "main", bars, 0, 0, length, groove.meter, 0.7, level,
        Key(0, "ionian"), None, 1.0,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(BANKS.grooves))
def test_a_groove_is_recognised_and_grows(name: str) -> None:
    """The first bar comes again, the others are variations of it, and eight bars are not all the same."""
    groove = BANKS.grooves[name]
    roles = BANKS.drum_roles[group_of(BANKS.drums[voice].group for voice in groove.rows)]
    manner = choose_manner(section(groove), groove, roles, stream(name))
    bars = [bar_rows(groove, manner, groove.meter, number, PHRASE) for number in range(PHRASE - 1)]
    assert all(len(grid) == groove.steps for rows in bars for grid in rows.values())
    assert len({tuple(sorted(rows.items())) for rows in bars}) >= 2
    for turn in TURNS:
        rows = ending_rows(groove, manner, groove.meter, bars[0], turn)
        assert rows and all(len(grid) == groove.steps for grid in rows.values())
        assert any(letter != "." for grid in rows.values() for letter in grid)


@given(st.integers(1, 64))
def test_fills_come_in_the_last_bar_of_a_phrase(bars: int) -> None:
    """Q38: no fill in bars 1 to 6 of eight, unless the section ends there."""
    found = fill_bars(bars)
    assert all(bar % PHRASE == PHRASE - 1 or bar == bars - 1 for bar in found)
    assert all(b - a > NEAR for a, b in pairwise(found))
    assert (bars - 1 in found) == (bars >= 4)


@given(st.integers(0, 40), st.integers(960, 8 * 960), st.integers(60, 120))
def test_rolls_gather_speed_and_stay_before_the_bar_line(at: int, length: int, loud: int) -> None:
    start = at * 960
    roll = oroshi(start, start + length, loud)
    gaps = [b - a for (a, _), (b, _) in pairwise(roll)]
    assert roll[0][0] == start and roll[-1][0] < start + length
    assert all(gap > 0 for gap in gaps) and gaps[-1] < gaps[0]
    assert roll[-1][1] > min(velocity for _, velocity in roll)
    soft = swell(start, start + length, loud)
    assert all(a[1] <= b[1] for a, b in pairwise(soft)) and soft[-1][0] < start + length


@given(GROOVES, st.permutations([2, 2, 3]))
def test_a_groove_in_seven_works_in_every_grouping(name: str, groups: list[int]) -> None:
    groove = BANKS.grooves[name]
    meter = Meter(7, 8, tuple(groups))
    found = regrouped(groove, meter)
    if sorted(groove.meter.groups) == sorted(meter.groups):
        assert found.meter.groups == meter.groups
    for voice, bars in groove.rows.items():
        assert [sorted(grid) for grid in bars] == [sorted(grid) for grid in found.rows[voice]]


@pytest.mark.parametrize(
    "meter", [SEVEN, Meter(7, 8, (3, 2, 2)), FIVE, Meter(5, 4, (2, 3)), SIX, Meter(12, 8)], ids=str
)
def test_textures_follow_the_grouping(meter: Meter) -> None:
    """No token is longer than its bar, unless the next bar only holds it.

    A bass plays on beats, or on the last of three eighths.
    """
    for name, texture in BANKS.textures.items():
        if texture.kind == "sustain":
            continue
        fitted = grouped_texture(texture, meter)
        step = PPQ // fitted.unit
        bars = [tokens for _, tokens in tokens_by_bar(fitted, meter, 8)]
        for tokens, after in zip(bars, [*bars[1:], bars[0]], strict=True):
            room = meter.bar_ticks if after else 2 * meter.bar_ticks
            assert all((t.step + t.steps) * step <= room for t in tokens), name
        if texture.unit == 1 and len(texture.pattern.split()) % 4 == 0 and meter.denominator == 8:
            onsets = {t.step * step for _, tokens in tokens_by_bar(fitted, meter, 1) for t in tokens}
            if texture.role == "bass":
                ends = {t + PPQ for t, group in zip(meter.beats_ticks, meter.groups, strict=True) if group == 3}
                assert onsets <= set(meter.beats_ticks) | ends, name


@pytest.mark.parametrize("family", ["orchestral", "jazzrock", "synth", "taiko"])
@pytest.mark.parametrize("meter", ["5/4", "7/8", "12/8", "6/8", "3/4"])
def test_every_family_has_grooves_in_odd_meters(family: str, meter: str) -> None:
    """At least two per family, one light and one full."""
    tiers = {row.tier for row in BANKS.grooves.values() if family in row.tags and str(row.meter) == meter}
    assert len(tiers) >= 2 and min(tiers) <= 2 and max(tiers) >= 4


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "chase", "victory"))))
def test_a_section_begins_with_a_low_drum(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    strokes = [n for part in score.parts if part.role == "pulse" for n in part.notes()]
    low = {n.onset for n in strokes if n.pitch in LOW}
    played = [s for s in score.plan.sections if any(0 <= n.onset - s.start < s.meter.bar_ticks for n in strokes)]
    assert played
    assert all(s.start in low for s in played[:-1])


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "chase", "main_theme", "training"))))
def test_drums_do_not_loop(style: str, type_: str, composed: Composed) -> None:
    """At least five of any sixteen bars that are played are different."""
    score = composed(style, type_, 1).score
    bars: dict[int, set[tuple[int, int, int]]] = {}
    for part in (p for p in score.parts if p.role == "pulse"):
        for note in part.notes():
            s = score.plan.section_at(note.onset)
            bar, inside = divmod(note.onset - s.start, s.meter.bar_ticks)
            bars.setdefault(s.first_bar + bar, set()).add((inside, note.pitch, part.program))
    played = [frozenset(bars[bar]) for bar in sorted(bars)]
    for at in range(0, len(played) - 15, 8):
        assert len(set(played[at : at + 16])) >= 5


def test_the_kettledrums_arrive_on_the_new_root(composed: Composed) -> None:
    rolls = 0
    for type_ in ("victory", "setpiece", "main_theme", "march", "training"):
        score = composed("symphonic", type_, 1).score
        for part in (p for p in score.parts if p.id == "timpani"):
            for passage in (p for p in part.passages if p.device == "roll"):
                end = score.plan.sections[passage.section].end
                landing = [n for n in passage.notes if n.onset == end]
                rolls += len(landing)
                assert all(n.pitch % 12 == chord_at(score.harmony, end).chord.root for n in landing)
    assert rolls >= 4


@pytest.mark.parametrize("style", STYLES)
def test_stabs_and_swells_end_with_their_chord(style: str, composed: Composed) -> None:
    """No struck chord sounds for a beat or longer into a chord it does not belong to."""
    for type_ in ("battle", "main_theme", "transform"):
        score = composed(style, type_, 1).score
        for part in (p for p in score.parts if p.role == "impact"):
            for passage in (p for p in part.passages if p.device == "brass_swells" or p.device.startswith("hits")):
                for note in passage.notes:
                    chord = chord_at(score.harmony, note.end - 1)
                    late = note.end - max(note.onset, chord.onset)
                    assert note.pitch % 12 in (*chord.chord.classes, chord.chord.bass) or late < PPQ, passage.device


@given(st.sampled_from([name for name, row in BANKS.grooves.items() if row.fill]), st.integers(0, 20), st.booleans())
def test_no_fill_comes_twice_in_a_row(name: str, number: int, whole: bool) -> None:
    """A fill has several forms. Each stays inside its bar and is not harder than the hardest written stroke."""
    groove = BANKS.grooves[name]
    voice, fill = next(iter(groove.rows)), dict(groove.fill)
    half, last = groove.steps // 2, 3 * groove.steps // 4
    one, other = (fill_variant(fill, n, voice, half, last, whole=whole) for n in (number, number + 1))
    assert one != other
    assert all(len(grid) == groove.steps for grid in one.values())
    written = {letter for grid in fill.values() for letter in grid}
    assert max(map(".goxX".index, "".join(one.values()))) <= max(*map(".goxX".index, written), 2)


@pytest.mark.parametrize("name", sorted(BANKS.grooves))
def test_a_groove_changes_with_the_music(name: str) -> None:
    """Quiet sections use the side stick; where there is another hand, it keeps the time."""
    groove = BANKS.grooves[name]
    roles = BANKS.drum_roles[group_of(BANKS.drums[voice].group for voice in groove.rows)]
    group = roles.group

    def bar(level: int, again: int) -> dict[str, str]:
        manner = choose_manner(section(groove, level=level), groove, roles, stream(name), again)
        return bar_rows(groove, manner, groove.meter, 0, PHRASE)

    quiet, first, second = bar(1, 0), bar(2, 0), bar(2, 1)
    if group == "kit" and "side_stick" not in groove.rows:
        assert "snare" not in quiet or set(groove.rows["snare"][0]) <= {".", "g"}
    if group == "kit" and ("closed_hat" in groove.rows) != ("ride" in groove.rows):
        cymbals = [{"closed_hat", "ride"} & set(rows) for rows in (first, second)]
        dense = first.get("closed_hat", first.get("ride", "")).count(".") <= 3 * groove.steps // 4
        assert (cymbals[0] != cymbals[1]) == dense
    if group != "kit":
        assert first == second


def test_the_side_stick_replaces_the_snare_except_in_drum_machines() -> None:
    groove = BANKS.grooves["R1_driving"]
    manner = choose_manner(section(groove, level=1), groove, BANKS.drum_roles["kit"], stream(0))
    rows = bar_rows(groove, manner, groove.meter, 0, PHRASE)
    assert "snare" not in rows
    assert rows["side_stick"].count("X") == groove.rows["snare"][0].count("X")
