"""`humanize`: from exact timing to players with habits, over the same score."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from tests.conftest import Composed

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.errors import UsageError
from cuesmith.perform.model import Performance
from cuesmith.perform.play import perform
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.load import load_style

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


def at(cue: Cue, share: float, banks: Banks, swing: float | None = None) -> Performance:
    plan = replace(cue.score.plan, brief=replace(cue.brief, humanize=share))
    style = load_style(cue.brief.style)
    if swing is not None:
        style = replace(style, playing=replace(style.playing, swing=swing))
    return perform(replace(cue.score, plan=plan), style, banks)


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "tender"))))
def test_at_0_notes_begin_where_they_are_written(style: str, type_: str, composed: Composed, banks: Banks) -> None:
    cue = composed(style, type_, 1)
    swung = {p.section for part in cue.score.parts for p in part.passages
             if p.device in banks.grooves and banks.grooves[p.device].swing > 0.5}  # fmt: skip
    for part, track in zip(cue.score.parts, at(cue, 0.0, banks, swing=0.5).tracks, strict=True):
        notes = sorted(n for p in part.passages if p.section not in swung for n in p.notes)
        wanted = cue.score.plan.tempo.seconds_array(np.array([n.onset for n in notes], np.int64))
        assert np.isin(np.round(wanted, 6), np.round(track.onset_sec, 6)).all()


@pytest.mark.parametrize("style", STYLES)
def test_strictness_grows_evenly(style: str, composed: Composed, banks: Banks) -> None:
    """Half the value is half the way from the grid to the habits, note by note (except for clipping at the start)."""
    cue = composed(style, "daily", 1)
    none, half, all_ = (at(cue, share, banks) for share in (0.0, 0.5, 1.0))
    later = 0
    for straight, between, played in zip(none.tracks, half.tracks, all_.tracks, strict=True):
        if straight.onset_sec.size != played.onset_sec.size or played.role in ("pad", "ostinato"):
            continue
        far = np.abs(np.sort(played.onset_sec) - np.sort(straight.onset_sec))
        near = np.abs(np.sort(between.onset_sec) - np.sort(straight.onset_sec))
        assert near.mean() <= 0.6 * far.mean() + 1e-4
        later += 1
    assert later
    for track, other in zip(cue.performance.tracks, all_.tracks, strict=True):  # 1 is as before
        assert np.array_equal(track.onset_sec, other.onset_sec)
        assert np.array_equal(track.velocity, other.velocity)


def test_without_random_parts_equal_notes_are_played_equally(composed: Composed, banks: Banks) -> None:
    """Notes written the same way, at the same place of the phrase, have the same velocity."""
    cue = composed("symphonic", "battle", 1)
    strict, loose = (
        [np.diff(t.velocity.astype(int)) for t in at(cue, share, banks).tracks if t.role == "pulse"]
        for share in (0.0, 1.0)
    )
    assert sum(int((d == 0).sum()) for d in strict) > 2 * sum(int((d == 0).sum()) for d in loose)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_other_shares_are_refused(share: float) -> None:
    with pytest.raises(UsageError, match="humanize"):
        compose(humanize=share)
