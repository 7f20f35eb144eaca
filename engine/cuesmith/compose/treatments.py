"""What a section does with its theme: each treatment lays out pieces of the theme over the bars of the section.

A piece is a motif in the meter of the section, where it starts, what was done to it, and the form of the theme it is
compared with when its identity is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.motif.model import Motif, MotifNote, Theme
from cuesmith.motif.transform import (
    augmentation,
    breathe,
    diminution,
    expansion,
    fragment,
    inversion,
    remetre,
    sequence,
)
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ

EIGHTH = PPQ // 2


@dataclass(frozen=True, slots=True)
class Piece:
    """start: ticks from the start of the section. original: what `motif` was before `ops`."""

    start: int
    motif: Motif
    original: Motif
    ops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """The theme in the meter of a section: whole melody, two-bar idea, one-bar head."""

    melody: Motif
    motif: Motif
    head: Motif
    bar: int


def phrase_meter(theme: Theme, meter: Meter) -> Meter:
    """The meter a theme is laid out in: two bars of 2/4 hold one of a 4/4 theme, else the section's own."""
    doubled = Meter(meter.numerator * 2, meter.denominator)
    return doubled if doubled.bar_ticks == theme.motif.meter.bar_ticks else meter


def material(theme: Theme, meter: Meter) -> Material:
    """The theme's melody and idea, re-barred."""
    melody, motif = remetre(theme.melody, meter), remetre(theme.motif, meter)
    return Material(melody, motif, fragment(motif, 0, meter.bar_ticks), meter.bar_ticks)


def _part(source: Motif, first: int, bars: int) -> Motif:
    bar = source.meter.bar_ticks
    return fragment(source, first * bar, (first + bars) * bar)


def _rest(bar: int) -> int:
    return PPQ if bar >= 3 * PPQ else PPQ // 2


