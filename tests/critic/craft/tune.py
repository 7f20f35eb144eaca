"""Measures of the tune: whether it is stated whole, kept in shape, begun where people begin, and sung through."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from tests.critic.craft.heard import STEPS, Bools, Floats, Heard, Ints, Tune

RATIOS = (0.5, 2 / 3, 0.75, 1.0, 4 / 3, 1.5, 2.0, 3.0, 4.0)  # the theme's time may be stretched by these
OFF_BEATS = 0.25  # quarter notes (of the theme, stretched) that a time between onsets may be off: swing, compound meter
OFF_SEMITONES = 1
SKIPS = 1
WHOLE = 12  # intervals in a row that make a whole plain statement
SHORTEST_RUN = 6  # intervals: less than this is no statement whose contour could be judged
FITTING = 0.6  # share of a statement's notes that must fall together with the theme's in time
THIRD = 4  # semitones by which an interval's size may change under fitting
SUNG = ("statement", "restatement", "contrast", "chorus")
SPARSE = ("daily", "sad", "comedy", "mystery")
SHORT_FORMS = ("stinger", "bridge", "eyecatch")  # too short for a whole statement
TURNING = ("inversion", "retrograde", "ornament", "canon", "counterpoint", "tail_swap")  # no plain statements
LEAP = 8  # semitones: a sixth


def runs(theme: Tune, music: Tune, ratio: float, pitches: bool = True) -> list[list[Ints]]:
    """Lengths of runs: [skips used][note of the theme] → per note of the music, matched intervals that end there.

    A run goes on from one matched pair of notes to the next when the time between onsets is `ratio` times the theme's
    and (with `pitches`) the interval is the theme's, both within what is allowed.
    """
    count = len(music.onset)
    none = np.zeros(count, dtype=np.int64)
    table: list[list[Ints]] = [[none.copy() for _ in theme.onset] for _ in range(SKIPS + 1)]
    allowed = OFF_BEATS * STEPS * max(1.0, ratio)
    for i in range(1, len(theme.onset)):
        for used in range(SKIPS + 1):
            best = table[used][i]
            for back, ahead in ((1, 1), (2, 1), (1, 2), (2, 2)):
                before = used - (back + ahead > 2)
                if before < 0 or back > i or ahead >= count:
                    continue
                wait = music.onset[ahead:] - music.onset[:-ahead]
                fits = np.abs(wait - ratio * (theme.onset[i] - theme.onset[i - back])) <= allowed
                if pitches:
                    move = music.pitch[ahead:] - music.pitch[:-ahead]
                    fits &= np.abs(move - (theme.pitch[i] - theme.pitch[i - back])) <= OFF_SEMITONES
                found = np.where(fits, table[before][i - back][:-ahead] + 1, 0)
                best[ahead:] = np.maximum(best[ahead:], found)
    return table


def longest_run(theme: Tune, music: Tune, ratios: tuple[float, ...] = RATIOS) -> int:
    """The most intervals of the theme in a row that the music states at one time ratio, one note left out or added."""
    if len(theme.onset) < 2 or len(music.onset) < 2:
        return 0
    return max(int(row.max()) for ratio in ratios for row in runs(theme, music, ratio)[SKIPS])


def _longest(cue: Heard) -> int | None:
    themes = [theme["notes"] for theme in cue.themes if "notes" in theme]
    if not themes or cue.type in SHORT_FORMS:
        return None
    lines = [track.top() for track in cue.pitched if len(track.onset) > 1]
    return max((longest_run(theme, line) for theme in themes for line in lines), default=0)


def whole_statement(cue: Heard) -> float | None:
    """1 when some track states at least 12 intervals of the theme in a row."""
    found = _longest(cue)
    return None if found is None else float(found >= WHOLE)


def tune_coverage(cue: Heard) -> float | None:
    """The longest run of the first theme's intervals as a share of all its intervals, at most 1."""
    found = _longest(cue)
    if found is None:
        return None
    return min(1.0, found / max(1, min(len(theme["notes"].onset) for theme in cue.themes) - 1))


def sung_bars(cue: Heard) -> Bools:
    """Bars in which the tune sounds."""
    return cue.sounding(cue.tune)


def holes_in_phrases(cue: Heard) -> float | None:
    """Of bars 1 to 3 of every four, in the sections with a tune: the share in which no lead sounds."""
    inside = [
        bar for section in cue.treated(*SUNG) for bar in range(section.first, section.last)
        if (bar - section.first) % 4 < 3
    ]  # fmt: skip
    if not inside or not cue.leads:
        return None
    return float(1 - sung_bars(cue)[inside].mean())


def holes_in_sparse(cue: Heard) -> float | None:
    """`holes_in_phrases` in daily, sad, comedy and mystery."""
    return holes_in_phrases(cue) if cue.type in SPARSE else None


def aligned(theme: Tune, part: Tune) -> list[tuple[int, int]]:
    """Pairs (note of the theme, note of the part) that fall together in time, at the best ratio and shift.

    The best pairs most notes, less half of the theme's notes that are left out between; of equals the one with more
    intervals that go the theme's way.
    """
    best, pairs = (-np.inf, 0), []
    for ratio in RATIOS:
        onsets = theme.onset * ratio
        allowed = OFF_BEATS * STEPS * max(1.0, ratio)
        for first, i in product(range(min(3, len(part.onset))), range(len(theme.onset))):
            found = _together(onsets - onsets[i] + part.onset[first], part.onset, allowed)
            if len(found) < SHORTEST_RUN:
                continue
            left_out = found[-1][0] - found[0][0] + 1 - len(found)
            value = (len(found) - left_out / 2, int(sum(same_ways(found, theme, part))))
            if value > best:
                best, pairs = value, found
    return pairs


