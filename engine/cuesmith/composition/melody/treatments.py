"""What a section does with its theme: each device lays out pieces of the theme over the bars of the section.

A device is a function of the material, the bars, a stream of chance, and which turn this is (0 when the cue treats the
theme in this way for the first time). Which device a treatment has is said in styles/banks/treatments.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from cuesmith.chance import Stream
from cuesmith.composition.melody.material import Material, Piece, cut
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import augmentation, breathe, diminution, expansion, fragment, inversion, sequence
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.treatments import DeviceName, Treatment

EIGHTH = PPQ // 2
BRIDGE_BARS = 4  # the least room for a phrase of another part of the song
AWAY = (-3, -2, 2, 3)  # steps by which an idea said again lies elsewhere
WORKED, BROAD = 0.35, 0.3  # how often a contrast works with the idea, and a chorus states the theme broadly, instead


def _moved(piece: Piece, start: int, steps: int, name: str = "sequence") -> Piece:
    """The piece laid at a tick, so many steps higher."""
    if not steps:
        return replace(piece, start=start)
    return replace(piece, start=start, motif=sequence(piece.motif, steps), ops=(*piece.ops, name))


def _breathing(piece: Piece, rest: int) -> Piece:
    return replace(piece, motif=breathe(piece.motif, rest))


def _named(pieces: list[Piece], *names: str) -> list[Piece]:
    return [replace(piece, ops=(*piece.ops, *names)) for piece in pieces]


def _idea(m: Material, start: int, bars: int) -> list[Piece]:
    """As much of the idea as some bars hold: as the recipe has it, as it was written, its head, or nothing."""
    if bars >= m.idea.bars:
        return _named([m.idea.at(start)], "idea")
    if bars >= m.plain.bars:
        return _named([m.plain.at(start)], "idea")
    return _named([m.head.at(start)], "fragmentation") if bars else []


def statement(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """The whole theme, as often as the section holds it; a remainder takes its first half."""
    out: list[Piece] = []
    at = 0
    while bars - at >= m.bars:
        out += [piece.at(at * m.bar) for piece in m.melody]
        at += m.bars
    left = bars - at
    if m.developed:
        return out + [piece.at(at * m.bar) for piece in cut(m.melody, 0, left, m.bar)]
    if left >= max(m.half, 2):
        half = [piece.at(at * m.bar) for piece in cut(m.melody, 0, m.half, m.bar)]
        half[-1] = _breathing(half[-1], m.rest)
        return out + _named(half, "first half", *(("breath",) if left > m.half else ()))
    return out + _idea(m, at * m.bar, left)


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


def varied(pieces: list[Piece], draw: Stream) -> list[Piece]:
    """The same pieces as they come back: ornamented, so that no section returns to the letter."""
    out = []
    for number, piece in enumerate(pieces):
        motif = _ornamented(piece.motif, draw.child(number))
        changed = motif != piece.motif and "ornament" not in piece.ops
        out.append(replace(piece, motif=motif, ops=(*piece.ops, "ornament") if changed else piece.ops))
    return out


def restatement(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """The theme again with ornaments; short sections take its second half, which closes."""
    if max(m.half, 2) <= bars < m.bars:
        found = _named(cut(m.melody, m.bars - m.half, m.half, m.bar), "second half")
    else:
        found = statement(m, bars, draw)
    return varied(found, draw)


def contrast(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """New ground: the bridge of the theme's song, or its idea worked with; where both have room, bridge, then work."""
    if not m.bridge or bars < BRIDGE_BARS or draw.child("bridge", turn).chance(WORKED):
        return _worked(m, bars, draw)
    whole = sum(piece.bars for piece in m.bridge)
    out = cut(m.bridge, 0, min(bars, whole), m.bar)
    if bars - whole >= BRIDGE_BARS:
        out += [piece.at(whole * m.bar) for piece in _worked(m, bars - whole, draw)]
    return out


