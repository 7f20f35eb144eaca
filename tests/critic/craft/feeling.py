"""Measures of feeling: how bright the chords are, and whether scale and theme suit the type."""

from __future__ import annotations

from functools import cache

from tests.critic.craft.heard import STEPS, Heard

from cuesmith.specs.banks.library import load_banks

DARK_SCALES = ("phrygian", "yonanuki_minor")
COMIC = "comic"


@cache
def valence_of(type_: str) -> float | None:
    """The valence (-1 dark .. 1 bright) a cue type has by itself; None for a type nobody knows."""
    found = load_banks().cue_types.get(type_)
    return None if found is None else float(found.valence)


def major_minus_minor(cue: Heard) -> float | None:
    """Share of the cue with major chords less the share with minor ones; diminished and augmented chords, and those
    without a third, are neither."""
    if not cue.chords:
        return None
    starts = [*(span.start for span in cue.chords), int(cue.bars[-1])]
    total = 0
    for span, start, end in zip(cue.chords, starts, starts[1:], strict=False):
        intervals = {(c - span.chord.root) % 12 for c in span.chord.classes}
        altered = 7 not in intervals and bool({6, 8} & intervals)
        if not altered:
            total += ((4 in intervals) - (3 in intervals and 4 not in intervals)) * (end - start)
    return total / max(1, int(cue.bars[-1]) - starts[0])


def dark_scale(cue: Heard) -> float | None:
    """Of cues of types whose valence is 0 or more: 1 when the scale is phrygian or yonanuki minor."""
    valence = valence_of(cue.type)
    return None if valence is None or valence < 0 or not cue.scale else float(cue.scale in DARK_SCALES)


def comic_tender(cue: Heard) -> float | None:
    """Of tender cues: 1 when the theme is comic."""
    return float(COMIC in cue.characters) if cue.type == "tender" and cue.known else None


def notes_per_beat(cue: Heard) -> float | None:
    """Notes (drums too) per quarter note."""
    return sum(len(track.onset) for track in cue.tracks) / (float(cue.bars[-1]) / STEPS)
