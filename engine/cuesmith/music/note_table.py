"""Notes as a NumPy array, for measuring many at once. Separate from `note`, so that `note` does not load NumPy."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import Note


def note_table(notes: Collection[Note]) -> NDArray[np.int64]:
    """Return an array of shape (notes, 4) with columns onset, duration, pitch, velocity.

    `np.fromiter` over the chained tuples takes about a quarter of the time of `np.array`.
    """
    return np.fromiter(chain.from_iterable(notes), np.int64, 4 * len(notes)).reshape(len(notes), 4)
