"""`import cuesmith`: the public names, that they are loaded late, and that no sub-package hides them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cuesmith


def test_every_public_name_is_there() -> None:
    for name in cuesmith.__all__:
        assert getattr(cuesmith, name) is not None
    assert set(cuesmith.__all__) <= set(dir(cuesmith))


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cuesmith.nothing  # noqa: B018


def test_compose_gives_a_cue() -> None:
    made = cuesmith.compose(style="synth", type="eyecatch", seconds=4, seed=2)
    assert isinstance(made, cuesmith.Cue)
    assert made.seconds == 4
    with pytest.raises(cuesmith.UsageError):
        cuesmith.compose(type="nothing")


@pytest.mark.parametrize(
    "code",
    [
        "import sys, cuesmith; assert not {'numpy', 'pydantic', 'yaml', 'cuesmith.cue'} & set(sys.modules)",
        # no sub-package hides a public name, whether it is imported before or after the name was asked for
        "import cuesmith.cue.compose, cuesmith; assert callable(cuesmith.compose)",
        "import cuesmith; cuesmith.compose; import cuesmith.cue.compose; assert callable(cuesmith.compose)",
        "from cuesmith.cue.cue import Cue; from cuesmith import compose; assert callable(compose)",
        "from cuesmith import *; assert callable(compose) and isinstance(__version__, str)",
        "import cuesmith; cuesmith.note = 1; assert cuesmith.note == 1",
    ],
)
def test_in_a_fresh_process(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
