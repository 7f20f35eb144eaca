"""The last resort for a clash that every attempt has: the clashing part rests for one bar."""

from __future__ import annotations

from dataclasses import replace

from cuesmith.critic.model import Finding
from cuesmith.score import Part, Score, mute

CLASHING = frozenset({"X01", "Q09", "Q12", "Q13"})  # rules that a rest in the accompaniment can satisfy
# roles that may rest; the first rests first when the finding names the tune
YIELDING = ("colour", "impact", "ostinato", "pad", "counter", "bass")


def with_bar_rest(score: Score, finding: Finding) -> Score | None:
    """Return the score with a bar rest for the part that a finding names, or for an accompanist when it names the tune.

    None when a rest does not help with this rule, or nobody can rest there.
    """
    if finding.rule not in CLASHING or finding.bar < 1:
        return None
    *starts, _ = score.plan.bar_lines()
    start = starts[min(finding.bar, len(starts)) - 1]
    end = next((tick for tick in starts if tick > start), score.plan.length)
    playing = [p for p in score.parts if any(n.onset < end and n.end > start for n in p.notes())]
    named = [p for p in playing if p.id == finding.part and p.role in YIELDING]
    candidates = named or sorted((p for p in playing if p.role in YIELDING), key=lambda p: YIELDING.index(p.role))
    if not candidates:
        return None
    resting = candidates[0].id
    parts = [_resting(part, start, end) if part.id == resting else part for part in score.parts]
    return replace(score, parts=tuple(part for part in parts if any(part.notes())))


def _resting(part: Part, start: int, end: int) -> Part:
    """Mute a part from `start` to `end` (ticks)."""
    return replace(part, passages=mute(part.passages, ((start, end),)))
