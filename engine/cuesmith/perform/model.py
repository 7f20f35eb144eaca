"""A performance: what is played, in seconds, with expression.

It is what the composer passes to MIDI export and rendering.

Conventions: times in seconds from the start of the cue; pitch 60 = C4; velocity 1..127; pan -1 (left) .. 1 (right);
controller values as in MIDI. The columns of one track are NumPy arrays of equal length, sorted by onset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.meter import MeterChange
from cuesmith.music.tempo import TempoMap

ControlKind = Literal["cc", "bend", "nrpn"]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The values of one controller over time.

    kind: `cc` (number is the controller 0..127, values 0..127); `bend` (number is not used, values 0..16383 with centre
        8192, range `Track.bend_range` semitones); or `nrpn` (number is the SoundFont generator 0..60, values are the
        offset of the generator, sent as CC99=120, CC98=number, then CC38 and CC6 with LSB and MSB of 8192 + value).
    times_sec, values: arrays of equal length, times rising.
    """

    kind: ControlKind
    number: int
    times_sec: NDArray[np.float64]
    values: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What one player (or one percussionist) plays: one MIDI track on one channel.

    role: lead, guide, counter, pad, ostinato, bass, pulse, impact or colour.
    layer: 0..4, the intensity level at which the part joins.
    stem: the audio stem of the track: melody, harmony, bass, rhythm, percussion or colour.
    program: General MIDI program 0..127; with `drums` the number of the kit.
    bank: bank select (CC0).
    onset_sec: compensated for the slow attack of the instrument.
    level_db: level in the mix relative to the lead (0 dB), before the calibration of the soundfont.
    pan, reverb, chorus: pan -1..1, effect sends 0..1.
    bend_range: semitones of the full pitch bend.
    text: written into the MIDI track as a text event (see `perform.facts`); "" writes none.
    """

    name: str
    part_id: str
    role: str
    layer: int
    stem: str
    program: int
    bank: int
    drums: bool
    onset_sec: NDArray[np.float64]
    duration_sec: NDArray[np.float64]
    pitch: NDArray[np.int16]
    velocity: NDArray[np.int16]
    curves: tuple[Curve, ...] = ()
    level_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.3
    chorus: float = 0.0
    bend_range: int = 2
    text: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """A named place in the cue.

    It is a section, a theme statement, a loop point, a hit, a fermata, a change to or from free meter (`meter`), or a
    breath in free meter.
    """

    time_sec: float
    tick: int
    text: str
    kind: Literal["section", "statement", "loop", "hit", "fermata", "meter", "breath"] = "section"


@dataclass(frozen=True, slots=True)
class KeySignature:
    """The key signature from this tick on: sharps (-7 flats .. 7 sharps), and whether it is minor."""

    tick: int
    sharps: int
    minor: bool


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """The mix settings of a style: reverb values 0..1 as FluidSynth takes them, and the target loudness in LUFS."""

    room_size: float = 0.6
    damping: float = 0.3
    width: float = 0.8
    reverb_level: float = 0.5
    lufs: float = -16.0


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """A whole cue as played.

    length_sec: time of the last bar line; sound may ring after it.
    loop: True when the end joins the start.
    tempo, meters, keys, markers: in score ticks (960 per quarter note), for MIDI; `tempo` converts between ticks and
        seconds.
    comment, texts: text events of the first MIDI track: one at its start, and others with their ticks, in order.
    """

    title: str
    tracks: tuple[Track, ...]
    tempo: TempoMap
    meters: tuple[MeterChange, ...]
    keys: tuple[KeySignature, ...]
    markers: tuple[Marker, ...]
    length_sec: float
    length_ticks: int
    loop: bool = False
    fade_out_sec: float = 0.0
    mix: Mix = field(default_factory=Mix)
    comment: str = ""
    texts: tuple[tuple[int, str], ...] = ()
