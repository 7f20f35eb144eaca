"""The counter-line: a second melody out of guide tones, that sings where the tune holds its breath.

Thirds and sevenths, joined by the least motion, make the skeleton of a phrase that rises or falls against the tune.
It is then sung: entries fall where the tune has none, a note held over the change of chord becomes a suspension, steps
lead on where the tune holds, and where it rests long enough the head of the theme answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.casting.cast import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.fit_to_chords import fit
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.chord import Chord, chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan, Passage

BELOW_MIN, BELOW_MAX = 3, 17  # semitones under the melody
QUIETER = 6  # velocity under the tune's
ANSWERED = 2 * PPQ  # rest of the tune from which on it is answered
ANSWER_NOTES = 4  # of the theme's head
PHRASE = 4  # chords; a phrase begins with its chord, whatever the tune does

# costs of the skeleton, in semitones of motion
EASY = 4  # semitones that cost nothing: room for a passing note or two
SAME_WAY, CROSSING, FAR, STATIC, SWAY = 2.5, 6.0, 1.0, 3.0, 0.5


def _guides(chord: Chord) -> tuple[int, ...]:
    names = chord.tones()
    wanted = [pc for pc in chord.classes if names[pc] in ("3", "7", "4", "6")]
    return tuple(wanted) or chord.classes


def _skeleton(
    context: ComposeContext, section: SectionPlan, spans: Sequence[ChordSpan], low: int, high: int
) -> list[int]:
    """A guide tone for each chord: the way of least cost through all of them (Viterbi)."""
    rises = section.index % 2 == 0
    reach = (high - low) / 2
    columns: list[dict[int, tuple[float, int]]] = []  # pitch → cost so far, pitch before
    tops: list[int | None] = []
    for i, span in enumerate(spans):
        sung = [n.pitch for n in context.lead_between(span.onset, span.end)]
        ceiling = min(sung) - BELOW_MIN if sung else high
        floor = min(sung) - BELOW_MAX if sung else low
        tops.append(sung[0] if sung else None)
        place = (span.onset - section.start) / section.length * 2 % 1  # two phrases in a section
        wished = low + reach * (0.6 + 0.6 * (place if rises else 1 - place))
        options = [p for p in range(low, high + 1) if p % 12 in _guides(span.chord)]
        column: dict[int, tuple[float, int]] = {}
        for pitch in options or [p for p in range(low, high + 1) if p % 12 in span.chord.classes]:
            cost = SWAY * abs(pitch - wished) + CROSSING * max(0, pitch - ceiling) + FAR * max(0, floor - pitch)
            if not columns:
                column[pitch] = (cost, pitch)
                continue
            above, under = tops[i], tops[i - 1]
            motion = above - under if above is not None and under is not None else 0
            best = (1e9, pitch)
            for before, (so_far, _) in columns[-1].items():
                step = pitch - before
                value = so_far + (1.5 * max(0, abs(step) - EASY) if step else STATIC) + SAME_WAY * (step * motion > 0)
                if value < best[0]:
                    best = (value, before)
            column[pitch] = (best[0] + cost, best[1])
        columns.append(column)
    at = min(columns[-1], key=lambda p: (columns[-1][p][0], p))
    path = [at]
    for column in reversed(columns[1:]):
        at = column[at][1]
        path.append(at)
    path.reverse()
    return path


def _entry(context: ComposeContext, span: ChordSpan, onsets: set[int]) -> int:
    """The first beat of the chord, in its first half, on which the tune has no note of its own."""
    beats = range(span.onset, span.onset + max(1, span.duration // 2) + 1, PPQ)
    halves = range(span.onset + PPQ // 2, span.onset + max(1, span.duration // 2) + 1, PPQ)
    return next((tick for tick in (*beats, *halves) if tick not in onsets and tick < span.end - PPQ // 2), span.onset)


def _steps_on(span: ChordSpan, start: int, pitch: int, ahead: int, free: Sequence[int]) -> list[tuple[int, int]]:
    """(tick, pitch) of passing notes from a pitch to the next one, on the free beats, by steps of the scale."""
    rubs = {(pc + move) % 12 for pc in span.chord.classes for move in (-1, 1)}
    pool = (chord_scale(span.chord, span.key) - rubs) | span.chord.core
    way = 1 if ahead > pitch else -1
    ladder = [p for p in range(pitch + way, ahead, way) if p % 12 in pool][: len(free)]
    if not ladder and abs(ahead - pitch) <= 2 and free:  # no room between: a neighbour on the other side
        turn = [p for p in (pitch - way, pitch - 2 * way) if p % 12 in pool]
        ladder = turn[:1]
    return list(zip(free[len(free) - len(ladder) :], ladder, strict=True))


def _line(context: ComposeContext, section: SectionPlan, spans: Sequence[ChordSpan], low: int, high: int) -> list[Note]:
    velocity = velocity_of(section.energy) - QUIETER
    path = _skeleton(context, section, spans, low, high)
    out: list[Note] = []
    for i, (span, pitch) in enumerate(zip(spans, path, strict=True)):
        sung = context.lead_between(span.onset, span.end)
        onsets = {n.onset for n in sung}
        entry = span.onset if i % PHRASE == 0 else _entry(context, span, onsets)
        if entry > span.onset and out and out[-1].end == span.onset:
            held = out[-1].pitch
            suspended = 1 <= held - pitch <= 2 and entry - span.onset <= 2 * PPQ  # 4-3, 9-8, 7-6: it falls by step
            if held % 12 in span.chord.classes or (suspended and held % 12 in chord_scale(span.chord, span.key)):
                out[-1] = out[-1]._replace(duration=entry - out[-1].onset)
        ahead = path[i + 1] if i + 1 < len(path) else pitch
        half = entry + (span.end - entry) // 2
        beats = range(-(-half // PPQ) * PPQ, span.end, PPQ)
        free = [tick for tick in beats if tick > entry and tick not in onsets]
        line = [(entry, pitch), *_steps_on(span, entry, pitch, ahead, free[-2:])]
        edges = [tick for tick, _ in line[1:]] + [span.end]
        out += [Note(tick, end - tick, p, velocity) for (tick, p), end in zip(line, edges, strict=True)]
    merged: list[Note] = []
    for note in (_under(context, note, low) for note in out):
        if note is None:
            continue
        last = merged[-1] if merged else None
        if last and last.pitch == note.pitch and last.end == note.onset and last.duration < 4 * PPQ:
            merged[-1] = last._replace(duration=last.duration + note.duration)
        else:
            merged.append(note)
    return merged


def _under(context: ComposeContext, note: Note, low: int) -> Note | None:
    """The note, an octave down where it would cross the tune; None where that is too low."""
    sung = context.sung(note.onset)
    if sung is None or note.pitch < sung.pitch:
        return note
    return note._replace(pitch=note.pitch - 12) if note.pitch - 12 >= low else None


def _rests(context: ComposeContext, section: SectionPlan) -> list[tuple[int, int]]:
    """Where the tune is silent long enough for an answer, once it has begun."""
    tune = [n for n in context.lead if section.start <= n.onset < section.end]
    edges = [*tune[1:], Note(section.end, 1, 0, 1)] if tune else []
    return [(n.end, after.onset) for n, after in zip(tune, edges, strict=True) if after.onset - n.end >= ANSWERED]


def _answer(
    context: ComposeContext, section: SectionPlan, start: int, end: int, low: int, high: int
) -> tuple[Note, ...]:
    """The head of the theme in a rest of the tune, in this player's register, fitted to the chords."""
    assert section.theme is not None
    motif = context.themes[section.theme].motif
    head = motif.notes[:ANSWER_NOTES]
    length = (motif.notes[ANSWER_NOTES].onset if len(motif.notes) > ANSWER_NOTES else motif.length) - head[0].onset
    if len(head) < 3 or length > end - start:
        return ()
    at = -(-start // (PPQ // 2)) * (PPQ // 2) - head[0].onset
    if at + head[0].onset + length > end:
        at = start - head[0].onset
    whole = motif.with_notes(head).realise(section.key, 4, velocity_of(section.energy) - QUIETER + 4)
    centre = (low + high) / 2
    mean = sum(n.pitch for n in whole) / len(whole)
    shift = 12 * round((centre - mean) / 12)
    raw = [n._replace(onset=n.onset + at, pitch=n.pitch + shift) for n in whole]
    return fit(raw, context.harmony, section.meter, section.start, low=low, high=high)


def _with_answers(
    context: ComposeContext, section: SectionPlan, notes: list[Note], low: int, high: int
) -> tuple[list[Note], list[Note]]:
    """(guide tones, answers): the line makes way where the head of the theme is quoted."""
    answers: list[Note] = []
    others = (p for p in context.cast.players if "answer" in p.seat.gestures)
    if any(context.cast.active(player, section) for player in others):
        return notes, answers  # somebody else has the answers
    for start, end in _rests(context, section):
        quoted = _answer(context, section, start, end, low, high)
        if not quoted:
            continue
        first, last = quoted[0].onset, quoted[-1].end
        kept = []
        for note in notes:
            if note.onset < first < note.end:
                note = note._replace(duration=first - note.onset)
            elif first <= note.onset < last:
                if note.end - last < PPQ:
                    continue
                note = note._replace(onset=last, duration=note.end - last)
            kept.append(note)
        notes = kept
        answers += quoted
    return notes, answers


def counter_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Enters with the second statement of the theme, never with the first, and leaves the start of a contrast alone."""
    out = []
    heard = 0
    assert player.instrument is not None
    low = max(player.instrument.sweet[0], 45) + 12 * player.seat.octave
    high = min(player.instrument.range[1], low + 19)
    articulation = player.seat.articulation or "legato"
    for section in context.plan.sections:
        if section.theme is None or not section.treatment_row.whole:
            continue
        heard += 1
        if (heard == 1 and len(context.plan.sections) > 2) or not context.cast.active(player, section):
            continue
        if context.cast.leads[section.index] == player.id:
            continue
        silent = section.start + section.length // 2 if section.treatment_row.theme == "away" else section.start
        spans = [span for span in context.spans(section) if span.onset >= silent]
        if not spans:
            continue
        notes, answers = _with_answers(context, section, _line(context, section, spans, low, high), low, high)
        if notes:
            out.append(Passage(tuple(notes), section.index, "guide tones", articulation))
        if answers:
            out.append(Passage(tuple(sorted(answers)), section.index, "answer", articulation))
    return tuple(out)
