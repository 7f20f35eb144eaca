"""The last resort against clashes: one part rests for one bar, and no other part changes."""

from __future__ import annotations

from tests.conftest import Composed

from cuesmith.critic.model import Finding
from cuesmith.cue.last_resort import with_bar_rest


def finding(rule: str, bar: int, part: str) -> Finding:
    return Finding(rule, 1, 1.0, 0.0, bar, part, "clash")


def test_only_the_named_part_rests_in_that_bar(composed: Composed) -> None:
    score = composed("symphonic", "battle", 1).score
    part = next(p for p in score.parts if p.role == "pad" and p.passages)
    first = min(n.onset for n in part.notes())
    bar = score.plan.sections[0].meter.bar_ticks
    start = first // bar * bar
    mended = with_bar_rest(score, finding("X01", 1 + start // bar, part.id))
    assert mended is not None
    for before, after in zip(score.parts, mended.parts, strict=True):
        if before.id != part.id:
            assert before == after
    left = next(p for p in mended.parts if p.id == part.id)
    assert not any(n.onset < start + bar and n.end > start for n in left.notes())
    assert [n for n in left.notes() if n.onset >= start + bar] == [n for n in part.notes() if n.onset >= start + bar]


def test_a_melody_is_never_removed(composed: Composed) -> None:
    score = composed("symphonic", "battle", 1).score
    lead = next(p for p in score.parts if p.role == "lead")
    bar = 1 + min(n.onset for n in lead.notes()) // score.plan.sections[0].meter.bar_ticks
    mended = with_bar_rest(score, finding("Q12", bar, lead.id))
    assert mended is not None
    assert next(p for p in mended.parts if p.id == lead.id) == lead


def test_a_fault_that_a_rest_does_not_correct_stays(composed: Composed) -> None:
    score = composed("symphonic", "battle", 1).score
    assert with_bar_rest(score, finding("Q02", 1, "")) is None
    assert with_bar_rest(score, finding("X01", 0, "")) is None
