"""Part-writing: choose the voicing of each chord in a progression by the voice-leading rules of a tradition.

The whole passage is optimised at once (Viterbi search over the candidate voicings of every chord), so an early choice
can't force a bad move later. Costs are whole numbers, about ten per semitone. Cost tables are cached, because
progressions repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from cuesmith.music.chord import Chord
from cuesmith.music.voicing import Template, layouts

Costs = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Rules:
    """Voice-leading costs of a tradition; 0 means that the tradition does not mind.

    move: per semitone of movement of any voice.
    top: in addition, per semitone of the highest voice.
    free, leap: an inner voice may move `free` semitones; each semitone beyond costs `leap`.
    common: a common tone that does not stay in its voice.
    guide: a third or seventh that moves more than a whole tone.
    parallels: parallel fifths or octaves between two voices, or between a voice and the bass.
    similar: the highest voice moves in the same direction as the bass.
    resolve: a seventh that neither falls by step nor stays; a leading tone in the highest voice that does not rise.
    third: each doubling of the major third.
    bottom_third: the lowest interval is a third.
    off_template: a voicing outside the templates, when some template fits the chord.
    mass: per three semitones between the average pitch and the middle of the range.
    span, spread: the preferred distance in semitones between the outer voices of four, and the cost per semitone of
        difference.
    """

    move: int = 10
    top: int = 5
    free: int = 4
    leap: int = 10
    common: int = 10
    guide: int = 0
    parallels: int = 0
    similar: int = 0
    resolve: int = 0
    third: int = 10
    bottom_third: int = 0
    off_template: int = 0
    mass: int = 2
    span: int = 12
    spread: int = 0


@dataclass(frozen=True, eq=False)
class VoiceLeading:
    """The rules of a voice-leading, and its templates. Make it with `voice_leading`: one object per combination.

    Equality is identity, so that cache lookups by it are fast.
    """

    rules: Rules = field(default_factory=Rules)
    templates: tuple[Template, ...] = ()


@lru_cache(maxsize=256)
def voice_leading(rules: Rules, templates: tuple[Template, ...] = ()) -> VoiceLeading:
    """Return the one `VoiceLeading` object for these rules and templates."""
    return VoiceLeading(rules, templates)


PLAIN = voice_leading(Rules())
NO_MELODY = (127, -1)  # (lowest, highest) melody pitch over a chord where the melody is silent
FLAT_NINE = 120  # cost of a minor ninth between two voices
UNDER = 3  # semitones between the melody and the nearest voice that cost nothing
COVERING = 40  # cost per semitone by which a voice comes nearer than that


@lru_cache(maxsize=4096)
def _table(chord: Chord, voices: int, low: int, high: int, leading: VoiceLeading) -> Costs:
    """Return the candidate voicings of a chord: one row per candidate, one column per voice (MIDI pitches, rising)."""
    return np.array([laid for laid, _ in layouts(chord, voices, low, high, leading.templates)], dtype=np.int64)


@lru_cache(maxsize=4096)
def _own_costs(chord: Chord, voices: int, low: int, high: int, leading: VoiceLeading) -> Costs:
    """Return the cost of each candidate voicing by itself."""
    rows, rules = _table(chord, voices, low, high, leading), leading.rules
    cost = rules.mass * np.abs(rows.sum(axis=1) * 2 - rows.shape[1] * (low + high)) // (3 * rows.shape[1])
    names = chord.tones()
    if 4 in chord.intervals:
        third = (chord.root + 4) % 12
        cost = cost + rules.third * np.maximum((rows % 12 == third).sum(axis=1) - 1, 0)
    if rules.bottom_third and rows.shape[1] > 1:
        gap = rows[:, 1] - rows[:, 0]
        cost = cost + rules.bottom_third * ((gap == 3) | (gap == 4))
    flat_nine = sum(
        (rows[:, j] - rows[:, i] == 13).astype(np.int64)
        for i in range(rows.shape[1]) for j in range(i + 1, rows.shape[1])
    )  # fmt: skip
    cost = cost + FLAT_NINE * flat_nine
    if rules.spread and rows.shape[1] > 2:
        wished = rules.span * (rows.shape[1] - 1) // 3
        cost = cost + rules.spread * np.abs(rows[:, -1] - rows[:, 0] - wished)
    if rules.off_template:
        named = np.array([is_named for _, is_named in layouts(chord, voices, low, high, leading.templates)])
        if named.any():
            cost = cost + rules.off_template * ~named
    if rows.shape[1] >= 3 and "5" in names.values():  # doubling the bass in the lowest voice adds no new note
        cost = cost + 3 * (rows[:, 0] % 12 == chord.bass)
    return np.asarray(cost, dtype=np.int64)


@lru_cache(maxsize=8192)
def _move_costs(before: Chord, after: Chord, voices: int, low: int, high: int, leading: VoiceLeading) -> Costs:
    """Return the cost of going from each candidate of `before` (rows) to each candidate of `after` (columns)."""
    rules = leading.rules
    first = _table(before, voices, low, high, leading)[:, None, :]
    second = _table(after, voices, low, high, leading)[None, :, :]
    if first.shape[2] != second.shape[2]:  # one chord got fewer voices (narrow range): compare the average pitch
        return np.asarray(rules.move * np.abs(first.mean(axis=2) - second.mean(axis=2)).astype(np.int64))
    step = second - first
    size = np.abs(step)
    cost = rules.move * size.sum(axis=2) + rules.top * size[:, :, -1]
    if size.shape[2] > 1:
        cost = cost + rules.leap * np.maximum(size[:, :, :-1] - rules.free, 0).sum(axis=2)
    shared = len(set(before.classes) & set(after.classes))
    cost = cost + rules.common * np.maximum(min(shared, size.shape[2]) - (size == 0).sum(axis=2), 0)
    classes = first % 12
    names = before.tones()
    if rules.guide and before != after:
        for pc in (pc for pc, name in names.items() if name in ("3", "7")):
            cost = cost + rules.guide * ((classes == pc) & (size > 2)).sum(axis=2)
    bass = (after.bass - before.bass + 5) % 12 - 5  # semitones of the bass, in the nearer direction
    if bass:
        along = step * bass > 0
        cost = cost + rules.similar * along[:, :, -1]
        if rules.parallels:
            under, now = (first - before.bass) % 12, (second - after.bass) % 12
            perfect = ((under == 0) | (under == 7)) & (under == now) & (step != 0)
            cost = cost + rules.parallels * (perfect & along).sum(axis=2) + rules.parallels * perfect[:, :, -1]
    if rules.parallels:
        for i in range(size.shape[2]):
            for j in range(i + 1, size.shape[2]):
                gap = (first[:, :, j] - first[:, :, i]) % 12
                same = (step[:, :, i] == step[:, :, j]) & (step[:, :, i] != 0)
                cost = cost + rules.parallels * (same & ((gap == 0) | (gap == 7)))
    if rules.resolve:
        for pc in (pc for pc, name in names.items() if name == "7"):
            wrong = (classes == pc) & (step != 0) & (step != -1) & (step != -2)
            cost = cost + rules.resolve * wrong.sum(axis=2)
        if 4 in before.intervals and (before.root + 5) % 12 == after.root:
            top = (classes[:, :, -1] == (before.root + 4) % 12) & (step[:, :, -1] != 1) & (step[:, :, -1] != 0)
            cost = cost + rules.resolve * top
    return np.asarray(cost, dtype=np.int64)


def voice_lead(
    chords: tuple[Chord, ...],
    voices: int,
    low: int,
    high: int,
    *,
    melody: Sequence[tuple[int, int]] = (),
    leading: VoiceLeading = PLAIN,
    before: tuple[int, ...] = (),
) -> tuple[tuple[int, ...], ...]:
    """Choose one voicing (rising pitches) per chord: the sequence with the least total cost over the whole passage.

    voices: how many voices above the bass.
    low, high: their range (MIDI pitches).
    melody: for each chord the lowest and highest melody pitch over it, `NO_MELODY` where there is none.
    before: the voicing of the chord that sounded before the passage, if any.
    """
    if not chords:
        return ()
    rows = [_table(chord, voices, low, high, leading) for chord in chords]
    costs = _own_costs(chords[0], voices, low, high, leading)
    if len(before) == rows[0].shape[1]:
        costs = costs + leading.rules.move * np.abs(rows[0] - np.array(before)).sum(axis=1)
    links: list[Costs] = []
    for i, chord in enumerate(chords):
        if i:
            total = costs[:, None] + _move_costs(chords[i - 1], chord, voices, low, high, leading)
            links.append(total.argmin(axis=0))
            costs = total[links[-1], np.arange(len(links[-1]))] + _own_costs(chord, voices, low, high, leading)
        if i < len(melody) and melody[i] != NO_MELODY:
            lowest, highest = melody[i]
            near = np.minimum(rows[i] - (lowest - UNDER), highest + UNDER - rows[i])
            costs = costs + COVERING * np.maximum(near, 0).sum(axis=1) + COVERING * (rows[i] > lowest).sum(axis=1)
    at = int(costs.argmin())
    path = [at]
    for link in reversed(links):
        path.append(int(link[path[-1]]))
    path.reverse()
    return tuple(tuple(row[k].tolist()) for row, k in zip(rows, path, strict=True))
