"""Meeting the picture: parts strike on hit points, break off at stops and silences, and hold under fermatas.

The planner has put the hits on beats (`Plan.hits`). Nothing moves in time here: held notes are struck again on a hit,
and where the picture stops, nothing sounds. Under a fermata everybody holds what was struck with it, then breathes.
How notes grow louder towards a hit is a matter of loudness (`orchestrate.loudness.hit_growth`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, PlannedHit
from cuesmith.score import Passage, Span, Stroke
from cuesmith.specs.banks.percussion import DrumVoice


@dataclass(frozen=True, slots=True)
class HitShape:
    """How a kind of hit is prepared and met.

    beats, gain: how long before the hit velocities grow, and by how much. strike: velocity added on the hit; held notes
    are struck anew (0: nothing is struck). hush_beats: how long everything is silent from the hit on, at least.
    """

    beats: int
    gain: int
    strike: int
    hush_beats: int = 0


#                            beats gain strike hush
HIT_SHAPES = {
    "accent":  HitShape(      2,    8,   18),
    "stop":    HitShape(      4,    14,  16,    2),
    "silence": HitShape(      0,    0,   0,     3),
    "swell":   HitShape(      8,    24,  6),
    "entry":   HitShape(      4,    8,   10),
    "key":     HitShape(      4,    10,  10),
    "climax":  HitShape(      8,    20,  18),
}  # fmt: skip
RESTRUCK = ("pad", "bass", "impact", "counter")  # roles whose held notes sound anew on a strike
HIT_DEVICE = "hit"  # the device of what is added on a struck hit
DRY = PPQ // 2  # ticks a note struck on a stop rings
LONGEST_HUSH_SEC = 2.3  # the ear takes more for a fault
LONGEST_BREATH_SEC = 0.8  # after a fermata


class _Hush(NamedTuple):
    """Nothing begins after `start` and before `end` (ticks).

    struck: whether notes may begin on `start`. until: they, and nothing else, sound up to there. held: under a fermata.
    """

    start: int
    end: int
    struck: bool
    until: int
    held: bool = False

    def silences(self, onset: int) -> bool:
        """Whether what begins there is not heard."""
        return self.start <= onset < self.end and not (self.struck and onset == self.start)


def _hush(plan: Plan, hit: PlannedHit) -> _Hush | None:
    """What falls silent at a hit, or is held there and then breathes; None when nothing is.

    It ends on a bar line, or with the next hit that is struck.
    """
    row, seconds = HIT_SHAPES[hit.kind], plan.tempo.seconds
    if not row.hush_beats:
        return None
    struck = row.strike > 0
    fermata = next((f for f in plan.tempo.fermatas if f.start == hit.tick), None)
    bars = plan.sheet_lines()
    end = next((tick for tick in bars if tick >= hit.tick + row.hush_beats * PPQ), plan.length)
    least, most = hit.tick + PPQ, LONGEST_HUSH_SEC
    if fermata is not None and struck:
        least, most = fermata.end + PPQ, most + seconds(fermata.end) - seconds(fermata.start)
    elif fermata is not None:
        least = fermata.end
    end = max(end, least)
    after = min(
        (other.tick for other in plan.hits if other.tick >= least and HIT_SHAPES[other.kind].strike), default=end
    )
    end = min(end, after)
    while end > least and seconds(end) - seconds(hit.tick) > most:
        end -= PPQ
    if fermata is None or not struck:
        return _Hush(hit.tick, end, struck, hit.tick + DRY if struck else hit.tick)
    breath = PPQ if seconds(end) - seconds(end - PPQ) <= LONGEST_BREATH_SEC else PPQ // 2
    return _Hush(hit.tick, end, struck, max(end - breath, fermata.end), held=True)


def _hushes(plan: Plan) -> list[_Hush]:
    """Where nothing begins: at hits that break off, and under the fermata that ends a cue."""
    found = [hush for hit in plan.hits if (hush := _hush(plan, hit)) is not None]
    known = {hush.start for hush in found}
    last = plan.length - plan.sections[-1].meter.bar_ticks
    ends = any(f.start == last and last not in known for f in plan.tempo.fermatas)
    return [*found, _Hush(last, plan.length, True, plan.length)] if ends else found


def at_hits(plan: Plan, passages: Sequence[Passage], role: str) -> tuple[Passage, ...]:
    """The passages of a seat (of all that lead) with hits and fermatas met; the same where the plan has none.

    To apply it twice changes nothing more.
    """
    hushes = _hushes(plan)
    struck = [hit.tick for hit in plan.hits if HIT_SHAPES[hit.kind].strike and role in RESTRUCK]
    if not hushes and not struck:
        return tuple(passages)
    strikers = {(_player(p, role), n.onset) for p in passages for n in p.notes}
    out: list[Passage] = []
    for passage in passages:
        player = _player(passage, role)
        sustained = {h.start for h in hushes if h.held and (player, h.start) not in strikers}
        pieces = [piece for note in passage.notes for piece in _restruck(note, struck)]
        met = [kept for piece in pieces if (kept := _hushed(piece, hushes, sustained)) is not None]
        held = [note for note in met if any(h.held and h.start == note.onset for h in hushes)]
        if held:
            met = [note for note in met if note not in held]
        if met:
            notes = tuple(sorted(met))
            out.append(passage if notes == passage.notes else replace(passage, notes=notes))
        if held:  # with the articulation "ring": a staccato would not hold it
            out.append(replace(passage, notes=tuple(sorted(held)), articulation="ring", statement=None))
    return tuple(out)


def _player(passage: Passage, role: str) -> str:
    """Who plays a passage: in the lead, where several do, the device says it."""
    return passage.device if role == "lead" else ""


def _restruck(note: Note, ticks: Iterable[int]) -> list[Note]:
    """A note cut where it is struck anew."""
    cuts = [note.onset, *sorted({t for t in ticks if note.onset + PPQ // 4 < t < note.end - PPQ // 4}), note.end]
    return [note._replace(onset=a, duration=b - a) for a, b in pairwise(cuts)]


def _hushed(note: Note, hushes: Iterable[_Hush], sustained: Collection[int]) -> Note | None:
    """What silences and fermatas leave of a note: cut where one begins, held or dry where it is struck, None inside.

    sustained: where a note that sounds already is held on, because its player strikes no other.
    """
    for hush in hushes:
        if note.onset == hush.start and hush.struck:
            room = hush.until - note.onset
            return note._replace(duration=room if hush.held else min(note.duration, room))
        if hush.start <= note.onset < hush.end:
            return None
        if note.onset < hush.start < note.end:
            on = hush.start in sustained and note.end >= hush.start + PPQ // 4
            note = note._replace(duration=(hush.until if on else hush.start) - note.onset)
    return note


def hit_span(plan: Plan, hit: PlannedHit) -> Span:
    """From when to when (ticks) a chord on a struck hit sounds: for a beat, or as its silence or fermata asks."""
    hush = _hush(plan, hit)
    return hit.tick, hush.until if hush else hit.tick + PPQ


def held_at(plan: Plan, hit: PlannedHit) -> bool:
    """Whether a hit is held under a fermata."""
    hush = _hush(plan, hit)
    return hush is not None and hush.held


def strokes_at_hits(plan: Plan, found: Sequence[Stroke], drums: Mapping[str, DrumVoice]) -> tuple[Stroke, ...]:
    """The same for drums; a struck hit gets the best marker among the drums the part uses."""
    hushes = _hushes(plan)
    if not found or not (plan.hits or hushes):
        return tuple(found)
    able = {drums[stroke.voice].marks_hits: stroke.voice for stroke in found if drums[stroke.voice].marks_hits}
    marker = able[min(able)] if able else max(found, key=lambda s: (s.velocity, s.voice)).voice
    out = [stroke for stroke in found if not any(hush.silences(stroke.onset) for hush in hushes)]
    for hit in plan.hits:
        struck = HIT_SHAPES[hit.kind].strike > 0
        if struck and not any(s.onset == hit.tick and s.voice == marker for s in out):
            section = plan.section_at(hit.tick)
            out.append(Stroke(hit.tick, marker, round(60 + 40 * section.energy), section.index, HIT_DEVICE))
    return tuple(sorted(out))
