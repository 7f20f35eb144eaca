"""The last resort: where every attempt at a cue still clashes somewhere, the part that clashes rests for that bar."""

from __future__ import annotations

from dataclasses import replace

from cuesmith.critic.model import Finding
from cuesmith.score import Part, Score, mute

CLASHING = frozenset({"X01", "Q09", "Q12", "Q13"})  # rules that a rest in the accompaniment satisfies
YIELDING = ("colour", "impact", "ostinato", "pad", "counter", "bass")  # who rests first, where the tune is named


def with_bar_rest(score: Score, finding: Finding) -> Score | None:
    """The score with a rest of a bar for the part a finding names, or for who yields to a tune it names.

    None when the rule asks for something else, or nobody can rest there.
    """
    if finding.rule not in CLASHING or finding.bar < 1:
        return None
    *starts, _ = score.plan.bar_lines()
    start = starts[min(finding.bar, len(starts)) - 1]
    end = next((tick for tick in starts if tick > start), score.plan.length)
    playing = [p for p in score.parts if any(n.onset < end and n.end > start for n in p.notes())]
    named = [p for p in playing if p.id == finding.part and p.role in YIELDING]
    able = named or sorted((p for p in playing if p.role in YIELDING), key=lambda p: YIELDING.index(p.role))
    if not able:
        return None
    resting = able[0].id
    parts = [_resting(part, start, end) if part.id == resting else part for part in score.parts]
    return replace(score, parts=tuple(part for part in parts if any(part.notes())))


def _resting(part: Part, start: int, end: int) -> Part:
    return replace(part, passages=mute(part.passages, ((start, end),)))
