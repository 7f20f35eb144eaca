"""Bends: in the styles that have them, by the right players, and back at rest before the next note."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import product

import mido
import numpy as np
import pytest
from tests.conftest import Composed

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.perform.bends import BENDS, CENTRE, RANGES
from cuesmith.perform.model import Track
from cuesmith.perform.play import perform
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Playing

# style, cue types, and bends that must be heard there in a few cues
IDIOMS = {
    "jazz-rock":  (("main_theme", "victory", "sad"), {"scoop", "fall"}),
    "taiko-koto": (("tender", "sad", "ceremony"), {"rise", "meri", "oshide"}),
    "synth":      (("battle", "main_theme"), {"slide"}),
    "mecha-prog": (("battle", "chase"), {"bend"}),
    "noir-lounge": (("mystery", "main_theme"), {"scoop", "fall"}),
}  # fmt: skip


def bent(cue: Cue) -> list[tuple[Track, np.ndarray, np.ndarray]]:
    return [
        (track, curve.times_sec, (curve.values - CENTRE) / (CENTRE - 1) * 100 * track.bend_range)
        for track in cue.performance.tracks for curve in track.curves if curve.kind == "bend"
    ]  # fmt: skip


@pytest.mark.parametrize("style", IDIOMS)
def test_the_idiom_is_played(style: str, composed: Composed, banks: Banks) -> None:
    """Each bend of a style is found: without it in the style, the curves are different."""
    types, wanted = IDIOMS[style]
    spec = load_style(style)
    missing = set(wanted)
    for type_, seed in product(types, (1, 2, 3, 4)):
        if not missing:
            break
        cue = composed(style, type_, seed)
        for name in sorted(missing):
            left = {bend: share for bend, share in spec.playing.bends.items() if bend != name}
            plain = perform(cue.score, replace(spec, playing=replace(spec.playing, bends=left)), banks)
            before = [curve.values.size for track in cue.performance.tracks for curve in track.curves]
            after = [curve.values.size for track in plain.tracks for curve in track.curves]
            if before != after:
                missing.discard(name)
    assert not missing


@pytest.mark.parametrize(("style", "type_", "seed"), tuple(product(IDIOMS, ("main_theme", "battle"), (1, 2))))
def test_every_bend_is_at_rest_before_the_next_note(
    style: str, type_: str, seed: int, composed: Composed, banks: Banks
) -> None:
    """A bend belongs to the start or the end of a note; when any other note begins, no bend is left."""
    cue = composed(style, type_, seed)
    instruments = {part.id: part.instrument for part in cue.score.parts}
    for track, times, cents in bent(cue):
        able = [BENDS[name] for name in banks.instruments[instruments[track.part_id]].bends]
        assert able
        assert cents[-1] == 0
        assert (np.diff(times) >= 0).all()
        assert abs(cents).max() <= 100 * track.bend_range + 1
        assert track.bend_range in RANGES
        for onset in track.onset_sec:
            held = cents[: int(np.searchsorted(times, onset + 1e-9, "right"))]
            left = float(held[-1]) if held.size else 0.0
            starts = [row for row in able if row.at == "start" and row.cents[0] - 1 <= left <= row.cents[1] + 1]
            assert left == 0 or starts, (track.name, onset, left)


def test_in_the_file_the_range_comes_before_the_bend(composed: Composed) -> None:
    file = mido.MidiFile(file=io.BytesIO(composed("jazz-rock", "victory", 1).midi()))
    found = 0
    for track in file.tracks:
        bends = [m for m in track if m.type == "pitchwheel"]
        if not bends:
            continue
        found += 1
        assert bends[-1].pitch == 0
        data = [m.value for m in track if m.type == "control_change" and m.control == 6]
        assert data[0] in RANGES
    assert found


def test_an_orchestra_bends_nothing(composed: Composed) -> None:
    assert load_style("symphonic").playing.bends == {}
    assert not bent(composed("symphonic", "battle", 1))


def test_players_in_unison_bend_together(composed: Composed, banks: Banks) -> None:
    """The random draw depends on the place: a part performed under another name has the same bends."""
    cue = composed("jazz-rock", "victory", 1)
    spec = load_style("jazz-rock")
    lead = next(part for part in cue.score.parts if part.id in {t.part_id for t, _, _ in bent(cue)})
    pair = replace(cue.score, parts=(lead, replace(lead, id="other")))
    playing: Playing = replace(spec.playing, jitter_ms=0)
    first, second = perform(pair, replace(spec, playing=playing), banks).tracks
    one, two = (next(c for c in track.curves if c.kind == "bend") for track in (first, second))
    assert np.array_equal(one.values, two.values)


def test_bends_leave_the_notes_alone(banks: Banks) -> None:
    cue = compose(style="jazz-rock", type="preview", seed=3)
    spec = load_style("jazz-rock")
    plain = perform(cue.score, replace(spec, playing=replace(spec.playing, bends={})), banks)
    for with_, without in zip(cue.performance.tracks, plain.tracks, strict=True):
        assert np.array_equal(with_.onset_sec, without.onset_sec)
        assert np.array_equal(with_.pitch, without.pitch)
