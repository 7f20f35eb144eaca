"""Vary a groove bar by bar, on the grid strings of the bank.

Four bars make a unit: the second bar answers the first, and the fourth opens the hi-hat or adds a pick-up. The second
half of a section has more ghost strokes and colours than the first. Loud sections use the ride cymbal, soft ones the
side stick. The last bar of eight ends the phrase: a fill, half a fill, a break, or fewer strokes before a softer
section. The same fill never comes twice in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cuesmith.chance import Stream
from cuesmith.composition.percussion.grid_strings import (
    REST,
    Rows,
    add_stroke,
    fill_variant,
    half_time,
    on_other_cymbal,
    with_side_stick,
)
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.model import SectionPlan
from cuesmith.specs.banks.drum_roles import DrumRoles
from cuesmith.specs.banks.percussion import DrumGroup, Groove

PhraseEnding = Literal["fill", "half", "settle", "break", "oroshi", "ma"]

PHRASE = 8  # bars; the last of them ends the phrase
NEAR = 3  # a phrase ending has at least so many bars after it in the section, or none


ENDING_WEIGHTS: dict[DrumGroup, dict[PhraseEnding, float]] = {
    "kit": {"fill": 3, "half": 2, "break": 0.8},
    "orchestral": {"fill": 3, "half": 1.5},
    "taiko": {"fill": 2.5, "half": 1, "oroshi": 1.2, "ma": 1.5},
}


@dataclass(frozen=True, slots=True)
class DrumManner:
    """How the drums play one section.

    ridden: on the ride cymbal in place of the hi-hat. moved: the time-keeping hand plays another cymbal than in the
        groove.
    halved: in half time. crossed: with the side stick. waits: colours begin half-way.
    ghosts: grid steps of soft strokes. pickup: step of the extra stroke in the second bar. letter: its loudness.
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
    """Return the grid steps of the felt beats."""
    return tuple(tick * steps // meter.bar_ticks for tick in meter.beats_ticks)


def regrouped(groove: Groove, meter: Meter) -> Groove:
    """Reorder the beats of a groove to the meter's grouping: 2+2+3 played as 3+2+2. Other grooves stay."""
    own_groups, target = groove.meter.groups, meter.groups
    if own_groups == target or sorted(own_groups) != sorted(target):
        return groove
    unit = groove.steps // groove.meter.numerator
    starts = [sum(own_groups[:i]) * unit for i in range(len(own_groups))]
    order, left = [], list(range(len(own_groups)))
    for group in target:
        order.append(next(i for i in left if own_groups[i] == group))
        left.remove(order[-1])

    def reordered(grid: str) -> str:
        return "".join(grid[starts[i] : starts[i] + own_groups[i] * unit] for i in order)

    return replace(
        groove,
        meter=meter,
        rows={voice: tuple(reordered(grid) for grid in bars) for voice, bars in groove.rows.items()},
        fill={voice: reordered(grid) for voice, grid in groove.fill.items()},
    )


def choose_manner(section: SectionPlan, groove: Groove, roles: DrumRoles, draw: Stream, again: int = 0) -> DrumManner:
    """Choose how a section is played: by its place in the form, its level, and chance.

    again: to how many other kinds of music the groove has been played in this cue.
    """
    steps, at = groove.steps, beats(section.meter, groove.steps)
    crowned, away = (section.treatment_row.theme == use for use in ("crowned", "away"))
    full = section.level >= 4 or crowned or (section.level == 3 and draw.chance(0.25))
    ghost_grid = groove.rows.get(roles.ghost, (REST * steps,))[0]
    near = {step + side for step, letter in enumerate(ghost_grid) if letter in "Xx" for side in (-1, 0, 1)} | set(at)
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
    """Tell whether a section uses the side stick: it is soft, or a calm contrast."""
    return section.level <= 1 or (section.level == 2 and section.treatment_row.theme == "away" and draw.chance(0.6))


def fill_bars(bars: int) -> tuple[int, ...]:
    """Return the bars that end a phrase: the last of every eight, and the last of a section of four bars or more."""
    out = [bar for bar in range(PHRASE - 1, bars, PHRASE) if bar == bars - 1 or bars - 1 - bar > NEAR]
    return tuple([*out, bars - 1] if bars >= 4 and bars - 1 not in out else out)


def choose_ending(
    section: SectionPlan, after: SectionPlan | None, group: DrumGroup, level: int, draw: Stream
) -> PhraseEnding:
    """Choose how the last bar of a phrase ends. after: the section after it; None inside a section."""
    if after is not None and (after.energy < section.energy - 0.15 or not after.treatment_row.themed):
        return "settle"
    weights: dict[PhraseEnding, float] = dict(ENDING_WEIGHTS[group])
    rising = after is not None and after.energy >= section.energy and level >= 3
    if not rising:
        weights = {"fill": 2, "half": 3} if after is None else {"fill": 3, "half": 2}
        if group == "taiko" and after is None:  # taiko drummers pause between phrases
            weights["settle"] = 2
    elif after is not None and after.level >= 4:
        weights = {**weights, **{word: 2 * weights[word] for word in ("oroshi", "break") if word in weights}}
    return draw.weighted(weights)


def _accents(grid: str) -> str:
    """Keep only the accents of a grid, softer."""
    return "".join("x" if letter == "X" else REST for letter in grid)


def _ridden(rows: Rows, roles: DrumRoles) -> Rows:
    """Move the hi-hat's eighths to the ride."""
    out = {voice: grid for voice, grid in rows.items() if voice not in (roles.hat, roles.open_hat)}
    if roles.hat in rows:
        out[roles.ride] = "".join(letter if step % 2 == 0 else REST for step, letter in enumerate(rows[roles.hat]))
    return out


def _open_hat(rows: Rows, last: int, roles: DrumRoles) -> Rows:
    """Open the hi-hat on the last off-beat."""
    if roles.hat not in rows:
        return rows
    grid = rows[roles.hat]
    step = last + (len(grid) - last) // 2
    out = dict(rows)
    out[roles.hat] = grid[:step] + REST * (len(grid) - step)
    out.pop(roles.open_hat, None)
    add_stroke(out, roles.open_hat, step, "x", len(grid))
    return out


def _rest_at_end(rows: Rows, last: int, roles: DrumRoles) -> Rows:
    """Let the basic pattern rest on the last beat."""
    base = roles.ghost
    return {voice: grid[:last] + REST * (len(grid) - last) if voice == base else grid for voice, grid in rows.items()}


def _answered(rows: Rows, manner: DrumManner, steps: int, at: tuple[int, ...]) -> Rows:
    """Return the second bar of a pair: an extra stroke before the next bar, or a reply by another drum."""
    roles, out = manner.roles, dict(rows)
    if roles.reply and roles.answer in out:  # the roped drum takes over the second half of the call
        call = out.pop(roles.answer)
        half = at[len(at) // 2]
        out[roles.reply] = "".join(
            letter if step >= half else mine
            for step, (letter, mine) in enumerate(zip(call, out.get(roles.reply, REST * steps), strict=True))
        )
        out[roles.answer] = call[:half] + REST * (steps - half)
    elif roles.beside in out:
        add_stroke(out, roles.answer, manner.pickup, manner.letter, steps)
    else:
        voice = next(iter(out))
        grid = out[voice]
        if grid[manner.pickup] == REST:
            add_stroke(out, voice, manner.pickup, manner.letter, steps)
        else:  # already struck: leave a gap there
            out[voice] = grid[: manner.pickup] + REST + grid[manner.pickup + 1 :]
    return out


def bar_rows(groove: Groove, manner: DrumManner, meter: Meter, number: int, bars: int) -> Rows:
    """Return a bar of a section that does not end a phrase."""
    steps, at, roles = groove.steps, beats(meter, groove.steps), manner.roles
    length = max((len(found) for found in groove.rows.values()), default=1)
    rows = {voice: found[number % len(found)] for voice, found in groove.rows.items()}
    late = bars >= PHRASE and number % PHRASE >= PHRASE // 2
    if manner.waits and number < bars // 2:
        kept = {voice: grid for voice, grid in rows.items() if voice not in roles.colours}
        rows = kept if len(kept) > 1 else rows
    if number % PHRASE and "break" not in groove.tags:
        rows = {voice: grid for voice, grid in rows.items() if voice not in roles.cymbals} or rows
    if manner.halved and len(at) % 2 == 0:
        rows = half_time(rows, at[len(at) // 2], roles)
    if manner.ridden:
        rows = _ridden(rows, roles)
    elif manner.moved:
        rows = on_other_cymbal(rows, roles)
    if roles.backbeat in rows:
        rows |= {voice: _accents(rows[roles.backbeat]) for voice in rows if voice in roles.layers}
    second = number % 2 == 1
    if second and (length == 1 or number % 4 == 3):
        rows = _answered(rows, manner, steps, at)
    ghost = roles.ghost
    if manner.ghosts and ghost in rows and second:
        for step in manner.ghosts if late else manner.ghosts[:1]:
            add_stroke(rows, ghost, step, "g", steps)
    if number % 4 == 3 and not manner.ridden:
        rows = _open_hat(rows, at[-1], roles)
    if number % 4 == 3 and roles.group == "taiko" and len(rows) > 1:
        rows = _rest_at_end(rows, at[-1], roles)
    if number % 4 == 2 and late and groove.tier >= 4:  # an extra stroke in the third bar of the second four
        add_stroke(rows, roles.low, at[-1] + (steps - at[-1]) // 2, "o", steps)
    return with_side_stick(rows, roles) if manner.crossed else rows


def _joined(head: Mapping[str, str], tail: Mapping[str, str], cut: int) -> Rows:
    """Join two bars: the first `cut` steps of one, the rest of the other."""
    steps = len(next(iter([*head.values(), *tail.values()])))
    blank = REST * steps
    return {
        voice: head.get(voice, blank)[:cut] + tail.get(voice, blank)[cut:] for voice in dict.fromkeys([*head, *tail])
    }


def _plain_fill(rows: Rows, roles: DrumRoles, steps: int, cut: int) -> Rows:
    """Return a fill for a groove without one: its ghost or first voice, rising to the bar line."""
    voice = roles.ghost if roles.ghost in rows else next(iter(rows))
    span = steps - cut
    letters = "".join("oxX"[min(2, 3 * i // span)] if i % 2 == 0 or i > span // 2 else REST for i in range(span))
    return {voice: REST * cut + letters}


def ending_rows(
    groove: Groove, manner: DrumManner, meter: Meter, rows: Rows, ending: PhraseEnding, number: int = 0
) -> Rows:
    """Return the last bar of a phrase. rows: the bar without an ending.

    number: how many fills of this groove there were. A roll (oroshi) is not on the grid; this returns what comes before
        it.
    """
    steps, at = groove.steps, beats(meter, groove.steps)
    half = meter.strong_ticks[-1] * steps // meter.bar_ticks or at[-1]
    roles = manner.roles
    if ending == "settle":
        return {
            voice: grid[:half] + REST * (steps - half) for voice, grid in rows.items() if voice not in roles.cymbals
        }
    if ending == "break":  # everything stops after the downbeat; the snare leads back
        out: Rows = {}
        for voice in roles.unison:
            add_stroke(out, voice, 0, "X", steps)
        for number, step in enumerate(range(at[-1], steps, max(1, (steps - at[-1]) // 4))):
            add_stroke(out, roles.ghost, step, "oxxX"[min(3, number)], steps)
        return out
    if ending == "ma":  # one stroke of all drums, then silence
        out = {}
        for voice in roles.unison:
            add_stroke(out, voice, 0, "X", steps)
            if len(at) > 3:
                add_stroke(out, voice, at[1], "x", steps)
        if roles.call:
            add_stroke(out, roles.call, at[len(at) // 2], "o", steps)  # a call before the next section
        return out
    if ending == "oroshi":
        return {voice: grid[: at[1] if len(at) > 1 else half] + REST * (steps - (at[1] if len(at) > 1 else half))
                for voice, grid in rows.items()}  # fmt: skip
    whole = ending != "half" and bool(groove.fill)
    fill = dict(groove.fill) or _plain_fill(rows, roles, steps, half)
    busiest = max(fill, key=lambda name: len(fill[name]) - fill[name].count(REST))
    voice = roles.ghost if roles.ghost in fill or roles.ghost in groove.rows else busiest
    fill = fill_variant(fill, number, voice, half, at[-1], whole=whole)
    if not whole:
        fill = _joined(rows, fill, half)
    add_stroke(fill, next(iter(rows)), 0, "o", steps)
    return fill


def oroshi(start: int, end: int, loud: int) -> list[tuple[int, int]]:
    """Return (tick, velocity) of an accelerating roll: each gap is 0.86 of the one before; it softens, then grows."""
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
    """Return (tick, velocity) of a roll with soft sticks from silence to `loud`."""
    step = PPQ // 8
    count = max(1, (end - start) // step)
    return [(start + i * step, round(18 + (loud - 18) * (i / count) ** 1.6)) for i in range(count)]


def group_of(groups: Iterable[str]) -> DrumGroup:
    """Return the drum group of a groove by its voices; hand percussion alone counts as a kit."""
    found = set(groups)
    return "taiko" if "taiko" in found else "orchestral" if "orchestral" in found else "kit"
