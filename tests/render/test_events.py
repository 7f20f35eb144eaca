"""The event list and the channel layout: laws that hold before any sound is made."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.errors import UsageError
from cuesmith.perform.model import Curve, Track
from cuesmith_render.fluid.calibration import calibration_for
from cuesmith_render.fluid.channels import BALANCE, VOLUME, balance, lay_out, volume
from cuesmith_render.fluid.events import (
    BEND,
    BLOCK_FRAMES,
    CONTROL,
    NOTE_OFF,
    NOTE_ON,
    EventList,
    events_of,
)

RATE = 44100
NEUTRAL = calibration_for("none")
BLOCK_SEC = BLOCK_FRAMES / RATE
MakeTrack = Callable[..., Track]


def listed(track: Track, loop: bool = False, body_frames: int = RATE) -> EventList:
    layout = lay_out([track], [track.stem], NEUTRAL)
    return events_of([track], layout.channels, RATE, body_frames, loop)


def rows(events: EventList) -> list[tuple[int, int, int, int]]:
    return list(
        zip(
            (events.frame // BLOCK_FRAMES).tolist(),
            events.kind.tolist(),
            events.first.tolist(),
            events.second.tolist(),
            strict=True,
        )
    )


note_rows = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 0.5), st.integers(60, 62), st.integers(1, 127)), min_size=1, max_size=30
)


@settings(max_examples=150, deadline=None)
@given(note_rows)
def test_every_pitch_alternates_on_and_off(make_track: MakeTrack, notes: list[tuple[float, float, int, int]]) -> None:
    events = rows(listed(make_track(notes)))
    assert [event[0] for event in events] == sorted(event[0] for event in events)
    for pitch in {note[2] for note in notes}:
        played = [event for event in events if event[2] == pitch]
        assert [kind for _, kind, _, _ in played] == [NOTE_ON, NOTE_OFF] * (len(played) // 2)
        for on, off in zip(played[::2], played[1::2], strict=True):
            assert off[0] > on[0]
        onsets = {round(note[0] / BLOCK_SEC) for note in notes if note[2] == pitch}
        assert {block for block, kind, _, _ in played if kind == NOTE_ON} == onsets


def test_a_restruck_pitch_ends_before_it_starts_again(make_track: MakeTrack) -> None:
    events = rows(listed(make_track([(0.0, 1.0, 60, 80), (20 * BLOCK_SEC, 0.1, 60, 90)])))
    assert events[1:3] == [(20, NOTE_OFF, 60, 0), (20, NOTE_ON, 60, 90)]


def test_a_pitch_struck_twice_at_once_sounds_once_as_the_louder_and_longer(make_track: MakeTrack) -> None:
    events = rows(listed(make_track([(0.0, 10 * BLOCK_SEC, 60, 80), (0.0, 4 * BLOCK_SEC, 60, 90)])))
    assert events == [(0, NOTE_ON, 60, 90), (10, NOTE_OFF, 60, 0)]


def test_controllers_come_before_the_notes_of_their_block(make_track: MakeTrack) -> None:
    curve = Curve("cc", 11, np.array([10 * BLOCK_SEC]), np.array([99], np.int32))
    events = rows(listed(make_track([(10 * BLOCK_SEC, 0.1, 60, 80)], curves=(curve,))))
    assert events[:2] == [(10, CONTROL, 11, 99), (10, NOTE_ON, 60, 80)]


def test_an_early_onset_sounds_at_the_start_or_in_a_loop_at_its_end(make_track: MakeTrack) -> None:
    track = make_track([(-5 * BLOCK_SEC, 20 * BLOCK_SEC, 60, 80)])
    assert rows(listed(track)) == [(0, NOTE_ON, 60, 80), (15, NOTE_OFF, 60, 0)]
    looped = rows(listed(track, loop=True, body_frames=100 * BLOCK_FRAMES))
    assert looped == [(95, NOTE_ON, 60, 80), (115, NOTE_OFF, 60, 0)]


def test_curves_are_thinned_to_one_changed_value_per_block(make_track: MakeTrack) -> None:
    times = np.array([0.0, 0.1, 0.3, 1.0, 2.0, 3.0]) * BLOCK_SEC
    values = np.array([10, 20, 30, 30, 40, 40], np.int32)
    track = make_track([(0.9, 0.05, 60, 80)], curves=(Curve("cc", 11, times, values),))
    assert rows(listed(track))[:2] == [(0, CONTROL, 11, 30), (2, CONTROL, 11, 40)]


def test_a_generator_is_reached_by_four_controllers(make_track: MakeTrack) -> None:
    curve = Curve("nrpn", 8, np.array([0.0]), np.array([-1000], np.int32))
    events = rows(listed(make_track([(0.9, 0.05, 60, 80)], curves=(curve,))))[:4]
    assert [event[2:] for event in events] == [(99, 120), (98, 8), (38, 7192 & 127), (6, 7192 >> 7)]


def test_bends_keep_all_their_bits(make_track: MakeTrack) -> None:
    curve = Curve("bend", 0, np.array([0.0]), np.array([12345], np.int32))
    assert rows(listed(make_track([(0.9, 0.05, 60, 80)], curves=(curve,))))[0] == (0, BEND, 12345, 0)


def test_a_volume_curve_keeps_the_calibrated_level(make_track: MakeTrack) -> None:
    curve = Curve("cc", VOLUME, np.array([0.0, 0.5]), np.array([90, 45], np.int32))
    track = make_track([(0.9, 0.05, 60, 80)], level_db=-6.0, curves=(curve,))
    events = rows(listed(track))
    assert [event[3] for event in events[:2]] == [volume(-6.0), round(45 * volume(-6.0) / 90)]


def test_a_pan_curve_becomes_balance(make_track: MakeTrack) -> None:
    curve = Curve("cc", 10, np.array([0.0, 0.5]), np.array([64, 127], np.int32))
    events = rows(listed(make_track([(0.9, 0.05, 60, 80)], curves=(curve,))))
    assert [event[2:] for event in events[:2]] == [(BALANCE, 64), (BALANCE, 127)]


def test_the_channel_number_decides_the_stem(make_track: MakeTrack) -> None:
    stems = ("melody", "bass", "colour")
    tracks = [make_track([(0, 1, 60, 80)], stem=stems[index % 3]) for index in range(40)]
    channels = lay_out(tracks, stems, NEUTRAL).channels
    assert len({channel.number for channel in channels}) == 40
    assert [stems[channel.number % 3] for channel in channels] == [track.stem for track in tracks]


def test_more_tracks_than_channels_is_refused(make_track: MakeTrack) -> None:
    tracks = [make_track([(0, 1, 60, 80)]) for _ in range(257)]
    assert lay_out(tracks[:256], ["melody"], NEUTRAL).channels[-1].number == 255
    with pytest.raises(UsageError, match="257 tracks in stem 'melody'"):
        lay_out(tracks, ["melody"], NEUTRAL)


@given(st.floats(-40, 5.9))
def test_volume_follows_the_law(level_db: float) -> None:
    value = volume(level_db)
    assert abs(value - 90 * 10 ** (level_db / 40)) <= 0.5


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=12))
def test_no_level_is_lost_to_the_range_of_volume(make_track: MakeTrack, levels_db: list[float]) -> None:
    tracks = [make_track([(0, 1, 60, 80)], level_db=level_db) for level_db in levels_db]
    layout = lay_out(tracks, ["melody"], NEUTRAL)
    for channel, level_db in zip(layout.channels, levels_db, strict=True):
        sent_db = 40 * math.log10(channel.volume / 90) + layout.gain_db
        step_db = 40 * math.log10((channel.volume + 0.5) / (channel.volume - 0.5))
        assert channel.volume == 1 or abs(sent_db - level_db) <= step_db


@given(st.floats(-0.97, 0.97))
def test_balance_has_the_constant_power_ratio(pan: float) -> None:
    value = balance(pan)
    ratio_db = math.copysign(-40 * math.log10(1 - abs(value - 64) / 64), value - 64)
    angle = (1 + pan) * math.pi / 4
    wanted_db = 20 * math.log10(math.tan(angle))
    assert abs(ratio_db - wanted_db) < 0.3 + 0.05 * abs(wanted_db)
    assert balance(-pan) in (128 - value, 127 - value + (value == 0))
