"""The operations on motifs by name, such as `sequence:+2`, `augmentation:3/2` or `mode:phrygian`.

`OPS` is the table of operations. `parse_op` reads one, `apply_ops` applies several in order and measures how
recognisable the motif still is. At most two strong operations may be combined: after three, listeners no longer
recognise the motif.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cuesmith.errors import did_you_mean
from cuesmith.motif import arguments as make
from cuesmith.motif import transform
from cuesmith.motif.arguments import Apply, Made, OpContext
from cuesmith.motif.identity import Shape, identity
from cuesmith.motif.model import Motif
from cuesmith.music.scale import Key, Scale

MAX_STRONG = 2

# What an operation does not change. rhythm: distances between onsets. proportions: the same, except for one common
# factor. contour: direction of every interval. intervals: their size in semitones. degrees: steps of the mode.
# head: steps of the first notes. places: every note keeps its onset, new notes are added between.
Kept = Literal["rhythm", "proportions", "contour", "intervals", "degrees", "head", "places"]
Kind = Literal["plain", "strong", "voices"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table.

    make: reads the argument text and returns the operation; raises ValueError for a bad argument. Without an argument
        it gets `default`.
    form: what an argument looks like; empty when the operation takes none.
    keeps: what does not change.
    kind: `strong` makes the motif much less recognisable, `voices` returns several voices.
    serves: dramatic uses.
    """

    make: Callable[[str], Apply]
    form: str
    default: str
    keeps: tuple[Kept, ...]
    kind: Kind
    serves: str


class Op(NamedTuple):
    """An operation to apply: its name in `OPS`, its argument as text (empty when there is none), and the function."""

    name: str
    argument: str
    apply: Apply

    def __str__(self) -> str:
        return f"{self.name}:{self.argument}" if self.argument else self.name


@dataclass(frozen=True, slots=True)
class Result:
    """A motif after operations.

    motif, key: the result and the key it is in now.
    voices: all voices; the first is the motif or doubles it. With one voice it is only the motif.
    names: the operations in order.
    identity: 0..1, compared with the original motif.
    """

    motif: Motif
    key: Key
    voices: tuple[Motif, ...]
    names: tuple[str, ...]
    identity: float


# fmt: off
_WHOLE:  tuple[Kept, ...] = ("rhythm", "contour", "intervals", "degrees")
_SCALED: tuple[Kept, ...] = ("proportions", "contour", "intervals", "degrees")
_SHAPE:  tuple[Kept, ...] = ("rhythm", "contour")
_RHYTHM: tuple[Kept, ...] = ("rhythm",)
_HEAD:   tuple[Kept, ...] = ("head",)
_MODAL:  tuple[Kept, ...] = ("rhythm", "degrees")
_LINE:   tuple[Kept, ...] = ("contour",)
_PLACED: tuple[Kept, ...] = ("rhythm", "contour", "intervals")
_SLOWED: tuple[Kept, ...] = ("proportions", "contour", "intervals")
_ADDED:  tuple[Kept, ...] = ("places",)
_OPENED: tuple[Kept, ...] = ("rhythm", "head")

_inverted = make.simple(transform.inversion)
_reversed = make.simple(make.retrograde)
_swapped  = make.simple(transform.head_swap)

#                              how it is made      argument       default  keeps    kind      serves
OPS: dict[str, Operation] = {
    "sequence":      Operation(make.sequence,      "STEPSxTIMES", "+1",    _SHAPE,  "plain",  "build, lyric contrast"),
    "transpose":     Operation(make.transpose,     "SEMITONES",   "+3",    _WHOLE,  "plain",  "key lift, shock"),
    "inversion":     Operation(_inverted,          "",            "",      _RHYTHM, "strong", "shadow, enemy, irony"),
    "retrograde":    Operation(_reversed,          "",            "",      _RHYTHM, "strong", "dream, memory, mystery"),
    "augmentation":  Operation(make.augmentation,  "FACTOR",      "2",     _SCALED, "plain",  "grief, majesty, finale"),
    "diminution":    Operation(make.diminution,    "FACTOR",      "2",     _SCALED, "plain",  "chase, panic, comedy"),
    "fragmentation": Operation(make.fragmentation, "NOTES",       "4",     _HEAD,   "plain",  "tension, development"),
    "liquidation":   Operation(make.liquidation,   "NOTES",       "4",     _HEAD,   "plain",  "fading out, lost hope"),
    "displacement":  Operation(make.displacement,  "BEATS",       "+1/2",  _WHOLE,  "strong", "unease, jazz, comedy"),
    "expansion":     Operation(make.expansion,     "FACTOR",      "1.5",   _SHAPE,  "plain",  "triumph, horror"),
    "compression":   Operation(make.compression,   "FACTOR",      "1/2",   _SHAPE,  "plain",  "suspense, whisper"),
    "mode":          Operation(make.mode,          "MODE",        "minor", _MODAL,  "plain",  "sad, corrupted"),
    "meter":         Operation(make.meter,         "METER",       "3/4",   _LINE,   "strong", "waltz memory, dance"),
    "register":      Operation(make.register,      "OCTAVES",     "+1",    _PLACED, "plain",  "distance, age"),
    "canon":         Operation(make.canon,         "BEATS@STEPS", "best",  _WHOLE,  "voices", "journey, set-piece"),
    "ostinato":      Operation(make.ostinato,      "NOTES@BEATS", "8",     _HEAD,   "plain",  "battle, pulse"),
    "bass":          Operation(make.bass,          "FACTOR",      "2",     _SLOWED, "voices", "villain, build"),
    "blocking":      Operation(make.blocking,      "STEPS+STEPS", "2+4",   _WHOLE,  "voices", "chorale, awe"),
    "ornament":      Operation(make.ornament,      "KIND",        "turn",  _ADDED,  "plain",  "solo lines"),
    "head_swap":     Operation(_swapped,           "",            "",      _RHYTHM, "plain",  "consequent of a phrase"),
    "tail_swap":     Operation(make.tail,          "DEGREE",      "1",     _OPENED, "plain",  "question, answer"),
    "dialogue":      Operation(make.dialogue,      "",            "",      _WHOLE,  "voices", "relationship, comedy"),
    "drone":         Operation(make.drone,         "NOTES",       "4",     _HEAD,   "voices", "memory, ghost"),
}
# fmt: on


