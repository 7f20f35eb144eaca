"""The counter-line: guide tones joined by the least motion, moving where the melody holds."""

from __future__ import annotations

from cuesmith.compose.desk import velocity_of
from cuesmith.compose.setting import Setting
from cuesmith.music.chord import Chord, chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.cast import Player
from cuesmith.score import Passage, SectionPlan

BELOW_MIN, BELOW_MAX = 3, 17  # semitones under the melody


def _guides(chord: Chord) -> tuple[int, ...]:
    names = chord.tones()
    wanted = [pc for pc in chord.classes if names[pc] in ("3", "7", "4", "6")]
    return tuple(wanted) or chord.classes


def _line(setting: Setting, section: SectionPlan, low: int, high: int) -> list[Note]:
    out: list[Note] = []
    velocity = velocity_of(section.energy) - 6
    near = (low + high) // 2
    for span in setting.spans(section):
        sung = setting.lead_between(span.onset, span.end)
        ceiling = min((n.pitch for n in sung), default=high + BELOW_MIN) - BELOW_MIN
        options = [p for p in range(low, high + 1) if p % 12 in _guides(span.chord) and p <= ceiling]
        options = options or [p for p in range(low, high + 1) if p % 12 in span.chord.classes]
        pitch = min(options, key=lambda p: (abs(p - near), p))
        half = span.duration // 2
        onsets = {n.onset for n in sung}
        holds = half >= PPQ and not any(span.onset + half <= o < span.end for o in onsets)
        if holds:  # the melody rests or holds: a neighbour leads on towards the next chord
            rubs = {(pc + move) % 12 for pc in span.chord.classes for move in (-1, 1)}
            pool = (chord_scale(span.chord, span.key) - rubs) | span.chord.core
            passing = next(
                (p for p in (pitch + 1, pitch + 2, pitch - 1, pitch - 2) if p % 12 in pool and low <= p <= ceiling),
                pitch,
            )
            out.append(Note(span.onset, half, pitch, velocity))
            out.append(Note(span.onset + half, span.duration - half, passing, velocity - 4))
        else:
            delay = PPQ if span.onset in onsets and span.duration >= 4 * PPQ and out else 0
            if delay and out[-1].end == span.onset and out[-1].pitch % 12 in chord_scale(span.chord, span.key):
                out[-1] = out[-1]._replace(duration=out[-1].duration + delay)
            out.append(Note(span.onset + delay, span.duration - delay, pitch, velocity))
        near = out[-1].pitch
    merged: list[Note] = []
    for note in out:
        if merged and merged[-1].pitch == note.pitch and merged[-1].end == note.onset and merged[-1].duration < 4 * PPQ:
            merged[-1] = merged[-1]._replace(duration=merged[-1].duration + note.duration)
        else:
            merged.append(note)
    return merged


def counter_passages(setting: Setting, player: Player) -> tuple[Passage, ...]:
    """Enters with the second statement of the theme, never with the first."""
    out = []
    heard = 0
    assert player.instrument is not None
    low = max(player.instrument.sweet[0], 40) + 12 * player.seat.octave
    high = min(player.instrument.range[1], low + 19)
    for section in setting.plan.sections:
        if section.theme is None or section.treatment not in ("statement", "restatement", "chorus", "contrast"):
            continue
        heard += 1
        if (heard == 1 and len(setting.plan.sections) > 2) or not setting.cast.active(player, section):
            continue
        if setting.cast.leads[section.index] == player.id:
            continue
        notes = _line(setting, section, low, high)
        if notes:
            out.append(Passage(tuple(notes), section.index, "guide tones", player.seat.articulation or "legato"))
    return tuple(out)
