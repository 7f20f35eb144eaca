"""Rules about rhythm and groove: repetition, layers, kick and bass, section starts, music under dialogue."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.view import Ints, PartView, View
from cuesmith.music.note import PPQ

KICKS, CRASHES = (35, 36), (49, 52, 55, 57)
SAME_TIME = PPQ // 16  # ticks: a distance up to this counts as together (about 30 ms)


def _bars_of(view: View, part: PartView) -> tuple[Ints, Ints]:
    """Return for each note its bar (from 0) and its place in the bar (ticks)."""
    last = max(0, len(view.bars) - 2)
    bar = np.clip(np.searchsorted(view.bars, part.notes.onset, side="right") - 1, 0, last)
    return bar, part.notes.onset - view.bars[bar]


def same_bars(view: View, limits: Limits) -> Iterator[Breach]:
    """Q31: an accompaniment does not play the same bar too often in a row.

    Bars are the same when their onsets and the intervals above their lowest note are.
    """
    for part in view.parts:
        if part.role not in ("ostinato", "bass", "impact") or part.unpitched or part.doubling:
            continue
        bar, place = _bars_of(view, part)
        pitch = part.notes.pitch
        before, run, best, at = b"", 0, 0, 0
        for index in range(len(view.bars) - 1):
            here = np.flatnonzero(bar == index)
            if len(here) < limits["notes"]:
                before, run = b"", 0
                continue
            figure = place[here].tobytes() + (pitch[here] - pitch[here].min()).tobytes()
            run = run + 1 if figure == before else 1
            before = figure
            if run > best:
                best, at = run, index - run + 1
        if best > limits["times"]:
            yield Breach(best, limits["times"], f"plays the same bar {best} times on end", int(view.bars[at]), part.id)


def layers(view: View, limits: Limits) -> Iterator[Breach]:
    """Q32: not too many different rhythms sound at once.

    Drums and held notes do not count; similar rhythms count as one.
    """
    counts = np.zeros(len(view.bars) - 1, dtype=np.int64)
    grids: list[list[set[int]]] = [[] for _ in counts]
    for part in view.parts:
        if part.unpitched or part.doubling:
            continue
        bar, place = _bars_of(view, part)
        by_bar: dict[int, set[int]] = {}
        for index, tick in zip(bar.tolist(), place.tolist(), strict=True):
            by_bar.setdefault(index, set()).add(tick)
        for index, onsets in by_bar.items():
            if len(onsets) >= limits["onsets"]:
                grids[index].append(onsets)
    for index, patterns in enumerate(grids):
        kinds: list[set[int]] = []
        for pattern in sorted(patterns, key=len, reverse=True):
            if not any(pattern <= k or len(pattern & k) / len(pattern | k) >= limits["alike"] for k in kinds):
                kinds.append(pattern)
        counts[index] = len(kinds)
    crowded = np.flatnonzero(counts > limits["layers"])
    share = len(crowded) / max(1, len(counts))
    if share > limits["most"]:
        text = f"more than {limits['layers']:g} rhythms at once in {share:.0%} of the bars"
        yield Breach(share, limits["most"], text, int(view.bars[crowded[0]]))


def _strokes(view: View, pitches: tuple[int, ...]) -> Ints:
    found = [part.notes.onset[np.isin(part.notes.pitch, pitches)] for part in view.parts if part.drums]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def kick_and_bass(view: View, limits: Limits) -> Iterator[Breach]:
    """Q36: where both play, enough bass notes come together with the kick drum, above all on strong places."""
    kicks, bass = _strokes(view, KICKS), view.bass
    kick_bars = np.unique(np.searchsorted(view.bars, kicks, side="right"))
    onset = bass.onset[np.isin(np.searchsorted(view.bars, bass.onset, side="right"), kick_bars)]
    if len(kicks) < limits["notes"] or len(onset) < limits["notes"]:
        return
    after = np.clip(np.searchsorted(kicks, onset), 0, len(kicks) - 1)
    distance = np.minimum(np.abs(kicks[after] - onset), np.abs(kicks[np.maximum(after - 1, 0)] - onset))
    locked = distance <= SAME_TIME
    strong = view.strong(onset)
    if strong.sum() >= limits["notes"] and float(locked[strong].mean()) < limits["strong"]:
        share = float(locked[strong].mean())
        yield Breach(share, limits["strong"], f"{share:.0%} of the strong bass notes meet the kick",
                     int(onset[strong & ~locked][0]))  # fmt: skip
    share = float(locked.mean())
    if share < limits["all"]:
        yield Breach(share, limits["all"], f"{share:.0%} of the bass notes meet the kick", int(onset[~locked][0]))


def signposts(view: View, limits: Limits) -> Iterator[Breach]:
    """Q37: where drums play, a section begins with a kick or a crash."""
    marks = _strokes(view, (*KICKS, *CRASHES))
    drums = [part.notes.onset for part in view.parts if part.drums]
    if not drums:
        return
    every = np.sort(np.concatenate(drums))
    with_drums = [s for s in view.sections if np.searchsorted(every, s.start + s.meter.bar_ticks) > np.searchsorted(
        every, s.start) and not s.treatment_row.silent]  # fmt: skip
    if len(with_drums) < limits["sections"]:
        return
    bare = [s for s in with_drums if not len(marks) or int(np.abs(marks - s.start).min()) > SAME_TIME]
    share = 1 - len(bare) / len(with_drums)
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{len(bare)} of {len(with_drums)} sections begin without kick or crash",
                     bare[0].start)  # fmt: skip


def under_words(view: View, limits: Limits) -> Iterator[Breach]:
    """Q57: under dialogue the tempo is moderate, and the melody is sparse and soft."""
    lead = view.lead
    if not view.dialogue_safe or not len(lead):
        return
    fastest = max(view.tempo.bpm(int(bar)) for bar in view.bars[:-1])
    if fastest > limits["bpm"]:
        yield Breach(fastest, limits["bpm"], f"{fastest:.0f} quarter notes per minute under words")
    rate = len(lead) / view.seconds
    if rate > limits["notes_per_sec"]:
        yield Breach(rate, limits["notes_per_sec"], f"{rate:.1f} melody notes per second under words")
    loud = lead.velocity > limits["velocity"]
    if loud.any():
        first = int(np.flatnonzero(loud)[0])
        yield Breach(int(lead.velocity.max()), limits["velocity"], f"{int(loud.sum())} loud melody notes under words",
                     int(lead.onset[first]), view.parts[lead.part[first]].id)  # fmt: skip


CHECKS = {
    "Q31": Check(same_bars, frozenset({"parts"})),
    "Q32": Check(layers, frozenset({"parts"})),
    "Q36": Check(kick_and_bass, frozenset({"parts"})),
    "Q37": Check(signposts, frozenset({"sections"})),
    "Q57": Check(under_words, frozenset({"plan"})),
}
