"""Characters given as numbers: brighter is brighter, more excited is denser, and wrong values are reported."""

from __future__ import annotations

from functools import cache
from statistics import mean

import pytest
from typer.testing import CliRunner

from cuesmith.chance import stream
from cuesmith.cli.motif import motif
from cuesmith.cue.compose import compose
from cuesmith.motif.model import Theme
from cuesmith.music.scale import brightness
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.characters import character_at, nearest_character
from cuesmith.themes.make import character_for, make_theme, make_themes

BANKS = load_banks()
SEEDS = 60  # with --full; else 30


@cache
def invented(valence: float | None, arousal: float | None, seeds: int) -> tuple[Theme, ...]:
    spec = ThemeSpec(valence=valence, arousal=arousal)
    style = load_style("symphonic")
    return tuple(make_theme("x", spec, style, BANKS, stream(seed, "mood")) for seed in range(seeds))


def test_density_grows_with_arousal(full: bool) -> None:
    seeds = SEEDS if full else SEEDS // 2
    notes = [mean(len(theme.motif.notes) for theme in invented(None, arousal, seeds)) for arousal in (0.0, 0.5, 1.0)]
    assert notes == sorted(notes)
    assert notes[-1] - notes[0] >= 2


def test_modes_brighten_with_valence(full: bool) -> None:
    seeds = SEEDS if full else SEEDS // 2
    bright = [
        mean(brightness(theme.key.mode) for theme in invented(valence, None, seeds)) for valence in (-1.0, 0.0, 1.0)
    ]
    assert bright == sorted(bright)
    assert bright[-1] - bright[0] >= 1


def test_numbers_of_a_character_give_its_name_and_no_numbers_its_row() -> None:
    for name, row in BANKS.characters.items():
        assert nearest_character(row.valence, row.arousal, BANKS) == name
        assert character_at(None, None, BANKS, name) == (name, row)
        assert character_at(row.valence, None, BANKS, name)[0] == name
        blended = character_at(row.valence, row.arousal, BANKS)[1]
        assert sum(blended.intervals.values()) == pytest.approx(100)
        for low, high in (blended.leaps, blended.ambitus, blended.density):
            assert low <= high


def test_a_theme_in_numbers_is_of_the_nearest_character() -> None:
    spec = {"x": ThemeSpec(valence=-0.8, arousal=0.7), "y": ThemeSpec(character="tender", arousal=0.9)}
    themes = make_themes(spec, load_style("symphonic"), BANKS, 1)
    assert themes["x"].character == "menacing"
    assert themes["y"].character == "tender"


@pytest.mark.parametrize(
    "fields",
    [{"valence": 1.5}, {"arousal": -0.1}, {"valence": 0.5, "notes": "C4:1 D4:1"}, {}],
)
def test_impossible_numbers_are_rejected(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"valence|arousal"):
        ThemeSpec(**fields)  # type: ignore[arg-type]  # what pydantic checks is the point


def test_the_command_takes_numbers_and_tells_what_is_wrong() -> None:
    def run(*words: str) -> str:
        return CliRunner().invoke(motif, ["invent", *words], catch_exceptions=True).output

    assert run("--valence", "-0.6", "--arousal", "0.2", "--seed", "7", "-n", "2").count("sorrowful") == 2
    assert "out of range: -1 to 1" in run("--valence", "2")
    assert "out of range: 0 to 1" in run("--arousal", "-0.5")
    assert "did you mean 'heroic'" in run("--character", "brave")
    assert "--valence" in run()


@pytest.mark.parametrize("type_", ["tender", "love", "sad"])
def test_comic_themes_do_not_come_into_gentle_cues_by_themselves(type_: str) -> None:
    barred = {name for name, row in BANKS.characters.items() if type_ in row.not_for}
    drawn = {character_for(0.5, 0.6, BANKS, stream(seed, "character"), type_) for seed in range(200)}
    assert "comic" in barred
    assert not drawn & barred


@pytest.mark.parametrize("type_", ["daily", "main_theme", "victory", "comedy"])
def test_bright_cues_have_no_dark_scale_unless_asked(type_: str) -> None:
    for seed in range(12):
        cue = compose(type=type_, style="taiko-koto", seed=seed, seconds=20, force=True)
        assert not next(iter(cue.themes.values())).scale.dark, seed
