"""Players: they breathe, rest, use the best register of their instrument, and stay under the melody."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.casting.register import lie
from cuesmith.casting.roster import PLAYERS, TRACKS
from cuesmith.music.note import PPQ, Note
from cuesmith.music.note_table import note_table
from cuesmith.orchestrate.breathing_gaps import GAP_SEC, with_breathing_gaps
from cuesmith.orchestrate.loudness.role_table import ROLE_DB
from cuesmith.orchestrate.loudness.under_the_tune import SOFTEST, under_the_tune
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Passage
from cuesmith.specs.banks.library import load_banks

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("main_theme", "suite", "sad", "battle", "ceremony")
SOLOISTS = sorted(name for name, row in BANKS.instruments.items() if "lead" in row.roles)
LINES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 24), st.integers(60, 72)), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def plan(composed: Composed) -> Plan:
    return composed("symphonic", "suite", 1).score.plan


def line(rows: list[tuple[int, int, int]]) -> tuple[Note, ...]:
    """Return a line from (rest, length, pitch) in eighths."""
    at, out = 0, []
    for rest, length, pitch in rows:
        at += rest * PPQ // 2
        out.append(Note(at, length * PPQ // 2, pitch, 80))
        at += length * PPQ // 2
    return tuple(out)


@settings(max_examples=60)
@given(LINES, st.floats(4, 10))
def test_no_line_is_longer_than_a_breath(plan: Plan, rows: list[tuple[int, int, int]], breath_sec: float) -> None:
    written = line(rows)
    written = tuple(n for n in written if n.end <= plan.length)
    half = len(written) // 2
    passages = tuple(Passage(p, 0, "test") for p in (written[:half], written[half:]) if p)
    played = [n for p in with_breathing_gaps(plan, passages, breath_sec) for n in p.notes]
    assert [(n.onset, n.pitch) for n in played] == [(n.onset, n.pitch) for n in written]
    assert all(0 < a.duration <= b.duration for a, b in zip(played, written, strict=True))
    seconds = plan.tempo.seconds
    start = seconds(played[0].onset) if played else 0.0
    for before, after in pairwise(played):
        assert seconds(before.end) - start <= 1.1 * breath_sec  # a long note may leave no place to breathe before it
        if seconds(after.onset) - seconds(before.end) >= GAP_SEC - 0.005:
            start = seconds(after.onset)


def test_breath_is_taken_where_the_phrase_ends(plan: Plan) -> None:
    beats = plan.tempo.bpm(0) / 60 * 8  # in eight seconds
    first = tuple(Note(i * PPQ, PPQ, 64, 80) for i in range(int(beats) - 2))
    second = tuple(Note(first[-1].end + i * PPQ, PPQ, 64, 80) for i in range(int(beats) - 2))
    played = with_breathing_gaps(plan, (Passage(first, 0, "test"), Passage(second, 0, "test")), 8)
    shortened = [n.onset for p in played for n in p.notes if n.duration < PPQ]
    assert shortened[0] == first[-1].onset


def test_short_lines_are_left_alone(plan: Plan) -> None:
    passages = (Passage(tuple(Note(i * PPQ, PPQ, 64, 80) for i in range(4)), 0, "test"),)
    assert with_breathing_gaps(plan, passages, 8) == passages


@example("whistle", 79, 10, 0.75)  # an octave lower nothing would be outside, but far from where it should lie
@given(st.sampled_from(SOLOISTS), st.integers(40, 80), st.integers(0, 11), st.floats(0.4, 0.75))
def test_a_tune_that_fits_lies_inside(name: str, bottom: int, width: int, high: float) -> None:
    """A melody narrower than the best register by an octave lies inside it, except for a semitone at the edge."""
    row = BANKS.instruments[name]
    width = min(width, row.sweet[1] - row.sweet[0] - 11)
    if width < 0 or row.sweet[0] < 45:
        return
    found = lie(range(bottom, bottom + width + 1), row, high)
    assert found.outside <= 1 / (width + 1)
    assert row.sweet[0] - 1 <= bottom + 12 * (found.octave - 4)
    assert found.top <= row.sweet[1] + 1


def part(id_: str, role: str, notes: list[Note], device: str = "test", level_db: float = 0.0) -> Part:
    return Part(id_, id_, role, "piano", 0, 0, False, 0, "melody", level_db, 0.0, 0.0,
                (Passage(tuple(sorted(notes)), 0, device),))  # fmt: skip


def under(*parts: Part) -> list[list[float]]:
    """The velocities of these parts with room made for the tune."""
    tables = [note_table(tuple(part.notes())) for part in parts]
    return [found.tolist() for found in under_the_tune(parts, tables, [table[:, 3].astype(float) for table in tables])]


@settings(max_examples=80)
@given(
    st.integers(40, 120), st.integers(40, 120), st.integers(-14, 26), st.sampled_from(("pad", "ostinato", "colour")),
    st.floats(-6, 3),
)  # fmt: skip
def test_parts_in_the_register_of_the_tune_play_softer(
    tune: int, other: int, apart: int, role: str, level_db: float
) -> None:
    lead = part("tune", "lead", [Note(PPQ, PPQ, 70, tune)])
    beside = part("beside", role, [Note(0, 4 * PPQ, 70 + apart, other)], level_db=level_db)
    (sung,), (velocity,) = under(lead, beside)
    assert sung == tune
    if not -2 < apart < 12 or apart % 12 == 0:
        assert velocity == other
        return
    assert SOFTEST * other <= velocity <= other
    softer = velocity * 10 ** ((ROLE_DB[role] + level_db) / 40) <= tune * 10 ** (-6 / 40)
    assert softer or velocity == SOFTEST * other


def test_doublings_of_the_tune_keep_their_velocity() -> None:
    lead = part("tune", "lead", [Note(0, PPQ, 70, 60)])
    double = part("double", "lead", [Note(0, PPQ, 75, 110)], "doubles tune")
    assert under(lead, double) == [[60], [110]]


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, TYPES)))
def test_the_number_of_players_follows_the_level(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    parts = [p for p in score.parts if p.role not in ("pulse", "colour")]
    assert sum(not p.drums for p in score.parts) + any(p.drums for p in score.parts) <= TRACKS
    for section in score.plan.sections:
        playing = [p for p in parts if any(section.start <= n.onset < section.end for n in p.notes())]
        assert len(playing) <= PLAYERS[section.level] + 1  # one more where a second voice of the tune joins


@pytest.mark.parametrize("style", STYLES)
def test_only_needed_players_play_throughout(style: str, composed: Composed) -> None:
    score = composed(style, "main_theme", 1).score
    bars = sum(section.bars for section in score.plan.sections)
    for one in score.parts:
        if one.role in ("impact", "counter") or (one.role == "lead" and one.passages[0].device.startswith("doubles")):
            sections = {p.section for p in one.passages}
            assert sum(score.plan.sections[index].bars for index in sections) < bars


def test_the_octave_of_the_input_does_not_matter() -> None:
    """The pitches an oboe plays do not depend on the octave in which they were given."""
    row = BANKS.instruments["oboe"]
    assert lie((70, 72, 74), row, 0.5).top == lie((58, 60, 62), row, 0.5).top
