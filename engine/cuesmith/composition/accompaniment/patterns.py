"""Patterns: the tokens of a texture laid over bars, and how they change so that nobody plays a machine's loop.

Every fourth bar of an ostinato differs a little, the last of eight leads on; the bars between are the same, for a
pattern must be recognised before it can be varied. A pattern of four bars and more has its own fourth bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.textures import Texture

VARY_EVERY, TURN_EVERY = 4, 8  # bars


@dataclass(frozen=True, slots=True)
class Token:
    """One step of a pattern that sounds: its symbol, accent (+/-/0), length in steps; in figures made of the
    theme also its number in the section."""

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


@lru_cache(maxsize=512)
def grouped(texture: Texture, meter: Meter) -> Texture:
    """The texture as it goes in a meter whose beats are not all quarters: its pattern follows the grouping.

    Every beat of the pattern in 4/4 becomes a felt beat. In 7/8 a beat of three eighths takes up the second half of the
    next as well (2+2+3 = beats 1, 2 and 3 with the end of 4); in 5/4 the second group starts from the first beat again
    and ends with the last. In 6/8 and 12/8 quarters become dotted. Patterns that drift across the bar are left alone.
    """
    words = texture.pattern.split()
    unit = texture.unit
    if len(words) % (4 * unit) or unit == 3 or (len(set(meter.groups)) == 1 and not _dotted(texture, meter)):
        return texture
    if _dotted(texture, meter):
        held = [word for w in words for word in (w, *("-" if w != "." else ".",) * 2)]
        return replace(texture, unit=2, pattern=" ".join(held), triple=" ".join(held))
    if unit == 1:
        unit, words = 2, [word for w in words for word in (w, "-" if w != "." else ".")]
    bars = [words[at : at + 4 * unit] for at in range(0, len(words), 4 * unit)]
    asymmetric = _in_eighths if meter.denominator == 8 else _in_quarters
    out = [word for bar in bars for word in asymmetric([bar[i * unit : (i + 1) * unit] for i in range(4)], meter)]
    return replace(texture, unit=unit, pattern=" ".join(out), triple="")


def _dotted(texture: Texture, meter: Meter) -> bool:
    """Whether beats of the texture are quarters where the meter has dotted ones."""
    return texture.unit == 1 and set(meter.groups) == {3} and meter.denominator == 8


def _in_eighths(beats: list[list[str]], meter: Meter) -> list[str]:
    out: list[str] = []
    at = 0
    for group in meter.groups:
        out += beats[at % 4]
        at += 1
        if group == 3:
            end = beats[at % 4][len(beats[at % 4]) // 2 :]
            if end[0] == "-" and beats[at % 4][0] not in "-.":
                end = [beats[at % 4][0], *end[1:]]
            out += end
            at += 1
    return out


def _in_quarters(beats: list[list[str]], meter: Meter) -> list[str]:
    out: list[str] = []
    for number, group in enumerate(meter.groups):
        last = number == len(meter.groups) - 1
        places = [*range(group)] if not last else [0, *range(5 - group, 4)]
        out += [word for at in places for word in beats[at % 4]]
    return out


@lru_cache(maxsize=2048)
def _bar(words: tuple[str, ...], first: int, steps: int, cyclic: bool, over: bool) -> tuple[Token, ...]:
    """One bar. What is held through the whole next one, in a meter shorter than the pattern's, goes over its line.

    over: whether there is a next one.
    """
    found = tuple(tokens(words, first, steps, cyclic))
    ahead = [words[(first + steps + i) % len(words)] for i in range(steps)]
    run = next((i for i, word in enumerate(ahead) if word != "-"), steps)
    if not (over and cyclic and found and run) or set(ahead) - {"-", "."}:
        return found
    if found[-1].step + found[-1].steps < steps:
        return found
    return (*found[:-1], replace(found[-1], steps=found[-1].steps + run))


def tokens_by_bar(texture: Texture, meter: Meter, bars: int) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """(bar, its tokens) for every bar of a section. No token is longer than its bar, unless the next only holds it."""
    steps = int(meter.bar_beats * texture.unit)
    compound = meter.denominator == 8 and set(meter.groups) == {3}
    triple = (texture.compound if compound else "") or (texture.triple if meter.numerator % 3 == 0 else "")
    words = tuple((triple or texture.pattern).split())
    if not words:
        return
    whole = len(words) % steps == 0
    cyclic = meter.bar_ticks == 4 * PPQ or bool(triple) or whole
    written_out = whole and len(words) >= VARY_EVERY * steps
    drifts = cyclic and not whole and bool(len(words) > 2 * steps or max(len(words), steps) % min(len(words), steps))
    number = 0
    before: tuple[Token, ...] = ()
    for bar in range(bars):
        found = _bar(words, bar * steps % len(words), steps, cyclic, bar < bars - 1)
        if texture.kind == "motif":
            found = tuple(replace(token, number=number + i) for i, token in enumerate(found))
            number += len(found)
        if texture.role != "bass" and not drifts and (turning(bar, bars) or not written_out):
            changed = turned(found, texture.kind, bar, bars)
            found = found if changed == before else changed  # the turn of a written bar may be the bar before it
        yield bar, found
        before = found


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
    if leads_on and head:  # a breath before the last
        ways.append((*head, last))
    ways.append((*head, replace(last_but_one, steps=last_but_one.steps + last.steps)))  # the last two become one
    return next(way for way in ways if way != bar_tokens)
