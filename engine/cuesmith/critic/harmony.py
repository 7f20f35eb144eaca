"""Rules about melody, bass and chords: right notes, bass notes, colour, cadences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.roll import pitch_at, together
from cuesmith.critic.view import Bools, Ints, View
from cuesmith.music.note import PPQ

COMPOSED = frozenset({"harmony"})


def _legal(view: View, ticks: Ints, pitch: Ints) -> Bools:
    legal: Bools = view.legal_table[view.chord_index(ticks), pitch % 12]
    return legal


def _resolves(view: View, index: int) -> bool:
    """Whether the lead moves from this note by a step within a beat."""
    lead = view.lead
    if index + 1 >= len(lead) or lead.part[index + 1] != lead.part[index]:
        return False
    step = abs(int(lead.pitch[index + 1] - lead.pitch[index]))
    return step <= 2 and int(lead.onset[index + 1] - lead.end[index]) <= PPQ


def strong_notes(view: View, limits: Limits) -> Iterator[Breach]:
    """Q11: strong notes of the melody are chord tones or legal tensions."""
    lead = view.lead
    strong = np.flatnonzero(view.strong(lead.onset))
    if len(strong) < limits["notes"] or not view.chords:
        return
    legal = _legal(view, lead.onset[strong], lead.pitch[strong])
    share = float(legal.mean())
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the strong notes fit their chord",
                     int(lead.onset[strong[~legal][0]]))  # fmt: skip


def resolution(view: View, limits: Limits) -> Iterator[Breach]:
    """Q11r: a strong note outside the chord moves on by step, unless it is a chord tone by the time it ends."""
    lead = view.lead
    if not view.chords:
        return
    strong = np.flatnonzero(view.strong(lead.onset))
    foreign = strong[~_legal(view, lead.onset[strong], lead.pitch[strong])]
    late = view.chord_table[view.chord_index(lead.end[foreign] - 1), lead.pitch[foreign] % 12]
    bad = [int(i) for i, held in zip(foreign, late, strict=True) if not held and not _resolves(view, int(i))]
    spare = max(limits["spare"], (1 - limits["least"]) * len(foreign))
    if len(bad) > spare:
        yield Breach(len(bad), spare, f"{len(bad)} of {len(foreign)} foreign strong notes do not resolve by step",
                     int(lead.onset[bad[0]]))  # fmt: skip


def _pedal(view: View, ticks: Ints, bars: float) -> Bools:
    """Whether, at each tick, the bass stays on one pitch class for at least `bars` bars (a drone or pedal point)."""
    bass = view.bass
    if not len(bass):
        return np.zeros(len(ticks), dtype=bool)
    changes = np.flatnonzero(np.diff(bass.pitch % 12) != 0) + 1
    starts = np.concatenate(([0], bass.onset[changes]))
    ends = np.concatenate((bass.onset[changes], [view.length]))
    run = np.clip(np.searchsorted(starts, ticks, side="right") - 1, 0, None)
    long = ends - starts >= bars * view.meter(0).bar_ticks
    held: Bools = long[run]
    return held


def bass_clash(view: View, limits: Limits) -> Iterator[Breach]:
    """Q12: melody and bass are not a semitone apart (in any octave), unless the chord or a pedal point explains it.

    A major seventh of the key over the root is allowed, and so is a passing note of the bass.
    """
    lead, bass = view.lead, view.bass.where(~view.passing(view.bass, bass=True))
    if not len(lead) or not len(bass) or not view.chords:
        return
    high, low = together(lead, bass, round(limits["beats"] * PPQ) + 1)
    near = np.isin((lead.pitch[high] - bass.pitch[low]) % 12, (1, 11))
    high, low = high[near], low[near]
    at = np.maximum(lead.onset[high], bass.onset[low])
    chord = view.chord_index(at)
    over_root = (lead.pitch[high] - bass.pitch[low]) % 12 == 11
    over_root &= (view.roots[chord] == bass.pitch[low] % 12) & view.legal_table[chord, lead.pitch[high] % 12]
    spelled = view.chord_table[chord, lead.pitch[high] % 12] & view.chord_table[chord, bass.pitch[low] % 12]
    over_pedal = _pedal(view, at, limits["pedal_bars"]) & view.key_table[chord, lead.pitch[high] % 12]
    bad = np.flatnonzero(~spelled & ~over_pedal & ~over_root)
    if len(bad) > limits["most"]:
        first = bad[0]
        yield Breach(len(bad), limits["most"], f"melody and bass clash {len(bad)} times for more than"
                     f" {limits['beats']:g} beats", int(at[first]), view.parts[lead.part[high[first]]].id)  # fmt: skip


def foundation(view: View, limits: Limits) -> Iterator[Breach]:
    """Q14: on the downbeat the bass has a chord tone or a pedal point."""
    if not len(view.bass) or not view.chords:
        return
    bars = view.bars[:-1]
    pitch = pitch_at(view.bass, bars)
    played = pitch >= 0
    if played.sum() < limits["bars"]:
        return
    bars, pitch = bars[played], pitch[played]
    good = view.chord_table[view.chord_index(bars), pitch % 12] | _pedal(view, bars, limits["pedal_bars"])
    share = float(good.mean())
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"on {share:.0%} of the downbeats the bass has a note of the chord",
                     int(bars[~good][0]))  # fmt: skip


def in_key(view: View, limits: Limits) -> Iterator[Breach]:
    """Q16: melody notes belong to the key or the chord."""
    lead = view.lead
    if len(lead) < limits["notes"] or not view.chords:
        return
    chord = view.chord_index(lead.onset)
    inside_key = view.key_table[chord, lead.pitch % 12] | view.chord_table[chord, lead.pitch % 12]
    share = float(inside_key.mean())
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the melody lies in the key or chord",
                     int(lead.onset[~inside_key][0]))  # fmt: skip


def cadences(view: View, limits: Limits) -> Iterator[Breach]:
    """Q41: a cue with several cadences has more than one kind."""
    names = [span.cadence for span in view.chords if span.cadence]
    kinds = sorted(set(names))
    if len(names) >= limits["cadences"] and len(kinds) < limits["kinds"]:
        yield Breach(len(kinds), limits["kinds"], f"all {len(names)} cadences are of one kind: {kinds[0]}")


def _tonic_bars(view: View) -> Bools:
    spans = [view.chords[i] for i in view.chord_index(view.bars[:-1]).tolist()]
    return np.array([s.chord.root == s.key.tonic and s.chord.bass == s.chord.root for s in spans], dtype=bool)


def tonic_share(view: View, limits: Limits) -> Iterator[Breach]:
    """Q42: there are enough bars on the tonic in root position, and in major not too many."""
    if len(view.bars) - 1 < limits["bars"] or not view.chords:
        return
    share = float(_tonic_bars(view).mean())
    major = not view.chords[0].key.minor
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the bars stand on the tonic: the key is not heard")
    elif major and share > limits["most"]:
        yield Breach(share, limits["most"], f"{share:.0%} of the bars stand on the tonic: it never leaves home")


def colour(view: View, limits: Limits) -> Iterator[Breach]:
    """Q43: there are enough chords with a note outside the key, a suspension or an added ninth."""
    if len(view.bars) - 1 < limits["bars"] or not view.chords:
        return
    coloured = [
        s for s in view.chords
        if not s.chord.core <= s.key.classes or "sus" in s.chord.quality or "add9" in s.chord.quality
    ]  # fmt: skip
    wanted = (len(view.bars) - 1) / limits["bars"]
    if len(coloured) < wanted:
        yield Breach(len(coloured), wanted, f"{len(coloured)} chords of colour in {len(view.bars) - 1} bars")


def sevenths(view: View, limits: Limits) -> Iterator[Breach]:
    """Q53: enough chords have four notes or more."""
    if len(view.chords) < limits["chords"]:
        return
    rich = [any(i in (9, 10, 11) for i in span.chord.intervals) for span in view.chords]
    share = sum(rich) / len(rich)
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the chords have a seventh or sixth")


def appoggiaturas(view: View, limits: Limits) -> Iterator[Breach]:
    """Q46: some strong notes, but not too many, are outside the chord and resolve by step."""
    lead, bars = view.lead, len(view.bars) - 1
    if bars < limits["bars"] or not len(lead) or not view.chords:
        return
    strong = np.flatnonzero(view.strong(lead.onset))
    foreign = strong[~view.chord_table[view.chord_index(lead.onset[strong]), lead.pitch[strong] % 12]]
    leaning = [int(i) for i in foreign if _resolves(view, int(i))]
    rate = len(leaning) * 16 / bars
    if rate < limits["least"]:
        yield Breach(rate, limits["least"], f"{len(leaning)} appoggiaturas in {bars} bars")
    elif rate > limits["most"]:
        yield Breach(rate, limits["most"], f"{len(leaning)} appoggiaturas in {bars} bars", int(lead.onset[leaning[0]]))


CHECKS = {
    "Q11": Check(strong_notes, by_chords=True),
    "Q11r": Check(resolution, by_chords=True),
    "Q12": Check(bass_clash, by_chords=True),
    "Q14": Check(foundation, by_chords=True),
    "Q16": Check(in_key, by_chords=True),
    "Q41": Check(cadences, COMPOSED),
    "Q42": Check(tonic_share, COMPOSED),
    "Q43": Check(colour, COMPOSED),
    "Q46": Check(appoggiaturas, COMPOSED),
    "Q53": Check(sevenths, COMPOSED),
}
