"""Story beats: sections begin at them, mood and keys follow, key changes are prepared, faults are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cuesmith.cue.compose import compose_brief
from cuesmith.errors import ComposeError, SpecError
from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan, level_of
from cuesmith.plan.model import Plan
from cuesmith.plan.mood.mood_place import feeling_mood, feeling_row
from cuesmith.plan.picture.scenes import LEAP, chunks
from cuesmith.plan.picture.spotting_sheet import nearest_bar_lines
from cuesmith.show.compose_show import brief_of
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.beats import EVENT_NAMES, read_beats
from cuesmith.specs.brief import Beat, Brief
from cuesmith.specs.load import load_show, load_style

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("setpiece", "character", "battle", "tender")
STORY = (
    Beat(0.0, "lonely", ("hero",)),
    Beat(18.0, "hopeful"),
    Beat(31.5, event="reveal"),
    Beat(44.0, "triumphant", intensity=1.0),
)
Themes = Callable[[str], Mapping[str, Theme]]

beats = st.lists(
    st.tuples(
        st.floats(5, 14),
        st.sampled_from(("", *BANKS.feelings)),
        st.sampled_from(((), ("hero",), ("home", "hero"))),
        st.sampled_from((None, None, *EVENT_NAMES)),
        st.one_of(st.none(), st.floats(0, 1)),
    ),
    min_size=1,
    max_size=7,
)


def planned(themes_of: Themes, type_: str, style: str, seconds: float, told: tuple[Beat, ...], seed: int = 5) -> Plan:
    asked = Brief("M-001", "Test", type_, style, seed, seconds, themes=("hero", "home"), beats=told)
    return build_plan(asked, load_style(style), themes_of(style), BANKS)


@settings(max_examples=60, deadline=None)
@given(beats, st.sampled_from(STYLES), st.sampled_from(TYPES), st.integers(0, 9))
def test_a_section_begins_at_every_beat(
    themes_of: Themes, rows: list[tuple[float, str, tuple[str, ...], str, float]], style: str, type_: str, seed: int
) -> None:
    at, told = 0.0, []
    for gap, feel, who, event, intensity in rows:
        told.append(Beat(at, feel, who, event, intensity))  # type: ignore[arg-type]
        at += gap
    low, high = BANKS.cue_types[type_].limits
    assume(at >= low and at <= high)
    try:
        plan = planned(themes_of, type_, style, at, tuple(told), seed)
    except ComposeError as fault:
        assert "less than a bar apart" in str(fault)
        return
    assert plan.tempo.seconds(plan.length) == pytest.approx(at, abs=0.001)
    starts = {section.start for section in plan.sections}
    assert len(plan.points) == len(told) and len(plan.curve) == plan.bars
    bar_sec = at / plan.bars
    for beat, point in zip(told, plan.points, strict=True):
        assert point.at_sec == beat.at and point.tick in starts
        assert abs(plan.tempo.seconds(point.tick) - beat.at) <= 0.75 * bar_sec
    tick = 0
    for section in plan.sections:
        assert section.start == tick and section.level == level_of(section.energy)
        assert section.theme in {None, "hero", "home"} and section.against != section.theme
        tick = section.end
    for point, beat in zip(plan.points, told, strict=True):
        section = plan.section_at(point.tick)
        if beat.feel:
            assert plan.mood(section) == feeling_mood(feeling_row(beat.feel, BANKS.feelings))
        if beat.who:
            assert section.theme == beat.who[0]


@given(st.integers(1, 200))
def test_chunks_are_phrases(bars: int) -> None:
    found = chunks(bars)
    assert sum(found) == bars and all(0 < size <= 9 for size in found)
    assert all(size >= 4 for size in found) or len(found) == 1


@given(st.lists(st.floats(3, 20), min_size=1, max_size=8), st.floats(70, 120))
def test_beats_on_bar_lines_are_kept_there(gaps: list[float], bpm: float) -> None:
    """Beats on the bar lines of the requested tempo stay there, at exactly that tempo."""
    bars = [0]
    for gap in gaps:
        bars.append(bars[-1] + round(gap))
    bar_sec = 240 / bpm
    lines = nearest_bar_lines(
        [bar * bar_sec for bar in bars[:-1]], bars[-1] * bar_sec, 4.0, (bpm * 0.8, bpm * 1.2), bpm
    )
    assert lines[-1] == bars[-1] or bars[-1] % 2  # an odd number of bars may give way to an even one
    assert list(lines) == sorted(set(lines))


@pytest.mark.parametrize("style", STYLES)
def test_the_story_asked_for(style: str, themes_of: Themes) -> None:
    asked = Brief("M-001", "Test", "character", style, 3, 60.0, themes=("hero",), beats=STORY)
    made = compose_brief(asked, themes_of(style))
    plan = made.score.plan
    lonely, hopeful, reveal, triumph = (plan.section_at(point.tick) for point in plan.points)
    assert lonely.energy < hopeful.energy < reveal.energy < triumph.energy == 1
    assert lonely.key.minor and not triumph.key.minor
    assert (lonely.treatment, triumph.treatment) == ("fragments", "chorus")
    assert plan.sections[reveal.index - 1].treatment == "break"
    assert plan.sections[triumph.index - 1].treatment in ("build", "break")
    assert plan.sections[triumph.index - 1].bars == 1

    def loud(first: int, last: int) -> float:
        struck = [n.velocity for part in made.score.parts for n in part.notes() if first <= n.onset < last]
        return sum(struck) / len(struck)

    assert loud(0, hopeful.start) < loud(triumph.start, plan.length)
    arousal = [mood.arousal for mood in plan.curve]
    assert arousal[0] == 0.15 and arousal[-1] == 0.95
    assert arousal[hopeful.first_bar - 1] > 0.15  # the mood moves on before the section does


def test_distant_key_changes_are_prepared(themes_of: Themes) -> None:
    for one, other in (("serene", "triumphant"), ("furious", "numb"), ("lonely", "terrified")):
        plan = planned(themes_of, "setpiece", "symphonic", 90.0, (Beat(0.0, one), Beat(45.0, other)))
        after = plan.section_at(plan.points[1].tick)
        turn = plan.sections[after.index - 1]
        assert abs(plan.sections[0].energy - after.energy) >= LEAP
        assert (turn.bars, turn.treatment in ("build", "break")) == (1, True)


def test_a_returning_mood_returns_in_its_key(themes_of: Themes) -> None:
    told = (Beat(0.0, "hopeful"), Beat(30.0, "grieving"), Beat(60.0, "hopeful"))
    plan = planned(themes_of, "setpiece", "symphonic", 90.0, told)
    keys = [plan.section_at(point.tick).key for point in plan.points]
    assert keys[0] == keys[2] != keys[1] and keys[1].minor


def test_too_near_and_too_late(themes_of: Themes) -> None:
    with pytest.raises(ComposeError, match="less than a bar apart at this tempo; leave one out"):
        planned(themes_of, "tender", "symphonic", 60.0, (Beat(0.0), Beat(9.0), Beat(9.1, "sad"), Beat(9.2)))
    with pytest.raises(ComposeError, match="beyond the end of the cue at 60 s"):
        planned(themes_of, "tender", "symphonic", 60.0, (Beat(0.0), Beat(61.0, "sad")))


# -- as people write them ----------------------------------------------------------------------------------------------

SHOW = """\
title: Test
themes:
  hero: {{character: heroic}}
  rival: {{character: villain}}
