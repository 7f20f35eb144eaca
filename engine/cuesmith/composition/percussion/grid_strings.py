"""Bars of percussion on grid strings: how one bar is made another, so that a groove or a fill comes back changed."""

from __future__ import annotations

from cuesmith.specs.banks.drum_roles import DrumRoles
from cuesmith.specs.banks.percussion import GRID_LETTERS

Rows = dict[str, str]  # drum voice → one bar of grid

REST = "."
RISE = {"X": "oxxX", "x": "ooxx"}  # the letters of a rising roll, by the hardest stroke around it
SOFT_RISE = "ggoo"
SOFTER = str.maketrans("Xxo", "xog")


def gain_at(energy: float) -> float:
    """How loud the strokes of a section of this energy are, against those of its letters."""
    return 0.62 + 0.42 * energy


def velocity_of_letter(letter: str, gain: float) -> int:
    """The velocity of a stroke."""
    return max(18, min(124, round(GRID_LETTERS[letter] * gain)))


def add_stroke(rows: Rows, voice: str, step: int, letter: str, steps: int) -> None:
    """Add a stroke; one that is already there stays where it is the harder one."""
    grid = rows.get(voice, REST * steps)
    if grid[step] == REST or GRID_LETTERS[grid[step]] < GRID_LETTERS[letter]:
        rows[voice] = grid[:step] + letter + grid[step + 1 :]


def moved(rows: Rows, roles: DrumRoles) -> Rows:
    """What keeps time, on another surface: the hat's eighths on the ride, the ride's on the hat."""
    able = (name for name in roles.moved_to if name in rows)
    voice = next((name for name in able if rows[name].count(REST) <= 3 * len(rows[name]) // 4), None)
    if voice is None or roles.moved_to[voice] in rows:
        return rows
    grid, surface = rows[voice], roles.moved_to[voice]
    if surface == roles.ride:  # which is not played in sixteenths
        grid = "".join(letter if step % 2 == 0 else REST for step, letter in enumerate(grid))
    return {surface: grid} | {name: row for name, row in rows.items() if name not in (voice, roles.open_hat)}


def halved(rows: Rows, half: int, roles: DrumRoles) -> Rows:
    """Half the pace: one stroke of the snare, in the middle of the bar, and no kick between the downbeat and it."""
    snare, kick = roles.backbeat, roles.low
    if snare not in rows:
        return rows
    out, steps = dict(rows), len(rows[snare])
    out[snare] = REST * half + "X" + REST * (steps - half - 1)
    if kick in rows:
        out[kick] = rows[kick][0] + REST * half + rows[kick][half + 1 :]
    return out


def crossed(rows: Rows, roles: DrumRoles) -> Rows:
    """The snare's strokes with the stick laid across it; what was only a ghost is left out."""
    grid = rows.get(roles.backbeat, "").replace("g", REST)
    out = {voice: row for voice, row in rows.items() if voice != roles.backbeat}
    return out | {roles.side_stick: grid} if grid.strip(REST) else out or rows


def _gathered(fill: Rows, voice: str, start: int, end: int) -> Rows:
    """A fill whose strokes from step start to end are all on one drum."""
    steps = len(next(iter(fill.values())))
    out = {name: grid[:start] + REST * (end - start) + grid[end:] for name, grid in fill.items()}
    for grid in fill.values():
        for step in range(start, end):
            if grid[step] != REST:
                add_stroke(out, voice, step, grid[step], steps)
    return out


def _rolled(fill: Rows, voice: str, last: int) -> Rows:
    """A fill whose last beat is struck on every step, rising to what is its hardest stroke anyway."""
    steps, out = len(next(iter(fill.values()))), dict(fill)
    hardest = max("".join(fill.values()), key=lambda letter: GRID_LETTERS.get(letter, 0))
    letters = RISE.get(hardest, SOFT_RISE)
    for step in range(last, steps):
        add_stroke(out, voice, step, letters[min(3, 4 * (step - last) // (steps - last))], steps)
    return out


def _twice(fill: Rows, half: int) -> Rows:
    """A fill that says what its second half says, and says it again louder."""
    steps = len(next(iter(fill.values())))
    if 2 * half != steps:
        return fill
    return {voice: grid[half:].translate(SOFTER) + grid[half:] for voice, grid in fill.items()}


def refilled(fill: Rows, number: int, voice: str, half: int, last: int, *, whole: bool) -> Rows:
    """One fill in as many forms as a drummer knows of it. number: how often it has been played before.

    voice: the drum the hands rest on. half, last: grid steps of the middle and of the last beat. whole: from the
    downbeat on, not from the middle.
    """
    ways = [
        fill,
        _gathered(fill, voice, 0 if whole else half, half if whole else last),
        _rolled(fill, voice, last),
        _twice(fill, half) if whole else _gathered(fill, voice, last, len(next(iter(fill.values())))),
        _gathered(_rolled(fill, voice, last), voice, half, last),
    ]
    different: list[Rows] = []
    for way in ways:
        sounding = {name: grid for name, grid in way.items() if grid.strip(REST)}
        if sounding not in different:
            different.append(sounding)
    return different[number % len(different)]
