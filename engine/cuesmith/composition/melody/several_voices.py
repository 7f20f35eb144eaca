"""Themes in several voices: canon, block chords and dialogue of a recipe, and two themes that meet.

A player who does not lead the section joins in: another lead seat, or the counter-line. Voices that would clash too
often on strong beats are left out; two themes then alternate instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cuesmith.composition.melody.layout import material_of
from cuesmith.composition.melody.material import Material, Piece, cut, line_ops
from cuesmith.composition.melody.melody_writer import MelodyWriter
from cuesmith.motif.arguments import OpContext
from cuesmith.motif.combine import CANON_HALF_BARS, CANON_STEPS, CLASHING, MOST_CLASHES, best_canon
from cuesmith.motif.ops import OPS
from cuesmith.motif.transform import sequence
from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Scale
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Passage

DELAYS_BARS = (0.0, 0.5, 1.0)  # possible delays of the second theme
APART = 4  # least semitones between the mean pitches of two simultaneous themes
ONE_VOICE = 1.5  # from this strictness on (see `MelodyWriter`) a canon has no second voice
SHIFTS = (0, -2, 2, -4)  # possible transpositions of the second theme, in scale steps


def companions(writer: MelodyWriter, section: SectionPlan, leader: str) -> list[str]:
    """Return the seats that may join the leader of a section: other active leads, then counter-lines."""
    out: list[str] = []
    for role in ("lead", "counter"):
        for player in writer.cast.players:
            suitable = player.seat.role == role and player.seat.double is None and player.instrument is not None
            if suitable and player.id != leader and writer.cast.active(player, section):
                out.append(player.id)
    return out


def strong_clashes(first: Iterable[Note], second: Iterable[Note], meter: Meter, origin: int) -> float:
    """Return the share (0..1) of strong beats with both voices on which they are dissonant.

    Only beats on which one of them begins a note count.
    """
    lines = tuple(first), tuple(second)
    meetings = clashes = 0
    for onset in sorted({n.onset for line in lines for n in line}):
        if meter.strength((onset - origin) % meter.bar_ticks) < 3:
            continue
        sounding = [[n.pitch for n in line if n.onset <= onset < n.end] for line in lines]
        if all(sounding):
            meetings += 1
            clashes += abs(sounding[0][0] - sounding[1][0]) % 12 in CLASHING
    return clashes / meetings if meetings else 0.0


def _notes(passages: Iterable[Passage]) -> list[Note]:
    """Return all notes of some passages, in order."""
    return sorted(n for passage in passages for n in passage.notes)


def in_voices(
    writer: MelodyWriter, section: SectionPlan, name: str, seat: str, pieces: Sequence[Piece]
) -> list[Passage]:
    """Write the pieces for one player, and for others who join when the recipe has several voices."""
    row = writer.plan.theme_form(name, section).row
    op = next((op for op in line_ops(row) if OPS[op.name].kind == "voices"), None) if row else None
    if op is not None and op.name == "bass":
        return writer.passages(section, name, _bass_player(writer, section) or seat, pieces)
    lead = writer.passages(section, name, seat, pieces)
    others = companions(writer, section, seat)
    if not lead or not others or op is None:
        return lead
    if op.name == "dialogue":
        return _alternating(lead, others[0], section)
    if op.name == "canon":
        if writer.strict >= ONE_VOICE:
            return lead
        return lead + _canon(writer, section, name, pieces, lead, others[0])
    scale = writer.themes[name].scale
    context = OpContext(section.key, Scale(scale.name, section.key.mode, scale.steps, scale.nuclear))
    for voice, other in enumerate(others, start=1):
        lines = [op.apply(piece.motif, context).voices for piece in pieces]
        if voice >= len(lines[0]) or op.name != "blocking":
            break
        lower = [replace(piece, motif=voices[voice]) for piece, voices in zip(pieces, lines, strict=True)]
        lead += writer.passages(section, name, other, lower, against=_notes(lead))
    return lead


def _bass_player(writer: MelodyWriter, section: SectionPlan) -> str | None:
    """Return the bass player of a section."""
    for player in writer.cast.players:
        if player.seat.role == "bass" and player.seat.double is None and writer.cast.active(player, section):
            return player.id
    return None


def _alternating(lead: list[Passage], other: str, section: SectionPlan) -> list[Passage]:
    """Split passages between two players, two bars each (one bar in short passages).

    Each part keeps its statement.
    """
    out = []
    bar = section.meter.bar_ticks
    for passage in lead:
        unit = bar if passage.notes[-1].onset - passage.notes[0].onset < 2 * bar else 2 * bar
        for part, seat in ((0, passage.device), (1, other)):
            notes = tuple(n for n in passage.notes if (n.onset - section.start) // unit % 2 == part)
            if notes:
                statement = passage.statement and replace(passage.statement, ops=(*passage.statement.ops, "dialogue"))
                out.append(replace(passage, notes=notes, device=seat, statement=statement))
    return out


def _canon(
    writer: MelodyWriter, section: SectionPlan, name: str, pieces: Sequence[Piece], lead: Sequence[Passage], other: str
) -> list[Passage]:
    """Write the second voice of a canon at the first entry that does not clash; empty when all do."""
    half = pieces[0].motif.meter.bar_ticks // 2
    entries = [best_canon(pieces[0].motif, section.key)]
    entries += [(half * halves, steps) for halves in CANON_HALF_BARS for steps in CANON_STEPS]
    first = _notes(lead)
    for delay, steps in entries:
        late = [
            replace(p, start=p.start + delay, motif=sequence(p.motif, steps % 7 - 7), ops=(*p.ops, "canon"))
            for p in pieces
        ]
        second = writer.passages(section, name, other, late, against=first)
        if second and strong_clashes(first, _notes(second), section.meter, section.start) <= MOST_CLASHES:
            return second
    return []


def second_half_to_another(
    writer: MelodyWriter, section: SectionPlan, seat: str, passages: list[Passage]
) -> list[Passage]:
    """Give the second half of a section's melody to another lead player."""
    others = [s for s in companions(writer, section, seat) if writer.cast.player(s).seat.role == "lead"]
    if not others:
        return passages
    middle = section.start + section.length // 2
    late = [n for passage in passages for n in passage.notes if n.onset >= middle]
    taker = _taker(writer, others, [n.pitch for n in late])
    if taker is None or any(p.device != seat and any(n.onset >= middle for n in p.notes) for p in passages):
        return passages
    other, shift = taker
    out = []
    for passage in passages:
        early = tuple(n for n in passage.notes if n.onset < middle)
        later = tuple(n._replace(pitch=n.pitch + shift) for n in passage.notes if n.onset >= middle)
        out += [replace(passage, notes=early)] if early else []
        out += [replace(passage, notes=later, device=other)] if later else []
    return out


