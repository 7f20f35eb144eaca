"""The voices of a seat: its register, and the voicings of its chords through a section."""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.music.partwriting import NO_MELODY, UNDER, VoiceLeading, voice_lead, voice_leading
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan

MOST_VOICES = 4
OCTAVE = 12
LOWEST = 46  # MIDI pitch; figures and chords do not go lower to leave the tune free
CLEAR_ABOVE = 5  # semitones between the tune and a figure above it
BELOW_SWEET = 9  # semitones below the good register of an instrument that a part may use for it
ROOM_BELOW = 11  # chords go below the tune when its mean pitch is so many semitones above the register's bottom
CHORDAL = ("pad", "impact")  # roles that play full chords
LAYER, MOST_LAYERS = 5, 2  # each further chord seat lies so many semitones higher, where there is room under the tune
ABOVE = 17  # range of chords above the tune in semitones; they stay near it, because it is their bass
Voicings = tuple[tuple[int, ...], ...]


def window(player: Player, section: SectionPlan, width: int = 19) -> tuple[int, int]:
    """Return (lowest, highest) pitch of an accompaniment.

    It is the lower part of the good register, `width` semitones wide, moved by the seat's octave.
    """
    instrument = player.instrument
    assert instrument is not None
    low, high = instrument.sweet
    if player.seat.role == "bass":
        base = max(instrument.range[0], 28)
    else:
        base = max(low, 48) if high - max(low, 48) >= 12 else max(low, high - width)
    base += 12 * player.seat.octave
    base = max(instrument.range[0], min(base, instrument.range[1] - 12))
    return base, min(instrument.range[1], base + width)


def under_tune(context: ComposeContext, player: Player, section: SectionPlan, low: int, high: int) -> tuple[int, int]:
    """Return a register that leaves the tune of a section free: below its lower quarter, an octave wide at least.

    low, high: the usual register. It moves down an octave where the tune lies in it, if the instrument has good notes
    there; where there are none, a figure goes above the tune. Unchanged where nobody sings.
    """
    assert player.instrument is not None
    tune = sorted(n.pitch for n in context.lead_between(section.start, section.end))
    if not tune:
        return low, high
    floor = tune[len(tune) // 4]
    if low + OCTAVE >= floor and low - OCTAVE >= max(LOWEST, player.instrument.sweet[0] - BELOW_SWEET):
        low, high = low - OCTAVE, high - OCTAVE
    if low + OCTAVE < floor:
        return low, max(low + OCTAVE, min(high, floor - 1))
    above = tune[3 * len(tune) // 4] + CLEAR_ABOVE
    if player.seat.role == "ostinato" and above + OCTAVE <= player.instrument.sweet[1]:
        return above, min(above + high - low, player.instrument.range[1])
    return low, high


def voice_leading_of(context: ComposeContext, role: str) -> VoiceLeading:
    """Return how seats of a role lead voices in this style: the costs, and the voicing templates for that role."""
    rows = context.layouts.templates
    names = (name for name in context.voicing.templates or () if role in rows[name].roles)
    return voice_leading(context.rules, tuple(rows[name].template(name) for name in names))


def voices_of(player: Player) -> int:
    """Return how many notes a seat plays at once: as it asks and its instrument allows, at most four."""
    assert player.instrument is not None
    asked, possible = player.seat.voices, player.instrument.voices
    return max(1, min(asked if asked > 1 else possible, possible, MOST_VOICES))


def melody_ranges(context: ComposeContext, spans: tuple[ChordSpan, ...]) -> tuple[tuple[int, int], ...]:
    """Return the lowest and highest lead note over each chord."""
    out = []
    for span in spans:
        pitches = [n.pitch for n in context.lead_between(span.onset, span.end)]
        out.append((min(pitches), max(pitches)) if pitches else NO_MELODY)
    return tuple(out)


def _layer(context: ComposeContext, player: Player, section: SectionPlan) -> int:
    """Return how many other seats play full chords below this one in a section, at most two."""
    if player.seat.role not in CHORDAL:
        return 0
    before = 0
    for other in context.cast.players:
        if other.id == player.id:
            break
        chordal = other.instrument is not None and other.seat.role in CHORDAL and voices_of(other) > 2
        before += chordal and other.seat.double is None and context.cast.active(other, section)
    return min(before, MOST_LAYERS)


def voicings(
    context: ComposeContext,
    player: Player,
    section: SectionPlan,
    spans: tuple[ChordSpan, ...],
    before: tuple[int, ...] = (),
    least: int = 1,
) -> Voicings:
    """Return the notes of each chord for this seat, clear of the melody; a single low note for a bass.

    before: the last voicing of the section before. least: least number of voices, for players who break up the chords.
    """
    low, high = window(player, section)
    if player.seat.role == "bass":
        return tuple((low + (span.chord.bass - low) % 12,) for span in spans)
    assert player.instrument is not None
    voices, top = max(least, voices_of(player)), player.instrument.range[1]
    tune = [n.pitch for n in context.lead_between(section.start, section.end)]
    raised = LAYER * _layer(context, player, section)
    floor = sorted(tune)[len(tune) // 4] if tune else top
    if raised and low + raised + OCTAVE <= min(top, floor):
        low, high = low + raised, min(high + raised, top)
    if tune and voices > 1 and sum(tune) < len(tune) * (low + ROOM_BELOW) and low + 24 <= top:
        low = max(low, min(low + 12, max(tune) + UNDER))  # no room below a low tune: the chords go above it
        high = min(low + ABOVE, top)
    else:
        if voices == MOST_VOICES:  # four voices need more room
            high = min(high + 5, top)
        low, high = under_tune(context, player, section, low, high)
    return voice_lead(
        tuple(span.chord for span in spans), voices, low, high,
        melody=melody_ranges(context, spans), leading=voice_leading_of(context, player.seat.role), before=before,
    )  # fmt: skip
