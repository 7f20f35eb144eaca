"""Forms of a motif for more than one voice: canon, dialogue, chordal blocking, bass under pads, quotation over a drone.

Each is a pure function Motif → voices. Voices have the same length and start together; a voice that waits begins with
silence. How well two of them go together is measured by `clash_share`.
"""

from __future__ import annotations

import itertools

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import augmentation, fragmentation, register, sequence
from cuesmith.music.scale import Key, Scale

Voices = tuple[Motif, ...]

MOST_CLASHES = 0.25  # share of strong meetings that may be dissonant before a canon sounds wrong
CLASHING = frozenset({1, 2, 6, 10, 11})  # seconds, sevenths and the tritone, in semitones within the octave

# Entries a canon tries, in order of preference: how many half bars later, how many steps away.
#                       octave below, octave above, fifth below, fifth above
CANON_STEPS = (-7, 7, -4, 4)
CANON_HALF_BARS = (2, 1)


def canon(motif: Motif, delay: int, steps: int = -7) -> tuple[Motif, Motif]:
    """Leader and follower: the same melody `delay` ticks later and `steps` of the mode away (7 octave, 4 fifth).

    Both are as long as the motif and the delay. Raises ValueError when the delay is not above 0.
    """
    if delay <= 0:
        raise ValueError("the second voice of a canon enters later: its delay is above 0")
    length = motif.length + delay
    follower = tuple(n._replace(onset=n.onset + delay, step=n.step + steps) for n in motif.notes)
    return Motif(motif.notes, length, motif.meter), Motif(follower, length, motif.meter)


def best_canon(motif: Motif, key: Key) -> tuple[int, int]:
    """The entry (delay in ticks, steps) with the fewest clashes; of equals, the one that `CANON_STEPS` has first."""
    half = motif.meter.bar_ticks // 2
    entries = [(half * halves, steps) for halves in CANON_HALF_BARS for steps in CANON_STEPS]

    def clashes(entry: tuple[int, int]) -> float:
        leader, follower = canon(motif, *entry)
        return clash_share(leader, follower, key)

    return min(entries, key=clashes)


def clash_share(first: Motif, second: Motif, key: Key) -> float:
    """Share 0..1 of the strong beats on which both voices sound that are dissonant (a second, seventh or tritone).

    Strong beats are those of `Meter.strength` 3 and more at which one of the two begins a note. 0 when there are none.
    """
    meter = first.meter
    meetings = clashes = 0
    for onset in sorted({n.onset for n in (*first.notes, *second.notes)}):
        if meter.strength(onset % meter.bar_ticks) < 3:
            continue
        sounding = [
            key.pitch(n.step, n.alter) for voice in (first, second) for n in voice.notes if n.onset <= onset < n.end
        ]
        if len(sounding) == 2:
            meetings += 1
            clashes += abs(sounding[0] - sounding[1]) % 12 in CLASHING
    return clashes / meetings if meetings else 0.0


def dialogue(motif: Motif) -> tuple[Motif, Motif]:
    """The bars by turns: the first voice has bars 1, 3 …, the second bars 2, 4 …; together they are the motif.

    A note belongs to the bar it begins in and is held into the next.
    """
    bar = motif.meter.bar_ticks
    odd, even = (tuple(n for n in motif.notes if n.onset // bar % 2 == turn) for turn in (0, 1))
    return motif.with_notes(odd), motif.with_notes(even)


def blocking(motif: Motif, below: tuple[int, ...] = (2, 4)) -> Voices:
    """Every note harmonised in parallel (planing): the motif on top, then a voice for each number of steps below."""
    return motif, *(sequence(motif, -steps) for steps in below)


def bass_over_pads(motif: Motif, scale: Scale, factor: int = 2, octaves: int = 2) -> Voices:
    """The motif in the bass, `factor` times as slow and so many octaves lower, under held notes of the tonic chord.

    The pads are the nuclear steps of the scale, in the motif's own octave; nothing moves but the bass.
    """
    bass = register(augmentation(motif, factor), -octaves)
    held = (Motif((MotifNote(0, bass.length, step),), bass.length, motif.meter) for step in scale.nuclear)
    return bass, *held


def drone_quotation(motif: Motif, scale: Scale, count: int = 4, factor: int = 4) -> Voices:
    """Only the head, `factor` times as slow, over a held tonic and its companion (the second nuclear step above it).

    A memory of the motif; once in a cue is enough. count: notes quoted.
    """
    slow = augmentation(fragmentation(motif, count), factor)
    steps = (-7, scale.nuclear[-1] - 7)
    drones = (Motif((MotifNote(0, slow.length, step),), slow.length, motif.meter) for step in steps)
    return slow, *drones


def together(voices: Voices) -> Motif:
    """The notes of all voices as one, in order of onset; as long as the longest, in the meter of the first.

    For voices that take turns, such as those of `dialogue`.
    """
    notes = sorted(itertools.chain.from_iterable(voice.notes for voice in voices))
    return Motif(tuple(notes), max(voice.length for voice in voices), voices[0].meter)
