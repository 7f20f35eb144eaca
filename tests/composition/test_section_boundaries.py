"""Gestures at section boundaries are chosen for all players together: a few of them, and rarely the same ones."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cuesmith.composition.accompaniment.section_boundaries import LEADING, RARE_BARS
from cuesmith.cue.compose import compose


@pytest.mark.parametrize("style", ["symphonic", "gothic", "mecha-prog", "jazz-rock"])
@pytest.mark.parametrize("type_", ["battle", "main_theme", "tender"])
def test_at_most_two_gestures_lead_into_a_boundary(style: str, type_: str) -> None:
    score = compose(style=style, type=type_, seed=5).score
    for section, after in pairwise(score.plan.sections):
        found = {p.device for part in score.parts for p in part.passages if p.section == section.index} & LEADING
        assert len(found) <= 2, (section.name, found)
        assert not found or after.energy >= section.energy, (section.name, found)


def test_an_orchestra_leads_into_its_climax_and_sweeps_rarely() -> None:
    heard = 0
    for seed in range(6):
        score = compose(style="symphonic", type="battle", seed=seed).score
        passages = [(p, p.section) for part in score.parts for p in part.passages if p.device in LEADING]
        heard += any(score.plan.sections[section + 1].index == score.plan.climax.index for _, section in passages)
        bars = sorted({score.plan.sections[s + 1].first_bar for p, s in passages if p.device == "gliss"})
        assert all(b - a >= RARE_BARS["gliss"] for a, b in pairwise(bars))
    assert heard >= 3
