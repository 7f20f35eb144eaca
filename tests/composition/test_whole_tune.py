"""The tune whole: every cue with a theme states it once from beginning to end; sparse cues pause between phrases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.chance import stream
from cuesmith.composition.melody.material import Material, material
from cuesmith.composition.melody.treatments import DEVICES
from cuesmith.composition.melody.whole_tune import LEAST_WITH_PAUSES, PHRASE_BARS, sung_bars, with_pauses
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.score import Part
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.brief import ThemeForm

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
SHORT = ("stinger", "bridge", "eyecatch", "preview", "fanfare")  # too short for eight bars
RUN = 12  # intervals in a row
OFF_SEMITONES = 1
TYPES = tuple(name for name, row in load_banks().cue_types.items() if name not in SHORT and not row.vocal)
WHOLE_SHARE = 0.75  # of cues; measured 0.84; others set it in another mode, whose steps differ by more than a semitone
Themes = Callable[[str], Mapping[str, Theme]]


def states_whole(parts: tuple[Part, ...], theme: Theme) -> bool:
    """Whether some part plays a run of the theme's intervals, a semitone more or less, the notes in a row."""
    wanted = [b[1] - a[1] for a, b in pairwise(theme.melody.shape(theme.key))]
    run = min(RUN, len(wanted))
    for part in parts:
        line = sorted(note for passage in part.passages if passage.statement for note in passage.notes)
        moves = [b.pitch - a.pitch for a, b in pairwise(line)]
        for first, start in product(range(len(moves) - run + 1), range(len(wanted) - run + 1)):
            pairs = zip(moves[first : first + run], wanted[start : start + run], strict=True)
            if all(abs(move - asked) <= OFF_SEMITONES for move, asked in pairs):
                return True
    return False


@pytest.mark.parametrize("style", STYLES)
def test_nearly_every_cue_states_its_theme_whole(style: str, composed: Composed) -> None:
    cues = [composed(style, type_, 1) for type_ in TYPES]
    whole = [states_whole(cue.score.parts, next(iter(cue.themes.values()))) for cue in cues if cue.themes]
    assert sum(whole) >= WHOLE_SHARE * len(whole), [t for t, found in zip(TYPES, whole, strict=True) if not found]


@given(st.integers(1, 40))
def test_a_sparse_section_sings_whole_phrases(bars: int) -> None:
    sung = sung_bars(bars)
    assert 0 < sung <= bars
    if bars < LEAST_WITH_PAUSES:
        assert sung == bars
    else:
        assert sung % PHRASE_BARS == 0
        assert sung >= 2 * PHRASE_BARS


def _material(themes_of: Themes, bars: int) -> Material:
    theme = themes_of("symphonic")["hero"]
    return material(theme, Meter(4, 4), ThemeForm("hero", PLAIN), theme.key, bars)


@pytest.mark.parametrize("bars", [8, 10, 12, 16, 20])
def test_pauses_stand_between_phrases_and_no_note_is_lost(bars: int, themes_of: Themes) -> None:
    m = _material(themes_of, bars)
    pieces = DEVICES["statement"](m, sung_bars(bars), stream(1), 0)
    spread = with_pauses(pieces, m, bars)
    before = [(n.step, n.alter) for piece in pieces for n in piece.motif.notes]
    after = [(n.step, n.alter) for piece in spread for n in piece.motif.notes]
    assert after == before
    assert all(a.start + a.motif.length <= b.start for a, b in pairwise(spread))
    assert spread[-1].start + spread[-1].motif.length <= bars * m.bar
    if bars >= LEAST_WITH_PAUSES:
        ends = [a.start + a.motif.length for a in spread[:-1]]
        assert any(b.start - end >= m.bar for end, b in zip(ends, spread[1:], strict=True))
