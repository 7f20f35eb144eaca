"""The tempo map of a cue: steady or with a ritardando, and always ending on the asked second."""

from __future__ import annotations

from cuesmith.music.note import PPQ
from cuesmith.music.tempo import TempoChange, TempoMap


def tempo_map(length_ticks: int, seconds: float, *, ritard: float = 0.0, ritard_beats: int = 2) -> TempoMap:
    """Tempo changes such that `length_ticks` last `seconds` (to a microsecond per beat).

    ritard: how much slower the last beat is, 0..0.4 of the tempo; the slowing follows a square-root curve over
    ritard_beats and the rest of the cue is a trifle faster to make up for it.
    """
    beats = length_ticks / PPQ
    slow = min(ritard_beats, int(beats // 4))
    if ritard <= 0.0 or slow == 0:
        return TempoMap((TempoChange(0, max(1, round(seconds * 1e6 / beats))),))
    factors = [1.0 / (1.0 - ritard * ((i + 1) / slow) ** 0.5) for i in range(slow)]
    steady = seconds * 1e6 / (beats - slow + sum(factors))
    changes = [TempoChange(0, round(steady))]
    start = length_ticks - slow * PPQ
    spent = (beats - slow) * round(steady)
    for i, factor in enumerate(factors[:-1]):
        changes.append(TempoChange(start + i * PPQ, round(steady * factor)))
        spent += round(steady * factor)
    changes.append(TempoChange(start + (slow - 1) * PPQ, max(1, round(seconds * 1e6 - spent))))
    return TempoMap(tuple(changes))
