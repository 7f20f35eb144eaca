"""What a section has to work with: the theme in its meter, as the recipe of the cue has it come.

A recipe's operations on the line are done here, once, on everything the theme is made of, so that every treatment of a
sad cue works with the sad form. What a recipe says about mode, meter, key and register is the plan's and the player's
business. Forms that are hard to recognise (developments) are prepared: the phrase says the idea as it was first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cuesmith.motif.arguments import OpContext
from cuesmith.motif.model import Motif, Theme
from cuesmith.motif.ops import Op, best_identity, parse_ops
from cuesmith.motif.transform import breathe, fragment, remetre, sequence
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key, Scale
from cuesmith.plan.free_meter.breaths import Flow
from cuesmith.plan.model import SectionPlan
from cuesmith.specs.banks.themes import Recipe
from cuesmith.specs.brief import ThemeForm

PLACED = frozenset({"mode", "meter", "transpose", "register"})  # done by the plan, or by choosing the octave
STRETCHING = frozenset({"augmentation", "drone", "bass"})
# operations that make sense on eight bars as on two; after the others a new phrase is made of their result
WHOLE_LINE = frozenset({
    "augmentation", "diminution", "inversion", "retrograde", "displacement", "expansion", "compression", "ornament",
    "tail_swap", "head_swap", "canon", "blocking", "dialogue", "bass",
})  # fmt: skip
MADE_OF = frozenset({"bridge", "chorus"})  # parts that are compared with the idea they are made of
TELLING = 3  # notes that a head must have to be known by
SHORT_HEAD = 2  # bars: an idea no longer than this still has a head worth repeating bar by bar


@dataclass(frozen=True, slots=True)
class Piece:
    """A form of the theme laid somewhere. start: ticks. original: what `motif` was before `ops`."""

    start: int
    motif: Motif
    original: Motif
    ops: tuple[str, ...]

    @property
    def bars(self) -> int:
        """Length in bars, rounded up."""
        return self.motif.bars

    def at(self, start: int) -> Piece:
        """The same so many ticks later."""
        return replace(self, start=self.start + start)


@dataclass(frozen=True, slots=True)
class Material:
    """The theme in the meter of a section.

    melody: its eight bars (or what the recipe makes of them), as pieces from tick 0 over `bars` bars. idea: its two
    bars, as the recipe has them. plain: the same as they were written. head: its first bar that tells, at the speed of
    the idea. bar: ticks. bridge, chorus: the other parts of its song, eight and sixteen bars; empty where the recipe
    makes a phrase of its own. developed: the idea is hard to recognise, so the plain one has to be heard before it.
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

    @property
    def half(self) -> int:
        """Bars of half the melody."""
        return self.bars // 2

    @property
    def rest(self) -> int:
        """Ticks of a breath at the end of a phrase."""
        return PPQ if self.bar >= 3 * PPQ else PPQ // 2


def cut(pieces: Sequence[Piece], first_bar: int, bars: int, bar: int) -> list[Piece]:
    """What begins in these bars of laid-out pieces, moved to the front; a piece is cut with its original.

    Where the original is only the idea that the piece is made of, it stays as it is.
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
    """The meter a theme is laid out in: two bars of 2/4 hold one of a 4/4 theme, else the section's own."""
    doubled = Meter(meter.numerator * 2, meter.denominator)
    return doubled if doubled.bar_ticks == theme.motif.meter.bar_ticks else meter