def _together(wanted: Floats, onsets: Ints, allowed: float) -> list[tuple[int, int]]:
    """Pairs (index wanted, index of the nearest onset) no further apart than allowed; each onset is taken once."""
    nearest = np.abs(onsets[None, :] - wanted[:, None]).argmin(axis=1)
    off = np.abs(onsets[nearest] - wanted)
    taken: dict[int, int] = {}
    for index in np.flatnonzero(off <= allowed).tolist():
        onset = int(nearest[index])
        if onset not in taken or off[index] < off[taken[onset]]:
            taken[onset] = index
    return sorted((index, onset) for onset, index in taken.items())


def same_ways(pairs: list[tuple[int, int]], theme: Tune, part: Tune) -> list[bool]:
    """Of neighbouring notes of the theme that were both found: whether the interval between them is kept."""
    return [
        same_way(int(theme.pitch[j] - theme.pitch[i]), int(part.pitch[b] - part.pitch[a]))
        for (i, a), (j, b) in pairwise(pairs)
        if j == i + 1
    ]


def contour_kept(cue: Heard) -> float | None:
    """Share of the intervals of plain statements, aligned by their rhythm alone, that keep direction and size."""
    kept: list[bool] = []
    by_id = {track.id: track for track in cue.leads}
    tunes = [tune for theme in cue.themes for tune in theme.values()]
    for said in cue.statements:
        if said.part not in by_id or set(said.ops) & set(TURNING):
            continue
        line = by_id[said.part].top()
        inside = (line.onset >= cue.bars[said.first]) & (line.onset < cue.bars[min(said.last, cue.count)])
        part = Tune(line.onset[inside], line.pitch[inside], line.end[inside])
        if len(part.onset) <= SHORTEST_RUN or not tunes:
            continue
        theme, pairs = max(((tune, aligned(tune, part)) for tune in tunes), key=lambda found: len(found[1]))
        if len(pairs) < max(SHORTEST_RUN + 1, FITTING * len(part.onset)):
            continue
        kept += same_ways(pairs, theme, part)
    return float(np.mean(kept)) if kept else None


def same_way(asked: int, heard: int) -> bool:
    """Whether an interval goes the way it should, and is off by no more than a third."""
    return bool(np.sign(asked) == np.sign(heard)) and abs(asked - heard) <= THIRD


def phrase_starts(cue: Heard) -> Ints:
    """Indices of the tune's notes that begin a phrase: the first, and each after a beat's rest."""
    onset, end = cue.tune.onset, cue.tune.end
    if not len(onset):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.append(True, onset[1:] - np.maximum.accumulate(end)[:-1] >= STEPS))


def _begins(cue: Heard) -> tuple[float, float] | None:
    starts = phrase_starts(cue)
    if not len(starts):
        return None
    onset = cue.tune.onset
    bars = cue.bar_of(onset[starts])
    inside = onset[starts] - cue.bars[bars]
    length = cue.bars[bars + 1] - cue.bars[bars]
    upbeat = []
    for start, bar, at, whole in zip(starts, bars, inside, length, strict=True):
        line = cue.bars[bar + 1]
        following = onset[(onset >= line) & (onset <= line + STEPS)]
        last = starts[starts > start]
        joined_on = len(following) > 0 and (not len(last) or onset[last[0]] > following[0])
        upbeat.append(at >= whole / 2 and joined_on)
    return float(np.mean(inside == 0)), float(np.mean(upbeat))


def phrases_on_one(cue: Heard) -> float | None:
    """Share of the phrases that begin on beat one."""
    found = _begins(cue)
    return found and found[0]


def phrases_upbeat(cue: Heard) -> float | None:
    """Share of the phrases that begin in the second half of a bar and go on over its line."""
    found = _begins(cue)
    return found and found[1]


def leaps_sung(cue: Heard) -> float | None:
    """Of leaps of a minor sixth and more: the share that arrives on a long note or a beat, and is then held on the same
    pitch or turned back by no more than a third."""
    onset, pitch, end = cue.tune
    moves = np.diff(pitch)
    close = onset[1:] - end[:-1] <= STEPS
    sung = []
    for i in np.flatnonzero((np.abs(moves) >= LEAP) & close):
        inside = onset[i + 1] - cue.bars[cue.bar_of(onset[i + 1 : i + 2])[0]]
        strong = inside % STEPS == 0 or end[i + 1] - onset[i + 1] >= STEPS
        after = moves[i + 1] if i + 1 < len(moves) else 0
        sung.append(bool(strong and after * moves[i] <= 0 and abs(after) <= THIRD))
    return float(np.mean(sung)) if sung else None


def chorus_own_rhythm(cue: Heard) -> float | None:
    """1 when the first two bars of the theme's chorus have another rhythm than the first two of its verse."""
    found = [theme for theme in cue.themes if "chorus" in theme and "notes" in theme]
    if not found or not any(section.treatment == "chorus" for section in cue.sections):
        return None
    verse, chorus = (t.onset[t.onset < t.onset[0] + 8 * STEPS] for t in (found[0]["notes"], found[0]["chorus"]))
    return float(not np.array_equal(verse - verse[0], chorus - chorus[0]))
