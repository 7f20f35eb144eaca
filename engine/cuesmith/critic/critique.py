"""Judge a cue or any MIDI file by every rule of the bank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
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
    """Judge one composed cue.

    themes: the themes of the show, by name. No rule uses them at present.
    gravest: check only rules of severity 1; this takes half the time and is enough during composition.
    """
    return critique_view(view_of(score, banks), banks, gravest)


def critique_midi(path: str | Path, banks: Banks | None = None) -> Report:
    """Judge any MIDI file by what it tells and what can be inferred from its notes.

    A file of Cuesmith tells parts, sections and chords. The report lists what was guessed (`guessed`), and the rules
    that can't be checked (`not_checked`).

    Raises UsageError when the file is missing, not a MIDI file, or without notes.
    """
    used = banks or load_banks()
    return critique_view(read_view(Path(path), used), used)


def critique_view(view: View, banks: Banks, gravest: bool = False) -> Report:
    """Judge a view by every rule that applies to it (with `gravest` only by rules of severity 1).

    A rule whose `needs` the view does not know is listed as not checked.
    """
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
    return replace(report_of(view.id, view.title, findings, severities, unknown), guessed=view.guessed)


def finding_of(id_: str, severity: int, breach: Breach, bar: int) -> Finding:
    """Return a breach as a finding. `bar` counts from 1; 0 means the whole set."""
    return Finding(id_, severity, round(float(breach.value), 4), round(float(breach.threshold), 4), bar, breach.part,
                   breach.message)  # fmt: skip


def report_of(
    id_: str, title: str, findings: Iterable[Finding], severities: Mapping[str, int], unknown: Iterable[str]
) -> Report:
    """Return the report: findings in order of severity, and the score.

    `unknown`: ids of rules that could not be checked.
    """
    ordered = tuple(sorted(findings, key=lambda f: (f.severity, f.bar, f.rule, f.part)))
    score = round(score_of(ordered, severities), 1)
    return Report(id_, title, ordered, score, tuple(severities), tuple(unknown))
