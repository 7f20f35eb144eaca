"""Answers: what another player puts into a pause of the tune. Made from the cue's own theme, in several ways, and often
nothing: an answer in every gap is a habit that one hears.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.fit_to_chords import fit
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import SectionPlan
from cuesmith.score import chord_at

WAYS = {"echo": 3.0, "head": 2.0, "tail": 2.0, "held": 1.5}  # weights; a section keeps its way
ANSWERED = 0.6  # chance that a pause is answered
LEAST_PAUSE = 3 * PPQ // 2  # ticks; shorter pauses of the tune are left alone
FIRST_NOTES = 3  # the tune has had at least so many notes before it is answered
ECHO_NOTES = (2, 3, 4, 5, 6)  # how many notes an echo may have
HEAD_NOTES = (3, 4, 5)  # how many notes of the theme's beginning may answer
HELD = 2 * PPQ  # least length of a held note, else it is too short to be heard as one
QUIETER = 10  # velocity below the mean of the section
SILENT_BARS = 2  # bars without another answer after one


def pauses(context: ComposeContext, section: SectionPlan, least: int) -> list[tuple[int, int, int]]:
    """Return (number of notes before it, start, end) of the pauses of the tune of at least `least` ticks."""
    tune = tune_of(context, section)
    edges = [*(n.onset for n in tune[1:]), section.end] if tune else []
    reached, out = 0, []
    for number, (note, following) in enumerate(zip(tune, edges, strict=True), start=1):
        reached = max(reached, note.end)
        if following - reached >= least:
            out.append((number, reached, following))
    return out


def tune_of(context: ComposeContext, section: SectionPlan) -> list[Note]:
    """Return the notes of the tune in a section."""
    return [n for n in context.lead if section.start <= n.onset < section.end]


def answers(context: ComposeContext, section: SectionPlan, player_id: str, low: int, high: int) -> list[Note]:
    """Answer some of the pauses of a section. low, high: the register of the answering player."""
    if section.theme is None:
        return []
    draw = context.draw.child(player_id, "answers", section.index)
    way, echoed, headed = draw.weighted(WAYS), draw.choice(ECHO_NOTES), draw.choice(HEAD_NOTES)
    tune = tune_of(context, section)
    out: list[Note] = []
    free_from = section.start
    for number, start, end in pauses(context, section, LEAST_PAUSE):
        if number < FIRST_NOTES or start < free_from or not draw.child(start).chance(ANSWERED):
            continue
        if way == "held":
            made = _held(context, section, start, end, low, high)
        elif way == "head":
            made = head_of_theme(context, section, start, end, low, high, headed)
        else:
            said = tune[max(0, number - echoed) : number]
            made = _echo(context, section, said, start, end, low, high, plain=way == "echo")
        if made:
            out += made
            free_from = start + SILENT_BARS * section.meter.bar_ticks
    return out


def head_of_theme(
    context: ComposeContext, section: SectionPlan, start: int, end: int, low: int, high: int, count: int
) -> list[Note]:
    """Write the first `count` notes of the theme into a pause, in a player's register, fitted to the chords.

    Empty when the pause is too short for them.
    """
    assert section.theme is not None
    motif = context.themes[section.theme].motif
    head = motif.notes[:count]
    length = (motif.notes[count].onset if len(motif.notes) > count else motif.length) - head[0].onset
    if len(head) < FIRST_NOTES or length > end - start:
        return []
    eighth = PPQ // 2
    at = -(-start // eighth) * eighth - head[0].onset
    if at + head[0].onset + length > end:
        at = start - head[0].onset
    whole = motif.with_notes(head).realise(section.key, 4, velocity_of(section.energy) - QUIETER)
    shift = _octaves([n.pitch for n in whole], low, high)
    raw = [n._replace(onset=n.onset + at, pitch=n.pitch + shift) for n in whole]
    return list(fit(raw, context.harmony, section.meter, section.start, low=low, high=high))


def _echo(
    context: ComposeContext, section: SectionPlan, said: Sequence[Note], start: int, end: int, low: int, high: int,
    *, plain: bool,
) -> list[Note]:  # fmt: skip
    """Repeat the last notes of the tune in their own rhythm, in another octave; not `plain`: turned upside down."""
    first = said[0].onset
    axis = said[0].pitch
    pitches = [n.pitch if plain else 2 * axis - n.pitch for n in said]
    shift = _octaves(pitches, low, high)
    eighth = PPQ // 2
    at = -(-start // eighth) * eighth
    raw = [
        Note(at + n.onset - first, min(n.duration, end - (at + n.onset - first)), pitch + shift,
             max(20, velocity_of(section.energy) - QUIETER))
        for n, pitch in zip(said, pitches, strict=True)
        if at + n.onset - first < end - eighth
    ]  # fmt: skip
    return list(fit(raw, context.harmony, section.meter, section.start, low=low, high=high)) if len(raw) > 1 else []


def _held(context: ComposeContext, section: SectionPlan, start: int, end: int, low: int, high: int) -> list[Note]:
    """Hold one tone of the chord through a pause: the third or seventh nearest to the middle of the register."""
    span = chord_at(context.harmony, start)
    length = min(end, span.end) - start
    tones = [p for p in range(low, high + 1) if p % 12 in span.chord.core]
    if length < HELD or not tones:
        return []
    names = span.chord.tones()
    middle = (low + high) // 2
    pitch = min(tones, key=lambda p: (names.get(p % 12) not in ("3", "7"), abs(p - middle)))
    return [Note(start, length, pitch, max(20, velocity_of(section.energy) - QUIETER))]


def _octaves(pitches: Sequence[int], low: int, high: int) -> int:
    """Return the semitones, in octaves, that bring pitches nearest to the middle of a register."""
    return 12 * round(((low + high) / 2 - sum(pitches) / len(pitches)) / 12)
