"""Build a groove for any meter from cells of the bank, for meters that no written groove fits."""

from __future__ import annotations

from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.specs.banks.groove_cells import GrooveCells, Place
from cuesmith.specs.banks.percussion import Groove

RISING = "oxX"  # letters of a fill towards the bar line
Span = tuple[int, ...]  # lengths of beats that alternate between strong and weak


class Beat(NamedTuple):
    """A felt beat of the grid: its first step, its length in steps, and its place in the bar."""

    start: int
    steps: int
    place: Place


def fits(groove: Meter, meter: Meter) -> bool:
    """Tell whether a groove written for one meter can be played in another: same length, and compatible accents.

    Its groups may come in another order (see `groove_variation.regrouped`); 7/8 without groups takes any groove in
    seven.
    """
    if (groove.numerator, groove.denominator) != (meter.numerator, meter.denominator):
        return False
    own_beats, target_beats = set(groove.beats_ticks), set(meter.beats_ticks)
    return sorted(groove.groups) == sorted(meter.groups) or own_beats <= target_beats or target_beats <= own_beats


def _split(units: int) -> Span:
    """Divide units into twos, with a three last when they are odd; into threes when they are a multiple of three."""
    if units % 3 == 0:
        return (3,) * (units // 3)
    return (*(2,) * ((units - 3) // 2), 3) if units % 2 and units > 1 else (2,) * (units // 2) or (1,)


def _spans(meter: Meter) -> list[Span]:
    """Divide the groups of a meter into felt beats of one to three units (eighths, or sixteenths in such meters)."""
    if meter.denominator <= 4:
        quarters = 4 // meter.denominator
        beats = [(2,) * (group * quarters) for group in meter.groups]
    elif set(meter.groups) == {1}:  # no grouping given: divide at the secondary accent
        cut = meter.strong_ticks[-1] // meter.unit_ticks
        return [(*(_split(cut) if cut else ()), *_split(meter.numerator - cut))]
    else:
        beats = [(group,) if group <= 3 else _split(group) for group in meter.groups]
    out: list[Span] = []
    single = False
    for span in beats:  # groups of one beat alternate with each other; longer groups alternate inside
        if single and len(span) == 1:
            out[-1] = (*out[-1], *span)
        else:
            out.append(span)
        single = len(span) == 1
    return out


def felt_beats(meter: Meter) -> tuple[Beat, ...]:
    """Return the beats of a bar, with two grid steps per eighth (one per sixteenth in meters of sixteenths)."""
    out: list[Beat] = []
    at = 0
    for span in _spans(meter):
        for number, units in enumerate(span):
            place: Place = "off" if number % 2 else "on"
            if number and number == len(span) - 1 and number % 2 == 0:
                place = "last"
            out.append(Beat(at, 2 * units, place if out else "head"))
            at += 2 * units
    return tuple(out)


def _fill(cells: GrooveCells, beats: tuple[Beat, ...]) -> dict[str, str]:
    """Build a fill: strokes over its voices, harder towards the bar line; from tier 3 on the last beat is filled."""
    steps = sum(beat.steps for beat in beats)
    out: dict[str, str] = {}
    for number, beat in enumerate(beats):
        voice = cells.fill[round(number * (len(cells.fill) - 1) / max(1, len(beats) - 1))]
        letter = RISING[number * len(RISING) // len(beats)]
        every = 1 if cells.tier >= 3 and number == len(beats) - 1 else 2
        grid = "".join(letter if step % every == 0 else "." for step in range(beat.steps))
        before = out.get(voice, "." * steps)
        out[voice] = before[: beat.start] + grid + before[beat.start + beat.steps :]
    return out


def _second_bar(beats: tuple[Beat, ...]) -> tuple[Beat, ...]:
    """Return the beats of a second bar, whose last beat answers that of the first: `last` and `off` are exchanged."""
    *before, end = beats
    return (*before, end._replace(place="last" if end.place == "off" else "off")) if before else beats


def bar_groove(cells: GrooveCells, kit: str, meter: Meter) -> Groove:
    """Build the groove of a row of cells in a meter; two bars when the cells have a `last` of their own."""
    beats = felt_beats(meter)
    bars = (beats, _second_bar(beats)) if any("last" in row for row in cells.rows.values()) else (beats,)
    rows = {
        voice: tuple("".join(cells.cell(voice, b.place, b.steps) for b in bar) for bar in bars) for voice in cells.rows
    }
    fill = _fill(cells, beats)
    stride = 2 if meter.denominator == 16 else 1
    return Groove(
        name=cells.name, meter=meter, steps=sum(b.steps for b in beats) // stride, bpm=cells.bpm, tier=cells.tier,
        kit=kit, tags=cells.tags,
        rows={
            voice: tuple(grid[::stride] for grid in grids)
            for voice, grids in rows.items()
            if any(grid.strip(".") for grid in grids)
        },
        fill={voice: grid[::stride] for voice, grid in fill.items()},
    )  # fmt: skip
