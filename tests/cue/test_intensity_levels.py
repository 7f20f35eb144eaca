"""Intensity levels I0 to I4: all have the same bars, and each is a subset of the next, so that they can be layered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from cuesmith.cue.compose import compose_brief
from cuesmith.cue.intensity_levels import LEVELS, VELOCITY, at_level, full_plan_and_style
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.plan.build import build_plan
from cuesmith.show.compose_show import briefs_of
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_show, load_style

Themes = Callable[[str], Mapping[str, Theme]]
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


@pytest.mark.parametrize(("style", "type_"), list(zip(STYLES, ("battle", "daily", "tender", "mystery"), strict=True)))
def test_levels_are_layers_of_one_score(style: str, type_: str, themes_of: Themes) -> None:
    themes, seconds = themes_of(style), 22.0
    made = [compose_brief(Brief("M-401", "Duel", type_, style, 5, seconds, themes=("hero",), variant=n), themes)
            for n in LEVELS]  # fmt: skip
    assert [cue.brief.id for cue in made] == [f"M-401{name}" for name in LEVELS]
    assert len({(cue.score.plan.tempo, cue.score.plan.sections, cue.performance.length_sec) for cue in made}) == 1
    assert all(cue.score.plan.seconds == seconds for cue in made)
    parts = [{part.id: part for part in cue.score.parts} for cue in made]
    assert all(part for part in parts)
    for lower, upper in pairwise(parts):
        assert set(lower) <= set(upper)
        for name, part in lower.items():
            assert [n[:3] for n in part.notes()] == [n[:3] for n in upper[name].notes()]
            assert all(a.velocity <= b.velocity for a, b in zip(part.notes(), upper[name].notes(), strict=True))
    assert len(parts[0]) < len(parts[4])
    lowest = min(part.layer for part in parts[4].values())
    assert lowest > 0 or all(part.layer == 0 for part in parts[0].values())
    shared = [name for name in parts[0] if name in parts[4]]
    onsets = [{track.part_id: track.onset_sec.tolist() for track in cue.performance.tracks} for cue in made]
    assert all(onsets[0][name] == onsets[4][name] for name in shared)


def test_full_is_full(themes_of: Themes) -> None:
    style, banks, themes = load_style("symphonic"), load_banks(), themes_of("symphonic")
    plan = build_plan(Brief("M-401", "Duel", "main_theme", "symphonic", 5, themes=("hero",)), style, themes, banks)
    full, seats = full_plan_and_style(plan, style)
    assert {s.level for s in full.sections if s.treatment != "break"} == {4}
    assert all(seat.levels[1] == 4 and not seat.treatments for seat in seats.seats.values())
    assert any(seat.role == "lead" and seat.double is None for seat in seats.seats.values())
    assert list(VELOCITY) == sorted(VELOCITY)


def test_unknown_level(themes_of: Themes) -> None:
    made = compose_brief(Brief("M-501", "Eye", "eyecatch", "symphonic", 5, themes=("hero",)), themes_of("symphonic"))
    with pytest.raises(ComposeError, match="unknown level 'I5'"):
        at_level(made.score, "I5")


def test_levels_of_a_show(tmp_path: Path) -> None:
    path = tmp_path / "show.yaml"
    path.write_text(
        "title: T\nthemes: {hero: {character: heroic}}\ncues:\n"
        "  - {id: M-101, type: battle, levels: true, variants: [B, I2]}\n"
        "  - {id: M-102, type: tender, variants: [I1]}\n",
        encoding="utf-8",
    )
    asked = [brief.id + brief.variant for brief in briefs_of(load_show(path))]
    assert asked == ["M-101", "M-101B", "M-101I2", "M-101I0", "M-101I1", "M-101I3", "M-101I4", "M-102", "M-102I1"]
