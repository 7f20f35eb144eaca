"""The upbeat of a theme, drawn once (styles/banks/upbeats.yaml): notes that lead over the bar line into its phrases.

It is no part of the melody as it is invented and judged; `composition.melody.upbeats` plays it where there is room.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.chance import Stream
from cuesmith.motif.model import MotifNote
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.themes import Upbeat

CALM, LIVELY = 0.4, 0.6  # arousal below which a character is calm, and above which it is lively
EIGHTH = PPQ // 2


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
