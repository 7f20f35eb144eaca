"""How a player of drums treats a groove: bar by bar, on the grid strings of the bank.

Four bars make a sentence: the second answers the first, the fourth lifts (the hat opens, a pick-up). The second half of
a section is busier than the first: ghost strokes, a colour that waited. A full section is ridden on the cymbal, a quiet
one has the stick across the snare. The last bar of eight turns: a fill, half a fill, a break, or a settling down where
the next section is quieter; and no fill comes twice running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cuesmith.chance import Stream
from cuesmith.composition.percussion.grid_strings import REST, Rows, add_stroke, crossed, halved, moved, refilled
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.model import SectionPlan
from cuesmith.specs.banks.drum_roles import DrumRoles
from cuesmith.specs.banks.percussion import DrumGroup, Groove

Turn = Literal["fill", "half", "settle", "break", "oroshi", "ma"]

PHRASE = 8  # bars; a turn comes in the last of them
NEAR = 3  # bars that must lie between a turn and the end of the section


TURN_WEIGHTS: dict[DrumGroup, dict[Turn, float]] = {
    "kit": {"fill": 3, "half": 2, "break": 0.8},
    "orchestral": {"fill": 3, "half": 1.5},
    "taiko": {"fill": 2.5, "half": 1, "oroshi": 1.2, "ma": 1.5},
}


@dataclass(frozen=True, slots=True)
class DrumManner:
    """How one section is played. roles: of the drums; ridden: on the ride cymbal; moved: the cymbal hand elsewhere than
    the groove has it; halved: at half the pace; crossed: with the stick across the snare; waits: colours come half-way;
    ghosts: grid steps of soft strokes; pickup: the step of the answer's stroke; letter: how hard it is.
    """

    roles: DrumRoles
    ridden: bool
    moved: bool
    halved: bool
    crossed: bool
    waits: bool
    ghosts: tuple[int, ...]
    pickup: int
    letter: str


def beats(meter: Meter, steps: int) -> tuple[int, ...]:
    """The grid steps on which the felt beats of a bar fall."""
    return tuple(tick * steps // meter.bar_ticks for tick in meter.beats_ticks)


def regrouped(groove: Groove, meter: Meter) -> Groove:
    """The groove with its beats in the order of the meter's: a pattern in 2+2+3 played as 3+2+2. Others as they are."""
    mine, wanted = groove.meter.groups, meter.groups
    if mine == wanted or sorted(mine) != sorted(wanted):
        return groove
    unit = groove.steps // groove.meter.numerator
    starts = [sum(mine[:i]) * unit for i in range(len(mine))]
    order, left = [], list(range(len(mine)))
    for group in wanted:
        order.append(next(i for i in left if mine[i] == group))
        left.remove(order[-1])

    def moved(grid: str) -> str:
        return "".join(grid[starts[i] : starts[i] + mine[i] * unit] for i in order)

    return replace(
        groove,
        meter=meter,
        rows={voice: tuple(moved(grid) for grid in bars) for voice, bars in groove.rows.items()},
        fill={voice: moved(grid) for voice, grid in groove.fill.items()},
    )


def manner(section: SectionPlan, groove: Groove, roles: DrumRoles, draw: Stream, again: int = 0) -> DrumManner:
    """How a section is played: by its place in the form, its level, and chance.

    again: to how much other music the groove has been played in this cue already.
    """
    steps, at = groove.steps, beats(section.meter, groove.steps)
    crowned, away = (section.treatment_row.theme == use for use in ("crowned", "away"))
    full = section.level >= 4 or crowned or (section.level == 3 and draw.chance(0.25))
    own = groove.rows.get(roles.ghost, (REST * steps,))[0]
    near = {step + side for step, letter in enumerate(own) if letter in "Xx" for side in (-1, 0, 1)} | set(at)
    free = [step for step in range(1, steps) if step not in near] or [steps - 1]
    ghosts = tuple(sorted(draw.child("ghosts").shuffled(free)[:2]))
    last, stick = at[-1], roles.side_stick
    answer = groove.rows.get(roles.answer, (REST * steps,))[0]
    pickups = [step for step in range(last + 1, steps) if answer[step] == REST] or [steps - 1]
    return DrumManner(
        roles=roles,
        ridden=full and roles.hat in groove.rows and roles.ride not in groove.rows,
        moved=again % 2 == 1 and roles.group == "kit" and not full,
        halved=again > 0 and away and groove.tier >= 3 and draw.child("halved").chance(0.4),
        crossed=bool(stick) and stick not in groove.rows and _quiet(section, draw.child("crossed")),
        waits=section.bars >= 8 and not full and section.index > 0 and draw.child("waits").chance(0.6),
        ghosts=ghosts if groove.tier >= 3 else (),
        pickup=draw.child("pickup").choice(pickups),
        letter={1: "g", 2: "o"}.get(groove.tier, "x"),
    )


def _quiet(section: SectionPlan, draw: Stream) -> bool:
    """Whether a section wants the stick rather than the drum: it is quiet, or the calm middle of louder ones."""
    return section.level <= 1 or (section.level == 2 and section.treatment_row.theme == "away" and draw.chance(0.6))


