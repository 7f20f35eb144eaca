"""Patterns: the tokens of a texture laid over bars, and how they change so that nobody plays a machine's loop.

Every fourth bar of an ostinato differs a little, the last of eight leads on; the bars between are the same, for a
pattern must be recognised before it can be varied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.specs.banks import Texture

VARY_EVERY, TURN_EVERY = 4, 8  # bars


@dataclass(frozen=True, slots=True)
class Token:
    """One step of a pattern that sounds: its symbol, accent (+/-/0), length in steps, and number in the section."""

    step: int
    symbol: str
    accent: int
    steps: int
    number: int = 0


def tokens(pattern: tuple[str, ...], first: int, count: int, cyclic: bool) -> Iterator[Token]:
    """The sounding tokens of one bar of `count` steps; `first` is the bar's place in a cycle that ignores bar lines."""
    symbols = [pattern[((first + i) if cyclic else i) % len(pattern)] for i in range(count)]
    i = 0
    while i < count:
        symbol = symbols[i]
        length = 1
        while i + length < count and symbols[i + length] == "-":
            length += 1
        if symbol not in (".", "-"):
            accent = 1 if symbol.endswith("!") else -1 if symbol.endswith("~") else 0
            yield Token(i, symbol.rstrip("!~"), accent, length)
        i += length


def laid(texture: Texture, meter: Meter, bars: int) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """(bar, its tokens) for every bar of a section."""
    steps = round(meter.bar_beats * texture.unit)
    triple = meter.numerator % 3 == 0
    words = tuple((texture.triple if triple and texture.triple else texture.pattern).split())
    if not words:
        return
    cyclic = meter.bar_ticks == 4 * PPQ or (triple and bool(texture.triple))
    drifts = cyclic and bool(len(words) > 2 * steps or max(len(words), steps) % min(len(words), steps))
    number = 0
    for bar in range(bars):
        found = tuple(tokens(words, bar * steps, steps, cyclic))
        found = tuple(replace(token, number=number + i) for i, token in enumerate(found))
        number += len(found)
        yield bar, found if texture.role == "bass" or drifts else turned(found, texture.kind, bar, bars)


def turning(bar: int, bars: int) -> bool:
    """Whether a bar leads on: the last of eight, or of a section of four and more."""
    return bar % TURN_EVERY == TURN_EVERY - 1 or (bar == bars - 1 and bars >= VARY_EVERY)


def turned(bar_tokens: tuple[Token, ...], kind: str, bar: int, bars: int) -> tuple[Token, ...]:
    """A bar as it is, or, when its turn has come, with a small change towards its end. The downbeat stays."""
    leads_on = turning(bar, bars)
    if len(bar_tokens) < 2 or not (leads_on or bar % VARY_EVERY == VARY_EVERY - 1):
        return bar_tokens
    head, (last_but_one, last) = bar_tokens[:-2], bar_tokens[-2:]
    ways = []
    if head and kind == "degree" and leads_on:  # up to the tonic from below
        ways.append((*head, replace(last_but_one, symbol="4"), replace(last, symbol="5")))
    if head and kind == "arpeggio" and leads_on:
        top = max(int(token.symbol) for token in bar_tokens)
        ways.append((*head, replace(last_but_one, symbol=str(max(0, top - 1))), replace(last, symbol=str(top + 1))))
    if head:  # the last two change places
        ways.append((*head, replace(last_but_one, symbol=last.symbol), replace(last, symbol=last_but_one.symbol)))
    if leads_on and len(head) > 1:  # a breath before the last two
        ways.append((*head[:-1], last_but_one, last))
    ways.append((*head, replace(last_but_one, steps=last_but_one.steps + last.steps)))  # the last two become one
    return next(way for way in ways if way != bar_tokens)
