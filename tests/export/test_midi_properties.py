"""Laws of the MIDI writer over generated performances, read back with mido and pretty_midi."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise

import mido
import numpy as np
import pretty_midi
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.export.midi import assign_channels, midi_bytes
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.perform.model import ControlKind, Curve, KeySignature, Marker, Performance, Track

Spans = list[tuple[int, int, int, int]]

# From seven flats to seven sharps.
MAJOR = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"]
MINOR = ["Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m"]
TICKS = st.integers(0, 30_000)
CONTROLS: list[tuple[ControlKind, int, int, int]] = [  # kind, number, lowest, highest value
    ("cc", 1, 0, 127),
    ("cc", 11, 0, 127),
    ("bend", 0, 0, 16_383),
    ("nrpn", 8, -900, 900),
]


@st.composite
def curves(draw: st.DrawFn, tempo: TempoMap) -> Curve:
    kind, number, low, high = draw(st.sampled_from(CONTROLS))
    ticks = sorted(draw(st.lists(TICKS, max_size=12)))
    values = draw(st.lists(st.integers(low, high), min_size=len(ticks), max_size=len(ticks)))
    times = tempo.seconds_array(np.array(ticks, dtype=np.int64))
    return Curve(kind, number, times, np.array(values, dtype=np.int32))


@st.composite
def tracks(draw: st.DrawFn, tempo: TempoMap) -> Track:
    one = st.tuples(TICKS, st.integers(1, 3_000), st.integers(55, 62), st.integers(1, 127))
    notes = sorted(draw(st.lists(one, max_size=20)))
    column = [np.array([note[place] for note in notes], dtype=np.int64) for place in range(4)]
    onset = tempo.seconds_array(column[0])
    return Track(
        name=draw(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)),
        part_id="part",
        role="lead",
        layer=0,
        stem="melody",
        program=draw(st.integers(0, 127)),
        bank=0,
        drums=draw(st.integers(0, 4)) == 0,
        onset_sec=onset,
        duration_sec=tempo.seconds_array(column[0] + column[1]) - onset,
        pitch=column[2].astype(np.int16),
        velocity=column[3].astype(np.int16),
        curves=tuple(draw(st.lists(curves(tempo), max_size=3))),
    )


@st.composite
def performances(draw: st.DrawFn) -> Performance:
    tempi = draw(st.dictionaries(st.integers(1, 25_000), st.integers(250_000, 1_500_000), max_size=4))
    tempo = TempoMap((TempoChange(0, 500_000), *(TempoChange(*item) for item in sorted(tempi.items()))))
    beats = st.integers(1, 12)
    meters = draw(st.dictionaries(TICKS, st.builds(Meter, beats, st.sampled_from((2, 4, 8, 16))), max_size=3))
    keys = draw(st.dictionaries(TICKS, st.tuples(st.integers(-7, 7), st.booleans()), max_size=3))
    names = draw(st.lists(st.tuples(TICKS, st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), max_size=4))
    length = draw(TICKS)
    return Performance(
        title="Cue",
        tracks=tuple(draw(st.lists(tracks(tempo), max_size=6))),
        tempo=tempo,
        meters=tuple(MeterChange(*item) for item in sorted(meters.items())),
        keys=tuple(KeySignature(tick, *key) for tick, key in sorted(keys.items())),
        markers=tuple(Marker(tempo.seconds(tick), tick, text) for tick, text in sorted(names)),
        length_sec=tempo.seconds(length),
        length_ticks=length,
        loop=draw(st.booleans()),
    )


def expected_notes(performance: Performance) -> list[Spans]:
    """Return what must sound, note by note: the rule for repeated pitches written in the simple way, per channel."""
    slots = assign_channels(performance.tracks)
    struck = defaultdict(list)
    for index, track in enumerate(performance.tracks):
        for onset, length, pitch, velocity in zip(
            track.onset_sec, track.duration_sec, track.pitch.tolist(), track.velocity.tolist(), strict=True
        ):
            on, off = performance.tempo.ticks_array(np.array([onset, onset + length])).tolist()
            struck[slots[index], pitch].append((on, velocity, max(off, on + 1), index))
    out: list[Spans] = [[] for _ in performance.tracks]
    for (_, pitch), notes in struck.items():
        notes.sort()
        following = [*(note[0] for note in notes[1:]), None]
        for (on, velocity, off, index), again in zip(notes, following, strict=True):
            end = off if again is None else min(off, again - 1)
            if end > on:
                out[index].append((on, end - on, pitch, velocity))
    return [sorted(notes) for notes in out]


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    out, at = [], 0
    for message in track:
        at += message.time
        out.append((at, message))
    return out


def read(performance: Performance) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(midi_bytes(performance)), charset="utf-8")


@settings(max_examples=120, deadline=None)
@given(performances())
def test_mido_reads_every_note_and_none_overlaps(performance: Performance) -> None:
    file = read(performance)
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 960, len(performance.tracks) + 1)
    slots = assign_channels(performance.tracks)
    wanted = expected_notes(performance)
    spans = defaultdict(list)
    for track, slot, source, expected in zip(file.tracks[1:], slots, performance.tracks, wanted, strict=True):
        sounding: dict[int, tuple[int, int]] = {}
        found = []
        for tick, message in timed(track):
            if message.type == "note_on":
                assert message.note not in sounding
                sounding[message.note] = (tick, message.velocity)
            elif message.type == "note_off":
                start, velocity = sounding.pop(message.note)
                found.append((start, tick - start, message.note, velocity))
                spans[slot, message.note].append((start, tick))
        assert not sounding
        assert sorted(found) == expected
        assert {m.channel for m in track if not m.is_meta} == {slot.channel}
        assert [m.program for m in track if m.type == "program_change"] == [source.program]
        assert [m.name for m in track if m.type == "track_name"] == [source.name]
        assert timed(track)[-1][0] >= performance.length_ticks
    for same_pitch in spans.values():
        same_pitch.sort()
        assert all(end < again for (_, end), (again, _) in pairwise(same_pitch))


@settings(max_examples=60, deadline=None)
@given(performances())
def test_mido_reads_the_map_of_the_cue(performance: Performance) -> None:
    conductor = timed(read(performance).tracks[0])
    assert [(t, m.tempo) for t, m in conductor if m.type == "set_tempo"] == list(performance.tempo.changes)
    meters = [(t, m.numerator, m.denominator) for t, m in conductor if m.type == "time_signature"]
    assert meters == [(c.tick, c.meter.numerator, c.meter.denominator) for c in performance.meters]
    keys = [(key.tick, (MINOR if key.minor else MAJOR)[key.sharps + 7]) for key in performance.keys]
    assert [(t, m.key) for t, m in conductor if m.type == "key_signature"] == keys
    wanted = [(marker.tick, marker.text) for marker in performance.markers]
    loop = [(0, "loopStart"), (performance.length_ticks, "loopEnd")] if performance.loop else []
    assert sorted((t, m.text) for t, m in conductor if m.type == "marker") == sorted(wanted + loop)


@settings(max_examples=60, deadline=None)
@given(performances())
def test_controllers_take_the_values_of_their_curves_at_every_tick(performance: Performance) -> None:
    """Thinning may leave out events but never change the current value of a controller."""
    for track, source in zip(read(performance).tracks[1:], performance.tracks, strict=True):
        for kind, number in {(curve.kind, curve.number) for curve in source.curves}:
            wanted: dict[int, int] = {}
            for curve in source.curves:
                if (curve.kind, curve.number) == (kind, number):
                    ticks = performance.tempo.ticks_array(curve.times_sec).tolist()
                    wanted |= dict(zip(ticks, curve.values.tolist(), strict=True))
            found = controller_values(timed(track), kind, number)
            for tick in sorted(wanted):
                standing = max((at for at in found if at <= tick), default=None)
                assert standing is not None
                assert found[standing] == wanted[tick]
            moves = [found[tick] for tick in sorted(found) if tick > 0]
            assert all(a != b for a, b in pairwise(moves))


def controller_values(events: list[tuple[int, mido.Message]], kind: str, number: int) -> dict[int, int]:
    """Return tick → the last value sent at it."""
    out: dict[int, int] = {}
    selected: tuple[int, ...] = ()
    low = 0
    for tick, message in events:
        if kind == "bend" and message.type == "pitchwheel":
            out[tick] = message.pitch + 8_192
        elif message.type == "control_change":
            if kind == "cc" and message.control == number:
                out[tick] = message.value
            elif message.control in (99, 101):
                selected = (message.control, message.value)
            elif message.control in (98, 100):
                selected = (*selected[:2], message.value)
            elif message.control == 38:
                low = message.value
            elif message.control == 6 and kind == "nrpn" and selected == (99, 120, number):
                out[tick] = message.value * 128 + low - 8_192
    return out


@settings(max_examples=40, deadline=None)
@given(performances())
def test_pretty_midi_reads_the_same_notes(performance: Performance) -> None:
    heard = pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(performance)), charset="utf-8")
    found = []
    for note in (note for instrument in heard.instruments for note in instrument.notes):
        on, off = heard.time_to_tick(note.start), heard.time_to_tick(note.end)
        found.append((on, off - on, note.pitch, note.velocity))
    assert sorted(found) == sorted(note for notes in expected_notes(performance) for note in notes)


@settings(max_examples=30, deadline=None)
@given(performances())
def test_at_one_tick_offs_precede_controllers_and_these_the_ons(performance: Performance) -> None:
    rank = {"note_off": 0, "control_change": 1, "pitchwheel": 1, "note_on": 2}
    for track in read(performance).tracks[1:]:
        order = [(tick, rank[m.type]) for tick, m in timed(track) if m.type in rank]
        assert order == sorted(order)


PROGRAM = """
import hashlib, sys
import numpy as np
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.perform.model import Curve, KeySignature, Marker, Performance, Track
from cuesmith.export.midi import midi_bytes
from cuesmith.export.pianoroll import pianoroll_svg