def _worked(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The idea mirrored, widened or moved, then moved again, its head alone, and a way back."""
    source = m.idea if m.idea.bars <= bars else m.plain
    unit = source.bars
    kind = draw.weighted({"inversion": 3.0, "expansion": 2.0, "sequence": 3.0})
    shift = draw.choice((2, 3, 4))
    if kind == "inversion":
        line = sequence(inversion(source.motif), 4)
    elif kind == "expansion":
        line = sequence(expansion(source.motif, 1.4), 1)
    else:
        line = sequence(source.motif, shift)
    idea = replace(source, motif=line, ops=(*source.ops, kind))
    head = replace(idea, motif=fragment(line, 0, m.bar), original=m.head.original, ops=(*idea.ops, "fragmentation"))
    out: list[Piece] = []
    at = round_ = 0
    move = draw.choice((-1, -2, 1))
    while bars - at >= 2 * unit:
        lift = 0 if at == 0 else draw.child(at).choice((1, 2))
        out.append(_moved(idea, at * m.bar, lift))
        if round_ % 2 == 0 or unit != 2:
            out.append(_breathing(_moved(idea, (at + unit) * m.bar, lift + move), m.rest))
        else:
            out.append(_moved(head, (at + 2) * m.bar, lift + move))
            out.append(_breathing(_moved(head, (at + 3) * m.bar, lift + 2 * move), m.rest))
        at += 2 * unit
        round_ += 1
    if bars - at >= unit:
        out.append(_breathing(idea.at(at * m.bar), m.rest))
    elif bars - at == 1:
        out.append(head.at(at * m.bar))
    return out


def chorus(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """The culmination: the chorus of the theme's song, or the theme itself in broad values."""
    if not m.chorus or bars < BRIDGE_BARS or draw.child("song").chance(BROAD):
        return _broad(m, bars, draw)
    whole = sum(piece.bars for piece in m.chorus)
    quarter = whole // 4
    if bars >= whole:
        out = list(m.chorus)
        rest = _broad(m, bars - whole, draw) if bars - whole >= quarter else []
        return out + [piece.at(whole * m.bar) for piece in rest]
    if bars >= 2 * quarter:
        if turn:  # the lift and the landing
            out = cut(m.chorus, 2 * quarter, 2 * quarter, m.bar)
        else:
            lift = cut(m.chorus, 2 * quarter, quarter, m.bar)
            out = cut(m.chorus, 0, quarter, m.bar) + [piece.at(quarter * m.bar) for piece in lift]
        at = 2 * quarter
    else:
        at = min(bars, quarter)
        out = cut(m.chorus, 0, at, m.bar)
    if bars - at >= quarter:  # and the landing
        return out + [piece.at(at * m.bar) for piece in cut(m.chorus, 3 * quarter, quarter, m.bar)]
    return out + (_idea(m, at * m.bar, bars - at) if bars - at >= m.plain.bars else [])


def _broad(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """The idea in doubled values, then its second half; long sections state it whole first."""
    broad = m.idea
    if broad.bars <= m.plain.bars:
        broad = replace(m.idea, motif=augmentation(m.idea.motif, 2), ops=(*m.idea.ops, "augmentation"))
    lifted = draw.choice((0, 2))
    half = _named(cut(m.melody, m.bars - m.half, m.half, m.bar), "second half")
    out: list[Piece] = []
    at = 0
    if bars >= 2 * m.bars:
        out += [piece.at(0) for piece in m.melody]
        at = m.bars
    while bars - at >= broad.bars + m.half:
        out.append(_moved(broad, at * m.bar, lifted))
        out += [piece.at((at + broad.bars) * m.bar) for piece in half]
        at += broad.bars + m.half
    if bars - at >= broad.bars:
        out.append(_breathing(broad.at(at * m.bar), m.rest))
        at += broad.bars
    return out + _idea(m, at * m.bar, bars - at)


def build(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """The head again and again, a step higher each time, in twos and then in every bar; the last beats stay empty."""
    out: list[Piece] = []
    at = lift = 0
    while at < bars:
        close = bars <= 4 or at >= bars // 2
        piece = _moved(m.head, at * m.bar, lift)
        out.append(_breathing(piece, m.rest) if at == bars - 1 else piece)
        at += 1 if close else 2
        lift += 1
    return _named(out, "fragmentation")


def _fours(pieces: list[Piece]) -> int:
    """The bars a single piece takes, in whole phrases of four."""
    return max(4, -(-pieces[0].bars // 4) * 4)


def fragments(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """Sparse quotations: the idea once, then heads at a distance, each somewhere else, with silence between.

    Every second time the idea itself is said from elsewhere, so that its return is one.
    """
    out = _named([m.plain], "idea") if m.developed and bars >= m.plain.bars else _idea(m, 0, bars)
    if turn % 2:
        away = draw.child("away", turn).choice(AWAY)
        out = [_moved(piece, piece.start, away) for piece in out]
    at = _fours(out)
    while at < bars:
        if draw.child(at).chance(0.35) or (m.developed and at == 4):
            again = _idea(m, at * m.bar, bars - at)
            out += again
            at += _fours(again)
            continue
        shift = draw.child(at, "shift").choice((-2, -1, 1, 2))
        out += _named([_moved(m.head, at * m.bar, shift)], "fragmentation")
        if at + 2 < bars and draw.child(at, "answer").chance(0.5):
            out += _named([_moved(m.head, (at + 2) * m.bar, shift - 1)], "fragmentation")
        at += 4
    return [p for p in out if p.start + p.motif.length <= bars * m.bar]


def intro(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """Often only the texture; otherwise the head, hinted in the bar before the last."""
    if bars < 3 or draw.chance(0.45):
        return []
    return _named([m.head.at((bars - 2) * m.bar)], "fragmentation", "hint")


def coda(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """The head once more, broad where there is room; the rest belongs to the ending."""
    if bars < 2:
        return []
    if bars >= 4:
        broad = replace(m.head, motif=augmentation(m.head.motif, 2))
        return _named([broad], "fragmentation", "augmentation")
    return _named([m.head], "fragmentation")


def head(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """The idea (or its head) at once, and room for the last chord; long sections quote it again and again."""
    if bars >= 6:
        return fragments(m, bars, draw)
    if bars >= 2:
        return _idea(m, 0, bars)
    plain = m.plain
    if min(n.duration for n in plain.motif.notes) >= EIGHTH:  # in one bar the whole idea says more than its head
        return [replace(plain, motif=diminution(plain.motif), ops=("diminution",))]
    return _named([m.head], "fragmentation")


def link(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """On the way to another theme: the head, lower each time, at last only its first half; then room for a pick-up."""
    half = m.bar // 2
    part = Piece(0, fragment(m.head.motif, 0, half), fragment(m.head.original, 0, half), m.head.ops)
    out = [_moved(m.head, at * m.bar, -at) for at in range(bars - 1)]
    return _named([*out, _moved(part, (bars - 1) * m.bar, -(bars - 1))], "fragmentation")


def none(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """No melody."""
    return []


def verse_bridge(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """In a song: its bridge, as far as the section holds it."""
    if not m.bridge or bars < BRIDGE_BARS:
        return contrast(m, bars, draw, turn)
    whole = sum(piece.bars for piece in m.bridge)
    out = cut(m.bridge, 0, min(bars, whole), m.bar)
    return out + [p.at(whole * m.bar) for p in (statement(m, bars - whole, draw) if bars > whole else [])]


def refrain(m: Material, bars: int, draw: Stream, turn: int = 0) -> list[Piece]:
    """In a song: its chorus by halves, the line twice, and at the second turn the lift and the landing."""
    whole = sum(piece.bars for piece in m.chorus)
    if not m.chorus or bars < BRIDGE_BARS or bars >= whole:
        return chorus(m, bars, draw, turn)
    if bars < whole // 2:
        return cut(m.chorus, 3 * whole // 4 if turn else 0, bars, m.bar)
    out = cut(m.chorus, whole // 2 * (turn % 2), whole // 2, m.bar)
    left = bars - whole // 2
    return out + [piece.at(whole // 2 * m.bar) for piece in _idea(m, 0, left)]


Device: TypeAlias = Callable[[Material, int, Stream, int], list[Piece]]

DEVICES: dict[DeviceName, Device] = {
    "statement": statement,
    "restatement": restatement,
    "contrast": contrast,
    "chorus": chorus,
    "build": build,
    "fragments": fragments,
    "intro": intro,
    "coda": coda,
    "head": head,
    "link": link,
    "none": none,
    "verse_bridge": verse_bridge,
    "refrain": refrain,
}


def changed(pieces: list[Piece], row: Treatment, m: Material, draw: Stream) -> list[Piece]:
    """What a device has laid out, as a treatment has it besides: moved, ornamented, thinned."""
    if row.steps:
        pieces = [_moved(piece, piece.start, row.steps) for piece in pieces]
    if row.varied:
        pieces = varied(pieces, draw)
    return thinned(pieces, m) if row.thinned else pieces


def thinned(pieces: list[Piece], m: Material) -> list[Piece]:
    """For cues under dialogue: after every idea (two bars, where the recipe does not broaden it) two bars are left
    empty."""
    kept = max(2, m.idea.bars)
    out = []
    for piece in pieces:
        if piece.bars < kept + 2:
            if (piece.start // m.bar) % (kept + 2) < kept:
                out.append(piece)
            continue
        for first in range(0, piece.bars, kept + 2):
            part = cut([replace(piece, start=0)], first, kept, m.bar)
            out += _named([p.at(piece.start + first * m.bar) for p in part], "thinned")
    return out
