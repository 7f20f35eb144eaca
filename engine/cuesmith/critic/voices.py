"""Rules about voices that sound together: clashes, muddy lows, parallels, inner voices, gaps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.roll import Roll, pairs, pitch_at, roll_of, together
from cuesmith.critic.view import Bools, Ints, Notes, PartView, View, within
from cuesmith.music.note import PPQ

# Low interval limits: lowest pitch of the lower note, for intervals of 1..11 semitones, from the charts of arrangers
# (the tritone set to the level of its neighbours).
#                    m2  M2  m3  M3  P4  TT  P5  m6  M6  m7  M7
LOWEST = np.array((0, 52, 51, 48, 47, 45, 46, 37, 41, 41, 41, 41))


def _part_sounding(view: View, notes: Notes, tick: int, pitch: int) -> str:
    """Return the id of the part that sounds a pitch at a tick; empty when there is none."""
    found = np.flatnonzero((notes.onset <= tick) & (notes.end > tick) & (notes.pitch == pitch))
    return view.parts[notes.part[found[0]]].id if len(found) else ""


def low_intervals(view: View, limits: Limits) -> Iterator[Breach]:
    """Q09: two low notes are not too close for too much of the time. Passing and very short notes do not count."""
    low = view.structural
    low = low.where((low.pitch < 64) & (low.end - low.onset >= PPQ // 4))
    if not len(low):
        return
    roll = roll_of(view, low)
    muddy = np.zeros(len(roll.start), dtype=bool)
    for distance in range(1, 12):
        stretch, pitch = pairs(roll, distance)
        floor = LOWEST[distance] - limits["tolerance"] - (limits["fifth_lower"] if distance == 7 else 0)
        muddy[stretch[pitch < floor]] = True
    share = roll.share(muddy)
    if share > limits["most"]:
        at = int(roll.start[muddy][0])
        sounding = np.flatnonzero(roll.sounding[np.flatnonzero(muddy)[0]])[:2]
        names = " and ".join(dict.fromkeys(_part_sounding(view, low, at, int(p)) for p in sounding))
        yield Breach(share, limits["most"], f"low notes too close for {share:.1%} of the time: {names}", at)


def _pairs_outside_chord(view: View, roll: Roll, distances: tuple[int, ...]) -> tuple[Ints, Ints, Ints]:
    """Return (stretch, lower pitch, distance) of pairs of notes that are not both in the chord."""
    found = []
    for distance in distances:
        stretch, low = pairs(roll, distance)
        if view.chords:
            chord = roll.chord[stretch]
            foreign = ~(view.chord_table[chord, low % 12] & view.chord_table[chord, (low + distance) % 12])
            if view.scale is not None and 1 in view.scale.semitones:  # in this scale the flat second is no clash
                foreign &= view.tonics[chord] != low % 12
            stretch, low = stretch[foreign], low[foreign]
        found.append((stretch, low, np.full(len(low), distance, dtype=np.int64)))
    a, b, c = (np.concatenate(column) for column in zip(*found, strict=True))
    return a, b, c


def clashes(view: View, limits: Limits) -> Iterator[Breach]:
    """X01: few beats have a semitone or minor ninth outside the chord. Passing notes do not count."""
    notes = view.structural
    roll = roll_of(view, notes)
    stretch, low, distance = _pairs_outside_chord(view, roll, (1, 13))
    if not len(stretch):
        return
    bad = np.zeros(len(roll.start), dtype=bool)
    bad[stretch] = True
    beats = np.bincount(roll.beat, weights=roll.length * bad)
    count = int((beats >= limits["beats"] * PPQ).sum())
    share = count / max(1, len(np.unique(roll.beat[roll.sounding.any(axis=1)])))
    if share > limits["most"]:
        worst = np.argmax(beats[roll.beat[stretch]])
        at, p = int(roll.start[stretch[worst]]), int(low[worst])
        names = sorted({_part_sounding(view, notes, at, p), _part_sounding(view, notes, at, p + int(distance[worst]))})
        yield Breach(share, limits["most"], f"{count} beats with an unexplained semitone or ninth, such as"
                     f" {' against '.join(names)}", at, names[0])  # fmt: skip


def clusters(view: View, limits: Limits) -> Iterator[Breach]:
    """Q13: not too many pitch classes sound at once, and two parts do not hold a minor second for long."""
    notes = view.pitched.where(view.pitched.end - view.pitched.onset >= PPQ // 2)
    if not len(notes):
        return
    roll = roll_of(view, notes)
    classes = sum(roll.sounding[:, octave : octave + 12].astype(np.int64) for octave in range(0, 120, 12))
    count = (np.asarray(classes) > 0).sum(axis=1)
    worst = int(np.argmax(count))
    if count[worst] > limits["classes"]:
        yield Breach(int(count[worst]), limits["classes"], f"{count[worst]} pitch classes sound at once",
                     int(roll.start[worst]))  # fmt: skip
    long = notes.where(notes.end - notes.onset > PPQ)
    first, second = together(long, long, PPQ + 1)
    touching = (long.pitch[second] - long.pitch[first] == 1) & (long.part[first] != long.part[second])
    first, second = first[touching], second[touching]
    at = np.maximum(long.onset[first], long.onset[second])
    if view.chords:
        chord = view.chord_index(at)
        spelled = view.chord_table[chord, long.pitch[first] % 12] & view.chord_table[chord, long.pitch[second] % 12]
        first, second, at = first[~spelled], second[~spelled], at[~spelled]
    order = np.argsort(at, kind="stable")
    first, second, at = first[order], second[order], at[order]
    reached = np.maximum.accumulate(np.minimum(long.end[first], long.end[second]))
    fresh = np.maximum(at, np.concatenate(([0], reached[:-1]))) if len(at) else at
    share = float(np.maximum(reached - fresh, 0).sum() / view.length)
    if share > limits["seconds"]:
        yield Breach(share, limits["seconds"], f"two parts hold a minor second for {share:.1%} of the time", int(at[0]),
                     view.parts[long.part[first[0]]].id)  # fmt: skip


def _outer_voices(view: View) -> tuple[Ints, Ints, Ints]:
    """Return (ticks, melody pitch, bass pitch) at chord changes where both sound."""
    ticks = view.chord_onsets
    high, low = pitch_at(view.lead, ticks), pitch_at(view.bass, ticks)
    both = (high >= 0) & (low >= 0)
    return ticks[both], high[both], low[both]


def parallels(view: View, limits: Limits) -> Iterator[Breach]:
    """Q18: melody and bass do not move from one fifth or octave to another too often."""
    ticks, high, low = _outer_voices(view)
    if len(ticks) < 2:
        return
    gap, up, down = (high - low) % 12, np.diff(high), np.diff(low)
    bad = np.flatnonzero((gap[1:] == gap[:-1]) & np.isin(gap[1:], (0, 7)) & (up * down > 0))
    allowed = max(1.0, limits["per_16_bars"] * (len(view.bars) - 1) / 16)
    if len(bad) > allowed:
        yield Breach(len(bad), allowed, f"{len(bad)} parallel fifths or octaves with the bass", int(ticks[bad[0] + 1]))


def outer_motion(view: View, limits: Limits) -> Iterator[Breach]:
    """Q19: melody and bass often move in contrary or oblique motion at chord changes."""
    _, high, low = _outer_voices(view)
    product = np.diff(high) * np.diff(low)
    if len(product) < limits["changes"]:
        return
    share = float((product <= 0).mean())
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"melody and bass go separate ways at {share:.0%} of the changes")


def counter_line(view: View, limits: Limits) -> Iterator[Breach]:
    """Q35: a counter-melody moves when the melody rests, and stays below it."""
    lead = view.lead
    for part in view.parts:
        if part.role != "counter" or len(part.notes) < limits["notes"]:
            continue
        line = part.notes
        at = pitch_at(lead, line.onset)
        struck = float(np.isin(line.onset, lead.onset).mean())
        if struck > limits["together"]:
            yield Breach(struck, limits["together"], f"{struck:.0%} of its notes are struck with the melody",
                         int(line.onset[0]), part.id)  # fmt: skip
        beside = at >= 0
        if beside.sum() < limits["notes"]:
            continue
        below = float((line.pitch[beside] < at[beside]).mean())
        if below < limits["below"]:
            above = line.onset[beside][line.pitch[beside] >= at[beside]]
            text = f"{below:.0%} of its notes lie below the melody"
            yield Breach(below, limits["below"], text, int(above[0]), part.id)


def _chords_of(part: PartView) -> list[tuple[int, tuple[int, ...]]]:
    """Return (onset, pitches) of each chord that a part plays."""
    onsets, first = np.unique(part.notes.onset, return_index=True)
    groups = np.split(part.notes.pitch, first[1:])
    return [(int(o), tuple(sorted(g.tolist()))) for o, g in zip(onsets, groups, strict=True)]


def inner_voices(view: View, limits: Limits) -> Iterator[Breach]:
    """Q44: the voices of a pad move little, and notes common to two chords stay."""
    for part in view.parts:
        if part.role != "pad":
            continue
        moved, shared, kept = [], 0, 0
        chords = [c for c in _chords_of(part) if len(c[1]) >= 3]
        for (_, a), (_, b) in itertools.pairwise(chords):
            if a == b:
                continue
            if len(a) == len(b):
                moved += [abs(x - y) for x, y in zip(a, b, strict=True)]
            common = {p % 12 for p in a} & {p % 12 for p in b}
            shared += len(common)
            kept += len({p % 12 for p in set(a) & set(b)})
        at = chords[0][0] if chords else 0
        if len(moved) >= limits["moves"] and float(np.mean(moved)) > limits["mean"]:
            mean = float(np.mean(moved))
            yield Breach(mean, limits["mean"], f"its voices move {mean:.1f} semitones on average", at, part.id)
        if shared >= limits["moves"] and kept / shared < limits["kept"]:
            yield Breach(kept / shared, limits["kept"], f"{kept / shared:.0%} of common notes are kept", at, part.id)


def seventh_falls(view: View, limits: Limits) -> Iterator[Breach]:
    """Q45: in a pad, the seventh of a dominant that goes to its tonic falls by step (or stays)."""
    cases, bad = 0, []
    for part in view.parts:
        if part.role != "pad" or part.doubling:
            continue
        chords = _chords_of(part)
        for (at, a), (after, b) in itertools.pairwise(chords):
            first, second = (view.chords[int(i)].chord for i in view.chord_index(np.array([at, after])))
            if not first.dominant or (second.root - first.root) % 12 != 5:
                continue
            seventh = (first.root + 10) % 12
            for pitch in (p for p in a if p % 12 == seventh):
                cases += 1
                if not {pitch, pitch - 1, pitch - 2} & set(b):
                    bad.append((after, part.id))
    share = 1 - len(bad) / cases if cases else 1.0
    if cases >= limits["cases"] and share < limits["least"]:
        yield Breach(share, limits["least"], f"{len(bad)} of {cases} dominant sevenths do not fall", *bad[0])


def bass_line(view: View, limits: Limits) -> Iterator[Breach]:
    """Q47: the bass moves by step, third, fourth, fifth or octave."""
    bass = view.bass
    size = np.abs(np.diff(bass.pitch))
    size = size[size > 0]
    if len(size) < limits["moves"]:
        return
    good = float(np.isin(size, (1, 2, 3, 4, 5, 7, 12)).mean())
    if good < limits["least"]:
        yield Breach(good, limits["least"], f"{good:.0%} of the bass moves are steps, thirds, fourths, fifths, octaves")


def _largest_gap(sounding: Bools) -> NDArray[np.int64]:
    """Return the widest gap between neighbouring pitches from 48 up, for each stretch; 0 with fewer than two."""
    upper = sounding[:, 48:]
    place = np.where(upper, np.arange(upper.shape[1]), -1)
    before = np.maximum.accumulate(place, axis=1)
    previous = np.concatenate((np.full((len(upper), 1), -1), before[:, :-1]), axis=1)
    gaps: NDArray[np.int64] = np.where(upper & (previous >= 0), place - previous, 0).max(axis=1)
    return gaps


def holes(view: View, limits: Limits) -> Iterator[Breach]:
    """Q49: in the fullest sections no register between the voices is empty."""
    full = [(s.start, s.end) for s in view.sections if s.level >= limits["level"]]
    notes = view.pitched.where(within(view.pitched.onset, full))
    if not len(notes):
        return
    roll = roll_of(view, notes)
    wide = _largest_gap(roll.sounding) > limits["semitones"]
    share = roll.share(wide)
    if share > limits["most"]:
        yield Breach(share, limits["most"], f"a gap of more than {limits['semitones']:g} semitones for {share:.0%} of"
                     " the tutti", int(roll.start[wide][0]))  # fmt: skip


CHECKS = {
    "Q09": Check(low_intervals, by_chords=True),
    "Q13": Check(clusters, by_chords=True),
    "Q18": Check(parallels, frozenset({"harmony"})),
    "Q19": Check(outer_motion, frozenset({"harmony"})),
    "Q35": Check(counter_line, frozenset({"parts"})),
    "Q44": Check(inner_voices, frozenset({"parts"})),
    "Q45": Check(seventh_falls, frozenset({"parts", "harmony"})),
    "Q47": Check(bass_line, frozenset({"parts"})),
    "Q49": Check(holes, frozenset({"plan", "sections"})),
    "X01": Check(clashes, by_chords=True),
}
