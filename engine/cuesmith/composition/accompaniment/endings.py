"""Endings of the accompaniment: button, ring, allargando, fade, loop, attacca, unresolved, ma."""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.voicings import voice_leading_of, window
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.note import PPQ, Note
from cuesmith.music.partwriting import voice_lead
from cuesmith.plan.model import Plan
from cuesmith.score import Passage, chord_at

LOW_CHORD = 52  # MIDI pitch; below it only the bass of a chord is played
RECENT_BARS = 4  # a player who has rested longer does not join the last chord
OPEN_ENDED = {"loop", "attacca", "fade"}  # endings without a last chord: the music goes on to the last bar line


def final_bar(plan: Plan) -> int:
    """Return the tick of the last bar, in which closing endings place their chord."""
    return plan.length - plan.sections[-1].meter.bar_ticks


def _last_pitches(
    context: ComposeContext, player: Player, passages: tuple[Passage, ...], start: int
) -> tuple[int, ...]:
    """Return the pitches of a player in the last chord."""
    last = context.plan.sections[-1]
    chord = chord_at(context.harmony, start).chord
    low, high = window(player, last)
    if player.seat.role == "bass":
        return (low + (chord.bass - low) % 12,)
    assert player.instrument is not None
    if player.instrument.voices == 1:
        recent = [n.pitch for n in passages[-1].notes[-1:]] if passages else []
        near = recent[0] if recent else (low + high) // 2
        options = [p for p in range(low, high + 1) if p % 12 in chord.classes]
        return (min(options, key=lambda p: (abs(p - near), p)),) if options else ()
    voices = max(1, min(player.seat.voices if player.seat.voices > 1 else 3, player.instrument.voices, 4))
    above = max(low, LOW_CHORD) if player.instrument.range[1] >= LOW_CHORD + 16 else low
    found = voice_lead(
        (chord,), voices, above, max(high, above + 16), leading=voice_leading_of(context, player.seat.role)
    )[0]
    if above > low and voices > 2:  # a player who reaches lower plays the bass there and the chord above it
        return (low + (chord.bass - low) % 12, *found[1:])
    return found


def accompaniment_end(plan: Plan) -> int:
    """Return the tick where accompaniments stop: the last bar when the ending has a chord there, else the end.

    A coda may let them stop earlier.
    """
    if plan.ending in OPEN_ENDED:
        return plan.length
    return final_bar(plan) - (round(plan.coda_row.stop_beats * PPQ) if plan.coda_row is not None else 0)


def last_chord(context: ComposeContext, player: Player, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Write a player's last chord; nothing when the cue does not close with one, or the player rested just before.

    passages: everything the player plays before, in order.
    """
    plan = context.plan
    if plan.ending in OPEN_ENDED or plan.ending == "ma_stop" or not passages:
        return ()
    start, last = final_bar(plan), plan.sections[-1]
    bar = last.meter.bar_ticks
    recent = any(n.end > start - RECENT_BARS * bar for n in passages[-1].notes)
    if not recent or (player.seat.role == "colour" and plan.ending != "allargando") or not context.cast.closes(player):
        return ()
    pitches = _last_pitches(context, player, passages, start)
    sustained = player.instrument is not None and player.instrument.sustained
    length = bar if sustained or player.seat.role == "pad" else min(bar, 3 * PPQ)
    velocity = min(116, velocity_of(last.energy))
    articulation = "ring"
    if plan.ending == "button":
        length, velocity, articulation = PPQ // 2, min(116, velocity + 10), "accent"
    notes = tuple(Note(start, length, p, velocity) for p in pitches)
    return (Passage(notes, last.index, "ending", articulation),) if notes else ()
