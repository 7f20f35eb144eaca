"""What the critic says: findings, and a report per cue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from cuesmith.critic.view import View

Limits: TypeAlias = Mapping[str, float]


class Breach(NamedTuple):
    """What a check yields: the measured value, the threshold it misses, the same in words; where (tick, part id)."""

    value: float
    threshold: float
    message: str
    tick: int = 0
    part: str = ""


class Check(NamedTuple):
    """How a rule is measured.

    needs: what the view must know (see `View.knows`), else the rule is not checked. by_chords: rests on the chords;
    where those are only guessed, what it finds is to be mended, never a reason to reject.
    """

    measure: Callable[[View, Limits], Iterable[Breach]]
    needs: frozenset[str] = frozenset()
    by_chords: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken: severity 1 reject, 2 mend, 3 polish; bar from 1; part id, empty when it is the whole cue's."""

    rule: str
    severity: int
    value: float
    threshold: float
    bar: int
    part: str
    message: str

    @property
    def kept(self) -> float:
        """How nearly the rule is kept, 0..1: the smaller of value and threshold as a share of the larger."""
        low, high = sorted((self.value, self.threshold))
        return low / high if low > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """A cue judged. findings by severity, then bar. checked, not_checked: ids of rules; the others do not apply here.

    score: 0..100; 0 with a finding of severity 1.
    """

    id: str
    title: str
    findings: tuple[Finding, ...]
    score: float
    checked: tuple[str, ...]
    not_checked: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing of severity 1 was found."""
        return all(finding.severity > 1 for finding in self.findings)

    def count(self, severity: int) -> int:
        """How many findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


@dataclass(frozen=True, slots=True)
class ShowReport:
    """A show judged: its cues one by one, and (`whole`) the set they make."""

    cues: tuple[Report, ...]
    whole: Report

    @property
    def passed(self) -> bool:
        """Whether every cue and the set passed."""
        return self.whole.passed and all(report.passed for report in self.cues)


WEIGHTS = {2: 3.0, 3: 1.0}  # of a rule by severity in the score; severity 1 is no matter of degree


def score_of(findings: Iterable[Finding], severities: Mapping[str, int]) -> float:
    """0..100: how nearly the checked rules of severity 2 and 3 are kept, weighted; 0 with a finding of severity 1.

    severities: of every checked rule, by id.
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
