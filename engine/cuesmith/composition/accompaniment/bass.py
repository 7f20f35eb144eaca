"""The bass line: roots where the harmony turns, a way from each to the next, and the bass drum's feet.

A texture gives the rhythm and what each note is (R root, 3 5 7 chord tones, 8 octave, w walking, a approach). Here it
becomes a line: notes stop where the chord does, roots choose the octave that lies near and moves against the melody,
approaches step into the next root, and no bar comes more than three times unchanged.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.patterns import VARY_EVERY, tokens_by_bar, turning
from cuesmith.composition.accompaniment.voicings import window
from cuesmith.composition.context import ComposeContext
from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan, chord_at
from cuesmith.specs.banks.textures import Texture

LEAST = PPQ // 2  # a rest of a held note shorter than this is not struck again at a change of chord
ROOTS_SPAN = 16  # semitones above the bottom of the register that roots may use
DEEPEST, UNDER = 28, 9.0  # the lowest string of a bass; what it costs to leave the register of the seat downwards
GHOST = 0.3  # of a step: how long a ghost note sounds
ON_KICK = 0.58  # least share of the notes that fall on the bass drum, where a texture locks to it
MEMBERS = {"3": (3, 4, 5), "5": (7, 6, 8), "7": (10, 11, 9)}  # semitones above the foot, the likeliest first
INVERTED = (7, 5, 9, 8)  # for the 5 above a foot that is not the root: no tritones
OTHER = {"R": "5", "8": "5", "5": "8", "7": "5", "3": "5"}  # what a note becomes in a varied bar
SIMILAR, PARALLEL = 4.0, 16.0  # costs of going the melody's way, and in parallel fifths or octaves with it


@dataclass(frozen=True, slots=True)
class BassSlot:
    """A note before it has a pitch. step: ticks of one step of its pattern."""

    onset: int
    duration: int
    symbol: str
    accent: int
    step: int

    @property
    def end(self) -> int:
        """The tick at which it stops."""
        return self.onset + self.duration


def foot(span: ChordSpan, section: SectionPlan) -> int:
    """The pitch class the bass stands on: the chord's own, or the tonic in a pedal section where the chord has it."""
    tonic = section.key.tonic
    return tonic if section.harmony == "pedal" and tonic in span.chord.classes else span.chord.bass


def feet(
    context: ComposeContext, section: SectionPlan, spans: tuple[ChordSpan, ...], low: int, high: int, near: int | None
) -> tuple[int, ...]:
    """The pitch of each chord's foot: near the one before, rather against the melody than with it, and in parallel
    fifths or octaves with it only where there is no other way. The cheapest line of all, by dynamic programme.

    near: the last pitch the bass played before, if any.
    """
    line: dict[int, tuple[float, tuple[int, ...]]] = {} if near is None else {near: (0.0, ())}  # by its last pitch
    then = None if near is None else context.sung(chord_at(context.harmony, section.start - 1).onset)
    for span in spans:
        first = low + (foot(span, section) - low) % 12
        options = [p for p in (first, first + 12) if p <= min(high, low + ROOTS_SPAN)] or [first]
        if first - 12 >= DEEPEST:
            options.append(first - 12)
        now = context.sung(span.onset)
        ways = {}
        for pitch in options:
            own = 0.3 * abs(pitch - low - 6) + (UNDER if pitch < low else 0.0)
            ways[pitch] = min(
                ((cost + own + _step(at, pitch, then, now), (*way, pitch)) for at, (cost, way) in line.items()),
                default=(own, (pitch,)),
            )
        line, then = ways, now
    return min(line.values())[1] if spans else ()


def _step(at: int, pitch: int, then: Note | None, now: Note | None) -> float:
    """What it costs the bass to go from one pitch to another while the melody goes from one note to another."""
    value = float(abs(pitch - at))
    if now is not None and then is not None and (now.pitch - then.pitch) * (pitch - at) > 0:
        gap = (now.pitch - pitch) % 12
        value += PARALLEL if gap in (0, 7) and (then.pitch - at) % 12 == gap else SIMILAR
    return value


