"""Gates: a gated part is silenced at the end of each note, so that the release of the soundfont is not heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.perform.model import Curve

OPEN, SHUT = 127, 0  # CC11
OPENS_SEC = 0.004  # the gate opens this long before a stroke


def gate_curve(onset: NDArray[np.float64], end: NDArray[np.float64]) -> Curve:
    """Return the CC11 curve of a gated track: open from each stroke to its end, then shut.

    A stroke that begins while the gate is open keeps it open to its own end.

    onset, end: times in seconds, in rising order of onset.
    """
    closing = np.maximum.accumulate(end)
    shuts = np.append(onset[1:] - OPENS_SEC > closing[:-1], True)  # True where no stroke begins before it ends
    opens = np.append(True, shuts[:-1])
    times = np.concatenate((np.maximum(0.0, onset[opens] - OPENS_SEC), closing[shuts]))
    values = np.concatenate((np.full(int(opens.sum()), OPEN), np.full(int(shuts.sum()), SHUT))).astype(np.int32)
    order = np.argsort(times, kind="stable")
    return Curve("cc", 11, times[order], values[order])
