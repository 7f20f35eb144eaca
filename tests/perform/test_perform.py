"""From score to performance: on the grid without jitter, swung by the ratio, early for slow instruments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cuesmith.cue.cue import Cue
from cuesmith.music.note import PPQ
from cuesmith.orchestrate.loudness.role_table import ROLE_DB
from cuesmith.perform.gated_drums import OPEN, SHUT
from cuesmith.perform.model import Performance, Track
from cuesmith.perform.play import Swing, apply_swing, perform, section_swings
from cuesmith.perform.tables import ARTICULATIONS, CLIP_MS, MAX_EARLY_MS, SPREAD_MS, TIMING
from cuesmith.score import Part
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Playing

Composed = Callable[[str, str, int], Cue]
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("battle", "tender", "eyecatch", "daily")
every_cue = pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, TYPES)))
TICKS = st.lists(st.integers(0, 100_000), min_size=1, max_size=40).map(lambda found: np.asarray(sorted(found)))
Ticks = NDArray[np.int64]


def tracks(cue: Cue) -> list[tuple[Part, Track]]:
    return list(zip(cue.score.parts, cue.performance.tracks, strict=True))


def again(cue: Cue, banks: Banks, **playing: object) -> Performance:
    """Perform the same score with other playing settings."""
    style = load_style(cue.brief.style)
    habits: Playing = replace(style.playing, **playing)  # type: ignore[arg-type]
    if habits.swing == 0.5:  # straight through and through: grooves have a swing of their own
        banks = replace(banks, grooves={name: replace(row, swing=0.5) for name, row in banks.grooves.items()})
    return perform(cue.score, replace(style, playing=habits), banks)


@given(TICKS, st.sampled_from([PPQ, PPQ // 2]))
def test_straight_playing_is_the_identity(ticks: Ticks, pair: int) -> None:
    assert (apply_swing(ticks, Swing(0.5, pair)) == ticks).all()


@given(TICKS, st.floats(0.5, 0.72), st.sampled_from([PPQ, PPQ // 2]))
def test_swing_keeps_beats_and_order(ticks: Ticks, swing: float, pair: int) -> None:
    bent = apply_swing(ticks, Swing(swing, pair))
    assert (np.diff(bent) >= 0).all()
    assert (bent[ticks % pair == 0] == ticks[ticks % pair == 0]).all()
    assert (bent >= ticks).all(), "swing only delays"
    assert (bent <= ticks + pair).all()


@given(st.floats(0.5, 0.72), st.integers(0, 50))
def test_the_off_beat_is_at_the_swing_ratio(swing: float, beat: int) -> None:
    off = np.asarray([beat * PPQ + PPQ // 2])
    assert apply_swing(off, Swing(swing, PPQ))[0] == pytest.approx(beat * PPQ + swing * PPQ, abs=1)


@every_cue
def test_every_section_has_a_swing_and_compound_ones_are_straight(
    style: str, type_: str, composed: Composed, banks: Banks
) -> None:
    score = composed(style, type_, 1).score
    found = section_swings(score, load_style(style).playing, banks)
    assert len(found) == len(score.plan.sections)
    for swing, section in zip(found, score.plan.sections, strict=True):
        assert 0.5 <= swing.ratio <= 0.75
        assert section.meter.denominator == 4 or swing.ratio == 0.5


@every_cue
def test_columns_are_of_one_length_and_in_order(style: str, type_: str, composed: Composed) -> None:
    for part, track in tracks(composed(style, type_, 1)):
        count = sum(len(passage.notes) for passage in part.passages)
        assert len(track.onset_sec) == len(track.duration_sec) == len(track.pitch) == len(track.velocity) == count
        assert (np.diff(track.onset_sec) >= 0).all()
        assert (track.onset_sec >= 0).all()
        assert (track.duration_sec >= 0.03 - 1e-9).all()
        assert track.velocity.min() >= 1
        assert track.velocity.max() <= 127
        assert sorted(track.pitch.tolist()) == sorted(n.pitch for n in part.notes())


@every_cue
def test_curves_rise_in_time_and_keep_to_seven_bits(style: str, type_: str, composed: Composed, banks: Banks) -> None:
    for part, track in tracks(composed(style, type_, 1)):
        for curve in track.curves:
            assert len(curve.times_sec) == len(curve.values) > 0
            assert (np.diff(curve.times_sec) >= 0).all(), (part.id, curve.number)
            assert curve.values.min() >= (-12000 if curve.kind == "nrpn" else 0)
            assert curve.values.max() <= (127 if curve.kind == "cc" else 16383)
        instrument = None if part.drums else banks.instruments.get(part.instrument)
        if instrument is None or not instrument.sustained:
            swells = [c for c in track.curves if c.kind == "cc" and not set(c.values.tolist()) <= {OPEN, SHUT}]
            assert not swells, f"{part.id} cannot swell"


@every_cue
def test_players_keep_near_the_score(style: str, type_: str, composed: Composed, banks: Banks) -> None:
    """Without swing, notes leave the grid no more than timing error, offset, onset compensation and spread allow."""
    cue = composed(style, type_, 1)
    lay_back = load_style(style).playing.lay_back_ms
    for part, track in zip(cue.score.parts, again(cue, banks, swing=0.5).tracks, strict=True):
        instrument = None if part.drums else banks.instruments.get(part.instrument)
        early = min(MAX_EARLY_MS, instrument.onset_ms) if instrument else 0.0
        spread = 6 * SPREAD_MS.get(instrument.family, 0.0) if instrument else 0.0
        place = TIMING[part.role][1] + (lay_back if part.role == "lead" else 0.0)
        score = np.sort([cue.score.plan.tempo.seconds(n.onset) for n in part.notes()])
        free_until = cue.score.plan.tempo.seconds(max((s.end for s in cue.score.plan.sections if s.flow), default=0))
        error = (1000 * (track.onset_sec - score))[score >= free_until]  # in free meter nobody keeps time
        if not len(error):
            continue
        assert error.max() <= CLIP_MS + max(place, 0) + spread + 1
        assert error.min() >= -CLIP_MS + min(place, 0) - early - 1


@pytest.mark.parametrize("style", STYLES)
def test_without_jitter_the_grid_remains(style: str, composed: Composed, banks: Banks) -> None:
    """Without timing errors notes are on the grid, moved only by role and by the slow attack of the instrument."""
    cue = composed(style, "battle", 1)
    played = again(cue, banks, jitter_ms=0, swing=0.5, lay_back_ms=0)
    for part, track in zip(cue.score.parts, played.tracks, strict=True):
        instrument = None if part.drums else banks.instruments.get(part.instrument)
        if instrument is not None and SPREAD_MS.get(instrument.family):
            continue
        early = min(MAX_EARLY_MS, instrument.onset_ms) / 1000 if instrument else 0.0
        score = np.sort([cue.score.plan.tempo.seconds(n.onset) for n in part.notes()])
        wanted = np.maximum(0.0, score + TIMING[part.role][1] / 1000 - early)
        assert track.onset_sec == pytest.approx(wanted, abs=1e-6)


def test_slow_instruments_begin_early(composed: Composed, banks: Banks) -> None:
    slow = 0
    for style in STYLES:
        for part, track in tracks(composed(style, "tender", 1)):
            instrument = banks.instruments.get(part.instrument)
            if part.drums or instrument is None or instrument.onset_ms < 60:
                continue
            slow += 1
            score = np.sort([composed(style, "tender", 1).score.plan.tempo.seconds(n.onset) for n in part.notes()])
            later = score > 1
            assert np.median((track.onset_sec - score)[later]) < 0
    assert slow > 0


def test_a_struck_chord_is_struck_together(composed: Composed) -> None:
    for part, track in tracks(composed("symphonic", "battle", 1)):
        if part.id != "strings_pad":
            continue
        starts = np.sort([n.onset for n in part.notes()])
        for tick in np.unique(starts):
            assert np.ptp(track.onset_sec[starts == tick]) < 0.001


@every_cue
def test_the_performance_carries_what_the_score_says(style: str, type_: str, composed: Composed) -> None:
    cue = composed(style, type_, 1)
    plan, played = cue.score.plan, cue.performance
    assert (played.length_sec, played.length_ticks) == (plan.seconds, plan.length)
    assert played.loop == (plan.ending == "loop")
    assert (played.fade_out_sec > 0) == (plan.ending == "fade")
    assert played.meters == plan.meters()
    assert played.tempo == plan.tempo
    marks = [marker for marker in played.markers if marker.kind == "section"]
    assert [(m.tick, m.text.rsplit(" (", 1)[0]) for m in marks] == [(s.start, s.name) for s in plan.sections]
    assert [m.tick for m in played.markers] == sorted(m.tick for m in played.markers)
    for marker in played.markers:
        assert marker.time_sec == pytest.approx(plan.tempo.seconds(marker.tick))
    for key in played.keys:
        assert -7 <= key.sharps <= 7


@every_cue
def test_strong_places_are_louder(style: str, type_: str, composed: Composed) -> None:
    """The metric accent: over all pitched parts the first beat of the bar is louder than the finest subdivisions."""
    cue = composed(style, type_, 1)
    strong: list[int] = []
    weak: list[int] = []
    for part, track in tracks(cue):
        if part.role not in ("ostinato", "bass", "lead"):
            continue
        order = sorted(part.notes())
        gain = np.sort(track.velocity)
        assert len(gain) == len(order)
        ticks = cue.performance.tempo.ticks_array(track.onset_sec)
        for tick, velocity in zip(ticks.tolist(), track.velocity.tolist(), strict=True):
            section = cue.score.plan.section_at(tick)
            place = round((tick - section.start) / 240) * 240 % section.meter.bar_ticks
            strength = section.meter.strength(place)
            (strong if strength == 4 else weak if strength <= 1 else []).append(velocity)
    if len(strong) >= 20 and len(weak) >= 20:
        assert np.mean(strong) > np.mean(weak)


def test_tables_cover_every_role_and_articulation(banks: Banks) -> None:
    assert set(ROLE_DB) == set(TIMING)
    assert max(ROLE_DB, key=ROLE_DB.__getitem__) == "guide"  # the singer before all others, then whoever leads
    assert ROLE_DB["lead"] == max(db for role, db in ROLE_DB.items() if role != "guide")
    assert all(0 < row.length <= 1 and row.overlap_ms >= 0 for row in ARTICULATIONS.values())
    assert ARTICULATIONS["staccato"].length < ARTICULATIONS["detached"].length < ARTICULATIONS["legato"].length


def test_performing_twice_is_the_same(composed: Composed, banks: Banks) -> None:
    cue = composed("jazz-rock", "daily", 1)
    for one, other in zip(cue.performance.tracks, again(cue, banks).tracks, strict=True):
        assert np.array_equal(one.onset_sec, other.onset_sec)
        assert np.array_equal(one.velocity, other.velocity)
