"""Voicing: the ways a chord can be laid out for so many voices.

Candidates keep the spacing that sounds clear and stay above the low interval limits (the table every arranger knows:
close intervals turn to mud below the bass staff). Which candidate follows which is a matter of part-writing:
`cuesmith.music.partwriting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from cuesmith.music.chord import Chord

# interval in semitones → the lowest pitch its lower note may have
#                  m2  M2  m3  M3  P4  TT  P5  m6  M6  m7  M7
LOW_LIMITS = (0,   52, 51, 48, 47, 45, 46, 34, 41, 41, 41, 41)  # fmt: skip

WIDEST = 24  # semitones from the lowest voice to the highest
WIDEST_GAP = 12  # between neighbouring voices
MOST = 36  # candidates kept of one chord
RANKS = {"3": 0, "4": 0, "7": 1, "6": 1, "T": 2, "9": 2, "R": 3, "5": 4}  # what a chord can least do without


@dataclass(frozen=True, slots=True)
class Template:
    """A named layout. pitches: semitones above the lowest voice, which is the `foot` of the chord.

    foot: chord member (R, 3, 5, 7) in the lowest voice. lowest: the range of that voice. qualities: chords it is for.
    drop: instead of pitches: close position from every inversion, with these voices (2 = second from the top) moved
    down an octave.
    """

    name: str
    pitches: tuple[int, ...] = ()
    foot: str = "R"
    lowest: tuple[int, int] = (28, 79)
    qualities: tuple[str, ...] = ()
    drop: tuple[int, ...] = ()

    def lay_out(self, chord: Chord, voices: int, low: int, high: int) -> tuple[tuple[int, ...], ...]:
        """Every layout of the chord with so many voices between low and high; none where it does not suit it."""
        if self.qualities and chord.quality not in self.qualities:
            return ()
        if self.drop:
            shapes = _dropped(chord, voices, self.drop)
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


def _dropped(chord: Chord, voices: int, drop: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """(foot, semitones above it) of close position from every inversion, some voices an octave lower."""
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
    """True when two notes lie too close for their register."""
    gap = high - low
    return 0 < gap < 12 and low < LOW_LIMITS[gap]


@lru_cache(maxsize=4096)
def candidates(
    classes: tuple[int, ...], voices: int, low: int, high: int, essential: frozenset[int]
) -> tuple[tuple[int, ...], ...]:
    """Voicings (rising pitches) within low..high that hold all essential classes, without mud or wide gaps."""
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
    """The pitch classes no voicing leaves out: third and seventh, or what stands for them."""
    names = chord.tones()
    ranked = sorted(names, key=lambda pc: (RANKS.get(names[pc], 5), pc))
    return frozenset(ranked[: min(voices, 2)])


@lru_cache(maxsize=4096)
def layouts(
    chord: Chord, voices: int, low: int, high: int, templates: tuple[Template, ...] = ()
) -> tuple[tuple[tuple[int, ...], bool], ...]:
    """The voicings of a chord, each with whether a template names it. Never empty: a cramped range gives what it can.

    All have the same number of voices, which is smaller than asked only where the chord or the range has no more.
    """
    named = dict.fromkeys(lay_out for row in templates for lay_out in row.lay_out(chord, voices, low, high))
    free = candidates(chord.classes, voices, low, high, essential(chord, voices))
    found = dict.fromkeys((*named, *free))
    if len(found) > MOST:  # keep the even spacings, in every register
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
