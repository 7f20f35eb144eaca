"""Cues in free meter: no pulse, recognisable themes, nothing on a grid, and no grave findings of the critic."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from cuesmith.composition.percussion.free_meter_strokes import NEAREST_SEC, roll_strokes
from cuesmith.critic.critique import critique
from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.motif.identity import STATEMENT
from cuesmith.specs.banks.free_strokes import FreeStrokes, Roll
from cuesmith.specs.banks.library import load_banks

BANKS = load_banks()
STYLES = ("symphonic", "synth", "taiko-koto", "gothic", "ambient-scifi")
TYPES = ("horror", "despair", "ceremony", "ambient")
CASES = [(style, type_, seed) for seed, style in enumerate(STYLES) for type_ in TYPES]
ONE_EVENT_SEC = 0.08  # onsets closer than this count as one
STEADY = 0.6


@cache
def made(style: str, type_: str, seed: int, meter: str = "free") -> Cue:
    """Return a cue of the usual length of its type."""
    return compose(style=style, type=type_, seed=seed, meter=meter)


def pulse(cue: Cue) -> float:
    """Measure how steady a cue is, 0 .. 1: the greatest share of onsets that agree on one grid of 0.35 to 2 s.

    For each period, onsets become angles on a circle; the length of their mean is the measure, and the best period
    counts.
    """
    onset = np.sort(np.concatenate([track.onset_sec for track in cue.performance.tracks]))
    onset = onset[np.concatenate(([True], np.diff(onset) > ONE_EVENT_SEC))]
    periods = np.arange(0.35, 2.0, 0.004)
    return float(np.abs(np.exp(2j * np.pi * onset[None, :] / periods[:, None]).mean(axis=1)).max())


@pytest.mark.parametrize(("style", "type_", "seed"), CASES)
def test_free_cues(style: str, type_: str, seed: int) -> None:
    cue = made(style, type_, seed)
    score = cue.score
    assert abs(score.plan.tempo.seconds(score.plan.length) - BANKS.cue_types[type_].default_seconds) < 1e-3
    assert pulse(cue) < STEADY
    assert not [f for f in critique(score, cue.themes, BANKS).findings if f.severity == 1]
    plain = [said.identity for said in score.statements() if not said.ops]
    assert all(identity >= STATEMENT for identity in plain)
    played = {passage.device for part in score.parts for passage in part.passages}
    assert not played & set(BANKS.grooves)
    for name in played & set(BANKS.textures):
        assert BANKS.textures[name].kind == "sustain" or "free" in BANKS.textures[name].tags


def test_the_pulse_measure_finds_the_pulse_of_metered_cues() -> None:
    """The same cues in 4/4 are steady, except those whose drummers play rolls."""
    steady = [pulse(made(style, "despair", seed, "4/4")) for seed, style in enumerate(STYLES) if style != "taiko-koto"]
    free = [pulse(made(style, "despair", seed)) for seed, style in enumerate(STYLES) if style != "taiko-koto"]
    assert float(np.median(steady)) > STEADY
    assert all(a < b for a, b in zip(free, steady, strict=True))


def test_same_seed_same_bytes() -> None:
    args = {"style": "taiko-koto", "type": "ceremony", "seed": 9, "seconds": 40, "meter": "free"}
    assert compose(**args).midi() == compose(**args).midi()  # type: ignore[arg-type]
    assert compose(**args).midi() != compose(**{**args, "seed": 10}).midi()  # type: ignore[arg-type]


def test_phrases_end_with_a_rest() -> None:
    """No long note of a melody reaches the next breath."""
    for style, type_, seed in CASES[:8]:
        score = made(style, type_, seed).score
        lines = {tick for section in score.plan.sections for tick in section.bar_ticks()}
        for part in score.parts:
            if part.role == "lead":
                assert not [n for n in part.notes() if n.end in lines and n.duration >= 3 * 960]


@pytest.mark.parametrize("way", ["oroshi", "otoshi", "oroshi_otoshi", "swell"])
def test_rolls_gather_and_spread_in_proportion(way: str) -> None:
    row = Roll(voice="odaiko", way=way, **{"from": 0.1, "to": 0.9}, ratio=0.8, letter="x")  # type: ignore[arg-type]
    times = [second for second, _ in roll_strokes(row, 2.0, 8.0)]
    gaps = [b - a for a, b in pairwise(times)]
    assert times[0] == 2.0 and times[-1] < 8.0 and min(gaps) > 0.6 * NEAREST_SEC
    ratios = [b / a for a, b in pairwise(gaps)]
    if way == "oroshi":
        assert ratios == pytest.approx([0.8] * len(ratios))
    elif way == "otoshi":
        assert ratios == pytest.approx([1.25] * len(ratios))
    elif way == "oroshi_otoshi":
        turn = gaps.index(min(gaps))
        assert all(r < 1 for r in ratios[:turn]) and all(r > 1 for r in ratios[turn + 1 :])
    else:
        assert ratios == pytest.approx([1.0] * len(ratios))


def test_drums_rest_after_a_roll() -> None:
    """Ma (silence): the breath after a roll has no drums, and no pattern is played twice in a row."""
    rolls = {name for name, row in BANKS.free_strokes.items() if row.rolls}
    still = {name for name, row in BANKS.free_strokes.items() if row.role == "still"}
    seen = set()
    for seed in range(3):
        score = compose(style="taiko-koto", type="ceremony", seed=seed, seconds=90, meter="free").score
        for section in score.plan.sections:
            lines = section.bar_ticks()
            names: list[set[str]] = [set() for _ in lines]
            for part in score.parts:
                for passage in part.passages:
                    if passage.section == section.index and passage.device in BANKS.free_strokes:
                        for note in passage.notes:
                            names[section.bar_at(note.onset + 2)].add(passage.device)
            for now, after in pairwise(names):
                seen |= now
                if now & rolls:
                    assert after <= still
    assert seen & rolls and seen & still


@pytest.mark.parametrize("text", ["0.5 odaiko", "1.2 odaiko x", "a odaiko x", "0 odaiko q"])
def test_strokes_are_checked(text: str) -> None:
    with pytest.raises(ValueError, match=r"stroke|share"):
        FreeStrokes(kit="taiko", role="still", strokes=(text,))
