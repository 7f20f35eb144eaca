"""Treatments: how a section uses its theme. Each device lays out pieces of the theme over the bars of the section.

A device is a function of the material, the number of bars, a random stream, and `repeat`: how often the cue has treated
the theme in this way before. styles/banks/treatments.yaml says which device a treatment uses.
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
BRIDGE_BARS = 4  # least bars for a phrase of the bridge or chorus
AWAY = (-3, -2, 2, 3)  # scale steps by which a repeated idea may be transposed
DEVELOPED, BROAD = 0.35, 0.3  # chances that a contrast develops the idea, and that a chorus is the augmented theme


def _placed(piece: Piece, start: int, steps: int, name: str = "sequence") -> Piece:
    """Place a piece at a tick, transposed by scale steps."""
    if not steps:
        return replace(piece, start=start)
    return replace(piece, start=start, motif=sequence(piece.motif, steps), ops=(*piece.ops, name))


def _with_rest(piece: Piece, rest: int) -> Piece:
    """Shorten the end of a piece for a rest."""
    return replace(piece, motif=breathe(piece.motif, rest))


def _with_ops(pieces: list[Piece], *names: str) -> list[Piece]:
    """Note operations on some pieces."""
    return [replace(piece, ops=(*piece.ops, *names)) for piece in pieces]


def _idea(m: Material, start: int, bars: int) -> list[Piece]:
    """Return as much of the idea as fits: changed by the recipe, unchanged, its head, or nothing."""
    if bars >= m.idea.bars:
        return _with_ops([m.idea.at(start)], "idea")
    if bars >= m.plain.bars:
        return _with_ops([m.plain.at(start)], "idea")
    return _with_ops([m.head.at(start)], "fragmentation") if bars else []


def statement(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the whole theme as often as it fits; the remaining bars take its first half."""
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
        half[-1] = _with_rest(half[-1], m.rest)
        return out + _with_ops(half, "first half", *(("breath",) if left > m.half else ()))
    return out + _idea(m, at * m.bar, left)


def _ornamented(motif: Motif, draw: Stream) -> Motif:
    """Add passing notes between long notes a third apart, and late turns on some held notes.

    At most a quarter of the notes get an ornament.
    """
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
    """Return the pieces with ornaments, so that no section returns unchanged."""
    out = []
    for number, piece in enumerate(pieces):
        motif = _ornamented(piece.motif, draw.child(number))
        with_treatment_changes = motif != piece.motif and "ornament" not in piece.ops
        out.append(replace(piece, motif=motif, ops=(*piece.ops, "ornament") if with_treatment_changes else piece.ops))
    return out


