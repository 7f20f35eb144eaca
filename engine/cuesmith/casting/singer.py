"""The singer of a song: an extra seat for which the melody is written, and which nobody doubles.

A guide track shows a singer the melody before recording. It uses the range that most voices have: an octave and a fifth
at most, between the F below middle C and the G an octave and a fifth above it, with the chorus at the top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from cuesmith.casting.player import Player
from cuesmith.plan.model import Plan
from cuesmith.specs.banks.instruments import Instrument, tagged
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Seat

GUIDE = "vocal_guide"  # id of the seat and of the part
COMPASS = 19  # semitones: an octave and a fifth
LOWEST = range(53, 61)  # possible lowest pitches (MIDI) of the compass
USUAL = 57  # preferred lowest pitch
EDGE = 2  # semitones at both ends that a voice can sing but should not stay in
OCTAVES = (-1, 0, 1)  # by which the whole song may move, so that the chorus stays the highest part
BENT_SHARE = 0.12  # share of a section that may lie outside the compass; such notes are moved into it
FAR = 0.01  # cost per semitone between the compass and the preferred one, and between the centres of tune and compass
OVER = 0.05  # cost per semitone of the chorus above the compass


def is_song(plan: Plan, banks: Banks) -> bool:
    """Tell whether a cue is a song."""
    return banks.cue_types[plan.brief.type].vocal


def singer(plan: Plan, tunes: Mapping[int, Sequence[int]], banks: Banks) -> Player:
    """Create the player that represents the singer; the octave of its seat applies to the whole song.

    tunes: section index → pitches of its melody (MIDI, tonic in octave 4, rising).
    """
    pitches = [p for s in plan.sections if s.treatment_row.whole for p in tunes.get(s.index, ())] or [60]
    mean = sum(pitches) / len(pitches)
    choruses = [s for s in plan.sections if s.treatment_row.theme == "crowned"]
    chorus_top = max((tunes[s.index][-1] for s in choruses if s.index in tunes), default=max(pitches))

    def cost(place: tuple[int, int]) -> float:
        low, octave = place
        shift = 12 * octave
        outside = sum(not low <= p + shift <= low + COMPASS for p in pitches) / len(pitches)
        off = abs(low - USUAL) + abs(mean + shift - low - COMPASS / 2)
        return outside + FAR * off + OVER * max(0, chorus_top + shift - low - COMPASS)

    sung_treatments = tuple(name for name, row in banks.treatments.items() if row.whole)
    low, octave = min(product(LOWEST, OCTAVES), key=cost)
    voice = tagged(banks.instruments, "singer")
    seat = Seat(role="lead", instruments={voice: 1.0}, treatments=sung_treatments, octave=octave)
    return Player(GUIDE, seat, voice, _in_compass(banks.instruments[voice], low))


def sung_octave(player: Player, pitches: Sequence[int]) -> int:
    """Return the octave of the tonic in a section: that of the song, unless too much would lie outside the compass.

    pitches: of the section (MIDI), tonic in octave 4.
    """
    assert player.instrument is not None
    low, high = player.instrument.range

    def outside(octave: int) -> float:
        return sum(not low <= p + 12 * (octave - 4) <= high for p in pitches) / len(pitches)

    usual = 4 + player.seat.octave
    if outside(usual) <= BENT_SHARE:
        return usual
    return min((usual, usual + 1, usual - 1), key=outside)


def _in_compass(voice: Instrument, low: int) -> Instrument:
    """Return the voice with a compass that begins at `low`."""
    compass = (low, low + COMPASS)
    return replace(voice, range=compass, sweet=(low + EDGE, low + COMPASS - EDGE))