cues:
  - id: M-101
    type: character
    seconds: 60
    {rest}
"""


def written(folder: Path, rest: str) -> Path:
    path = folder / "show.yaml"
    path.write_text(SHOW.format(rest=rest), encoding="utf-8")
    return path


def test_beats_of_a_show(tmp_path: Path) -> None:
    show = load_show(written(tmp_path, "beats: [{at: 0, feel: alone, who: [rival]}, {at: 20, event: impact}]"))
    brief = brief_of(show, show.cues[0])
    assert brief.beats == (Beat(0, "alone", ("rival",)), Beat(20, event="impact"))
    assert brief.themes == ("rival",)


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("feel: hopefull", r"show.yaml:9:11: cues\[0\].feel: unknown feeling 'hopefull'; did you mean 'hopeful'"),
        ("beats: [{at: 0, feel: lonley}]", r"beats\[0\].feel: unknown feeling 'lonley'; did you mean 'lonely'"),
        ("beats: [{at: 0, feel: sad, who: [hro]}]", r"who\[0\]: unknown theme 'hro'; did you mean 'hero'"),
        ("beats: [{at: 0, event: revel}]", "did you mean 'reveal'"),
        ("beats: [{at: 5, feel: sad}, {at: 5, feel: calm}]", "5 s is not after the one before"),
        ("beats: [{at: 60, feel: sad}]", "60 s is beyond the end of the cue at 60 s"),
        ("beats: [{at: 6}]", "at least one of feel, who, event, intensity and recipe"),
        ("valence: 2", "valence"),
        ("beats_file: gone.csv", "gone.csv: the list cannot be read"),
        ("beats: [{at: 0, feel: sad, recipe: sadd}]", r"beats\[0\].recipe: unknown recipe 'sadd'; did you mean 'sad'"),
    ],
)
def test_faults_at_their_place(tmp_path: Path, rest: str, message: str) -> None:
    with pytest.raises(Exception, match=message):
        load_show(written(tmp_path, rest))


def test_a_table_of_beats(tmp_path: Path) -> None:
    table = tmp_path / "spots.csv"
    table.write_text("time,note\n0,she is lonely\n0:18.5,Hopeful now\n0:31.5,the reveal!\n", encoding="utf-8")
    show = load_show(written(tmp_path, "beats_file: spots.csv"))
    assert [beat.beat() for beat in show.cues[0].beats] == [
        Beat(0, "lonely"), Beat(18.5, "hopeful"), Beat(31.5, event="reveal"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "at,note\n0,sadd\n",
            "spots.csv:2:3: 'sadd' names no feeling and no event; see cuesmith feelings; did you mean 's",
        ),
        ("time,note\nsoon,sad\n", "spots.csv:2: 'soon' is no time"),
        ("time,note\n5,sad\n4,calm\n4.5,angry then\n", "spots.csv:3:3: beats come in order of time; 4 s"),
        ("time,note\n", "there is no beat in this file"),
    ],
)
def test_a_faulty_table(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "spots.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        read_beats(table, BANKS)


SHEET = """\
- {at: 0, feel: lonely, who: [hero]}
- {at: "0:18.5", feel: hopeful, recipe: sad}
- {at: 31, event: reveal, intensity: 0.8}
"""


def test_a_list_of_beats(tmp_path: Path) -> None:
    found = (
        Beat(0, "lonely", ("hero",)), Beat(18.5, "hopeful", recipe="sad"), Beat(31, event="reveal", intensity=0.8),
    )  # fmt: skip
    for name, text in (("a.yaml", SHEET), ("b.yml", "beats:\n" + SHEET)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert tuple(spec.beat() for spec in read_beats(tmp_path / name, BANKS)) == found
    (tmp_path / "c.yaml").write_text(SHEET.replace("hopeful", "hopefull").replace("31", "8"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"c\.yaml:2:24: \[1\]\.feel: unknown feeling 'hopefull'; did you") as fault:
        read_beats(tmp_path / "c.yaml", BANKS)
    assert "c.yaml:3:8: [2].at: beats come in order of time; 8 s is not after" in str(fault.value)


def test_markers_of_an_edl(tmp_path: Path) -> None:
    text = (
        "TITLE: R\nFCM: NON-DROP FRAME\n\n"
        "001  AX       V     C        00:00:00:00 00:00:12:10 01:00:00:00 01:00:12:10\n"
        "* LOC: 01:00:00:00 RED     SHE IS LONELY\n* LOC: 01:00:03:12 RED     the reveal\n"
    )
    (tmp_path / "r.edl").write_text(text, encoding="utf-8")
    assert [spec.beat() for spec in read_beats(tmp_path / "r.edl", BANKS)] == [
        Beat(0, "lonely"), Beat(3.5, event="reveal"),
    ]  # fmt: skip
    (tmp_path / "r.edl").write_text(text.replace("LONELY", "there"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"r\.edl:5:28: 'SHE IS there' names no feeling"):
        read_beats(tmp_path / "r.edl", BANKS)
