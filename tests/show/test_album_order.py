"""Automatic album order: opening first, short formats last, neighbours that differ, no cue lost."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import pytest

from cuesmith.show.album_order import BAND_BPM
from cuesmith.show.compose_show import CueSet, compose_show
from cuesmith.specs.show import CueSpec, Show, ThemeSpec

TYPES = (
    "eyecatch", "battle", "suite", "tender", "daily", "victory", "suspense", "main_theme", "sad", "chase", "comedy",
    "character",
)  # fmt: skip


def show(order: Literal["file", "auto"], seed: int) -> Show:
    cues = tuple(
        CueSpec(id=f"M-{100 + n}", type=type_, themes=("hero",), seconds=60 if type_ != "eyecatch" else 5)
        for n, type_ in enumerate(TYPES)
    )
    made = Show(title="Laid out", seed=seed, themes={"hero": ThemeSpec(character="noble")}, cues=cues)
    return replace(made, album=replace(made.album, order=order))


def sharing(made: CueSet) -> int:
    """Count neighbours in the same key and mode, without short formats, which quote the show in its own key."""
    tracks = [cue for cue in made.cues if cue.brief.type != "eyecatch"]
    return sum(a.score.plan.key == b.score.plan.key for a, b in pairwise(tracks))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_album_is_ordered(seed: int) -> None:
    made = compose_show(show("auto", seed))
    types = [cue.brief.type for cue in made.cues]
    assert sorted(types) == sorted(TYPES)
    assert types[0] == "main_theme" and types[-1] == "eyecatch"
    assert types.index("daily") < types.index("battle") < types.index("suite")
    assert sharing(made) == 0
    bands = [cue.score.plan.tempo.bpm(0) for cue in made.cues]
    close = [abs(a - b) <= BAND_BPM for a, b in pairwise(bands)]
    assert sum(a and b for a, b in pairwise(close)) <= 1


def test_without_auto_the_file_decides() -> None:
    made = compose_show(show("file", 1))
    assert [cue.brief.type for cue in made.cues] == list(TYPES)
