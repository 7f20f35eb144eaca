"""The facts on the album page, compared with the music."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.plan.model import Plan
from cuesmith.show.compose_show import compose_show
from cuesmith.specs.show import Show
from cuesmith_render.album.facts import (
    MatrixCell,
    clock,
    decibels,
    draw_theme,
    matrix_cell,
    minutes,
    statements_of,
    with_accidental_signs,
)


@pytest.fixture(scope="module")
def cues(tiny_show: Show) -> tuple[Cue, ...]:
    return compose_show(tiny_show).cues


@pytest.fixture(scope="module")
def slowing() -> Plan:
    """A plan with a changing tempo."""
    return compose(type="main_theme", seconds=60, seed=3).score.plan


def test_statements_cover_the_score_once(cues: tuple[Cue, ...]) -> None:
    for cue in cues:
        told = statements_of(cue)
        written = cue.score.statements()
        assert len(told) == len({(s.start, s.end, s.theme, s.ops) for s in written}) > 0
        assert sum(len(statement.parts) for statement in told) <= len(written)
        assert [s.start_sec for s in told] == sorted(s.start_sec for s in told)
        for statement in told:
            first, last = statement.bars
            assert 1 <= first <= last <= cue.score.plan.bars


def test_matrix_counts(cues: tuple[Cue, ...]) -> None:
    told = statements_of(cues[0])
    cell = matrix_cell(told, "hero")
    assert cell.count == len(told)
    assert cell.identity == max(s.identity for s in told)
    assert set(cell.ways) == {s.how for s in told}
    assert matrix_cell(told, "rival") == MatrixCell(0, 0.0, ())


def test_the_picture_of_a_theme_shows_its_melody(tiny_show: Show) -> None:
    for theme in compose_show(tiny_show).themes.values():
        picture = draw_theme(theme)
        pitches = [note.pitch for note in theme.melody.realise(theme.key, theme.octave)]
        assert [max(pitches) - note.row for note in picture.notes] == pitches
        assert max(note.row for note in picture.notes) == picture.rows - 1
        assert all(0 <= note.left < note.left + note.width <= 1 + 1e-9 for note in picture.notes)
        assert len(picture.bars) == theme.melody.bars - 1
        assert sum(width for _, width, _ in picture.units) == pytest.approx(1)


@given(place=st.floats(0, 1))
def test_the_clock_agrees_with_the_tempo_map(slowing: Plan, place: float) -> None:
    points = np.array(clock(slowing))
    assert len(points) > 2
    assert points[0].tolist() == [0, 0]
    assert points[-1].tolist() == [1, pytest.approx(slowing.seconds, abs=1e-3)]
    told = float(np.interp(place, points[:, 0], points[:, 1]))
    assert told == pytest.approx(slowing.tempo.seconds(place * slowing.length), abs=0.01)


def test_text_formats() -> None:
    assert [minutes(value) for value in (0, 9.99, 74.5, 3600)] == ["0:00", "0:09", "1:14", "60:00"]
    assert decibels(-16.04, "LUFS") == "−16.0 LUFS"
    assert decibels(float("-inf"), "LUFS") == "silent"
    assert (
        with_accidental_signs("| Bbm7 | F#/A# | Gb | add9 | m7b5 | B minor")
        == "| B♭m7 | F♯/A♯ | G♭ | add9 | m7b5 | B minor"
    )
