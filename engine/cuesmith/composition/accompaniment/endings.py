"""Endings of the accompaniment: button, ring, allargando, fade, loop, attacca, unresolved, ma."""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.voicings import manner_of, window
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.note import PPQ, Note
from cuesmith.music.partwriting import voice_lead
from cuesmith.plan.model import Plan
from cuesmith.score import Passage, chord_at

LOW_CHORD = 52  # under this pitch a chord has room for its bass alone
RECENT_BARS = 4  # who has rested for longer at the end does not join the last chord
OPEN_ENDED = {"loop", "attacca", "fade"}  # nothing is written in: the music simply goes on to the bar line


def final_bar(plan: Plan) -> int:
    """The tick of the last bar, where closing endings place their chord."""
    return plan.length - plan.sections[-1].meter.bar_ticks


def _last_pitches(
    context: ComposeContext, player: Player, passages: tuple[Passage, ...], start: int
) -> tuple[int, ...]:
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
    found = voice_lead((chord,), voices, above, max(high, above + 16), way=manner_of(context, player.seat.role))[0]
    if above > low and voices > 2:  # who reaches lower puts the bass there and the chord above it
        return (low + (chord.bass - low) % 12, *found[1:])
    return found


def stops_at(plan: Plan) -> int:
    """The tick up to which accompaniments play: the last bar where the ending is written there, else the end."""
    return plan.length if plan.ending in OPEN_ENDED else final_bar(plan)


def last_chord(context: ComposeContext, player: Player, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """What a player plays in the last bar of a cue that closes: none for one who was not playing shortly before.

    passages: what he plays up to there, in order.
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