def statement(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The whole theme, as often as the section holds it; a remainder takes its first half."""
    out, at = [], 0
    while bars - at >= 8:
        out.append(Piece(at * m.bar, m.melody, m.melody, ()))
        at += 8
    left = bars - at
    if left >= 4:
        part = breathe(_part(m.melody, 0, 4), _rest(m.bar))
        out.append(Piece(at * m.bar, part, part, ("first half",) if left == 4 else ("first half", "breath")))
    elif left >= 2:
        out.append(Piece(at * m.bar, m.motif, m.motif, ("idea",)))
    elif left == 1:
        out.append(Piece(at * m.bar, m.head, m.head, ("fragmentation",)))
    return out


def _ornamented(motif: Motif, draw: Stream) -> Motif:
    """Passing notes set between long notes a third apart, and a late turn on some held ones (at most a quarter)."""
    out: list[MotifNote] = []
    notes = motif.notes
    budget = max(1, len(notes) // 4)
    for i, note in enumerate(notes):
        after = notes[i + 1] if i + 1 < len(notes) else None
        gap = after.step - note.step if after else 0
        joined = after is not None and after.onset - note.end <= 0
        if budget and joined and abs(gap) == 2 and note.duration >= PPQ and draw.chance(0.6):
            out.append(note._replace(duration=note.duration - EIGHTH))
            out.append(MotifNote(note.end - EIGHTH, EIGHTH, note.step + gap // 2))
            budget -= 1
        elif budget and joined and note.duration >= 2 * PPQ and draw.chance(0.5):
            out.append(note._replace(duration=note.duration - 2 * EIGHTH))
            out.append(MotifNote(note.end - 2 * EIGHTH, EIGHTH, note.step + 1))
            out.append(MotifNote(note.end - EIGHTH, EIGHTH, note.step))
            budget -= 1
        else:
            out.append(note)
    return motif.with_notes(tuple(out))


def restatement(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The theme again with ornaments; short sections take its second half, which closes."""
    out = []
    for piece in statement(m, bars, draw):
        source = piece.motif
        if piece.motif.bars == 4:
            source = _part(m.melody, 4, 4)
        varied = _ornamented(source, draw.child(piece.start))
        out.append(Piece(piece.start, varied, source, (*piece.ops, "ornament") if varied != source else piece.ops))
    return out


def contrast(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """New ground from the same idea: mirrored, widened or moved, then moved again, fragments, and a way back."""
    kind = draw.weighted({"inversion": 3.0, "expansion": 2.0, "sequence": 3.0})
    shift = draw.choice((2, 3, 4))
    if kind == "inversion":
        idea = sequence(inversion(m.motif), 4)
    elif kind == "expansion":
        idea = sequence(expansion(m.motif, 1.4), 1)
    else:
        idea = sequence(m.motif, shift)
    out: list[Piece] = []
    at = 0
    move = draw.choice((-1, -2, 1))
    while bars - at >= 4:
        lift = 0 if at == 0 else draw.child(at).choice((1, 2))
        first = sequence(idea, lift)
        out.append(Piece(at * m.bar, first, m.motif, (kind,)))
        if (at // 4) % 2 == 0:
            second = breathe(sequence(idea, lift + move), _rest(m.bar))
            out.append(Piece((at + 2) * m.bar, second, m.motif, (kind, "sequence")))
        else:
            head = fragment(first, 0, m.bar)
            out.append(Piece((at + 2) * m.bar, sequence(head, move), m.head, (kind, "fragmentation", "sequence")))
            tail = breathe(sequence(head, 2 * move), _rest(m.bar))
            out.append(Piece((at + 3) * m.bar, tail, m.head, (kind, "fragmentation", "sequence")))
        at += 4
    if bars - at >= 2:
        out.append(Piece(at * m.bar, breathe(idea, _rest(m.bar)), m.motif, (kind,)))
    elif bars - at == 1:
        out.append(Piece(at * m.bar, fragment(idea, 0, m.bar), m.head, (kind, "fragmentation")))
    return out


def chorus(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The broad culmination: the idea in doubled values, then its second half; long ones state it whole first."""
    broad = augmentation(m.motif, 2)
    lifted = draw.choice((0, 2))
    out: list[Piece] = []
    at = 0
    if bars >= 16:
        out.append(Piece(0, m.melody, m.melody, ()))
        at = 8
    while bars - at >= 8:
        out.append(
            Piece(
                at * m.bar,
                sequence(broad, lifted),
                m.motif,
                ("augmentation",) if not lifted else ("augmentation", "sequence"),
            )
        )
        half = _part(m.melody, 4, 4)
        out.append(Piece((at + 4) * m.bar, half, half, ("second half",)))
        at += 8
    if bars - at >= 4:
        out.append(Piece(at * m.bar, breathe(broad, _rest(m.bar)), m.motif, ("augmentation",)))
        at += 4
    if bars - at >= 2:
        out.append(Piece(at * m.bar, m.motif, m.motif, ("idea",)))
        at += 2
    if bars - at == 1:
        out.append(Piece(at * m.bar, m.head, m.head, ("fragmentation",)))
    return out


def build(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The head again and again, a step higher each time, in twos and then in every bar; the last beats stay empty."""
    out = []
    at = lift = 0
    while at < bars:
        close = bars <= 4 or at >= bars // 2
        piece = sequence(m.head, lift)
        if at == bars - 1:
            piece = breathe(piece, _rest(m.bar))
        out.append(Piece(at * m.bar, piece, m.head, ("fragmentation", "sequence") if lift else ("fragmentation",)))
        at += 1 if close else 2
        lift += 1
    return out


def fragments(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """Sparse quotations: the idea once, then heads at a distance, each somewhere else, with silence between."""
    out = [Piece(0, m.motif if bars >= 2 else m.head, m.motif if bars >= 2 else m.head, ("idea",))]
    for at in range(4, bars, 4):
        if draw.child(at).chance(0.35):
            out.append(Piece(at * m.bar, m.motif, m.motif, ("idea",)))
            continue
        shift = draw.child(at, "shift").choice((-2, -1, 1, 2))
        out.append(Piece(at * m.bar, sequence(m.head, shift), m.head, ("fragmentation", "sequence")))
        if at + 2 < bars and draw.child(at, "answer").chance(0.5):
            out.append(Piece((at + 2) * m.bar, sequence(m.head, shift - 1), m.head, ("fragmentation", "sequence")))
    return [p for p in out if p.start + p.motif.length <= bars * m.bar]


def intro(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """Often only the texture; otherwise the head, hinted in the bar before the last."""
    if bars < 3 or draw.chance(0.45):
        return []
    at = bars - 2
    return [Piece(at * m.bar, m.head, m.head, ("fragmentation", "hint"))]


def coda(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The head once more, broad where there is room; the rest belongs to the ending."""
    if bars < 2:
        return []
    if bars >= 4:
        broad = augmentation(m.head, 2)
        return [Piece(0, broad, m.head, ("fragmentation", "augmentation"))]
    return [Piece(0, m.head, m.head, ("fragmentation",))]


def head(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The idea (or its head) at once, and room for the last chord; long sections quote it again and again."""
    if bars >= 6:
        return fragments(m, bars, draw)
    if bars >= 2:
        return [Piece(0, m.motif, m.motif, ("idea",))]
    if min(n.duration for n in m.motif.notes) >= PPQ // 2:  # in one bar the whole idea says more than its head
        return [Piece(0, diminution(m.motif), m.motif, ("diminution",))]
    return [Piece(0, m.head, m.head, ("fragmentation",))]


def none(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """No melody."""
    return []


TREATMENTS: dict[str, Callable[[Material, int, Stream], list[Piece]]] = {
    "statement": statement,
    "restatement": restatement,
    "contrast": contrast,
    "chorus": chorus,
    "build": build,
    "fragments": fragments,
    "intro": intro,
    "coda": coda,
    "head": head,
    "vamp": none,
    "break": none,
    "none": none,
}


def varied(pieces: list[Piece], draw: Stream) -> list[Piece]:
    """The same pieces as they come back: ornamented, so that no section returns to the letter."""
    out = []
    for number, piece in enumerate(pieces):
        motif = _ornamented(piece.motif, draw.child(number))
        changed = motif != piece.motif and "ornament" not in piece.ops
        out.append(Piece(piece.start, motif, piece.original, (*piece.ops, "ornament") if changed else piece.ops))
    return out


def thinned(pieces: list[Piece], m: Material) -> list[Piece]:
    """For cues under dialogue: of every four bars of melody the last two are left empty."""
    out = []
    for piece in pieces:
        if piece.motif.bars < 4:
            if (piece.start // m.bar) % 4 < 2:
                out.append(piece)
            continue
        for first in range(0, piece.motif.bars, 4):
            part, source = (fragment(x, first * m.bar, (first + 2) * m.bar) for x in (piece.motif, piece.original))
            out.append(Piece(piece.start + first * m.bar, part, source, (*piece.ops, "thinned")))
    return out
