"""Measure a soundfont: play every instrument that Cuesmith knows on its own, and analyse the sound.

A program is played in the low, middle and high part of its best register at velocity 80, and in the middle also at 48
and 112. Then every key of its range is played briefly. The level of a note is its loudest 400 ms (K-weighted, BS.1770),
that of a program the mean of the three registers. Each drum is played once, for a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from cuesmith.errors import ComponentError
from cuesmith.perform.model import Mix
from cuesmith_render.fluid.channels import (
    BALANCE,
    BASE_VOLUME,
    CHORUS_SEND,
    EXPRESSION,
    PAN,
    REVERB_SEND,
    VOLUME,
    Channel,
)
from cuesmith_render.fluid.events import BLOCK_FRAMES, CONTROL, NOTE_OFF, NOTE_ON, EventList
from cuesmith_render.fluid.synth import Bank, Pass
from cuesmith_render.loudness import step_energy, weighted_power

RATE = 44100
HELD_SEC, RING_SEC = 2.0, 1.0  # length of a measured note, and of the recording of its release
KEY_SEC = 0.25  # length of each note in the search for silent keys
DRUM_SEC = 1.0
SILENT_DB = -45.0  # a key this far below the median key is silent
VELOCITY, SOFT, LOUD, DRUM_VELOCITY = 80, 48, 112, 100
SILENT_LUFS = -70.0  # a note below this is silent

_ALL_SOUND_OFF = 120
_STEP_SEC = 0.1
_HOP_SEC = 0.005
_ONSET_DB, _TAIL_DB = -10.0, -20.0
_DRY = (
    (VOLUME, BASE_VOLUME), (BALANCE, 64), (PAN, 64), (EXPRESSION, 127), (REVERB_SEND, 0), (CHORUS_SEND, 0),
)  # fmt: skip
_NO_SENDS = ((15, -1000.0), (16, -1000.0))  # the preset's own sends to chorus and reverb

Samples = NDArray[np.float32]
Keys = tuple[int, int]
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of one program.

    lufs: loudest 400 ms of two-second notes at velocity 80, mean of three registers.
    register_db: difference between the loudest and the softest of these.
    dynamics_db: velocity 112 compared with 48.
    attack50_ms, onset_ms: time until half of the peak, and until 10 dB below it.
    tail_ms: time from the end of the note until -20 dB.
    cents: how far it is out of tune; None when there is no clear pitch.
    silent_keys: keys in the range of the instrument without sound.
    """

    lufs: float
    register_db: float
    dynamics_db: float
    attack50_ms: int
    onset_ms: int
    tail_ms: int
    cents: float | None
    silent_keys: tuple[int, ...]


