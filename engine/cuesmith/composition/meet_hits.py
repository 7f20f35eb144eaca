"""Meet hits of the picture: strike on them, break off at stops and silences, and hold under fermatas.

The plan has put the hits on beats (`Plan.hits`), so no note moves in time here. Held notes are struck again on a hit;
after a stop or silence nothing sounds. Under a fermata all parts hold what they struck with it, then pause. The growth
of loudness towards a hit is in `orchestrate.loudness.hit_growth`.
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

    beats, gain: over how many beats the velocities grow before the hit, and by how much.
    strike: velocity added on the hit, where held notes are struck again (0: nothing is struck).
    silent_beats: the least silence after the hit.
    """

    beats: int
    gain: int
    strike: int
    silent_beats: int = 0


#                            beats gain strike silent
HIT_SHAPES = {
    "accent":  HitShape(      2,    8,   18),
    "stop":    HitShape(      4,    14,  16,    2),
    "silence": HitShape(      0,    0,   0,     3),
    "swell":   HitShape(      8,    24,  6),
    "entry":   HitShape(      4,    8,   10),
    "key":     HitShape(      4,    10,  10),
    "climax":  HitShape(      8,    20,  18),
}  # fmt: skip
RESTRUCK = ("pad", "bass", "impact", "counter")  # roles whose held notes are struck again
HIT_DEVICE = "hit"  # device name of notes added on a struck hit
DRY = PPQ // 2  # ticks for which a note struck on a stop sounds
LONGEST_SILENCE_SEC = 2.3  # a longer one would sound like a fault
LONGEST_BREATH_SEC = 0.8  # longest pause after a fermata


class _Silence(NamedTuple):
    """A span of ticks in which no note begins, except on `start` when `struck` is true.

    until: notes struck on `start` sound up to there, and nothing else does. held: they are held under a fermata.
    """

    start: int
    end: int
    struck: bool
    until: int
    held: bool = False

    def silences(self, onset: int) -> bool:
        """Tell whether a note that begins at `onset` is removed."""
        return self.start <= onset < self.end and not (self.struck and onset == self.start)


def struck_hits(plan: Plan) -> tuple[PlannedHit, ...]:
    """Return the hits on which notes are struck.

    A hit on the last bar line is answered by the end of the music itself, so nothing is struck there.
    """
    return tuple(hit for hit in plan.hits if HIT_SHAPES[hit.kind].strike and hit.tick < plan.length)


def _silence(plan: Plan, hit: PlannedHit) -> _Silence | None:
    """Return the silence at a hit, with its fermata if it has one; None when nothing is silent there.

    It ends on a bar line, or on the next struck hit, and at the latest on the last bar line.
    """
    row, seconds = HIT_SHAPES[hit.kind], plan.tempo.seconds
    if not row.silent_beats or hit.tick >= plan.length:
        return None
    struck = row.strike > 0
    fermata = next((f for f in plan.tempo.fermatas if f.start == hit.tick), None)
    bars = plan.sheet_lines()
    end = next((tick for tick in bars if tick >= hit.tick + row.silent_beats * PPQ), plan.length)
    least, most = hit.tick + PPQ, LONGEST_SILENCE_SEC
    if fermata is not None and struck:
        least, most = fermata.end + PPQ, most + seconds(fermata.end) - seconds(fermata.start)
    elif fermata is not None:
        least = fermata.end
    end = max(end, least)
    after = min((other.tick for other in struck_hits(plan) if other.tick >= least), default=end)
    end = min(end, after)
    while end > least and seconds(end) - seconds(hit.tick) > most:
        end -= PPQ
    end = min(end, plan.length)
    if fermata is None or not struck:
        return _Silence(hit.tick, end, struck, min(hit.tick + DRY, end) if struck else hit.tick)
    breath = PPQ if seconds(end) - seconds(end - PPQ) <= LONGEST_BREATH_SEC else PPQ // 2
    return _Silence(hit.tick, end, struck, min(max(end - breath, fermata.end), plan.length), held=True)


def _silences(plan: Plan) -> list[_Silence]:
    """List all silences: at hits, and under the fermata that ends a cue."""
    silences = [silence for hit in plan.hits if (silence := _silence(plan, hit)) is not None]
    known = {silence.start for silence in silences}
    last = plan.length - plan.sections[-1].meter.bar_ticks
    ends = any(f.start == last and last not in known for f in plan.tempo.fermatas)
    return [*silences, _Silence(last, plan.length, True, plan.length)] if ends else silences


