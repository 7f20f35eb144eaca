"""More than one voice for a theme: canon, blocks and dialogue of a recipe, and two themes that meet.

Whoever joins in is a player who does not lead the section: another lead seat, or the counter-line. Voices that would
rub too often on strong beats are left out; two themes then talk by turns instead.
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

DELAYS_BARS = (0.0, 0.5, 1.0)  # how late a second theme may come in
APART = 4  # semitones between the middles of two themes that sound at once
ONE_VOICE = 1.5  # a desk as strict as this does without the second voice of a canon: other ways have failed
SHIFTS = (0, -2, 2, -4)  # and how many steps away from where it was written


def companions(writer: MelodyWriter, section: SectionPlan, leader: str) -> list[str]:
    """Seats that may join the leader in a section: other leads at rest there, then counter-lines."""
    out: list[str] = []
    for role in ("lead", "counter"):
        for player in writer.cast.players:
            able = player.seat.role == role and player.seat.double is None and player.instrument is not None
            if able and player.id != leader and writer.cast.active(player, section):
                out.append(player.id)
    return out


def strong_clashes(first: Iterable[Note], second: Iterable[Note], meter: Meter, origin: int) -> float:
    """Share 0..1 of the strong beats at which both sound that are dissonant; one of them begins a note there."""
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
    return sorted(n for passage in passages for n in passage.notes)


def voiced(writer: MelodyWriter, section: SectionPlan, name: str, seat: str, pieces: Sequence[Piece]) -> list[Passage]:
    """The pieces for one player, and for those who join him where the recipe has voices."""
    row = writer.plan.theme_form(name, section).row
    op = next((op for op in line_ops(row) if OPS[op.name].kind == "voices"), None) if row else None
    if op is not None and op.name == "bass":
        return writer.passages(section, name, _bass_of(writer, section) or seat, pieces)
    lead = writer.passages(section, name, seat, pieces)
    others = companions(writer, section, seat)
    if not lead or not others or op is None:
        return lead
    if op.name == "dialogue":
        return _by_turns(lead, others[0], section)
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


def _bass_of(writer: MelodyWriter, section: SectionPlan) -> str | None:
    """The bass player of a section."""
    for player in writer.cast.players:
        if player.seat.role == "bass" and player.seat.double is None and writer.cast.active(player, section):
            return player.id
    return None


def _by_turns(lead: list[Passage], other: str, section: SectionPlan) -> list[Passage]:
    """Passages split between two players, two bars each (one, where there are no more than two).

    Each half still tells which statement it belongs to.
    """
    out = []
    bar = section.meter.bar_ticks
    for passage in lead:
        unit = bar if passage.notes[-1].onset - passage.notes[0].onset < 2 * bar else 2 * bar
        for turn, seat in ((0, passage.device), (1, other)):
            notes = tuple(n for n in passage.notes if (n.onset - section.start) // unit % 2 == turn)
            if notes:
                said = passage.statement and replace(passage.statement, ops=(*passage.statement.ops, "dialogue"))
                out.append(replace(passage, notes=notes, device=seat, statement=said))
    return out


def _canon(
    writer: MelodyWriter, section: SectionPlan, name: str, pieces: Sequence[Piece], lead: Sequence[Passage], other: str
) -> list[Passage]:
    """The second voice of a canon, at the first entry that does not clash; none where all do."""
    half = pieces[0].motif.meter.bar_ticks // 2
    entries = [best_canon(pieces[0].motif, section.key)]
    entries += [(half * halves, steps) for halves in CANON_HALF_BARS for steps in CANON_STEPS]
    sung = _notes(lead)
    for delay, steps in entries:
        late = [
            replace(p, start=p.start + delay, motif=sequence(p.motif, steps % 7 - 7), ops=(*p.ops, "canon"))
            for p in pieces
        ]
        found = writer.passages(section, name, other, late, against=sung)
        if found and strong_clashes(sung, _notes(found), section.meter, section.start) <= MOST_CLASHES:
            return found
    return []


def second_half_to_another(
    writer: MelodyWriter, section: SectionPlan, seat: str, passages: list[Passage]
) -> list[Passage]:
    """The second half of a section's melody given to another lead player."""
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
    """Of some players the first for whom a melody lies well, as it is or an octave away: (player, semitones)."""
    for shift in (0, 12, -12):
        if writer.ceiling is not None and max(pitches, default=0) + shift > writer.ceiling:
            continue
        for other in others:
            low, high = writer.cast.instrument(other).sweet
            if pitches and low <= min(pitches) + shift and max(pitches) + shift <= high:
                return other, shift
    return None


