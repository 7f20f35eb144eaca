"""Gates: a gated stroke is cut off on time, in the drums of the synthesizer styles and wherever a gate is asked for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.conftest import Composed

from cuesmith.perform.gated_drums import OPENS_SEC, gate_curve
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.percussion import Layered


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0.05, 0.4)), min_size=1, max_size=30))
def test_a_gate_is_open_while_somebody_plays_and_never_else(strokes: list[tuple[float, float]]) -> None:
    strokes = sorted(strokes)
    onset, end = np.array([a for a, _ in strokes]), np.array([a + d for a, d in strokes])
    curve = gate_curve(onset, end)
    assert (np.diff(curve.times_sec) >= 0).all() and set(curve.values.tolist()) == {0, 127}
    assert all(a != b for a, b in pairwise(curve.values.tolist()))  # open, shut, open …

    def value(second: float) -> int:
        return int(curve.values[np.searchsorted(curve.times_sec, second, "right") - 1])

    for start, stop in zip(onset, end, strict=True):
        assert value(start) == 127 and value(stop - 1e-9) == 127
    for stop in end:
        if not ((onset - OPENS_SEC <= stop) & (stop < end)).any():
            assert value(stop) == 0


@pytest.mark.parametrize(("type_", "seed"), [("battle", 1), ("main_theme", 1)])
def test_the_snare_of_the_machines_is_gated(type_: str, seed: int, composed: Composed, banks: Banks) -> None:
    """A layer of noise as long as in the table, shut after every stroke, without reverb of its own."""
    layer = next(one for one in banks.drums["gated_snare"].layers if one.gate_ms is not None)
    cue = composed("synth", type_, seed)
    track = next(t for t in cue.performance.tracks if t.program == layer.program and not t.drums)
    assert track.name == "Gated snare" and track.reverb == 0.0
    assert layer.gate_ms is not None and len(track.onset_sec) >= 8
    assert np.abs(track.duration_sec * 1000 - layer.gate_ms).max() < 3
    (gate,) = track.curves
    shut = gate.times_sec[gate.values == 0]
    ends = track.onset_sec + track.duration_sec
    alone = [stop for start, stop in zip([*track.onset_sec[1:], np.inf], ends, strict=True) if start > stop + 0.01]
    assert len(alone) >= 8 and all(np.abs(shut - stop).min() < 0.003 for stop in alone)
    snares = next(t for t in cue.performance.tracks if t.drums)
    struck = snares.onset_sec[np.isin(snares.pitch, (38, 40))]
    assert all(np.abs(struck - start).min() < 0.03 for start in track.onset_sec)


def test_a_stroke_of_a_kit_cannot_be_gated() -> None:
    with pytest.raises(ValidationError, match="name a program"):
        Layered(note=38, gate_ms=200)
