"""What several tests look at is made once in a run, whichever worker asks for it first."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")


class Shared:
    """Things that take long to make, kept in memory and, for the other workers, as pickles in a folder of the run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Any] = {}

    def __call__(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what `make` returns; in one process it is the same object every time. Each thing has its own name."""
        if name not in self._known:
            file = self._folder / hashlib.sha256(name.encode()).hexdigest()
            if file.exists():
                self._known[name] = pickle.loads(file.read_bytes())
            else:
                self._known[name] = make()
                partial = file.with_suffix(f".{os.getpid()}")
                partial.write_bytes(pickle.dumps(self._known[name]))
                partial.replace(file)  # never seen half written
        found: Made = self._known[name]
        return found
