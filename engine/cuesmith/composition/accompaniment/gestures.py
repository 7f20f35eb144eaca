"""Gestures: short events that mark the form and answer the tune. A colour seat draws one for each section."""

from __future__ import annotations

from collections.abc import Callable

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.answers import answers
from cuesmith.composition.accompaniment.section_boundaries import LEADING
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.chord import chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Passage, chord_at

NOTHING = 0.45  # weight of no gesture in a section, relative to all gestures of the seat
RUN_NOTES, RUN_BEATS = (5, 6, 7, 8, 9, 11), (0.75, 1.0, 1.5)
GLISS_NOTES, GLISS_BEATS = (8, 10, 12, 14, 16), (1.0, 1.5, 2.0, 3.0)
BELL_BARS = 2  # a bell strikes every so many bars, and rings as long


def _scale_pitches(context: ComposeContext, section: SectionPlan, tick: int, low: int, high: int) -> list[int]:
    """Return the pitches of the chord scale at a tick, from `low` to `high`; pentatonic in a pentatonic cue."""
    span = chord_at(context.harmony, tick)
    pool = chord_scale(span.chord, span.key)
    if context.plan.scale.pentatonic:
        kept = {span.key.pitch(s) % 12 for s in context.plan.scale.steps} | span.chord.core
        pool = frozenset(pc for pc in pool if pc in kept)
    return [p for p in range(low, high + 1) if p % 12 in pool]


def _range(player: Player) -> tuple[int, int]:
    """Return the range of the player's instrument."""
    assert player.instrument is not None
    return player.instrument.range


