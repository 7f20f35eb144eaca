"""The synthesiser: plays a list of events in one pass, and returns one stereo buffer with effects per stem.

Every render gets a fresh synthesiser, because a used one starts reused voices slightly differently (measured: -45 dB)
and keeps the phases of its LFOs. The soundfont is loaded once and shared, which costs 50 µs per render. Routing:
FluidSynth sends MIDI channel c to audio group `c mod groups` and to effects unit `c mod units`. There are as many
groups and units as stems, and the effects buffers are the same memory as the stem's buffer. So reverb and chorus of a
stem are added to that stem without a copy.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cuesmith.errors import ComponentError
from cuesmith.perform.model import Mix
from cuesmith_render.fluid.binding import FluidSynth, file_name_argument, load_library
from cuesmith_render.fluid.channels import Channel
from cuesmith_render.fluid.discover import Library, Soundfont
from cuesmith_render.fluid.events import BEND, BLOCK_FRAMES, CONTROL, NOTE_OFF, EventList

BASE_GAIN = 0.5
"""FluidSynth's `synth.gain`, the same as during the calibration of the soundfonts."""

_ALL_CHANNELS = -1
_MELODIC, _DRUM = 0, 1
_DRUM_BANK = 128
_INTERPOLATION_4TH_ORDER = 4
_LONGEST_CALL_FRAMES = 256 * BLOCK_FRAMES
_TAIL_STEP_FRAMES = 64 * BLOCK_FRAMES
_SILENCE = 1e-5  # -100 dBFS before mastering: 70 dB below anything that mastering raises to full level
_BASE_SETTINGS = {
    "synth.polyphony": 1024,  # dense orchestral cues need 250 voices; with too few, notes are cut audibly
    "synth.cpu-cores": 1,  # more cores need more CPU time in total; cues are rendered in parallel instead
    "synth.threadsafe-api": 0,
    "synth.lock-memory": 0,
    "synth.reverb.active": 1,
    "synth.chorus.active": 1,
    "synth.chorus.nr": 3,
}
# FluidSynth 2.4 changed its defaults; these are set so that every version sounds the same.
_CHORUS_SETTINGS = {
    "synth.chorus.level": 0.6,
    "synth.chorus.speed": 0.2,
    "synth.chorus.depth": 4.25,
}


@dataclass(frozen=True, slots=True)
class Pass:
    """Settings of one pass of the synthesiser.

    groups: number of stems, at least 1.
    body_frames: frames up to the last bar line (any number).
    tail_frames: frames after it. Synthesis stops when there is no more sound; the rest stays zero.
    gain_db: added to `BASE_GAIN`.
    """

    sample_rate: int
    groups: int
    body_frames: int
    tail_frames: int
    gain_db: float
    mix: Mix


class Bank:
    """A soundfont that is loaded once and used by any number of renders. Close it with `with` or `close`.

    Renders of one bank in several threads wait for each other, because they share one soundfont object of FluidSynth.
    Processes, or separate banks, run in parallel.
    """

    def __init__(self, library: Library, soundfont: Soundfont) -> None:
        """Load the soundfont. Raises ComponentError when FluidSynth can't read it."""
        self.library, self.soundfont = library, soundfont
        self._fluid: FluidSynth = load_library(library.path)
        self._lock = threading.Lock()
        calls = self._fluid.calls
        self._settings = self._fluid.new_settings({"synth.lock-memory": 0}, {})
        self._synth: int | None = calls.new_fluid_synth(self._settings)
        number = calls.fluid_synth_sfload(self._synth, file_name_argument(soundfont.path), 0)
        if number < 0:
            self.close()
            raise ComponentError(
                f"{soundfont.path} cannot be read by FluidSynth {library.version}; the file is probably "
                "damaged or cut short. Remedy: download it again, or name no soundfont"
            )
        self._font: int = calls.fluid_synth_get_sfont_by_id(self._synth, number)

    def __enter__(self) -> Bank:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the samples. A closed bank can't render any more."""
        calls = self._fluid.calls
        if self._synth is not None:
            calls.delete_fluid_synth(self._synth)
            calls.delete_fluid_settings(self._settings)
            self._synth = None

    def has_preset(self, bank: int, program: int) -> bool:
        """Return whether the soundfont has this preset. Drum kits are in bank 128."""
        return bool(self._fluid.calls.fluid_sfont_get_preset(self._font, bank, program))

    def synthesise(self, channels: tuple[Channel, ...], events: EventList, one: Pass) -> NDArray[np.float32]:
        """Play the events and return an array of shape (groups, 2, frames), dry sound and effects together.

        frames: at least `body_frames + tail_frames`; each of the two is rounded up to whole blocks.

        Raises ComponentError when the soundfont has no preset for a channel, or FluidSynth fails.
        """
        with self._lock:
            calls = self._fluid.calls
            settings = self._fluid.new_settings(*_settings(channels, one))
            synth = calls.new_fluid_synth(settings)
            font_id = calls.fluid_synth_add_sfont(synth, self._font)
            try:
                calls.fluid_synth_set_interp_method(synth, _ALL_CHANNELS, _INTERPOLATION_4TH_ORDER)
                for channel in channels:
                    self._set_up(synth, font_id, channel)
                return _play(self._fluid, synth, events, one)
            finally:
                calls.fluid_synth_remove_sfont(synth, self._font)  # otherwise deleting the synth would free the font
                calls.delete_fluid_synth(synth)
                calls.delete_fluid_settings(settings)

    def _set_up(self, synth: int, font_id: int, channel: Channel) -> None:
        calls, number = self._fluid.calls, channel.number
        calls.fluid_synth_set_channel_type(synth, number, _DRUM if channel.drums else _MELODIC)
        bank, program = self._preset(channel)
        calls.fluid_synth_program_select(synth, number, font_id, bank, program)
        calls.fluid_synth_pitch_wheel_sens(synth, number, channel.bend_range)
        for generator, offset in channel.generators:
            calls.fluid_synth_set_gen(synth, number, generator, offset)
        for controller, value in channel.controls:
            calls.fluid_synth_cc(synth, number, controller, value)

    def _preset(self, channel: Channel) -> tuple[int, int]:
        """Return bank and program of the channel, or the nearest in the soundfont: bank 0, or the standard kit."""
        if channel.drums:
            wanted = ((_DRUM_BANK, channel.program), (_DRUM_BANK, 0))
        else:
            wanted = ((channel.bank, channel.program), (0, channel.program))
        for bank, program in wanted:
            if self.has_preset(bank, program):
                return bank, program
        what = "drum kit" if channel.drums else f"program {channel.program}"
        raise ComponentError(
            f"the soundfont {self.soundfont.name} has no {what}; it is probably not a General MIDI one. "
            "Remedy: render with MuseScore_General, FluidR3_GM or, by naming none, the embedded one"
        )


