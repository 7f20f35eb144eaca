"""Rules between melody, bass and chords: right notes, foundation, colour, cadences."""

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
    """Whether the lead goes on from this note by a step (or the note is tied over into its chord), within a beat."""
    lead = view.lead
    if index + 1 >= len(lead) or lead.part[index + 1] != lead.part[index]:
        return False
    step = abs(int(lead.pitch[index + 1] - lead.pitch[index]))
    return step <= 2 and int(lead.onset[index + 1] - lead.end[index]) <= PPQ


def strong_notes(view: View, limits: Limits) -> Iterator[Breach]:
    """Q11: strong notes of the melody that are chord tones or legal tensions."""
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
    """Q11r: strong notes foreign to the chord move on by step, unless they become chord notes while held."""
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
    """Where the bass has kept one pitch class for so many bars around: a drone or pedal."""
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
    """Q12: melody and bass a semitone apart (in any octave) that neither chord nor pedal explains.

    A major seventh of the key over the root explains itself; so does a bass that passes on to the next note.
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
    """Q14: on the downbeat the bass has a note of the chord, or holds a pedal."""
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
    """Q16: melody notes that belong to the key or the chord."""
    lead = view.lead
    if len(lead) < limits["notes"] or not view.chords:
        return
    chord = view.chord_index(lead.onset)
    home = view.key_table[chord, lead.pitch % 12] | view.chord_table[chord, lead.pitch % 12]
    share = float(home.mean())
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the melody lies in the key or chord",
                     int(lead.onset[~home][0]))  # fmt: skip


def cadences(view: View, limits: Limits) -> Iterator[Breach]:
    """Q41: more than one kind of cadence where there are several."""
    names = [span.cadence for span in view.chords if span.cadence]
    kinds = sorted(set(names))
    if len(names) >= limits["cadences"] and len(kinds) < limits["kinds"]:
        yield Breach(len(kinds), limits["kinds"], f"all {len(names)} cadences are of one kind: {kinds[0]}")


def _tonic_bars(view: View) -> Bools:
    spans = [view.chords[i] for i in view.chord_index(view.bars[:-1]).tolist()]
    return np.array([s.chord.root == s.key.tonic and s.chord.bass == s.chord.root for s in spans], dtype=bool)


def tonic_share(view: View, limits: Limits) -> Iterator[Breach]:
    """Q42: bars on the tonic in root position: some, and in major not too many."""
    if len(view.bars) - 1 < limits["bars"] or not view.chords:
        return
    share = float(_tonic_bars(view).mean())
    major = not view.chords[0].key.minor
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the bars stand on the tonic: the key is not heard")
    elif major and share > limits["most"]:
        yield Breach(share, limits["most"], f"{share:.0%} of the bars stand on the tonic: it never leaves home")


def colour(view: View, limits: Limits) -> Iterator[Breach]:
    """Q43: chords with a note outside the key, suspended or added ones, every so many bars."""
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
    """Q53: chords of four notes or more."""
    if len(view.chords) < limits["chords"]:
        return
    rich = [any(i in (9, 10, 11) for i in span.chord.intervals) for span in view.chords]
    share = sum(rich) / len(rich)
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the chords have a seventh or sixth")


def appoggiaturas(view: View, limits: Limits) -> Iterator[Breach]:
    """Q46: strong notes foreign to the chord that fall or rise into it by step: some, not many."""
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