def measure_program(bank: Bank, program: int, keys: Keys, sweet: Keys, number: int = 0) -> Measured | None:
    """Measure one program; None when the font does not have it or it is silent.

    keys, sweet: lowest and highest pitch of the range, and of the best register.
    number: bank number.
    """
    if not bank.has_preset(number, program):
        return None
    channel = Channel(0, number, program, False, 2, _DRY, _NO_SENDS)
    middle = (keys[0] + keys[1]) // 2
    third = max(3, (sweet[1] - sweet[0]) // 4)
    notes = [(middle, VELOCITY), (max(keys[0], sweet[0] + third), VELOCITY), (min(keys[1], sweet[1] - third), VELOCITY),
             (middle, SOFT), (middle, LOUD)]  # fmt: skip
    heard = _play(bank, channel, notes, HELD_SEC, RING_SEC)
    levels = [_momentary_lufs(one) for one in heard]
    sounding = [level for level in levels[:3] if level > SILENT_LUFS]
    if not sounding:
        return None
    envelope = _envelope_db(heard[levels.index(max(levels[:3]))] if levels[0] <= SILENT_LUFS else heard[0])
    return Measured(
        lufs=sum(sounding) / len(sounding),
        register_db=max(sounding) - min(sounding),
        dynamics_db=levels[4] - levels[3] if levels[0] > SILENT_LUFS else 0.0,
        attack50_ms=_reached_ms(envelope, -6.0),
        onset_ms=_reached_ms(envelope, _ONSET_DB),
        tail_ms=_tail_ms(envelope),
        cents=_cents(heard[0], middle),
        silent_keys=_silent_keys(bank, channel, range(keys[0], keys[1] + 1)),
    )


def measure_drums(bank: Bank, kit: int, keys: Sequence[int]) -> dict[int, float]:
    """Return the loudness in LUFS of the keys of a drum kit at velocity 100; silent keys are left out."""
    channel = Channel(0, 0, kit, True, 2, _DRY, _NO_SENDS)
    heard = _play(bank, channel, [(key, DRUM_VELOCITY) for key in keys], DRUM_SEC, 0.0)
    levels = {key: _momentary_lufs(one) for key, one in zip(keys, heard, strict=True)}
    return {key: level for key, level in levels.items() if level > SILENT_LUFS}


def measure(
    bank: Bank,
    programs: Mapping[int, tuple[str, Keys, Keys]],
    kits: Iterable[int],
    usual_drums_db: Mapping[int, float],
    on_progress: OnProgress = lambda what, done, total: None,
) -> dict[str, object]:
    """Measure a whole soundfont; returns a table in the format of `calibration.json`, for this font only.

    programs: program → name, range and best register.
    kits: numbers of the drum kits.
    usual_drums_db: usual level of each drum relative to the median of the programs.

    Raises ComponentError when it has fewer than eight of the programs, so it is not a General MIDI font.
    """
    font = bank.soundfont.name
    others = sorted(set(kits) - {0})
    steps = len(programs) + 1 + len(others)
    found: dict[int, Measured] = {}
    for done, (program, (name, keys, sweet)) in enumerate(sorted(programs.items()), 1):
        one = measure_program(bank, program, keys, sweet)
        if one is not None:
            found[program] = one
        on_progress(name, done, steps)
    if len(found) < 8:
        raise ComponentError(
            f"{bank.soundfont.path} has {len(found)} of the {len(programs)} programs Cuesmith plays; it is not a "
            "General MIDI soundfont. Remedy: choose one that is, such as MuseScore_General or FluidR3_GM"
        )
    middle = median(one.lufs for one in found.values())
    drums: dict[int, float] = {}
    kit_gains: dict[int, float] = {}
    if bank.has_preset(128, 0):
        standard = measure_drums(bank, 0, sorted(usual_drums_db))
        drums = {key: usual_drums_db[key] - (level - middle) for key, level in standard.items()}
        on_progress("drums", len(programs) + 1, steps)
        kit_gains[0] = 0.0
        for done, kit in enumerate(others, len(programs) + 2):
            if bank.has_preset(128, kit):
                there = measure_drums(bank, kit, sorted(standard))
                both = [standard[key] - level for key, level in there.items()]
                kit_gains[kit] = median(both) if both else 0.0
            on_progress(f"drum kit {kit}", done, steps)
    return {
        "font": font,
        "median_lufs": round(middle, 2),
        "program_columns": ["program", f"{font} gain_db", "attack50_ms", "onset_ms", "tail_ms", "register_db",
                            "dynamics_db", "cents"],
        "programs": [
            [program, round(middle - one.lufs, 1), one.attack50_ms, one.onset_ms, one.tail_ms,
             round(one.register_db, 1), round(one.dynamics_db, 1), one.cents]
            for program, one in found.items()
        ],
        "silent_keys": {font: {str(n): list(one.silent_keys) for n, one in found.items() if one.silent_keys}},
        "missing_programs": sorted(set(programs) - set(found)),
        "drum_columns": ["key", f"{font} gain_db"],
        "drums": [[key, round(gain, 1)] for key, gain in drums.items()],
        "kits": {font: {str(kit): round(gain, 1) for kit, gain in kit_gains.items()}},
    }  # fmt: skip


def _play(
    bank: Bank, channel: Channel, notes: Sequence[tuple[int, int]], held_sec: float, ring_sec: float
) -> list[Samples]:
    """Play notes of (pitch, velocity) one after another without overlap; returns samples (2, frames) for each."""
    held, slot = (round(sec * RATE / BLOCK_FRAMES) for sec in (held_sec, held_sec + ring_sec))
    rows = []
    for index, (pitch, velocity) in enumerate(notes):
        at = index * slot
        rows += [(at, CONTROL, _ALL_SOUND_OFF, 0), (at, NOTE_ON, pitch, velocity)]
        if ring_sec > 0:
            rows.append((at + held, NOTE_OFF, pitch, 0))
    columns = np.array(rows, np.int64).T
    frames = len(notes) * slot * BLOCK_FRAMES
    events = EventList(columns[0] * BLOCK_FRAMES, columns[1], np.zeros_like(columns[0]), columns[2], columns[3])
    heard = bank.synthesise((channel,), events, Pass(RATE, 1, frames, 0, 0.0, Mix()))[0]
    size = slot * BLOCK_FRAMES
    return [heard[:, index * size : (index + 1) * size] for index in range(len(notes))]


def _momentary_lufs(samples: Samples) -> float:
    energy = step_energy(weighted_power(samples, RATE), round(_STEP_SEC * RATE))
    loudest = float(np.convolve(energy, np.ones(4), "valid").max()) / (4 * _STEP_SEC * RATE)
    return -0.691 + 10 * math.log10(loudest) if loudest > 0 else -math.inf


def _envelope_db(samples: Samples) -> NDArray[np.float64]:
    """Return the level in dB every 5 ms, over windows of 10 ms."""
    hop = round(_HOP_SEC * RATE)
    power = np.einsum("cn,cn->n", samples, samples, dtype=np.float64)
    blocks = power[: power.size // hop * hop].reshape(-1, hop).mean(axis=1)
    return 10 * np.log10(np.maximum(np.convolve(blocks, [0.5, 0.5])[: blocks.size], 1e-14))


def _reached_ms(envelope: NDArray[np.float64], under_db: float) -> int:
    held = envelope[: round(HELD_SEC / _HOP_SEC)]
    return round(1000 * _HOP_SEC * int(np.argmax(held >= held.max() + under_db)))


def _tail_ms(envelope: NDArray[np.float64]) -> int:
    held = round(HELD_SEC / _HOP_SEC)
    before, after = envelope[held - 10 : held].max(), envelope[held:]
    gone = np.flatnonzero(after > before + _TAIL_DB)
    return round(1000 * _HOP_SEC * (int(gone[-1]) + 1)) if gone.size else 0


def _cents(samples: Samples, pitch: int) -> float | None:
    """Return how far the strongest of the first four partials is out of tune, in cents; None when none is clear."""
    cut = samples[:, round(0.1 * RATE) : round(1.4 * RATE)].sum(axis=0)
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(cut * np.hanning(cut.size), size))
    wanted = 440.0 * 2 ** ((pitch - 69) / 12)
    best: tuple[float, float] | None = None
    for partial in range(1, 5):
        low, high = (round(partial * wanted * 2 ** (c / 1200) * size / RATE) for c in (-60, 60))
        if high >= spectrum.size - 1:
            break
        peak = low + int(np.argmax(spectrum[low : high + 1]))
        around = spectrum[max(0, peak - (high - low) * 3) : peak + (high - low) * 3]
        if peak in (low, high) or spectrum[peak] < 6 * float(np.median(around)):
            continue
        left, here, right = (math.log(max(float(spectrum[peak + k]), 1e-12)) for k in (-1, 0, 1))
        bend = 0.5 * (left - right) / (left - 2 * here + right)
        frequency = (peak + bend) * RATE / size / partial
        if best is None or spectrum[peak] > best[0]:
            best = float(spectrum[peak]), 1200 * math.log2(frequency / wanted)
    return None if best is None else round(best[1], 1)


def _silent_keys(bank: Bank, channel: Channel, keys: range) -> tuple[int, ...]:
    heard = _play(bank, channel, [(key, DRUM_VELOCITY) for key in keys], KEY_SEC, 0.0)
    levels = np.array([10 * math.log10(float(np.square(one).mean()) + 1e-14) for one in heard])
    return tuple(key for key, level in zip(keys, levels, strict=True) if level < np.median(levels) + SILENT_DB)
