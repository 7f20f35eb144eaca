"""The singer of a song: a seat that no style has, for whom the tune is written and whom nobody doubles.

A guide track shows a singer the tune before it is recorded. It lies where most voices sing: an octave and a fifth at
most, somewhere between the f under middle c and the g of the octave above, with the chorus at the top of it.
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

GUIDE = "vocal_guide"  # the seat, and the part
COMPASS = 19  # semitones: an octave and a fifth
LOWEST = range(53, 61)  # where the compass of a voice may begin
USUAL = 57  # where it begins by itself
EDGE = 2  # semitones at both ends that a voice can do, and would rather not stay in
OCTAVES = (-1, 0, 1)  # the tonic of the whole song moves by, so that the chorus stays the highest part
BENT_SHARE = 0.12  # of a section may lie outside the compass and be bent into it
FAR = 0.01  # what a semitone away from the usual compass, or of the middle of the tune from that of the compass, counts
OVER = 0.05  # and one by which the highest note of the chorus passes its top


def sings(plan: Plan, banks: Banks) -> bool:
    """Whether a cue is a song."""
    return banks.cue_types[plan.brief.type].vocal


def singer(plan: Plan, tunes: Mapping[int, Sequence[int]], banks: Banks) -> Player:
    """The singer of a song; the octave of the seat is that of all he sings.

    tunes: section → pitches of what it sings, tonic in octave 4, in rising order.
    """
    pitches = [p for s in plan.sections if s.treatment_row.whole for p in tunes.get(s.index, ())] or [60]
    middle = sum(pitches) / len(pitches)
    crown = max((tunes[s.index][-1] for s in plan.sections if s.treatment_row.theme == "crowned" and s.index in tunes),
                default=max(pitches))  # fmt: skip

    def discomfort(place: tuple[int, int]) -> float:
        low, octave = place
        shift = 12 * octave
        outside = sum(not low <= p + shift <= low + COMPASS for p in pitches) / len(pitches)
        off = abs(low - USUAL) + abs(middle + shift - low - COMPASS / 2)
        return outside + FAR * off + OVER * max(0, crown + shift - low - COMPASS)

    sung = tuple(name for name, row in banks.treatments.items() if row.whole)
    low, octave = min(product(LOWEST, OCTAVES), key=discomfort)
    voice = tagged(banks.instruments, "singer")
    seat = Seat(role="lead", instruments={voice: 1.0}, treatments=sung, octave=octave)
    return Player(GUIDE, seat, voice, _in_compass(banks.instruments[voice], low))


def sung_octave(player: Player, pitches: Sequence[int]) -> int:
    """The octave of the tonic in which a section is sung: that of the song, unless too much of it lies outside there.

    pitches: of the section, with the tonic in octave 4.
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
    compass = (low, low + COMPASS)
    return replace(voice, range=compass, sweet=(low + EDGE, low + COMPASS - EDGE))
