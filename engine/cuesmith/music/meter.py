"""Meter: bars, beats and how strong each place in a bar is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cuesmith.music.note import PPQ


@dataclass(frozen=True)
class Meter:
    """A time signature with its grouping.

    numerator, denominator : as printed (7, 8). denominator is 2, 4, 8 or 16.
    groups : units of the denominator per felt beat, summing to the numerator: 4/4 = (1, 1, 1, 1),
             6/8 = (3, 3), 7/8 = (2, 2, 3). Empty: derived (compound eighths in threes, else single units).
    free : no meter at all (senza misura). The bar is then one breath: only its beginning is strong, and the beats
           say how long it is on paper, not how it is counted. Shown as `free`.
    """

    numerator: int
    denominator: int
    groups: tuple[int, ...] = ()
    free: bool = False

    def __post_init__(self) -> None:
        if not self.groups:
            compound = self.denominator >= 8 and self.numerator % 3 == 0
            unit = 3 if compound else 1
            object.__setattr__(self, "groups", (unit,) * (self.numerator // unit))
        if sum(self.groups) != self.numerator or min(self.groups) < 1:
            shown = "+".join(str(group) for group in self.groups)
            raise ValueError(f"{self}: groups {shown} do not sum to {self.numerator} in steps of 1 or more")

    @cached_property
    def unit_ticks(self) -> int:
        """Ticks of one printed unit (an eighth in 7/8)."""
        return PPQ * 4 // self.denominator

    @cached_property
    def bar_ticks(self) -> int:
        """Ticks in one bar."""
        return self.numerator * self.unit_ticks

    @cached_property
    def bar_beats(self) -> float:
        """Quarter notes in one bar."""
        return self.bar_ticks / PPQ

    @cached_property
    def beats_ticks(self) -> tuple[int, ...]:
        """Where the felt beats stand inside the bar."""
        out, at = [], 0
        for group in self.groups:
            out.append(at)
            at += group * self.unit_ticks
        return tuple(out)

    @cached_property
    def strong_ticks(self) -> tuple[int, ...]:
        """The downbeat and the secondary accent nearest the middle of the bar (none in 2/4, 3/4 and free meter)."""
        beats = self.beats_ticks
        if len(beats) < 2 or self.numerator in (2, 3) or self.free:
            return (0,)
        middle = min(beats[1:], key=lambda tick: (abs(tick - self.bar_ticks // 2), tick))
        return (0, middle)

    def strength(self, tick_in_bar: int) -> int:
        """4 downbeat, 3 secondary accent, 2 other beats, 1 eighths, 0 anything finer."""
        if tick_in_bar == 0:
            return 4
        if tick_in_bar in self.strong_ticks:
            return 3
        if tick_in_bar in self.beats_ticks:
            return 2
        return 1 if tick_in_bar % (PPQ // 2) == 0 else 0

    @property
    def signature(self) -> str:
        """As it is printed: `7/8`; of a breath in free meter what a file, which has no other way, says of it."""
        return f"{self.numerator}/{self.denominator}"

    def __str__(self) -> str:
        return "free" if self.free else self.signature


SENZA_MISURA, MISURATO = "senza misura", "misurato"  # the words with which a passage without meter begins and ends
FREE = Meter(4, 4, free=True)  # written as four even beats to the breath; plan.free_meter.breaths makes them uneven


class MeterChange(NamedTuple):
    """From this tick on, this meter."""

    tick: int
    meter: Meter


def parse_meter(text: str) -> Meter:
    """`4/4`, `7/8`, with grouping `7/8(2+2+3)`, or `free`. Raises ValueError with the form it expects."""
    if text.strip() == "free":
        return FREE
    head, _, tail = text.strip().partition("(")
    try:
        numerator, denominator = (int(part) for part in head.split("/"))
        groups = tuple(int(part) for part in tail.removesuffix(")").split("+")) if tail else ()
        if not (1 <= numerator <= 32 and denominator in (2, 4, 8, 16)) or tail.endswith(")") != bool(tail):
            raise ValueError
        return Meter(numerator, denominator, groups)
    except (ValueError, TypeError) as fault:
        detail = f" ({fault})" if "do not sum" in str(fault) else ""
        raise ValueError(f"'{text}' is not a meter{detail}; write it like 4/4 or 7/8(2+2+3), or free") from None


@dataclass(frozen=True, slots=True)
class Meters:
    """The meters of a cue: home, and the one its contrasting sections are in (the same where it does not change)."""

    home: Meter
    away: Meter

    @property
    def mixed(self) -> bool:
        """Whether sections differ in meter."""
        return self.away != self.home

    def of(self, harmony: str) -> Meter:
        """The meter of a section by its place in the harmony."""
        return self.away if harmony == "contrast" else self.home


def parse_meters(text: str) -> Meters:
    """`7/8(2+2+3)`, or two that take turns: `7/8(2+2+3)+4/4`: the second is of the contrasting sections.

    Raises ValueError with the form it expects.
    """
    depth, cut = 0, -1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            cut = place
            break
    home = parse_meter(text if cut < 0 else text[:cut])
    return Meters(home, home if cut < 0 else parse_meter(text[cut + 1 :]))