def restatement(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the theme with ornaments; short sections take its second half, which closes."""
    if max(m.half, 2) <= bars < m.bars:
        pieces = _with_ops(cut(m.melody, m.bars - m.half, m.half, m.bar), "second half")
    else:
        pieces = statement(m, bars, draw)
    return varied(pieces, draw)


def contrast(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out new material: the bridge of the theme's song, or a development of the idea; both when there is room."""
    if not m.bridge or bars < BRIDGE_BARS or draw.child("bridge", repeat).chance(DEVELOPED):
        return _developed(m, bars, draw)
    whole = sum(piece.bars for piece in m.bridge)
    out = cut(m.bridge, 0, min(bars, whole), m.bar)
    if bars - whole >= BRIDGE_BARS:
        out += [piece.at(whole * m.bar) for piece in _developed(m, bars - whole, draw)]
    return out


def _developed(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """Invert, widen or transpose the idea, transpose it again, use its head alone, and return."""
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
        out.append(_placed(idea, at * m.bar, lift))
        if round_ % 2 == 0 or unit != 2:
            out.append(_with_rest(_placed(idea, (at + unit) * m.bar, lift + move), m.rest))
        else:
            out.append(_placed(head, (at + 2) * m.bar, lift + move))
            out.append(_with_rest(_placed(head, (at + 3) * m.bar, lift + 2 * move), m.rest))
        at += 2 * unit
        round_ += 1
    if bars - at >= unit:
        out.append(_with_rest(idea.at(at * m.bar), m.rest))
    elif bars - at == 1:
        out.append(head.at(at * m.bar))
    return out


def chorus(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the climax: the chorus of the theme's song, or the theme augmented."""
    if not m.chorus or bars < BRIDGE_BARS or draw.child("song").chance(BROAD):
        return _broad(m, bars, draw)
    whole = sum(piece.bars for piece in m.chorus)
    quarter = whole // 4
    if bars >= whole:
        out = list(m.chorus)
        rest = _broad(m, bars - whole, draw) if bars - whole >= quarter else []
        return out + [piece.at(whole * m.bar) for piece in rest]
    if bars >= 2 * quarter:
        if repeat:  # the second half of the chorus
            out = cut(m.chorus, 2 * quarter, 2 * quarter, m.bar)
        else:
            lift = cut(m.chorus, 2 * quarter, quarter, m.bar)
            out = cut(m.chorus, 0, quarter, m.bar) + [piece.at(quarter * m.bar) for piece in lift]
        at = 2 * quarter
    else:
        at = min(bars, quarter)
        out = cut(m.chorus, 0, at, m.bar)
    if bars - at >= quarter:  # and the last quarter of the chorus
        return out + [piece.at(at * m.bar) for piece in cut(m.chorus, 3 * quarter, quarter, m.bar)]
    return out + (_idea(m, at * m.bar, bars - at) if bars - at >= m.plain.bars else [])


def _broad(m: Material, bars: int, draw: Stream) -> list[Piece]:
    """Lay out the augmented idea and the second half of the theme; long sections state the whole theme first."""
    broad = m.idea
    if broad.bars <= m.plain.bars:
        broad = replace(m.idea, motif=augmentation(m.idea.motif, 2), ops=(*m.idea.ops, "augmentation"))
    lifted = draw.choice((0, 2))
    half = _with_ops(cut(m.melody, m.bars - m.half, m.half, m.bar), "second half")
    out: list[Piece] = []
    at = 0
    if bars >= 2 * m.bars:
        out += [piece.at(0) for piece in m.melody]
        at = m.bars
    while bars - at >= broad.bars + m.half:
        out.append(_placed(broad, at * m.bar, lifted))
        out += [piece.at((at + broad.bars) * m.bar) for piece in half]
        at += broad.bars + m.half
    if bars - at >= broad.bars:
        out.append(_with_rest(broad.at(at * m.bar), m.rest))
        at += broad.bars
    return out + _idea(m, at * m.bar, bars - at)


def build(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Repeat the head, one scale step higher each time, every two bars and then every bar; end with a rest."""
    out: list[Piece] = []
    at = lift = 0
    while at < bars:
        close = bars <= 4 or at >= bars // 2
        piece = _placed(m.head, at * m.bar, lift)
        out.append(_with_rest(piece, m.rest) if at == bars - 1 else piece)
        at += 1 if close else 2
        lift += 1
    return _with_ops(out, "fragmentation")


def _fours(pieces: list[Piece]) -> int:
    """Return the bars of a single piece, rounded up to phrases of four."""
    return max(4, -(-pieces[0].bars // 4) * 4)


def fragments(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out sparse quotations: the idea once, then heads at a distance, transposed, with silence between.

    Every second time the idea itself is transposed, too, so that its return is noticed.
    """
    out = _with_ops([m.plain], "idea") if m.developed and bars >= m.plain.bars else _idea(m, 0, bars)
    if repeat % 2:
        away = draw.child("away", repeat).choice(AWAY)
        out = [_placed(piece, piece.start, away) for piece in out]
    at = _fours(out)
    while at < bars:
        if draw.child(at).chance(0.35) or (m.developed and at == 4):
            again = _idea(m, at * m.bar, bars - at)
            out += again
            at += _fours(again)
            continue
        shift = draw.child(at, "shift").choice((-2, -1, 1, 2))
        out += _with_ops([_placed(m.head, at * m.bar, shift)], "fragmentation")
        if at + 2 < bars and draw.child(at, "answer").chance(0.5):
            out += _with_ops([_placed(m.head, (at + 2) * m.bar, shift - 1)], "fragmentation")
        at += 4
    return [p for p in out if p.start + p.motif.length <= bars * m.bar]


def intro(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out nothing (only accompaniment), or the head in the bar before the last."""
    if bars < 3 or draw.chance(0.45):
        return []
    return _with_ops([m.head.at((bars - 2) * m.bar)], "fragmentation", "hint")


def coda(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the head once more, augmented where there is room; the rest belongs to the ending."""
    if bars < 2:
        return []
    if bars >= 4:
        broad = replace(m.head, motif=augmentation(m.head.motif, 2))
        return _with_ops([broad], "fragmentation", "augmentation")
    return _with_ops([m.head], "fragmentation")


def head(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the idea (or its head) at once, with room for the last chord; long sections quote it several times."""
    if bars >= 6:
        return fragments(m, bars, draw)
    if bars >= 2:
        return _idea(m, 0, bars)
    plain = m.plain
    # in one bar, the whole idea in diminution is better than its head
    if min(n.duration for n in plain.motif.notes) >= EIGHTH:
        return [replace(plain, motif=diminution(plain.motif), ops=("diminution",))]
    return _with_ops([m.head], "fragmentation")


def link(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lead to another theme: the head, lower each time, and at last half of it, then room for a pick-up."""
    half = m.bar // 2
    part = Piece(0, fragment(m.head.motif, 0, half), fragment(m.head.original, 0, half), m.head.ops)
    out = [_placed(m.head, at * m.bar, -at) for at in range(bars - 1)]
    return _with_ops([*out, _placed(part, (bars - 1) * m.bar, -(bars - 1))], "fragmentation")


def none(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out no melody."""
    return []


def verse_bridge(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the bridge of a song, as far as it fits."""
    if not m.bridge or bars < BRIDGE_BARS:
        return contrast(m, bars, draw, repeat)
    whole = sum(piece.bars for piece in m.bridge)
    out = cut(m.bridge, 0, min(bars, whole), m.bar)
    return out + [p.at(whole * m.bar) for p in (statement(m, bars - whole, draw) if bars > whole else [])]


def refrain(m: Material, bars: int, draw: Stream, repeat: int = 0) -> list[Piece]:
    """Lay out the chorus of a song by halves: first the line twice, at the second time the rest of it."""
    whole = sum(piece.bars for piece in m.chorus)
    if not m.chorus or bars < BRIDGE_BARS or bars >= whole:
        return chorus(m, bars, draw, repeat)
    if bars < whole // 2:
        return cut(m.chorus, 3 * whole // 4 if repeat else 0, bars, m.bar)
    out = cut(m.chorus, whole // 2 * (repeat % 2), whole // 2, m.bar)
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


def with_treatment_changes(pieces: list[Piece], row: Treatment, draw: Stream) -> list[Piece]:
    """Apply the other changes of a treatment to laid-out pieces: transposed, ornamented."""
    if row.steps:
        pieces = [_placed(piece, piece.start, row.steps) for piece in pieces]
    return varied(pieces, draw) if row.varied else pieces