@lru_cache(maxsize=2)
def shared_bank(library: Library, soundfont: Soundfont) -> Bank:
    """Return the one bank of this process for a library and a soundfont, because loading a large font takes seconds."""
    return Bank(library, soundfont)


def _settings(channels: tuple[Channel, ...], one: Pass) -> tuple[dict[str, int], dict[str, float]]:
    highest = max((channel.number for channel in channels), default=0)
    integers = _BASE_SETTINGS | {
        "synth.midi-channels": -(-(highest + 1) // 16) * 16,  # FluidSynth takes multiples of 16
        "synth.audio-channels": one.groups,
        "synth.audio-groups": one.groups,
        "synth.effects-groups": one.groups,
    }
    numbers = _CHORUS_SETTINGS | {
        "synth.sample-rate": float(one.sample_rate),
        "synth.gain": BASE_GAIN * 10 ** (one.gain_db / 20),
        "synth.reverb.room-size": one.mix.room_size,
        "synth.reverb.damp": one.mix.damping,
        "synth.reverb.width": one.mix.width,
        "synth.reverb.level": one.mix.reverb_level,
    }
    return integers, numbers


class _Output:
    """The buffers of the stems, and how far they are filled. FluidSynth adds to them, so they start as zeros."""

    def __init__(self, fluid: FluidSynth, synth: int, groups: int, frames: int) -> None:
        self.stems: NDArray[np.float32] = np.zeros((groups, 2, frames), np.float32)
        self._fluid, self._synth = fluid, synth
        rows = self.stems.ctypes.data + np.arange(2 * groups, dtype=np.uintp) * self.stems.strides[1]
        # For each unit: reverb left and right, then chorus left and right; all point to the buffer of its stem.
        effects = np.concatenate([np.tile(rows[2 * group : 2 * group + 2], 2) for group in range(groups)])
        self._start = np.concatenate([rows, effects]).astype(np.uintp)
        self._at = self._start.copy()
        self._dry, self._wet = 2 * groups, 4 * groups
        self._dry_pointer = self._at.ctypes.data
        self._wet_pointer = self._dry_pointer + self._at.itemsize * self._dry
        self.filled = 0

    def fill(self, until: int) -> None:
        """Synthesise up to the frame `until` (a multiple of a block)."""
        process, item = self._fluid.calls.fluid_synth_process, self.stems.itemsize
        while self.filled < until:
            step = min(until - self.filled, _LONGEST_CALL_FRAMES)
            np.add(self._start, np.uintp(self.filled * item), out=self._at)
            if process(self._synth, step, self._wet, self._wet_pointer, self._dry, self._dry_pointer) != 0:
                raise ComponentError(
                    f"FluidSynth {self._fluid.version_text} failed in rendering, probably short of memory. "
                    "Remedy: render fewer cues at once (--jobs 1)"
                )
            self.filled += step


def _play(fluid: FluidSynth, synth: int, events: EventList, one: Pass) -> NDArray[np.float32]:
    calls = fluid.calls
    note_on, note_off = calls.fluid_synth_noteon, calls.fluid_synth_noteoff
    control, bend = calls.fluid_synth_cc, calls.fluid_synth_pitch_bend
    body = -(-one.body_frames // BLOCK_FRAMES) * BLOCK_FRAMES
    end = body + -(-one.tail_frames // BLOCK_FRAMES) * BLOCK_FRAMES
    output = _Output(fluid, synth, one.groups, end)
    kinds, channels = events.kind.tolist(), events.channel.tolist()
    firsts, seconds = events.first.tolist(), events.second.tolist()
    starts = np.flatnonzero(np.diff(events.frame, prepend=-1))
    bounds = [*starts.tolist(), len(kinds)]
    for (start, stop), frame in zip(pairwise(bounds), events.frame[starts].tolist(), strict=True):
        if frame >= end:
            break
        output.fill(frame)
        for index in range(start, stop):
            kind = kinds[index]
            if kind == CONTROL:
                control(synth, channels[index], firsts[index], seconds[index])
            elif kind == BEND:
                bend(synth, channels[index], firsts[index])
            elif kind == NOTE_OFF:
                note_off(synth, channels[index], firsts[index])
            else:
                note_on(synth, channels[index], firsts[index], seconds[index])
    output.fill(body)
    while output.filled < end:
        before = output.filled
        output.fill(min(end, before + _TAIL_STEP_FRAMES))
        recent = output.stems[..., before : output.filled]
        if calls.fluid_synth_get_active_voice_count(synth) == 0 and float(np.abs(recent).max()) < _SILENCE:
            break
    return output.stems
