"""Percussion bars as grid strings, and how they are varied when a groove or a fill returns."""

from __future__ import annotations

from cuesmith.specs.banks.drum_roles import DrumRoles
from cuesmith.specs.banks.percussion import GRID_LETTERS

Rows = dict[str, str]  # drum voice → one bar as a grid string

REST = "."
RISE = {"X": "oxxX", "x": "ooxx"}  # the letters of a rising roll, by the hardest stroke of the fill
SOFT_RISE = "ggoo"
SOFTER = str.maketrans("Xxo", "xog")


def gain_at(energy: float) -> float:
    """Return the factor on the loudness of strokes in a section of this energy (0..1)."""
    return 0.62 + 0.42 * energy


def velocity_of_letter(letter: str, gain: float) -> int:
    """Return the velocity of a stroke."""
    return max(18, min(124, round(GRID_LETTERS[letter] * gain)))


def add_stroke(rows: Rows, voice: str, step: int, letter: str, steps: int) -> None:
    """Add a stroke to a grid; the harder of two strokes stays."""
    grid = rows.get(voice, REST * steps)
    if grid[step] == REST or GRID_LETTERS[grid[step]] < GRID_LETTERS[letter]:
        rows[voice] = grid[:step] + letter + grid[step + 1 :]


def on_other_cymbal(rows: Rows, roles: DrumRoles) -> Rows:
    """Move the time-keeping pattern to another surface: from the hi-hat to the ride, or back."""
    candidates = (name for name in roles.moved_to if name in rows)
    voice = next((name for name in candidates if rows[name].count(REST) <= 3 * len(rows[name]) // 4), None)
    if voice is None or roles.moved_to[voice] in rows:
        return rows
    grid, surface = rows[voice], roles.moved_to[voice]
    if surface == roles.ride:  # the ride is not played in sixteenths
        grid = "".join(letter if step % 2 == 0 else REST for step, letter in enumerate(grid))
    return {surface: grid} | {name: row for name, row in rows.items() if name not in (voice, roles.open_hat)}


def half_time(rows: Rows, half: int, roles: DrumRoles) -> Rows:
    """Play in half time: one snare stroke in the middle of the bar, and no kick between it and the downbeat."""
    snare, kick = roles.backbeat, roles.low
    if snare not in rows:
        return rows
    out, steps = dict(rows), len(rows[snare])
    out[snare] = REST * half + "X" + REST * (steps - half - 1)
    if kick in rows:
        out[kick] = rows[kick][0] + REST * half + rows[kick][half + 1 :]
    return out


def with_side_stick(rows: Rows, roles: DrumRoles) -> Rows:
    """Replace the snare by the side stick; ghost strokes are left out."""
    grid = rows.get(roles.backbeat, "").replace("g", REST)
    out = {voice: row for voice, row in rows.items() if voice != roles.backbeat}
    return out | {roles.side_stick: grid} if grid.strip(REST) else out or rows


def _gathered(fill: Rows, voice: str, start: int, end: int) -> Rows:
    """Move the strokes of a fill from step `start` to `end` onto one drum."""
    steps = len(next(iter(fill.values())))
    out = {name: grid[:start] + REST * (end - start) + grid[end:] for name, grid in fill.items()}
    for grid in fill.values():
        for step in range(start, end):
            if grid[step] != REST:
                add_stroke(out, voice, step, grid[step], steps)
    return out


def _rolled(fill: Rows, voice: str, last: int) -> Rows:
    """Fill the last beat of a fill with strokes on every step, rising to its hardest stroke."""
    steps, out = len(next(iter(fill.values()))), dict(fill)
    hardest = max("".join(fill.values()), key=lambda letter: GRID_LETTERS.get(letter, 0))
    letters = RISE.get(hardest, SOFT_RISE)
    for step in range(last, steps):
        add_stroke(out, voice, step, letters[min(3, 4 * (step - last) // (steps - last))], steps)
    return out


def _twice(fill: Rows, half: int) -> Rows:
    """Play the second half of a fill twice, softer the first time."""
    steps = len(next(iter(fill.values())))
    if 2 * half != steps:
        return fill
    return {voice: grid[half:].translate(SOFTER) + grid[half:] for voice, grid in fill.items()}


def fill_variant(fill: Rows, number: int, voice: str, half: int, last: int, *, whole: bool) -> Rows:
    """Return one of several variants of a fill. number: how often it has been played before.

    voice: the main drum of the fill. half, last: grid steps of the middle and of the last beat. whole: the fill begins
        on the downbeat, not in the middle.
    """
    variants = [
        fill,
        _gathered(fill, voice, 0 if whole else half, half if whole else last),
        _rolled(fill, voice, last),
        _twice(fill, half) if whole else _gathered(fill, voice, last, len(next(iter(fill.values())))),
        _gathered(_rolled(fill, voice, last), voice, half, last),
    ]
    different: list[Rows] = []
    for variant in variants:
        sounding = {name: grid for name, grid in variant.items() if grid.strip(REST)}
        if sounding not in different:
            different.append(sounding)
    return different[number % len(different)]