def material(theme: Theme, meter: Meter, theme_form: ThemeForm, key: Key, bars: int) -> Material:
    """The theme re-barred and, where it comes under a recipe, changed by it.

    key: of the section. bars: of the section; where a broadened idea has no room in them it keeps its speed.
    """
    melody, idea = remetre(theme.melody, meter), remetre(theme.motif, meter)
    bar = meter.bar_ticks
    plain = Piece(0, idea, idea, ())
    bridge: tuple[Piece, ...]
    chorus: tuple[Piece, ...]
    bridge, chorus = (
        (Piece(0, remetre(part, meter), idea, (name,)),)
        for part, name in ((theme.bridge, "bridge"), (theme.chorus, "chorus"))
    )
    if theme_form.row is None:
        whole: tuple[Piece, ...] = (Piece(0, melody, melody, ()),)
        return Material(whole, melody.bars, plain, plain, _head(plain, bar), bar, bridge, chorus)
    ops = line_ops(theme_form.row)
    context = OpContext(key, Scale(theme.scale.name, key.mode, theme.scale.steps, theme.scale.nuclear))
    changed = _applied(idea, ops, context)
    if changed.bars > bars:
        ops = tuple(op for op in ops if op.name not in STRETCHING)
        changed = _applied(idea, ops, context)
    names = tuple(op.name for op in ops)
    turned = Piece(0, changed, idea, names)
    if all(name in WHOLE_LINE for name in names):
        line = _applied(melody, ops, context)
        whole = (Piece(0, line, melody, names),)
        if theme_form.row.level == "development":
            half = cut(whole, line.bars // 2, line.bars - line.bars // 2, bar)
            whole = _phrase((plain, turned, *half), bar)
        bridge, chorus = (
            tuple(replace(p, motif=_applied(p.motif, ops, context), ops=(*names, *p.ops)) for p in part)
            for part in (bridge, chorus)
        )
    else:
        again = Piece(0, breathe(sequence(changed, -1), PPQ), idea, (*names, "sequence"))
        whole, bridge, chorus = _phrase((plain, turned, plain, again), bar), (), ()
    head = _head(turned if changed.bars <= SHORT_HEAD else plain, bar)
    developed = theme_form.row.level == "development"
    return Material(whole, sum(p.bars for p in whole), turned, plain, head, bar, bridge, chorus, developed)


def line_ops(recipe: Recipe) -> tuple[Op, ...]:
    """The operations of a recipe that change the line itself."""
    return tuple(op for op in parse_ops(recipe.ops) if op.name not in PLACED)


def _applied(motif: Motif, ops: Sequence[Op], context: OpContext) -> Motif:
    """The line after operations; what a displacement pushes over the end is cut off, so that phrases stay in step."""
    for op in ops:
        length = motif.length
        motif = op.apply(motif, context).motif
        if op.name == "displacement":
            motif = fragment(motif, 0, length)
    return motif


def _phrase(pieces: Sequence[Piece], bar: int) -> tuple[Piece, ...]:
    """Pieces one after another, each from a bar line."""
    out, at = [], 0
    for piece in pieces:
        out.append(replace(piece, start=at))
        at += piece.bars * bar
    return tuple(out)


def _head(idea: Piece, bar: int) -> Piece:
    """One bar that the idea is known by: its first, or the next where that has too few notes to be a quotation."""
    counts = Counter(note.onset // bar for note in idea.motif.notes)
    first = next((at for at in range(idea.bars) if counts[at] >= TELLING), 0) * bar
    share = idea.original.length / idea.motif.length
    inside = (round(first * share), round((first + bar) * share))
    return Piece(0, fragment(idea.motif, first, first + bar), fragment(idea.original, *inside), idea.ops)


def heard_identity(piece: Piece, notes: Sequence[Note], section: SectionPlan, flow: Flow, bars: int) -> float:
    """How recognisable a piece of a theme is as it sounds in free meter.

    One phrase is compared as it is; of several, each by itself, for how long one waits between them is not the theme.
    bars: of a phrase, counted from the section.
    """
    original = piece.original.shape(section.key)
    whole = best_identity(original, [(flow.played(n.onset), n.pitch) for n in notes])
    phrase, scale = bars * section.meter.bar_ticks, piece.motif.length / max(1, piece.original.length)
    meant: dict[int, list[tuple[int, int]]] = {}
    for onset, pitch in original:
        meant.setdefault(int((piece.start + onset * scale) // phrase), []).append((onset, pitch))
    found: dict[int, list[tuple[int, int]]] = {}
    for note in notes:
        shape = found.setdefault((note.onset - section.start) // phrase, [])
        shape.append((flow.played(note.onset), note.pitch))
    both = [number for number in meant if min(len(meant[number]), len(found.get(number, ()))) > 1]
    total = sum(len(meant[number]) for number in both)
    if len(both) < 2 or 2 * total < len(original):
        return whole
    return max(whole, sum(len(meant[n]) * best_identity(meant[n], found[n]) for n in both) / total)
