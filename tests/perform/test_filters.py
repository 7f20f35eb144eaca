"""Filters: soft brass and strings are dark, swells open, synthesizers sweep, and no filter stays closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from tests.conftest import Composed

from cuesmith.perform.filters import CUTOFF, LOUDEST, SOFTEST, SWEPT, TONES, tone_curve
from cuesmith.perform.model import Curve, Performance, Track
from cuesmith.perform.play import perform
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Style
from cuesmith_render.fluid.discover import Soundfont

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


def tone_of(track: Track) -> Curve | None:
    return next((c for c in track.curves if (c.kind, c.number) == ("nrpn", CUTOFF)), None)


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "tender"))))
def test_instruments_with_a_tone_curve_and_its_limits(style: str, type_: str, composed: Composed, banks: Banks) -> None:
    cue = composed(style, type_, 1)
    for part, track in zip(cue.score.parts, cue.performance.tracks, strict=True):
        curve = tone_of(track)
        instrument = None if part.drums else banks.instruments.get(part.instrument)
        if instrument is None:
            assert curve is None
            continue
        if instrument.family in TONES and instrument.sustained:
            assert curve is not None, part.id
        if curve is None:
            continue
        assert curve.times_sec[0] == 0  # in a loop the second round begins as the first
        assert (np.diff(curve.times_sec) >= 0).all()
        assert curve.values.max() <= 0
        assert curve.values.min() >= min(*SWEPT.values(), *(tone.darkest for tone in TONES.values()))


@pytest.mark.parametrize("name", ["horn", "violin"])
def test_the_louder_the_brighter(name: str, banks: Banks) -> None:
    onset = np.arange(5.0)
    velocity = np.linspace(SOFTEST - 5, LOUDEST + 5, 5).astype(np.int16)
    curve = tone_curve(banks.instruments[name], onset, onset + 0.9, velocity, ["normal"] * 5)
    assert curve is not None
    assert (np.diff(curve.values) > 0).all()
    assert curve.values[0] == TONES[banks.instruments[name].family].darkest
    assert curve.values[-1] == 0


def test_a_swell_opens(banks: Banks) -> None:
    curve = tone_curve(
        banks.instruments["brass_section"], np.array([1.0]), np.array([3.0]), np.array([80], np.int16), ["swell"]
    )
    assert curve is not None
    rising = curve.values[curve.times_sec >= 1.0]
    assert rising.size > 15
    assert (np.diff(rising) >= 0).all()
    assert rising[-1] - rising[0] > 900


def test_synthesizers_open_together_and_come_back(composed: Composed) -> None:
    """All synthesizers are swept in the same sections; outside them, and at the end, the filter is open."""
    swept = 0
    for type_, seed in product(("battle", "main_theme"), (1, 2)):
        cue = composed("synth", type_, seed)
        moving: dict[int, set[bool]] = {}
        for part, track in zip(cue.score.parts, cue.performance.tracks, strict=True):
            curve = tone_of(track)
            if part.role != "ostinato" or curve is None:
                continue
            swept += 1
            assert curve.values[-1] == 0
            for section in cue.score.plan.sections:
                if any(p.section == section.index for p in part.passages):
                    start, stop = (cue.score.plan.tempo.seconds(t) for t in (section.start, section.end))
                    inside = (curve.times_sec > start + 0.2) & (curve.times_sec < stop - 0.2)
                    moving.setdefault(section.index, set()).add(bool(inside.any()))
        assert all(len(states) == 1 for states in moving.values())
    assert swept >= 2


def test_a_style_without_sweeps_has_none(composed: Composed, banks: Banks) -> None:
    style: Style = load_style("synth")
    cue = composed("synth", "battle", 1)
    plain: Performance = perform(cue.score, replace(style, playing=replace(style.playing, sweeps=0.0)), banks)
    for part, track in zip(cue.score.parts, plain.tracks, strict=True):
        family = banks.instruments[part.instrument].family if part.instrument in banks.instruments else ""
        assert family in TONES or tone_of(track) is None


def test_the_filter_is_heard(make_dark: Callable[[int], float]) -> None:
    """In the embedded font a darker horn has less energy above 2 kHz."""
    assert make_dark(-1600) < make_dark(0) - 2


@pytest.fixture
def make_dark(embedded_font: Soundfont) -> Callable[[int], float]:
    pytest.importorskip("pygame")
    from cuesmith.music.meter import Meter, MeterChange
    from cuesmith.music.tempo import constant_tempo
    from cuesmith_render.fluid.discover import find_library
    from cuesmith_render.fluid.synth import shared_bank
    from cuesmith_render.stems import render_stems

    def heard(cents: int) -> float:
        """Return the level above 2 kHz relative to everything, in dB."""
        track = Track(
            "horn", "horn", "lead", 0, "melody", 60, 0, False, np.zeros(1), np.ones(1), np.array([60], np.int16),
            np.array([100], np.int16), (Curve("nrpn", CUTOFF, np.zeros(1), np.array([cents], np.int32)),), reverb=0.0,
        )  # fmt: skip
        played = Performance("x", (track,), constant_tempo(120), (MeterChange(0, Meter(4, 4)),), (), (), 1.0, 1920)
        bank = shared_bank(find_library(), embedded_font)
        spectrum = np.abs(np.fft.rfft(render_stems(played, bank, 44100).samples[0].sum(axis=0)[:44100])) ** 2
        return float(10 * np.log10(spectrum[2000:].sum() / spectrum.sum()))

    return heard
