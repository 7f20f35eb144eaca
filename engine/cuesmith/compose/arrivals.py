"""Making the music arrive: what is written leans towards the moments of the picture, strikes on them, or breaks off.

The planner has put the hits on beats (`Plan.hits`); here every part hears them. Nothing is moved in time: notes before
a hit grow, notes on it are struck, held ones are struck anew, and where the picture stops the music does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cuesmith.compose.percussion import Stroke
from cuesmith.compose.setting import Setting
from cuesmith.music.note import PPQ, Note
from cuesmith.score import Passage, Plan, PlannedHit, chord_at, cut_around


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a kind of hit is prepared and met.

    beats, gain: how long before the hit velocities grow, and by how much. strike: velocity added on the hit; held notes
    are struck anew (0: nothing is struck). hush_beats: how long everything is silent from the hit on, at least.
    """

    beats: int
    gain: int
    strike: int
    hush_beats: int = 0


#                            beats gain strike hush
ARRIVALS = {
    "accent":  Arrival(      2,    8,   18),
    "stop":    Arrival(      4,    14,  16,    2),
    "silence": Arrival(      0,    0,   0,     3),
    "swell":   Arrival(      8,    24,  6),
    "entry":   Arrival(      4,    8,   10),
    "key":     Arrival(      4,    10,  10),
    "climax":  Arrival(      8,    20,  18),
}  # fmt: skip
RESTRUCK = ("pad", "bass", "impact", "counter")  # roles whose held notes sound anew on a strike
FEW = 4  # notes on a struck hit: with fewer it would pass unnoticed
DRY = PPQ // 2  # ticks a note struck on a stop rings
LOUDEST, SOFTEST = 122, 12
LONGEST_HUSH_SEC = 2.3  # the ear takes more for a fault
# drums that mark a hit, the best first: those that the cue uses anyway
MARKERS = ("crash", "cymbals", "crash_2", "odaiko", "gran_cassa", "tam_tam", "kick", "floor_tom", "snare")


def _hush(plan: Plan, hit: PlannedHit) -> tuple[int, int]:
    """From when to when (ticks) everything is silent at a hit; empty when nothing is. It ends on a bar line."""
    row = ARRIVALS[hit.kind]
    if not row.hush_beats:
        return hit.tick, hit.tick
    bars = [tick for section in plan.sections for tick in section.bar_ticks()] + [plan.length]
    end = next((tick for tick in bars if tick >= hit.tick + row.hush_beats * PPQ), plan.length)
    while end > hit.tick + PPQ and plan.tempo.seconds(end) - plan.tempo.seconds(hit.tick) > LONGEST_HUSH_SEC:
        end -= PPQ
    return hit.tick, end


def _grown(onset: int, velocity: int, hits: Iterable[PlannedHit]) -> int:
    """The velocity of a note as it leads to the next hit, or stands on one; by the weight of the hit."""
    for hit in hits:
        row = ARRIVALS[hit.kind]
        start = hit.tick - row.beats * PPQ
        force = 0.5 + 0.5 * hit.weight
        if onset == hit.tick:
            velocity += round(row.strike * force)
        elif start <= onset < hit.tick:
            velocity += round(row.gain * force * (onset - start) / (hit.tick - start))
    return max(SOFTEST, min(LOUDEST, velocity))


def arriving(plan: Plan, passages: Sequence[Passage], role: str) -> tuple[Passage, ...]:
    """The passages of a seat with the hits of the plan met; the same where it has none."""
    if not plan.hits:
        return tuple(passages)
    hushes = [(*_hush(plan, hit), ARRIVALS[hit.kind].strike > 0) for hit in plan.hits]
    struck = [hit.tick for hit in plan.hits if ARRIVALS[hit.kind].strike and role in RESTRUCK]
    out = []
    for passage in passages:
        notes: list[Note] = []
        for note in passage.notes:
            for piece in _restruck(note, struck):
                kept = _hushed(piece, hushes)
                if kept is not None:
                    notes.append(kept._replace(velocity=_grown(kept.onset, kept.velocity, plan.hits)))
        if notes:
            out.append(replace(passage, notes=tuple(sorted(notes))))
    return tuple(out)


def _restruck(note: Note, ticks: Iterable[int]) -> list[Note]:
    """A note cut where it is struck anew."""
    cuts = [note.onset, *sorted(t for t in ticks if note.onset + PPQ // 4 < t < note.end - PPQ // 4), note.end]
    return [note._replace(onset=a, duration=b - a) for a, b in pairwise(cuts)]


def _hushed(note: Note, hushes: Iterable[tuple[int, int, bool]]) -> Note | None:
    """What silences leave of a note: cut where one begins, dry where it is struck on a stop, None inside."""
    for start, end, dry in hushes:
        if start == end:
            continue
        if note.onset == start and dry:
            return note._replace(duration=min(note.duration, DRY))
        if start <= note.onset < end:
            return None
        if note.onset < start < note.end:
            note = note._replace(duration=start - note.onset)
    return note


def struck_chords(
    setting: Setting, passages: Mapping[str, tuple[Passage, ...]]
) -> dict[str, tuple[Passage, ...]]:
    """The passages with a short chord of bass and pads on struck hits where hardly anybody plays."""
    plan, out = setting.plan, dict(passages)
    for hit in plan.hits:
        row = ARRIVALS[hit.kind]
        begun = [n for own in out.values() for p in own for n in p.notes if n.onset == hit.tick]
        if not row.strike or len(begun) >= FEW:
            continue
        chord = chord_at(setting.harmony, hit.tick).chord
        section = plan.section_at(hit.tick)
        for player in setting.cast.players:
            if player.seat.role not in ("pad", "bass") or player.seat.double or player.instrument is None:
                continue
            low = player.instrument.sweet[0]
            classes = (chord.bass,) if player.seat.role == "bass" else chord.classes[: player.instrument.voices]
            velocity = min(LOUDEST, round(56 + 40 * section.energy + row.strike * hit.weight))
            length = DRY if row.hush_beats else PPQ
            notes = tuple(sorted(Note(hit.tick, length, low + (pc - low) % 12, velocity) for pc in classes))
            own = cut_around(out.get(player.id, ()), hit.tick, hit.tick + length)
            out[player.id] = (*own, Passage(notes, section.index, "hit", "accent"))
    return out


def arriving_strokes(plan: Plan, found: Sequence[Stroke]) -> tuple[Stroke, ...]:
    """The same for drums; a struck hit gets the best marker among the drums the part uses."""
    if not plan.hits or not found:
        return tuple(found)
    used = {stroke.voice for stroke in found}
    marker = next((voice for voice in MARKERS if voice in used), None)
    marker = marker or max(found, key=lambda s: (s.velocity, s.voice)).voice
    out = []
    for stroke in found:
        spans = [(_hush(plan, hit), ARRIVALS[hit.kind].strike > 0) for hit in plan.hits]
        silent = any(a <= stroke.onset < b and not (dry and stroke.onset == a) for (a, b), dry in spans)
        if not silent:
            out.append(stroke._replace(velocity=_grown(stroke.onset, stroke.velocity, plan.hits)))
    for hit in plan.hits:
        row, section = ARRIVALS[hit.kind], plan.section_at(hit.tick)
        if row.strike and not any(s.onset == hit.tick and s.voice == marker for s in out):
            velocity = min(LOUDEST, round(60 + 40 * section.energy + row.strike * hit.weight))
            out.append(Stroke(hit.tick, marker, velocity, section.index, "hit"))
    return tuple(sorted(out))
