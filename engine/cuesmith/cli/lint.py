"""`cuesmith lint`: check a MIDI file or a show by the rules of the critic, with bar and part of each finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuesmith.cli.output import say, say_json, table

if TYPE_CHECKING:
    from cuesmith.critic.model import Finding, Report, ShowReport

MIDI = (".mid", ".midi")
WORDS = {1: "reject", 2: "mend", 3: "polish"}


class Format(StrEnum):
    """The formats in which findings are printed."""

    TEXT = "text"
    JSON = "json"


def lint(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A MIDI file, or a show: a .yaml file or a name.")],
    format_: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TEXT,
    everything: Annotated[
        bool, typer.Option("--all", help="Also print findings of mere polish, and the rules that could not be checked.")
    ] = False,
) -> None:
    """Check music by the rules of the critic. The exit code is 1 when a rule of the gravest kind is broken."""
    from cuesmith.critic.critique import critique_midi
    from cuesmith.show.critique_show import critique_show
    from cuesmith.specs.banks.library import load_banks

    if Path(source).suffix.lower() in MIDI:
        report = critique_midi(source)
        passed = report.passed
        if format_ is Format.JSON:
            say_json({"cues": [report_data(report, everything)], "set": None, "passed": passed})
        else:
            say(report_text(report, everything))
    else:
        from cuesmith.show.compose_show import compose_show

        judged = critique_show(compose_show(source), load_banks())
        passed = judged.passed
        _print_show(judged, format_, everything)
    if not passed:
        raise typer.Exit(1)


def _print_show(judged: ShowReport, format_: Format, everything: bool) -> None:
    if format_ is Format.JSON:
        cues = [report_data(report, everything) for report in judged.cues]
        say_json({"cues": cues, "set": report_data(judged.whole, everything), "passed": judged.passed})
        return
    for report in judged.cues:
        say(report_text(report, everything))
    say(report_text(judged.whole, everything, "the set"))


def shown(report: Report, everything: bool) -> tuple[Finding, ...]:
    """Return the findings to print: without --all only those of severity 1 and 2."""
    return tuple(finding for finding in report.findings if everything or finding.severity < 3)


def report_data(report: Report, everything: bool) -> dict[str, object]:
    """Return a report as plain data."""
    return {
        "id": report.id,
        "title": report.title,
        "passed": report.passed,
        "score": report.score,
        "findings": [asdict(finding) for finding in shown(report, everything)],
        "not_checked": list(report.not_checked),
        "guessed": list(report.guessed),
    }


def report_text(report: Report, everything: bool, name: str = "") -> str:
    """Return one line that summarises a report, then one line per finding, the gravest first."""
    counts = ", ".join(f"{report.count(s)} to {word}" for s, word in WORDS.items() if report.count(s))
    title = name or (report.title if report.title.startswith(report.id) else f"{report.id} {report.title}")
    lines = [f"{title}: score {report.score:g}; {counts or 'nothing to mend'} ({len(report.checked)} rules)"]
    lines += [f"  {guess}" for guess in report.guessed]
    lines += _finding_lines(shown(report, everything))
    if everything and report.not_checked:
        lines.append(f"  not checked, as the file does not tell: {' '.join(report.not_checked)}")
    return "\n".join(lines)


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    rows = [
        (f"  {WORDS[f.severity]}", f.rule, f"bar {f.bar}" if f.bar else "", f.part,
         f"{f.message} ({f.value:g}, limit {f.threshold:g})")
        for f in findings
    ]  # fmt: skip
    return table(("", "", "", "", ""), rows).splitlines()[1:]
