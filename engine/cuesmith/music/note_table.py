"""Notes as a table of numbers, for what is measured over many at once. Apart from `note`, which loads nothing heavy."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note import Note


def note_table(notes: Collection[Note]) -> NDArray[np.int64]:
    """A row of (onset, duration, pitch, velocity) per note; `np.array` takes four times as long over tuples."""
    return np.fromiter(chain.from_iterable(notes), np.int64, 4 * len(notes)).reshape(len(notes), 4)
