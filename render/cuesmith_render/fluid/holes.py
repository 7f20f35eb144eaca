"""Silent keys: notes for which a soundfont has no sample are played from the nearest key that has one, retuned.

In the embedded font the alto saxophone is silent on E4, and the whistle above G5. Such notes move to a track of their
own on a neighbouring key, and the SoundFont generator coarseTune brings them back to pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cuesmith.perform.model import Curve, Track
from cuesmith_render.fluid.calibration import Calibration

_COARSE_TUNE = 51  # SoundFont generator, in semitones


def fill_silent_keys(tracks: Sequence[Track], calibration: Calibration) -> tuple[Track, ...]:
    """Move every note on a silent key to a key that sounds.

    A changed track is followed by tracks with its moved notes.
    """
    out: list[Track] = []
    for track in tracks:
        silent = () if track.drums or track.bank else calibration.silent_keys.get(track.program, ())
        holes = np.isin(track.pitch, silent) if silent else np.zeros(len(track.pitch), bool)
        if not holes.any():
            out.append(track)
            continue
        out.append(_select_notes(track, ~holes))
        away = np.array([_nearest(int(pitch), silent) - int(pitch) for pitch in track.pitch])
        for step in sorted(set(away[holes].tolist())):
            moved = _select_notes(track, holes & (away == step))
            tune = Curve("nrpn", _COARSE_TUNE, np.zeros(1), np.array([-step], np.int32))
            out.append(replace(moved, pitch=(moved.pitch + step).astype(np.int16), curves=(*track.curves, tune)))
    return tuple(out)


def _select_notes(track: Track, which: NDArray[np.bool_]) -> Track:
    return replace(
        track, onset_sec=track.onset_sec[which], duration_sec=track.duration_sec[which],
        pitch=track.pitch[which], velocity=track.velocity[which],
    )  # fmt: skip


def _nearest(pitch: int, silent: Sequence[int]) -> int:
    """Return the nearest key that is not silent; of two equally near ones the lower."""
    known = set(silent)
    return min((key for key in range(128) if key not in known), key=lambda key: (abs(key - pitch), key))