def sweep(context: ComposeContext, player: Player, section: SectionPlan, beats: float, count: int) -> list[Note]:
    """Write a rising run that ends on the bar line after the section.

    beats: its length in quarter notes. count: most notes. Empty when fewer than four notes fit.
    """
    low, high = _range(player)
    after = context.plan.section_at(section.end)
    landing = chord_at(context.harmony, min(section.end, context.plan.length - 1)).chord
    pool = _scale_pitches(context, section, section.end - 1, low, high)
    tops = [p for p in pool if p % 12 in landing.classes and p <= high - 2] or pool
    top = min(tops, key=lambda p: abs(p - (low + (high - low) * 0.75)))
    pitches = [p for p in pool if p < top][-count:]
    if len(pitches) < 4:
        return []
    span = round(beats * PPQ)
    step = span // len(pitches)
    loud = velocity_of(after.energy)
    start = section.end - step * len(pitches)
    notes = [
        Note(start + i * step, step, p, max(30, loud - 34 + 34 * i // len(pitches))) for i, p in enumerate(pitches)
    ]
    return [*notes, Note(section.end, PPQ, top, min(118, loud))] if section.end < context.plan.length else notes


def gliss(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Write a fast sweep into the next section (harp, koto), longer or shorter."""
    draw = context.draw.child(player.id, "gliss", section.index)
    return sweep(context, player, section, draw.choice(GLISS_BEATS), draw.choice(GLISS_NOTES))


def run(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Write some fast notes into the downbeat (strings, woodwind)."""
    draw = context.draw.child(player.id, "run", section.index)
    return sweep(context, player, section, draw.choice(RUN_BEATS), draw.choice(RUN_NOTES))


def rip(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Write five notes in half a beat, then hold the target (horns)."""
    notes = sweep(context, player, section, 0.5, 5)
    return [*notes[:-1], notes[-1]._replace(duration=2 * PPQ)] if notes and section.end < context.plan.length else []


def swell(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Hold a chord tone through the last bar; the performance makes it grow."""
    low, high = _range(player)
    start = section.end - section.meter.bar_ticks
    chord = chord_at(context.harmony, start).chord
    assert player.instrument is not None
    middle = sum(player.instrument.sweet) // 2
    pitch = min((p for p in range(low, high + 1) if p % 12 in chord.classes), key=lambda p: (abs(p - middle), p))
    return [Note(start, section.meter.bar_ticks, pitch, velocity_of(section.energy))]


def bell(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Toll through the section: a tone of the chord every two bars, which rings until the next."""
    low, high = player.instrument.sweet if player.instrument else (60, 84)
    velocity = velocity_of(section.energy) - 12
    bar = section.meter.bar_ticks
    out = []
    for number in range(0, section.bars, BELL_BARS):
        start = section.start + number * bar
        chord = chord_at(context.harmony, start).chord
        tones = [p for p in range(low, high + 1) if p % 12 in (chord.root, (chord.root + 7) % 12)]
        if tones:
            pitch = tones[-1] if number % (2 * BELL_BARS) == 0 else tones[len(tones) // 2]
            span = chord_at(context.harmony, start)
            length = min(start + BELL_BARS * bar, section.end, max(span.end, start + bar)) - start
            out.append(Note(start, length, pitch, max(20, velocity - (8 if number % (2 * BELL_BARS) else 0))))
    return out


def answer(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Answer some of the tune's pauses (see `answers`)."""
    low, high = player.instrument.sweet if player.instrument else (60, 84)
    return answers(context, section, player.id, low, high)


def roll(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Write a roll over the last two beats, growing into the root of the next chord.

    It is played on that root when the chord before contains it, else on its fifth or on the old root.
    """
    low, high = _range(player)
    ends = section.end >= context.plan.length
    before = chord_at(context.harmony, section.end - 1).chord
    after = before if ends else chord_at(context.harmony, section.end).chord
    pc = next((c for c in (after.root, (after.root + 7) % 12) if c in before.classes), before.root)
    rolled = next((p for p in range(low, high + 1) if p % 12 == pc), None)
    landing = [p for p in range(low, high + 1) if p % 12 == after.root]
    if rolled is None or not landing:
        return []
    step = PPQ // 8 if context.plan.tempo.bpm(section.start) < 100 else PPQ // 6
    start = section.end - 2 * PPQ
    loud = velocity_of((section if ends else context.plan.section_at(section.end)).energy)
    count = (section.end - start) // step
    notes = [Note(start + i * step, step - 10, rolled, 40 + (loud - 40) * i // count) for i in range(count)]
    target = min(landing, key=lambda p: abs(p - rolled))
    return notes if ends else [*notes, Note(section.end, PPQ, target, min(118, loud + 6))]


def tremolo(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Write a tremolo on one string over the last two beats, which grows and fades (koto, mandolin)."""
    low, high = player.instrument.sweet if player.instrument else (60, 84)
    start = section.end - 2 * PPQ
    span, after = chord_at(context.harmony, start), chord_at(context.harmony, min(section.end, context.plan.length - 1))
    classes = [pc for pc in span.chord.classes if pc in after.chord.classes] or span.chord.classes
    pool = [p for p in range(low, high + 1) if p % 12 in classes]
    if not pool or section.meter.bar_ticks < 2 * PPQ:
        return []
    pitch = min(pool, key=lambda p: (abs(p - (low + 2 * high) // 3), p))
    step = PPQ // 6 if context.plan.tempo.bpm(start) >= 100 else PPQ // 8
    count = 2 * PPQ // step
    loud = velocity_of(section.energy)
    shape = [1 - abs(2 * i / count - 1.2) for i in range(count)]
    return [Note(start + i * step, step - 10, pitch, max(34, round(loud - 30 + 30 * x))) for i, x in enumerate(shape)]


def kakegoe(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Write a drummer's call a beat before the next section: one short note on the fifth of the key."""
    low, high = player.instrument.sweet if player.instrument else (60, 72)
    if section.end >= context.plan.length or section.bars < 4:
        return []
    fifth = (section.key.tonic + 7) % 12
    pitch = min((p for p in range(low, high + 1) if p % 12 == fifth), key=lambda p: (abs(p - (low + high) // 2), p))
    return [Note(section.end - PPQ, PPQ // 3, pitch, min(118, velocity_of(section.energy) + 8))]


def heterophony(context: ComposeContext, player: Player, section: SectionPlan) -> list[Note]:
    """Play the tune at the same time in another way, in this player's octave.

    Longer notes are plucked; held ones get a neighbour note and are struck again.
    """
    low, high = player.instrument.sweet if player.instrument else (60, 84)
    leader = context.cast.leads[section.index]
    if section.theme is None or leader is None or context.cast.player(leader).instrument_id == player.instrument_id:
        return []
    # the main voice when there are several
    lead_notes = sorted(n for p in context.lead_passages if p.device == leader for n in p.notes)
    tune = [n for n in lead_notes if section.start <= n.onset < section.end and n.duration >= PPQ // 2]
    out: list[Note] = []
    loud = velocity_of(section.energy) - 12
    for note in tune:
        octaves = [p for p in range(low, high + 1) if p % 12 == note.pitch % 12]
        if not octaves:
            continue
        pitch = min(octaves, key=lambda p: (abs(p - note.pitch), p))
        beats = min(note.end, section.end) - note.onset
        if beats < 3 * PPQ // 2:
            out.append(Note(note.onset, beats, pitch, loud))
            continue
        pool = _scale_pitches(context, section, note.onset, low, high)
        near = min((p for p in pool if p > pitch), default=pitch)
        half, quarter = PPQ // 2, PPQ // 4
        out += [Note(note.onset, half, pitch, loud), Note(note.onset + half, quarter, near, loud - 12),
                Note(note.onset + half + quarter, beats - half - quarter, pitch, loud - 6)]  # fmt: skip
    return out if len(out) > 3 else []


GESTURES: dict[str, Callable[[ComposeContext, Player, SectionPlan], list[Note]]] = {
    "gliss": gliss,
    "run": run,
    "rip": rip,
    "swell": swell,
    "bell": bell,
    "answer": answer,
    "roll": roll,
    "tremolo": tremolo,
    "kakegoe": kakegoe,
    "heterophony": heterophony,
}


def colour_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write the gestures of a colour seat; those that lead over a section boundary only where they were chosen."""
    out = []
    for section in context.plan.sections:
        if not context.cast.active(player, section):
            continue
        leading = context.leading.get(section.index, frozenset())
        weights = {name: w for name, w in player.seat.gestures.items() if name not in LEADING or name in leading}
        if not weights or section.bars < 2:
            continue
        name = context.draw.child(player.id, "gesture", section.index).weighted(
            {**weights, "": NOTHING * sum(weights.values())}
        )
        if not name:
            continue
        notes = GESTURES[name](context, player, section)
        if notes:
            articulation = {"swell": "swell", "answer": "normal"}.get(name, "legato" if name == "run" else "normal")
            out.append(Passage(tuple(sorted(notes)), section.index, name, articulation))
    return tuple(out)
