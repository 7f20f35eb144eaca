"""The results of the critic: findings, and one report per cue or show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from cuesmith.critic.view import View

Limits: TypeAlias = Mapping[str, float]


class Breach(NamedTuple):
    """What a check returns for a broken rule: measured value, threshold, a message, and the place (tick, part id)."""

    value: float
    threshold: float
    message: str
    tick: int = 0
    part: str = ""


class Check(NamedTuple):
    """How a rule is measured.

    needs: what the view must know (see `View.knows`), else the rule is not checked.
    by_chords: True when the rule depends on the chords. Where those are only guessed from the notes, a finding has
        severity 2 at most, so it never rejects a cue.
    """

    measure: Callable[[View, Limits], Iterable[Breach]]
    needs: frozenset[str] = frozenset()
    by_chords: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    severity: 1 reject, 2 mend, 3 polish.
    bar: from 1.
    part: part id; empty when it concerns the whole cue.
    """

    rule: str
    severity: int
    value: float
    threshold: float
    bar: int
    part: str
    message: str

    @property
    def kept(self) -> float:
        """How nearly the rule is kept, 0..1: the smaller of value and threshold divided by the larger."""
        low, high = sorted((self.value, self.threshold))
        return low / high if low > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement of a cue.

    findings: by severity, then bar.
    checked, not_checked: ids of rules that were checked, and of rules that could not be. Other rules do not apply to
        the cue.
    score: 0..100; 0 with a finding of severity 1.
    guessed: what a MIDI file did not tell and was inferred from its notes: `lead guessed: Flute, Koto`.
    """

    id: str
    title: str
    findings: tuple[Finding, ...]
    score: float
    checked: tuple[str, ...]
    not_checked: tuple[str, ...]
    guessed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether there is no finding of severity 1."""
        return all(finding.severity > 1 for finding in self.findings)

    def count(self, severity: int) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


@dataclass(frozen=True, slots=True)
class ShowReport:
    """The judgement of a show: one report per cue, and `whole`, the report of the set."""

    cues: tuple[Report, ...]
    whole: Report

    @property
    def passed(self) -> bool:
        """Whether every cue and the set passed."""
        return self.whole.passed and all(report.passed for report in self.cues)


WEIGHTS = {2: 3.0, 3: 1.0}  # weight of a rule in the score, by severity; severity 1 sets the score to 0


def score_of(findings: Iterable[Finding], severities: Mapping[str, int]) -> float:
    """Return how nearly the checked rules of severity 2 and 3 are kept, 0..100. It is 0 with a finding of severity 1.

    severities: rule id → severity, for every checked rule.
    """
    kept = {rule: 1.0 for rule, severity in severities.items() if severity in WEIGHTS}
    for finding in findings:
        if finding.severity == 1:
            return 0.0
        kept[finding.rule] = min(kept[finding.rule], finding.kept)
    total = sum(WEIGHTS[severities[rule]] for rule in kept)
    if not total:
        return 100.0
    return 100 * sum(WEIGHTS[severities[rule]] * share for rule, share in kept.items()) / total
