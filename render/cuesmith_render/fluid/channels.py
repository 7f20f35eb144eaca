"""From tracks to MIDI channels: which stem, how loud, where between left and right.

Laws, all measured on FluidSynth 2.3.1 and 2.5.7:
- CC7 (volume) changes the level by 40·log10(value / 127) dB; the soundfonts were calibrated around 90.
- CC8 (balance) leaves the near side alone and multiplies the far side by (1 - |value - 64| / 64)², for
  mono and stereo presets alike. CC10 (pan) does not: at full right it moves stereo presets by 5 to 18 dB
  and mono ones by 100 dB, and both together add up, so pan is sent as CC8 alone and CC10 stays in the
  middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cuesmith.errors import UsageError
from cuesmith.perform.model import Track
from cuesmith_render.fluid.calibration import Calibration

VOLUME, BALANCE, PAN, EXPRESSION, REVERB_SEND, CHORUS_SEND = 7, 8, 10, 11, 91, 93
BASE_VOLUME = 90
MOST_CHANNELS = 256
"""FluidSynth's limit of MIDI channels."""

_CHORUS_GENERATOR, _REVERB_GENERATOR = 15, 16
_WHOLE_SEND = 1000.0  # SoundFont counts sends in tenths of a percent
_HEADROOM_DB = 40 * math.log10(127 / BASE_VOLUME)


@dataclass(frozen=True, slots=True)
class Channel:
    """One track's MIDI channel as it stands before the first note.

    number        : MIDI channel; `number mod stems` is the stem.
    controls      : (controller, value) pairs to send.
    generators    : (SoundFont generator, offset) pairs to set.
    key_gains_db  : drums only: for each pitch 0..127, the level to add by velocity, never above 0.
    """

    number: int
    bank: int
    program: int
    drums: bool
    bend_range: int
    controls: tuple[tuple[int, int], ...]
    generators: tuple[tuple[int, float], ...] = ()
    key_gains_db: tuple[float, ...] = ()

    @property
    def volume(self) -> int:
        """The CC7 value the channel starts with."""
        return dict(self.controls)[VOLUME]


@dataclass(frozen=True, slots=True)
class Layout:
    """The channels, track by track, and the gain the synthesiser owes for volumes kept within CC7's range."""

    channels: tuple[Channel, ...]
    gain_db: float


def lay_out(tracks: Sequence[Track], stems: Sequence[str], calibration: Calibration) -> Layout:
    """Give each track a channel of its stem, with level, balance and sends set.

    A part may be wanted louder than CC7 can make it. Then every channel is sent softer by the excess and
    the synthesiser's gain made up by the same (`Layout.gain_db`): exact, and no velocity, hence no timbre,
    changes. Raises UsageError when there are more tracks in a stem than FluidSynth has channels for.
    """
    used = dict.fromkeys(stems, 0)
    numbers = []
    for track in tracks:
        numbers.append(list(stems).index(track.stem) + len(stems) * used[track.stem])
        used[track.stem] += 1
    if max(numbers, default=0) >= MOST_CHANNELS:
        crowd = max(used, key=lambda stem: used[stem])
        raise UsageError(
            f"{used[crowd]} tracks in stem '{crowd}' need more than FluidSynth's {MOST_CHANNELS} channels; "
            "join tracks of the same instrument, or render with stems=False"
        )
    key_gains = [_key_gains_db(track, calibration) for track in tracks]
    wanted = [
        track.level_db + pan_level_db(track.pan) + (max(gains) if track.drums else calibration.gain_db(track.program))
        for track, gains in zip(tracks, key_gains, strict=True)
    ]
    gain_db = max(0.0, max(wanted, default=0.0) - _HEADROOM_DB)
    channels = tuple(
        Channel(
            number=number,
            bank=track.bank,
            program=track.program,
            drums=track.drums,
            bend_range=track.bend_range,
            controls=(
                (VOLUME, volume(level_db - gain_db)),
                (BALANCE, balance(track.pan)),
                (PAN, 64),
                (EXPRESSION, 127),
                (REVERB_SEND, _send(track.reverb)),
                (CHORUS_SEND, _send(track.chorus)),
            ),
            generators=_dry_generators(track),
            key_gains_db=tuple(gain - max(gains) for gain in gains) if track.drums else (),
        )
        for number, track, level_db, gains in zip(numbers, tracks, wanted, key_gains, strict=True)
    )
    return Layout(channels, gain_db)


def volume(level_db: float) -> int:
    """The CC7 value, 1..127, that stands `level_db` above `BASE_VOLUME`."""
    return min(127, max(1, round(BASE_VOLUME * 10 ** (level_db / 40))))


def balance(pan: float) -> int:
    """The CC8 value, 0..127, with the left-right ratio of the constant-power law at `pan`, -1 .. 1."""
    far = math.tan((1 - min(1.0, abs(pan))) * math.pi / 4)  # far over near side of sin and cos at this angle
    offset = 64 * (1 - math.sqrt(far))
    return min(127, max(0, round(64 + math.copysign(offset, pan))))


def pan_level_db(pan: float) -> float:
    """What the near side gains under the constant-power law, 0 (middle) to 3 dB (hard left or right)."""
    return 20 * math.log10(math.sqrt(2) * math.cos((1 - min(1.0, abs(pan))) * math.pi / 4))


def _send(amount: float) -> int:
    return min(127, max(0, round(amount * 127)))


def _dry_generators(track: Track) -> tuple[tuple[int, float], ...]:
    """Turn off the preset's own send to an effect the track has none of.

    Presets may send far more to the chorus than they sound themselves (slow strings of TimGM6mb: 6 dB more), which
    blurs their place and undoes their calibration. The offset is the generator's whole range; sums below 0 count as 0.
    """
    moved = {curve.number for curve in track.curves if curve.kind == "cc"}
    effects = ((REVERB_SEND, track.reverb, _REVERB_GENERATOR), (CHORUS_SEND, track.chorus, _CHORUS_GENERATOR))
    return tuple(
        (generator, -_WHOLE_SEND)
        for controller, amount, generator in effects
        if amount <= 0 and controller not in moved
    )


def _key_gains_db(track: Track, calibration: Calibration) -> tuple[float, ...]:
    """Per pitch, the drum's calibration; pitches not played get the loudest one's: that costs no headroom."""
    if not track.drums:
        return ()
    played = sorted({int(pitch) for pitch in np.unique(track.pitch)})
    gains = {pitch: calibration.drum_gain_db(track.program, pitch) for pitch in played}
    top = max(gains.values(), default=0.0)
    return tuple(gains.get(pitch, top) for pitch in range(128))
