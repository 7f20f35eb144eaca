"""Levels: every role keeps its distance below the melody, and nothing else about the parts changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Composed

from cuesmith.orchestrate.loudness.role_levels import MOST_DB, TOGETHER_DB, with_role_levels
from cuesmith.specs.banks.library import Banks
from cuesmith_render.fluid.discover import Soundfont

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("main_theme", "battle", "daily", "tender", "suspense", "ambient")


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, TYPES)))
def test_a_levelled_score_needs_no_levelling(style: str, type_: str, composed: Composed, banks: Banks) -> None:
    """Levelling twice changes less than half a decibel.

    Accompaniment that is raised by ten decibels is lowered again.
    """
    score = composed(style, type_, 1).score
    again = with_role_levels(score.parts, score.plan, banks)
    for before, after in zip(score.parts, again, strict=True):
        assert after.level_db == pytest.approx(before.level_db, abs=0.6)
        assert replace(after, level_db=before.level_db) == before
    loud = tuple(replace(part, level_db=part.level_db + 10 * (part.role != "lead")) for part in score.parts)
    back = with_role_levels(loud, score.plan, banks)
    for before, after in zip(loud, back, strict=True):
        assert after.level_db <= before.level_db
        if before.role == "lead":
            assert after == before
    if any(part.role in ("pad", "ostinato", "bass") for part in loud):
        assert any(after.level_db < before.level_db - 3 for before, after in zip(loud, back, strict=True))


def test_every_role_has_a_distance(composed: Composed) -> None:
    roles = {part.role for style in STYLES for part in composed(style, "battle", 1).score.parts}
    assert roles <= {"lead", *MOST_DB}
    assert max(MOST_DB.values()) < TOGETHER_DB < 3


def test_a_cue_without_a_tune_stays_as_it_is(composed: Composed, banks: Banks) -> None:
    score = composed("symphonic", "battle", 1).score
    rest = tuple(part for part in score.parts if part.role != "lead")
    assert with_role_levels(rest, score.plan, banks) == rest


def _loudness_over(stem: NDArray[np.float32], step: int) -> NDArray[np.float64]:
    """Return the K-weighted energy of every second, in steps of a tenth of a second."""
    from cuesmith_render.loudness import step_energy, weighted_power

    return np.convolve(step_energy(weighted_power(stem, 22050), step), np.ones(10), "valid")


@pytest.mark.parametrize(
    ("style", "type_", "seed"),
    [("taiko-koto", "preview", 1), ("jazz-rock", "preview", 2), ("synth", "preview", 3), ("symphonic", "victory", 4)],
)
def test_the_tune_is_heard_in_the_sound(
    style: str, type_: str, seed: int, composed: Composed, embedded_font: Soundfont
) -> None:
    """In rendered audio the melody is, in the median second, at most 3 dB softer than all the rest."""
    pytest.importorskip("pygame")
    from cuesmith_render.fluid.discover import find_library
    from cuesmith_render.fluid.synth import shared_bank
    from cuesmith_render.stems import render_stems

    cue = composed(style, type_, seed)
    stems = {
        part.id: "tune" if part.role == "lead" and not part.doubles else "doubling" if part.role == "lead" else "rest"
        for part in cue.score.parts
    }
    tracks = tuple(replace(track, stem=stems[track.part_id]) for track in cue.performance.tracks)
    bank = shared_bank(find_library(), embedded_font)
    heard = render_stems(replace(cue.performance, tracks=tracks, loop=False, fade_out_sec=0.0), bank, 22050)
    level = {name: _loudness_over(stem, 2205) for name, stem in zip(heard.names, heard.samples, strict=True)}
    sung = np.zeros(len(level["tune"]))
    for track in tracks:
        if track.stem == "tune":
            for onset, duration in zip(track.onset_sec, track.duration_sec, strict=True):
                sung[int(10 * onset) : int(10 * (onset + duration))] = 1
    singing = np.convolve(sung, np.ones(10) / 10, "same") > 0.7
    over_db = 10 * np.log10(level["tune"][singing] / (level["rest"][singing] + 1e-12))
    assert singing.sum() > 20
    assert np.median(over_db) > -3
    assert np.percentile(over_db, 10) > -7