def _taker(writer: MelodyWriter, others: Sequence[str], pitches: Sequence[int]) -> tuple[str, int] | None:
    """Return the first player for whom a melody lies well, as written or an octave away: (player, semitones)."""
    for shift in (0, 12, -12):
        if writer.ceiling is not None and max(pitches, default=0) + shift > writer.ceiling:
            continue
        for other in others:
            low, high = writer.cast.instrument(other).sweet
            if pitches and low <= min(pitches) + shift and max(pitches) + shift <= high:
                return other, shift
    return None


def with_second_theme(
    writer: MelodyWriter, section: SectionPlan, seat: str, lead: list[Passage], m: Material
) -> list[Passage]:
    """Add a second theme to a section's melody: at the same time where they agree, else in alternation.

    lead: passages of the section's own theme. m: its material.
    """
    other, name = section.against, section.theme
    joining = companions(writer, section, seat)
    if other is None or name is None or not joining or not lead:
        return lead
    if section.meeting == "counterpoint":
        second = _counterpoint(writer, section, other, joining[0], _notes(lead))
        if second:
            return lead + second
    other_material = material_of(writer.plan, writer.themes, section, other)
    return _dialogue(writer, section, (name, seat, m), (other, joining[0], other_material)) or lead


def _counterpoint(
    writer: MelodyWriter, section: SectionPlan, name: str, seat: str, first: Sequence[Note]
) -> list[Passage]:
    """Write the second theme against the first, in the first arrangement in which few strong beats clash."""
    m = material_of(writer.plan, writer.themes, section, name)
    bars = section.length // m.bar
    best: tuple[float, list[Passage]] = (MOST_CLASHES, [])
    for delay in DELAYS_BARS:
        most_bars = bars - (1 if delay else 0)
        melody = cut(m.melody, 0, min(most_bars, m.bars), m.bar)
        for shift in SHIFTS:
            pieces = [
                replace(p, start=p.start + round(delay * m.bar), motif=sequence(p.motif, shift),
                        ops=(*p.ops, "counterpoint")) for p in melody
            ]  # fmt: skip
            octave = _lower_octave(writer, section, name, seat, pieces, first)
            second = writer.passages(section, name, seat, pieces, octave=octave, against=first)
            share = strong_clashes(first, _notes(second), section.meter, section.start)
            if second and share < best[0]:
                best = (share, second)
            if second and share <= MOST_CLASHES / 3:
                return second
    return best[1]


def _lower_octave(
    writer: MelodyWriter, section: SectionPlan, name: str, seat: str, pieces: Sequence[Piece], first: Sequence[Note]
) -> int:
    """Return the octave of a second theme: below the first when the instrument goes that low."""
    octave = writer.octave(pieces, section, seat, name)
    pitches = [section.key.pitch(n.step, n.alter, octave) for piece in pieces for n in piece.motif.notes]
    above = sum(pitches) / len(pitches) > sum(n.pitch for n in first) / len(first) - APART
    return octave - 1 if above and min(pitches) - 12 >= writer.cast.instrument(seat).range[0] else octave


def _dialogue(
    writer: MelodyWriter, section: SectionPlan, first: tuple[str, str, Material], second: tuple[str, str, Material]
) -> list[Passage]:
    """Alternate two themes, two bars each; each continues where it stopped."""
    out: list[Passage] = []
    for number, (name, seat, m) in enumerate((first, second)):
        unit = max(2, m.plain.bars)
        bars = section.length // m.bar
        for round_, at in enumerate(range(number * unit, bars - 1, 2 * unit)):
            begin = round_ * unit % m.bars
            taken = (
                cut(m.melody, begin, min(unit, bars - at), m.bar) if begin else [m.idea, m.plain][m.idea.bars > unit]
            )
            pieces = taken if isinstance(taken, list) else [taken]
            marked = [replace(p, start=p.start + at * m.bar, ops=(*p.ops, "dialogue")) for p in pieces]
            out += writer.passages(section, name, seat, marked)
    return out
