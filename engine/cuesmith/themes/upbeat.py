"""Upbeats: notes that lead over the bar line into a theme, and into the second half of its melody.

A theme draws its upbeat once (styles/banks/upbeats.yaml); so it is heard again wherever the theme begins, and listeners
know it by it. Within the melody it replaces the end of a held note.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.chance import Stream
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.scale_index import scale_index, scale_step
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Scale
from cuesmith.specs.banks.themes import Upbeat

CALM, LIVELY = 0.4, 0.6  # arousal below which a character is calm, and above which it is lively
EIGHTH = PPQ // 2
PHRASE_BARS = 4
BREATH = EIGHTH
KEPT = PPQ  # ticks that remain of a held note which gives way to an upbeat


def draw_upbeat(rows: Mapping[str, Upbeat], arousal: float, draw: Stream) -> tuple[MotifNote, ...]:
    """Draw the upbeat of a theme: notes with onsets below 0, and steps of its scale counted from its first note.

    arousal: of the character, 0..1.
    """
    weights = {
        name: row.weight * (row.calm if arousal < CALM else row.lively if arousal > LIVELY else 1.0)
        for name, row in rows.items()
    }
    notes: list[MotifNote] = []
    at = 0
    for steps, eighths in reversed(rows[draw.weighted(weights)].notes):
        at -= eighths * EIGHTH
        notes.append(MotifNote(at, eighths * EIGHTH, steps))
    return tuple(reversed(notes))


def upbeat_to(upbeat: tuple[MotifNote, ...], first: MotifNote, scale: Scale) -> tuple[MotifNote, ...]:
    """Return an upbeat before a note: onsets from the note's own, steps of the mode from the tonic."""
    index = scale_index(scale, first.step)
    return tuple(n._replace(onset=first.onset + n.onset, step=scale_step(scale, index + n.step)) for n in upbeat)


def with_inner_upbeats(melody: Motif, upbeat: tuple[MotifNote, ...], scale: Scale) -> Motif:
    """Put the upbeat before every phrase of four bars but the first, where a long note or a rest leaves room for it."""
    if not upbeat:
        return melody
    notes = list(melody.notes)
    for first in range(PHRASE_BARS * melody.meter.bar_ticks, melody.length, PHRASE_BARS * melody.meter.bar_ticks):
        opening = next((note for note in notes if note.onset == first), None)
        start = first + upbeat[0].onset
        before = [note for note in notes if note.onset < first]
        if opening is None or not before or before[-1].onset > start - KEPT:
            continue
        room = max(KEPT, start - BREATH - before[-1].onset)  # a breath before the upbeat, where the note is long enough
        last = before[-1]._replace(duration=min(before[-1].duration, room))
        notes = [
            *before[:-1],
            last,
            *upbeat_to(upbeat, opening, scale),
            *(note for note in notes if note.onset >= first),
        ]
    return melody.with_notes(tuple(notes))
