"""Forms of a motif for more than one voice: canon, dialogue, parallel chords, bass under pads, quotation over a drone.

Each function returns the voices. They start together and have the same length; a voice that enters later begins with
silence. `clash_share` measures how well two of them fit.
"""

from __future__ import annotations

import itertools

from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import augmentation, fragmentation, register, sequence
from cuesmith.music.scale import Key, Scale

Voices = tuple[Motif, ...]

MOST_CLASHES = 0.25  # greatest share of dissonant strong beats in a canon that still sounds right
CLASHING = frozenset({1, 2, 6, 10, 11})  # seconds, sevenths and the tritone, in semitones within the octave

# Entries that `best_canon` tries, in order of preference: distance in steps, and delay in half bars.
#                       octave below, octave above, fifth below, fifth above
CANON_STEPS = (-7, 7, -4, 4)
CANON_HALF_BARS = (2, 1)


def canon(motif: Motif, delay: int, steps: int = -7) -> tuple[Motif, Motif]:
    """Return leader and follower of a canon: the follower plays the same melody later and at another pitch.

    Both voices are as long as the motif and the delay together.

    Args:
        motif: the melody of the leader.
        delay: ticks (960 per quarter note) after which the follower enters, above 0.
        steps: distance of the follower in steps of the mode (7 = octave, 4 = fifth; negative: below).

    Raises:
        ValueError: `delay` is not above 0.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> [degrees_text(voice) for voice in canon(read_degrees("1:1 3:1 5:2"), 3840, -7)]
        ['1:1 3:1 5:2 | r:4', 'r:4 | 1,:1 3,:1 5,:2']
    """
    if delay <= 0:
        raise ValueError("the second voice of a canon enters later: its delay is above 0")
    length = motif.length + delay
    follower = tuple(n._replace(onset=n.onset + delay, step=n.step + steps) for n in motif.notes)
    return Motif(motif.notes, length, motif.meter), Motif(follower, length, motif.meter)


def best_canon(motif: Motif, key: Key) -> tuple[int, int]:
    """Return the canon entry (delay in ticks, steps) with the fewest clashes.

    Of entries with the same number, the first in the order of the tables is taken.

    Args:
        motif: the melody.
        key: the key in which clashes are measured.

    Example:
        >>> from cuesmith.motif.text import read_degrees
        >>> best_canon(read_degrees("1:2 2:2 | 3:4"), Key(0, "ionian"))
        (3840, 4)
    """
    half = motif.meter.bar_ticks // 2
    entries = [(half * halves, steps) for halves in CANON_HALF_BARS for steps in CANON_STEPS]

    def clashes(entry: tuple[int, int]) -> float:
        leader, follower = canon(motif, *entry)
        return clash_share(leader, follower, key)

    return min(entries, key=clashes)


def clash_share(first: Motif, second: Motif, key: Key) -> float:
    """Return the share (0..1) of strong beats on which two voices form a second, a seventh or a tritone.

    Counted are strong beats (`Meter.strength` of 3 or more) on which a note begins and both voices sound. 0 when there
    are none.
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
    """Divide the motif between two voices, bar by bar: the first has bars 1, 3 …, the second bars 2, 4 ….

    A note belongs to the bar in which it begins; it may sound into the next bar.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> [degrees_text(voice) for voice in dialogue(read_degrees("1:4 | 5:4"))]
        ['1:4 | r:4', 'r:4 | 5:4']
    """
    bar = motif.meter.bar_ticks
    odd, even = (tuple(n for n in motif.notes if n.onset // bar % 2 == turn) for turn in (0, 1))
    return motif.with_notes(odd), motif.with_notes(even)


def blocking(motif: Motif, below: tuple[int, ...] = (2, 4)) -> Voices:
    """Harmonise every note in parallel (planing): the motif on top, the other voices below it.

    Args:
        motif: the melody.
        below: for each other voice, its distance below the motif in steps of the mode.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> [degrees_text(voice) for voice in blocking(read_degrees("5:2 6:2"), (2, 4))]
        ['5:2 6:2', '3:2 4:2', '1:2 2:2']
    """
    return motif, *(sequence(motif, -steps) for steps in below)


def bass_over_pads(motif: Motif, scale: Scale, factor: int = 2, octaves: int = 2) -> Voices:
    """Play the motif slowly in the bass, under held notes of the tonic chord.

    Only the bass moves. The pads are the nuclear steps of the scale, in the motif's own octave.

    Args:
        motif: the melody.
        scale: the scale with the nuclear steps.
        factor: how many times slower the bass is.
        octaves: how many octaves lower the bass is.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> major = Scale("major", "ionian", tuple(range(7)), (0, 2, 4))
        >>> [degrees_text(voice) for voice in bass_over_pads(read_degrees("1:2 5:2"), major)]
        ['1,,:4 | 5,,:4', '1:8 |', '3:8 |', '5:8 |']
    """
    bass = register(augmentation(motif, factor), -octaves)
    held = (Motif((MotifNote(0, bass.length, step),), bass.length, motif.meter) for step in scale.nuclear)
    return bass, *held


def drone_quotation(motif: Motif, scale: Scale, count: int = 4, factor: int = 4) -> Voices:
    """Play only the first notes of the motif, slowly, over a drone of two held notes, as a memory of it.

    Args:
        motif: the melody.
        scale: the scale with the nuclear steps; the drone is the tonic and the last of them.
        count: how many notes are quoted.
        factor: how many times slower they are.

    Example:
        >>> from cuesmith.motif.text import degrees_text, read_degrees
        >>> major = Scale("major", "ionian", tuple(range(7)), (0, 2, 4))
        >>> [degrees_text(voice) for voice in drone_quotation(read_degrees("1:1 3:1 5:2"), major, 2, 2)]
        ['1:2 3:2 | r:4', '1,:8 |', '5,:8 |']
    """
    slow = augmentation(fragmentation(motif, count), factor)
    steps = (-7, scale.nuclear[-1] - 7)
    drones = (Motif((MotifNote(0, slow.length, step),), slow.length, motif.meter) for step in steps)
    return slow, *drones


def together(voices: Voices) -> Motif:
    """Merge all voices into one motif: as long as the longest, in the meter of the first.

    It is for voices that take turns, such as those of `dialogue`.
    """
    notes = sorted(itertools.chain.from_iterable(voice.notes for voice in voices))
    return Motif(tuple(notes), max(voice.length for voice in voices), voices[0].meter)