def fill_bars(bars: int) -> tuple[int, ...]:
    """The bars of a section that turn: the last of every eight, and the last of a section of four and more."""
    out = [bar for bar in range(PHRASE - 1, bars, PHRASE) if bar == bars - 1 or bars - 1 - bar > NEAR]
    return tuple([*out, bars - 1] if bars >= 4 and bars - 1 not in out else out)


def turn_for(section: SectionPlan, after: SectionPlan | None, group: DrumGroup, level: int, draw: Stream) -> Turn:
    """What the last bar of a phrase does. after: the section that follows at its bar line; None inside a section."""
    if after is not None and (after.energy < section.energy - 0.15 or not after.treatment_row.themed):
        return "settle"
    weights: dict[Turn, float] = dict(TURN_WEIGHTS[group])
    rising = after is not None and after.energy >= section.energy and level >= 3
    if not rising:
        weights = {"fill": 2, "half": 3} if after is None else {"fill": 3, "half": 2}
        if group == "taiko" and after is None:  # drummers who play on their feet breathe with the phrase
            weights["settle"] = 2
    elif after is not None and after.level >= 4:
        weights = {**weights, **{word: 2 * weights[word] for word in ("oroshi", "break") if word in weights}}
    return draw.weighted(weights)


def _accents(grid: str) -> str:
    return "".join("x" if letter == "X" else REST for letter in grid)


def _ridden(rows: Rows, roles: DrumRoles) -> Rows:
    """The hat's eighths on the ride, the foot on the off-beats it leaves."""
    out = {voice: grid for voice, grid in rows.items() if voice not in (roles.hat, roles.open_hat)}
    if roles.hat in rows:
        out[roles.ride] = "".join(letter if step % 2 == 0 else REST for step, letter in enumerate(rows[roles.hat]))
    return out


def _opened(rows: Rows, last: int, roles: DrumRoles) -> Rows:
    """The hat opens on the last off-beat."""
    if roles.hat not in rows:
        return rows
    grid = rows[roles.hat]
    step = last + (len(grid) - last) // 2
    out = dict(rows)
    out[roles.hat] = grid[:step] + REST * (len(grid) - step)
    out.pop(roles.open_hat, None)
    add_stroke(out, roles.open_hat, step, "x", len(grid))
    return out


def _breathed(rows: Rows, last: int, roles: DrumRoles) -> Rows:
    """The base pattern rests on the last beat: four bars are one breath."""
    base = roles.ghost
    return {voice: grid[:last] + REST * (len(grid) - last) if voice == base else grid for voice, grid in rows.items()}


