"""Voicing: which notes a chord is played with, and how it moves to the next.

Voices move as little as they can, keep the spacing that sounds clear, and stay above the low interval limits (the
table every arranger knows: close intervals turn to mud below the bass staff).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise

from cuesmith.music.chord import Chord

# interval in semitones → the lowest pitch its lower note may have
#                  m2  M2  m3  M3  P4  TT  P5  m6  M6  m7  M7
LOW_LIMITS = (0,   52, 51, 48, 47, 45, 46, 34, 41, 41, 41, 41)  # fmt: skip


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
    out = []
    for chosen in combinations(pool, voices):
        if chosen[-1] - chosen[0] > 24 or any(b - a > 12 for a, b in pairwise(chosen)):
            continue
        have = {p % 12 for p in chosen}
        if not essential <= have or len(have) < min(voices, len(classes)):
            continue
        if any(muddy(a, b) for a, b in pairwise(chosen)):
            continue
        if sum(b - a <= 1 for a, b in pairwise(chosen)):
            continue
        out.append(chosen)
    return tuple(out)


def _essential(chord: Chord, voices: int) -> frozenset[int]:
    names = chord.tones()
    order = {"3": 0, "4": 0, "7": 1, "6": 1, "T": 2, "9": 2, "R": 3, "5": 4}
    ranked = sorted(names, key=lambda pc: (order.get(names[pc], 5), pc))
    return frozenset(ranked[: min(voices, 2)])


def voice_lead(
    chords: tuple[Chord, ...], voices: int, low: int, high: int, *, top_limit: tuple[int, ...] = ()
) -> tuple[tuple[int, ...], ...]:
    """One voicing per chord, each chosen to move least from the one before (greedy, first near the middle).

    top_limit: per chord, a pitch the top voice should stay below (the melody), or 127.
    """
    out: list[tuple[int, ...]] = []
    middle = (low + high) / 2
    for i, chord in enumerate(chords):
        classes = chord.classes
        count = min(voices, max(3, len(classes))) if voices > 2 else voices
        options = candidates(classes, count, low, high, _essential(chord, count))
        if not options:
            options = candidates(classes, min(count, len(classes)), low - 5, high + 5, frozenset())
        if not options:
            options = (tuple(sorted(low + (pc - low) % 12 for pc in classes[:count])),)
        ceiling = top_limit[i] if i < len(top_limit) else 127
        before = out[-1] if out else None

        def cost(voicing: tuple[int, ...], before: tuple[int, ...] | None = before, ceiling: int = ceiling) -> float:
            value: float = 0.05 * abs(sum(voicing) / len(voicing) - middle) ** 1.3
            value += 1.5 * max(0, voicing[-1] - ceiling + 2)
            if before is not None:
                if len(before) == len(voicing):
                    value += sum(abs(a - b) for a, b in zip(before, voicing, strict=True))
                else:
                    value += sum(min(abs(p - q) for q in before) for p in voicing)
                value += 0.5 * abs(before[-1] - voicing[-1])
            return value

        out.append(min(options, key=lambda v: (cost(v), v)))
    return tuple(out)