def at_hits(plan: Plan, passages: Sequence[Passage], role: str) -> tuple[Passage, ...]:
    """Make the passages of a seat (or of all leads) meet hits and fermatas; unchanged when the plan has none.

    Applying it twice gives the same result as once.
    """
    silences = _silences(plan)
    struck = [hit.tick for hit in struck_hits(plan)] if role in RESTRUCK else []
    if not silences and not struck:
        return tuple(passages)
    struck_by = {(_player(p, role), n.onset) for p in passages for n in p.notes}
    out: list[Passage] = []
    for passage in passages:
        player = _player(passage, role)
        sustained = {h.start for h in silences if h.held and (player, h.start) not in struck_by}
        pieces = [piece for note in passage.notes for piece in _restruck(note, struck)]
        left = [kept for piece in pieces if (kept := _with_silences(piece, silences, sustained)) is not None]
        held = [note for note in left if any(h.held and h.start == note.onset for h in silences)]
        if held:
            left = [note for note in left if note not in held]
        if left:
            notes = tuple(sorted(left))
            out.append(passage if notes == passage.notes else replace(passage, notes=notes))
        if held:  # with the articulation "ring": a staccato would not hold it
            out.append(replace(passage, notes=tuple(sorted(held)), articulation="ring", statement=None))
    return tuple(out)


def _player(passage: Passage, role: str) -> str:
    """Return who plays a passage: in the lead its device is the id of the player."""
    return passage.device if role == "lead" else ""


def _restruck(note: Note, ticks: Iterable[int]) -> list[Note]:
    """Split a note where it is struck again."""
    cuts = [note.onset, *sorted({t for t in ticks if note.onset + PPQ // 4 < t < note.end - PPQ // 4}), note.end]
    return [note._replace(onset=a, duration=b - a) for a, b in pairwise(cuts)]


def _with_silences(note: Note, silences: Iterable[_Silence], sustained: Collection[int]) -> Note | None:
    """Apply silences and fermatas to a note: cut before them, held or short on the strike, None inside.

    sustained: starts of fermatas through which a sounding note is held, because its player strikes no other note there.
    """
    for silence in silences:
        if note.onset == silence.start and silence.struck:
            duration = silence.until - note.onset
            return note._replace(duration=duration if silence.held else min(note.duration, duration))
        if silence.start <= note.onset < silence.end:
            return None
        if note.onset < silence.start < note.end:
            sounds_on = silence.start in sustained and note.end >= silence.start + PPQ // 4
            note = note._replace(duration=(silence.until if sounds_on else silence.start) - note.onset)
    return note


def hit_span(plan: Plan, hit: PlannedHit) -> Span:
    """Return (start, end) in ticks of a chord on a struck hit.

    It lasts one beat, or as long as its silence or fermata asks, and at most to the last bar line.
    """
    silence = _silence(plan, hit)
    return hit.tick, silence.until if silence else min(hit.tick + PPQ, plan.length)


def held_at(plan: Plan, hit: PlannedHit) -> bool:
    """Tell whether a hit is held under a fermata."""
    silence = _silence(plan, hit)
    return silence is not None and silence.held


def strokes_at_hits(plan: Plan, strokes: Sequence[Stroke], drums: Mapping[str, DrumVoice]) -> tuple[Stroke, ...]:
    """Make drum strokes meet hits and silences; a struck hit gets the best marker among the drums of the part."""
    silences = _silences(plan)
    if not strokes or not (plan.hits or silences):
        return tuple(strokes)
    markers = {drums[stroke.voice].marks_hits: stroke.voice for stroke in strokes if drums[stroke.voice].marks_hits}
    marker = markers[min(markers)] if markers else max(strokes, key=lambda s: (s.velocity, s.voice)).voice
    out = [stroke for stroke in strokes if not any(silence.silences(stroke.onset) for silence in silences)]
    for hit in struck_hits(plan):
        if not any(s.onset == hit.tick and s.voice == marker for s in out):
            section = plan.section_at(hit.tick)
            out.append(Stroke(hit.tick, marker, round(60 + 40 * section.energy), section.index, HIT_DEVICE))
    return tuple(sorted(out))
