"""The order of an album: a story told by kinds of cue, with neighbours that differ.

`album: {order: auto}` lays the cues out from opening to end title (after how soundtrack albums run), so that neighbours
differ in key, pace and fullness, and moves keys nobody asked for to a third or fifth away where two would stand alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cuesmith.music.scale import Key
from cuesmith.score import Brief, Plan

# where on the album a kind of cue belongs, 0 first .. 1 last; short formats close it
PLACES = {
    "main_theme": 0.00, "fanfare": 0.02, "daily": 0.08, "character": 0.13, "comedy": 0.18, "training": 0.24,
    "tender": 0.28, "love": 0.32, "mystery": 0.36, "suspense": 0.41, "tension": 0.46, "march": 0.50, "battle": 0.53,
    "chase": 0.56, "defeat": 0.60, "horror": 0.62, "despair": 0.64, "sad": 0.66, "ambient": 0.70, "ceremony": 0.72,
    "transform": 0.76, "setpiece": 0.81, "victory": 0.86, "suite": 0.92, "eyecatch": 0.96, "bridge": 0.97,
    "stinger": 0.98, "preview": 0.99,
}  # fmt: skip
OUT_OF_PLACE, SAME_KEY, SAME_PACE, THREE_ALIKE, SAME_FORCE = 6.0, 1.0, 0.4, 1.0, 0.5  # costs
BAND_BPM = 8.0  # tempi nearer than this are one band
CONTRAST = 0.2  # of energy, that neighbours should differ by
REACH = 6  # places a track may be moved by in one go
RELATED = (3, -3, 4, -4, 7, 5)  # semitones to a key a third or a fifth away


def album_order(plans: Sequence[Plan]) -> tuple[int, ...]:
    """Indexes of the cues in the order of the album: the cheapest found by moving one track at a time."""
    order = sorted(range(len(plans)), key=lambda i: (PLACES.get(plans[i].brief.type, 0.5), i))
    best = _cost(order, plans)
    improved = True
    while improved:
        improved = False
        for at in range(len(order)):
            for to in range(max(0, at - REACH), min(len(order), at + REACH + 1)):
                tried = [*order[:at], *order[at + 1 :]]
                tried.insert(to, order[at])
                cost = _cost(tried, plans)
                if cost < best - 1e-9:
                    order, best, improved = tried, cost, True
    return tuple(order)


def _pace(plan: Plan) -> float:
    return plan.tempo.bpm(0)


def _force(plan: Plan) -> float:
    """How full a cue is, 0..1: the mean energy of its bars."""
    return sum(s.energy * s.length for s in plan.sections) / plan.length


def _cost(order: Sequence[int], plans: Sequence[Plan]) -> float:
    row = [plans[i] for i in order]
    total = 0.0
    for at, plan in enumerate(row):
        total += OUT_OF_PLACE * abs(PLACES.get(plan.brief.type, 0.5) - at / max(1, len(row) - 1))
        if not at:
            continue
        before = row[at - 1]
        alike = abs(_pace(plan) - _pace(before)) <= BAND_BPM
        total += SAME_KEY * (plan.key == before.key) + SAME_PACE * alike
        total += SAME_FORCE * (abs(_force(plan) - _force(before)) < CONTRAST)
        if at > 1 and alike and abs(_pace(before) - _pace(row[at - 2])) <= BAND_BPM:
            total += THREE_ALIKE
    return total


def arranged(briefs: Sequence[Brief], plan_of: Callable[[Brief], Plan]) -> tuple[Brief, ...]:
    """The briefs (no variants) in album order, keys nobody asked for moved where neighbours would share one."""
    plans = [plan_of(brief) for brief in briefs]
    out: list[Brief] = []
    before: Key | None = None
    for index in album_order(plans):
        brief, key = briefs[index], plans[index].key
        if key == before and brief.key is None and not brief.chords:
            key = Key((key.tonic + RELATED[len(out) % len(RELATED)]) % 12, key.mode)
            brief = replace(brief, key=key)
        out.append(brief)
        before = key
    return tuple(out)
