"""Remove clashes between parts: semitones and minor ninths that the chord does not contain, and muddy low intervals.

An accompanying note that clashes with a more important one moves to a chord tone near by, or is shortened, or is left
out. Passing notes may clash. The tune and its doublings never change; after them, in order of importance, come bass,
pads, counter-line, ostinati, hits and colours. An interval is muddy when it is too close for its register.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cuesmith.casting.cast import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.music.chord import Chord
from cuesmith.music.note import PPQ, Note
from cuesmith.music.voicing import LOW_LIMITS
from cuesmith.score import Passage, Score, chord_at

PASSING = PPQ // 32  # ticks for which two notes may clash
SHORT = PPQ // 2  # a clashing bass note that cannot move is shortened to this
RUBS = (1, 13)  # clashing intervals in semitones, up or down
OPEN_RUBS = (1, 11, 13, 23, 25, 35, 37, 47, 49, 59, 61)  # between bass and tune, the outer voices
MOVES = (
    -1,
    1,
    -2,
    2,
    -3,
    3,
    -4,
    4,
    -5,
    5,
    -12,
    12,
)  # semitones by which a clashing note may move, in order of preference
STRONG = 3  # metrical strength from which a note does not count as passing
ORDER = ("bass", "pad", "counter", "ostinato", "impact", "colour")  # each role gives way to the roles before it
CLUSTER = "cluster"  # tag of textures that clash on purpose
TOLERANCE = 2  # semitones by which two players may go below the low interval limits


class Pitches(tuple[int, ...]):
    """MIDI pitches, and the same set as an integer with one bit per pitch."""

    bits: int

    def __new__(cls, pitches: Iterable[int]) -> Pitches:
        made = super().__new__(cls, (pitch for pitch in pitches if pitch >= 0))
        made.bits = sum(1 << pitch for pitch in set(made))
        return made


AROUND = tuple(Pitches(p + step for rub in RUBS for step in (-rub, rub)) for p in range(160))
OPEN = tuple(Pitches(p + rub for rub in OPEN_RUBS) for p in range(160))
MUD = tuple(  # for each pitch, the pitches that are muddy together with it
    Pitches(
        [p - gap for gap in range(1, 12) if p - gap < LOW_LIMITS[gap] - TOLERANCE]
        + [p + gap for gap in range(1, 12) if p < LOW_LIMITS[gap] - TOLERANCE]
    )
    for p in range(160)
)
NEAR = tuple(around.bits | open_.bits | mud.bits for around, open_, mud in zip(AROUND, OPEN, MUD, strict=True))


class Sounding:
    """The notes placed so far, by pitch. It answers quickly which of them sound near a pitch."""

    def __init__(self) -> None:
        self._at: dict[int, list[tuple[int, int]]] = {}
        self._longest: dict[int, int] = {}
        self._beats: defaultdict[int, int] = defaultdict(int)  # beat → the pitches that sound in it, one bit each

    def add(self, onset: int, end: int, pitch: int) -> None:
        """Place a note (ticks, MIDI pitch)."""
        row = self._at.setdefault(pitch, [])
        if row and row[-1] > (onset, end):
            insort(row, (onset, end))
        else:
            row.append((onset, end))
        if end - onset > self._longest.get(pitch, 0):
            self._longest[pitch] = end - onset
        for beat in range(onset // PPQ, (end - 1) // PPQ + 1):
            self._beats[beat] |= 1 << pitch

    def bits(self, onset: int, end: int) -> int:
        """Return the pitches that sound in the beats from `onset` to `end`, one bit each: a fast test before `near`."""
        first, last = onset // PPQ, (end - 1) // PPQ
        sounding = self._beats.get(first, 0)
        for beat in range(first + 1, last + 1):
            sounding |= self._beats.get(beat, 0)
        return sounding

    def near(self, onset: int, end: int, pitches: Iterable[int]) -> Iterable[tuple[int, int, int]]:
        """Yield (start, end, pitch) of every audible overlap with placed notes of these pitches."""
        for pitch in pitches:
            row = self._at.get(pitch)
            if row is None:
                continue
            for at in range(bisect_left(row, (onset - self._longest[pitch], 0)), len(row)):
                start, stop = row[at]
                if start >= end:
                    break
                first, last = max(start, onset), min(stop, end)
                if last - first > PASSING:
                    yield first, last, pitch


def _passing_notes(context: ComposeContext, notes: Sequence[Note]) -> set[int]:
    """Return the indexes of notes in a line that the ear takes for motion, so that they may clash.

    They are short, foreign to their chord, off the accents and left by step; or struck half a beat before their chord.
    """
    out = set()
    for i, note in enumerate(notes):
        if note.duration > PPQ:
            continue
        now = chord_at(context.harmony, note.onset).chord
        if note.pitch % 12 in now.classes:
            continue
        soon = chord_at(context.harmony, note.onset + PPQ // 2).chord
        if now is not soon and note.pitch % 12 in soon.classes:
            out.add(i)
            continue
        after = notes[i + 1] if i + 1 < len(notes) else None
        if after is None or not 1 <= abs(after.pitch - note.pitch) <= 2 or after.onset <= note.onset:
            continue
        section = context.plan.section_at(note.onset)
        strong = section.meter.strength((note.onset - section.start) % section.meter.bar_ticks) >= STRONG
        if not strong and after.onset - note.end <= PPQ // 2:
            out.add(i)
    return out


def _contains(chord: Chord, *pitches: int) -> bool:
    """Tell whether every pitch belongs to the chord or is its bass."""
    return all(pitch % 12 in chord.classes or pitch % 12 == chord.bass for pitch in pitches)


def _first_clash(
    context: ComposeContext, heard: Sounding, tune: Sounding, note: Note, shifts: tuple[int, ...], role: str
) -> tuple[int, int] | None:
    """Return (start, end) in ticks of the first clash of a note; None when there is none.

    heard: the accompaniment placed so far. tune: the tune and its doublings. shifts: octaves at which the note is
        doubled, in semitones. role: of its seat.
    """
    if note.duration <= PASSING:
        return None
    onset, end = note.onset, note.end
    pitches = [note.pitch + shift for shift in shifts]
    beats = heard.bits(onset, end), tune.bits(onset, end)
    if not any((beats[0] | beats[1]) & NEAR[pitch] for pitch in pitches):
        return None
    low = role == "bass"
    found: list[tuple[int, int]] = []
    for placed, sounding, rubbing in ((heard, beats[0], AROUND), (tune, beats[1], OPEN if low else AROUND)):
        for pitch in pitches:
            near = rubbing[pitch]
            for first, last, other in placed.near(onset, end, near) if sounding & near.bits else ():
                span = chord_at(context.harmony, first)
                if not _contains(span.chord, pitch, other):  # otherwise the tension belongs to the chord
                    found.append((first, last))
                elif span.end < last - PASSING and not _contains(
                    chord_at(context.harmony, last - 1).chord, pitch, other
                ):
                    found.append((span.end, last))  # held into a chord that does not contain it
            if sounding & MUD[pitch].bits and role != "colour" and (not low or placed is tune):
                found += [(first, last) for first, last, _ in placed.near(onset, end, MUD[pitch])]
    return min(found) if found else None


def _without_clash(
    context: ComposeContext, heard: Sounding, tune: Sounding, player: Player, note: Note, shifts: tuple[int, ...]
) -> Note | None:
    """Return the note, moved or shortened so that it does not clash; None when it must be left out."""
    role = player.seat.role
    clash = _first_clash(context, heard, tune, note, shifts, role)
    if clash is None:
        return note
    assert player.instrument is not None
    bottom, top = player.instrument.range
    classes = set(chord_at(context.harmony, note.onset).chord.classes)
    classes &= set(chord_at(context.harmony, note.end - 1).chord.classes)
    for move in (-12, *MOVES) if role == "bass" else MOVES:
        moved = note._replace(pitch=note.pitch + move)
        fits = bottom <= moved.pitch <= top and moved.pitch % 12 in classes
        if fits and _first_clash(context, heard, tune, moved, shifts, role) is None:
            return moved
    first, last = clash
    if (first - note.onset) * 2 >= note.duration:
        return note._replace(duration=first - note.onset)
    late = note._replace(onset=last, duration=note.end - last)
    if late.duration >= PPQ and _first_clash(context, heard, tune, late, shifts, role) is None:
        return late
    # a missing bass note would be noticed more than a short clash
    return note._replace(duration=min(note.duration, SHORT)) if role == "bass" else None


def clear_clashes(score: Score, context: ComposeContext) -> Score:
    """Remove the clashes of the accompaniment; the tune and its doublings stay.

    A seat that others double at the octave is checked together with its doublings.
    """
    heard, tune, outer = Sounding(), Sounding(), Sounding()
    seats = {player.id: player for player in context.cast.players}
    doubled_tune = [p for p in score.parts if not p.drums and p.seat in seats and seats[p.seat].seat.double == "lead"]
    for line in (context.lead, sorted(note for part in doubled_tune for note in part.notes())):
        passing = _passing_notes(context, line)
        for i, note in enumerate(line):
            if i not in passing:
                tune.add(note.onset, note.end, note.pitch)
            if i not in passing or note.duration > PPQ // 2:  # under a longer note the bass must not clash
                outer.add(note.onset, note.end, note.pitch)
    shifts: dict[str, list[int]] = {}
    for player in context.cast.players:
        if player.seat.double not in (None, "lead"):
            shifts.setdefault(str(player.seat.double), []).append(12 * player.seat.octave)
    parts = {part.id: part for part in score.parts}
    followers = [
        p for p in context.cast.players
        if p.id in parts and p.seat.role in ORDER and p.seat.double is None and p.instrument is not None
    ]  # fmt: skip
    for player in sorted(followers, key=lambda p: ORDER.index(p.seat.role)):
        together = (0, *shifts.get(player.id, ()))
        upper = outer if player.seat.role == "bass" else tune
        kept: list[tuple[Passage, set[int]]] = []
        played: defaultdict[int, list[Note]] = defaultdict(list)  # notes of the player's other passages, by pitch
        for passage in parts[player.id].passages:
            texture = context.textures.get(passage.device)
            notes = passage.notes
            may_change = passage.statement is None and (texture is None or CLUSTER not in texture.tags)
            passing = _passing_notes(context, notes)
            if may_change:
                resolved = [
                    note if i in passing else _without_clash(context, heard, upper, player, note, together)
                    for i, note in enumerate(notes)
                ]
                cleared = _without_overlaps(n for n in resolved if n is not None and not _overlaps(n, played[n.pitch]))
                if cleared != notes:
                    passage, notes = replace(passage, notes=cleared), cleared
                    passing = _passing_notes(context, cleared)
            if notes:
                kept.append((passage, passing))
                for note in notes:
                    played[note.pitch].append(note)
        for passage, passing in kept:
            for i, note in enumerate(passage.notes):
                for shift in together if i not in passing else ():
                    heard.add(note.onset, note.end, note.pitch + shift)
        parts[player.id] = replace(parts[player.id], passages=tuple(passage for passage, _ in kept))
    return replace(score, parts=tuple(parts.values()))


def _overlaps(note: Note, others: Iterable[Note]) -> bool:
    """Tell whether a note sounds together with one of `others`."""
    start, end = note.onset, note.end
    return any(onset < end and start < onset + duration for onset, duration, _, _ in others)


def _without_overlaps(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Sort the notes and remove or shorten notes that overlap another of the same pitch."""
    out: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes):
        at = last.get(note.pitch)
        if at is not None and out[at].end > note.onset:
            if out[at].onset == note.onset:
                continue
            out[at] = out[at]._replace(duration=note.onset - out[at].onset)
        last[note.pitch] = len(out)
        out.append(note)
    return tuple(out)