steps = np.arange(200)
at = steps * 0.3
tracks = []
for n, role in enumerate(("lead", "pad", "bass", "pulse", "strange", "other")):
    curves = tuple(Curve("cc", cc, at, (steps * cc % 128).astype(np.int32)) for cc in (11, 1, 74))
    pitch, velocity = (40 + steps * (n + 3) % 40).astype(np.int16), (20 + steps % 100).astype(np.int16)
    tracks.append(Track(role, role, role, 0, "melody", 10 * n, 0, n == 3, at + n * 0.01, np.full(200, 0.4),
                        pitch, velocity, curves))
places = ((0, "hero"), (960, "rival"), (1920, "home"))
markers = tuple(Marker(tick / 1920, tick, name, "statement") for tick, name in places)
cue = Performance("Cue", tuple(tracks), TempoMap((TempoChange(0, 500000), TempoChange(5000, 410000))),
                  (MeterChange(0, Meter(4, 4)),), (KeySignature(0, 0, False),), markers, 60.0, 115200, True)
"""


def test_bytes_do_not_depend_on_the_process() -> None:
    program = PROGRAM + ("sys.stdout.write(hashlib.sha256(midi_bytes(cue) + pianoroll_svg(cue).encode()).hexdigest())")
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(told) == 1
    assert len(told.pop()) == len(hashlib.sha256().hexdigest())
