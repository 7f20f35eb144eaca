"""Assign tracks to MIDI channels: stem, level, and position between left and right.

These laws were measured on FluidSynth 2.3.1 and 2.5.7:

- CC7 (volume) changes the level by 40·log10(value / 127) dB; the soundfonts were calibrated near 90.
- CC8 (balance) does not change the near side and multiplies the far side by (1 - |value - 64| / 64)², for mono and
  stereo presets. CC10 (pan) is different: at full right it moves stereo presets by 5 to 18 dB and mono presets by
  100 dB. Both add up, so pan is sent as CC8 only and CC10 stays in the middle.
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
_WHOLE_SEND = 1000.0  # a full effects send; SoundFont counts in tenths of a percent
_HEADROOM_DB = 40 * math.log10(127 / BASE_VOLUME)


@dataclass(frozen=True, slots=True)
class Channel:
    """The MIDI channel of one track before the first note.

    number: MIDI channel; `number mod stems` is the index of the stem.
    controls: (controller, value) pairs to send.
    generators: (SoundFont generator, offset) pairs to set.
    key_gains_db: for drums only: gain for each pitch 0..127, applied by velocity, never above 0.
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
        """The CC7 value at the start of the channel."""
        return dict(self.controls)[VOLUME]


@dataclass(frozen=True, slots=True)
class Layout:
    """The channels, one per track, and the gain that the synthesiser must add because CC7 has an upper limit."""

    channels: tuple[Channel, ...]
    gain_db: float


def lay_out(tracks: Sequence[Track], stems: Sequence[str], calibration: Calibration) -> Layout:
    """Give each track a channel of its stem, with level, balance and effects sends.

    A part may need to be louder than CC7 allows. Then every channel is lowered by the excess, and the gain of the
    synthesiser is raised by the same amount (`Layout.gain_db`). This is exact and changes no velocity, so no tone
    colour. Raises UsageError when a stem has more tracks than FluidSynth has channels for it.
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
    """Return the CC7 value (1..127) that is `level_db` above `BASE_VOLUME`."""
    return min(127, max(1, round(BASE_VOLUME * 10 ** (level_db / 40))))


def balance(pan: float) -> int:
    """Return the CC8 value (0..127) with the left-right ratio of the constant-power law at `pan` (-1 .. 1)."""
    far = math.tan((1 - min(1.0, abs(pan))) * math.pi / 4)  # far side divided by near side: sin / cos of this angle
    offset = 64 * (1 - math.sqrt(far))
    return min(127, max(0, round(64 + math.copysign(offset, pan))))


def pan_level_db(pan: float) -> float:
    """Return the gain of the near side under the constant-power law: 0 (middle) to 3 dB (hard left or right)."""
    return 20 * math.log10(math.sqrt(2) * math.cos((1 - min(1.0, abs(pan))) * math.pi / 4))


def _send(amount: float) -> int:
    return min(127, max(0, round(amount * 127)))


def _dry_generators(track: Track) -> tuple[tuple[int, float], ...]:
    """Switch off the preset's own send to an effect that the track does not use.

    Presets may send much more to the chorus than to the dry sound (slow strings of TimGM6mb: 6 dB more), which blurs
    their position and spoils their calibration. The offset is the full range of the generator; sums below 0 count as 0.
    """
    moved = {curve.number for curve in track.curves if curve.kind == "cc"}
    effects = ((REVERB_SEND, track.reverb, _REVERB_GENERATOR), (CHORUS_SEND, track.chorus, _CHORUS_GENERATOR))
    return tuple(
        (generator, -_WHOLE_SEND)
        for controller, amount, generator in effects
        if amount <= 0 and controller not in moved
    )


def _key_gains_db(track: Track, calibration: Calibration) -> tuple[float, ...]:
    """Return the calibration of each pitch of a drum kit.

    Pitches that are not played get the highest value, because this needs no headroom.
    """
    if not track.drums:
        return ()
    played = sorted({int(pitch) for pitch in np.unique(track.pitch)})
    gains = {pitch: calibration.drum_gain_db(track.program, pitch) for pitch in played}
    top = max(gains.values(), default=0.0)
    return tuple(gains.get(pitch, top) for pitch in range(128))
