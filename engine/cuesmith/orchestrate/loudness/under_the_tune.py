"""Balance: whoever plays in the register of the tune, while it sounds, plays softer than the tune."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.loudness.role_table import ROLE_DB
from cuesmith.score import Part

UNDER_DB = 6.2  # how much softer than the tune accompaniment in its register is
BELOW, ABOVE = 2, 12  # semitones around a note of the tune within which others cover it
SOFTEST = 0.55  # share of its velocity an accompanying note keeps at least
CURVE = 40.0  # dB per decade of velocity, as the synthesizer has it


def _gain(part: Part) -> float:
    """What level, role and seat make of a velocity: a factor on velocities of equal loudness."""
    return float(10 ** ((ROLE_DB[part.role] + part.level_db) / CURVE))


def doubles(part: Part) -> bool:
    """Whether a part has nothing of its own to say but copies another."""
    return all(passage.device.startswith("doubles ") for passage in part.passages)


def balanced(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with everything that covers the tune brought down in velocity; onsets and pitches stay.

    Drums, and whatever plays the tune itself, stay as they are.
    """
    tune: list[tuple[int, int, float]] = []  # onset, pitch, velocity as heard
    for part in parts:
        if part.role in ("lead", "guide") and not doubles(part):
            gain = _gain(part)
            tune += [(n.onset, n.pitch, n.velocity * gain) for n in part.notes()]
    if not tune:
        return tuple(parts)
    tune.sort()
    onsets = [onset for onset, _, _ in tune]
    softer = float(10 ** (-UNDER_DB / CURVE))
    out = []
    for part in parts:
        if part.role in ("lead", "guide") or part.drums or part.role == "pulse":
            out.append(part)
            continue
        gain = _gain(part)

        def lowered(note: Note, gain: float = gain) -> Note:
            if note.duration < PPQ // 4:
                return note
            first = bisect_left(onsets, note.onset - PPQ // 8)
            last = bisect_right(onsets, note.end)
            most = float(note.velocity)
            for _, pitch, loud in tune[first:last]:
                apart = note.pitch - pitch
                if -BELOW < apart < ABOVE and apart % 12:
                    most = min(most, loud * softer / gain)
            if most >= note.velocity:
                return note
            return note._replace(velocity=max(1, int(max(most, SOFTEST * note.velocity))))

        passages = tuple(replace(p, notes=tuple(map(lowered, p.notes))) for p in part.passages)
        out.append(replace(part, passages=passages))
    return tuple(out)
