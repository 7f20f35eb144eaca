"""Variants of a cue, as music editors ask for them: B without the melody, C soft, D the ending alone.

They are cut from the same score, so B and C have the bars, tempo and length of A to the tick, and can be laid over it.
I0 to I4 are the intensity levels, which have a score of their own: see `levels`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from cuesmith.cue.intensity_levels import LEVELS, at_level
from cuesmith.errors import ComposeError
from cuesmith.music.tempo import TempoChange, TempoMap
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import Part, Passage, Score
from cuesmith.specs.brief import Brief

SOFT_VELOCITY = 0.72  # share of the written velocity in variant C
SOFT_LAYER = 1  # the highest layer that still plays in variant C
ENDING_SEC = (4.0, 14.0)  # variant D is the shortest whole ending at least this long, and not much longer than that
IN = "IN"  # the second of a pair, which leads in: the same plan with the ending of its type
TITLES = {
    "B": "no melody", "C": "soft", "D": "ending", IN: "leads in", **{name: f"intensity {name[1]}" for name in LEVELS},
}  # fmt: skip


def _without_melody(score: Score) -> Score:
    """Without whoever leads; of a song only the voice is missing, so that it can be sung to."""
    tune = "guide" if any(part.role == "guide" for part in score.parts) else "lead"
    parts = tuple(part for part in score.parts if part.role != tune)
    return replace(score, parts=parts or score.parts)


def _soft(score: Score) -> Score:
    def quiet(part: Part) -> Part:
        passages = tuple(
            replace(p, notes=tuple(n._replace(velocity=max(1, round(n.velocity * SOFT_VELOCITY))) for n in p.notes))
            for p in part.passages
        )
        return replace(part, passages=passages)

    doubling = {part.id for part in score.parts if all(p.device.startswith("doubles ") for p in part.passages)}
    kept = [p for p in score.parts if p.role not in ("pulse", "impact") and p.id not in doubling]
    inner = [p for p in kept if p.layer <= SOFT_LAYER or p.role in ("lead", "guide")]
    return replace(score, parts=tuple(quiet(part) for part in (inner or kept or score.parts)))


def _tail(plan: Plan) -> int:
    """The bar line at which variant D begins: whole sections from the end while they are short, else four-bar steps."""
    *lines, _ = plan.bar_lines()
    start = plan.length
    while lines and (start > plan.sections[-1].start or plan.seconds - plan.tempo.seconds(start) < ENDING_SEC[0]):
        start = lines.pop()
        if lines and plan.seconds - plan.tempo.seconds(lines[-1]) > ENDING_SEC[1]:
            break
    return start


def _later(tempo: TempoMap, start: int) -> TempoMap:
    now = max(c for c in tempo.changes if c.tick <= start)
    after = tuple(TempoChange(c.tick - start, c.us_per_quarter) for c in tempo.changes if c.tick > start)
    held = tuple(f._replace(start=f.start - start, end=f.end - start) for f in tempo.fermatas if f.start >= start)
    return TempoMap((TempoChange(0, now.us_per_quarter), *after), held)


def _ending(score: Score) -> Score:
    plan = score.plan
    start = _tail(plan)
    sections: list[SectionPlan] = []
    renumbered: dict[int, int] = {}
    first_bar = 0
    for section in plan.sections:
        if section.end <= start:
            continue
        begin = max(section.start, start)
        renumbered[section.index] = len(sections)
        bars = sum(tick >= begin for tick in section.bar_ticks())
        sections.append(
            replace(
                section,
                index=len(sections),
                start=begin - start,
                length=section.end - begin,
                bars=bars,
                first_bar=first_bar,
                flow=tuple(tick - start for tick in section.flow if tick >= begin),
            )
        )
        first_bar += bars

    def later(passage: Passage) -> Passage | None:
        notes = tuple(n._replace(onset=n.onset - start) for n in passage.notes if n.onset >= start)
        if not notes:
            return None
        said = passage.statement
        if said is not None and said.start >= start:
            said = replace(said, start=said.start - start, end=said.end - start)
        elif said is not None:
            said = None  # the quotation has lost its head
        return replace(passage, notes=notes, section=renumbered.get(passage.section, 0), statement=said)

    parts = []
    for part in score.parts:
        passages = tuple(p for p in map(later, part.passages) if p is not None)
        if passages:
            parts.append(replace(part, passages=passages))
    harmony = tuple(
        replace(s, onset=max(s.onset, start) - start, duration=s.end - max(s.onset, start))
        for s in score.harmony
        if s.end > start
    )
    begin_sec, begin_bar = plan.tempo.seconds(start), plan.bars - sum(section.bars for section in sections)
    shorter = replace(
        plan,
        hits=tuple(
            replace(
                hit,
                tick=hit.tick - start,
                bar=hit.bar - begin_bar,
                at_sec=hit.at_sec - begin_sec,
                reached_sec=hit.reached_sec - begin_sec,
            )
            for hit in plan.hits
            if hit.tick >= start
        ),
        sections=tuple(sections),
        tempo=_later(plan.tempo, start),
        seconds=plan.seconds - begin_sec,
    )
    return Score(shorter, harmony, tuple(parts))


VARIANTS: dict[str, Callable[[Score], Score]] = {
    "B": _without_melody, "C": _soft, "D": _ending, IN: lambda score: score,
    **{name: partial(at_level, name=name) for name in LEVELS},
}  # fmt: skip


def vary(score: Score, letter: str) -> Score:
    """The score of variant B, C or D, or of an intensity level. Raises ComposeError for other letters."""
    if letter not in VARIANTS:
        raise ComposeError(f"unknown variant '{letter}'; known: {', '.join(VARIANTS)}")
    return VARIANTS[letter](score)


def named(brief: Brief) -> Brief:
    """The brief under the id and title its variant goes by: `M-401B`, `Duel at the Gate (no melody)`."""
    if not brief.variant:
        return brief
    return replace(brief, id=f"{brief.id}{brief.variant}", title=f"{brief.title} ({TITLES[brief.variant]})")
