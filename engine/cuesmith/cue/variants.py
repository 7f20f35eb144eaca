"""Variants of a cue for music editors: B without the melody, C soft, D only the ending.

They are cut from the same score, so B and C have the bars, tempo and length of the cue to the tick and can be exchanged
with it. The intensity levels I0 to I4 have a score of their own: see `intensity_levels`.
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

SOFT_VELOCITY = 0.72  # factor on the velocities in variant C
SOFT_LAYER = 1  # highest layer that plays in variant C
ENDING_SEC = (4.0, 14.0)  # variant D: shortest and preferred longest ending
IN = "IN"  # the second cue of a pair, which leads in: the same plan with the ending of its type
TITLES = {
    "B": "no melody", "C": "soft", "D": "ending", IN: "leads in", **{name: f"intensity {name[1]}" for name in LEVELS},
}  # fmt: skip


def _without_melody(score: Score) -> Score:
    """Remove the leads; from a song remove only the voice, so that it can be sung to."""
    tune = "guide" if any(part.role == "guide" for part in score.parts) else "lead"
    parts = tuple(part for part in score.parts if part.role != tune)
    return replace(score, parts=parts or score.parts)


def _soft(score: Score) -> Score:
    """Keep the melody and the lowest layers, without drums and doublings, and soften them."""

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


def _ending_start(plan: Plan) -> int:
    """Return the bar line (tick) at which variant D begins."""
    *lines, _ = plan.bar_lines()
    start = plan.length
    while lines and (start > plan.sections[-1].start or plan.seconds - plan.tempo.seconds(start) < ENDING_SEC[0]):
        start = lines.pop()
        if lines and plan.seconds - plan.tempo.seconds(lines[-1]) > ENDING_SEC[1]:
            break
    return start


def _tempo_from(tempo: TempoMap, start: int) -> TempoMap:
    """Return the tempo map from `start` on, moved to tick 0."""
    now = max(c for c in tempo.changes if c.tick <= start)
    after = tuple(TempoChange(c.tick - start, c.us_per_quarter) for c in tempo.changes if c.tick > start)
    held = tuple(f._replace(start=f.start - start, end=f.end - start) for f in tempo.fermatas if f.start >= start)
    return TempoMap((TempoChange(0, now.us_per_quarter), *after), held)


def _ending(score: Score) -> Score:
    """Cut the ending out of the score and move it to tick 0."""
    plan = score.plan
    start = _ending_start(plan)
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
        statement = passage.statement
        if statement is not None and statement.start >= start:
            statement = replace(statement, start=statement.start - start, end=statement.end - start)
        elif statement is not None:
            statement = None  # its beginning is cut off
        return replace(passage, notes=notes, section=renumbered.get(passage.section, 0), statement=statement)

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
        tempo=_tempo_from(plan.tempo, start),
        seconds=plan.seconds - begin_sec,
    )
    return Score(shorter, harmony, tuple(parts))


VARIANTS: dict[str, Callable[[Score], Score]] = {
    "B": _without_melody, "C": _soft, "D": _ending, IN: lambda score: score,
    **{name: partial(at_level, name=name) for name in LEVELS},
}  # fmt: skip


def vary(score: Score, letter: str) -> Score:
    """Return the score of a variant or an intensity level. Raises ComposeError for an unknown name."""
    if letter not in VARIANTS:
        raise ComposeError(f"unknown variant '{letter}'; known: {', '.join(VARIANTS)}")
    return VARIANTS[letter](score)


def with_variant_name(brief: Brief) -> Brief:
    """Return the brief with the id and title of its variant: `M-401B`, `Duel at the Gate (no melody)`."""
    if not brief.variant:
        return brief
    return replace(brief, id=f"{brief.id}{brief.variant}", title=f"{brief.title} ({TITLES[brief.variant]})")