def parse_op(text: str) -> Op:
    """Read one operation: `name` or `name:argument`.

    Args:
        text: a name in `OPS`, with an argument in the form that the table gives.

    Raises:
        ValueError: an unknown name (the message guesses which one was meant), an argument where none belongs, or a bad
            argument.

    Example:
        >>> str(parse_op("augmentation:3/2"))
        'augmentation:3/2'
    """
    name, colon, argument = text.strip().partition(":")
    name, argument = name.strip(), argument.strip()
    if name not in OPS:
        raise ValueError(f"unknown operation '{name}'{did_you_mean(name, OPS)}")
    row = OPS[name]
    if colon and not row.form:
        raise ValueError(f"'{text}': {name} takes no argument; write {name}")
    if colon and not argument:
        raise ValueError(f"'{text}': nothing stands after the colon; write {name}:{row.form}, or {name} alone")
    try:
        return Op(name, argument, row.make(argument or row.default))
    except ValueError as fault:
        raise ValueError(f"'{text}': {fault}; write {name}:{row.form}, such as {name}:{row.default}") from None


def parse_ops(texts: Sequence[str]) -> tuple[Op, ...]:
    """Read several operations, to be applied in order.

    Args:
        texts: one operation each, see `parse_op`.

    Raises:
        ValueError: as `parse_op`; more than two strong operations; an operation that makes several voices and is not
            the last one.

    Example:
        >>> [op.name for op in parse_ops(["mode:minor", "augmentation:3/2"])]
        ['mode', 'augmentation']
    """
    ops = tuple(parse_op(text) for text in texts)
    strong = [op.name for op in ops if OPS[op.name].kind == "strong"]
    if len(strong) > MAX_STRONG:
        raise ValueError(
            f"{len(strong)} strong operations at once ({', '.join(strong)}): nobody would know the motif again;"
            f" keep {MAX_STRONG} of them"
        )
    for op in ops[:-1]:
        if OPS[op.name].kind == "voices":
            raise ValueError(f"{op.name} makes several voices of one, so it comes last; move it to the end")
    return ops


def apply_ops(motif: Motif, ops: Sequence[Op | str], key: Key, scale: Scale) -> Result:
    """Apply operations to a motif in order, and measure how recognisable it still is.

    Args:
        motif: the melody.
        ops: operations as text (`"mode:minor"`) or as read by `parse_op`.
        key: the key the motif is in.
        scale: the scale the motif uses.

    Returns:
        The new motif, its key, all voices, the names of the operations, and the identity 0..1.

    Raises:
        ValueError: as `parse_ops`.

    Example:
        >>> from cuesmith.motif.text import notes_text, read_degrees
        >>> major = Scale("major", "ionian", tuple(range(7)), (0, 2, 4))
        >>> result = apply_ops(read_degrees("1:1 3:1 5:2"), ["mode:minor"], Key(0, "ionian"), major)
        >>> notes_text(result.motif, result.key), result.identity
        ('C4:1 Eb4:1 G4:2', 1.0)
    """
    made = Made(motif, key)
    names = []
    for op in parse_ops([str(op) for op in ops]):
        now = Scale(scale.name, made.key.mode, scale.steps, scale.nuclear)
        made = op.apply(made.motif, OpContext(made.key, now))
        names.append(op.name)
    likeness = best_identity(motif.shape(key), made.motif.shape(made.key))
    return Result(made.motif, made.key, made.voices or (made.motif,), tuple(names), likeness)


def best_identity(original: Shape, other: Shape) -> float:
    """Return the identity of the whole of `other` or of its first notes, whichever is higher.

    A form may state the motif twice; then its first half alone is the better match.
    """
    whole = identity(original, other)
    return max(whole, identity(original, other[: len(original)])) if len(other) > len(original) else whole
