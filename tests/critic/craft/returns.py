"""Measures of return: how much of what was heard is heard again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from tests.critic.craft.heard import Heard, Section, Track, joined

NEARLY = 0.8  # share of two bars' notes, in all, that both have
RETURNING = ("statement", "restatement", "chorus")
GROUP = 3  # moves (four notes) of the melody that recur together
CHANGES = 3  # chord changes that recur together


def bars_of(cue: Heard, tracks: Sequence[Track]) -> list[frozenset[Hashable]]:
    """Each bar as the set of its notes: track, place in the bar, pitch."""
    found: list[set[Hashable]] = [set() for _ in range(cue.count)]
    for number, track in enumerate(tracks):
        bars = cue.bar_of(track.onset)
        inside = track.onset - cue.bars[bars]
        for bar, at, pitch in zip(bars.tolist(), inside.tolist(), track.pitch.tolist(), strict=True):
            found[bar].add((number, at, pitch))
    return [frozenset(notes) for notes in found]


def repeated(bars: Sequence[frozenset[Hashable]], alike: float = 1.0) -> float | None:
    """Share of the bars with notes that are like one before: notes in common by notes in either."""
    full = [bar for bar in bars if bar]
    if len(full) < 2:
        return None
    again = [any(len(bar & old) >= alike * len(bar | old) for old in full[:index]) for index, bar in enumerate(full)]
    return float(np.mean(again))


def exact_bars(cue: Heard) -> float | None:
    """Share of bars whose pitched notes, track by track, are exactly those of a bar before."""
    return repeated(bars_of(cue, cue.pitched))


def near_bars(cue: Heard) -> float | None:
    """Share of bars that are nearly one before, whoever plays: of the pitch classes with their places (drums left
    out), .8 of those in either bar are in both."""
    every = joined("", cue.pitched)
    return repeated(bars_of(cue, [replace(every, pitch=every.pitch % 12)]), NEARLY)


def track_bars(cue: Heard) -> float | None:
    """Mean over the pitched tracks of the share of their bars (with notes) that are exactly one before."""
    found = [share for track in cue.pitched if (share := repeated(bars_of(cue, [track]))) is not None]
    return float(np.mean(found)) if found else None


def drum_bars(cue: Heard) -> float | None:
    """Share of the bars of drums whose strokes are exactly those of a bar before."""
    return repeated(bars_of(cue, cue.drums))


def melody_bars(cue: Heard) -> float | None:
    """Share of the melody's bars that are exactly one before."""
    return repeated(bars_of(cue, [Track("", "", "", False, cue.tune.onset, cue.tune.end, cue.tune.pitch)]))


def melody_groups(cue: Heard) -> float | None:
    """Share of the melody's groups of four notes (three intervals, each with the time between onsets) that occurred
    before."""
    moves = list(zip(np.diff(cue.tune.pitch).tolist(), np.diff(cue.tune.onset).tolist(), strict=True))
    return _again([tuple(moves[i : i + GROUP]) for i in range(len(moves) - GROUP + 1)])


def chord_groups(cue: Heard) -> float | None:
    """Share of groups of three chord changes (motion of the root, quality) that occurred before."""
    chords = [span.chord for span in cue.chords]
    moves = [((b.root - a.root) % 12, b.quality) for a, b in pairwise(chords)]
    return _again([tuple(moves[i : i + CHANGES]) for i in range(len(moves) - CHANGES + 1)])


def _again(groups: Sequence[Hashable]) -> float | None:
    if not groups:
        return None
    seen: set[Hashable] = set()
    again = 0
    for group in groups:
        again += group in seen
        seen.add(group)
    return again / len(groups)


def _material(treatment: str) -> str:
    return "chorus" if treatment == "chorus" else "verse"


def _first_chords(section: Section) -> list[str]:
    return [cell.split(" ")[0] for cell in section.numerals]


def chords_kept(cue: Heard) -> float | None:
    """Of returning sections (a theme's verse: statements and restatements; its chorus) the share of bars that begin
    with the numeral of the same bar at first."""
    first: dict[str, list[str]] = {}
    kept: list[bool] = []
    for section in cue.treated(*RETURNING):
        chords = _first_chords(section)
        before = first.setdefault(_material(section.treatment), chords)
        if before is not chords:
            kept += [a == b for a, b in zip(before, chords, strict=False)]
    return float(np.mean(kept)) if kept else None


def second_half_chords(cue: Heard) -> float | None:
    """Share of bars 5 to 8 of statements and restatements that begin with the numeral of the bar four before."""
    found = [
        a == b
        for section in cue.treated("statement", "restatement")
        if len(section.numerals) >= 8
        for a, b in zip(_first_chords(section)[:4], _first_chords(section)[4:8], strict=True)
    ]
    return float(np.mean(found)) if found else None