def _varied(slots: list[BassSlot], bar: int, bars: int, start: int, beat: int) -> list[BassSlot]:
    """A bar of the pattern; every fourth has a turn of its own, the last of a phrase leads on."""
    leads_on = turning(bar, bars)
    if not slots or not (leads_on or bar % VARY_EVERY == VARY_EVERY - 1):
        return slots
    last = slots[-1]
    if leads_on and last.symbol != "a":
        if last.duration > 2 * beat:
            return [*slots[:-1], *_split(last, last.duration - beat, "a")]
        if last.onset > start:
            return [*slots[:-1], replace(last, symbol="a")]
    if last.duration >= 2 * beat:
        return [*slots[:-1], *_split(last, last.duration // 2 // beat * beat, "a" if leads_on else "5")]
    at = len(slots) - 1 - (last.symbol == "a")
    if at < 1:
        return slots
    if slots[at].symbol == "w" and slots[at].duration >= beat:  # the skip of a walking bass
        return [*slots[:at], *_split(slots[at], slots[at].duration // 2, "w"), *slots[at + 1 :]]
    return [*slots[:at], replace(slots[at], symbol=OTHER.get(slots[at].symbol, slots[at].symbol)), *slots[at + 1 :]]


def _split(place: BassSlot, at: int, symbol: str) -> tuple[BassSlot, BassSlot]:
    return replace(place, duration=at), BassSlot(place.onset + at, place.duration - at, symbol, 0, place.step)


def _locked(slots: list[BassSlot], kicks: tuple[int, ...], step: int, end: int) -> list[BassSlot]:
    """The bar with its notes on the strokes of the bass drum: moved there by a step, added, or else thinned out.

    end: the tick of the next bar line, over which nothing is held.
    """
    if not kicks or not slots:
        return slots
    taken = {place.onset for place in slots}
    free = [tick for tick in kicks if tick not in taken]
    moved = []
    for place in slots:
        near = next((t for t in free if abs(t - place.onset) == step), None)
        if place.onset not in kicks and place.symbol != "a" and near is not None:
            free.remove(near)
            place = replace(place, onset=near)
        moved.append(place)
    moved += [BassSlot(tick, step, "R", 0, step) for tick in free]
    moved.sort(key=lambda place: place.onset)
    on = sum(place.onset in kicks for place in moved)
    room = round(on * (1 - ON_KICK) / ON_KICK)
    off = [place for place in moved if place.onset not in kicks]
    off.sort(key=lambda place: (place.symbol != "a", place.accent < 0, -place.accent, place.onset))
    dropped = set(off[room:])
    kept = [place for place in moved if place not in dropped]
    return [
        replace(place, duration=min(place.duration, after.onset - place.onset))
        for place, after in zip(kept, [*kept[1:], replace(kept[-1], onset=end)], strict=True)
    ]


def _slots(
    context: ComposeContext, section: SectionPlan, texture: Texture, spans: tuple[ChordSpan, ...]
) -> list[BassSlot]:
    """The rhythm of the section: the pattern bar by bar, cut where chords change and taken up again from the root."""
    bar_ticks, step = section.meter.bar_ticks, PPQ // texture.unit
    beat = min(PPQ, bar_ticks)
    onsets = [span.onset for span in spans]
    starts = set(onsets)
    out: list[BassSlot] = []
    for bar, found in tokens_by_bar(texture, section.meter, section.bars):
        start = section.start + bar * bar_ticks
        slots = [BassSlot(start + t.step * step, t.steps * step, t.symbol, t.accent, step) for t in found]
        if "kick" in texture.tags:
            slots = _locked(slots, context.kicks_between(start, start + bar_ticks), step, start + bar_ticks)
        for place in _varied(slots, bar, section.bars, start, beat):
            if place.onset in starts and section.meter.strength(place.onset - start) >= 2:
                place = replace(place, symbol="R")
            cuts = onsets[bisect_right(onsets, place.onset) : bisect_left(onsets, place.end)]
            out.append(replace(place, duration=cuts[0] - place.onset) if cuts else place)
            for a, b in pairwise([*cuts, place.end]):
                if b - a >= LEAST:
                    out.append(BassSlot(a, b - a, "R", place.accent, step))
    return out


def _member(symbol: str, root: int, span: ChordSpan, low: int, high: int) -> int:
    """The pitch of a symbol above the foot of its chord; below it where there is no room above."""
    if symbol == "8":
        return root + 12 if root + 12 <= high else root - 12 if root - 12 >= low else root
    tones = {(pc - root) % 12 for pc in span.chord.classes}
    wanted = INVERTED if symbol == "5" and root % 12 != span.chord.root else MEMBERS[symbol]
    interval: int = next((w for w in wanted if w in tones), 0)
    return root + interval if root + interval <= high else max(root + interval - 12, low)


def approach(span: ChordSpan, before: int, target: int, low: int, chromatic: bool) -> int:
    """A step into the next root, from the side the line comes from; one that does not rub against its own chord."""
    scale = chord_scale(span.chord, span.key)
    side = -1 if before <= target else 1

    def cost(pitch: int) -> tuple[float, int]:
        move = pitch - target
        value = 0.0 if abs(move) == 1 else 0.5
        value += 0.8 if move * side < 0 else 0.0
        value += 0.0 if pitch % 12 in scale else 0.7 if chromatic and abs(move) == 1 else 4.0
        value += 3.0 * ((pitch + 1) % 12 in span.chord.classes and pitch % 12 not in span.chord.classes)
        value += 2.5 if pitch == before else 0.12 * abs(pitch - before)
        return value, pitch

    near = (*range(target - 2, target), target + 1, target + 2, target - 5)
    return min((p for p in near if p >= low), key=cost, default=target)


def _walked(span: ChordSpan, before: int, ahead: int, left: int, low: int, high: int) -> int:
    """The next of `left` notes on the way from one note to another: a step or a chord tone, never the same note."""
    scale = chord_scale(span.chord, span.key)
    wished = before + (ahead - before) / (left + 1) + (4 if abs(ahead - before) <= 2 and left > 1 else 0)

    def cost(pitch: int) -> tuple[float, int]:
        value = abs(pitch - wished) + (0.0 if pitch % 12 in span.chord.classes else 0.8)
        return value + (5.0 if pitch == before else 0.0) + (1.5 if pitch == ahead else 0.0), pitch

    return min((p for p in range(max(low, before - 7), min(high, before + 7) + 1) if p % 12 in scale), key=cost)


def bass_line(
    context: ComposeContext, player: Player, section: SectionPlan, texture: Texture, velocity: int, near: int | None
) -> list[Note]:
    """The bass of a section. near: the last pitch it played, if any."""
    low, high = window(player, section)
    spans = context.spans(section)
    roots = dict(zip((s.onset for s in spans), feet(context, section, spans, low, high, near), strict=True))
    slots = _slots(context, section, texture, spans)
    chromatic = context.voicing.bass == "chromatic"
    after = chord_at(context.harmony, section.end if section.end < context.plan.length else 0)
    beyond = feet(context, context.plan.section_at(after.onset), (after,), low, high, None)[0]
    placed = [chord_at(spans, place.onset) for place in slots]
    fixed = [
        None if place.symbol in ("a", "w")
        else roots[span.onset] if place.symbol == "R"
        else _member(place.symbol, roots[span.onset], span, low, high)
        for place, span in zip(slots, placed, strict=True)
    ]  # fmt: skip
    ahead: list[int] = []  # for each slot the next pitch that stands, and how many are open until there
    open_until: list[int] = []
    coming, count = beyond, 0
    for pitch in reversed(fixed):
        ahead.append(coming)
        open_until.append(count)
        coming, count = (coming, count + 1) if pitch is None else (pitch, 0)
    ahead.reverse()
    open_until.reverse()
    out: list[Note] = []
    for place, span, pitch, target, left in zip(slots, placed, fixed, ahead, open_until, strict=True):
        before = out[-1].pitch if out else roots[span.onset]
        if place.symbol == "a":
            pitch = approach(span, before, target, low, chromatic)
        elif pitch is None:
            pitch = _walked(span, before, target, left + 1, low, high)
        gate = GHOST * place.step if place.accent < 0 else place.duration * texture.gate
        loud = max(20, min(120, velocity + (10, 0, -22)[1 - place.accent]))
        out.append(Note(place.onset, max(30, round(gate)), min(pitch, high), loud))
    return out
