"""The counter-line: a second melody made of guide tones, which moves where the tune holds or rests.

Thirds and sevenths, joined by the smallest steps, make a skeleton that rises or falls against the tune. It becomes a
line: notes enter where the tune has no onset, a note held over a chord change becomes a suspension, passing notes fill
held notes of the tune, and in long rests the beginning of the theme answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.answers import head_of_theme, pauses
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.chord import Chord, chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan, Passage

BELOW_MIN, BELOW_MAX = 3, 17  # preferred semitones below the melody
QUIETER = 6  # velocity below that of the tune
ANSWERED = 2 * PPQ  # rests of the tune at least this long are answered
ANSWER_NOTES = 4  # first notes of the theme, which answer
PHRASE = 4  # chords; the first note of a phrase begins with its chord, even with the tune

# costs in the search for the skeleton
EASY = 4  # steps up to so many semitones cost nothing, as they leave room for passing notes
SAME_WAY, CROSSING, FAR, STATIC, SWAY = 2.5, 6.0, 1.0, 3.0, 0.5


def _guides(chord: Chord) -> tuple[int, ...]:
    """Return the guide tones of a chord (third, seventh, fourth, sixth), or all its tones."""
    names = chord.tones()
    wanted = [pc for pc in chord.classes if names[pc] in ("3", "7", "4", "6")]
    return tuple(wanted) or chord.classes


def _skeleton(
    context: ComposeContext, section: SectionPlan, spans: Sequence[ChordSpan], low: int, high: int
) -> list[int]:
    """Return a guide tone for each chord: the cheapest path through all of them (Viterbi algorithm)."""
    rises = section.index % 2 == 0
    reach = (high - low) / 2
    columns: list[dict[int, tuple[float, int]]] = []  # pitch → cost so far, pitch before
    tops: list[int | None] = []
    for i, span in enumerate(spans):
        melody = [n.pitch for n in context.lead_between(span.onset, span.end)]
        ceiling = min(melody) - BELOW_MIN if melody else high
        floor = min(melody) - BELOW_MAX if melody else low
        tops.append(melody[0] if melody else None)
        # place in the phrase, 0..1; a section has two phrases
        place = (span.onset - section.start) / section.length * 2 % 1
        target = low + reach * (0.6 + 0.6 * (place if rises else 1 - place))
        options = [p for p in range(low, high + 1) if p % 12 in _guides(span.chord)]
        column: dict[int, tuple[float, int]] = {}
        for pitch in options or [p for p in range(low, high + 1) if p % 12 in span.chord.classes]:
            cost = SWAY * abs(pitch - target) + CROSSING * max(0, pitch - ceiling) + FAR * max(0, floor - pitch)
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
    """Return the first beat in the first half of a chord on which the tune has no onset; else the chord's onset."""
    beats = range(span.onset, span.onset + max(1, span.duration // 2) + 1, PPQ)
    halves = range(span.onset + PPQ // 2, span.onset + max(1, span.duration // 2) + 1, PPQ)
    return next((tick for tick in (*beats, *halves) if tick not in onsets and tick < span.end - PPQ // 2), span.onset)


def _passing_notes(span: ChordSpan, start: int, pitch: int, ahead: int, free: Sequence[int]) -> list[tuple[int, int]]:
    """Return (tick, pitch) of passing notes towards the next pitch, on free beats, by steps of the scale."""
    clashing = {(pc + move) % 12 for pc in span.chord.classes for move in (-1, 1)}
    pool = (chord_scale(span.chord, span.key) - clashing) | span.chord.core
    direction = 1 if ahead > pitch else -1
    line = [p for p in range(pitch + direction, ahead, direction) if p % 12 in pool][: len(free)]
    if not line and abs(ahead - pitch) <= 2 and free:  # no pitch between: use a neighbour on the other side
        neighbour = [p for p in (pitch - direction, pitch - 2 * direction) if p % 12 in pool]
        line = neighbour[:1]
    return list(zip(free[len(free) - len(line) :], line, strict=True))


def _line(context: ComposeContext, section: SectionPlan, spans: Sequence[ChordSpan], low: int, high: int) -> list[Note]:
    """Write the counter-line of a section from its skeleton."""
    velocity = velocity_of(section.energy) - QUIETER
    path = _skeleton(context, section, spans, low, high)
    out: list[Note] = []
    for i, (span, pitch) in enumerate(zip(spans, path, strict=True)):
        melody = context.lead_between(span.onset, span.end)
        onsets = {n.onset for n in melody}
        entry = span.onset if i % PHRASE == 0 else _entry(context, span, onsets)
        if entry > span.onset and out and out[-1].end == span.onset:
            held = out[-1].pitch
            # suspension 4-3, 9-8 or 7-6, which resolves down by step
            suspended = 1 <= held - pitch <= 2 and entry - span.onset <= 2 * PPQ
            if held % 12 in span.chord.classes or (suspended and held % 12 in chord_scale(span.chord, span.key)):
                out[-1] = out[-1]._replace(duration=entry - out[-1].onset)
        ahead = path[i + 1] if i + 1 < len(path) else pitch
        half = entry + (span.end - entry) // 2
        beats = range(-(-half // PPQ) * PPQ, span.end, PPQ)
        free = [tick for tick in beats if tick > entry and tick not in onsets]
        line = [(entry, pitch), *_passing_notes(span, entry, pitch, ahead, free[-2:])]
        edges = [tick for tick, _ in line[1:]] + [span.end]
        out += [Note(tick, end - tick, p, velocity) for (tick, p), end in zip(line, edges, strict=True)]
    merged: list[Note] = []
    for note in (_below_tune(context, note, low) for note in out):
        if note is None:
            continue
        last = merged[-1] if merged else None
        if last and last.pitch == note.pitch and last.end == note.onset and last.duration < 4 * PPQ:
            merged[-1] = last._replace(duration=last.duration + note.duration)
        else:
            merged.append(note)
    return merged


def _below_tune(context: ComposeContext, note: Note, low: int) -> Note | None:
    """Move a note an octave down where it would cross the tune; None where that is too low."""
    melody = context.lead_note_at(note.onset)
    if melody is None or note.pitch < melody.pitch:
        return note
    return note._replace(pitch=note.pitch - 12) if note.pitch - 12 >= low else None


def _with_answers(
    context: ComposeContext, section: SectionPlan, notes: list[Note], low: int, high: int
) -> tuple[list[Note], list[Note]]:
    """Return (guide tones, answers): the line is cut where an answer sounds."""
    answers: list[Note] = []
    others = (p for p in context.cast.players if "answer" in p.seat.gestures)
    if any(context.cast.active(player, section) for player in others):
        return notes, answers  # another player has the answers
    for _, start, end in pauses(context, section, ANSWERED):
        quoted = head_of_theme(context, section, start, end, low, high, ANSWER_NOTES)
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
    """Write the counter-line of a player for the whole cue.

    It enters with the second statement of a theme (the first in very short cues), and in a contrast only half-way.
    """
    out = []
    statements = 0
    assert player.instrument is not None
    low = max(player.instrument.sweet[0], 45) + 12 * player.seat.octave
    high = min(player.instrument.range[1], low + 19)
    articulation = player.seat.articulation or "legato"
    for section in context.plan.sections:
        if section.theme is None or not section.treatment_row.whole:
            continue
        statements += 1
        if (statements == 1 and len(context.plan.sections) > 2) or not context.cast.active(player, section):
            continue
        if context.cast.leads[section.index] == player.id:
            continue
        entry = section.start + section.length // 2 if section.treatment_row.theme == "away" else section.start
        spans = [span for span in context.spans(section) if span.onset >= entry]
        if not spans:
            continue
        notes, answers = _with_answers(context, section, _line(context, section, spans, low, high), low, high)
        if notes:
            out.append(Passage(tuple(notes), section.index, "guide tones", articulation))
        if answers:
            out.append(Passage(tuple(sorted(answers)), section.index, "answer", articulation))
    return tuple(out)
