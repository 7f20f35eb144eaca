"""MIDI files: read back with mido and pretty_midi, they contain the performance."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest

from cuesmith.errors import UsageError
from cuesmith.export.midi import ChannelSlot, assign_channels, midi_bytes, save_midi
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import constant_tempo
from cuesmith.perform.model import Curve, KeySignature, Marker, Performance, Track

GOLDEN = """
4d546864 00000006 0001 0002 03c0        MThd: type 1, two tracks, 960 ticks to the quarter
4d54726b 00000026                       MTrk: track 0, 38 bytes
  00 ff 03 03 437565                    name "Cue"
  00 ff 51 03 07a120                    500000 microseconds to the quarter: 120 bpm
  00 ff 58 04 06 03 24 08               6/8, clicked in dotted quarters (36 clocks)
  00 ff 59 02 fe 01                     two flats, minor: G minor
  00 ff 06 01 41                        marker "A"
  9640 ff 2f 00                         end after 2880 ticks: one bar
4d54726b 0000005d                       MTrk: track 1, 93 bytes
  00 ff 03 04 4b6f746f                  name "Koto"
  00 ff 04 04 4b6f746f                  instrument "Koto"
  00 b0 00 00   00 b0 20 00             bank 0
  00 c0 6b                              program 107
  00 b0 65 00   00 b0 64 00             registered parameter 0: bend range
  00 b0 06 02   00 b0 26 00             two semitones
  00 b0 65 7f   00 b0 64 7f             no parameter
  00 b0 07 5a                           volume 90: 0 dB
  00 b0 0a 40   00 b0 08 40             pan and balance in the middle
  00 b0 5b 26   00 b0 5d 00             reverb 0.3, no chorus
  00 90 43 64                           G4 on, velocity 100
  873f 80 43 00                         off after 959 ticks, one before it is struck again
  01 90 43 50                           on again, velocity 80
  8f00 80 43 00                         off after 1920 ticks
  00 ff 2f 00                           end
