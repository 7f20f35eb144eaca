"""Best of several: a score is written again, with other chance, until no rule of the first severity is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cuesmith.critic.critique import critique
from cuesmith.motif.model import Theme
from cuesmith.score import Score
from cuesmith.specs.library import Banks

TRIES = 8


def best_of(write: Callable[[int], Score], themes: Mapping[str, Theme], banks: Banks, tries: int = TRIES) -> Score:
    """The first score of `write(0)`, `write(1)` … that passes; where none of `tries` does, that with fewest breaches.

    A breach is a finding of severity 1; among equals the higher mark wins, then the earlier.
    """
    best: tuple[int, float, Score] | None = None
    for attempt in range(tries):
        score = write(attempt)
        report = critique(score, themes, banks, gravest=True)
        if report.passed:
            return score
        breaches = sum(finding.severity == 1 for finding in report.findings)
        if best is None or (-breaches, report.score) > (-best[0], best[1]):
            best = (breaches, report.score, score)
    assert best is not None
    return best[2]
