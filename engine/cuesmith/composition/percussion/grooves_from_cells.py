"""A groove for any meter: cells of the bank laid bar-long over the felt beats, where no groove is written for it."""

from __future__ import annotations

from typing import NamedTuple

from cuesmith.music.meter import Meter
from cuesmith.specs.banks.groove_cells import GrooveCells, Place
from cuesmith.specs.banks.percussion import Groove

RISING = "oxX"  # the letters of a fill, as it comes nearer to the bar line
Span = tuple[int, ...]  # beats that alternate between strong and weak, in grid steps


class Beat(NamedTuple):
    """A felt beat of the grid: its first step, how many it has, and its place in the bar."""

    start: int
    steps: int
    place: Place


def fits(groove: Meter, meter: Meter) -> bool:
    """Whether a groove written for one meter goes in another: as long, and no accent of one between those of the other.

    Its groups may come in another order (see `drumming.regrouped`); 7/8 without groups takes any groove in seven.
    """
    if (groove.numerator, groove.denominator) != (meter.numerator, meter.denominator):
        return False
    mine, wanted = set(groove.beats_ticks), set(meter.beats_ticks)
    return sorted(groove.groups) == sorted(meter.groups) or mine <= wanted or wanted <= mine


def _split(units: int) -> Span:
    """Units as twos, with a three last where they are odd; as threes where they are nothing else."""
    if units % 3 == 0:
        return (3,) * (units // 3)
    return (*(2,) * ((units - 3) // 2), 3) if units % 2 and units > 1 else (2,) * (units // 2) or (1,)


def _spans(meter: Meter) -> list[Span]:
    """The groups of a meter as felt beats of one to three half-quarters (units, in sixteenths)."""
    if meter.denominator <= 4:
        quarters = 4 // meter.denominator
        beats = [(2,) * (group * quarters) for group in meter.groups]
    elif set(meter.groups) == {1}:  # nobody has said how they are grouped: by halves, as the meter is accented
        cut = meter.strong_ticks[-1] // meter.unit_ticks
        return [(*(_split(cut) if cut else ()), *_split(meter.numerator - cut))]
    else:
        beats = [(group,) if group <= 3 else _split(group) for group in meter.groups]
    out: list[Span] = []
    single = False
    for span in beats:  # groups of one beat take turns with each other; a group of several is strong and weak in itself
        if single and len(span) == 1:
            out[-1] = (*out[-1], *span)
        else:
            out.append(span)
        single = len(span) == 1
    return out


def felt_beats(meter: Meter) -> tuple[Beat, ...]:
    """The beats of a bar, with two grid steps to each eighth (one to each sixteenth, in meters of those)."""
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
    """Stroke by stroke over the voices of the fill, harder towards the bar line; the last beat in full from tier 3."""
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


def _turned(beats: tuple[Beat, ...]) -> tuple[Beat, ...]:
    """The beats of a second bar, whose end answers that of the first: `last` where that was `off`, and `off` for it."""
    *before, end = beats
    return (*before, end._replace(place="last" if end.place == "off" else "off")) if before else beats


def bar_groove(cells: GrooveCells, kit: str, meter: Meter) -> Groove:
    """The groove of a row of cells in a meter; of two bars where the cells have an end of their own."""
    beats = felt_beats(meter)
    bars = (beats, _turned(beats)) if any("last" in row for row in cells.rows.values()) else (beats,)
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
