"""Ensemble sizes: fewer players, soloists instead of sections, and still a cue without serious faults."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from cuesmith.casting.ensemble_size import ENSEMBLES, SIZES, carrier, resize
from cuesmith.critic.critique import critique
from cuesmith.cue.compose import compose, compose_brief
from cuesmith.errors import UsageError
from cuesmith.show.compose_show import briefs_of, show_themes
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_show, load_style

BANKS = load_banks()
STYLES = tuple(sorted(path.stem for path in (Path(__file__).parents[2] / "styles").glob("*.yaml")))
TYPES = tuple(BANKS.cue_types)
# every style, each in another cue type: alone, and as a group
SAMPLE = tuple((style, TYPES[(5 * i + 3) % len(TYPES)], "solo") for i, style in enumerate(STYLES)) + tuple(
    (style, TYPES[(5 * i) % len(TYPES)], ("chamber", "studio")[i % 2]) for i, style in enumerate(STYLES)
)


@pytest.mark.parametrize(("style", "type_", "ensemble"), SAMPLE)
def test_a_small_ensemble_breaks_no_rule_of_the_first_severity(style: str, type_: str, ensemble: str) -> None:
    cue = compose(style=style, type=type_, seed=5, ensemble=ensemble)
    report = critique(cue.score, cue.themes, BANKS)
    assert report.passed, [finding for finding in report.findings if finding.severity == 1]
    pitched = {part.instrument for part in cue.score.parts if not part.drums and part.role not in ("pulse", "guide")}
    if ensemble == "solo":
        assert len(pitched) <= 2
        assert all(part.role in ("lead", "guide", "ostinato", "pad", "bass") for part in cue.score.parts)
        assert not any(part.drums for part in cue.score.parts)
    else:
        assert len([p for p in cue.score.parts if p.role != "pulse"]) <= sum(SIZES[ensemble].most.values()) + 1
    if ensemble != "studio":
        assert not any(BANKS.instruments[name].soloist for name in pitched)


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("main_theme", "horror", "stinger"))))
def test_sizes_grow(style: str, type_: str) -> None:
    """Each size has at least the seats of the one below it, and only seats of the style."""
    whole = load_style(style)
    counts = [len(resize(whole, size, type_, BANKS).seats) for size in ENSEMBLES]
    assert counts == sorted(counts)
    assert counts[0] <= 3
    for size in ENSEMBLES:
        seats = resize(whole, size, type_, BANKS).seats
        assert list(seats) == [name for name in whole.seats if name in seats]
        assert any(seat.role == "lead" and seat.levels[0] == 0 for seat in seats.values()) or size == "full"
        for seat in seats.values():
            for name in seat.instruments if size == "solo" else ():
                assert seat.voices <= BANKS.instruments[name].voices


def test_the_style_itself_is_full() -> None:
    whole = load_style("symphonic")
    assert resize(whole, "", "battle", BANKS) is whole
    assert resize(whole, "full", "battle", BANKS) is whole
    with pytest.raises(UsageError, match="did you mean 'chamber'"):
        resize(whole, "chamer", "battle", BANKS)
    with pytest.raises(UsageError, match="unknown ensemble"):
        compose(ensemble="duo")


@pytest.mark.parametrize(
    ("style", "who"),
    [("symphonic", "piano"), ("taiko-koto", "koto"), ("jazz-rock", "rhodes"), ("gothic", "harpsichord")],
)
def test_who_carries_a_solo(style: str, who: str) -> None:
    assert carrier(load_style(style).seats, BANKS) == who


def test_a_show_and_its_cues_say_how_many_play(tmp_path: Path) -> None:
    file = tmp_path / "show.yaml"
    file.write_text(
        "title: Small\nensemble: solo\nhumanize: 0.5\nthemes: {home: {character: tender}}\ncues:\n"
        "  - {id: M-501, type: eyecatch, themes: [home], seconds: 5, levels: true}\n"
        "  - {id: M-502, type: eyecatch, themes: [home], seconds: 5, ensemble: studio, humanize: 0}\n"
    )
    show = load_show(str(file))
    themes = show_themes(show)
    briefs = briefs_of(show, themes)
    assert {(b.id, b.ensemble, b.humanize) for b in briefs} == {("M-501", "solo", 0.5), ("M-502", "studio", 0.0)}
    made = {(b.id, b.variant): compose_brief(b, themes) for b in briefs if b.variant in ("", "I0", "I4")}
    assert len(made["M-501", ""].score.parts) <= 3
    assert len(made["M-501", "I4"].score.parts) <= 3
    assert len(made["M-502", ""].score.parts) > 3


def test_a_brief_without_a_size_is_unchanged() -> None:
    assert Brief("M-1", "x", "battle", "symphonic", 1).ensemble == ""
    assert Brief("M-1", "x", "battle", "symphonic", 1).humanize == 1
