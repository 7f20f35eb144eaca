"""The order of an album: from opening to end title, with neighbouring cues that differ.

`album: {order: auto}` orders the cues by their type, as soundtrack albums do, so that neighbours differ in key, tempo
and energy. `keys: auto` (switched on by `order: auto`) then changes keys and tempi that the user did not set: keys to
related ones, tempi to contrasting ones; see `key_plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import Key
from cuesmith.plan.model import Plan
from cuesmith.show.key_plan import KeyChoice, key_plan, tempo_plan
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.style import CueRules

CueTypes: TypeAlias = Mapping[str, CueType]

OUT_OF_PLACE, SAME_KEY, SAME_PACE, THREE_ALIKE, SAME_FORCE = 6.0, 1.0, 0.4, 1.0, 0.5  # costs
BAND_BPM = 8.0  # two tempi this close count as the same
CONTRAST = 0.2  # energies of neighbours should differ by at least this
LONG_SEC = 20.0  # types of cue with a shorter usual length are short formats
REACH = 6  # a track is moved by at most this many places at a time
PACES = (1.0, 0.9, 1.1, 0.82, 1.2)  # factors by which the tempo of a track may change


def album_order(plans: Sequence[Plan], cue_types: CueTypes) -> tuple[int, ...]:
    """Return the indexes of the cues in album order, the cheapest order found by moving one track at a time."""
    order = sorted(range(len(plans)), key=lambda i: (cue_types[plans[i].brief.type].album_place, i))
    best = _cost(order, plans, cue_types)
    improved = True
    while improved:
        improved = False
        for at in range(len(order)):
            for to in range(max(0, at - REACH), min(len(order), at + REACH + 1)):
                tried = [*order[:at], *order[at + 1 :]]
                tried.insert(to, order[at])
                cost = _cost(tried, plans, cue_types)
                if cost < best - 1e-9:
                    order, best, improved = tried, cost, True
    return tuple(order)


def _pace(plan: Plan) -> float:
    return plan.tempo.bpm(0)


def _mean_energy(plan: Plan) -> float:
    """Return the mean energy of a cue over its length, 0..1."""
    return sum(s.energy * s.length for s in plan.sections) / plan.length


def _cost(order: Sequence[int], plans: Sequence[Plan], cue_types: CueTypes) -> float:
    row = [plans[i] for i in order]
    total = 0.0
    for at, plan in enumerate(row):
        total += OUT_OF_PLACE * abs(cue_types[plan.brief.type].album_place - at / max(1, len(row) - 1))
        if not at:
            continue
        before = row[at - 1]
        alike = abs(_pace(plan) - _pace(before)) <= BAND_BPM
        total += SAME_KEY * (plan.key == before.key) + SAME_PACE * alike
        total += SAME_FORCE * (abs(_mean_energy(plan) - _mean_energy(before)) < CONTRAST)
        if at > 1 and alike and abs(_pace(before) - _pace(row[at - 2])) <= BAND_BPM:
            total += THREE_ALIKE
    return total


def arrange_album(
    briefs: Sequence[Brief], plan_of: Callable[[Brief], Plan], cue_types: CueTypes, *, reorder: bool, plan_keys: bool,
    home: Key | None,
) -> tuple[Brief, ...]:  # fmt: skip
    """Return the briefs in album order. Keys and tempi that the user did not set are changed so that neighbours differ.

    briefs: without variants.
    reorder: change the order of the cues.
    plan_keys: change keys and tempi.
    home: the key of the show; by default that of its first track.
    """
    plans = [plan_of(brief) for brief in briefs]
    order = album_order(plans, cue_types) if reorder else range(len(briefs))
    out, own = [briefs[i] for i in order], [plans[i] for i in order]
    if plan_keys and out:
        out = _plan_tempi(_plan_keys(out, own, cue_types, home or own[0].key), own, cue_types, plan_of)
    return tuple(out)


def _is_full_track(brief: Brief, cue_types: CueTypes) -> bool:
    """Whether a cue is a full track.

    The key and tempo of a short format stay, because they come from its theme and length.
    """
    return cue_types[brief.type].default_seconds >= LONG_SEC


def _plan_keys(briefs: Sequence[Brief], plans: Sequence[Plan], cue_types: CueTypes, home: Key) -> list[Brief]:
    at = [i for i, brief in enumerate(briefs) if _is_full_track(brief, cue_types)]
    tracks = []
    for brief, plan in ((briefs[i], plans[i]) for i in at):
        keys = load_style(brief.style).keys
        liked = frozenset(parse_pitch_class(name) for name in (keys.minor if plan.key.minor else keys.major))
        fixed = brief.key is not None or bool(brief.chords)
        tracks.append(KeyChoice(plan.key, liked, fixed, settled=cue_types[brief.type].key_of_theme))
    out = list(briefs)
    for i, track, key in zip(at, tracks, key_plan(tracks, home.tonic), strict=True):
        if key != track.own:
            out[i] = replace(out[i], key=key)
    return out


def _plan_tempi(
    briefs: Sequence[Brief], plans: Sequence[Plan], cue_types: CueTypes, plan_of: Callable[[Brief], Plan]
) -> list[Brief]:
    at = [i for i, brief in enumerate(briefs) if _is_full_track(brief, cue_types)]
    tracks: list[list[tuple[Brief, float]]] = []
    for i in at:
        brief, pace = briefs[i], _pace(plans[i])
        able = [(brief, pace)]
        if brief.tempo_bpm is None and not brief.hits and not brief.beats:
            rules = load_style(brief.style).cues.get(brief.type, CueRules())
            low, high = rules.tempo or cue_types[brief.type].bpm
            for share in PACES[1:]:
                if low <= pace * share <= high:
                    asked = replace(brief, tempo_bpm=round(pace * share, 1))
                    able.append((asked, _pace(plan_of(asked))))
        tracks.append(able)
    out = list(briefs)
    chosen = tempo_plan([[pace for _, pace in able] for able in tracks])
    for i, able, index in zip(at, tracks, chosen, strict=True):
        out[i] = able[index][0]
    return out
