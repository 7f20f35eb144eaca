"""Write audio files (WAV, FLAC, Ogg Vorbis), completely or not at all. The same audio always gives the same bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from cuesmith.errors import CuesmithError, UsageError
from cuesmith_render.ogg import with_serial
from cuesmith_render.tags import Tags

# Written in blocks, because libsndfile crashes the process when a minute of Vorbis is written in one call.
_WRITE_FRAMES = 16384
_OGG_SERIAL = 0x43554553  # any fixed number works; this one spells CUES
_DITHER_SEED = 16


class Format(NamedTuple):
    """How libsndfile names a file format.

    `subtypes`: bits per sample → name; key 0 when the format has no bit depth.
    """

    container: str
    subtypes: dict[int, str]


FORMATS = {
    ".wav":  Format("WAV",  {24: "PCM_24", 16: "PCM_16"}),
    ".flac": Format("FLAC", {24: "PCM_24", 16: "PCM_16"}),
    ".ogg":  Format("OGG",  {0: "VORBIS"}),
}  # fmt: skip


def write_audio(
    path: str | Path, samples: NDArray[np.float32], sample_rate: int, tags: Tags | None = None, bits: int = 24
) -> Path:
    """Write samples of shape (2, frames), full scale ±1, in the format of the path's suffix. Returns the path.

    bits: 24, or 16 with triangular dither. Vorbis has no bit depth and stores floats.

    A missing folder is created. The file appears under its name only when it is complete. Raises UsageError for an
    unknown suffix or bit depth, CuesmithError when the file can't be written.
    """
    path = Path(path)
    container, subtype = _format_of(path, bits)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with soundfile.SoundFile(
            partial, "w", samplerate=sample_rate, channels=len(samples), subtype=subtype, format=container
        ) as file:
            for name, text in (tags or Tags()).written().items():
                setattr(file, name, text)
            dither = np.random.Generator(np.random.PCG64(_DITHER_SEED)) if subtype == "PCM_16" else None
            for start in range(0, samples.shape[-1], _WRITE_FRAMES):
                block = np.ascontiguousarray(samples[:, start : start + _WRITE_FRAMES].T)
                file.write(block if dither is None else _add_dither(block, dither))
        if container == "OGG":
            partial.write_bytes(with_serial(partial.read_bytes(), _OGG_SERIAL))
        partial.replace(path)
    except (OSError, soundfile.LibsndfileError) as fault:
        raise CuesmithError(
            f"{path} cannot be written ({fault}); is the disk full, or the folder not yours? "
            "Remedy: write to another folder"
        ) from fault
    finally:
        partial.unlink(missing_ok=True)
    return path


def _format_of(path: Path, bits: int) -> tuple[str, str]:
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(f"{path.name}: '{suffix}' is not a format Cuesmith writes; name the file with one of {known}")
    container, subtypes = FORMATS[suffix]
    subtype = subtypes.get(0) or subtypes.get(bits)
    if subtype is None:
        raise UsageError(f"{bits} bits: {suffix} is written with 16 or 24 bits per sample")
    return container, subtype


def _add_dither(block: NDArray[np.float32], generator: np.random.Generator) -> NDArray[np.float32]:
    """Add triangular noise of ±1 step of 16 bits, which turns rounding errors into constant noise."""
    noise = generator.random(block.shape, np.float32) - generator.random(block.shape, np.float32)
    return block + noise * np.float32(1 / 32768)
