"""From a two-bar idea to an eight-bar theme: sentence or period.

Sentence (2+2+1+1+2): the idea, the idea on another step, its head twice rising, a cadence. Period (4+4): idea and an
open continuation; idea again and a close. Every four bars end with a breath that another instrument may answer in.
"""

from __future__ import annotations

from cuesmith.chance import Stream
from cuesmith.motif.invent import scale_index, scale_step
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.transform import breathe, fragment, join, sequence, tail_swap
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Scale

Unit = tuple[int, int, str]  # first bar, bars, what


def _near(step: int, classes: tuple[int, ...]) -> int:
    """The step of one of these classes (0..6) nearest to `step`."""
    options = [c + 7 * octave for c in classes for octave in range(-2, 3)]
    return min(options, key=lambda s: (abs(s - step), s))


def _in_scale(motif: Motif, scale: Scale) -> Motif:
    """Steps outside the scale lowered into it."""
    return motif.with_notes(tuple(n._replace(step=scale_step(scale, scale_index(scale, n.step))) for n in motif.notes))


def _cadence(motif: Motif, before: int, scale: Scale, draw: Stream) -> Motif:
    """Two bars that walk by step to the tonic and rest there: the rhythm of the idea, thinned at the end.

    before: the step the melody comes from; the tonic is taken in the octave that makes the way in and down short.
    """
    bar = motif.meter.bar_ticks
    middle = sum(n.step for n in motif.notes) / len(motif.notes)
    rhythm = [n for n in motif.notes if n.onset < bar][:5] or list(motif.notes[:3])
    count = len(rhythm)
    climb = min(count + 1, 4 if len(scale.steps) == 7 else 3)
    goal = min(
        (-7, 0, 7, 14), key=lambda g: abs(scale_step(scale, scale_index(scale, g) + climb) - before) + abs(g - middle)
    )
    first = scale_index(scale, goal) + climb
    notes = []
    for i, n in enumerate(rhythm):
        back = count - i
        index = scale_index(scale, goal) + round((first - scale_index(scale, goal)) * back / count)
        if draw.chance(0.25) and 0 < i < count - 1:
            index += 1
        notes.append(MotifNote(n.onset, n.duration, scale_step(scale, index)))
    hold = min(bar - PPQ, 3 * PPQ) if bar >= 3 * PPQ else bar
    notes.append(MotifNote(bar, max(PPQ, hold), goal))
    return Motif(tuple(notes), 2 * bar, motif.meter)


def develop(motif: Motif, scale: Scale, form: str, draw: Stream) -> tuple[Motif, tuple[Unit, ...]]:
    """The eight-bar melody and its units. form: `sentence` or `period`."""
    bar = motif.meter.bar_ticks
    rest = PPQ if bar >= 3 * PPQ else PPQ // 2
    head = fragment(motif, 0, bar)
    if form == "sentence":
        shift = draw.weighted({-1: 4.0, 1: 3.0, 2: 2.0, -2: 1.0})
        second = breathe(_in_scale(sequence(motif, shift), scale), rest)
        lift = draw.choice((1, 2))
        rise = [_in_scale(sequence(head, lift * k), scale) for k in (1, 2)]
        close = _cadence(rise[1], rise[1].notes[-1].step, scale, draw.child("cadence"))
        melody = join(motif, second, *rise, close)
        units: tuple[Unit, ...] = ((0, 2, "idea"), (2, 2, "idea'"), (4, 1, "head"), (5, 1, "head'"), (6, 2, "cadence"))
        return melody, units
    answer = _in_scale(sequence(motif, draw.weighted({-2: 3.0, -1: 3.0, 1: 2.0})), scale)
    last = answer.notes[-1].step
    open_end = breathe(tail_swap(answer, _near(last, tuple(s for s in (1, 4, 6) if s in scale.steps) or (4,))), rest)
    close = _cadence(motif, motif.notes[-1].step, scale, draw.child("cadence"))
    melody = join(motif, open_end, motif, close)
    return melody, ((0, 2, "idea"), (2, 2, "continuation"), (4, 2, "idea"), (6, 2, "cadence"))
