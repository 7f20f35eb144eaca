"""Whole songs made of themes: the laws of phrase, bridge and chorus, for every character, style and many seeds."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from cuesmith.chance import stream
from cuesmith.motif.identity import identity
from cuesmith.motif.model import Motif, Theme
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.given_theme import theme_from_given
from cuesmith.themes.judge import silence
from cuesmith.themes.make import make_theme
from cuesmith.themes.song import FORMS, song

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
OPEN = {1, 4, 6}
GIVEN = (
    "D4:1.5 F#4:.5 A4:2 | B4:1 A4:1 G4:2",
    "1:1 2:1 3:1 4:1 | 5:1 4:1 3:2",
    "C4:.5 C5:.5 B4:1 A4:2 | G4:.5 A4:.5 B4:.5 C5:.5 D5:2",
    "A4:2 C5:1 | B4:2 G#4:1 | A4:3",
    "r:1 E4:.5 E4:.5 E4:.5 E4:.5 F4:.5 E4:.5 | G4:1 E4:3",
)


@cache
def themes() -> tuple[Theme, ...]:
    """Return invented themes of every character and style."""
    return tuple(
        make_theme(name, ThemeSpec(character=name), load_style(STYLES[(n + k) % 4]), BANKS, stream(k, "song", name))
        for n, name in enumerate(BANKS.characters)
        for k in range(6)
    )


@cache
def given_themes() -> tuple[Theme, ...]:
    return tuple(
        theme_from_given("x", ThemeSpec(notes=notes), BANKS.scales, stream(k, "given"))
        for notes in GIVEN
        for k in range(4)
    )


def pitches(theme: Theme, motif: Motif) -> list[int]:
    return [theme.key.pitch(n.step, n.alter) for n in motif.notes]


def ambitus(theme: Theme, motif: Motif) -> int:
    return max(pitches(theme, motif)) - min(pitches(theme, motif))


def test_four_bars_rest_a_beat_and_eight_bars_three() -> None:
    for theme in themes():
        bar = theme.motif.meter.bar_ticks
        for part in (theme.melody, theme.bridge, theme.chorus):
            for first in range(0, part.bars, 4):
                assert silence(part, first * bar, (first + 4) * bar) >= PPQ, theme.name
            for first in range(0, part.bars, 8):
                assert silence(part, first * bar, (first + 8) * bar) >= 3 * PPQ, theme.name


def test_the_fourth_bar_asks_and_the_eighth_closes() -> None:
    for theme in themes():
        half = [n for n in theme.melody.notes if n.onset < 4 * theme.motif.meter.bar_ticks]
        assert half[-1].step % 7 in OPEN
        assert theme.melody.notes[-1].step % 7 == 0
        assert theme.chorus.notes[-1].step % 7 == 0
        assert theme.bridge.notes[-1].step % 7 in OPEN


def test_a_consequent_begins_as_its_antecedent_and_ends_otherwise() -> None:
    periods = [theme for theme in themes() if theme.form == "period"]
    assert len(periods) >= 20
    for theme in periods:
        bar = theme.motif.meter.bar_ticks
        first = {n.onset for n in theme.melody.notes if n.onset < 2 * bar}
        again = {n.onset - 4 * bar for n in theme.melody.notes if 4 * bar <= n.onset < 6 * bar}
        assert len(first & again) >= 0.75 * len(first | again)
        half = [n for n in theme.melody.notes if n.onset < 4 * bar]
        for a, b in zip(half[-2:], theme.melody.notes[-2:], strict=True):
            assert a.step != b.step


@pytest.mark.parametrize("which", ["invented", "given"])
def test_a_song_can_be_sung(which: str) -> None:
    for theme in themes() if which == "invented" else given_themes():
        if which == "invented":
            assert ambitus(theme, theme.melody) <= 16
        assert ambitus(theme, theme.bridge) <= 14
        assert ambitus(theme, theme.chorus) <= 16
        assert (theme.bridge.bars, theme.chorus.bars) == (8, 16)
        for part, units in ((theme.bridge, theme.bridge_units), (theme.chorus, theme.chorus_units)):
            assert {n.step % 7 for n in part.notes} <= set(theme.scale.steps)
            assert all(n.alter == 0 and n.duration > 0 for n in part.notes)
            assert all(a.end <= b.onset for a, b in pairwise(part.notes))
            assert all(abs(a - b) <= 12 for a, b in pairwise(pitches(theme, part)))
            assert part.notes[-1].end <= part.length
            starts = [sum(bars for _, bars, _ in units[:i]) for i in range(len(units))]
            assert [first for first, _, _ in units] == starts
            assert sum(bars for _, bars, _ in units) == part.bars


@pytest.mark.parametrize("which", ["invented", "given"])
def test_the_highest_note_comes_once_in_bars_eleven_to_thirteen(which: str) -> None:
    for theme in themes() if which == "invented" else given_themes():
        top = max(pitches(theme, theme.chorus))
        assert top > max(pitches(theme, theme.melody) + pitches(theme, theme.bridge))
        bar = theme.motif.meter.bar_ticks
        line = zip(theme.chorus.notes, pitches(theme, theme.chorus), strict=True)
        bars = [n.onset // bar + 1 for n, pitch in line if pitch == top]
        assert len(bars) == 1 and 11 <= bars[0] <= 13


def test_a_bridge_has_its_own_rhythm_and_register_and_a_chorus_the_idea() -> None:
    same = 0
    for theme in themes():
        bar = theme.motif.meter.bar_ticks
        rhythm = [n.onset for n in theme.bridge.notes if n.onset < 2 * bar]
        assert rhythm != [n.onset for n in theme.motif.notes]
        a, b = (sum(line) / len(line) for line in (pitches(theme, theme.melody), pitches(theme, theme.bridge)))
        assert abs(a - b) >= 2, "another register"
        idea = [(n.onset, p) for n, p in zip(theme.chorus.notes, pitches(theme, theme.chorus), strict=True)]
        same += identity(theme.motif.shape(theme.key), idea[: len(theme.motif.notes)]) >= 0.85
    assert same >= 0.9 * len(themes())


@pytest.mark.parametrize("form", FORMS)
def test_a_song_form_is_its_parts(form: str) -> None:
    for theme in themes()[:20]:
        whole = song(theme, form)
        assert whole.melody.bars == 8 * len(form) == sum(bars for _, bars, _ in whole.units)
        assert [first for first, _, _ in whole.units] == sorted({first for first, _, _ in whole.units})
        assert whole.melody.notes[: len(theme.motif.notes)] == theme.motif.notes
        closes = whole.melody.notes[-1].step % 7 == 0
        assert closes == (form == "AABA"), "only the last A comes to rest"
        bar = theme.motif.meter.bar_ticks
        firsts = [n for n in whole.melody.notes if n.onset < 8 * bar]
        assert firsts[-1].step % 7 != 0


def test_an_unknown_song_form_is_refused() -> None:
    with pytest.raises(ValueError, match="AABA"):
        song(themes()[0], "ABA")
