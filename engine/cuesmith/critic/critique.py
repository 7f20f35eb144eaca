"""Judging: every rule of the bank over one cue or any MIDI file; `whole` judges a set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from cuesmith.critic import events, form, harmony, melody, orchestra, rhythm, theme_use, voices
from cuesmith.critic.midi import read_view
from cuesmith.critic.model import Breach, Check, Finding, Report, score_of
from cuesmith.critic.view import View, view_of
from cuesmith.motif.model import Theme
from cuesmith.score import Score
from cuesmith.specs.banks.library import Banks, load_banks

CHECKS: Mapping[str, Check] = {
    **theme_use.CHECKS, **melody.CHECKS, **harmony.CHECKS, **voices.CHECKS, **form.CHECKS, **rhythm.CHECKS,
    **orchestra.CHECKS, **events.CHECKS,
}  # fmt: skip


def critique(score: Score, themes: Mapping[str, Theme], banks: Banks, gravest: bool = False) -> Report:
    """Judge one composed cue. themes: those it may state, by name (kept for rules that compare with the theme).

    gravest: by the rules of severity 1 alone, which is all that composing asks and takes half the time.
    """
    return critique_view(view_of(score, banks), banks, gravest)


def critique_midi(path: str | Path, banks: Banks | None = None) -> Report:
    """Judge any MIDI file by what can be inferred from it; what cannot is listed as not checked.

    Raises UsageError: no such file, no MIDI file, no notes.
    """
    used = banks or load_banks()
    return critique_view(read_view(Path(path), used), used)


def critique_view(view: View, banks: Banks, gravest: bool = False) -> Report:
    """Judge what a view shows: every rule (gravest: of severity 1) that holds for such a cue and whose needs the view
    knows."""
    findings: list[Finding] = []
    severities: dict[str, int] = {}
    unknown: list[str] = []
    for id_, rule in banks.rules.items():
        check = CHECKS.get(id_)
        if check is None or (gravest and rule.severity > 1) or not rule.speaks(view.contexts):
            continue
        if not check.needs <= view.knows:
            unknown.append(id_)
            continue
        guessed = check.by_chords and "harmony" not in view.knows
        severities[id_] = max(rule.severity, 2) if guessed else rule.severity
        for breach in check.measure(view, rule.limits_for(view.contexts)):
            findings.append(finding_of(id_, severities[id_], breach, view.bar(breach.tick)))
    return report_of(view.id, view.title, findings, severities, unknown)


def finding_of(id_: str, severity: int, breach: Breach, bar: int) -> Finding:
    """A breach of a rule as it is reported. bar: from 1; 0 for the whole set."""
    return Finding(id_, severity, round(float(breach.value), 4), round(float(breach.threshold), 4), bar, breach.part,
                   breach.message)  # fmt: skip


def report_of(
    id_: str, title: str, findings: Iterable[Finding], severities: Mapping[str, int], unknown: Iterable[str]
) -> Report:
    """What was found of a cue or a set, in order of weight, and its mark. unknown: rules that could not be asked."""
    ordered = tuple(sorted(findings, key=lambda f: (f.severity, f.bar, f.rule, f.part)))
    score = round(score_of(ordered, severities), 1)
    return Report(id_, title, ordered, score, tuple(severities), tuple(unknown))
