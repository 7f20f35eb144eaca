"""Render a performance into stems: one buffer for each layer of the mix, all of the same length, before mastering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cuesmith.perform.model import Performance
from cuesmith_render.fluid.calibration import calibration_of
from cuesmith_render.fluid.channels import lay_out
from cuesmith_render.fluid.events import BLOCK_FRAMES, events_of
from cuesmith_render.fluid.holes import fill_silent_keys
from cuesmith_render.fluid.synth import Bank, Pass

Samples = NDArray[np.float32]

STEM_ORDER = ("melody", "harmony", "bass", "rhythm", "percussion", "colour")
"""The order in which stems are stored and summed; stems with other names follow in alphabetical order."""

MIX = "mix"
"""The name of the only stem when a cue is rendered without stems, or is empty."""

LEAST_TAIL_SEC = 0.5
MOST_TAIL_SEC = 8.0
_LOOP_TAIL_SEC = 12.0  # harps and bells ring for more than 8 s; synthesis stops earlier when nothing sounds
_FADE_POWER = 1.5
_AUDIBLE = 10 ** (-70 / 20)
_CUT_FADE_SEC = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """Stems before mastering.

    samples: shape (stems, 2, frames), float32, left and right.
    body_frames: frame of the last bar line; the tail comes after it (none in a loop).
    """

    names: tuple[str, ...]
    samples: Samples
    body_frames: int
    sample_rate: int

    @property
    def tail_frames(self) -> int:
        """Number of frames after the last bar line."""
        return int(self.samples.shape[-1]) - self.body_frames


def render_stems(performance: Performance, bank: Bank, sample_rate: int, divided: bool = True) -> Stems:
    """Synthesise a performance in one pass.

    A loop has exactly `round(length_sec · sample_rate)` frames; what rings after its end is added to its start, so that
    the end joins the start. Any other performance has a tail of `MOST_TAIL_SEC`, which `trim_tail` shortens. With a
    fade-out the tail is `LEAST_TAIL_SEC` of silence.

    divided: False gives one stem, `mix`, and is faster.
    """
    tracks = performance.tracks if divided else tuple(replace(track, stem=MIX) for track in performance.tracks)
    used = {track.stem for track in tracks}
    names = tuple(name for name in STEM_ORDER if name in used) + tuple(sorted(used - set(STEM_ORDER)))
    calibration = calibration_of(bank.soundfont)
    tracks = fill_silent_keys(tracks, calibration)
    layout = lay_out(tracks, names, calibration)
    body_frames = max(1, round(performance.length_sec * sample_rate))
    events = events_of(tracks, layout.channels, sample_rate, body_frames, performance.loop)
    fade_sec = 0.0 if performance.loop else min(performance.fade_out_sec, performance.length_sec)
    tail_sec = _LOOP_TAIL_SEC if performance.loop else LEAST_TAIL_SEC if fade_sec > 0 else MOST_TAIL_SEC
    samples = bank.synthesise(
        layout.channels,
        events,
        Pass(
            sample_rate=sample_rate,
            groups=max(1, len(names)),
            body_frames=body_frames,
            tail_frames=_least_tail_frames(sample_rate) if fade_sec > 0 else round(tail_sec * sample_rate),
            gain_db=layout.gain_db,
            mix=performance.mix,
        ),
    )
    if performance.loop:
        _wrap_into_start(samples, body_frames)
        samples = samples[..., :body_frames]
    else:
        tail_frames = round(tail_sec * sample_rate) // BLOCK_FRAMES * BLOCK_FRAMES
        samples = samples[..., : body_frames + max(tail_frames, _least_tail_frames(sample_rate))]
        if fade_sec > 0:
            _fade(samples, body_frames, fade_sec * sample_rate)
    return Stems(names or (MIX,), samples, body_frames, sample_rate)


def trim_tail(stems: Stems, mix: Samples, gain_db: float) -> tuple[Stems, Samples]:
    """Cut the tail where the sound, raised by `gain_db`, finally falls below -70 dBFS. Returns stems and mix.

    The remaining tail is a multiple of 64 frames, at least `LEAST_TAIL_SEC`, and ends with a fade of 50 ms. The results
    are views of the given buffers, which are changed in place, because copying a long cue would take longer than all
    this.
    """
    tail = np.abs(mix[:, stems.body_frames :]).max(axis=0, initial=0.0)
    heard = np.flatnonzero(tail > _AUDIBLE * 10 ** (-gain_db / 20))
    last = int(heard[-1]) + 1 if heard.size else 0
    kept = -(-last // BLOCK_FRAMES) * BLOCK_FRAMES
    kept = min(stems.tail_frames, max(kept, _least_tail_frames(stems.sample_rate)))
    fade_frames = min(kept, round(_CUT_FADE_SEC * stems.sample_rate))
    falling = np.cos(np.linspace(0, np.pi / 2, fade_frames, dtype=np.float32)) ** 2
    cut = slice(0, stems.body_frames + kept)
    samples, mix = stems.samples[..., cut], mix[..., cut]
    for buffer in (samples, mix):
        buffer[..., buffer.shape[-1] - fade_frames :] *= falling
    return replace(stems, samples=samples), mix


def sum_of(stems: Sequence[Samples] | Samples) -> Samples:
    """Add stems of shape (2, frames) one by one in order, so that the sum has always the same bits."""
    total: Samples = stems[0].copy()
    for stem in stems[1:]:
        total += stem
    return total


def _least_tail_frames(sample_rate: int) -> int:
    return -(-round(LEAST_TAIL_SEC * sample_rate) // BLOCK_FRAMES) * BLOCK_FRAMES


def _wrap_into_start(samples: Samples, body_frames: int) -> None:
    """Add everything after the end of a loop to its start."""
    frames = samples.shape[-1]
    for start in range(body_frames, frames, body_frames):
        piece = samples[..., start : start + body_frames]
        samples[..., : piece.shape[-1]] += piece


def _fade(samples: Samples, body_frames: int, fade_frames: float) -> None:
    """Fade to silence at the last bar line: factor (1 - t / T) to the power of 1.5."""
    first = max(0, body_frames - int(fade_frames))
    left = (body_frames - np.arange(first, body_frames)) / fade_frames
    samples[..., first:body_frames] *= (np.minimum(left, 1.0) ** _FADE_POWER).astype(np.float32)
    samples[..., body_frames:] = 0
