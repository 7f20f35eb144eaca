"""From a two-bar idea to an eight-bar theme: sentence or period.

Sentence (2+2+1+1+2): the idea, the idea on another rung, its head twice rising, a cadence. Period (4+4): idea and an
open continuation; the idea again, its second bar lifted to the peak, and a close. The fourth bar ends open, the
eighth on the tonic; both breathe: a quarter in every four bars, three in all eight. Several ways of going on are
tried and judged; the best is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from cuesmith.chance import Stream
from cuesmith.motif.judge import PHRASE_REST, PLAIN, WHOLE_REST, Wishes, judge_melody, silence
from cuesmith.motif.ladder import moved, on_rungs, rungs, scale_index
from cuesmith.motif.model import Motif
from cuesmith.motif.phrase import OPEN, Unit, breath_ticks, cadence, ended
from cuesmith.motif.transform import fragment, join
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key, Scale

WAYS = 8  # continuations that are tried; up to four times as many when all have a fault
FULL = 30.0  # points of eight bars that leave little to wish


def develop(
    motif: Motif, scale: Scale, form: str, draw: Stream, *, key: Key | None = None, wishes: Wishes = PLAIN
) -> tuple[Motif, tuple[Unit, ...]]:
    """The eight-bar melody and its units. form: `sentence` or `period`. key: in which it is judged (C by default).

    When every way has a fault (a range too wide to sing, mostly), calmer ones are tried: smaller moves.
    """
    at = key or Key(0, scale.mode)
    make: Callable[[Motif, Scale, Stream, bool], tuple[Motif, tuple[Unit, ...]]]
    make = _sentence if form == "sentence" else _period
    best: tuple[float, Motif, tuple[Unit, ...]] | None = None
    for way in range(4 * WAYS):
        if best is not None and (best[0] >= FULL or (way >= WAYS and best[0] > 0)):
            break
        melody, units = make(motif, scale, draw.child(way), way >= WAYS)
        score = sum(c.points if c.points >= 0 else 10 * c.points for c in judge_melody(melody, at, wishes))
        if best is None or score > best[0]:
            best = (score, melody, units)
    assert best is not None
    return best[1], best[2]


def closing_rest(phrases: Motif, bars: int) -> int:
    """How long the last bar must be silent so that all `bars` have three quarters of rest; phrases: what precedes."""
    bar = phrases.meter.bar_ticks
    if bar < 3 * PPQ:
        return breath_ticks(phrases.meter)
    missing = WHOLE_REST - silence(phrases, 0, phrases.length)
    return min(bar - PPQ, max(PHRASE_REST, missing, bar // 2 if bars >= 8 else 0))


def _sentence(motif: Motif, scale: Scale, draw: Stream, calm: bool) -> tuple[Motif, tuple[Unit, ...]]:
    bar = motif.meter.bar_ticks
    head = fragment(motif, 0, bar)
    shift = draw.choice((-3, -2, -1, 1)) if calm else draw.weighted({-1: 4.0, 1: 3.0, 2: 1.0, -2: 1.0})
    second = ended(moved(motif, shift, scale), OPEN, scale, breath_ticks(motif.meter))
    lift = draw.choice((-2, -1, 0, 1)) if calm else draw.choice((1, 2, 3))
    again = lift + (1 if calm else draw.choice((1, 2)))
    rise = [moved(head, lift, scale), moved(head, again, scale)]
    before = join(motif, second, *rise)
    last = scale_index(scale, before.notes[-1].step)
    lowest = min(rungs(before, scale))
    close = cadence(motif, last, scale, closing_rest(before, 8), draw.child("cadence"), lowest=lowest)
    units: tuple[Unit, ...]
    units = ((0, 2, "idea"), (2, 2, "idea'"), (4, 1, "head"), (5, 1, "head'"), (6, 2, "cadence"))
    return join(before, close), units


def _period(motif: Motif, scale: Scale, draw: Stream, calm: bool) -> tuple[Motif, tuple[Unit, ...]]:
    bar = motif.meter.bar_ticks
    answer = moved(motif, draw.choice((-3, -2, -1, 1)) if calm else draw.weighted({-2: 3.0, -1: 3.0, 1: 2.0}), scale)
    antecedent = join(motif, ended(answer, OPEN, scale, breath_ticks(motif.meter)))
    lift = draw.choice((-1, 0, 1)) if calm else draw.choice((0, 1, 1, 2, 2, 3))
    places = rungs(motif, scale)
    raised = [i + lift if n.onset >= bar else i for n, i in zip(motif.notes, places, strict=True)]
    again = on_rungs(motif, raised, scale) if lift else motif
    before = join(antecedent, again)
    last = scale_index(scale, before.notes[-1].step)
    avoid = antecedent.notes[-2].step if len(antecedent.notes) > 1 else None
    rest = closing_rest(before, 8)
    close = cadence(motif, last, scale, rest, draw.child("cadence"), avoid=avoid, lowest=min(rungs(before, scale)))
    units: tuple[Unit, ...]
    units = ((0, 2, "idea"), (2, 2, "continuation"), (4, 2, "idea'" if lift else "idea"), (6, 2, "cadence"))
    return join(before, close), units
