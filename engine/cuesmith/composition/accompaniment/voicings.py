"""The voices of a seat: its register, and how its chords are laid out through a section."""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.context import ComposeContext
from cuesmith.music.partwriting import NO_MELODY, UNDER, Manner, manner, voice_lead
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan

MOST_VOICES = 4
ROOM_BELOW = 11  # semitones from the bottom of the register to the middle of the tune that chords need to lie under it
CHORDAL = ("pad", "impact")  # roles that play whole chords
LAYER, MOST_LAYERS = 5, 2  # semitones by which each further one lies above the one before, where the tune leaves room
ABOVE = 17  # semitones chords that lie above the tune may use: near it, for it is their bass
Voicings = tuple[tuple[int, ...], ...]


def window(player: Player, section: SectionPlan, width: int = 19) -> tuple[int, int]:
    """The register an accompanist keeps to: the lower part of the sweet range, moved by the seat's octave."""
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


def manner_of(context: ComposeContext, role: str) -> Manner:
    """How seats of a role lead their voices in this style: the rules, and the templates it likes for that role."""
    rows = context.layouts.templates
    liked = (name for name in context.voicing.templates or () if role in rows[name].roles)
    return manner(context.rules, tuple(rows[name].template(name) for name in liked))


def voices_of(player: Player) -> int:
    """How many notes the seat plays at once: as many as it asks for and its instrument can, at most four."""
    assert player.instrument is not None
    asked, possible = player.seat.voices, player.instrument.voices
    return max(1, min(asked if asked > 1 else possible, possible, MOST_VOICES))


def melody_over(context: ComposeContext, spans: tuple[ChordSpan, ...]) -> tuple[tuple[int, int], ...]:
    """The lowest and highest note of the lead over each chord."""
    out = []
    for span in spans:
        sung = [n.pitch for n in context.lead_between(span.onset, span.end)]
        out.append((min(sung), max(sung)) if sung else NO_MELODY)
    return tuple(out)


def _layer(context: ComposeContext, player: Player, section: SectionPlan) -> int:
    """How many seats play whole chords in a section before this one does, at most two: it lies above them."""
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
    """The notes of each chord as this seat plays it, clear of the melody; a single low note for a bass.

    before: the last voicing of the section before. least: voices at least, for a player who breaks the chords up.
    """
    low, high = window(player, section)
    if player.seat.role == "bass":
        return tuple((low + (span.chord.bass - low) % 12,) for span in spans)
    assert player.instrument is not None
    voices, top = max(least, voices_of(player)), player.instrument.range[1]
    tune = [n.pitch for n in context.lead_between(section.start, section.end)]
    raised = LAYER * _layer(context, player, section)
    if raised and low + raised + 12 <= top and (not tune or sum(tune) >= len(tune) * (low + raised + ROOM_BELOW)):
        low, high = low + raised, min(high + raised, top)
    if tune and voices > 1 and sum(tune) < len(tune) * (low + ROOM_BELOW) and low + 24 <= top:
        low = max(low, min(low + 12, max(tune) + UNDER))  # a low tune leaves no room beneath: the chords lie above it
        high = min(low + ABOVE, top)
    elif voices == MOST_VOICES:  # four real parts need room
        high = min(high + 5, top)
    return voice_lead(
        tuple(span.chord for span in spans), voices, low, high,
        melody=melody_over(context, spans), way=manner_of(context, player.seat.role), before=before,
    )  # fmt: skip
