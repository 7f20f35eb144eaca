"""Rules about the melody: intervals, range, climax, rests, idiom. Each check yields what breaks its rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.view import Notes, View, joined, one_at_a_time
from cuesmith.music.note import PPQ

ENOUGH = 12  # least number of intervals for statistics
LEAP = 5  # semitones: the smallest leap
UPBEAT_NOTES = 3  # most notes of an upbeat
SHORT_BAR = 2 * PPQ  # ticks


def _linked_moves(view: View) -> tuple[tuple[int, ...], frozenset[int]]:
    return tuple(view.moves.tolist()), frozenset(view.moves.tolist())


def leap_recovery(view: View, limits: Limits) -> Iterator[Breach]:
    """Q20: within two notes after a leap there is a step back. In a scale with gaps a step may be wider."""
    order, linked = _linked_moves(view)
    pitch = view.lead.pitch.tolist()
    leaps, bad = 0, []
    for i in order:
        leap = pitch[i + 1] - pitch[i]
        if abs(leap) < LEAP or i + 1 not in linked:
            continue
        leaps += 1
        after = [pitch[i + 2] - pitch[i + 1]]
        if i + 2 in linked:
            after.append(pitch[i + 3] - pitch[i + 2])
        if not any(step * leap < 0 and abs(step) <= view.widest_step for step in after):
            bad.append(i)
    share = 1 - len(bad) / leaps if leaps else 1.0
    if leaps >= limits["leaps"] and share < limits["least"]:
        yield Breach(share, limits["least"], f"{len(bad)} of {leaps} leaps are not recovered by a step back",
                     int(view.lead.onset[bad[0]]))  # fmt: skip


def two_leaps(view: View, limits: Limits) -> Iterator[Breach]:
    """Q21: two leaps do not go in the same direction, unless the three notes belong to the chord (a fanfare)."""
    order, linked = _linked_moves(view)
    pitch, onset = view.lead.pitch.tolist(), view.lead.onset
    chords = view.chord_index(onset) if view.chords else np.zeros(len(onset), dtype=np.int64)
    bad = []
    for i in order:
        if i + 1 not in linked:
            continue
        a, b = pitch[i + 1] - pitch[i], pitch[i + 2] - pitch[i + 1]
        if min(abs(a), abs(b)) < LEAP or a * b < 0:
            continue
        triad = view.chords and all(view.chord_table[chords[j], pitch[j] % 12] for j in (i, i + 1, i + 2))
        if not triad:
            bad.append(i)
    allowed = max(1.0, limits["per_16_bars"] * len(view.bars) / 16)
    if len(bad) > allowed:
        yield Breach(len(bad), allowed, f"{len(bad)} times two leaps on in one direction", int(onset[bad[0]]))


def interval_mix(view: View, limits: Limits) -> Iterator[Breach]:
    """Q22: the shares of steps, repeated notes and tritones among the intervals are within limits.

    In a pentatonic scale, the gaps between neighbouring notes count as steps.
    """
    moves = view.intervals
    if len(moves) < ENOUGH:
        return
    size = np.abs(moves)
    steps = float(((size >= 1) & (size <= view.widest_step)).mean())
    if steps < limits["steps_least"]:
        yield Breach(steps, limits["steps_least"], f"{steps:.0%} of the intervals are steps: a jagged line")
    elif steps > limits["steps_most"]:
        yield Breach(steps, limits["steps_most"], f"{steps:.0%} of the intervals are steps: a line without a leap")
    repeats = float((size == 0).mean())
    if repeats > limits["repeats_most"]:
        yield Breach(repeats, limits["repeats_most"], f"{repeats:.0%} of the notes repeat the one before")
    tritones = np.flatnonzero(size == 6)
    allowed = max(limits["tritones"], limits["tritones_share"] * len(moves))
    if len(tritones) > allowed:
        where = int(view.lead.onset[view.moves[tritones[0]]])
        yield Breach(len(tritones), allowed, f"{len(tritones)} leaps of a tritone", where)


def _upbeat_notes(onsets: NDArray[np.int64], ends: NDArray[np.int64], lead: NDArray[np.int64], line: int) -> int:
    """Count the short notes at the end of a phrase that lead without a break into a note on the bar line after it.

    line: tick of that bar line. lead: onsets of the whole melody.
    """
    if not (lead == line).any():
        return 0
    at, count = line, 0
    for onset, end in zip(onsets[::-1].tolist(), ends[::-1].tolist(), strict=True):
        leads_on = at - end < PPQ // 4 and at - onset <= PPQ and count < UPBEAT_NOTES
        if not leads_on or count == len(onsets) - 1:
            break
        count, at = count + 1, onset
    return count


def _windows(view: View, bars: int) -> Iterator[Notes]:
    """Yield the lead in groups of `bars` bars, counted from the start of each section, separately for each player.

    Where a bar is as short as in 2/4, twice as many. Without the upbeat to what follows: it belongs to the next phrase.
    """
    bounds = [(s.start, s.end, s.meter.bar_ticks) for s in view.sections]
    if not bounds:
        bounds = [(0, view.length, view.meter(0).bar_ticks)]
    lead = view.lead
    for start, end, bar in bounds:
        group = bars * bar * (2 if bar <= SHORT_BAR else 1)
        for at in range(start, end, group):
            inside = (lead.onset >= at) & (lead.onset < min(end, at + group))
            for part in np.unique(lead.part[inside]):
                own = lead.where(inside & (lead.part == part))
                upbeat = _upbeat_notes(own.onset, own.end, lead.onset, min(end, at + group))
                yield own.where(np.arange(len(own)) < len(own) - upbeat)


def ambitus(view: View, limits: Limits) -> Iterator[Breach]:
    """Q23: the range of a four-bar phrase, and of all melody notes of one player, is within limits."""
    for phrase in _windows(view, 4):
        span = int(np.ptp(phrase.pitch))
        at, part = int(phrase.onset[0]), view.parts[phrase.part[0]].id
        if span > limits["phrase_most"]:
            yield Breach(span, limits["phrase_most"], f"the phrase spans {span} semitones", at, part)
        elif span < limits["phrase_least"] and len(phrase) >= limits["phrase_notes"]:
            yield Breach(span, limits["phrase_least"], f"the phrase stays within {span} semitones", at, part)
    for index in np.unique(view.lead.part).tolist():
        own = view.lead.where(view.lead.part == index)
        whole = int(np.ptp(own.pitch))
        if whole > limits["player_most"]:
            yield Breach(whole, limits["player_most"], f"the melody of one player spans {whole} semitones",
                         int(own.onset[own.pitch.argmax()]), view.parts[index].id)  # fmt: skip


def one_climax(view: View, limits: Limits) -> Iterator[Breach]:
    """Q24: the highest note of the melody (and of parts that double it) is rare and comes after the middle."""
    if len(view.lead) < ENOUGH or view.seconds < limits["seconds"]:
        return
    heard = one_at_a_time(joined([view.lead, *(p.notes for p in view.parts if p.role == "lead" and p.doubling)]), True)
    tops = np.flatnonzero(heard.pitch == heard.pitch.max())
    at = int(heard.onset[tops[0]])
    place = view.tempo.seconds(at) / view.seconds
    if len(tops) > limits["times"]:
        yield Breach(len(tops), limits["times"], f"the highest note is struck {len(tops)} times", at)
    if place < limits["from"]:
        yield Breach(place, limits["from"], f"the highest note comes at {place:.0%} of the cue", at)
    elif place > limits["to"]:
        yield Breach(place, limits["to"], f"the highest note comes at {place:.0%} of the cue", at)


def phrase_ends(view: View, limits: Limits) -> Iterator[Breach]:
    """Q26: four-bar phrases end on a long note or with a rest; an upbeat at their end belongs to the next one."""
    lead = view.lead
    ends, bad = 0, []
    for phrase in _windows(view, 4):
        if len(phrase) < limits["notes"]:
            continue
        ends += 1
        last_onset, last_end = int(phrase.onset[-1]), int(phrase.end[-1])
        later = lead.onset[lead.onset > last_onset]
        following = int(later[0]) if len(later) else view.length + PPQ
        usual = float(np.median(phrase.end - phrase.onset))
        long = last_end - last_onset >= limits["longer"] * usual
        if not long and following - last_end < limits["rest_beats"] * PPQ:
            bad.append(last_onset)
    share = 1 - len(bad) / ends if ends else 1.0
    if ends >= limits["phrases"] and share < limits["least"]:
        yield Breach(share, limits["least"], f"{len(bad)} of {ends} phrases end without a breath", bad[0])


def rest_share(view: View, limits: Limits) -> Iterator[Breach]:
    """Q27: the share of rests between the first and the last note of the melody is within limits."""
    lead = view.lead
    if len(lead) < ENOUGH:
        return
    end = np.maximum.accumulate(lead.end)
    silent = np.maximum(lead.onset[1:] - end[:-1], 0).sum()
    share = float(silent / (end[-1] - lead.onset[0]))
    least = max(limits["least"], limits["dialogue"] if view.dialogue_safe else 0.0)
    if share < least:
        yield Breach(share, least, f"the melody rests {share:.0%} of its time")
    elif share > (limits["dialogue_most"] if view.dialogue_safe else limits["most"]):
        yield Breach(share, limits["most"], f"the melody rests {share:.0%} of its time")


def nuclear_tones(view: View, limits: Limits) -> Iterator[Breach]:
    """Q50: in a Japanese scale long notes are on nuclear tones, and notes outside the scale are rare."""
    scale, lead = view.scale, view.lead
    if scale is None or not scale.pentatonic or not view.chords or len(lead) < ENOUGH:
        return
    tonic = view.tonics[view.chord_index(lead.onset)]
    degree = (lead.pitch - tonic) % 12
    nuclear = [scale.semitones[scale.steps.index(step)] for step in scale.nuclear]
    long = lead.end - lead.onset >= limits["long_beats"] * PPQ
    if long.sum() >= limits["notes"]:
        share = float(np.isin(degree[long], nuclear).mean())
        if share < limits["nuclear"]:
            at = int(lead.onset[long][~np.isin(degree[long], nuclear)][0])
            yield Breach(share, limits["nuclear"], f"{share:.0%} of the long notes are nuclear tones", at)
    foreign = ~np.isin(degree, scale.semitones)
    if float(foreign.mean()) > limits["foreign"]:
        at = int(lead.onset[foreign][0])
        yield Breach(float(foreign.mean()), limits["foreign"], f"{foreign.mean():.0%} of the notes lie outside"
                     f" {scale.name}", at)  # fmt: skip


def new_player(view: View, limits: Limits) -> Iterator[Breach]:
    """Q73: one player does not keep the melody for too many bars."""
    lead = view.lead
    if not len(lead):
        return
    changes = np.flatnonzero(lead.part[1:] != lead.part[:-1]) + 1
    for group in np.split(np.arange(len(lead)), changes):
        bars = view.bar(int(lead.onset[group[-1]])) - view.bar(int(lead.onset[group[0]])) + 1
        if bars > limits["bars"]:
            part = view.parts[lead.part[group[0]]]
            yield Breach(bars, limits["bars"], f"{part.name} leads for {bars} bars on end", int(lead.onset[group[0]]),
                         part.id)  # fmt: skip


CHECKS = {
    "Q20": Check(leap_recovery),
    "Q21": Check(two_leaps),
    "Q22": Check(interval_mix),
    "Q23": Check(ambitus),
    "Q24": Check(one_climax),
    "Q26": Check(phrase_ends),
    "Q27": Check(rest_share),
    "Q50": Check(nuclear_tones, frozenset({"plan"})),
    "Q73": Check(new_player, frozenset({"parts"})),
}