def met(writer: MelodyWriter, section: SectionPlan, seat: str, lead: list[Passage], m: Material) -> list[Passage]:
    """The section's melody with the theme that meets it: at once where they agree, else by turns.

    lead: the passages of the section's own theme. m: that theme in the section.
    """
    other, name = section.against, section.theme
    joining = companions(writer, section, seat)
    if other is None or name is None or not joining or not lead:
        return lead
    if section.meeting == "counterpoint":
        found = _counterpoint(writer, section, other, joining[0], _notes(lead))
        if found:
            return lead + found
    theirs = material_of(writer.plan, writer.themes, section, other)
    return _dialogue(writer, section, (name, seat, m), (other, joining[0], theirs)) or lead


def _counterpoint(
    writer: MelodyWriter, section: SectionPlan, name: str, seat: str, sung: Sequence[Note]
) -> list[Passage]:
    """The second theme under or over the first, in the first way in which few strong beats clash."""
    m = material_of(writer.plan, writer.themes, section, name)
    bars = section.length // m.bar
    best: tuple[float, list[Passage]] = (MOST_CLASHES, [])
    for delay in DELAYS_BARS:
        room = bars - (1 if delay else 0)
        planned = cut(m.melody, 0, min(room, m.bars), m.bar)
        for shift in SHIFTS:
            pieces = [
                replace(p, start=p.start + round(delay * m.bar), motif=sequence(p.motif, shift),
                        ops=(*p.ops, "counterpoint")) for p in planned
            ]  # fmt: skip
            octave = _under(writer, section, name, seat, pieces, sung)
            found = writer.passages(section, name, seat, pieces, octave=octave, against=sung)
            share = strong_clashes(sung, _notes(found), section.meter, section.start)
            if found and share < best[0]:
                best = (share, found)
            if found and share <= MOST_CLASHES / 3:
                return found
    return best[1]


def _under(
    writer: MelodyWriter, section: SectionPlan, name: str, seat: str, pieces: Sequence[Piece], sung: Sequence[Note]
) -> int:
    """The octave in which a second theme lies well for its player, under the first where the instrument goes there."""
    octave = writer.octave(pieces, section, seat, name)
    pitches = [section.key.pitch(n.step, n.alter, octave) for piece in pieces for n in piece.motif.notes]
    above = sum(pitches) / len(pitches) > sum(n.pitch for n in sung) / len(sung) - APART
    return octave - 1 if above and min(pitches) - 12 >= writer.cast.instrument(seat).range[0] else octave


def _dialogue(
    writer: MelodyWriter, section: SectionPlan, first: tuple[str, str, Material], second: tuple[str, str, Material]
) -> list[Passage]:
    """Two bars of the one, two of the other, to the end of the section; each goes on where it left off."""
    out: list[Passage] = []
    for turn, (name, seat, m) in enumerate((first, second)):
        unit = max(2, m.plain.bars)
        bars = section.length // m.bar
        for round_, at in enumerate(range(turn * unit, bars - 1, 2 * unit)):
            begin = round_ * unit % m.bars
            taken = (
                cut(m.melody, begin, min(unit, bars - at), m.bar) if begin else [m.idea, m.plain][m.idea.bars > unit]
            )
            pieces = taken if isinstance(taken, list) else [taken]
            said = [replace(p, start=p.start + at * m.bar, ops=(*p.ops, "dialogue")) for p in pieces]
            out += writer.passages(section, name, seat, said)
    return out