"""


def golden_bytes() -> bytes:
    """Return the bytes in the hexadecimal columns of the table: everything before eight spaces."""
    return bytes.fromhex("".join(line.partition("        ")[0] for line in GOLDEN.strip().splitlines()))


def read(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data), charset="utf-8", clip=False)


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    out, at = [], 0
    for message in track:
        at += message.time
        out.append((at, message))
    return out


def notes_of(track: mido.MidiTrack) -> list[tuple[int, int, int, int]]:
    """Return (tick, length in ticks, pitch, velocity) of every note.

    It also checks that every note-on has its own note-off before the next one.
    """
    out, sounding = [], {}
    for tick, message in timed(track):
        if message.type == "note_on":
            assert message.velocity > 0 and message.note not in sounding
            sounding[message.note] = (tick, message.velocity)
        elif message.type == "note_off":
            start, velocity = sounding.pop(message.note)
            assert tick > start
            out.append((start, tick - start, message.note, velocity))
    assert not sounding
    return sorted(out)


def simple(count: int = 1, **settings: object) -> Track:
    """Return a track of `count` quarter notes at 120 bpm."""
    at = np.arange(count, dtype=np.float64) / 2
    track = Track("Koto", "koto", "lead", 0, "melody", 107, 0, False, at, np.full(count, 0.5),
                  np.full(count, 67, np.int16), np.full(count, 100, np.int16))  # fmt: skip
    return replace(track, **settings)  # type: ignore[arg-type]


def cue(*tracks: Track, bars: int = 4) -> Performance:
    meters = (MeterChange(0, Meter(4, 4)),)
    return Performance("Cue", tracks, constant_tempo(120), meters, (), (), 2.0 * bars, 3_840 * bars)


def test_golden_bytes_of_a_tiny_cue() -> None:
    koto = simple(2, onset_sec=np.array([0.0, 0.5]), duration_sec=np.array([0.5, 1.0]),
                  velocity=np.array([100, 80], np.int16))  # fmt: skip
    tiny = Performance("Cue", (koto,), constant_tempo(120), (MeterChange(0, Meter(6, 8)),),
                       (KeySignature(0, -2, True),), (Marker(0.0, 0, "A"),), 1.5, 2_880)  # fmt: skip
    assert midi_bytes(tiny).hex(" ") == golden_bytes().hex(" ")


def test_track_0_has_tempo_meter_and_key(performance: Performance) -> None:
    conductor = timed(read(midi_bytes(performance)).tracks[0])
    said = [(tick, m.type, *(v for k, v in m.dict().items() if k not in ("type", "time"))) for tick, m in conductor]
    assert said == [
        (0, "track_name", "Lanterns – 灯籠"),
        (0, "text", "Made by Cuesmith"),
        (0, "set_tempo", 500_000),
        (0, "time_signature", 4, 4, 24, 8),
        (0, "key_signature", "D"),
        (0, "marker", "Intro"),
        (0, "marker", "hero (augmented)"),
        (0, "marker", "loopStart"),
        (7_680, "set_tempo", 600_000),
        (7_680, "time_signature", 7, 8, 24, 8),
        (7_680, "key_signature", "Cm"),
        (7_680, "marker", "A – 主題"),
        (9_600, "set_tempo", 480_000),
        (9_600, "marker", "hit"),
        (14_400, "marker", "loopEnd"),
        (14_400, "end_of_track"),
    ]


def test_a_cue_that_sets_its_own_loop_points_keeps_them(performance: Performance) -> None:
    own = replace(performance, markers=(Marker(4.0, 7_680, "loopStart", "loop"),))
    markers = [(tick, m.text) for tick, m in timed(read(midi_bytes(own)).tracks[0]) if m.type == "marker"]
    assert markers == [(7_680, "loopStart"), (14_400, "loopEnd")]
    straight = replace(own, loop=False, markers=())
    assert not any(m.type == "marker" for m in read(midi_bytes(straight)).tracks[0])


def test_only_track_0_has_tempo_and_meter_and_it_has_no_notes(performance: Performance) -> None:
    first, *others = read(midi_bytes(performance)).tracks
    assert all(message.is_meta for message in first)
    metas = {message.type for track in others for message in track if message.is_meta}
    assert metas == {"track_name", "instrument_name", "end_of_track"}


def test_tick_0_is_in_the_order_daws_expect(performance: Performance) -> None:
    flute = timed(read(midi_bytes(performance)).tracks[1])
    start = [message for tick, message in flute if tick == 0]
    assert [m.type for m in start[:2]] == ["track_name", "instrument_name"]
    assert (start[0].name, start[1].name) == ("Flöte", "Flute")
    said = [(m.control, m.value) if m.type == "control_change" else (m.type, m.program) for m in start[2:17]]
    assert said == [
        (0, 8), (32, 0), ("program_change", 73),
        (101, 0), (100, 0), (6, 12), (38, 0), (101, 127), (100, 127),
        (7, 90), (10, 32), (8, 32),
        (11, 70),  # the curve's own value at tick 0, in place of the initial 127
        (91, 51), (93, 0),
    ]  # fmt: skip
    nrpn = [(m.control, m.value) for m in start[17:21]]
    assert nrpn == [(99, 120), (98, 8), (38, (8_192 - 500) % 128), (6, (8_192 - 500) // 128)]
    assert [m.type for m in start[21:]] == ["note_on"]


def test_notes_and_programs_read_back(performance: Performance) -> None:
    flute, strings, taiko, cymbals = read(midi_bytes(performance)).tracks[1:]
    melody = [(0, 960, 74, 100), (960, 960, 76, 90), (1_920, 5_760, 81, 110), (9_600, 4_800, 74, 64)]
    assert notes_of(flute) == melody
    assert notes_of(strings) == [(0, 7_680, 50, 60), (0, 7_680, 57, 60), (7_680, 6_720, 55, 70)]
    assert notes_of(taiko) == [(0, 240, 41, 120), (3_840, 240, 41, 110)]
    assert notes_of(cymbals) == [(7_680, 1_920, 49, 100)]
    channels = [{m.channel for m in track if not m.is_meta} for track in (flute, strings, taiko, cymbals)]
    assert channels == [{0}, {1}, {9}, {9}]
    assert [m.name for m in taiko if m.type == "instrument_name"] == ["Orchestra Kit"]


def test_pretty_midi_reads_the_same_seconds(performance: Performance) -> None:
    heard = pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(performance)), charset="utf-8")
    assert heard.resolution == 960
    assert [(i.name, i.program, i.is_drum) for i in heard.instruments] == [
        ("Flöte", 73, False), ("Strings", 48, False), ("Taiko", 48, True), ("Cymbals", 48, True),
    ]  # fmt: skip
    for instrument, track in zip(heard.instruments, performance.tracks, strict=True):
        notes = sorted(instrument.notes, key=lambda note: (note.start, note.pitch))
        assert [note.pitch for note in notes] == track.pitch.tolist()
        assert [note.velocity for note in notes] == track.velocity.tolist()
        assert np.allclose([note.start for note in notes], track.onset_sec, atol=1e-9)
        assert np.allclose([note.end for note in notes], track.onset_sec + track.duration_sec, atol=1e-9)
    times, bpm = heard.get_tempo_changes()
    assert np.allclose(times, [0, 4, 5.2]) and np.allclose(bpm, [120, 100, 125])
    assert [(t.numerator, t.denominator, t.time) for t in heard.time_signature_changes] == [
        (4, 4, 0),
        (7, 8, 4),
    ]
    keys = [(pretty_midi.key_number_to_key_name(k.key_number), k.time) for k in heard.key_signature_changes]
    assert keys == [("D Major", 0), ("C minor", 4)]
    assert heard.get_end_time() == pytest.approx(performance.length_sec)


def test_curves_are_on_the_grid_thinned_and_before_the_notes(performance: Performance) -> None:
    flute = timed(read(midi_bytes(performance)).tracks[1])
    assert [(t, m.value) for t, m in flute if m.is_cc(11)] == [(0, 70), (960, 90), (2_880, 110)]
    assert [(t, m.pitch) for t, m in flute if m.type == "pitchwheel"] == [(480, 0), (960, 12_000 - 8_192)]
    assert [m.type for t, m in flute if t == 960] == ["note_off", "control_change", "pitchwheel", "note_on"]


def test_an_expression_curve_that_begins_later_starts_from_full() -> None:
    swell = Curve("cc", 11, np.array([1.0, 2.0]), np.array([50, 100], dtype=np.int32))
    track = timed(read(midi_bytes(cue(simple(curves=(swell,))))).tracks[1])
    assert [(t, m.value) for t, m in track if m.is_cc(11)] == [(0, 127), (1_920, 50), (3_840, 100)]
    assert not any(m.is_cc(11) for m in read(midi_bytes(cue(simple()))).tracks[1])


def test_one_value_is_sent_per_tick_the_last() -> None:
    dense = Curve("cc", 1, np.array([0.5, 0.5001, 0.50011]), np.array([1, 2, 3], dtype=np.int32))
    track = timed(read(midi_bytes(cue(simple(curves=(dense,))))).tracks[1])
    assert [(t, m.value) for t, m in track if m.is_cc(1)] == [(960, 3)]


def test_two_curves_of_one_controller_are_one() -> None:
    """If they were thinned separately, the last value 100 would be lost, because its own curve had it before."""
    outer = Curve("cc", 1, np.array([0.5, 2.0]), np.array([100, 100], dtype=np.int32))
    inner = Curve("cc", 1, np.array([1.0]), np.array([20], dtype=np.int32))
    track = timed(read(midi_bytes(cue(simple(curves=(outer, inner))))).tracks[1])
    assert [(t, m.value) for t, m in track if m.is_cc(1)] == [(960, 100), (1_920, 20), (3_840, 100)]


@pytest.mark.parametrize(
    ("level_db", "value"), [(0.0, 90), (5.98, 127), (30.0, 127), (-12.04, 45), (-100.0, 1), (-6.0, 64)]
)
def test_level_follows_the_volume_law(level_db: float, value: int) -> None:
    track = read(midi_bytes(cue(simple(level_db=level_db)))).tracks[1]
    assert [m.value for m in track if m.is_cc(7)] == [value]


@pytest.mark.parametrize(("pan", "value"), [(-1.0, 1), (0.0, 64), (1.0, 127), (-3.0, 0), (9.0, 127)])
def test_pan_is_sent_as_pan_and_balance(pan: float, value: int) -> None:
    track = read(midi_bytes(cue(simple(pan=pan)))).tracks[1]
    assert [(m.control, m.value) for m in track if m.is_cc(10) or m.is_cc(8)] == [(10, value), (8, value)]


def test_a_pitch_struck_again_is_ended_a_tick_before() -> None:
    track = simple(3, onset_sec=np.array([0.0, 0.25, 0.25]), duration_sec=np.array([9.0, 0.4, 0.2]),
                   velocity=np.array([100, 60, 80], np.int16))  # fmt: skip
    # Of the two struck together the louder stays.
    assert notes_of(read(midi_bytes(cue(track))).tracks[1]) == [(0, 479, 67, 100), (480, 384, 67, 80)]


def test_drums_that_share_a_channel_do_not_overlap_and_keep_their_balance() -> None:
    loud = simple(1, drums=True, program=0, duration_sec=np.array([2.0]))
    soft = simple(1, drums=True, program=0, onset_sec=np.array([1.0]), level_db=-12.04, pan=1.0)
    _, first, second = read(midi_bytes(cue(loud, soft))).tracks
    assert notes_of(first) == [(0, 1_919, 67, 100)]
    assert notes_of(second) == [(1_920, 960, 67, 50)]  # -12 dB is half the velocity
    for pair in ((loud, soft), (soft, loud)):
        sharing = read(midi_bytes(cue(*pair))).tracks[1:]
        setups = [[(m.control, m.value) for m in track if m.type == "control_change"] for track in sharing]
        assert setups[0] == setups[1]
        assert dict(setups[0])[7] == 90


def test_values_out_of_range_are_moved_to_the_nearest() -> None:
    wild = simple(
        3,
        onset_sec=np.array([-0.2, 1.0, 2.0]), duration_sec=np.array([0.3, 0.0, -1.0]),
        pitch=np.array([-5, 200, 60], np.int16), velocity=np.array([0, 300, -7], np.int16),
        program=200, bank=999, reverb=2.0, chorus=-1.0, bend_range=300,
        curves=(
            Curve("cc", 1, np.array([0.1, 0.2]), np.array([-9, 400], np.int32)),
            Curve("bend", 0, np.array([0.1, 0.2]), np.array([-9, 99_999], np.int32)),
            Curve("nrpn", 5, np.array([0.1]), np.array([99_999], np.int32)),
        ),
    )  # fmt: skip
    track = read(midi_bytes(cue(wild))).tracks[1]
    assert notes_of(track) == [(0, 192, 0, 1), (1_920, 1, 127, 127), (3_840, 1, 60, 1)]
    assert [m.value for m in track if m.is_cc(1)] == [0, 127]
    assert [m.pitch for m in track if m.type == "pitchwheel"] == [-8_192, 8_191]
    assert [m.value for m in track if m.type == "control_change" and m.control in (0, 91, 93)] == [
        127,
        127,
        0,
    ]


def test_twenty_players_and_two_kits_have_ports_and_channels_of_their_own() -> None:
    players = [simple(name=f"Player {number}", program=number) for number in range(20)]
    kits = [simple(name=f"Kit {number}", drums=True, program=program) for number, program in enumerate((0, 48, 0))]
    tracks = (*players[:8], *kits, *players[8:])
    slots = assign_channels(tracks)
    assert slots[:8] == tuple(ChannelSlot(0, channel) for channel in range(8))
    assert slots[8:11] == (ChannelSlot(0, 9), ChannelSlot(1, 9), ChannelSlot(0, 9))
    pitched = [slot for slot, track in zip(slots, tracks, strict=True) if not track.drums]
    assert len(set(pitched)) == 20 and all(slot.channel != 9 for slot in pitched)
    assert pitched[14:16] == [ChannelSlot(0, 15), ChannelSlot(1, 0)]
    file = read(midi_bytes(cue(*tracks)))
    assert len(file.tracks) == 24
    for track, slot, source in zip(file.tracks[1:], slots, tracks, strict=True):
        assert [m.name for m in track if m.type == "track_name"] == [source.name]
        assert [m.port for m in track if m.type == "midi_port"] == [slot.port]
        assert {m.channel for m in track if not m.is_meta} == {slot.channel}
        assert [m.program for m in track if m.type == "program_change"] == [source.program]


def test_one_port_needs_no_port_event(performance: Performance) -> None:
    assert not any(m.type == "midi_port" for track in read(midi_bytes(performance)).tracks for m in track)


def test_tracks_end_on_the_last_bar_line_or_with_a_note_that_rings_on() -> None:
    inside, over = simple(1), simple(1, duration_sec=np.array([3.2]))
    conductor, *tracks = read(midi_bytes(cue(inside, over, bars=1))).tracks
    assert [timed(track)[-1][0] for track in (conductor, *tracks)] == [3_840, 3_840, 6_144]


def test_a_cue_without_tracks_and_a_track_without_notes() -> None:
    assert len(read(midi_bytes(cue())).tracks) == 1
    nothing = Curve("cc", 11, np.zeros(0), np.zeros(0, np.int32))
    silent = read(midi_bytes(cue(simple(0, curves=(nothing,))))).tracks[1]
    assert notes_of(silent) == [] and timed(silent)[-1][0] == 15_360


def test_the_file_is_saved(performance: Performance, tmp_path: Path) -> None:
    save_midi(performance, tmp_path / "new" / "cue.mid")
    assert (tmp_path / "new" / "cue.mid").read_bytes() == midi_bytes(performance)
    with pytest.raises(UsageError, match="is a folder"):
        save_midi(performance, tmp_path / "new")
