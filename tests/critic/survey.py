"""How often each rule is broken, over seeds × styles × cue types: `python -m tests.critic.survey 10` (number of seeds).

This is not a test but a measurement, to read before a rule or the music is changed. It takes about half a second per
seed, style and type.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

from cuesmith.critic.critique import critique
from cuesmith.critic.model import Report
from cuesmith.cue.compose import compose
from cuesmith.specs.banks.library import load_banks


class Judged(NamedTuple):
    """One composed cue and its findings."""

    style: str
    type: str
    seed: int
    report: Report


class Share(NamedTuple):
    """A rule: how many cues it was checked on, how many broke it, and the share of those by style and by type."""

    rule: str
    checked: int
    broken: int
    by_style: tuple[tuple[str, float], ...]
    worst_types: tuple[tuple[str, float], ...]


def survey(seeds: Iterable[int]) -> Iterator[Judged]:
    """Compose and judge every style × cue type × seed."""
    banks = load_banks()
    styles = sorted(file.name[:-5] for file in files("cuesmith.styles").iterdir() if file.name.endswith(".yaml"))
    wanted = tuple(seeds)
    for style in styles:
        for type_ in banks.cue_types:
            for seed in wanted:
                cue = compose(style=style, type=type_, seed=seed)
                yield Judged(style, type_, seed, critique(cue.score, cue.themes, banks))


def shares(cues: Iterable[Judged]) -> list[Share]:
    """Return the rules, those most often broken first."""
    checked: Counter[tuple[str, str]] = Counter()
    broken: Counter[tuple[str, str]] = Counter()
    for cue in cues:
        failed = {finding.rule for finding in cue.report.findings}
        for rule in cue.report.checked:
            for key in ("", f"style {cue.style}", f"type {cue.type}"):
                checked[rule, key] += 1
                broken[rule, key] += rule in failed
    out = []
    for rule in dict.fromkeys(rule for rule, _ in checked):
        rates = {key: broken[rule, key] / count for (name, key), count in checked.items() if name == rule}
        styles = [(key[6:], rate) for key, rate in rates.items() if key.startswith("style ")]
        types = sorted(((key[5:], rate) for key, rate in rates.items() if key.startswith("type ")), key=lambda x: -x[1])
        out.append(Share(rule, checked[rule, ""], broken[rule, ""], tuple(styles), tuple(types[:3])))
    return sorted(out, key=lambda share: -share.broken / share.checked)


def main(seeds: int) -> None:
    """Print the table."""
    cues = list(survey(range(seeds)))
    for share in shares(cues):
        where = " ".join(f"{name} {rate:.0%}" for name, rate in (*share.by_style, *share.worst_types))
        sys.stdout.write(f"{share.rule:5} {share.broken / share.checked:6.1%} of {share.checked:5}  {where}\n")
    for severity in (1, 2, 3):
        mean = sum(cue.report.count(severity) for cue in cues) / len(cues)
        sys.stdout.write(f"findings of severity {severity} per cue: {mean:.2f}\n")
    sys.stdout.write(f"passed: {sum(cue.report.passed for cue in cues) / len(cues):.1%} of {len(cues)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
