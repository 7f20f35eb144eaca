"""The material of a section: the theme in its meter, changed by the recipe of the cue.

The recipe's operations are applied here, once, to all parts of the theme, so that every treatment in a sad cue uses the
sad form. Mode, meter, key and register are left to the plan and to the choice of octave. When a recipe makes the idea
hard to recognise (a development), the phrase states it unchanged first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cuesmith.motif.arguments import OpContext
from cuesmith.motif.model import Motif, Theme
from cuesmith.motif.ops import Op, best_identity, parse_ops
from cuesmith.motif.transform import breathe, change_meter, fragment, sequence
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key, Scale
from cuesmith.plan.free_meter.breaths import Flow
from cuesmith.plan.model import SectionPlan
from cuesmith.specs.banks.themes import Recipe
from cuesmith.specs.brief import ThemeForm

# operations applied by the plan, or when the octave is chosen
PLACED = frozenset({"mode", "meter", "transpose", "register"})
# operations that lengthen the idea
STRETCHING = frozenset({"augmentation", "drone", "bass"})
# operations that work on eight bars as well as on two; for others a new phrase is built from their result
WHOLE_LINE = frozenset({
    "augmentation", "diminution", "inversion", "retrograde", "displacement", "expansion", "compression", "ornament",
    "tail_swap", "head_swap", "canon", "blocking", "dialogue", "bass",
})  # fmt: skip
MADE_OF = frozenset({"bridge", "chorus"})  # pieces that are compared with the idea they come from
LEAST_HEAD_NOTES = 3  # notes that a head needs to be recognised
SHORT_HEAD = 2  # bars; an idea no longer than this has a head that can be repeated every bar


@dataclass(frozen=True, slots=True)
class Piece:
    """A form of the theme at a place.

    start: ticks from the start of the section. original: `motif` before the operations `ops`.
    """

    start: int
    motif: Motif
    original: Motif
    ops: tuple[str, ...]

    @property
    def bars(self) -> int:
        """Length in bars, rounded up."""
        return self.motif.bars

    def at(self, start: int) -> Piece:
        """Return the piece moved later by `start` ticks."""
        return replace(self, start=self.start + start)


@dataclass(frozen=True, slots=True)
class Material:
    """The theme in the meter of a section.

    melody: its eight bars (or what the recipe makes of them), as pieces over `bars` bars.
    idea: its two bars, changed by the recipe. plain: the same two bars unchanged.
    head: one bar by which the idea is recognised. bar: ticks per bar.
    bridge, chorus: eight and sixteen bars of its song; empty when the recipe builds a new phrase.
    developed: the idea is hard to recognise, so the unchanged one must be heard first.
    written: the eight bars of the theme, without the recipe.
    """

    melody: tuple[Piece, ...]
    bars: int
    idea: Piece
    plain: Piece
    head: Piece
    bar: int
    bridge: tuple[Piece, ...] = ()
    chorus: tuple[Piece, ...] = ()
    developed: bool = False
    written: Motif = field(kw_only=True)

    @property
    def half(self) -> int:
        """Half of the melody, in bars."""
        return self.bars // 2

    @property
    def rest(self) -> int:
        """Ticks of a rest at the end of a phrase."""
        return PPQ if self.bar >= 3 * PPQ else PPQ // 2


def cut(pieces: Sequence[Piece], first_bar: int, bars: int, bar: int) -> list[Piece]:
    """Return what sounds in these bars of the pieces, moved to the start; originals are cut in the same way.

    An original that is only the idea from which the piece was made stays whole.
    """
    start, end = first_bar * bar, (first_bar + bars) * bar
    out = []
    for piece in pieces:
        low, high = max(start, piece.start), min(end, piece.start + piece.motif.length)
        if low >= high:
            continue
        inside = (low - piece.start, high - piece.start)
        original = piece.original
        if not MADE_OF.intersection(piece.ops):
            share = original.length / piece.motif.length
            original = fragment(original, *(round(tick * share) for tick in inside))
        out.append(Piece(low - start, fragment(piece.motif, *inside), original, piece.ops))
    return out


def phrase_meter(theme: Theme, meter: Meter) -> Meter:
    """Return the meter in which a theme is laid out: the section's, or twice as long where that is the theme's own.

    So one bar of a 4/4 theme lasts two bars of 2/4.
    """
    doubled = Meter(meter.numerator * 2, meter.denominator)
    return doubled if doubled.bar_ticks == theme.motif.meter.bar_ticks else meter


def material(theme: Theme, meter: Meter, theme_form: ThemeForm, key: Key, bars: int) -> Material:
    """Adapt a theme to a meter, and apply its recipe.

    key: of the section. bars: of the section; an augmented idea that does not fit into them keeps its speed.
    """
    melody, idea = change_meter(theme.melody, meter), change_meter(theme.motif, meter)
    bar = meter.bar_ticks
    plain = Piece(0, idea, idea, ())
    bridge: tuple[Piece, ...]
    chorus: tuple[Piece, ...]
    bridge, chorus = (
        (Piece(0, change_meter(part, meter), idea, (name,)),)
        for part, name in ((theme.bridge, "bridge"), (theme.chorus, "chorus"))
    )
    if theme_form.row is None:
        pieces: tuple[Piece, ...] = (Piece(0, melody, melody, ()),)
        return Material(pieces, melody.bars, plain, plain, _head(plain, bar), bar, bridge, chorus, written=melody)
    ops = line_ops(theme_form.row)
    context = OpContext(key, Scale(theme.scale.name, key.mode, theme.scale.steps, theme.scale.nuclear))
    changed = _applied(idea, ops, context)
    if changed.bars > bars:
        ops = tuple(op for op in ops if op.name not in STRETCHING)
        changed = _applied(idea, ops, context)
    names = tuple(op.name for op in ops)
    changed_idea = Piece(0, changed, idea, names)
    if all(name in WHOLE_LINE for name in names):
        line = _applied(melody, ops, context)
        pieces = (Piece(0, line, melody, names),)
        if theme_form.row.level == "development":
            half = cut(pieces, line.bars // 2, line.bars - line.bars // 2, bar)
            pieces = _phrase((plain, changed_idea, *half), bar)
        bridge, chorus = (
            tuple(replace(p, motif=_applied(p.motif, ops, context), ops=(*names, *p.ops)) for p in part)
            for part in (bridge, chorus)
        )
    else:
        again = Piece(0, breathe(sequence(changed, -1), PPQ), idea, (*names, "sequence"))
        pieces, bridge, chorus = _phrase((plain, changed_idea, plain, again), bar), (), ()
    head = _head(changed_idea if changed.bars <= SHORT_HEAD else plain, bar)
    developed = theme_form.row.level == "development"
    return Material(
        pieces, sum(p.bars for p in pieces), changed_idea, plain, head, bar, bridge, chorus, developed, written=melody
    )


def line_ops(recipe: Recipe) -> tuple[Op, ...]:
    """Return the operations of a recipe that change the melody itself."""
    return tuple(op for op in parse_ops(recipe.ops) if op.name not in PLACED)


def _applied(motif: Motif, ops: Sequence[Op], context: OpContext) -> Motif:
    """Apply operations to a line; cut off what a displacement moves past the end, so that phrases keep their length."""
    for op in ops:
        length = motif.length
        motif = op.apply(motif, context).motif
        if op.name == "displacement":
            motif = fragment(motif, 0, length)
    return motif


def _phrase(pieces: Sequence[Piece], bar: int) -> tuple[Piece, ...]:
    """Place pieces one after another, each on a bar line."""
    out, at = [], 0
    for piece in pieces:
        out.append(replace(piece, start=at))
        at += piece.bars * bar
    return tuple(out)


def _head(idea: Piece, bar: int) -> Piece:
    """Return one bar by which the idea is recognised: the first with enough notes."""
    counts = Counter(note.onset // bar for note in idea.motif.notes)
    first = next((at for at in range(idea.bars) if counts[at] >= LEAST_HEAD_NOTES), 0) * bar
    share = idea.original.length / idea.motif.length
    inside = (round(first * share), round((first + bar) * share))
    return Piece(0, fragment(idea.motif, first, first + bar), fragment(idea.original, *inside), idea.ops)


def heard_identity(piece: Piece, notes: Sequence[Note], section: SectionPlan, flow: Flow, bars: int) -> float:
    """Return how recognisable a piece of a theme is in free meter, 0..1.

    One phrase is compared as it is; several are compared one by one, because the pauses between them do not matter.
    bars: of a phrase, counted from the section.
    """
    original = piece.original.shape(section.key)
    whole = best_identity(original, [(flow.played(n.onset), n.pitch) for n in notes])
    phrase, scale = bars * section.meter.bar_ticks, piece.motif.length / max(1, piece.original.length)
    expected: dict[int, list[tuple[int, int]]] = {}
    for onset, pitch in original:
        expected.setdefault(int((piece.start + onset * scale) // phrase), []).append((onset, pitch))
    sounding: dict[int, list[tuple[int, int]]] = {}
    for note in notes:
        shape = sounding.setdefault((note.onset - section.start) // phrase, [])
        shape.append((flow.played(note.onset), note.pitch))
    both = [number for number in expected if min(len(expected[number]), len(sounding.get(number, ()))) > 1]
    total = sum(len(expected[number]) for number in both)
    if len(both) < 2 or 2 * total < len(original):
        return whole
    return max(whole, sum(len(expected[n]) * best_identity(expected[n], sounding[n]) for n in both) / total)
