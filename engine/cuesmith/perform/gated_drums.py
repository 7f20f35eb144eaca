"""Gates: what is played through one is cut off at its end, whatever the soundfont would let ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuesmith.perform.model import Curve

OPEN, SHUT = 127, 0  # CC11
OPENS_SEC = 0.004  # before its stroke


def gate_curve(onset: NDArray[np.float64], end: NDArray[np.float64]) -> Curve:
    """CC11 of a gated track: open from each stroke to its end, then shut, so that no release is heard after it.

    onset, end: seconds, in order of the onsets. A stroke under an open gate keeps it open to its own end.
    """
    closing = np.maximum.accumulate(end)
    shuts = np.append(onset[1:] - OPENS_SEC > closing[:-1], True)  # nobody strikes before it is over
    opens = np.append(True, shuts[:-1])
    times = np.concatenate((np.maximum(0.0, onset[opens] - OPENS_SEC), closing[shuts]))
    values = np.concatenate((np.full(int(opens.sum()), OPEN), np.full(int(shuts.sum()), SHUT))).astype(np.int32)
    order = np.argsort(times, kind="stable")
    return Curve("cc", 11, times[order], values[order])
