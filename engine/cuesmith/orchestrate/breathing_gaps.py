"""Breathing: parts of winds, brass and voices get short gaps, preferably where a phrase ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from cuesmith.casting.player import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.music.note import PPQ, Note
from cuesmith.music.tempo import TempoMap
from cuesmith.plan.model import Plan
from cuesmith.score import Passage, Score

GAP_SEC = 0.21  # length of a quick breath
SPARE = 0.97  # share of the longest breath that a player uses
LEAST_SEC = 0.09  # a note shortened for a breath keeps at least this

# value of a place to breathe, added to the seconds of the note before it (at most LONG_SEC)
LONG_SEC = 1.5
PHRASE_END, BAR_END, BEAT_END, LATE = 1.2, 0.6, 0.2, 0.8


def _gap_ticks(tempo: TempoMap, tick: int) -> int:
    """Return the length of a breath before `tick`, in ticks."""
    bpm = max(tempo.bpm(tick), tempo.bpm(max(0, tick - 1)))  # the faster tempo, in which the gap has more ticks
    return round(GAP_SEC * bpm / 60 * PPQ) + 1


def breath_ticks(plan: Plan, passages: Iterable[Passage], breath_sec: float) -> tuple[int, ...]:
    """Find where a player must breathe: the onsets (ticks, in order) of the notes that follow a breath.

    breath_sec: the longest stretch without a breath, in seconds. Rests long enough to breathe in are not listed.
    """
    tempo, phrase_ends, notes = plan.tempo, set[int](), list[Note]()
    for passage in passages:
        notes += passage.notes
        phrase_ends.add(max(note.end for note in passage.notes))
    notes.sort()
    if not notes:
        return ()
    out: list[int] = []
    first, reached = 0, notes[0].end
    at = 1
    while at <= len(notes):
        started = tempo.seconds(notes[first].onset)
        limit = started + SPARE * breath_sec
        if tempo.seconds(max(reached, notes[at - 1].end)) <= limit:
            if at < len(notes):
                has_rest = tempo.seconds(notes[at].onset) - tempo.seconds(reached) >= GAP_SEC
                first, reached = (at, notes[at].end) if has_rest else (first, max(reached, notes[at].end))
            at += 1
            continue
        best, place = 0.0, None
        for k in range(first, at - 1):
            note, after = notes[k], notes[k + 1]
            begin, stop = tempo.seconds(note.onset), tempo.seconds(after.onset) - GAP_SEC
            if after.onset <= note.onset or stop - begin < LEAST_SEC or stop > limit:
                continue
            section = plan.section_at(after.onset)
            inside = (after.onset - section.start) % section.meter.bar_ticks
            value = min(stop - begin, LONG_SEC) + PHRASE_END * (note.end in phrase_ends) + BAR_END * (not inside)
            value += BEAT_END * (not inside % PPQ) + LATE * (stop - started) / breath_sec
            if place is None or value > best:
                best, place = value, k + 1
        if place is None:  # no place to breathe, or a single note longer than a breath: see `with_breathing_gaps`
            first = at if at < len(notes) else first
            reached = notes[at].end if at < len(notes) else reached
            at += 1
            continue
        out.append(notes[place].onset)
        first, reached, at = place, notes[place].end, place + 1
    return tuple(out)


def with_breathing_gaps(plan: Plan, passages: tuple[Passage, ...], breath_sec: float) -> tuple[Passage, ...]:
    """Shorten the note before each breath, and every note that is longer than one breath.

    Onsets and pitches stay, so themes stay recognisable.
    """
    tempo = plan.tempo
    taken = breath_ticks(plan, passages, breath_sec)
    out = []
    for passage in passages:
        notes = []
        for note in passage.notes:
            stop = note.end
            for tick in taken:
                early = tick - _gap_ticks(tempo, tick)
                if note.onset < early < stop and note.onset < tick:
                    stop = early
            if tempo.seconds(stop) - tempo.seconds(note.onset) > SPARE * breath_sec:
                stop -= _gap_ticks(tempo, stop)
                longest = note.onset + round(SPARE * breath_sec * tempo.bpm(note.onset) / 60 * PPQ)
                if plan.section_at(note.onset).flow:  # the tempo changes during the note
                    until = tempo.seconds(note.onset) + SPARE * breath_sec
                    longest = int(tempo.ticks_array(np.array([until]))[0])
                stop = min(stop, longest)
            notes.append(note._replace(duration=stop - note.onset))
        out.append(replace(passage, notes=tuple(notes)))
    return tuple(out)


def needs_breath(player: Player) -> bool:
    """Tell whether a part needs breathing gaps: lines of winds, brass and voices do, chords do not."""
    assert player.instrument is not None
    single = player.instrument.voices == 1 or player.seat.role in ("lead", "counter")
    return single and player.instrument.breath_sec > 0


def add_breathing_gaps(score: Score, context: ComposeContext) -> Score:
    """Add breathing gaps to every part whose player needs them."""
    breath_secs = {
        p.id: p.instrument.breath_sec for p in context.cast.players if p.instrument is not None and needs_breath(p)
    }
    parts = []
    for part in score.parts:
        passages = part.passages
        if part.id in breath_secs:
            passages = with_breathing_gaps(score.plan, part.passages, breath_secs[part.id])
        parts.append(part if passages == part.passages else replace(part, passages=passages))
    return replace(score, parts=tuple(parts))
