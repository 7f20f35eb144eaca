"""Voicing: the ways to lay out a chord for a number of voices.

Candidates keep clear spacing and stay above the low interval limits (the standard table of arrangers: close intervals
sound muddy below the bass staff). `cuesmith.music.partwriting` chooses which candidate follows which.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from cuesmith.music.chord import Chord

# Low interval limits: interval in semitones → the lowest MIDI pitch of its lower note.
#                  m2  M2  m3  M3  P4  TT  P5  m6  M6  m7  M7
LOW_LIMITS = (0,   52, 51, 48, 47, 45, 46, 34, 41, 41, 41, 41)  # fmt: skip

WIDEST = 24  # semitones from the lowest voice to the highest
WIDEST_GAP = 12  # between neighbouring voices
MOST = 36  # candidates kept of one chord
RANKS = {"3": 0, "4": 0, "7": 1, "6": 1, "T": 2, "9": 2, "R": 3, "5": 4}  # chord members, the most needed first


@dataclass(frozen=True, slots=True)
class Template:
    """A named layout of a chord.

    pitches: semitones above the lowest voice, which is the chord member `foot` (R, 3, 5 or 7).
    lowest: the range of the lowest voice (MIDI pitches).
    qualities: the chord qualities it is for; empty means all.
    drop: used instead of `pitches`: close position of every inversion, with these voices (2 = second from the top) an
        octave lower.
    """

    name: str
    pitches: tuple[int, ...] = ()
    foot: str = "R"
    lowest: tuple[int, int] = (28, 79)
    qualities: tuple[str, ...] = ()
    drop: tuple[int, ...] = ()

    def lay_out(self, chord: Chord, voices: int, low: int, high: int) -> tuple[tuple[int, ...], ...]:
        """Return every layout of the chord with this many voices between low and high.

        Empty when the template does not fit.
        """
        if self.qualities and chord.quality not in self.qualities:
            return ()
        if self.drop:
            shapes = _drop_shapes(chord, voices, self.drop)
        elif len(self.pitches) == voices:
            feet = [pc for pc, name in chord.tones().items() if name == self.foot]
            shapes = [(pc, self.pitches) for pc in feet]
        else:
            shapes = []
        floor, roof = max(low, self.lowest[0]), self.lowest[1]
        found = []
        for foot, shape in shapes:
            for base in range(floor + (foot - floor) % 12, min(roof, high) + 1, 12):
                lay_out = tuple(base + step for step in shape)
                if lay_out[-1] <= high and all(p % 12 in chord.classes for p in lay_out):
                    found.append(lay_out)
        return tuple(found)


def _drop_shapes(chord: Chord, voices: int, drop: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """Return (lowest pitch class, semitones above it) of every inversion in close position with the drop applied."""
    classes = sorted(chord.classes)
    if len(classes) < voices or max(drop) > voices:
        return []
    out = []
    for first in range(len(classes)):
        close = [classes[(first + i) % len(classes)] + 12 * ((first + i) // len(classes)) for i in range(voices)]
        for number in drop:
            close[-number] -= 12
        close.sort()
        out.append((close[0] % 12, tuple(p - close[0] for p in close)))
    return out


def muddy(low: int, high: int) -> bool:
    """True when the lower of two pitches lies below the low interval limit of their interval."""
    gap = high - low
    return 0 < gap < 12 and low < LOW_LIMITS[gap]


@lru_cache(maxsize=4096)
def candidates(
    classes: tuple[int, ...], voices: int, low: int, high: int, essential: frozenset[int]
) -> tuple[tuple[int, ...], ...]:
    """Return the voicings (rising pitches) in low..high without muddy or wide intervals.

    Each one holds all essential pitch classes, and as many different ones as it has voices.
    """
    pool = [p for p in range(low, high + 1) if p % 12 in classes]
    wanted = min(voices, len(classes))
    out = []
    for chosen in combinations(pool, voices):
        if chosen[-1] - chosen[0] > WIDEST:
            continue
        have = {p % 12 for p in chosen}
        if len(have) < wanted or not essential <= have:
            continue
        if all(1 < b - a <= WIDEST_GAP and not muddy(a, b) for a, b in pairwise(chosen)):
            out.append(chosen)
    return tuple(out)


def essential(chord: Chord, voices: int) -> frozenset[int]:
    """Return the pitch classes that no voicing may leave out: usually third and seventh."""
    names = chord.tones()
    ranked = sorted(names, key=lambda pc: (RANKS.get(names[pc], 5), pc))
    return frozenset(ranked[: min(voices, 2)])


@lru_cache(maxsize=4096)
def layouts(
    chord: Chord, voices: int, low: int, high: int, templates: tuple[Template, ...] = ()
) -> tuple[tuple[tuple[int, ...], bool], ...]:
    """Return the voicings of a chord, each with whether a template names it; never empty.

    All have the same number of voices. It is smaller than `voices` only when the chord or the range has too few notes;
    in a very narrow range the result may go outside it.
    """
    named = dict.fromkeys(lay_out for row in templates for lay_out in row.lay_out(chord, voices, low, high))
    free = candidates(chord.classes, voices, low, high, essential(chord, voices))
    found = dict.fromkeys((*named, *free))
    if len(found) > MOST:  # keep templates first, then the most even spacings
        kept = sorted(found, key=lambda v: (v not in named, _unevenness(v), v))[:MOST]
        found = dict.fromkeys(sorted(kept))
    if not found:
        count = min(voices, len(chord.classes))
        found = dict.fromkeys(candidates(chord.classes, count, low - 5, high + 5, frozenset()))
        found = found or {tuple(sorted(low + (pc - low) % 12 for pc in chord.classes[:count])): None}
    return tuple((lay_out, lay_out in named) for lay_out in found)


def _unevenness(voicing: tuple[int, ...]) -> int:
    gaps = [b - a for a, b in pairwise(voicing)]
    return max(gaps) - min(gaps) + 2 * sum(p % 12 == q % 12 for p, q in pairwise(voicing)) if gaps else 0