def _answered(rows: Rows, way: DrumManner, steps: int, at: tuple[int, ...]) -> Rows:
    """The second bar of a pair: another stroke before the next bar, and a voice that replies."""
    roles, out = way.roles, dict(rows)
    if roles.reply and roles.answer in out:  # the roped drum takes the call over, its first half left out
        call = out.pop(roles.answer)
        half = at[len(at) // 2]
        out[roles.reply] = "".join(
            letter if step >= half else mine
            for step, (letter, mine) in enumerate(zip(call, out.get(roles.reply, REST * steps), strict=True))
        )
        out[roles.answer] = call[:half] + REST * (steps - half)
    elif roles.beside in out:
        add_stroke(out, roles.answer, way.pickup, way.letter, steps)
    else:
        voice = next(iter(out))
        grid = out[voice]
        if grid[way.pickup] == REST:
            add_stroke(out, voice, way.pickup, way.letter, steps)
        else:  # it is struck already: the answer is a gap there
            out[voice] = grid[: way.pickup] + REST + grid[way.pickup + 1 :]
    return out


def bar_rows(groove: Groove, way: DrumManner, meter: Meter, number: int, bars: int) -> Rows:
    """An ordinary bar of a section, not one that turns."""
    steps, at, roles = groove.steps, beats(meter, groove.steps), way.roles
    length = max((len(found) for found in groove.rows.values()), default=1)
    rows = {voice: found[number % len(found)] for voice, found in groove.rows.items()}
    late = bars >= PHRASE and number % PHRASE >= PHRASE // 2
    if way.waits and number < bars // 2:
        kept = {voice: grid for voice, grid in rows.items() if voice not in roles.colours}
        rows = kept if len(kept) > 1 else rows
    if number % PHRASE and "break" not in groove.tags:
        rows = {voice: grid for voice, grid in rows.items() if voice not in roles.cymbals} or rows
    if way.halved and len(at) % 2 == 0:
        rows = halved(rows, at[len(at) // 2], roles)
    if way.ridden:
        rows = _ridden(rows, roles)
    elif way.moved:
        rows = moved(rows, roles)
    if roles.backbeat in rows:
        rows |= {voice: _accents(rows[roles.backbeat]) for voice in rows if voice in roles.layers}
    second = number % 2 == 1
    if second and (length == 1 or number % 4 == 3):
        rows = _answered(rows, way, steps, at)
    ghost = roles.ghost
    if way.ghosts and ghost in rows and second:
        for step in way.ghosts if late else way.ghosts[:1]:
            add_stroke(rows, ghost, step, "g", steps)
    if number % 4 == 3 and not way.ridden:
        rows = _opened(rows, at[-1], roles)
    if number % 4 == 3 and roles.group == "taiko" and len(rows) > 1:
        rows = _breathed(rows, at[-1], roles)
    if number % 4 == 2 and late and groove.tier >= 4:  # the third bar of the second four pushes
        add_stroke(rows, roles.low, at[-1] + (steps - at[-1]) // 2, "o", steps)
    return crossed(rows, roles) if way.crossed else rows


def _joined(head: Mapping[str, str], tail: Mapping[str, str], cut: int) -> Rows:
    """A bar of which the first `cut` steps are of one, the others of another."""
    steps = len(next(iter([*head.values(), *tail.values()])))
    blank = REST * steps
    return {
        voice: head.get(voice, blank)[:cut] + tail.get(voice, blank)[cut:] for voice in dict.fromkeys([*head, *tail])
    }


def _plain_fill(rows: Rows, roles: DrumRoles, steps: int, cut: int) -> Rows:
    """For a groove without a fill of its own: its ghost or first voice, rising to the bar line."""
    voice = roles.ghost if roles.ghost in rows else next(iter(rows))
    span = steps - cut
    letters = "".join("oxX"[min(2, 3 * i // span)] if i % 2 == 0 or i > span // 2 else REST for i in range(span))
    return {voice: REST * cut + letters}


def turn_rows(groove: Groove, way: DrumManner, meter: Meter, rows: Rows, turn: Turn, number: int = 0) -> Rows:
    """The bar that turns. rows: what it would be. A roll (oroshi) is not on the grid: this is what comes before it.

    number: how many fills of this groove have been heard.
    """
    steps, at = groove.steps, beats(meter, groove.steps)
    half = meter.strong_ticks[-1] * steps // meter.bar_ticks or at[-1]
    roles = way.roles
    if turn == "settle":
        return {
            voice: grid[:half] + REST * (steps - half) for voice, grid in rows.items() if voice not in roles.cymbals
        }
    if turn == "break":  # all stop after the downbeat; the snare leads back
        out: Rows = {}
        for voice in roles.unison:
            add_stroke(out, voice, 0, "X", steps)
        for number, step in enumerate(range(at[-1], steps, max(1, (steps - at[-1]) // 4))):
            add_stroke(out, roles.ghost, step, "oxxX"[min(3, number)], steps)
        return out
    if turn == "ma":  # a blow of all, and silence
        out = {}
        for voice in roles.unison:
            add_stroke(out, voice, 0, "X", steps)
            if len(at) > 3:
                add_stroke(out, voice, at[1], "x", steps)
        if roles.call:
            add_stroke(out, roles.call, at[len(at) // 2], "o", steps)  # before what follows
        return out
    if turn == "oroshi":
        return {voice: grid[: at[1] if len(at) > 1 else half] + REST * (steps - (at[1] if len(at) > 1 else half))
                for voice, grid in rows.items()}  # fmt: skip
    whole = turn != "half" and bool(groove.fill)
    fill = dict(groove.fill) or _plain_fill(rows, roles, steps, half)
    busiest = max(fill, key=lambda name: len(fill[name]) - fill[name].count(REST))
    voice = roles.ghost if roles.ghost in fill or roles.ghost in groove.rows else busiest
    fill = refilled(fill, number, voice, half, at[-1], whole=whole)
    if not whole:
        fill = _joined(rows, fill, half)
    add_stroke(fill, next(iter(rows)), 0, "o", steps)
    return fill


def oroshi(start: int, end: int, loud: int) -> list[tuple[int, int]]:
    """(tick, velocity) of a roll that gathers speed: a gap is 0.86 of the one before; it dips, then rises."""
    gaps = [1.0]
    while gaps[-1] > 0.09:
        gaps.append(gaps[-1] * 0.86)
    scale = (end - start) / sum(gaps)
    out: list[tuple[int, int]] = []
    at = float(start)
    grid = PPQ // 24
    for number, gap in enumerate(gaps):
        x = number / (len(gaps) - 1)
        level = 0.75 - 0.9 * x if x < 0.4 else 0.39 + 0.61 * (x - 0.4) / 0.6
        tick = round(at / grid) * grid
        if tick < end and (not out or tick > out[-1][0]):
            out.append((tick, max(24, round(loud * level))))
        at += gap * scale
    return out


def swell(start: int, end: int, loud: int) -> list[tuple[int, int]]:
    """(tick, velocity) of a roll with soft sticks from nothing to `loud`."""
    step = PPQ // 8
    count = max(1, (end - start) // step)
    return [(start + i * step, round(18 + (loud - 18) * (i / count) ** 1.6)) for i in range(count)]


def group_of(groups: Iterable[str]) -> DrumGroup:
    """The group of a groove by those of its voices: hand percussion alone counts as a kit."""
    found = set(groups)
    return "taiko" if "taiko" in found else "orchestral" if "orchestral" in found else "kit"
