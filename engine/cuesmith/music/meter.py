"""Meter: bars, beats and the metrical strength of each place in a bar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cuesmith.music.note import PPQ


@dataclass(frozen=True)
class Meter:
    """A time signature with its grouping of beats.

    numerator, denominator: as printed (7, 8); the denominator is 2, 4, 8 or 16.
    groups: units of the denominator in each felt beat; they sum to the numerator. 4/4 is (1, 1, 1, 1), 6/8 is (3, 3),
        7/8 is (2, 2, 3). When empty they are derived: threes for compound meters (6/8, 9/8, 12/8), else single units.
    free: no meter (senza misura). The bar is then one breath: only its beginning is strong, and the beats give its
        length on paper, not a way to count it. It is shown as `free`.
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
        """Ticks in one printed unit (an eighth note in 7/8)."""
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
        """Ticks from the bar line to each felt beat."""
        out, at = [], 0
        for group in self.groups:
            out.append(at)
            at += group * self.unit_ticks
        return tuple(out)

    @cached_property
    def strong_ticks(self) -> tuple[int, ...]:
        """Ticks of the downbeat and of the secondary accent: the beat nearest the middle of the bar.

        2/4, 3/4, meters with one beat and free meter have no secondary accent.
        """
        beats = self.beats_ticks
        if len(beats) < 2 or self.numerator in (2, 3) or self.free:
            return (0,)
        middle = min(beats[1:], key=lambda tick: (abs(tick - self.bar_ticks // 2), tick))
        return (0, middle)

    def strength(self, tick_in_bar: int) -> int:
        """Return the metrical strength of a place in the bar, 0..4.

        4 is the downbeat, 3 the secondary accent, 2 any other beat, 1 any other eighth note, 0 anything finer.
        """
        if tick_in_bar == 0:
            return 4
        if tick_in_bar in self.strong_ticks:
            return 3
        if tick_in_bar in self.beats_ticks:
            return 2
        return 1 if tick_in_bar % (PPQ // 2) == 0 else 0

    @property
    def signature(self) -> str:
        """The time signature as printed: `7/8`. A breath in free meter has one, too, because a MIDI file needs it."""
        return f"{self.numerator}/{self.denominator}"

    def __str__(self) -> str:
        return "free" if self.free else self.signature


SENZA_MISURA, MISURATO = "senza misura", "misurato"  # the printed words at the start and end of a free passage
FREE = Meter(4, 4, free=True)  # four even beats per breath; plan.free_meter.breaths then gives breaths uneven lengths


class MeterChange(NamedTuple):
    """The meter from this tick on."""

    tick: int
    meter: Meter


def parse_meter(text: str) -> Meter:
    """Read `4/4`, `7/8`, `7/8(2+2+3)` (with its grouping) or `free`. Raises ValueError with the expected form."""
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
    """The meters of a cue: `home`, and `away` for contrasting sections.

    Both are equal when the meter does not change.
    """

    home: Meter
    away: Meter

    @property
    def mixed(self) -> bool:
        """Whether sections differ in meter."""
        return self.away != self.home

    def of(self, harmony: str) -> Meter:
        """Return the meter of a section, given its role in the harmonic plan (`contrast` gets the `away` meter)."""
        return self.away if harmony == "contrast" else self.home


def parse_meters(text: str) -> Meters:
    """Read one meter, `7/8(2+2+3)`, or two that alternate, `7/8(2+2+3)+4/4`; the second is for contrasting sections.

    Raises ValueError with the expected form.
    """
    depth, cut = 0, -1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            cut = place
            break
    home = parse_meter(text if cut < 0 else text[:cut])
    return Meters(home, home if cut < 0 else parse_meter(text[cut + 1 :]))
