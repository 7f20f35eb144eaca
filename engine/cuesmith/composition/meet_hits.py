"""Making the music arrive: what is written leans towards the moments of the picture, strikes on them, or breaks off.

The planner has put the hits on beats (`Plan.hits`); here every part hears them. Nothing is moved in time: notes before
a hit grow, notes on it are struck, held ones are struck anew, and where the picture stops the music does. Under a
fermata everybody holds what was struck with it, then breathes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, PlannedHit
from cuesmith.score import Passage, Stroke, chord_at, cut_around


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
FEW = 4  # notes on a struck hit: with fewer it would pass unnoticed
DRY = PPQ // 2  # ticks a note struck on a stop rings
LOUDEST, SOFTEST = 122, 12
LONGEST_HUSH_SEC = 2.3  # the ear takes more for a fault
LONGEST_BREATH_SEC = 0.8  # after a fermata
# drums that mark a hit, the best first: those that the cue uses anyway
MARKERS = ("crash", "cymbals", "crash_2", "odaiko", "gran_cassa", "tam_tam", "kick", "floor_tom", "snare")


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


def _grown(onset: int, velocity: int, hits: Iterable[PlannedHit]) -> int:
    """The velocity of a note as it leads to the next hit, or stands on one; by the weight of the hit."""
    for hit in hits:
        row = HIT_SHAPES[hit.kind]
        start = hit.tick - row.beats * PPQ
        force = 0.5 + 0.5 * hit.weight
        if onset == hit.tick:
            velocity += round(row.strike * force)
        elif start <= onset < hit.tick:
            velocity += round(row.gain * force * (onset - start) / (hit.tick - start))
    return max(SOFTEST, min(LOUDEST, velocity))


def at_hits(plan: Plan, passages: Sequence[Passage], role: str) -> tuple[Passage, ...]:
    """The passages of a seat (of all that lead) with hits and fermatas met; the same where the plan has none."""
    hushes = _hushes(plan)
    if not plan.hits and not hushes:
        return tuple(passages)
    struck = [hit.tick for hit in plan.hits if HIT_SHAPES[hit.kind].strike and role in RESTRUCK]
    strikers = {(_player(p, role), n.onset) for p in passages for n in p.notes}
    out: list[Passage] = []
    for passage in passages:
        player = _player(passage, role)
        notes: list[Note] = []
        held: list[Note] = []
        for note in passage.notes:
            for piece in _restruck(note, struck):
                kept = _hushed(piece, hushes, {h.start for h in hushes if h.held and (player, h.start) not in strikers})
                if kept is not None:
                    grown = kept._replace(velocity=_grown(kept.onset, kept.velocity, plan.hits))
                    (held if any(h.held and h.start == kept.onset for h in hushes) else notes).append(grown)
        if notes:
            out.append(replace(passage, notes=tuple(sorted(notes))))
        if held:  # a staccato would not hold it
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


def struck_chords(
    context: ComposeContext, passages: Mapping[str, tuple[Passage, ...]]
) -> dict[str, tuple[Passage, ...]]:
    """The passages with a short chord of bass and pads on struck hits where hardly anybody plays."""
    plan, out = context.plan, dict(passages)
    for hit in plan.hits:
        row = HIT_SHAPES[hit.kind]
        begun = [n for own in out.values() for p in own for n in p.notes if n.onset == hit.tick]
        if not row.strike or len(begun) >= FEW:
            continue
        chord = chord_at(context.harmony, hit.tick).chord
        section, hush = plan.section_at(hit.tick), _hush(plan, hit)
        for player in context.cast.players:
            if player.seat.role not in ("pad", "bass") or player.seat.double or player.instrument is None:
                continue
            low = player.instrument.sweet[0]
            classes = (chord.bass,) if player.seat.role == "bass" else chord.classes[: player.instrument.voices]
            velocity = min(LOUDEST, round(56 + 40 * section.energy + row.strike * hit.weight))
            length = hush.until - hit.tick if hush else PPQ
            notes = tuple(sorted(Note(hit.tick, length, low + (pc - low) % 12, velocity) for pc in classes))
            own = cut_around(out.get(player.id, ()), hit.tick, hit.tick + length)
            out[player.id] = (*own, Passage(notes, section.index, "hit", "ring" if hush and hush.held else "accent"))
    return out


def strokes_at_hits(plan: Plan, found: Sequence[Stroke]) -> tuple[Stroke, ...]:
    """The same for drums; a struck hit gets the best marker among the drums the part uses."""
    hushes = _hushes(plan)
    if not found or not (plan.hits or hushes):
        return tuple(found)
    used = {stroke.voice for stroke in found}
    marker = next((voice for voice in MARKERS if voice in used), None)
    marker = marker or max(found, key=lambda s: (s.velocity, s.voice)).voice
    out = []
    for stroke in found:
        if not any(hush.silences(stroke.onset) for hush in hushes):
            out.append(stroke._replace(velocity=_grown(stroke.onset, stroke.velocity, plan.hits)))
    for hit in plan.hits:
        row, section = HIT_SHAPES[hit.kind], plan.section_at(hit.tick)
        if row.strike and not any(s.onset == hit.tick and s.voice == marker for s in out):
            velocity = min(LOUDEST, round(60 + 40 * section.energy + row.strike * hit.weight))
            out.append(Stroke(hit.tick, marker, velocity, section.index, "hit"))
    return tuple(sorted(out))
