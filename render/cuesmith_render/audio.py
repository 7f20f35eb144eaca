"""The way from a performance to finished audio, in one call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cuesmith.errors import UsageError
from cuesmith.perform.model import Performance
from cuesmith_render.encode import write_audio
from cuesmith_render.fluid.discover import find_library, find_soundfont
from cuesmith_render.fluid.synth import Bank, shared_bank
from cuesmith_render.loudness import integrated_lufs
from cuesmith_render.master import master_gain, measure
from cuesmith_render.stems import render_stems, sum_of, trim_tail
from cuesmith_render.tags import Tags

LEAST_SAMPLE_RATE, MOST_SAMPLE_RATE = 22050, 96000
"""What FluidSynth and the loudness meter both serve well."""


class Performed(Protocol):
    """Anything that carries a performance, such as a composed cue."""

    @property
    def performance(self) -> Performance:
        """What is to sound."""
        ...


@dataclass(frozen=True, slots=True)
class AudioReport:
    """How the audio came to be as it is.

    lufs, peak_dbtp    : integrated loudness (LUFS) and true peak (dBTP) of the mix; -inf for silence.
    gain_db            : constant gain applied by mastering.
    reduction_db       : the most the limiter took away, >= 0.
    soundfont, library : the soundfont's name and FluidSynth's version.
    """

    lufs: float
    peak_dbtp: float
    gain_db: float
    reduction_db: float
    soundfont: str
    library: str


@dataclass(frozen=True, eq=False)
class Audio:
    """Rendered audio.

    stems      : name → (2, frames) float32, left and right, full scale ±1, read-only; all of one length.
    length_sec : where the last bar line stands; tail_sec: how long it rings after that (0 in a loop).
    loop       : True when the end joins the start without a seam.
    """

    stems: Mapping[str, NDArray[np.float32]]
    sample_rate: int
    length_sec: float
    tail_sec: float
    loop: bool
    report: AudioReport

    @cached_property
    def mix(self) -> NDArray[np.float32]:
        """The stems added up, in their order: (2, frames)."""
        total = sum_of(tuple(self.stems.values()))
        total.setflags(write=False)
        return total

    @property
    def frames(self) -> int:
        """The length in frames, tail included."""
        return int(next(iter(self.stems.values())).shape[-1])

    def save(self, path: str | Path, tags: Tags | None = None, bits: int = 24) -> Path:
        """Write the mix as .wav, .flac (24 bits, or 16 with dither) or .ogg by the path's suffix → the
        path.

        Raises UsageError for another suffix, CuesmithError when it cannot be written.
        """
        return write_audio(path, self.mix, self.sample_rate, tags, bits)

    def save_stems(
        self,
        directory: str | Path,
        stem_name_prefix: str = "",
        extension: str = ".wav",
        tags: Tags | None = None,
        bits: int = 24,
    ) -> tuple[Path, ...]:
        """Write each stem as `<prefix><stem><extension>` → the paths, in order. Raises as `save`."""
        suffix = "." + extension.lstrip(".")
        return tuple(
            write_audio(Path(directory) / f"{stem_name_prefix}{name}{suffix}", stem, self.sample_rate, tags, bits)
            for name, stem in self.stems.items()
        )


def render(
    cue_or_performance: Performance | Performed,
    *,
    soundfont: str | Path | None = None,
    library: str | Path | None = None,
    sample_rate: int = 44100,
    stems: bool = True,
    lufs: float | None = None,
    master: bool = True,
    bank: Bank | None = None,
) -> Audio:
    """Play a performance and master it.

    soundfont, library : files to use instead of the ones found (see `fluid.discover`).
    sample_rate        : 22050 .. 96000 Hz.
    stems              : False renders everything as one stem named `mix`, which is quicker.
    lufs               : target loudness instead of the performance's own.
    master             : False leaves levels as synthesised.
    bank               : a loaded soundfont to use, over `soundfont` and `library`; else one per process is
    kept.

    The same arguments, library and soundfont give the same bits, run after run.
    Raises ComponentError when FluidSynth, a soundfont or a preset in it is missing, UsageError for a
    sample rate or loudness out of range.
    """
    performance = cue_or_performance
    if not isinstance(performance, Performance):
        performance = performance.performance
    if not LEAST_SAMPLE_RATE <= sample_rate <= MOST_SAMPLE_RATE:
        raise UsageError(f"sample rate {sample_rate}: choose {LEAST_SAMPLE_RATE} to {MOST_SAMPLE_RATE}, usually 44100")
    target_lufs = performance.mix.lufs if lufs is None else lufs
    if not -70 < target_lufs <= 0:
        raise UsageError(f"loudness {target_lufs} LUFS: choose -70 to 0; -16 is usual for games, -14 for streaming")
    bank = bank or shared_bank(find_library(library), find_soundfont(soundfont))
    raw = render_stems(performance, bank, sample_rate, divided=stems)
    mix = sum_of(raw.samples)
    if not performance.loop:
        before_lufs = integrated_lufs(mix, sample_rate)
        raw, mix = trim_tail(raw, mix, target_lufs - before_lufs if math.isfinite(before_lufs) else 0.0)
    if master:
        gain = master_gain(mix, sample_rate, target_lufs, performance.loop)
        gain.apply(raw.samples)
    else:
        gain = measure(mix, sample_rate, performance.loop)
    raw.samples.setflags(write=False)
    return Audio(
        stems=MappingProxyType(dict(zip(raw.names, raw.samples, strict=True))),
        sample_rate=sample_rate,
        length_sec=raw.body_frames / sample_rate,
        tail_sec=raw.tail_frames / sample_rate,
        loop=performance.loop,
        report=AudioReport(
            lufs=gain.lufs,
            peak_dbtp=gain.peak_dbtp,
            gain_db=gain.gain_db,
            reduction_db=gain.reduction_db,
            soundfont=bank.soundfont.name,
            library=bank.library.version,
        ),
    )
