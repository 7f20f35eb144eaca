"""A performance: what is played, in seconds, with expression. Composing ends here and sound begins.

Conventions: seconds from the start of the cue; pitch 60 = C4; velocity 1..127; pan -1 (left) .. 1 (right);
controller values as MIDI sends them. Columns of one track are numpy arrays of equal length, sorted by onset.
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
    """One controller over time.

    kind   : `cc` (number = controller 0..127, values 0..127), `bend` (number unused, values 0..16383, centre 8192;
             the range is `Track.bend_range` semitones), `nrpn` (number = SoundFont generator 0..60, values are the
             generator's offset; sent as CC99=120, CC98=number, CC38=LSB, CC6=MSB of 8192 + value).
    times_sec, values : arrays of equal length, times rising.
    """

    kind: ControlKind
    number: int
    times_sec: NDArray[np.float64]
    values: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What one player (or one percussionist) plays: one MIDI track, one channel.

    role    : lead, counter, pad, ostinato, bass, pulse, impact, colour.
    layer   : 0..4, the intensity level at which the part joins.
    stem    : the audio stem it belongs to: melody, harmony, bass, rhythm, percussion, colour.
    program : General MIDI program 0..127; with `drums`, the kit number. bank: CC0 bank select.
    level_db: how loud the part stands in the mix relative to the lead (0), before the soundfont's calibration.
    delay_ms: how late the instrument speaks (onset compensation already applied to `onset_sec`).
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


@dataclass(frozen=True, slots=True)
class Marker:
    """A named place in the cue: a section, a theme statement, a loop point, a hit, a fermata, where free meter begins,
    ends (meter) and breathes."""

    time_sec: float
    tick: int
    text: str
    kind: Literal["section", "statement", "loop", "hit", "fermata", "meter", "breath"] = "section"


@dataclass(frozen=True, slots=True)
class KeySignature:
    """tick, sharps (-7 flats .. 7 sharps), minor."""

    tick: int
    sharps: int
    minor: bool


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """How a style wants its cue to sound: reverb 0..1 values as FluidSynth takes them, loudness in LUFS."""

    room_size: float = 0.6
    damping: float = 0.3
    width: float = 0.8
    reverb_level: float = 0.5
    lufs: float = -16.0


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """A whole cue as played.

    length_sec : where the last bar line stands; sound may ring after it.
    loop       : True when the end joins the start.
    tempo, meters, keys, markers : in score ticks (PPQ 960), for MIDI; `tempo` joins ticks and seconds.
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
