"""Write a score several times, with other random choices, until no critic rule of severity 1 is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from cuesmith.critic.critique import critique
from cuesmith.critic.model import Report
from cuesmith.cue.edit_score import count_changes
from cuesmith.cue.last_resort import with_bar_rest
from cuesmith.motif.model import Theme
from cuesmith.score import Score
from cuesmith.specs.banks.library import Banks

TRIES = 8
MOST_BAR_RESTS = 8  # added when no attempt passes
BAR_REST_STEP = ("bar rests", "where nothing else helps, a part that clashes rests for a bar")  # name and promise


def best_of(write: Callable[[int], Score], themes: Mapping[str, Theme], banks: Banks, tries: int = TRIES) -> Score:
    """Return the first score of `write(0)`, `write(1)` … that passes; otherwise the one with the fewest breaches.

    A breach is a finding of severity 1; among equals the higher mark wins, then the earlier attempt. In a score that
    does not pass, clashing parts get bar rests (see `cue.last_resort`).
    """
    best: tuple[int, float, Score, Report] | None = None
    for attempt in range(tries):
        score = write(attempt)
        report = critique(score, themes, banks, gravest=True)
        if report.passed:
            return score
        breaches = len(report.findings)
        if best is None or (-breaches, report.score) > (-best[0], best[1]):
            best = (breaches, report.score, score, report)
    assert best is not None
    _, _, score, report = best
    return _with_bar_rests(score, report, themes, banks)


def _with_bar_rests(score: Score, report: Report, themes: Mapping[str, Theme], banks: Banks) -> Score:
    """Add bar rests for the findings of a score, one at a time, until it passes or none is left to add."""
    rested = score
    for _ in range(MOST_BAR_RESTS):
        options = (with_bar_rest(rested, finding) for finding in report.findings)
        improved = next((option for option in options if option is not None), None)
        if improved is None or report.passed:
            break
        rested, report = improved, critique(improved, themes, banks, gravest=True)
    if rested is score:
        return score
    return replace(rested, steps=(*score.steps, count_changes(*BAR_REST_STEP, score, rested)))
