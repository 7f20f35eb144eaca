"""Tables for playing: articulations, timing, chord spread, accents, vibrato."""

from __future__ import annotations

from typing import NamedTuple


class Articulation(NamedTuple):
    """length: share of the written duration that sounds.

    overlap_ms: added when the next note follows at once.
    velocity: added to the written velocity.
    """

    length: float
    overlap_ms: float
    velocity: int


#                              length  overlap  velocity
ARTICULATIONS = {
    "normal":     Articulation(0.95,    15,       0),
    "legato":     Articulation(1.00,    28,      -2),
    "detached":   Articulation(0.86,     0,       0),
    "staccato":   Articulation(0.45,     0,       2),
    "spiccato":   Articulation(0.45,     0,       0),
    "marcato":    Articulation(0.70,     0,      10),
    "accent":     Articulation(0.85,     0,       8),
    "ring":       Articulation(1.00,     0,       0),
    "pluck":      Articulation(0.95,     0,       0),
    "swell":      Articulation(1.00,     0,     -10),
    "tremolo":    Articulation(1.00,     0,     -12),
    "percussion": Articulation(1.00,     0,       0),
    "gated":      Articulation(1.00,     0,       0),  # full length, then cut off: see gated_drums
}  # fmt: skip

# How far players are from the grid: standard deviation in ms, and mean offset in ms (positive = late).
#             sd    offset
TIMING = {
    "guide":    (6.0, 4.0),
    "lead":     (8.0, 4.0), "counter": (9.0, 3.0), "pad":   (9.0, 0.0), "ostinato": (6.0, 0.0),
    "bass":     (5.0, 4.0), "pulse":   (4.0, 0.0), "impact": (6.0, 0.0), "colour":  (8.0, 0.0),
}  # fmt: skip

# Milliseconds from note to note when a chord is struck, by instrument family.
SPREAD_MS = {"keys": 5.0, "plucked": 22.0, "guitar": 11.0, "traditional": 28.0, "mallet": 3.0}

METRIC_ACCENT = {4: 8, 3: 4, 2: 0, 1: -6, 0: -10}  # velocity added, by metrical strength (see `Meter.strength`)
VELOCITY_SD = {"pulse": 5.0, "lead": 4.0}
VIBRATO = {"strings": 55, "woodwind": 32, "brass": 22, "synth": 42, "choir": 36, "traditional": 40}  # CC1 on long notes

MAX_EARLY_MS = 120.0  # upper limit of onset compensation
CLIP_MS = 15.0  # limit of the random timing error

# Factors in free meter: without a beat, timing is looser and chords are spread wider.
FREE_DRIFT, FREE_SPREAD = 2.5, 2.0
