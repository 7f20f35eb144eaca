"""Render a performance to finished audio, in one call."""

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
"""Sample rates in Hz at which both FluidSynth and the loudness meter work well."""


class Performed(Protocol):
    """Anything that has a performance, such as a composed cue."""

    @property
    def performance(self) -> Performance:
        """The performance to render."""
        ...


@dataclass(frozen=True, slots=True)
class AudioReport:
    """Figures about rendered audio.

    lufs, peak_dbtp: integrated loudness (LUFS) and true peak (dBTP) of the mix; -inf for silence.
    gain_db: constant gain applied by mastering.
    reduction_db: greatest gain reduction of the limiter, >= 0.
    soundfont, library: name of the soundfont and version of FluidSynth.
    """

    lufs: float
    peak_dbtp: float
    gain_db: float
    reduction_db: float
    soundfont: str
    library: str


@dataclass(frozen=True, eq=False)
class Audio:
    """Rendered audio, as `render` returns it.

    Attributes:
        stems: name → array of shape (2, frames), float32, left and right, full scale ±1. Read-only; all have the same
            length.
        sample_rate: in Hz.
        length_sec: time of the last bar line, in seconds.
        tail_sec: how many seconds the sound rings after that; 0 in a loop.
        loop: True when the end joins the start without a gap.
        report: loudness, peak, gains, and the names of soundfont and library.
    """

    stems: Mapping[str, NDArray[np.float32]]
    sample_rate: int
    length_sec: float
    tail_sec: float
    loop: bool
    report: AudioReport

    @cached_property
    def mix(self) -> NDArray[np.float32]:
        """The sum of all stems: array of shape (2, frames), float32, read-only.

        Example:
            >>> from cuesmith import compose
            >>> audio = render(compose(style="synth", type="eyecatch", seconds=4, seed=2))
            >>> audio.mix.shape == (2, audio.frames)
            True
        """
        total = sum_of(tuple(self.stems.values()))
        total.setflags(write=False)
        return total

    @property
    def frames(self) -> int:
        """The length in frames (samples per channel), including the tail.

        Example:
            >>> from cuesmith import compose
            >>> audio = render(compose(style="synth", type="eyecatch", seconds=4, seed=2))
            >>> audio.frames == round((audio.length_sec + audio.tail_sec) * audio.sample_rate)
            True
        """
        return int(next(iter(self.stems.values())).shape[-1])

    def save(self, path: str | Path, tags: Tags | None = None, bits: int = 24) -> Path:
        """Write the mix to a file, completely or not at all.

        Args:
            path: file to write. Its suffix gives the format: .wav, .flac or .ogg. Missing folders are created.
            tags: title, artist and so on, written into the file.
            bits: bits per sample of .wav and .flac: 24, or 16 (with dither). It has no effect on .ogg.

        Returns:
            The path.

        Raises:
            UsageError: the suffix or the number of bits is not supported.
            CuesmithError: the file can't be written.

        Example:
            >>> import tempfile
            >>> from cuesmith import compose
            >>> audio = render(compose(style="synth", type="eyecatch", seconds=4, seed=2), stems=False)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     audio.save(Path(folder, "cue.flac"), Tags(title="Eyecatch")).name
            'cue.flac'
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
        """Write each stem to a file of its own, named `<prefix><stem><extension>`.

        Args:
            directory: folder to write into; it is created if needed.
            stem_name_prefix: beginning of every file name.
            extension: .wav, .flac or .ogg.
            tags: written into every file.
            bits: as for `save`.

        Returns:
            The paths, in the order of the stems.

        Raises:
            UsageError, CuesmithError: as `save`.

        Example:
            >>> import tempfile
            >>> from cuesmith import compose
            >>> audio = render(compose(style="synth", type="eyecatch", seconds=4, seed=2))
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     paths = audio.save_stems(folder, "cue_", ".flac")
            >>> [path.name for path in paths] == [f"cue_{stem}.flac" for stem in audio.stems]
            True
        """
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
    """Play a performance with FluidSynth and master it.

    The same arguments, library and soundfont always give the same samples.

    Args:
        cue_or_performance: a composed `Cue`, or a `Performance`.
        soundfont: a .sf2 or .sf3 file to use instead of the best one found (see `fluid.discover`).
        library: a FluidSynth library to use instead of the best one found.
        sample_rate: 22050 .. 96000 Hz.
        stems: False renders only one stem, named `mix`, which is faster.
        lufs: target loudness in LUFS, above -70 and up to 0, instead of the performance's own.
        master: False leaves the levels as synthesised.
        bank: a loaded soundfont to use; `soundfont` and `library` are then ignored. By default each process loads a
            soundfont once and keeps it.

    Returns:
        The audio, in stems.

    Raises:
        ComponentError: FluidSynth, a soundfont, or a preset in it is missing.
        UsageError: the sample rate or the loudness is out of range.

    Example:
        >>> from cuesmith import compose
        >>> audio = render(compose(style="synth", type="eyecatch", seconds=4, seed=2), lufs=-16, stems=False)
        >>> audio.length_sec, audio.sample_rate, list(audio.stems), round(audio.report.lufs)
        (4.0, 44100, ['mix'], -16)
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
