"""Building blocks of phrases: rests at the end, last notes, held bars, cadences."""

from __future__ import annotations

from itertools import product

from cuesmith.chance import Stream
from cuesmith.motif.model import Motif, MotifNote
from cuesmith.motif.scale_index import nearest_scale_index, scale_index, scale_step
from cuesmith.motif.transform import breathe, tail_swap
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Scale

Unit = tuple[int, int, str]  # first bar, number of bars, what it is

# Steps on which phrases end: 2, 5, 7 in a half cadence; 3, 5 in an imperfect one.
OPEN = (1, 4, 6)
IMPERFECT = (2, 4)


def breath_ticks(meter: Meter) -> int:
    """Return the least rest at the end of a phrase: a quarter note, in bars under three quarters an eighth note."""
    return PPQ if meter.bar_ticks >= 3 * PPQ else PPQ // 2


def with_ending(
    phrase: Motif, classes: tuple[int, ...], scale: Scale, rest: int, *, towards: int | None = None
) -> Motif:
    """End a phrase with a rest of `rest` ticks, and its last note on the nearest of the steps `classes` (0..6).

    towards: scale index at which the next phrase begins. The last note moves towards it, by a third of the distance and
        at most two steps of the scale.
    """
    out = breathe(phrase, rest)
    if not out.notes:
        return out
    last = scale_index(scale, out.notes[-1].step)
    if towards is not None:
        last += max(-2, min(2, round((towards - last) / 3)))
    return tail_swap(out, scale_step(scale, nearest_scale_index(last, classes, scale)))


def held_bar(meter: Meter, index: int, scale: Scale, rest: int) -> Motif:
    """Return a bar with one held note and a rest of `rest` ticks. The note lasts at least an eighth.

    index: scale index of the note.
    """
    bar = meter.bar_ticks
    return Motif((MotifNote(0, max(PPQ // 2, bar - rest), scale_step(scale, index)),), bar, meter)


def first_bar(motif: Motif) -> list[MotifNote]:
    """Return the notes that begin in the first bar."""
    return [n for n in motif.notes if n.onset < motif.meter.bar_ticks]


def cadence(
    motif: Motif,
    before: int,
    scale: Scale,
    rest: int,
    draw: Stream,
    *,
    avoid: int | None = None,
    lowest: int = -7,
    highest: int = 99,
) -> Motif:
    """Make a two-bar cadence: the rhythm of the idea's first bar going down to the tonic, then a held tonic.

    before: scale index of the note before; the octave of the tonic is chosen to make the join small.
    lowest, highest: scale indexes that it should keep between.
    avoid: a step that the last note before the tonic should not have, because the first phrase of the period has it
        there.
    """
    bar, count = motif.meter.bar_ticks, len(scale.steps)
    rhythm = first_bar(motif)[:6] or list(motif.notes[:3])
    size = len(rhythm)
    usual = min(size, 4 if count == 7 else 3)
    middle = sum(scale_index(scale, n.step) for n in motif.notes) / len(motif.notes)

    def way(place: tuple[int, int]) -> float:
        index, climb = place
        outside = not lowest <= index < highest
        seam = max(0, abs(index + climb - before) - 1)
        return 1.5 * seam + 0.7 * abs(index + 2 - middle) + abs(climb - usual) + 100 * outside

    homes = (count * octave for octave in (-1, 0, 1, 2))
    home, climb = min(product(homes, range(min(size, 2), usual + (4 if size > 3 else 3))), key=way)
    kind = draw.weighted({"fall": 3.0, "turn": 3.0, "below": 1.0 if 6 in scale.steps else 0.0})
    line = [home + max(1, round(climb * (size - i) / size)) for i in range(size)]
    if kind == "turn" and size >= 3:  # rise to the top note first
        line = [home + climb - 1, *line[:-1]]
        line[-1] = home + 1
    elif kind == "below" and size >= 3 and home > lowest:
        line[-1] = home - 1
    for i in range(1, size - 1):  # replace the second of two equal notes by its upper neighbour
        if line[i] == line[i - 1] and line[i + 1] != line[i] + 1:
            line[i] += 1
    if avoid is not None and scale_step(scale, line[-1]) == avoid:
        line[-1] = home - 1 if line[-1] > home and 6 in scale.steps else home + 1
        if scale_step(scale, line[-1]) == avoid:
            line[-1] = home + 2
    line = [min(i, max(highest, home + 1)) for i in line]
    for i in range(1, size - 1):  # where the upper limit made two notes equal
        if line[i] == line[i - 1] > home + 1:
            line[i] -= 1
    if size >= 3 and line[-1] == line[-2]:  # the last two notes before the tonic should differ
        line[-2] += 1 if line[-3] != line[-1] + 1 or line[-1] <= lowest else -1
    notes = [
        MotifNote(n.onset, min(n.duration, bar - n.onset), scale_step(scale, i))
        for n, i in zip(rhythm, line, strict=True)
    ]
    notes.append(MotifNote(bar, max(PPQ // 2, bar - rest), scale_step(scale, home)))
    return Motif(tuple(notes), 2 * bar, motif.meter)
