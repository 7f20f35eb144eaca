"""Rests carried out, and offices handed over: a left hand, a low wind or another choir of the ensemble stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cuesmith.music.note import Note
from cuesmith.music.pitch import fold
from cuesmith.orchestrate.desks import Span, Window
from cuesmith.orchestrate.player import Player
from cuesmith.orchestrate.tacet import HANDS, Tacet
from cuesmith.score import ChordSpan, Passage, chord_at, cut_around

STANDS_IN = "stands in"  # the device of what is taken over


def silenced(passages: tuple[Passage, ...], spans: Iterable[Span]) -> tuple[Passage, ...]:
    """The passages with rests; a statement of which some is lost is none any more."""
    out = []
    for whole in passages:
        left: tuple[Passage, ...] = (whole,)
        for start, end in spans:
            left = cut_around(left, start, end)
        out += [p if len(p.notes) == len(whole.notes) else replace(p, statement=None) for p in left]
    return tuple(out)


def _office(harmony: tuple[ChordSpan, ...], passages: Iterable[Passage], player: Player, window: Window) -> list[Note]:
    """What is taken over: chords as they stand; of a bass the foot of each chord, bar by bar, as a left hand has it."""
    start, end = window.start, window.end
    notes = sorted(n for p in passages for n in p.notes if start <= n.onset < end)
    if player.seat.role != "bass":
        return [n._replace(duration=min(n.end, end) - n.onset) for n in notes]
    bar = window.section.meter.bar_ticks
    out = []
    for line in range(start, end, bar):
        for span in harmony:
            first, last = max(line, span.onset), min(line + bar, span.end)
            played = [n for n in notes if first <= n.onset < last] if first < last else []
            if played:
                near = min(played, key=lambda n: (n.pitch % 12 != span.chord.bass, n.onset))
                pitch = near.pitch + (span.chord.bass - near.pitch + 6) % 12 - 6
                out.append(Note(first, last - first, pitch, played[0].velocity))
    return out


def handed_over(
    harmony: tuple[ChordSpan, ...],
    passages: Mapping[str, tuple[Passage, ...]],
    found: Tacet,
    players: Mapping[str, Player],
) -> dict[str, tuple[Passage, ...]]:
    """The passages of all seats with their rests, and what others take over in them."""
    out = {name: silenced(own, found.rests.get(name, ())) for name, own in passages.items()}
    for source, target, window in found.handed:
        start, end = window.start, window.end
        to = players[target].instrument
        assert to is not None
        low, high = to.range
        mine = out.get(target, ())
        if to.voices < HANDS:
            mine = cut_around(mine, start, end)
        busy = [n for p in mine for n in p.notes if n.onset < end and n.end > start]
        taken = []
        chordal = players[target].seat.role == "pad"  # passing notes are for who plays figures
        for note in _office(harmony, passages[source], players[source], window):
            if chordal and note.pitch % 12 not in chord_at(harmony, note.onset).chord.classes:
                continue
            pitch = fold(note.pitch, low, high)
            if pitch <= high and not any(n.pitch == pitch and n.onset < note.end and n.end > note.onset for n in busy):
                taken.append(note._replace(pitch=pitch))
        if taken:
            mine = (*mine, Passage(tuple(taken), window.section.index, STANDS_IN))
        out[target] = tuple(sorted(mine, key=lambda p: (p.section, p.notes[0].onset)))
    return out
