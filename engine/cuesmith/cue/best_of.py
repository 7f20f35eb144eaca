"""Best of several: a score is written again, with other chance, until no rule of the first severity is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cuesmith.critic.critique import critique
from cuesmith.critic.model import Report
from cuesmith.cue.last_resort import with_bar_rest
from cuesmith.motif.model import Theme
from cuesmith.score import Score
from cuesmith.specs.banks.library import Banks

TRIES = 8
RESTS = 8  # bars that players may be told to rest in, where no way of writing passes


def best_of(write: Callable[[int], Score], themes: Mapping[str, Theme], banks: Banks, tries: int = TRIES) -> Score:
    """The first score of `write(0)`, `write(1)` … that passes; where none of `tries` does, that with fewest breaches,
    with rests where players still clash (`cue.last_resort`).

    A breach is a finding of severity 1; among equals the higher mark wins, then the earlier.
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
    for _ in range(RESTS):
        mended = next(
            (m for m in (with_bar_rest(score, finding) for finding in report.findings) if m is not None), None
        )
        if mended is None or report.passed:
            break
        score, report = mended, critique(mended, themes, banks, gravest=True)
    return score
