"""Cuesmith: procedural cues for anime scores.

`compose(style="symphonic", type="battle", seed=7)` gives a `Cue`, `compose_show("demo")` a `CueSet`. Every name is
loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cuesmith.cue.compose import compose
    from cuesmith.cue.cue import Cue
    from cuesmith.errors import ComponentError, ComposeError, CuesmithError, SpecError, UsageError
    from cuesmith.show.compose_show import CueSet, compose_show
    from cuesmith.specs.brief import Beat, Hit
    from cuesmith.specs.load import load_show, load_style
    from cuesmith.specs.show import Show
    from cuesmith.specs.style import Style

    __version__: str

_HOMES = {
    "Beat":           "specs.brief",
    "ComponentError": "errors",
    "ComposeError":   "errors",
    "Cue":            "cue.cue",
    "CueSet":         "show.compose_show",
    "CuesmithError":  "errors",
    "Hit":            "specs.brief",
    "Show":           "specs.show",
    "SpecError":      "errors",
    "Style":          "specs.style",
    "UsageError":     "errors",
    "compose":        "cue.compose",
    "compose_show":   "show.compose_show",
    "load_show":      "specs.load",
    "load_style":     "specs.load",
}  # fmt: skip

__all__ = [
    "Beat",
    "ComponentError",
    "ComposeError",
    "Cue",
    "CueSet",
    "CuesmithError",
    "Hit",
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
