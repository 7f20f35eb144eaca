"""A look-ahead limiter that works on short cells of audio instead of frames, which makes it very fast.

A cell has `CELL_FRAMES` frames and is described by its peak. The gain is computed per cell and interpolated linearly
between the centres of the cells.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

CELL_FRAMES = 32

_LOOK_AHEAD_SEC = 0.005
_RELEASE_PER_SEC = 4.0  # gain per second: 0.5 to 1 takes 125 ms, slow enough not to distort a bass wave
_WRAP_SEC = 0.5  # this much of the end of a loop affects its start (a full release takes 0.25 s)

Samples = NDArray[np.float32]


def cell_peaks(samples: Samples) -> NDArray[np.float64]:
    """Return the highest absolute sample of each cell of (channels, frames); the last cell may be shorter."""
    peaks = np.abs(samples).max(axis=0)
    starts = np.arange(0, peaks.size, CELL_FRAMES)
    return np.maximum.reduceat(peaks, starts).astype(np.float64)


def limiter_gain(
    peaks: NDArray[np.float64], gain: float, ceiling: float, sample_rate: int, loop: bool
) -> NDArray[np.float64] | None:
    """Return a smooth gain per cell (0..1) with which `gain · peaks` stays below `ceiling`; None when none is needed.

    It takes three steps, and no step raises the result of the one before: the smallest gain needed within the
    look-ahead on either side; a release at a constant rate; a moving average over a window that is one cell shorter
    than the look-ahead. The average of gains that are all low enough for a cell is also low enough for it, and the
    spare cell makes the linear interpolation to the next centres low enough, too. In a loop the end comes before the
    start.
    """
    if float(peaks.max(initial=0.0)) * gain <= ceiling:
        return None
    mode: Literal["wrap", "nearest"] = "wrap" if loop else "nearest"
    cells_per_sec = sample_rate / CELL_FRAMES
    reach = max(3, round(_LOOK_AHEAD_SEC * cells_per_sec))
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks * gain, 1e-9))
    held = minimum_filter1d(wanted, 2 * reach + 1, mode=mode)
    lead = min(held.size, round(_WRAP_SEC * cells_per_sec)) if loop else 0
    falling = np.arange(held.size + lead) * (_RELEASE_PER_SEC / cells_per_sec)
    rising = np.concatenate([held[held.size - lead :], held]) - falling
    released = (np.minimum.accumulate(rising) + falling)[lead:]
    width = (reach - 1) // 2 * 2 + 1  # two means of this width reach `reach - 1` cells to either side
    smooth: NDArray[np.float64] = uniform_filter1d(uniform_filter1d(released, width, mode=mode), width, mode=mode)
    return np.minimum(smooth, 1.0)


def frame_gain(cells: NDArray[np.float64], frames: int, loop: bool) -> Samples:
    """Return the gain per frame, interpolated linearly between the centres of the cells."""
    centres = np.arange(cells.size) * CELL_FRAMES + (CELL_FRAMES - 1) / 2
    before, after = (cells[-1], cells[0]) if loop else (cells[0], cells[-1])
    places = np.concatenate([[centres[-1] - frames], centres, [centres[0] + frames]])
    values = np.concatenate([[before], cells, [after]])
    out: Samples = np.interp(np.arange(frames), places, values).astype(np.float32)
    return out
