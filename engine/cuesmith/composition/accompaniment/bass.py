"""The bass line: a rhythm from a texture, with roots on chord changes and a line from each root to the next.

A texture gives the rhythm and the kind of each note: R root, 3 5 7 chord tones, 8 octave, w walking, a approach. Notes
end where their chord does. Each root takes an octave that is near and moves against the melody; approaches lead by step
into the next root; every fourth bar differs a little. Notes may be moved onto the strokes of the bass drum.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.patterns import VARY_EVERY, leads_on, tokens_by_bar
from cuesmith.composition.accompaniment.voicings import window
from cuesmith.composition.context import ComposeContext
from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan, chord_at
from cuesmith.specs.banks.textures import Texture

LEAST = PPQ // 2  # the rest of a held note is struck again at a change of chord when at least this long
ROOTS_SPAN = 16  # semitones above the bottom of the register in which roots may lie
DEEPEST, UNDER = 28, 9.0  # lowest pitch of a bass; cost of a root below the register of the seat
GHOST = 0.3  # length of a ghost note, in steps
ON_KICK = 0.58  # least share of notes on the bass drum, for textures that lock to it
# semitones above the bass note of the chord, the likeliest first
MEMBERS = {"3": (3, 4, 5), "5": (7, 6, 8), "7": (10, 11, 9)}
INVERTED = (7, 5, 9, 8)  # for the 5 above a bass note that is not the root; without tritones
OTHER = {"R": "5", "8": "5", "5": "8", "7": "5", "3": "5"}  # symbol that replaces another in a varied bar
SIMILAR, PARALLEL = 4.0, 16.0  # costs of moving in the melody's direction; of parallel fifths or octaves with it


@dataclass(frozen=True, slots=True)
class BassNote:
    """A bass note that has no pitch yet. step: ticks of one step of its pattern."""

    onset: int
    duration: int
    symbol: str
    accent: int
    step: int

    @property
    def end(self) -> int:
        """The tick at which it ends."""
        return self.onset + self.duration


def bass_class(span: ChordSpan, section: SectionPlan) -> int:
    """Return the pitch class of the bass of a chord; in a pedal section the tonic, when the chord has it."""
    tonic = section.key.tonic
    return tonic if section.harmony == "pedal" and tonic in span.chord.classes else span.chord.bass


def root_pitches(
    context: ComposeContext, section: SectionPlan, spans: tuple[ChordSpan, ...], low: int, high: int, near: int | None
) -> tuple[int, ...]:
    """Return the bass pitch of each chord: near the one before, preferably against the melody.

    Parallel fifths and octaves with the melody are used only where there is no other way. Dynamic programming finds the
    cheapest line. near: the last pitch the bass played before, if any.
    """
    # last pitch → (cost, pitches) of the cheapest line that ends on it
    line: dict[int, tuple[float, tuple[int, ...]]] = {} if near is None else {near: (0.0, ())}
    then = None if near is None else context.lead_note_at(chord_at(context.harmony, section.start - 1).onset)
    for span in spans:
        first = low + (bass_class(span, section) - low) % 12
        options = [p for p in (first, first + 12) if p <= min(high, low + ROOTS_SPAN)] or [first]
        if first - 12 >= DEEPEST:
            options.append(first - 12)
        now = context.lead_note_at(span.onset)
        best = {}
        for pitch in options:
            own_cost = 0.3 * abs(pitch - low - 6) + (UNDER if pitch < low else 0.0)
            best[pitch] = min(
                (
                    (cost + own_cost + _step_cost(at, pitch, then, now), (*path, pitch))
                    for at, (cost, path) in line.items()
                ),
                default=(own_cost, (pitch,)),
            )
        line, then = best, now
    return min(line.values())[1] if spans else ()


def _step_cost(at: int, pitch: int, then: Note | None, now: Note | None) -> float:
    """Return the cost of a step of the bass while the melody goes from note `then` to note `now`."""
    value = float(abs(pitch - at))
    if now is not None and then is not None and (now.pitch - then.pitch) * (pitch - at) > 0:
        gap = (now.pitch - pitch) % 12
        value += PARALLEL if gap in (0, 7) and (then.pitch - at) % 12 == gap else SIMILAR
    return value


def _varied(notes: list[BassNote], bar: int, bars: int, start: int, beat: int) -> list[BassNote]:
    """Vary every fourth bar a little, and let the last bar of a phrase lead on; other bars stay."""
    leading = leads_on(bar, bars)
    if not notes or not (leading or bar % VARY_EVERY == VARY_EVERY - 1):
        return notes
    last = notes[-1]
    if leading and last.symbol != "a":
        if last.duration > 2 * beat:
            return [*notes[:-1], *_split(last, last.duration - beat, "a")]
        if last.onset > start:
            return [*notes[:-1], replace(last, symbol="a")]
    if last.duration >= 2 * beat:
        return [*notes[:-1], *_split(last, last.duration // 2 // beat * beat, "a" if leading else "5")]
    at = len(notes) - 1 - (last.symbol == "a")
    if at < 1:
        return notes
    if notes[at].symbol == "w" and notes[at].duration >= beat:  # a skip in a walking bass
        return [*notes[:at], *_split(notes[at], notes[at].duration // 2, "w"), *notes[at + 1 :]]
    return [*notes[:at], replace(notes[at], symbol=OTHER.get(notes[at].symbol, notes[at].symbol)), *notes[at + 1 :]]


def _split(note: BassNote, at: int, symbol: str) -> tuple[BassNote, BassNote]:
    """Split a note `at` ticks after its onset; the second part gets `symbol`."""
    return replace(note, duration=at), BassNote(note.onset + at, note.duration - at, symbol, 0, note.step)


def _locked(notes: list[BassNote], kicks: tuple[int, ...], step: int, end: int) -> list[BassNote]:
    """Move the notes of a bar onto strokes of the bass drum: by one step, by adding notes, or by removing others.

    end: tick of the next bar line, over which nothing is held.
    """
    if not kicks or not notes:
        return notes
    taken = {note.onset for note in notes}
    free = [tick for tick in kicks if tick not in taken]
    moved = []
    for note in notes:
        near = next((t for t in free if abs(t - note.onset) == step), None)
        if note.onset not in kicks and note.symbol != "a" and near is not None:
            free.remove(near)
            note = replace(note, onset=near)
        moved.append(note)
    moved += [BassNote(tick, step, "R", 0, step) for tick in free]
    moved.sort(key=lambda note: note.onset)
    on = sum(note.onset in kicks for note in moved)
    most_off = round(on * (1 - ON_KICK) / ON_KICK)
    off = [note for note in moved if note.onset not in kicks]
    off.sort(key=lambda note: (note.symbol != "a", note.accent < 0, -note.accent, note.onset))
    removed = set(off[most_off:])
    kept = [note for note in moved if note not in removed]
    return [
        replace(note, duration=min(note.duration, after.onset - note.onset))
        for note, after in zip(kept, [*kept[1:], replace(kept[-1], onset=end)], strict=True)
    ]


def _rhythm(
    context: ComposeContext, section: SectionPlan, texture: Texture, spans: tuple[ChordSpan, ...]
) -> list[BassNote]:
    """Return the notes of a section without pitches: the pattern bar by bar, split at chord changes.

    After a chord change a held note is struck again on the root.
    """
    bar_ticks, step = section.meter.bar_ticks, PPQ // texture.unit
    beat = min(PPQ, bar_ticks)
    onsets = [span.onset for span in spans]
    starts = set(onsets)
    out: list[BassNote] = []
    for bar, bar_tokens in tokens_by_bar(texture, section.meter, section.bars):
        start = section.start + bar * bar_ticks
        notes = [BassNote(start + t.step * step, t.steps * step, t.symbol, t.accent, step) for t in bar_tokens]
        if "kick" in texture.tags:
            notes = _locked(notes, context.kicks_between(start, start + bar_ticks), step, start + bar_ticks)
        for note in _varied(notes, bar, section.bars, start, beat):
            if note.onset in starts and section.meter.strength(note.onset - start) >= 2:
                note = replace(note, symbol="R")
            cuts = onsets[bisect_right(onsets, note.onset) : bisect_left(onsets, note.end)]
            out.append(replace(note, duration=cuts[0] - note.onset) if cuts else note)
            for a, b in pairwise([*cuts, note.end]):
                if b - a >= LEAST:
                    out.append(BassNote(a, b - a, "R", note.accent, step))
    return out


def _member(symbol: str, root: int, span: ChordSpan, low: int, high: int) -> int:
    """Return the pitch of a chord tone above the bass note of its chord, or below it when there is no room above."""
    if symbol == "8":
        return root + 12 if root + 12 <= high else root - 12 if root - 12 >= low else root
    tones = {(pc - root) % 12 for pc in span.chord.classes}
    intervals = INVERTED if symbol == "5" and root % 12 != span.chord.root else MEMBERS[symbol]
    interval: int = next((w for w in intervals if w in tones), 0)
    return root + interval if root + interval <= high else max(root + interval - 12, low)


def approach(span: ChordSpan, before: int, target: int, low: int, chromatic: bool) -> int:
    """Choose a pitch a step away from the next root, from the side of the line, that does not clash with its chord."""
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


def _walking_pitch(span: ChordSpan, before: int, ahead: int, left: int, low: int, high: int) -> int:
    """Choose the next of `left` notes on the way to `ahead`: a step or a chord tone, never the same pitch twice."""
    scale = chord_scale(span.chord, span.key)
    target = before + (ahead - before) / (left + 1) + (4 if abs(ahead - before) <= 2 and left > 1 else 0)

    def cost(pitch: int) -> tuple[float, int]:
        value = abs(pitch - target) + (0.0 if pitch % 12 in span.chord.classes else 0.8)
        return value + (5.0 if pitch == before else 0.0) + (1.5 if pitch == ahead else 0.0), pitch

    return min((p for p in range(max(low, before - 7), min(high, before + 7) + 1) if p % 12 in scale), key=cost)


def bass_line(
    context: ComposeContext, player: Player, section: SectionPlan, texture: Texture, velocity: int, near: int | None
) -> list[Note]:
    """Write the bass of a section. near: the last pitch it played before, if any."""
    low, high = window(player, section)
    spans = context.spans(section)
    roots = dict(zip((s.onset for s in spans), root_pitches(context, section, spans, low, high, near), strict=True))
    notes = _rhythm(context, section, texture, spans)
    chromatic = context.voicing.bass == "chromatic"
    after = chord_at(context.harmony, section.end if section.end < context.plan.length else 0)
    beyond = root_pitches(context, context.plan.section_at(after.onset), (after,), low, high, None)[0]
    placed = [chord_at(spans, note.onset) for note in notes]
    fixed = [
        None if note.symbol in ("a", "w")
        else roots[span.onset] if note.symbol == "R"
        else _member(note.symbol, roots[span.onset], span, low, high)
        for note, span in zip(notes, placed, strict=True)
    ]  # fmt: skip
    ahead: list[int] = []  # for each note the next fixed pitch, and how many notes without one lie before it
    open_until: list[int] = []
    coming, count = beyond, 0
    for pitch in reversed(fixed):
        ahead.append(coming)
        open_until.append(count)
        coming, count = (coming, count + 1) if pitch is None else (pitch, 0)
    ahead.reverse()
    open_until.reverse()
    out: list[Note] = []
    for note, span, pitch, target, left in zip(notes, placed, fixed, ahead, open_until, strict=True):
        before = out[-1].pitch if out else roots[span.onset]
        if note.symbol == "a":
            pitch = approach(span, before, target, low, chromatic)
        elif pitch is None:
            pitch = _walking_pitch(span, before, target, left + 1, low, high)
        gate = GHOST * note.step if note.accent < 0 else note.duration * texture.gate
        loud = max(20, min(120, velocity + (10, 0, -22)[1 - note.accent]))
        out.append(Note(note.onset, max(30, round(gate)), min(pitch, high), loud))
    return out
