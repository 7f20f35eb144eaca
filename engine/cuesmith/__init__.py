"""Cuesmith: procedural cues for anime scores.

`compose(style="symphonic", type="battle", seed=7)` gives a `Cue`, `compose_show("demo")` a `CueSet`. Every name is
loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cuesmith.cue import Cue, compose
    from cuesmith.errors import ComponentError, ComposeError, CuesmithError, SpecError, UsageError
    from cuesmith.show.compose import CueSet, compose_show
    from cuesmith.specs.load import load_show, load_style
    from cuesmith.specs.show import Show
    from cuesmith.specs.style import Style

    __version__: str

_HOMES = {
    "ComponentError": "errors",
    "ComposeError":   "errors",
    "Cue":            "cue",
    "CueSet":         "show.compose",
    "CuesmithError":  "errors",
    "Show":           "specs.show",
    "SpecError":      "errors",
    "Style":          "specs.style",
    "UsageError":     "errors",
    "compose":        "cue",
    "compose_show":   "show.compose",
    "load_show":      "specs.load",
    "load_style":     "specs.load",
}  # fmt: skip

__all__ = [
    "ComponentError",
    "ComposeError",
    "Cue",
    "CueSet",
    "CuesmithError",
    "Show",
    "SpecError",
    "Style",
    "UsageError",
    "__version__",
    "compose",
    "compose_show",
    "load_show",
    "load_style",
]


class _Package(ModuleType):
    """Keeps public names public: importing the sub-package `cuesmith.compose` would hide the function `compose`."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    value: object
    if name == "__version__":
        from importlib.metadata import version

        value = version("cuesmith")
    elif name in _HOMES:
        value = getattr(importlib.import_module(f"cuesmith.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'cuesmith' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
