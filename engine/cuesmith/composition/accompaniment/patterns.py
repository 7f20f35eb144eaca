"""Patterns: the symbols of a texture spread over bars, with small variations so that it does not sound like a machine.

Every fourth bar of an ostinato differs a little, and the last of eight leads on. The bars between are equal, because a
pattern must be recognised before it is varied. Patterns of four bars or more have their own fourth bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.textures import Texture

VARY_EVERY, LEAD_ON_EVERY = 4, 8  # bars


@dataclass(frozen=True, slots=True)
class Token:
    """One sounding step of a pattern: its symbol, accent (1, 0, -1) and length in steps.

    number: in figures made from the theme, its number in the section.
    """

    step: int
    symbol: str
    accent: int
    steps: int
    number: int = 0


def tokens(pattern: tuple[str, ...], first: int, count: int, cyclic: bool) -> Iterator[Token]:
    """Yield the sounding tokens of a bar of `count` steps.

    first: the place of the bar in the pattern; used only when `cyclic`, else the pattern begins anew in every bar.
    """
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
def grouped_texture(texture: Texture, meter: Meter) -> Texture:
    """Return the texture with its pattern changed to follow the grouping of a meter whose beats are not all quarters.

    Every beat of the pattern in 4/4 becomes a felt beat. In 7/8 a beat of three eighths also takes the second half of
    the next beat (2+2+3 is beats 1, 2, and 3 with the end of 4). In 5/4 the second group starts from the first beat
    again and ends with the last. In 6/8 and 12/8 quarters become dotted. Patterns that drift across the bar line stay
    unchanged.
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
    """Tell whether the beats of the texture are quarters while those of the meter are dotted quarters."""
    return texture.unit == 1 and set(meter.groups) == {3} and meter.denominator == 8


def _in_eighths(beats: list[list[str]], meter: Meter) -> list[str]:
    """Group the four beats of a pattern for a meter in eighths."""
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
    """Group the four beats of a pattern for a meter in quarters."""
    out: list[str] = []
    for number, group in enumerate(meter.groups):
        last = number == len(meter.groups) - 1
        places = [*range(group)] if not last else [0, *range(5 - group, 4)]
        out += [word for at in places for word in beats[at % 4]]
    return out


@lru_cache(maxsize=2048)
def _bar(words: tuple[str, ...], first: int, steps: int, cyclic: bool, over: bool) -> tuple[Token, ...]:
    """Return the tokens of one bar. A token that is held through the whole next bar goes over the bar line.

    over: there is a next bar.
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
    """Yield (bar, its tokens) for every bar of a section.

    No token is longer than its bar, unless it is held through the whole next bar.
    """
    steps = int(meter.bar_beats * texture.unit)
    compound = meter.denominator == 8 and set(meter.groups) == {3}
    triple = (texture.compound if compound else "") or (texture.triple if meter.numerator % 3 == 0 else "")
    words = tuple((triple or texture.pattern).split())
    if not words:
        return
    full_bars = len(words) % steps == 0
    cyclic = meter.bar_ticks == 4 * PPQ or bool(triple) or full_bars
    written_out = full_bars and len(words) >= VARY_EVERY * steps
    drifts = (
        cyclic and not full_bars and bool(len(words) > 2 * steps or max(len(words), steps) % min(len(words), steps))
    )
    number = 0
    before: tuple[Token, ...] = ()
    for bar in range(bars):
        bar_tokens = _bar(words, bar * steps % len(words), steps, cyclic, bar < bars - 1)
        if texture.kind == "motif":
            bar_tokens = tuple(replace(token, number=number + i) for i, token in enumerate(bar_tokens))
            number += len(bar_tokens)
        if texture.role != "bass" and not drifts and (leads_on(bar, bars) or not written_out):
            changed = varied_bar(bar_tokens, texture.kind, bar, bars)
            bar_tokens = bar_tokens if changed == before else changed  # do not vary a bar into a copy of the bar before
        yield bar, bar_tokens
        before = bar_tokens


def leads_on(bar: int, bars: int) -> bool:
    """Tell whether a bar leads on: the last of eight, or the last of a section of four bars or more."""
    return bar % LEAD_ON_EVERY == LEAD_ON_EVERY - 1 or (bar == bars - 1 and bars >= VARY_EVERY)


def varied_bar(bar_tokens: tuple[Token, ...], kind: str, bar: int, bars: int) -> tuple[Token, ...]:
    """Return the bar unchanged or, every fourth bar, with a small change near its end. The downbeat stays."""
    leading = leads_on(bar, bars)
    if len(bar_tokens) < 2 or not (leading or bar % VARY_EVERY == VARY_EVERY - 1):
        return bar_tokens
    head, (last_but_one, last) = bar_tokens[:-2], bar_tokens[-2:]
    options = []
    if head and kind == "degree" and leading:  # rise to the tonic from below
        options.append((*head, replace(last_but_one, symbol="4"), replace(last, symbol="5")))
    if head and kind == "arpeggio" and leading:
        top = max(int(token.symbol) for token in bar_tokens)
        options.append((*head, replace(last_but_one, symbol=str(max(0, top - 1))), replace(last, symbol=str(top + 1))))
    if head:  # swap the last two
        options.append((*head, replace(last_but_one, symbol=last.symbol), replace(last, symbol=last_but_one.symbol)))
    if leading and len(head) > 1:  # leave out the note before the last two
        options.append((*head[:-1], last_but_one, last))
    if leading and head:  # leave out the note before the last
        options.append((*head, last))
    options.append((*head, replace(last_but_one, steps=last_but_one.steps + last.steps)))  # join the last two
    return next(option for option in options if option != bar_tokens)
